package daemon

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"writ/internal/effect"
)

func TestPlainRepository(t *testing.T) {
	push := []effect.Effect{{Kind: effect.GitPush}}
	commitPush := []effect.Effect{{Kind: effect.GitCommit}, {Kind: effect.GitPush}}
	for name, tt := range map[string]struct {
		prepare string
		effects []effect.Effect
		want    bool
	}{
		"nothing special":                  {"true", commitPush, true},
		"samples only":                     {"touch .git/hooks/pre-push.sample", push, true},
		"a hook of the work":               {"touch .git/hooks/pre-push", push, false},
		"a hook of other work":             {"touch .git/hooks/pre-commit", push, true},
		"a hook of the line's other half":  {"touch .git/hooks/pre-commit", commitPush, false},
		"a link in place of a hook":        {"ln -s nowhere .git/hooks/pre-push", push, false},
		"hooks elsewhere":                  {"git config core.hooksPath .husky", push, false},
		"a program as ssh":                 {"git config core.sshCommand ./ssh", push, false},
		"a helper":                         {"git config credential.helper '!./x'", push, false},
		"an alias":                         {"git config alias.x '!./x'", push, false},
		"another place":                    {"git config url.ext::x.insteadOf https:", push, false},
		"included settings":                {"git config include.path ../x", push, false},
		"no repository":                    {"rm -rf .git", push, false},
		"a name and a remote of the usual": {"git config user.name me; git remote add origin ../r", push, true},
	} {
		dir := t.TempDir()
		cmd := exec.Command("sh", "-c", "git init -q . && mkdir -p .git/hooks && "+tt.prepare)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		if got := plainRepository(dir, tt.effects); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

func TestGitOnly(t *testing.T) {
	for name, tt := range map[string]struct {
		effects []effect.Effect
		want    bool
	}{
		"commit and push":     {[]effect.Effect{{Kind: effect.GitCommit}, {Kind: effect.GitPush}}, true},
		"something else":      {[]effect.Effect{{Kind: effect.GitPush}, {Kind: effect.Exec, Target: "make"}}, false},
		"not understood":      {[]effect.Effect{{Kind: effect.GitPush}, {Kind: effect.Unresolved}}, false},
		"configuration":       {[]effect.Effect{{Kind: effect.GitConfig}}, false},
		"a secret read":       {[]effect.Effect{{Kind: effect.GitPush}, {Kind: effect.FSRead, Zones: []string{"secret"}}}, false},
		"nothing of git":      {[]effect.Effect{{Kind: effect.FSList}}, false},
		"a file of the tree":  {[]effect.Effect{{Kind: effect.GitCommit}, {Kind: effect.FSWrite, Zones: []string{"project"}}}, false},
		"git and its objects": {[]effect.Effect{{Kind: effect.GitCommit}, {Kind: effect.FSWrite, Zones: []string{"project", "worktree-git"}}}, true},
	} {
		if got := gitOnly(tt.effects); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

// What runs is what stands under the name that the host reads, however other keys are spelt.
func TestCommandOf(t *testing.T) {
	for input, want := range map[string]string{`{"command":"ls"}`: "ls", `{"command":"ls","Command":"rm"}`: "ls", `{"COMMAND":"rm"}`: "", `{"command":1}`: "", `[]`: ""} {
		if got, ok := commandOf([]byte(input)); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v", input, got, ok)
		}
	}
}
