package scope

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"writ/internal/sandbox"
)

// place is a home with a project in it.
func place(t *testing.T, prepare string) Of {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := Of{Home: filepath.Join(dir, "home"), WritHome: filepath.Join(dir, "home", ".writ"), Project: filepath.Join(dir, "home", "repo")}
	o.State, o.Caches = filepath.Join(o.WritHome, "state"), filepath.Join(o.WritHome, "cache")
	if err := os.MkdirAll(o.Project, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "-c", prepare)
	cmd.Dir = o.Project
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return o
}

func holds(list []string, want ...string) bool {
	return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(list, w) })
}

func TestProfile(t *testing.T) {
	o := place(t, `git init -q . && mkdir -p .claude/worktrees .github ../.ssh ../.aws && touch .env a.go ../.netrc && echo x > CLAUDE.md &&
		echo '//r/:_authToken=t' > ../.npmrc && touch tracked.key && git add tracked.key a.go && git commit -qm x`)
	p := Profile(o)
	at := func(name string) string { return filepath.Join(o.Project, name) }
	home := func(name string) string { return filepath.Join(o.Home, name) }
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	for what, ok := range map[string]bool{
		"the project changes":                  holds(p.Write, o.Project, at(".git"), at(".claude/worktrees")),
		"wiring and what runs later is closed": holds(p.ReadOnly, at(".claude"), at(".github"), at("CLAUDE.md"), at(".git/config"), at(".git/hooks")),
		"what is not there must not appear":    holds(p.Absent, at(".mcp.json"), at("AGENTS.md"), at(".gitlab-ci.yml"), at(".git/commondir")),
		"credentials are hidden":               holds(p.Hide, home(".ssh"), home(".aws"), home(".netrc"), home(".npmrc"), at(".env"), o.WritHome),
		"a tracked key is not":                 !slices.Contains(p.Hide, at("tracked.key")),
		"writ's programs stay readable":        holds(p.Show, filepath.Join(o.WritHome, "bin")),
		"caches are the project's own":         strings.HasPrefix(p.Env["GOCACHE"], o.Caches),
		"the network is the proxy":             p.Net.Mode == "proxy",
	} {
		if !ok {
			t.Errorf("not so: %s\n%+v", what, p)
		}
	}
}

func TestGitVariant(t *testing.T) {
	o := place(t, "git init -q . && mkdir .github .claude && touch CLAUDE.md")
	o.Git = true
	p := Profile(o)
	for _, name := range []string{".github", "CLAUDE.md"} {
		if slices.Contains(p.ReadOnly, filepath.Join(o.Project, name)) {
			t.Errorf("a git command cannot bring %s", name)
		}
	}
	if !holds(p.ReadOnly, filepath.Join(o.Project, ".claude"), filepath.Join(o.Project, ".git", "config")) {
		t.Errorf("wiring is open to a git command: %v", p.ReadOnly)
	}
}

func TestRoles(t *testing.T) {
	for role, want := range map[string]struct{ tree, git bool }{
		"": {true, true}, "solo": {true, true}, "coding-2": {true, true}, "devops-1": {true, true}, "lead": {false, true}, "review-1": {false, false}, "sa": {false, false},
	} {
		o := place(t, "git init -q .")
		o.Role = role
		p := Profile(o)
		if got := slices.Contains(p.Write, o.Project); got != want.tree {
			t.Errorf("%q changes the tree: %v", role, got)
		}
		if got := slices.Contains(p.Write, filepath.Join(o.Project, ".git")); got != want.git {
			t.Errorf("%q commits: %v", role, got)
		}
	}
	if p := Profile(Of{Home: "/home/nobody-here", WritHome: "/home/nobody-here/.writ"}); len(p.Write) != 0 {
		t.Errorf("without a project something may change: %v", p.Write)
	}
}

func TestWiden(t *testing.T) {
	p := sandbox.Profile{Name: "project", Write: []string{"/p"}, ReadOnly: []string{"/p/.github", "/p/.git/config"}, Absent: []string{"/p/CLAUDE.md"}, Net: sandbox.Net{Allow: []string{"a:1"}}}
	w := Widen(p, []string{"/p/.github/workflows/ci.yml", "/p/CLAUDE.md", "/etc/hosts"}, []string{"b:2"})
	if !holds(w.Write, "/p", "/etc/hosts", "/p/CLAUDE.md") || slices.Contains(w.ReadOnly, "/p/.github") || !holds(w.ReadOnly, "/p/.git/config") || len(w.Absent) != 0 || !holds(w.Net.Allow, "a:1", "b:2") {
		t.Errorf("got %+v", w)
	}
	if len(p.Write) != 1 || len(p.ReadOnly) != 2 || len(p.Absent) != 1 || len(p.Net.Allow) != 1 {
		t.Errorf("the profile itself was changed: %+v", p)
	}
}

func TestValues(t *testing.T) {
	o := place(t, "mkdir ../.aws && echo 'aws_secret_access_key = wJalrXUtnFEMI7K7MDENG' > ../.aws/credentials && echo 'DB=plain words only' > .env")
	var got []string
	for _, v := range Values(Profile(o), []string{"MY_TOKEN=abc123def456ghi", "PATH=/usr/bin:/bin", "SHORT_TOKEN=a1"}) {
		got = append(got, string(v))
	}
	if !holds(got, "wJalrXUtnFEMI7K7MDENG", "abc123def456ghi") || slices.Contains(got, "a1") || slices.Contains(got, "/usr/bin:/bin") {
		t.Errorf("got %q", got)
	}
}
