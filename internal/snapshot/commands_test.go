package snapshot

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"writ/internal/event"
	"writ/internal/guard"
)

// TestRealCommands takes the whole way: the guard reads the line, Needed reads its effects, Take keeps, bash
// really runs the line, Restore brings back. The tree afterwards must be the tree before.
func TestRealCommands(t *testing.T) {
	for _, line := range []string{
		"git reset --hard",
		"git checkout -- a.txt",
		"git checkout .",
		"git checkout -f",
		"git restore a.txt bin",
		"git restore --worktree --staged .",
		"git switch --discard-changes main",
		"git clean -fd",
		"git clean -fdx",
		"git clean -ffdx && git reset --hard",
		"cd sub && git checkout -- ..",
		"git -C sub reset --hard",
		"rm -rf sub new.txt",
		"rm -rf ./*",
		"rm a.txt 'odd name.txt'",
		"cd sub && rm -r deep && rm ../a.txt",
		"find . -name '*.txt' -not -path './.git/*' -delete",
		"mv new.txt a.txt",
		"cp new.txt a.txt",
		"echo lost > a.txt",
		"truncate -s 0 a.txt",
		"printf lost | tee a.txt new.txt",
		": > new.txt && > a.txt",
		"sed -i s/two/lost/ a.txt",
		"dd if=/dev/zero of=a.txt bs=1 count=3",
		"ln -sf new.txt a.txt",
		"git rm -qf a.txt",
		"bash -c 'rm -rf sub'",
		"sh lose.sh",
		"for f in a.txt new.txt; do rm \"$f\"; done",
		"ls *.txt | xargs rm -f",
		"git stash drop",
		"git stash clear",
		"git branch -D side",
		"perl -e 'unlink \"a.txt\"'",
		"node -e 'require(\"fs\").writeFileSync(\"a.txt\", \"lost\")'",
	} {
		t.Run(line, func(t *testing.T) {
			w := newRepo(t)
			w.write("a.txt", "stashed\n")
			w.sh("git stash -q && git branch side && git update-ref refs/heads/side $(git commit-tree -m side HEAD^{tree})")
			w.write("a.txt", "two\n")
			w.write("bin/tool", "#!/bin/sh\nchanged\n")
			w.write("sub/deep/b.txt", "changed\n")
			w.write("sub/untracked", "u\n")
			w.write("new.txt", "new\n")
			w.write("odd name.txt", "odd\n")
			w.write("debug.log", "ignored\n")
			w.write("lose.sh", "rm -rf sub\necho lost > a.txt\n")
			want, refs := tree(t, w.dir), w.sh("git for-each-ref refs/heads; git stash list")

			s := w.take(Needed(effectsOf(t, w, line).Effects))
			cmd := exec.Command("bash", "-c", line)
			cmd.Dir = w.dir
			cmd.Env = []string{"PATH=" + w.sh("printf %s \"$PATH\""), "HOME=" + filepath.Dir(w.dir)}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if s.ID == "" {
				t.Fatal("nothing was kept")
			}
			w.restore(s.ID, Options{Force: true})
			sameTree(t, tree(t, w.dir), want)
			if got := w.sh("git for-each-ref refs/heads; git stash list"); got != refs {
				t.Errorf("refs:\n%swant:\n%s", got, refs)
			}
		})
	}
}

// TestHarmlessCommands: everyday work makes no snapshot.
func TestHarmlessCommands(t *testing.T) {
	w := newRepo(t)
	w.write("a.txt", "two\n")
	w.write("new.txt", "new\n")
	for _, line := range []string{
		"git status && git diff && git log --oneline", "git add -A", "cat a.txt new.txt | sort", "echo more >> a.txt", "mkdir -p out",
		"git commit -qm 'rm -rf / and git reset --hard'", "git stash push", "grep -rn two .", "ls -la > listing.txt", "git checkout -b topic",
	} {
		if s := w.take(Needed(effectsOf(t, w, line).Effects)); s.ID != "" {
			t.Errorf("%s: kept %d entries, want no snapshot", line, len(s.Entries))
		}
	}
}

func effectsOf(t *testing.T, w world, line string) guard.Decision {
	t.Helper()
	g, err := guard.New(guard.Options{Project: w.dir, UserHome: filepath.Dir(w.dir)})
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(map[string]string{"command": line})
	if err != nil {
		t.Fatal(err)
	}
	return g.Decide(context.Background(), event.Event{Host: "cli", Name: "PreToolUse", Tool: "Bash", Input: input,
		Cwd: w.dir, Project: w.dir, Known: true, Principal: event.Principal{Agent: "main", Kind: event.Main}})
}
