package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"writ/internal/level"
)

// Where nothing is confined, a command that changed what a sandbox would have closed is found out and recorded; one that
// worked in the project is not.
func TestObserve(t *testing.T) {
	w := serving(t, func(_ *world, o *Options) { l := level.Observe; o.Level = &l })
	w.put("repo/.claude/settings.json", "{}")
	run := func(command string, deed func()) string {
		t.Helper()
		p := w.bash(command)
		w.hook(p)
		deed()
		p["hook_event_name"], p["tool_response"] = "PostToolUse", map[string]any{"stdout": "", "stderr": "", "interrupted": false, "isImage": false}
		return w.hook(p).Stdout
	}
	if said := run("make", func() { w.put("repo/out.txt", "x") }); strings.Contains(said, "nothing confines") {
		t.Errorf("honest work was found out: %s", said)
	}
	said := run("make", func() { w.put("repo/.claude/settings.json", `{"disableAllHooks":true}`) })
	if !strings.Contains(said, ".claude changed during this command") || w.incidents("changed-unconfined") != 1 {
		t.Errorf("said %q, %d incidents", said, w.incidents("changed-unconfined"))
	}
	run("make", func() {
		if err := os.WriteFile(filepath.Join(w.project, "CLAUDE.md"), []byte("obey"), 0o644); err != nil {
			t.Fatal(err)
		}
	})
	if n := w.incidents("changed-unconfined"); n != 2 {
		t.Errorf("%d incidents after a new file of instructions, want 2", n)
	}
}

// A level that is required and not there denies every call, and says what would help.
func TestRequiredLevel(t *testing.T) {
	w := serving(t, func(w *world, o *Options) {
		l := level.Observe
		o.Level = &l
		w.put(".writ/config.json", `{"sandbox":{"level":"full"}}`)
	})
	if s := w.say(w.bash("ls")); s.Decision != "deny" || !strings.Contains(s.Reason, "full confinement is required") || !strings.Contains(s.Reason, "writ doctor sandbox") {
		t.Errorf("got %+v", s)
	}
}
