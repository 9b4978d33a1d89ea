package worktree

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHostileRepository: the agent owns its .git and writes anything there, as it could where the kernel cannot hold
// it. writ lands, lists and removes without running a program of the agent's, without taking an object it should not,
// and without losing work. Rows with a proof show that an ordinary git would have fallen for it.
func TestHostileRepository(t *testing.T) {
	for _, row := range []struct {
		name, script string
		proof        string // an ordinary git command that runs the agent's program
		landed       bool   // honest commits still land
		err          error
	}{
		{"fsmonitor", `git config core.fsmonitor "$EVIL"`, "git status", true, nil},
		{"config.worktree", `git config core.repositoryformatversion 1; git config extensions.worktreeConfig true; git config --worktree core.fsmonitor "$EVIL"`, "git status", true, nil},
		{"included configuration", `printf '[core]\n\tfsmonitor = %s\n' "$EVIL" > .inc; git config include.path ../.inc`, "git status", true, nil},
		{"hooks", `for h in post-index-change pre-commit reference-transaction post-checkout; do cp "$EVIL" .git/hooks/$h; done`, "git commit -q --allow-empty -m x", true, nil},
		{"hooksPath", `mkdir .hk; cp "$EVIL" .hk/reference-transaction; git config core.hooksPath .hk`, "git branch x", true, nil},
		{"filter in info/attributes", `git config filter.x.clean "$EVIL"; git config filter.x.smudge "$EVIL"; echo '* filter=x' > .git/info/attributes; touch src/a`, "git add --renormalize .", true, nil},
		{"filter in the tree", `git config filter.x.process "$EVIL"; git config filter.x.clean "$EVIL"; echo '* filter=x' > .gitattributes; touch src/a`, "git add --renormalize .", true, nil},
		{"alias, pager, editor, ssh", `git config core.pager "$EVIL"; git config core.editor "$EVIL"; git config core.sshCommand "$EVIL"; git config diff.external "$EVIL"`, "git diff HEAD~1", true, nil},
		{"commondir", `mkdir "$D/other"; git init -q "$D/other"; git -C "$D/other" config core.fsmonitor "$EVIL"; echo "$D/other/.git" > .git/commondir; cp .git/HEAD "$D/h"`, "git status", true, nil},
		{".git leads elsewhere", `git init -q "$D/other"; git -C "$D/other" config core.fsmonitor "$EVIL"; mv .git .g; echo "gitdir: $D/other/.git" > .git`, "git status", false, ErrObjects},
		{".git is a link out", `git init -q "$D/other"; git -C "$D/other" config core.fsmonitor "$EVIL"; mv .git .g; ln -s "$D/other/.git" .git`, "git status", false, ErrObjects},
		{"HEAD is a link out", `rm .git/HEAD; ln -s "$P/.git/HEAD" .git/HEAD`, "", false, ErrObjects},
		{"HEAD is nonsense", `echo 'ref: ../../../../etc/passwd' > .git/HEAD`, "", true, nil},
		{"branch is a link out", `rm .git/refs/heads/agents/alice; ln -s "$P/.git/refs/heads/main" .git/refs/heads/agents/alice`, "", false, ErrObjects},
		{"branch leads to another", `echo 'ref: refs/heads/main' > .git/refs/heads/agents/alice`, "", false, ErrObjects},
		{"branch is a pipe", `rm .git/refs/heads/agents/alice; mkfifo .git/refs/heads/agents/alice`, "", false, ErrObjects},
		{"branch is an option", `printf -- '--output=%s\n' "$D/mark" > .git/refs/heads/agents/alice`, "", false, ErrObjects},
		{"branch names nothing", `echo 1234567890123456789012345678901234567890 > .git/refs/heads/agents/alice`, "", false, ErrObjects},
		{"branch names a tree", `t=$(git rev-parse HEAD^{tree}); echo $t > .git/refs/heads/agents/alice`, "", false, ErrObjects},
		{"packed refs are endless", `rm -f .git/packed-refs; ln -s /dev/zero .git/packed-refs`, "", false, ErrObjects},
		{"objects folder is a link out", `mv .git/objects .git/o; ln -s "$P/.git/objects" .git/objects`, "", false, ErrObjects},
		{"object is a link out", `f=$(ls .git/objects/??/* | head -1); mv $f "$D/o"; ln -s "$D/o" $f`, "", false, ErrObjects},
		{"object is a pipe", `f=$(ls .git/objects/??/* | head -1); rm -f $f; mkfifo $f`, "", false, ErrObjects},
		{"object is cut", `for f in .git/objects/??/*; do chmod u+w $f; head -c 10 $f > x.log; cp x.log $f; done`, "", false, ErrObjects},
		{"object under a false name", `e=$(echo evil | git hash-object -w --stdin); o=$(git rev-parse HEAD:src/a); p() { echo .git/objects/$(echo $1 | cut -c1-2)/$(echo $1 | cut -c3-); }; rm -f $(p $o); cp $(p $e) $(p $o)`, "", false, ErrObjects},
		{"object missing", `o=$(git rev-parse HEAD:src/a); rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)`, "", false, ErrObjects},
		{"object out of another repository", `git init -q "$D/private"; echo secret > "$D/private/s"; git -C "$D/private" add s; echo "$D/private/.git/objects" >> .git/objects/info/alternates
git update-index --add --cacheinfo 100644,$(git -C "$D/private" rev-parse :s),src/s; git commit -qm s`, "", false, ErrObjects},
		{"tree that climbs", `b=$(git rev-parse HEAD:src/a)
t=$(printf '100644 blob %s\t.GIT\n' $b | git mktree); git update-ref refs/heads/agents/alice $(git commit-tree -p HEAD -m x $t)`, "", false, ErrObjects},
		{"commit that is malformed", `c=$(git cat-file commit HEAD | sed 's/^author .*/author x/' | git hash-object -t commit -w --literally --stdin); git update-ref refs/heads/agents/alice $c`, "", false, ErrObjects},
		{"replaced objects", `git replace HEAD:src/a HEAD:top`, "", true, nil},
		{"grafts", `echo $(git rev-parse HEAD) > .git/info/grafts`, "", true, nil},
		{"shallow", `git rev-parse HEAD > .git/shallow`, "", true, nil},
		{"index with foreign names", `printf '100644 %s 0\t%s\n' $(git rev-parse HEAD:top) src/ok | git update-index --index-info; perl -pi -e 's#src/ok#../nok#' .git/index 2>/dev/null || true`, "", true, nil},
		{"index is a pipe", `rm .git/index; mkfifo .git/index`, "", true, nil},
		{"ignore file is a pipe", `rm .gitignore; mkfifo .gitignore`, "", true, nil},
		{"commit graph and pack index are nonsense", `git gc -q; for f in .git/objects/pack/*.idx; do chmod u+w $f; echo x > $f; done; mkdir -p .git/objects/info; echo x > .git/objects/info/commit-graph`, "", true, nil},
		{"submodule with a monitor", `git init -q src/n; git -C src/n commit -q --allow-empty -m n; git add src/n 2>/dev/null; git -C src/n config core.fsmonitor "$EVIL"`, "git status", true, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.repo.patience = time.Second
			w.add("src")
			w.sh(w.alice, "echo 2 >> src/a && git commit -qam two")
			w.sh(w.alice, row.script)
			os.Remove(w.mark)
			before := w.sh(w.project, "git for-each-ref refs/heads/main; git config --list; cat .git/HEAD; ls .git/hooks")
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			all, err := w.repo.List(ctx)
			if err != nil || len(all) != 1 {
				t.Errorf("list: %+v, %v", all, err)
			} else if row.proof != "" && !strings.Contains(row.name, "in the tree") && len(all[0].Hazards) == 0 && all[0].Trouble == "" {
				t.Errorf("list warns of nothing, although %q runs a program", row.proof)
			}
			l, err := w.repo.Land(ctx, "alice", LandOptions{})
			if row.landed != (err == nil) || row.err != nil && !errors.Is(err, row.err) {
				t.Errorf("land: %v, %v; want landed %v, %v", l.Refused, err, row.landed, row.err)
			}
			done, err := w.repo.Remove(ctx, "alice", RemoveOptions{})
			if err != nil {
				if _, there := os.Lstat(w.alice); there != nil || !errors.Is(err, ErrNotKept) {
					t.Errorf("remove: %v, and the folder: %v; want ErrNotKept with the folder in place", err, there)
				}
				done, err = w.repo.Remove(ctx, "alice", RemoveOptions{Force: true})
				if err != nil || done.Aside == "" || !within(w.state, done.Aside) {
					t.Errorf("remove by force: %+v, %v", done, err)
				}
			}
			if w.marked() {
				t.Error("a program of the agent's ran")
			}
			after := w.sh(w.project, "git for-each-ref refs/heads/main; git config --list; cat .git/HEAD; ls .git/hooks")
			if after != before {
				t.Errorf("the project changed:\n%s\nwas\n%s", after, before)
			}
			if out, err := w.try(w.project, "git fsck --strict && git log --all --oneline"); err != nil {
				t.Errorf("the project's repository is damaged: %v\n%s", err, out)
			}
			if row.proof == "" {
				return
			}
			where := done.Aside
			if where == "" { // removed: make it once more
				w.add()
				w.sh(w.alice, "echo 2 >> src/a && git commit -qam two")
				os.RemoveAll(filepath.Join(w.dir, "other"))
				w.sh(w.alice, row.script)
				where = w.alice
			}
			os.Remove(w.mark)
			out, _ := w.try(where, row.proof)
			if !w.marked() {
				t.Errorf("an ordinary %q runs nothing, so the row proves nothing: %s", row.proof, out)
			}
		})
	}
}

// TestHazards: what stays open within a scope is found afterwards. Each row harms a person with an ordinary git.
func TestHazards(t *testing.T) {
	w := newWorld(t)
	s, err := ScopeOf(context.Background(), w.project)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := s.Hazards(context.Background()); err != nil || found != nil {
		t.Fatalf("a clean checkout: %v, %v", found, err)
	}
	for _, row := range []struct{ name, script, want, proof, undo string }{
		{"index writes hooks", `echo hi > src/abcdefghij; git add .; sed -i 's#src/abcdefghij#.git/hooks/evi#' .git/index`, "stands in the index", "git checkout-index -a -f; test -e .git/hooks/evi", "rm -f .git/index .git/hooks/evi src/abcdefghij; git reset -q"},
		{"exec in a rebase", `git commit -q --allow-empty -m x; GIT_SEQUENCE_EDITOR='printf "break\nexec \"$EVIL\" </dev/null\n" >' git rebase -q -i HEAD~1`, "would run", `git rebase --continue; test -e "$D/mark"`, "git rebase --abort 2>/dev/null || true"},
		{"monitor in a submodule", `git init -q n; git -C n commit -q --allow-empty -m n; git add n 2>/dev/null; git -C n config core.fsmonitor "$EVIL"`, "inside the repository", `git status; test -e "$D/mark"`, "rm -rf n; git reset -q"},
		{"commondir", `git init -q ../o; git -C ../o config core.fsmonitor "$EVIL"; echo ../../o/.git > .git/commondir`, "appeared", `git status; test -e "$D/mark"`, "rm .git/commondir"},
		{"config replaced", `git config core.fsmonitor "$EVIL"`, "was replaced", `git status; test -e "$D/mark"`, "true"},
	} {
		w.sh(w.project, row.script)
		os.Remove(w.mark)
		found, err := s.Hazards(context.Background())
		said := ""
		for _, f := range found {
			said += f.String() + "\n"
		}
		if err != nil || !strings.Contains(said, row.want) {
			t.Errorf("%s: %q, %v; want %q", row.name, said, err, row.want)
		}
		if w.marked() {
			t.Errorf("%s: looking ran the program", row.name)
		}
		if out, err := w.try(w.project, row.proof); err != nil {
			t.Errorf("%s harms nobody, so the row proves nothing: %v %s", row.name, err, out)
		}
		os.Remove(w.mark)
		w.sh(w.project, row.undo)
	}
}

// TestTooMuch: sizes are judged by the objects' headers, before anything is unpacked.
func TestTooMuch(t *testing.T) {
	w := newWorld(t)
	w.add()
	w.sh(w.alice, "head -c 220000000 /dev/zero > src/bomb && git add . && git commit -qm bomb && rm src/bomb && du -sk .git/objects | awk '$1 > 4000 {exit 1}'")
	if _, err := w.land(LandOptions{}); !errors.Is(err, ErrObjects) || !strings.Contains(err.Error(), "MiB") {
		t.Errorf("got %v, want ErrObjects about size", err)
	}
}

// TestDamagedRecord: a record that does not say what it should lets nothing happen.
func TestDamagedRecord(t *testing.T) {
	w := newWorld(t)
	w.add("src")
	good, err := os.ReadFile(w.repo.recordFile("alice"))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "{}", "null", string(good[:len(good)/2]), strings.Replace(string(good), `"alice"`, `"bob"`, 1), strings.Replace(string(good), `"ready"`, `"reddy"`, 1)} {
		if err := os.WriteFile(w.repo.recordFile("alice"), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := w.land(LandOptions{}); err == nil {
			t.Errorf("landed with the record %q", bad)
		}
		if _, err := w.repo.Remove(context.Background(), "alice", RemoveOptions{Force: true}); err == nil {
			t.Errorf("removed with the record %q", bad)
		}
	}
}
