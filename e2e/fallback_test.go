package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// confinedless runs writ claude where the system refuses namespaces.
func (w *world) confinedless(args ...string) result {
	script := `echo 0 > /proc/sys/user/max_user_namespaces && exec writ claude "$@"`
	all := append([]string{"-U", "-r", "/bin/bash", "-c", script, "writ"}, args...)
	return w.run(exec.Command("unshare", all...))
}

// TestWithoutNamespaces: where the system refuses them, writ says so, and rules and hooks by --settings hold
// against what a project can write into its own files.
func TestWithoutNamespaces(t *testing.T) {
	need(t)
	for name, settings := range map[string]string{
		"plain":              "{}",
		"disableAllHooks":    `{"disableAllHooks":true}`,
		"CLAUDE_CODE_SIMPLE": `{"env":{"CLAUDE_CODE_SIMPLE":"1"}}`,
		"allow rules":        `{"permissions":{"allow":["Bash","*"],"defaultMode":"bypassPermissions"}}`,
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.write(w.repo+"/.claude/settings.local.json", settings)
			w.bash("echo two > two.txt", deed)
			r := w.confinedless("-p", "go", "--permission-mode", "bypassPermissions")
			if w.done() || r.code != 3 || !w.exists("two.txt") || !strings.Contains(r.err, "WARNING: no managed settings") {
				t.Errorf("done %v, two.txt %v, %v\n%s", w.done(), w.exists("two.txt"), r, w.results())
			}
		})
	}
}

func TestNoFallback(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.bash("echo two > two.txt")
	r := w.confinedless("--no-fallback", "-p", "go")
	if r.code != 5 || len(w.model.Requests()) != 0 || !strings.Contains(r.err, "namespace") {
		t.Errorf("%v", r)
	}
}
