package daemon

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"writ/internal/api"
	"writ/internal/audit"
	"writ/internal/client"
	"writ/internal/hook"
)

// callLines is a transcript's line with one tool call, and one with its result.
func callLines(id, command string) string {
	return `{"type":"assistant","sessionId":"S","message":{"role":"assistant","content":[{"type":"tool_use","id":"` + id + `","name":"Bash","input":{"command":"` + command + `"}}]}}
{"type":"user","sessionId":"S","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"` + id + `","content":"done"}]}}
`
}

// TestReconcilesAtStop: a call that is in the transcript and was never decided is an incident, once.
func TestReconcilesAtStop(t *testing.T) {
	w := serving(t, nil)
	p := w.bash(allowed)
	w.say(p)
	file := w.put("S.jsonl", callLines(p["tool_use_id"].(string), allowed))
	stop := map[string]any{"hook_event_name": "Stop", "session_id": "S", "cwd": w.project, "transcript_path": file}
	if got := w.hook(stop); got.Stdout != "" || len(w.records(audit.Filter{Kinds: []audit.Kind{audit.KindIncident}})) != 0 {
		t.Errorf("everything was decided, but: %+v", got)
	}
	w.put("S.jsonl", callLines(p["tool_use_id"].(string), allowed)+callLines("toolu_sneaked", "touch x"))
	for range 2 {
		if got := w.hook(stop); !strings.Contains(got.Stdout, "writ audit reconcile") || strings.Contains(got.Stdout, "block") {
			t.Errorf("a call passed by: %+v", got)
		}
	}
	recs := w.records(audit.Filter{Kinds: []audit.Kind{audit.KindIncident}, ToolUseID: "toolu_sneaked"})
	if len(recs) != 1 || recs[0].Rule != "call-no-decision" {
		t.Errorf("incidents %+v, want one", recs)
	}
}

// TestReconcilesAfterRestart finds decisions of the daemon before in the log.
func TestReconcilesAfterRestart(t *testing.T) {
	w := newWorld(t)
	w.process()
	p := w.bash(allowed)
	w.say(p)
	w.stop()
	w.process()
	file := w.put("S.jsonl", callLines(p["tool_use_id"].(string), allowed))
	w.hook(map[string]any{"hook_event_name": "SessionEnd", "session_id": "S", "cwd": w.project, "transcript_path": file})
	if recs := w.records(audit.Filter{Kinds: []audit.Kind{audit.KindIncident}}); len(recs) != 0 {
		t.Errorf("incidents %+v, want none", recs)
	}
}

// TestOddTranscript: a path that never ends does not hold the daemon.
func TestOddTranscript(t *testing.T) {
	w := serving(t, nil)
	for _, path := range []string{"/dev/zero", w.project, "/nonexistent"} {
		got := w.hook(map[string]any{"hook_event_name": "Stop", "session_id": "S", "cwd": w.project, "transcript_path": path})
		if got.Exit != 0 || got.Stdout != "" {
			t.Errorf("%s: %+v", path, got)
		}
	}
}

// file is wiring of one file with known content.
type file struct{ path, want string }

func (f file) Restore(context.Context, hook.Payload) (bool, error) {
	if b, err := os.ReadFile(f.path); err == nil && string(b) == f.want {
		return false, nil
	}
	return true, os.WriteFile(f.path, []byte(f.want), 0o600)
}

// TestConfigChange blocks every source, puts the file back, and records it.
func TestConfigChange(t *testing.T) {
	var settings string
	w := serving(t, func(w *world, o *Options) {
		settings = w.put("repo/.claude/settings.json", "{}")
		o.Wiring = file{settings, "{}"}
	})
	change := func(source string) {
		t.Helper()
		p := map[string]any{"hook_event_name": "ConfigChange", "session_id": "S", "cwd": w.project, "source": source, "file_path": settings}
		if got := w.say(p); got.Block != "block" {
			t.Errorf("%s: %+v, want block", source, got)
		}
	}
	change("skills")
	if n := w.incidents("wiring-changed"); n != 0 {
		t.Errorf("%d incidents without a change of the wiring", n)
	}
	w.put("repo/.claude/settings.json", `{"disableAllHooks":true}`)
	change("project_settings")
	if b, _ := os.ReadFile(settings); string(b) != "{}" {
		t.Errorf("the file now holds %s", b)
	}
	if n := w.incidents("wiring-changed"); n != 1 {
		t.Errorf("%d incidents, want 1", n)
	}
	if recs := w.records(audit.Filter{Kinds: []audit.Kind{audit.KindWiring}}); len(recs) != 2 || recs[1].Data["restored"] != true {
		t.Errorf("records %+v", recs)
	}
}

// TestPaneTeammate is told by the arguments of the agent program above the hook.
func TestPaneTeammate(t *testing.T) {
	w := serving(t, nil)
	claude := filepath.Join(t.TempDir(), "claude")
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(shell, claude); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(claude, "-c", os.Args[0]+" -test.run='^TestHelperHook$'; exit $?", "x",
		"--agent-id", "alice@session-d3b2d6ff", "--agent-name", "alice", "--parent-session-id", "P")
	cmd.Env = []string{"HOOK_HOME=" + string(w.home), "HOOK_CWD=" + w.project}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	recs := w.records(audit.Filter{ToolUseID: "toolu_pane"})
	if len(recs) != 1 || recs[0].AgentKind != "teammate-pane" || recs[0].Agent != "alice" || recs[0].Parent != "P" {
		t.Errorf("records %+v", recs)
	}
}

// TestHelperHook is the hook of TestPaneTeammate, as a process of its own.
func TestHelperHook(t *testing.T) {
	if os.Getenv("HOOK_HOME") == "" {
		t.Skip("only run by TestPaneTeammate")
	}
	payload := `{"hook_event_name":"PreToolUse","session_id":"S9","agent_type":"general-purpose","cwd":"` + os.Getenv("HOOK_CWD") + `","tool_name":"Bash","tool_input":{"command":"ls"},"tool_use_id":"toolu_pane"}`
	if _, err := client.Hook(os.Getenv("HOOK_HOME")).Hook(t.Context(), api.HookRequest{Host: "claude", Payload: []byte(payload)}); err != nil {
		t.Fatal(err)
	}
}
