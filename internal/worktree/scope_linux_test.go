package worktree

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// confine runs a script in a namespace where everything below the world's folder is read-only but what the scope lets
// change, with plain mounts, as the sandbox lays them.
func (w *world) confine(s Scope, dir, script string) (string, error) {
	type place struct{ path, how string }
	var places []place
	for _, p := range s.Write {
		places = append(places, place{p, "rw"})
	}
	for _, p := range s.ReadOnly {
		places = append(places, place{p, "ro"})
	}
	slices.SortStableFunc(places, func(a, b place) int {
		return strings.Compare(strings.ReplaceAll(a.path, "/", "\x00"), strings.ReplaceAll(b.path, "/", "\x00"))
	})
	var b strings.Builder
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	b.WriteString("mount --bind " + w.dir + " " + w.dir + "; mount -o remount,bind,ro " + w.dir + "\n")
	for _, p := range places {
		b.WriteString("mount --bind " + quote(p.path) + " " + quote(p.path) + "; mount -o remount,bind," + p.how + " " + quote(p.path) + "\n")
	}
	b.WriteString("cd " + quote(dir) + "\n" + script)
	cmd := exec.Command("unshare", "-Urm", "sh", "-ec", b.String())
	cmd.Env = append(plainEnv(), "HOME="+w.dir, "EVIL="+w.dir+"/evil.sh", "P="+w.project, "D="+w.dir)
	for k, v := range s.Env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func needNamespaces(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("unshare", "-Urm", "sh", "-c", "mount -t tmpfs x /mnt").CombinedOutput(); err != nil {
		t.Skipf("no user and mount namespaces here: %v %s", err, out)
	}
}

func scopeOf(t *testing.T, dir string) Scope {
	t.Helper()
	s, err := ScopeOf(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// work is what an agent does with git all day.
const work = `echo 2 >> src/a; git add .; git commit -qm two; git commit -q --amend -m better; git checkout -q -b agents/alice/x 2>/dev/null || git checkout -q -b agents/alice-x
echo 3 >> src/a; git commit -qam three; git checkout -q -; echo s > src/s; git add .; git stash -q; git stash pop -q; git commit -qm s; git log --oneline; git status; git reset -q --hard HEAD~1
git branch -D agents/alice/x -q 2>/dev/null || git branch -q -D agents/alice-x; git tag t; git tag -d t; git pack-refs --all; git fsck 2>&1; git rebase -q HEAD~1`

// attacks would each make git run a program or read elsewhere when a person runs git in the checkout later. G is the
// git folder, C the shared one.
var attacks = []struct{ name, script string }{
	{"fsmonitor", `git config core.fsmonitor "$EVIL"`},
	{"write config", `echo '[core]' >> "$C/config"`},
	{"replace config", `cp "$C/config" "$C/x"; mv "$C/x" "$C/config"`},
	{"remove config", `rm "$C/config"`},
	{"hook", `cp "$EVIL" "$C/hooks/pre-commit"`},
	{"replace hooks", `mv "$C/hooks" "$C/h2"`},
	{"attributes", `echo '* filter=x' > "$C/info/attributes"`},
	{"exclude", `echo '*' > "$C/info/exclude"`},
	{"grafts", `echo x > "$C/info/grafts"`},
	{"replace the git folder", `mv "$C" "$C.2"`},
	{"hooks out of reach by chmod", `chmod 777 "$C/hooks"`},
}

// TestScopeHolds runs the day's work and the attacks in each kind of checkout; each attack succeeds without the walls.
func TestScopeHolds(t *testing.T) {
	needNamespaces(t)
	for _, kind := range []string{"main", "linked", "own"} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			dir := w.project
			w.sh(dir, "echo x > .git/hooks/x.sample; echo 0 >> src/a; git commit -qam zero")
			more := attacks
			switch kind {
			case "linked":
				w.sh(w.project, "git worktree add -q -b agents/alice/work ../linked; git worktree add -q -b agents/bob/work ../bob")
				dir = w.dir + "/linked"
				more = append(slices.Clone(attacks), []struct{ name, script string }{
					{".git leads elsewhere", `echo "gitdir: $D/other" > .git`},
					{".git is replaced", `rm .git`},
					{"commondir", `echo "$D" > "$G/commondir"`},
					{"gitdir", `echo "$D" > "$G/gitdir"`},
					{"another's HEAD", `echo x > "$C/worktrees/bob/HEAD"`},
					{"another's commondir", `echo x > "$C/worktrees/bob/commondir"`},
				}...)
			case "own":
				w.add()
				dir = w.alice
				more = append(slices.Clone(attacks), []struct{ name, script string }{
					{"alternates", `echo /tmp > "$C/objects/info/alternates"`},
					{"the project's ref", `git --git-dir "$P/.git" update-ref refs/heads/main HEAD~1`},
					{"the project's objects", `rm -rf "$P"/.git/objects/??`},
					{"push to the project", `git push -q origin HEAD:refs/heads/pushed`},
				}...)
			}
			s := scopeOf(t, dir)
			day := work
			if kind != "linked" { // there, it would tidy the other checkouts, too
				day += "; git gc -q"
			}
			if out, err := w.confine(s, dir, day); err != nil {
				t.Fatalf("the day's work: %v\n%s", err, out)
			}
			for _, a := range more {
				script := "G='" + s.GitDir + "'; C='" + s.Common + "'; " + a.script
				if out, err := w.confine(s, dir, script); err == nil {
					t.Errorf("%s succeeded: %s", a.name, out)
				}
			}
			for _, a := range more { // without the walls, in a copy, because they do harm
				copied := w.dir + "/copy"
				w.sh(w.dir, "rm -rf copy; mkdir copy; for d in p p-worktrees linked bob; do test ! -e $d || cp -a $d copy/; done; for f in copy/linked/.git copy/bob/.git copy/p/.git/worktrees/*/gitdir copy/p-worktrees/*/.git/objects/info/alternates copy/p-worktrees/*/.git/config; do test ! -e $f || sed -i \"s#$D/#$D/copy/#\" $f; done")
				move := func(p string) string { return strings.Replace(p, w.dir, copied, 1) }
				script := "P='" + move(w.project) + "'; G='" + move(s.GitDir) + "'; C='" + move(s.Common) + "'; " + a.script
				if out, err := w.try(move(dir), script); err != nil {
					t.Errorf("%s fails without the walls, too, and proves nothing: %v %s", a.name, err, out)
				}
			}
		})
	}
}

// TestScopeNames: what lies in the checkout and is run by configuration is held, and names that matter must not appear.
func TestScopeNames(t *testing.T) {
	w := newWorld(t)
	w.sh(w.project, `mkdir -p .husky/_ tools; echo x > .husky/pre-commit; echo x > tools/f; echo '[user]' > .gitconfig; git config core.hooksPath .husky/_
git config include.path ../.gitconfig; git config includeIf.onbranch:x.path ../later;  git config filter.f.clean './tools/f --clean %f'; git config alias.z '!sh tools/gone; true'; git config branch.src.remote src/a; rm -rf .git/info`)
	s := scopeOf(t, w.project+"/src")
	for _, name := range []string{".git/config", ".git/hooks"} {
		if !slices.Contains(s.ReadOnly, w.project+"/"+name) {
			t.Errorf("%s may change: %v", name, s.ReadOnly)
		}
	}
	if !slices.Equal(s.Write, []string{w.project + "/src", w.project + "/.git"}) {
		t.Errorf("a scope of a folder gives %v", s.Write)
	}
	s = scopeOf(t, w.project)
	for _, name := range []string{".husky", ".husky/_", ".gitconfig", "tools/f"} {
		if !slices.Contains(s.ReadOnly, w.project+"/"+name) {
			t.Errorf("%s may change: %v", name, s.ReadOnly)
		}
	}
	for _, name := range []string{"later", ".git/objects/info/alternates", ".git/info", ".git/commondir", ".git/config.worktree"} {
		if !slices.Contains(s.Absent, w.project+"/"+name) {
			t.Errorf("%s may appear: %v", name, s.Absent)
		}
	}
	if slices.Contains(s.ReadOnly, w.project+"/src/a") {
		t.Errorf("a value that names no program holds a file: %v", s.ReadOnly)
	}
}

// TestScopeReplaced: a rename from outside takes a read-only mount away, and is noticed.
func TestScopeReplaced(t *testing.T) {
	needNamespaces(t)
	w := newWorld(t)
	s := scopeOf(t, w.project)
	if got := s.Replaced(); got != nil {
		t.Fatalf("replaced at once: %v", got)
	}
	cmd := exec.Command("unshare", "-Urm", "sh", "-ec", "c="+w.project+`/.git/config; mount --bind $c $c; mount -o remount,bind,ro $c; ! (echo x >> $c) 2>/dev/null; echo ready; read go; echo '[x]' >> $c`)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	w.sh(w.project, "git config a.b c")
	in.Write([]byte("go\n"))
	if err := cmd.Wait(); err != nil {
		t.Logf("this kernel keeps the mount: %v", err)
	}
	if got := s.Replaced(); !slices.Equal(got, []string{w.project + "/.git/config"}) {
		t.Errorf("replaced: %v, want the configuration", got)
	}
}

// TestScopeRefusesLinks: what no mount can hold is an error, not a gap.
func TestScopeRefusesLinks(t *testing.T) {
	w := newWorld(t)
	w.sh(w.project, "mv .git/hooks ../hooks; ln -s ../../hooks .git/hooks")
	if s, err := ScopeOf(context.Background(), w.project); err == nil {
		t.Errorf("linked hooks: %v", s.ReadOnly)
	}
	w.sh(w.project, "rm .git/hooks; mv .git ../g; ln -s ../g .git")
	if s, err := ScopeOf(context.Background(), w.project); err == nil {
		t.Errorf("linked .git: %v", s.ReadOnly)
	}
	if _, err := ScopeOf(context.Background(), os.TempDir()); err == nil {
		t.Error("a folder without a repository has a scope")
	}
}
