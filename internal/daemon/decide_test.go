package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"writ/internal/audit"
)

// Commands that the built-in rules allow, ask about and deny. They are sent, never run.
const (
	allowed = "ls -la"
	asked   = "echo hi > /opt/writ-test/notes"
	denied  = "wc < ~/.ssh/id_rsa"
)

// TestDecides allows, asks and denies, and each answer's record is on disk before the answer is out.
func TestDecides(t *testing.T) {
	w := serving(t, nil)
	for command, want := range map[string]string{allowed: "allow", asked: "ask", denied: "deny"} {
		p := w.bash(command)
		got := w.say(p)
		if got.Decision != want {
			t.Errorf("%s: %+v, want %s", command, got, want)
		}
		recs := w.records(audit.Filter{Kinds: []audit.Kind{audit.KindDecision}, ToolUseID: p["tool_use_id"].(string)})
		if len(recs) != 1 || recs[0].Effect != want || recs[0].Agent != "main" || recs[0].Run != "R" {
			t.Errorf("%s: records %+v", command, recs)
		}
	}
	if got := w.run(); got.Calls != 3 || got.Allowed != 1 || got.Denied != 1 || got.Pending != 1 {
		t.Errorf("run %+v", got)
	}
}

// TestEveryKindIsGuarded: the same refused call is refused for every kind of caller, and the record names it.
func TestEveryKindIsGuarded(t *testing.T) {
	w := serving(t, nil)
	w.say(w.payload("Agent", map[string]any{"subagent_type": "rev", "prompt": "p", "description": "d"}, nil))
	w.say(w.payload("Agent", map[string]any{"subagent_type": "bg", "prompt": "p", "description": "d", "run_in_background": true}, nil))
	w.say(w.payload("Agent", map[string]any{"subagent_type": "deep", "prompt": "p", "description": "d"}, map[string]any{"agent_id": "a1111111111111111", "agent_type": "rev"}))
	for kind, fields := range map[string]map[string]any{
		"main":               {},
		"main-agent":         {"session_id": "S2", "agent_type": "rev"},
		"subagent":           {"agent_id": "a1111111111111111", "agent_type": "rev"},
		"background-agent":   {"agent_id": "a2222222222222222", "agent_type": "bg"},
		"nested-subagent":    {"agent_id": "a3333333333333333", "agent_type": "deep"},
		"teammate-inprocess": {"agent_id": "aalice-0123456789abcdef", "agent_type": "alice"},
		"unknown":            {"agent_id": "a9999999999999999", "agent_type": "nobody"},
	} {
		p := w.payload("Bash", map[string]any{"command": denied}, fields)
		if got := w.say(p); got.Decision != "deny" {
			t.Errorf("%s: %+v, want deny", kind, got)
		}
		recs := w.records(audit.Filter{ToolUseID: p["tool_use_id"].(string)})
		if len(recs) == 0 || recs[0].AgentKind != kind {
			t.Errorf("%s: records %+v", kind, recs)
		}
	}
}

// TestUnreadable refuses payloads that cannot be read without doubt, and records them.
func TestUnreadable(t *testing.T) {
	w := serving(t, nil)
	for name, p := range map[string]map[string]any{
		"no event":       {"session_id": "S"},
		"tool not named": {"hook_event_name": "PreToolUse", "tool_input": map[string]any{}},
		"input a string": {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": "ls"},
	} {
		if got := w.say(p); got.Decision != "exit 2" {
			t.Errorf("%s: %+v, want exit 2", name, got)
		}
	}
	if n := w.incidents("payload-unreadable"); n != 3 {
		t.Errorf("%d incidents, want 3", n)
	}
}

// TestRewrites carries the agent's identity into Bash calls; names cannot break out of their quotes.
func TestRewrites(t *testing.T) {
	w := serving(t, nil)
	got := w.say(w.bash(allowed))
	if got.Input["command"] != "export WRIT_SESSION='S' WRIT_AGENT='main'; "+allowed {
		t.Errorf("rewritten to %q", got.Input["command"])
	}
	got = w.say(w.payload("Bash", map[string]any{"command": allowed, "timeout": 5}, map[string]any{"session_id": "it's; $(id)"}))
	if got.Input["command"] != `export WRIT_SESSION='it'\''s; $(id)' WRIT_AGENT='main'; `+allowed || got.Input["timeout"] != 5.0 {
		t.Errorf("rewritten to %q", got.Input)
	}
	w.put(".writ/config.json", `{"rewrite_tag": false}`)
	time.Sleep(2 * lookAgain)
	if got = w.say(w.bash(allowed)); got.Input != nil {
		t.Errorf("rewritten although that is off: %v", got.Input)
	}
}

// TestSettingsMistake denies everything and names file and line, until it is mended.
func TestSettingsMistake(t *testing.T) {
	w := serving(t, nil)
	mend := func(name, bad, where string) {
		w.put(name, bad)
		time.Sleep(2 * lookAgain)
		if got := w.say(w.bash(allowed)); got.Decision != "deny" || !strings.Contains(got.Reason, where) {
			t.Errorf("%s: %+v, want deny with %s", name, got, where)
		}
		if err := os.Remove(filepath.Join(filepath.Dir(w.project), name)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * lookAgain)
		if got := w.say(w.bash(allowed)); got.Decision != "allow" {
			t.Errorf("%s mended: %+v, want allow", name, got)
		}
	}
	mend(".writ/config.json", "{\n\"ask\": 1}", "config.json:2")
	mend(".writ/policy/mine.cedar", "permit (principal, action,", "mine.cedar")
	mend("repo/.writ/config.json", `{"rewrite_tag": false}`, "config.json:1")
}

// TestPolicyIsReloaded takes a new rule with the next call.
func TestPolicyIsReloaded(t *testing.T) {
	w := serving(t, nil)
	if got := w.say(w.bash("make build")); got.Decision == "deny" {
		t.Fatalf("before: %+v", got)
	}
	w.put(".writ/policy/mine.cedar", `@id("no-make") @reason("not here") forbid (principal, action == Action::"exec", resource) when { context.target == "make" };`)
	time.Sleep(2 * lookAgain)
	if got := w.say(w.bash("make build")); got.Decision != "deny" || !strings.Contains(got.Reason, "no-make") {
		t.Errorf("after: %+v, want the new rule", got)
	}
	if n := len(w.records(audit.Filter{Kinds: []audit.Kind{audit.KindPolicy}})); n != 2 {
		t.Errorf("%d records of rules, want 2", n)
	}
}

// TestLimitsAndRepeats: over the pace is denied; the third refusal of one operation goes to the human.
func TestLimitsAndRepeats(t *testing.T) {
	w := serving(t, func(w *world, _ *Options) { w.put(".writ/config.json", `{"limits":{"calls_per_minute":8}}`) })
	for i := range 3 {
		got := w.say(w.bash(denied))
		if told := strings.Contains(got.Reason, "do not try it again"); told != (i == 2) {
			t.Errorf("refusal %d: %+v", i+1, got)
		}
	}
	list := w.approvals()
	if len(list) != 1 || list[0].Kind != "stuck" {
		t.Fatalf("queue %+v, want one notice", list)
	}
	if err := w.decide(list[0].ID, "approve", ""); err == nil {
		t.Error("a refusal by policy was approved")
	}
	for range 5 {
		w.say(w.bash(allowed))
	}
	if got := w.say(w.bash(allowed)); got.Decision != "deny" || !strings.Contains(got.Reason, "limits.calls") {
		t.Errorf("ninth call in a minute: %+v", got)
	}
}

// TestOtherEvents are recorded and answered in a way that lets the session go on.
func TestOtherEvents(t *testing.T) {
	w := serving(t, nil)
	for _, event := range []string{"SessionStart", "UserPromptSubmit", "SubagentStart", "Stop", "SubagentStop", "TeammateIdle", "TaskCreated", "Notification", "PreCompact"} {
		p := map[string]any{"hook_event_name": event, "session_id": "S", "cwd": w.project, "prompt": "secret words"}
		if got := w.hook(p); got.Exit != 0 || strings.Contains(got.Stdout, "block") {
			t.Errorf("%s: %+v", event, got)
		}
	}
	if got := w.hook(map[string]any{"hook_event_name": "MoonRise", "session_id": "S", "cwd": w.project}); got.Exit != 2 {
		t.Errorf("unknown event: %+v, want exit 2", got)
	}
	recs := w.records(audit.Filter{Kinds: []audit.Kind{audit.KindSession}})
	if len(recs) != 10 {
		t.Errorf("%d records, want 10", len(recs))
	}
}

// TestHomeIsNoProject: a session that begins in the person's home, or above it, has no writ over all of it.
func TestHomeIsNoProject(t *testing.T) {
	w := serving(t, nil)
	home := filepath.Dir(string(w.home))
	for i, dir := range []string{home, filepath.Dir(home), "/"} {
		p := w.payload("Write", map[string]any{"file_path": filepath.Join(home, "thesis.txt"), "content": "x"}, map[string]any{"session_id": fmt.Sprint("S", i), "cwd": dir})
		w.project = dir
		if got := w.say(p); got.Decision == "allow" && !strings.HasPrefix(home, "/tmp/") {
			t.Errorf("from %s: %+v, want no consent", dir, got)
		}
		if recs := w.records(audit.Filter{Session: fmt.Sprint("S", i)}); len(recs) == 0 || recs[0].Project != "" {
			t.Errorf("from %s: %+v, want no project", dir, recs)
		}
	}
}

// TestMetElsewhere: the daemon is restarted while the session's current folder is not in its project. That folder
// does not become the project.
func TestMetElsewhere(t *testing.T) {
	w := serving(t, nil)
	p := w.bash("echo x > /opt/writ-test/x")
	p["cwd"] = "/opt/writ-test"
	if got := w.say(p); got.Decision != "ask" {
		t.Errorf("outside: %+v, want ask", got)
	}
	if got := w.say(w.bash("echo x > x.txt")); got.Decision != "allow" {
		t.Errorf("back in the project: %+v, want allow", got)
	}
}
