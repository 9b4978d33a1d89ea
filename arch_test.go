package writ_test

import (
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pkg is one row of the architecture: what a package is for and which of ours it may import.
type pkg struct {
	job     string
	imports string
}

// table is the architecture. A new package gets a row here; data flows down the list, imports point up it.
var table = map[string]pkg{
	"event":      {"who wants to do what, from where", ""},
	"verdict":    {"deny, ask, allow, abstain, and how verdicts combine", ""},
	"effect":     {"what a call would do to the world", ""},
	"api":        {"the wire between writ's programs", ""},
	"home":       {"where writ keeps things", ""},
	"durable":    {"write files so that they are whole and on disk, read strangers' files within bounds", ""},
	"zone":       {"what kind of place a path is", ""},
	"verb":       {"what a verb of a control plane means", ""},
	"proc":       {"a process's ancestors and arguments, as the kernel tells them", ""},
	"unixsock":   {"listen and dial on Unix sockets, refuse browsers, name the peer", ""},
	"config":     {"read the configuration files, strictly", "durable"},
	"gitsafe":    {"run git with nothing of a repository's that runs programs", ""},
	"level":      {"how strongly the kernel confines", ""},
	"modelapi":   {"a scripted Messages API for tests", ""},
	"egress":     {"let through what may leave, and say what did", ""},
	"sandbox":    {"confine a process tree in the kernel", "level"},
	"escape":     {"attacks on the sandbox, each shown to work without its wall", ""},
	"catalog":    {"what a program with these words would do", "effect verb"},
	"inline":     {"what interpreter code would do", "effect verb"},
	"hook":       {"read a host's events and answer in its dialect", "event verdict"},
	"audit":      {"the log that cannot be quietly changed", "durable effect event verdict"},
	"transcript": {"read a host's own transcripts and compare them with the log", ""},
	"snapshot":   {"keep uncommitted work before it is discarded, and bring it back", "durable effect gitsafe"},
	"worktree":   {"a repository per agent, landed after its changes were checked", "durable gitsafe"},
	"approve":    {"the queue of questions to a human", "api"},
	"session":    {"who calls, at what pace, and how often refused", "event verdict"},
	"client":     {"speak to the daemon, and start it once", "api home unixsock"},
	"command":    {"what a shell line would do", "catalog effect inline zone"},
	"tool":       {"what a call of any tool would do", "command effect event inline verb zone"},
	"pipeline":   {"let every stage judge, and combine", "effect event verdict zone"},
	"policy":     {"Cedar policies in layers, and the floor", "effect event level pipeline verdict zone"},
	"guard":      {"put reading and stages together into one decision", "command effect event home hook level pipeline policy tool verdict zone"},
	"outer":      {"start an agent's program behind walls of its own", "sandbox"},
	"claude":     {"wire writ into Claude Code and start it guarded", "api durable home hook outer"},
	"scope":      {"what a session, a role or a worktree may do, in the kernel's terms", "gitsafe sandbox worktree zone"},
	"warm":       {"keep sandboxes running, and hand out grants to run in them", "level sandbox unixsock"},
	"daemon":     {"the one process that wires the above and answers", "api approve audit client config effect egress event gitsafe guard home hook level proc sandbox scope session snapshot transcript unixsock verdict warm worktree zone"},
	"demo":       {"a team at work under writ, with attacks that must not succeed", "api audit client event guard hook home level verdict"},
	"cli":        {"one file per subcommand", "*"},
}

// hookMayLink is the whole of what the program on the path of every call may link of ours.
var hookMayLink = strings.Fields("hook client api unixsock event verdict")

// TestImports holds every package to its row.
func TestImports(t *testing.T) {
	dirs, err := filepath.Glob("internal/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no packages found: %v", err)
	}
	seen := map[string]bool{}
	for _, dir := range dirs {
		name := filepath.Base(dir)
		got := imports(t, dir)
		if got == nil {
			continue // no Go files
		}
		seen[name] = true
		row, ok := table[name]
		if !ok {
			t.Errorf("internal/%s has no row in the table: give it one, with its single job", name)
			continue
		}
		for _, imp := range got {
			if row.imports != "*" && !slices.Contains(strings.Fields(row.imports), imp) {
				t.Errorf("internal/%s imports internal/%s; its row allows only: %s", name, imp, row.imports)
			}
		}
	}
	for name := range table {
		if !seen[name] {
			t.Errorf("the table has a row for internal/%s, which does not exist", name)
		}
	}
}

// imports lists the internal packages that the non-test files of a folder import.
func imports(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	found := false
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		found = true
		tree, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range tree.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if rest, ok := strings.CutPrefix(path, "writ/internal/"); ok && !slices.Contains(out, rest) {
				out = append(out, rest)
			}
		}
	}
	if !found {
		return nil
	}
	return append([]string{}, out...)
}

// TestHookLinksLittle holds writ-hook to the standard library and the short list of ours, because safety and
// start-up time hang on it.
func TestHookLinksLittle(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./cmd/writ-hook").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	n := 0
	for _, path := range strings.Fields(string(out)) {
		if path == "writ/cmd/writ-hook" {
			n++
			continue
		}
		name, ours := strings.CutPrefix(path, "writ/internal/")
		if !ours || !slices.Contains(hookMayLink, name) {
			t.Errorf("writ-hook links %s; allowed are the standard library and %v", path, hookMayLink)
		}
	}
	if n != 1 {
		t.Fatalf("go list did not list the program itself: %q", out)
	}
}
