package e2e

import (
	"slices"
	"strings"
	"testing"
)

// deed is what no agent may do here: it lets whoever holds the key into this account.
const deed = "echo stranger >> ~/.ssh/authorized_keys"

func (w *world) done() bool { return strings.Contains(w.read("~/.ssh/authorized_keys"), "stranger") }

func TestAllow(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.bash("echo two > two.txt && cat two.txt")
	r := w.writ()
	if r.code != 0 || w.read("two.txt") != "two\n" || w.told("toolu_01") != "two" {
		t.Errorf("%v\ntold %q", r, w.told("toolu_01"))
	}
}

func TestDeny(t *testing.T) {
	need(t)
	t.Parallel()
	before := newWorld(t)
	before.bash(deed)
	if r := before.plain(); !before.done() {
		t.Fatalf("without writ it does not happen: %v", r)
	}
	w := newWorld(t)
	w.bash(deed)
	r := w.writ()
	if w.done() || r.code != 3 || !strings.Contains(r.err, "1 denied") {
		t.Errorf("done %v, %v\ntold %q", w.done(), r, w.told("toolu_01"))
	}
}

// TestOwnServers: the person's own --mcp-config and --settings stand beside writ's.
func TestOwnServers(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.write(w.home+"/own.json", `{"mcpServers":{"own":{"command":"`+bin+`/writ","args":["gate","--home","`+w.home+`/.writ","--run","x"]}}}`)
	w.bash("echo \"$MINE\" > two.txt")
	r := w.writ("--mcp-config", w.home+"/own.json", "--strict-mcp-config", "--settings", `{"env":{"MINE":"kept"}}`)
	if r.code != 0 || w.read("two.txt") != "kept\n" {
		t.Errorf("two.txt %q, %v\n%s", w.read("two.txt"), r, w.results())
	}
	if reqs := w.model.Requests(); len(reqs) == 0 || !slices.Contains(reqs[len(reqs)-1].Tools, "mcp__own__decide") {
		t.Errorf("the person's own server is missing")
	}
}
