package snapshot

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"writ/internal/effect"
)

// world is one repository and one state folder, with the user's own git beside ours.
type world struct {
	t     *testing.T
	dir   string
	state string
}

func newWorld(t *testing.T) world {
	t.Helper()
	base := real(t.TempDir())
	w := world{t, filepath.Join(base, "project"), filepath.Join(base, "state")}
	w.mkdir("")
	return w
}

// repo has one commit: a.txt, bin/tool (executable), sub/deep/b.txt, link → a.txt.
func newRepo(t *testing.T) world {
	w := newWorld(t)
	w.sh("git init -q -b main .")
	w.write("a.txt", "one\n")
	w.write("bin/tool", "#!/bin/sh\necho hi\n")
	w.sh("chmod 755 bin/tool && ln -s a.txt link")
	w.write("sub/deep/b.txt", "bee\n")
	w.write(".gitignore", "*.log\nnode_modules/\nbuild/\n")
	w.sh("git add -A && git commit -qm first")
	return w
}

func (w world) path(rel string) string { return filepath.Join(w.dir, rel) }

func (w world) mkdir(rel string) {
	w.t.Helper()
	if err := os.MkdirAll(w.path(rel), 0o755); err != nil {
		w.t.Fatal(err)
	}
}

func (w world) write(rel, text string) {
	w.t.Helper()
	w.mkdir(filepath.Dir(rel))
	if err := os.WriteFile(w.path(rel), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// sh runs a shell line in the project as the user would.
func (w world) sh(line string) string {
	w.t.Helper()
	cmd := exec.Command("bash", "-ec", line)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "HOME="+filepath.Dir(w.dir), "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=u", "GIT_AUTHOR_EMAIL=u@x",
		"GIT_COMMITTER_NAME=u", "GIT_COMMITTER_EMAIL=u@x")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

func (w world) where() Where { return Where{Project: w.dir, StateDir: w.state} }

func (w world) take(n Need) Snapshot {
	w.t.Helper()
	s, err := Take(context.Background(), Request{Project: w.dir, Cwd: w.dir, StateDir: w.state, Need: n, Why: "test"})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w world) restore(id string, o Options, paths ...string) Restored {
	w.t.Helper()
	r, err := Restore(context.Background(), w.where(), id, paths, o)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// tree describes every path below dir but .git: kind, mode, content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if p == filepath.Join(dir, ".git") {
			return fs.SkipDir
		}
		fi, err := d.Info()
		if err != nil || p == dir {
			return err
		}
		line := fi.Mode().String()
		if fi.Mode().IsRegular() {
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %x", sha256.Sum256(b))
		} else if fi.Mode()&fs.ModeSymlink != 0 {
			target, _ := os.Readlink(p)
			line += " " + target
		}
		rel, _ := filepath.Rel(dir, p)
		all[rel] = line
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func sameTree(t *testing.T, got, want map[string]string) {
	t.Helper()
	for p, line := range want {
		if got[p] != line {
			t.Errorf("%q: %q, want %q", p, got[p], line)
		}
	}
	for p := range got {
		if want[p] == "" {
			t.Errorf("%q was not there before: %s", p, got[p])
		}
	}
}

// dirty changes, adds and deletes in every way that git status knows, with names that trip programs up.
func dirty(w world) {
	w.write("a.txt", "two\r\nwithout end")
	w.write("bin/tool", "#!/bin/sh\necho changed\n")
	w.sh("chmod 700 bin/tool")
	w.write("new.txt", "new\n")
	w.write("empty", "")
	w.mkdir("empty folder/inside")
	w.write("-dash", "dash\n")
	w.write("line\nbreak\tand \"quotes\" \\ .txt", "weird\n")
	w.write("ünïcode/日本.txt", "unicode\n")
	w.write("latin\xff1", "not utf-8\n")
	w.write("zero", "a\x00b\x00")
	w.write("private", "0600\n")
	w.sh("chmod 600 private && chmod 4755 zero && ln -sfn sub/deep link && ln -s /nowhere dangling && mkfifo pipe")
	w.write("staged.txt", "staged\n")
	w.sh("git add staged.txt")
	w.write("both.txt", "first\n")
	w.sh("git add both.txt")
	w.write("both.txt", "second\n")
	w.write("debug.log", "ignored\n")
}

// TestBroughtBack: for each way to lose work, what Needed and Take keep is what Restore brings back.
func TestBroughtBack(t *testing.T) {
	discard := func(flags ...string) []effect.Effect {
		return []effect.Effect{{Kind: effect.GitDiscard, Flags: flags, Words: []string{"git", "x"}}}
	}
	for _, c := range []struct {
		name    string
		effects func(w world) []effect.Effect
		lose    string
	}{
		{"reset --hard", func(world) []effect.Effect { return discard("worktree", "index") }, "git reset -q --hard"},
		{"checkout -f", func(world) []effect.Effect { return discard("worktree", "branch", "force") }, "git checkout -q -f"},
		{"checkout -- .", func(w world) []effect.Effect {
			return []effect.Effect{{Kind: effect.GitDiscard, Path: w.dir, Flags: []string{"worktree", "paths"}}}
		}, "git checkout -- ."},
		{"checkout -- file", func(w world) []effect.Effect {
			return []effect.Effect{{Kind: effect.GitDiscard, Path: w.path("a.txt"), Flags: []string{"worktree", "paths"}}}
		}, "git checkout -- a.txt"},
		{"restore of a glob", func(w world) []effect.Effect {
			return []effect.Effect{{Kind: effect.GitDiscard, Path: w.path("*.txt"), Flags: []string{"worktree", "paths", "glob"}}}
		}, "git restore '*.txt'"},
		{"clean -fd", func(world) []effect.Effect { return discard("untracked") }, "git clean -qfd"},
		{"clean -fdx", func(world) []effect.Effect { return discard("untracked", "ignored") }, "git clean -qfdx"},
		{"reset and clean", func(world) []effect.Effect { return append(discard("worktree"), discard("untracked", "ignored")...) }, "git reset -q --hard && git clean -qfdx"},
		{"rm -rf of folders and files", func(w world) []effect.Effect {
			var out []effect.Effect
			for _, p := range []string{"sub", "bin", "a.txt", "-dash", "link", "ünïcode", "empty folder", "line\nbreak\tand \"quotes\" \\ .txt"} {
				out = append(out, effect.Effect{Kind: effect.FSDelete, Path: w.path(p), Zones: []string{"project"}})
			}
			return out
		}, "rm -rf -- sub bin a.txt -dash link ünïcode 'empty folder' line*; git checkout -q -- sub"},
		{"mv over", func(w world) []effect.Effect {
			return []effect.Effect{{Kind: effect.FSDelete, Path: w.path("empty"), Flags: []string{"move"}},
				{Kind: effect.FSWrite, Path: w.path("a.txt"), Flags: []string{"move"}}}
		}, "mv -f empty a.txt; : > empty"},
		{"truncating redirect", func(w world) []effect.Effect {
			return []effect.Effect{{Kind: effect.FSWrite, Path: w.path("a.txt"), Flags: []string{"truncate"}}}
		}, "echo lost > a.txt"},
		{"redirect through a link", func(w world) []effect.Effect {
			return []effect.Effect{{Kind: effect.FSWrite, Path: w.path("alias"), Flags: []string{"truncate"}}}
		}, "echo lost > alias"},
		{"Write over an unsaved file", func(w world) []effect.Effect {
			return []effect.Effect{{Kind: effect.FSWrite, Path: w.path("new.txt")}}
		}, "printf other > new.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newRepo(t)
			dirty(w)
			w.sh("ln -s new.txt alias")
			want, head, index := tree(t, w.dir), w.sh("git rev-parse HEAD"), w.sh("git ls-files -s")
			need := Needed(c.effects(w))
			s := w.take(need)
			if s.ID == "" || s.Repo != w.path(".git") {
				t.Fatalf("kept %q in %q, want it in the project", s.ID, s.Repo)
			}
			if now := w.sh("git ls-files -s"); now != index {
				t.Error("Take changed the index")
			}
			sameTree(t, tree(t, w.dir), want)
			w.sh(c.lose)
			if fmt.Sprint(tree(t, w.dir)) == fmt.Sprint(want) {
				t.Fatal("the command lost nothing: the test proves nothing")
			}
			w.restore(s.ID, Options{Force: true})
			w.sh("[ -p pipe ] || mkfifo pipe") // the one thing that is only noted
			if !need.Ignored && need.Whole {
				w.sh("[ -e debug.log ]")
			}
			sameTree(t, tree(t, w.dir), want)
			if w.sh("git rev-parse HEAD") != head {
				t.Error("HEAD moved")
			}
		})
	}
}

func TestNothingToKeep(t *testing.T) {
	w := newRepo(t)
	for name, n := range map[string]Need{
		"clean tree":           {Whole: true},
		"clean folder":         {Files: []string{w.dir}},
		"clean files":          {Paths: []string{w.path("a.txt"), w.path("sub")}},
		"a file to be created": {Paths: []string{w.path("none/at all.txt")}},
		"below a file":         {Paths: []string{w.path("a.txt/x")}},
		"no stash":             {Stash: true},
	} {
		if s := w.take(n); s.ID != "" {
			t.Errorf("%s: kept %+v", name, s.Entries)
		}
	}
	if refs := w.sh("git for-each-ref"); strings.Contains(refs, "writ") {
		t.Errorf("refs were made: %s", refs)
	}
}

// TestCleanIsNotTrustedBlindly: git calls these clean and would not bring them back as they are.
func TestCleanIsNotTrustedBlindly(t *testing.T) {
	w := newRepo(t)
	w.write(".gitattributes", "*.txt text=auto\n")
	w.write("crlf.txt", "a\r\nb\r\n")
	w.sh("git add -A 2>/dev/null && git commit -qm crlf && git status --porcelain && git update-index --assume-unchanged a.txt")
	w.write("a.txt", "hidden change\n")
	if out := w.sh("git status --porcelain"); out != "" {
		t.Fatalf("git sees %q, want nothing", out)
	}
	want := tree(t, w.dir)
	s := w.take(Need{Paths: []string{w.path("crlf.txt"), w.path("a.txt")}})
	w.sh("rm crlf.txt a.txt")
	w.restore(s.ID, Options{})
	sameTree(t, tree(t, w.dir), want)
}

func TestRepositoryConfigurationRunsNothing(t *testing.T) {
	w := newRepo(t)
	w.write("run.sh", "#!/bin/sh\ntouch \""+w.path("RAN")+"\"\ncat\n")
	w.sh("chmod +x run.sh && cp run.sh .git/hooks/reference-transaction && cp run.sh .git/hooks/post-checkout && cp run.sh .git/hooks/post-index-change")
	w.write(".gitattributes", "*.txt filter=evil diff=evil\n")
	for _, key := range []string{"filter.evil.clean", "filter.evil.smudge", "core.fsmonitor", "diff.evil.textconv", "diff.external", "core.pager", "gpg.program"} {
		w.sh("git config " + key + " \"$PWD/run.sh\"")
	}
	w.sh("git config filter.evil.required true && git config core.hooksPath .git/hooks && git config commit.gpgsign true")
	dirty(w)
	w.sh("rm -f RAN; touch a.txt sub/deep/b.txt")
	s := w.take(Need{Whole: true, Ignored: true, Stash: true, Refs: []string{"*"}})
	if _, err := List(context.Background(), w.where()); err != nil {
		t.Fatal(err)
	}
	w.restore(s.ID, Options{To: filepath.Join(w.state, "to")})
	if _, err := os.Stat(w.path("RAN")); err == nil {
		t.Error("a program named in the repository's configuration ran")
	}
}

func TestStashBranchesAndReflog(t *testing.T) {
	w := newRepo(t)
	w.write("a.txt", "stashed one\n")
	w.sh("git stash push -q -m one")
	w.write("a.txt", "stashed two\n")
	w.sh("git stash push -q -m two && git checkout -q -b side")
	w.write("side.txt", "side\n")
	w.sh("git add -A && git commit -qm side && git tag -a -m t v1 && git checkout -q main")
	list, branches := w.sh("git stash list"), w.sh("git for-each-ref refs/heads refs/tags --format='%(refname) %(objectname) %(*objectname)'")
	s := w.take(Needed([]effect.Effect{
		{Kind: effect.GitDiscard, Flags: []string{"stash", "clear"}},
		{Kind: effect.GitHistory, Target: "side", Flags: []string{"branch", "force", "delete"}},
		{Kind: effect.GitHistory, Target: "v1", Flags: []string{"tag", "delete"}},
		{Kind: effect.GitHistory, Target: "gc", Flags: []string{"gc", "force"}},
	}))
	w.sh("git stash clear && git branch -q -D side && git tag -d v1 && git reflog expire --expire=now --all && git gc -q --prune=now")
	w.restore(s.ID, Options{})
	if got := w.sh("git stash list"); got != list {
		t.Errorf("stash list:\n%swant:\n%s", got, list)
	}
	if got := w.sh("git for-each-ref refs/heads --format='%(refname) %(objectname) '"); !strings.Contains(branches, strings.TrimSpace(strings.Split(got, "\n")[1])) {
		t.Errorf("branches:\n%swant:\n%s", got, branches)
	}
	w.sh("git rev-parse -q --verify v1^{commit} && git stash pop -q && grep -q 'stashed two' a.txt")
}

func TestTheRepositoryItself(t *testing.T) {
	w := newRepo(t)
	dirty(w)
	w.sh("rm pipe")
	for _, victim := range []string{w.dir, w.path(".git")} {
		want, log := tree(t, w.dir), w.sh("git log --oneline; git status --porcelain")
		s := w.take(Need{Paths: []string{victim}})
		if !strings.HasPrefix(s.Repo, w.state) {
			t.Fatalf("kept in %s, want below %s", s.Repo, w.state)
		}
		if err := os.RemoveAll(victim); err != nil {
			t.Fatal(err)
		}
		w.restore(s.ID, Options{})
		sameTree(t, tree(t, w.dir), want)
		if got := w.sh("git log --oneline; git status --porcelain"); got != log {
			t.Errorf("git says %q, want %q", got, log)
		}
	}
}

func TestPlaces(t *testing.T) {
	t.Run("no repository", func(t *testing.T) {
		w := newWorld(t)
		w.write("notes/.git%", "odd name\n")
		w.write("notes/x", "x\n")
		w.mkdir("notes/empty")
		want := tree(t, w.dir)
		s := w.take(Need{Paths: []string{w.path("notes")}})
		w.sh("rm -rf notes")
		w.restore("last", Options{})
		sameTree(t, tree(t, w.dir), want)
		if len(s.Entries) != 4 {
			t.Errorf("%d entries, want 4: %+v", len(s.Entries), s.Entries)
		}
	})
	t.Run("no commit yet", func(t *testing.T) {
		w := newWorld(t)
		w.sh("git init -q .")
		w.write("a", "a\n")
		w.sh("git add a")
		w.write("b", "b\n")
		want := tree(t, w.dir)
		s := w.take(Need{Whole: true})
		w.sh("rm a b")
		w.restore(s.ID, Options{})
		sameTree(t, tree(t, w.dir), want)
	})
	t.Run("detached HEAD with a commit of its own", func(t *testing.T) {
		w := newRepo(t)
		w.sh("git checkout -q --detach && git commit -q --allow-empty -m lonely")
		lonely := strings.TrimSpace(w.sh("git rev-parse HEAD"))
		w.write("a.txt", "x\n")
		s := w.take(Need{Whole: true})
		w.sh("git checkout -q -f main && git reflog expire --expire=now --all && git gc -q --prune=now && git cat-file -e " + lonely)
		w.restore(s.ID, Options{}, "a.txt")
		if s.Head != lonely || s.Branch != "" {
			t.Errorf("head %q branch %q, want %q and none", s.Head, s.Branch, lonely)
		}
	})
	t.Run("worktree", func(t *testing.T) {
		w := newRepo(t)
		w.sh("git worktree add -q ../tree -b wt")
		wt := world{t, filepath.Join(filepath.Dir(w.dir), "tree"), w.state}
		wt.write("a.txt", "in the worktree\n")
		wt.write("new", "n\n")
		want := tree(t, wt.dir)
		s := wt.take(Need{Whole: true})
		wt.sh("git reset -q --hard && git clean -qfd")
		wt.restore(s.ID, Options{})
		sameTree(t, tree(t, wt.dir), want)
	})
	t.Run("outside the project", func(t *testing.T) {
		w := newRepo(t)
		other := filepath.Join(filepath.Dir(w.dir), "other.txt")
		if err := os.WriteFile(other, []byte("o"), 0o640); err != nil {
			t.Fatal(err)
		}
		s := w.take(Need{Paths: []string{other}})
		if err := os.Remove(other); err != nil {
			t.Fatal(err)
		}
		w.restore(s.ID, Options{})
		if b, err := os.ReadFile(other); err != nil || string(b) != "o" {
			t.Errorf("%q %v", b, err)
		}
	})
	t.Run("a large file", func(t *testing.T) {
		w := newRepo(t)
		w.sh("head -c 20000000 /dev/urandom > big.bin && chmod +x big.bin")
		want := tree(t, w.dir)
		s := w.take(Need{Paths: []string{w.path("big.bin")}})
		w.sh("rm big.bin")
		w.restore(s.ID, Options{})
		sameTree(t, tree(t, w.dir), want)
	})
	t.Run("sha256 repository", func(t *testing.T) {
		w := newWorld(t)
		w.sh("git init -q --object-format=sha256 . && echo a > a && git add a && git commit -qm a")
		w.write("a", "b\n")
		s := w.take(Need{Whole: true})
		w.sh("git reset -q --hard")
		w.restore(s.ID, Options{})
		if b, _ := os.ReadFile(w.path("a")); string(b) != "b\n" {
			t.Errorf("a = %q", b)
		}
	})
}

func TestWhatABuildMakesAgain(t *testing.T) {
	w := newRepo(t)
	w.write("node_modules/x/index.js", "x")
	w.write("build/out.o", "o")
	w.write("sub/build/kept.txt", "also ignored by name\n")
	w.write("out/mine.txt", "not ignored\n")
	s := w.take(Need{Whole: true, Ignored: true})
	var got []string
	for _, e := range s.Entries {
		got = append(got, e.Path)
	}
	if strings.Join(got, " ") != "out out/mine.txt" || strings.Join(sorted(s.Skipped), " ") != "build node_modules sub/build" {
		t.Errorf("kept %q, skipped %q", got, s.Skipped)
	}
	w.sh("git add -f build/out.o && git commit -qm tracked")
	w.write("build/out.o", "changed")
	if s := w.take(Need{Paths: []string{w.path("build")}}); len(s.Entries) != 1 {
		t.Errorf("a tracked file in build was not kept: %+v", s)
	}
}

func sorted(s []string) []string { sort.Strings(s); return s }

func TestNestedRepository(t *testing.T) {
	w := newRepo(t)
	w.sh("git init -q lib && cd lib && echo l > l && git add l && git commit -qm l && echo dirty > l")
	want, log := tree(t, w.path("lib")), w.sh("cd lib && git log --oneline")
	if s := w.take(Need{Whole: true}); s.ID != "" || len(s.Notes) != 1 {
		t.Errorf("clean -fd leaves it alone: want a note only, got %+v", s)
	}
	s := w.take(Needed([]effect.Effect{{Kind: effect.GitDiscard, Flags: []string{"untracked"}, Words: []string{"git", "clean", "-ffd"}}}))
	w.sh("git clean -qffd")
	w.restore(s.ID, Options{})
	sameTree(t, tree(t, w.path("lib")), want)
	if got := w.sh("cd lib && git log --oneline && git status --porcelain"); got != log+" M l\n" {
		t.Errorf("git in lib says %q", got)
	}
}

func TestNewerWorkIsNeverLost(t *testing.T) {
	w := newRepo(t)
	w.write("a.txt", "old work\n")
	w.write("new", "old new\n")
	s := w.take(Need{Whole: true})
	w.write("a.txt", "newer work\n")
	_, err := Restore(context.Background(), w.where(), s.ID, nil, Options{})
	if b, _ := os.ReadFile(w.path("a.txt")); !errors.Is(err, ErrNewer) || string(b) != "newer work\n" {
		t.Fatalf("without force: %v, a.txt %q", err, b)
	}
	r := w.restore(s.ID, Options{Force: true})
	if b, _ := os.ReadFile(w.path("a.txt")); string(b) != "old work\n" || r.Before == "" {
		t.Fatalf("with force: a.txt %q, before %q", b, r.Before)
	}
	w.restore(r.Before, Options{Force: true})
	if b, _ := os.ReadFile(w.path("a.txt")); string(b) != "newer work\n" {
		t.Errorf("the newer work did not come back: %q", b)
	}
	to := filepath.Join(w.state, "out")
	w.restore(s.ID, Options{To: to}, "a.txt")
	if b, _ := os.ReadFile(filepath.Join(to, "a.txt")); string(b) != "old work\n" {
		t.Errorf("--to: %q", b)
	}
	if _, err := Restore(context.Background(), w.where(), s.ID, []string{"nothing"}, Options{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a path that is not in it: %v", err)
	}
}

func TestLimits(t *testing.T) {
	w := newRepo(t)
	for i := range 20 {
		w.write(fmt.Sprintf("f%d", i), strings.Repeat("x", 1000))
	}
	for name, l := range map[string]Limits{"files": {Files: 10}, "bytes": {Bytes: 5000}} {
		_, err := Take(context.Background(), Request{Project: w.dir, StateDir: w.state, Need: Need{Whole: true}, Limits: l})
		if !errors.Is(err, ErrTooMuch) {
			t.Errorf("%s: %v, want %v", name, err, ErrTooMuch)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Take(ctx, Request{Project: w.dir, StateDir: w.state, Need: Need{Whole: true}}); err == nil {
		t.Error("a cancelled take succeeded")
	}
}

func TestUnreadableIsAnError(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	w := newRepo(t)
	w.write("secret", "x")
	w.sh("chmod 0 secret")
	if _, err := Take(context.Background(), Request{Project: w.dir, StateDir: w.state, Need: Need{Whole: true}}); err == nil {
		t.Error("a file that cannot be read was passed over")
	}
}

// TestForgedSnapshot: an agent writes a commit of its own under refs/writ, or moves the ref of a real one.
func TestForgedSnapshot(t *testing.T) {
	w := newRepo(t)
	w.write("a.txt", "mine\n")
	s := w.take(Need{Whole: true})
	w.sh("git update-ref " + RefPrefix + "20990101T000000Z-00000000 HEAD && git update-ref " + RefPrefix + s.ID + " HEAD")
	all, err := List(context.Background(), w.where())
	if err != nil || len(all) != 2 || !all[0].Forged || !all[1].Forged {
		t.Fatalf("%+v %v", all, err)
	}
	for _, s := range all {
		if _, err := Restore(context.Background(), w.where(), s.ID, nil, Options{Force: true}); err == nil {
			t.Errorf("%s was restored", s.ID)
		}
	}
}

// TestLinkInTheWay: between keeping and restoring, a folder became a link out of the project.
func TestLinkInTheWay(t *testing.T) {
	w := newRepo(t)
	outside := filepath.Join(filepath.Dir(w.dir), "outside")
	w.write("cfg/rc", "content\n")
	s := w.take(Need{Paths: []string{w.path("cfg")}})
	w.sh("rm -rf cfg && mkdir ../outside && ln -s " + outside + " cfg")
	_, err := Restore(context.Background(), w.where(), s.ID, []string{"cfg/rc"}, Options{Force: true})
	if _, there := os.Stat(filepath.Join(outside, "rc")); err == nil || there == nil {
		t.Errorf("restore wrote through the link: %v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	w := newRepo(t)
	plain := newWorld(t)
	plain.write("p", "p\n")
	w.write("a.txt", "work\n")
	var wg sync.WaitGroup
	for range 8 {
		for _, x := range []world{w, plain} {
			wg.Go(func() {
				if _, err := Take(context.Background(), Request{Project: x.dir, StateDir: x.state, Need: Need{Paths: []string{x.path("a.txt"), x.path("p")}}}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	for _, x := range []world{w, plain} {
		all, err := List(context.Background(), x.where())
		if err != nil || len(all) != 8 {
			t.Errorf("%d snapshots of %s, want 8 (%v)", len(all), x.dir, err)
		}
	}
	w.sh("git fsck --strict --no-dangling")
}

func TestPrune(t *testing.T) {
	w := newRepo(t)
	var last Snapshot
	for i := range 5 {
		w.write("a.txt", fmt.Sprint(i))
		last = w.take(Need{Whole: true})
	}
	ctx := context.Background()
	if got, err := Find(ctx, w.where(), "last"); err != nil || got.ID != last.ID {
		t.Errorf("last is %s, want %s: those of one second keep their order (%v)", got.ID, last.ID, err)
	}
	for _, c := range []struct {
		keep Keep
		gone int
	}{{Keep{}, 0}, {Keep{Age: time.Hour}, 0}, {Keep{Last: 3}, 2}, {Keep{Last: 1, Age: time.Hour}, 0}, {Keep{Last: 1, Age: time.Nanosecond}, 2}} {
		gone, err := Prune(ctx, w.where(), c.keep, time.Now().Add(time.Minute))
		if err != nil || len(gone) != c.gone {
			t.Errorf("%+v: %d removed, want %d (%v)", c.keep, len(gone), c.gone, err)
		}
	}
	if files, _ := os.ReadDir(filepath.Join(w.state, "taken")); len(files) != 1 {
		t.Errorf("%d notes left in the state folder, want 1", len(files))
	}
}

func TestNeeded(t *testing.T) {
	for name, c := range map[string]struct {
		e    effect.Effect
		want string
	}{
		"read":               {effect.Effect{Kind: effect.FSRead, Path: "/p/a"}, ""},
		"append":             {effect.Effect{Kind: effect.FSWrite, Path: "/p/a", Flags: []string{"append"}}, ""},
		"moved away":         {effect.Effect{Kind: effect.FSDelete, Path: "/p/a", Flags: []string{"move"}}, ""},
		"temporary":          {effect.Effect{Kind: effect.FSDelete, Path: "/tmp/a", Zones: []string{"temp"}}, ""},
		"project under /tmp": {effect.Effect{Kind: effect.FSDelete, Path: "/tmp/p/a", Zones: []string{"project", "temp"}}, "/tmp/p/a"},
		"null":               {effect.Effect{Kind: effect.FSWrite, Path: "/dev/null", Zones: []string{"null"}}, ""},
		"another machine":    {effect.Effect{Kind: effect.FSDelete, Path: "/p/a", Flags: []string{"remote"}}, ""},
		"dry run":            {effect.Effect{Kind: effect.GitDiscard, Flags: []string{"dry-run"}}, ""},
		"delete":             {effect.Effect{Kind: effect.FSDelete, Path: "/p/a"}, "/p/a"},
		"things listed":      {effect.Effect{Kind: effect.FSDelete, Path: "/p/src/*listed*"}, "/p/src"},
		"link over a file":   {effect.Effect{Kind: effect.FSLink, Path: "/p/a", Flags: []string{"symbolic", "force"}}, "/p/a"},
		"new link":           {effect.Effect{Kind: effect.FSLink, Path: "/p/a", Flags: []string{"symbolic"}}, ""},
		"unknown path":       {effect.Effect{Kind: effect.FSDelete, Path: "/p", Flags: []string{"unknown-path"}}, "whole ignored"},
		"amend":              {effect.Effect{Kind: effect.GitHistory, Flags: []string{"amend", "local"}}, ""},
		"branch -D":          {effect.Effect{Kind: effect.GitHistory, Target: "x", Flags: []string{"branch", "delete"}}, "refs x"},
		"filter-branch":      {effect.Effect{Kind: effect.GitHistory, Target: "filter-branch", Flags: []string{"filter"}}, "refs *"},
		"clean -fdx":         {effect.Effect{Kind: effect.GitDiscard, Flags: []string{"untracked", "ignored"}}, "whole ignored"},
	} {
		n := Needed([]effect.Effect{c.e})
		got := strings.Join(append(n.Paths, n.Files...), " ")
		if n.Whole {
			got = "whole"
		}
		if n.Ignored {
			got += " ignored"
		}
		if len(n.Refs) > 0 {
			got = "refs " + strings.Join(n.Refs, " ")
		}
		if got != c.want || n.Any() != (c.want != "") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	for _, files := range []int{1, 1000} {
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			dir := b.TempDir()
			if out, err := exec.Command("git", "init", "-q", dir).CombinedOutput(); err != nil {
				b.Fatal(err, string(out))
			}
			for i := range files {
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), []byte(strings.Repeat("line\n", 400)+fmt.Sprint(i)), 0o644); err != nil {
					b.Fatal(err)
				}
			}
			state := b.TempDir()
			for b.Loop() {
				s, err := Take(context.Background(), Request{Project: dir, StateDir: state, Need: Need{Whole: true}})
				if err != nil || len(s.Entries) != files {
					b.Fatal(len(s.Entries), err)
				}
			}
		})
	}
}

// Code that nobody read has effects that need nothing kept, and may take all but git's own folder with it.
func TestUnreadCodeLosesNothing(t *testing.T) {
	w := newRepo(t)
	dirty(w)
	want := w.sh("git status --short; cat a.txt new.txt")
	effects := []effect.Effect{{Kind: effect.Unresolved, Flags: []string{"program"}}}
	if Needed(effects).Any() {
		t.Fatal("unread code needs something kept by itself: the test proves nothing")
	}
	s := w.take(Needed(effects).Unread())
	w.sh("find . -mindepth 1 -maxdepth 1 ! -name .git -exec rm -rf {} +")
	w.restore(s.ID, Options{Force: true})
	w.sh("[ -p pipe ] || mkfifo pipe; git ls-files -z --deleted | xargs -0r git checkout --")
	if got := w.sh("git status --short; cat a.txt new.txt"); got != want {
		t.Errorf("came back as\n%s\nwant\n%s", got, want)
	}
}
