package worktree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// world is a project, writ's state and a place where attacks leave their mark.
type world struct {
	t                   *testing.T
	dir, project, state string
	mark                string // exists when a program of the agent ran
	repo                *Repo
	alice               string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, dir: dir, project: filepath.Join(dir, "p"), state: filepath.Join(dir, "state"), mark: filepath.Join(dir, "mark")}
	w.write("evil.sh", "#!/bin/sh\ntouch "+w.mark+"\ncat\n")
	if err := os.Chmod(filepath.Join(dir, "evil.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.sh(dir, `git init -q -b main p && cd p && git config user.name dev && git config user.email dev@example.com
mkdir src docs && echo 1 > src/a && echo d > docs/d && echo top > top && echo '*.log' > .gitignore && git add . && git commit -qm one`)
	w.repo = w.open()
	return w
}

func (w *world) open() *Repo {
	w.t.Helper()
	r, err := Open(context.Background(), w.state, w.project)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// try runs a shell script as a person or agent with an ordinary git would.
func (w *world) try(dir, script string) (string, error) {
	cmd := exec.Command("sh", "-ec", script)
	cmd.Dir = dir
	cmd.Env = append(plainEnv(), "HOME="+w.dir, "EVIL="+filepath.Join(w.dir, "evil.sh"), "P="+w.project, "A="+w.alice, "D="+w.dir)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func plainEnv() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com"}
}

func (w *world) sh(dir, script string) string {
	w.t.Helper()
	out, err := w.try(dir, script)
	if err != nil {
		w.t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return out
}

// add makes alice's worktree.
func (w *world) add(files ...string) {
	w.t.Helper()
	rec, err := w.repo.Add(context.Background(), AddOptions{Name: "alice", Files: files, All: len(files) == 0})
	if err != nil {
		w.t.Fatal(err)
	}
	w.alice = rec.Path
}

func (w *world) land(o LandOptions) (Landing, error) {
	return w.repo.Land(context.Background(), "alice", o)
}

// refs are all refs of the project.
func (w *world) refs() string {
	return w.sh(w.project, "git for-each-ref; git status --porcelain; git fsck 2>&1")
}

func (w *world) marked() bool {
	_, err := os.Stat(w.mark)
	return err == nil
}

func TestFlow(t *testing.T) {
	w := newWorld(t)
	w.add("src")
	if got := w.sh(w.project, "git status --porcelain; git worktree list | wc -l"); strings.TrimSpace(got) != "1" {
		t.Errorf("the project's status shows the worktree: %q", got)
	}
	w.sh(w.alice, `echo 2 >> src/a && git commit -qam two && git commit -q --amend -m 'two, better' && git branch side && git stash list
git checkout -q -b other && echo x > src/x && git add . && git commit -qm x && git checkout -q agents/alice && git merge -q other && git branch -D other && git gc -q`)
	// the reason for a repository of its own: the person's git keeps working, whatever the agent has committed
	w.sh(w.project, "git log --all --oneline && git gc -q && git fsck && git for-each-ref && git commit -q --allow-empty -m more")
	before := w.refs()
	l, err := w.land(LandOptions{DryRun: true})
	if err != nil || l.Commits != 2 || len(l.Changes) != 2 {
		t.Fatalf("dry run: %+v, %v; want 2 commits, 2 changes", l, err)
	}
	if now := w.refs(); now != before {
		t.Errorf("a dry run changed the project:\n%s\nwas\n%s", now, before)
	}
	l, err = w.land(LandOptions{})
	if err != nil || len(l.Moved) != 1 || l.Moved[0].Ref != "refs/heads/agents/alice" {
		t.Fatalf("land: %+v, %v", l, err)
	}
	if want := "git -C " + w.project + " merge agents/alice"; len(l.Next) != 1 || l.Next[0] != want {
		t.Errorf("next: %q, want %q", l.Next, want)
	}
	if got := w.sh(w.project, "git cat-file -p agents/alice:src/x; cat src/a"); got != "x\n1\n" {
		t.Errorf("landed content and the untouched checkout: %q", got)
	}
	w.sh(w.project, "git branch -q next && "+l.Next[0])
	w.sh(w.alice, "git fetch -q && git rebase -q origin/main && echo 3 >> src/a && git commit -qam three")
	l, err = w.land(LandOptions{Onto: "next"})
	if err != nil || len(l.Moved) != 2 || l.Moved[1].Ref != "refs/heads/next" {
		t.Fatalf("land --onto a branch that is not checked out: %+v, %v", l, err)
	}
	all, err := w.repo.List(context.Background())
	if err != nil || len(all) != 1 || !all[0].HasLanded || all[0].Dirty || all[0].Ahead != 1 || all[0].Trouble != "" || len(all[0].Hazards) != 0 {
		t.Errorf("list: %+v, %v", all, err)
	}
}

// TestRewrittenHistoryIsKept: what had landed stays reachable when the agent amends it.
func TestRewrittenHistoryIsKept(t *testing.T) {
	w := newWorld(t)
	w.add()
	w.sh(w.alice, "echo 2 >> src/a && git commit -qam two")
	first, err := w.land(LandOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.sh(w.alice, "git commit -q --amend -m changed")
	second, err := w.land(LandOptions{})
	if err != nil || len(second.Moved) != 2 || !strings.HasPrefix(second.Moved[0].Ref, KeptPrefix+"alice/") || second.Moved[0].New != first.Tip {
		t.Fatalf("%+v, %v; want the old tip kept", second, err)
	}
}

// TestLandLeavesACheckedOutBranch: no ref moves under a person's feet.
func TestLandLeavesACheckedOutBranch(t *testing.T) {
	w := newWorld(t)
	w.add()
	w.sh(w.alice, "echo 2 >> src/a && git commit -qam two")
	w.sh(w.project, "git checkout -q -b agents/alice")
	if _, err := w.land(LandOptions{Onto: "main"}); !errors.Is(err, ErrBranch) {
		t.Errorf("got %v, want ErrBranch", err)
	}
	if got := w.sh(w.project, "git status --porcelain; git rev-parse main agents/alice | uniq | wc -l"); strings.TrimSpace(got) != "1" {
		t.Errorf("something moved: %s", got)
	}
}

// TestLandRefuses: commits that go beyond the agreed files or smuggle something do not land. Each row's first
// change alone would be fine.
func TestLandRefuses(t *testing.T) {
	w := newWorld(t)
	w.sh(w.project, "git branch start; echo side > top; git commit -qam side; git branch side")
	for i, row := range []struct{ name, script, want string }{
		{"another file", "echo x > top; git commit -qam x", `"top" is outside`},
		{"a folder whose name begins the same", "mkdir src2; echo x > src2/a; git add .; git commit -qm x", `"src2/a" is outside`},
		{"rename in", "git mv top src/top; git commit -qm x", `"top" is outside`},
		{"rename out", "git mv src/a b; git commit -qm x", `"b" is outside`},
		{"mode of another file", "chmod +x top; git commit -qam x", `"top" is outside`},
		{"deletion", "git rm -q docs/d; git commit -qm x", `"docs/d" is outside`},
		{"undone later", "echo x > top; git commit -qam x; git revert --no-edit HEAD >/dev/null", `"top" is outside`},
		{"hidden in a merge", "git checkout -q -b s; echo s > src/s; git add .; git commit -qm s; git checkout -q agents/alice; echo y > src/y; git add .; git commit -qm y; git merge -q --no-commit s; echo x > top; git add .; git commit -qm m; git rm -qf top; git checkout HEAD~1 -- top; git commit -qm back", `"top" is outside`},
		{"a merge that drops the project's work", "git fetch -q; git merge -q -s ours origin/side -m ours", `"top" is outside`},
		{"link out", "ln -s /etc/passwd src/l; git add .; git commit -qm x", "leads out"},
		{"link up", "ln -s ../../x src/l; git add .; git commit -qm x", "leads out"},
		{"link through a link", "ln -s . src/d; ln -s d/../../x src/l; git add .; git commit -qm x", "behind a name"},
		{"link into .git", "ln -s ../.git/config src/l; git add .; git commit -qm x", "leads into .git"},
		{"repository inside", "git init -q src/n; git -C src/n commit -q --allow-empty -m n; git add src/n 2>/dev/null; git commit -qm x", "repository inside"},
		{"gitlink without a repository", "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),src/m; git commit -qm x", "repository inside"},
		{".gitmodules", "git config -f src/.gitmodules a.b c; git add .; git commit -qm x", "what to run or fetch"},
		{".gitattributes", "echo '* filter=x' > src/.gitattributes; git add .; git commit -qm x", "what to run or fetch"},
		{".GITATTRIBUTES", "echo '* filter=x' > src/.GITATTRIBUTES; git add .; git commit -qm x", "what to run or fetch"},
		{"control bytes", "printf x > \"src/$(printf 'a\\033[2Jb')\"; git add .; git commit -qm x", "does not show"},
		{"a line break", "printf x > \"$(printf 'src/a\\ntop')\"; git add .; git commit -qm x", "does not show"},
		{"not UTF-8", "printf x > \"$(printf 'src/\\377')\"; git add .; git commit -qm x", "not valid UTF-8"},
		{"right to left", "printf x > \"$(printf 'src/\\342\\200\\256gpj.sh')\"; git add .; git commit -qm x", "does not show"},
		{"case", "echo x > src/A; git add .; git commit -qm x", "by case only"},
		{"case of a folder", "mkdir src/dir src/Dir; echo x > src/dir/x; echo x > src/Dir/y; git add .; git commit -qm x", "by case only"},
		{"no common history", "git checkout -q --orphan o; git rm -rqf .; mkdir -p src; echo x > src/x; git add .; git commit -qm x; git branch -f agents/alice", "nothing in common"},
	} {
		t.Run(row.name, func(t *testing.T) {
			name := fmt.Sprintf("a%d", i)
			rec, err := w.repo.Add(context.Background(), AddOptions{Name: name, From: "start", Files: []string{"src"}})
			if err != nil {
				t.Fatal(err)
			}
			w.sh(rec.Path, strings.ReplaceAll(row.script, "agents/alice", "agents/"+name))
			before := w.refs()
			l, err := w.repo.Land(context.Background(), name, LandOptions{Onto: "main"})
			if !errors.Is(err, ErrRefused) || !strings.Contains(fmt.Sprint(l.Refused), row.want) {
				t.Errorf("got %v, %v; want a refusal with %q", l.Refused, err, row.want)
			}
			if now := w.refs(); now != before {
				t.Errorf("the project changed:\n%s\nwas\n%s", now, before)
			}
		})
	}
}

// TestSpecialFilesByName: what is agreed on by name may land.
func TestSpecialFilesByName(t *testing.T) {
	w := newWorld(t)
	w.add("src", ".gitattributes")
	w.sh(w.alice, "echo '*.bin binary' > .gitattributes; ln -s a src/l; ln -s ../docs src/up; git add .; git commit -qm x")
	if l, err := w.land(LandOptions{}); err != nil {
		t.Errorf("%v, %v; want it landed", l.Refused, err)
	}
}

// TestRemoveKeepsEverything: uncommitted, untracked, staged away from HEAD, stashed and branched work comes back from
// one ref; ignored files do not.
func TestRemoveKeepsEverything(t *testing.T) {
	w := newWorld(t)
	w.add()
	w.sh(w.alice, `echo stash > src/a; git stash -q; git checkout -q -b side; echo s > side; git add .; git commit -qm side
git checkout -q agents/alice; echo two > two; git add two; git commit -qm two; git rm -q docs/d; printf 'b\0\r\n' > bin; chmod +x bin
ln -s nowhere link; mkdir -p "odd \"dir\""; echo o > "odd \"dir\"/$(printf 'x\ny')"; echo no > x.log; echo forced > y.log; git add -f y.log; mkdir -p closed/in; chmod 555 closed`)
	stash := strings.TrimSpace(w.sh(w.alice, "git rev-parse stash side"))
	done, err := w.repo.Remove(context.Background(), "alice", RemoveOptions{})
	if err != nil || done.Kept == "" {
		t.Fatalf("%+v, %v", done, err)
	}
	got := w.sh(w.project, "git ls-tree -r "+done.Kept+" | cut -f2; git cat-file -p "+done.Kept+":bin | od -c | head -1; git ls-tree "+done.Kept+" bin link | cut -c1-6")
	want := ".gitignore\nbin\nlink\n\"odd \\\"dir\\\"/x\\ny\"\nsrc/a\ntop\ntwo\ny.log\n0000000   b  \\0  \\r  \\n\n100755\n120000\n"
	if got != want {
		t.Errorf("kept\n%s\nwant\n%s", got, want)
	}
	for _, oid := range strings.Fields(stash) {
		w.sh(w.project, "git gc -q --prune=now; git merge-base --is-ancestor "+oid+" "+done.Kept)
	}
	if left, _ := filepath.Glob(w.project + "-worktrees*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
	if refs := w.sh(w.project, "git for-each-ref refs/writ/worktrees"); refs != "" {
		t.Errorf("left behind: %s", refs)
	}
	w.add() // the name is free again
}

// TestRemoveWithoutWorkKeepsNothing, and works when the folder is gone.
func TestRemoveWithoutWorkKeepsNothing(t *testing.T) {
	w := newWorld(t)
	w.add()
	done, err := w.repo.Remove(context.Background(), "alice", RemoveOptions{})
	if err != nil || done.Kept != "" {
		t.Errorf("%+v, %v; want nothing kept", done, err)
	}
	w.add()
	if err := os.RemoveAll(w.alice); err != nil {
		t.Fatal(err)
	}
	if _, err := w.repo.Remove(context.Background(), "alice", RemoveOptions{}); err != nil {
		t.Errorf("remove after the folder went: %v", err)
	}
	if _, err := w.repo.Remove(context.Background(), "alice", RemoveOptions{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func TestNamesAndPaths(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"", ".", "..", "a/b", "-f", "A", "a..b", "a.lock", "a.", "ä", "a b", strings.Repeat("x", 64), "a\n"} {
		if _, err := w.repo.Add(context.Background(), AddOptions{Name: name, All: true}); !errors.Is(err, ErrName) {
			t.Errorf("name %q: %v, want ErrName", name, err)
		}
	}
	for _, file := range []string{"", ".", "..", "../x", "/etc", "a/../..", ".git", "a/.GIT/b", "a\nb", "src/\xff"} {
		if _, err := w.repo.Add(context.Background(), AddOptions{Name: "a", Files: []string{file}}); !errors.Is(err, ErrName) {
			t.Errorf("file %q: %v, want ErrName", file, err)
		}
	}
	for _, o := range []AddOptions{{Name: "a"}, {Name: "a", All: true, Files: []string{"x"}}, {Name: "a", All: true, At: filepath.Join(w.project, "sub")}} {
		if _, err := w.repo.Add(context.Background(), o); !errors.Is(err, ErrName) {
			t.Errorf("%+v: %v, want ErrName", o, err)
		}
	}
	if (Record{}).Allows("x") {
		t.Error("the zero record lets a file change")
	}
}

// TestOneAtATime: a second command waits, and gives up in words.
func TestOneAtATime(t *testing.T) {
	w := newWorld(t)
	held, err := w.repo.lock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, err := w.repo.Add(ctx, AddOptions{Name: "a", All: true}); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
	held.Close()
	w.add()
}

// TestFindFromInside: a command typed in an agent's folder means its project.
func TestFindFromInside(t *testing.T) {
	w := newWorld(t)
	w.add()
	r, err := Open(context.Background(), w.state, filepath.Join(w.alice, "src"))
	if err != nil || r.Root() != w.project {
		t.Errorf("%v, %v; want %s", r, err, w.project)
	}
}

// TestOddProjects: other object formats, bare repositories, linked checkouts and folders with odd names.
func TestOddProjects(t *testing.T) {
	for _, row := range []struct{ name, make, from string }{
		{"sha256", "git init -q -b main --object-format=sha256 o && cd o && git commit -q --allow-empty -m one", "o"},
		{"bare", "git clone -q --bare p o.git", "o.git"},
		{"linked", "git -C p worktree add -q -b side ../o", "o"},
		{"odd name", `git clone -q p "o 'x' \"y\" #:z" && git clone -q p "#o" && git clone -q p '"o'`, `o 'x' "y" #:z`},
		{"begins with #", `git clone -q p "#o"`, "#o"},
		{"begins with a quote", `git clone -q p '"o'`, `"o`},
		{"shallow", `git -C p commit -q --allow-empty -m two; git clone -q --depth 1 "file://$D/p" o`, "o"},
		{"packed", `git clone -q p o && cd o && git pack-refs --all && git gc -q`, "o"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.sh(w.dir, row.make)
			w.project = filepath.Join(w.dir, row.from)
			w.repo = w.open()
			w.add("src")
			w.sh(w.alice, "mkdir -p src; echo 2 >> src/a && git add . && git commit -qm two && git fsck 2>&1")
			if l, err := w.land(LandOptions{}); err != nil || l.Commits != 1 {
				t.Fatalf("%+v, %v", l, err)
			}
			w.sh(w.project, "git fsck 2>&1; git log --all")
			w.sh(w.alice, "echo 3 > src/b")
			done, err := w.repo.Remove(context.Background(), "alice", RemoveOptions{})
			if err != nil || done.Kept == "" {
				t.Fatalf("%+v, %v", done, err)
			}
			w.sh(w.project, "git cat-file -p "+done.Kept+":src/b")
		})
	}
}
