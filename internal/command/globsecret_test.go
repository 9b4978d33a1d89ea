package command

import "testing"

func TestSpellsSecret(t *testing.T) {
	for pattern, want := range map[string]bool{
		"/home/u/.s??/id_*":     true,
		"/home/u/.ss*/id_rsa":   true,
		"/home/u/.aws/cred*":    true,
		"/home/u/.n[e]trc":      true,
		"/e??/sha?ow":           true,
		"/srv/p/.env*":          true,
		"/srv/p/*":              false, // a star does not open to a leading dot
		"/home/u/*/id_rsa":      false,
		"/etc/*-release":        false,
		"/home/u/.ssh/id_*.pub": false,
		"/srv/p/.env.*":         false,
		"/srv/p/[":              false,
	} {
		if got := spellsSecret(pattern, "/home/u"); got != want {
			t.Errorf("%s: got %v, want %v", pattern, got, want)
		}
	}
}
