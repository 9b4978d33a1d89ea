//go:build linux

package warm

import (
	"context"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"writ/internal/egress"
	"writ/internal/sandbox"
	"writ/internal/scope"
)

// tool is a row of the matrix in docs/reference/sandbox.md: commands of one session, each in the warm sandbox, the
// last of which must say want.
type tool struct {
	name  string
	needs []string
	lines []string
	want  string
}

var works = []tool{
	{"go build", []string{"go"}, []string{"cd gomod && go build -o ../built . && ../built"}, "built by go"},
	{"go vet", []string{"go"}, []string{"cd gomod && go vet ./... && echo vetted"}, "vetted"},
	{"go test with httptest", []string{"go"}, []string{"cd gomod && go test -count=1 -v ./..."}, "--- PASS: TestServer"},
	{"gcc and make", []string{"gcc", "make"}, []string{"cd c && make && ./prog"}, "built by make"},
	{"git in the project", []string{"git"}, []string{"echo x > new && git add new && git commit -qm second && git branch side && git switch -q side && git status --short && git log --format=%s -1 && git branch"}, "second\n  main\n* side"},
	{"git init below", []string{"git"}, []string{"mkdir sub && cd sub && git init -q -b main && echo x > a && git add a && git commit -qm below && git log --format=%s"}, "below"},
	{"node server, curl in a later command", []string{"node", "curl"}, []string{
		`(node -e 'require("http").createServer((q,r)=>r.end("served by node")).listen(8124,"127.0.0.1")' >/dev/null 2>&1 &)`,
		"curl -s --retry 20 --retry-connrefused --retry-delay 1 http://127.0.0.1:8124/"}, "served by node"},
	{"npm install, npx from the registry", []string{"npm", "npx", "node"}, []string{"cd js && npm install --no-audit --no-fund writ-hello", "cd js && npx writ-hello", "npx --yes writ-hello@1.0.0"}, "hello from a package"},
	{"python venv", []string{"python3"}, []string{"python3 -m venv --without-pip env && env/bin/python -c 'import sys; print(sys.prefix)'"}, "/repo/env"},
	{"python multiprocessing and Manager", []string{"python3"}, []string{"python3 mp.py"}, "pool [0, 1, 4, 9] manager 10"},
	{"script", []string{"script"}, []string{"script -qec 'tty && echo at a terminal' /dev/null"}, "at a terminal"},
	{"ps", []string{"ps"}, []string{"ps ax -o comm= > list && ! grep warm.test list && cat list"}, "ps\n"},
	{"tmux inside", []string{"tmux"}, []string{"tmux new -d -s x 'sleep 60'", "tmux ls -F '#S'; tmux kill-server"}, "x\n"},
	{"tar", []string{"tar"}, []string{"tar czf c.tgz c && mkdir out && tar xzf c.tgz -C out && cat out/c/Makefile"}, "prog:"},
	{"sed -i and an atomic replace", []string{"sed"}, []string{"sed -i s/first/changed/ file && cp file file.new && mv file.new file && cat file"}, "changed"},
	{"mktemp, heredoc, process substitution", []string{"mktemp"}, []string{"t=$(mktemp) && cat > $t <<X\nheld\nX\ncat <(cat $t)"}, "held"},
}

func TestTools(t *testing.T) {
	w, scope := toolWorld(t)
	for _, tt := range works {
		t.Run(tt.name, func(t *testing.T) {
			need(t, tt.needs)
			out, code := "", 0
			for _, line := range tt.lines {
				if out, code = w.in(scope, line); code != 0 {
					t.Fatalf("%s: exit %d\n%s", line, code, out)
				}
			}
			if !strings.Contains(out, tt.want) {
				t.Errorf("got %q, want %q", out, tt.want)
			}
			for _, r := range sandbox.Explain(&scope.Profile, w.root, out) {
				t.Errorf("what worked is explained as a refusal: %s", r)
			}
		})
	}
}

func need(t *testing.T, programs []string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed here", name)
		}
	}
}

// in runs a line in a scope, as one call of an agent.
func (w *world) in(s Scope, line string) (string, int) {
	w.t.Helper()
	id, err := w.pool.Grant(Grant{Scope: s, Line: line, Shell: "bash"})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.exec(id, line)
}

// toolWorld is a project with the scope that a session's commands have, and a way out to one registry.
func toolWorld(t *testing.T) (*world, Scope) {
	t.Helper()
	registry := serveRegistry(t)
	_, port, err := net.SplitHostPort(registry)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := egress.ParseRules([]string{"registry.test:" + port})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(o *Options) {
		o.Egress = func(_ Scope, l net.Listener) {
			p := egress.New(egress.Options{Decide: egress.ByRules(rules.AllowPrivate(), nil), Resolver: here{}})
			go func() { <-t.Context().Done(); p.Close() }()
			p.Serve(l) // ends with the sandbox
		}
	})
	w.fill("http://registry.test:" + port + "/")
	p := scope.Profile(scope.Of{Project: w.root, Home: w.home, WritHome: filepath.Join(w.home, ".writ"), Caches: filepath.Join(filepath.Dir(w.root), "caches"), Env: os.Environ(),
		Settings: scope.Settings{Allow: rules.Strings()}})
	if dir := goCache(); dir != "" { // building the standard library anew would take minutes
		p.Env["GOCACHE"], p.Write = dir, append(p.Write, dir)
	}
	return w, Scope{Owner: "S", Profile: p}
}

// here resolves every name to this machine.
type here struct{}

func (here) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func goCache() string {
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return ""
	}
	dir, err := filepath.EvalSymlinks(strings.TrimSpace(string(out)))
	if err != nil {
		return ""
	}
	return dir
}

// fill makes the project: a repository with code in four languages.
func (w *world) fill(registry string) {
	w.t.Helper()
	for name, text := range map[string]string{
		"file":            "first\n",
		"gomod/go.mod":    "module example\n\ngo 1.24\n",
		"gomod/main.go":   "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"built by go\") }\n",
		"gomod/a_test.go": serverTest,
		"c/Makefile":      "prog: prog.c\n\tgcc -o prog prog.c\n",
		"c/prog.c":        "#include <stdio.h>\nint main(void) { puts(\"built by make\"); return 0; }\n",
		"js/package.json": `{"name":"app","version":"1.0.0","private":true}`,
		".npmrc":          "registry=" + registry + "\n",
		"js/.npmrc":       "registry=" + registry + "\n",
		"private/.npmrc":  "//registry.test/:_authToken=npm_not_for_agents\n",
		"mp.py":           manager,
		".gitignore":      "built\nenv\n",
	} {
		path := filepath.Join(w.root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
	cmd := exec.Command("bash", "-c", "git init -q -b main && git config user.name t && git config user.email t@example.com && git add file && git commit -qm first")
	cmd.Dir, cmd.Env = w.root, append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("%v\n%s", err, out)
	}
	for name, value := range map[string]string{"NAME": "t", "EMAIL": "t@example.com"} { // git init below has no settings of its own
		w.t.(*testing.T).Setenv("GIT_AUTHOR_"+name, value)
		w.t.(*testing.T).Setenv("GIT_COMMITTER_"+name, value)
	}
}

const serverTest = `package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestServer(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	if r, err := http.Get(s.URL); err != nil || r.StatusCode != 404 {
		t.Fatal(r, err)
	}
}
`

const manager = `import multiprocessing as m

def square(n):
    return n * n

def add(d, lock):
    with lock:
        d["n"] = d.get("n", 0) + 1

if __name__ == "__main__":
    with m.Pool(2) as pool:
        squares = pool.map(square, range(4))
    with m.Manager() as manager:
        d, lock = manager.dict(), manager.Lock()
        all = [m.Process(target=add, args=(d, lock)) for _ in range(10)]
        for p in all: p.start()
        for p in all: p.join()
        print("pool", squares, "manager", d["n"])
`
