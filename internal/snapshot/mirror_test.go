package snapshot

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// work is a repository with two branches, a stash, a tag and unpushed commits, and the folder of writ's own.
func mirrored(t *testing.T) (Where, func(string) string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := Where{Project: filepath.Join(dir, "repo"), StateDir: filepath.Join(dir, "state")}
	if err := os.Mkdir(w.Project, 0o755); err != nil {
		t.Fatal(err)
	}
	sh := func(script string) string {
		t.Helper()
		cmd := exec.Command("bash", "-c", script)
		cmd.Dir = w.Project
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	sh("git init -q -b main . && echo 1 > a && git add a && git commit -qm one && git tag v1 && git checkout -qb side && echo 2 > b && git add b && git commit -qm two && git checkout -q main && echo x >> a && git stash -q && echo 3 > c && git add c && git commit -qm three")
	return w, sh
}

// Whatever happens to the repository, every ref comes back with all that it names, and what is whole stays.
func TestRecover(t *testing.T) {
	for name, harm := range map[string]string{
		"all of it":          "rm -rf .git",
		"objects":            "rm -rf .git/objects/??",
		"objects emptied":    "find .git/objects -type f -exec chmod u+w {} + -exec truncate -s 0 {} +",
		"refs":               "rm -rf .git/refs/* .git/packed-refs .git/logs",
		"refs packed":        "git pack-refs --all && : > .git/packed-refs",
		"one branch moved":   "git branch -qD side && git reflog expire --expire=now --all && git gc -q --prune=now",
		"refs to nowhere":    "echo 1234567890123456789012345678901234567890 > .git/refs/heads/side",
		"HEAD and the index": "rm .git/HEAD .git/index",
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			w, sh := mirrored(t)
			before := sh("git rev-parse main side v1 stash")
			if err := Mirror(t.Context(), w); err != nil {
				t.Fatal(err)
			}
			sh(harm)
			if _, err := Recover(t.Context(), w); err != nil {
				t.Fatal(err)
			}
			if after := sh("git rev-parse main side v1 stash"); after != before {
				t.Errorf("refs were\n%s\nare\n%s", before, after)
			}
			sh("git fsck --connectivity-only main side v1 && git log --oneline main && git show stash:a >/dev/null && git status --short")
		})
	}
}

// What the person did since is not undone.
func TestRecoverTouchesNothingWhole(t *testing.T) {
	w, sh := mirrored(t)
	if err := Mirror(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	newer := sh("echo 4 > d && git add d && git commit -qm four && git rev-parse main")
	sh("git branch -qD side")
	r, err := Recover(t.Context(), w)
	if err != nil || r.Made || len(r.Refs) != 1 || r.Refs[0] != "refs/heads/side" {
		t.Errorf("got %+v, %v", r, err)
	}
	if now := sh("git rev-parse main"); now != newer {
		t.Errorf("main was moved from %s to %s", newer, now)
	}
}

func TestRecoverWithoutCopy(t *testing.T) {
	w, _ := mirrored(t)
	if _, err := Recover(t.Context(), w); !errors.Is(err, ErrNoMirror) {
		t.Errorf("got %v", err)
	}
	if err := Mirror(t.Context(), Where{Project: t.TempDir(), StateDir: w.StateDir}); err != nil {
		t.Errorf("outside a repository: %v", err)
	}
}
