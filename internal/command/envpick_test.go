package command

import (
	"context"
	"testing"

	"writ/internal/effect"
)

// What a search picks out of the environment is judged by what it searches for.
func TestEnvironmentPicked(t *testing.T) {
	for line, one := range map[string]bool{
		"env | grep PATH":          true,
		"env | grep -i 'node_env'": true,
		"printenv | wc -l":         true,
		"env | grep -i token":      false,
		"env | grep AWS":           false,
		"env | grep -v PATH":       false,
		"env | grep $X":            false,
		"env | grep .":             false,
		"env | sort":               false,
		"env | grep PATH > out":    false,
	} {
		found := false
		for _, e := range Read(context.Background(), line, Env{Cwd: "/p", Project: "/p", Home: "/h"}).Effects {
			if e.Kind == effect.SecretRead && e.Has("env") {
				found = true
				if e.Has("one") != one {
					t.Errorf("%s: one is %v, want %v", line, e.Has("one"), one)
				}
			}
		}
		if !found {
			t.Errorf("%s: the environment is not said to be read", line)
		}
	}
}
