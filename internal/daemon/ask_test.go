package daemon

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"writ/internal/api"
	"writ/internal/audit"
	"writ/internal/client"
)

// TestApprovedOnce: a person approves exactly this call, and it runs once.
func TestApprovedOnce(t *testing.T) {
	w := serving(t, nil)
	if got := w.say(w.bash(asked)); got.Decision != "ask" {
		t.Fatalf("%+v, want ask", got)
	}
	list := w.approvals()
	if len(list) != 1 || list[0].Agent != "main" || len(list[0].Effects) == 0 || !strings.Contains(list[0].Summary, "writ-test") {
		t.Fatalf("queue %+v", list)
	}
	if err := w.decide(list[0].ID, "approve", ""); err != nil {
		t.Fatal(err)
	}
	if got := w.say(w.bash(asked + " --more")); got.Decision != "ask" {
		t.Errorf("another command: %+v, want ask", got)
	}
	if got := w.say(w.payload("Bash", map[string]any{"command": asked}, map[string]any{"agent_id": "aalice-0123456789abcdef", "agent_type": "alice"})); got.Decision != "ask" {
		t.Errorf("another agent: %+v, want ask", got)
	}
	if got := w.say(w.bash(asked)); got.Decision != "allow" {
		t.Errorf("approved: %+v, want allow", got)
	}
	if got := w.say(w.bash(asked)); got.Decision != "ask" {
		t.Errorf("second time: %+v, want ask", got)
	}
	var states []string
	for _, r := range w.records(audit.Filter{Kinds: []audit.Kind{audit.KindApproval}}) {
		if r.Approval == list[0].ID {
			states = append(states, r.Data["state"].(string))
		}
	}
	if strings.Join(states, " ") != "pending approved used" {
		t.Errorf("recorded states %q", states)
	}
}

// TestPromptTool: the unattended session's questions, each way they can end.
func TestPromptTool(t *testing.T) {
	w := serving(t, func(w *world, _ *Options) { w.put(".writ/config.json", `{"ask_wait":"700ms"}`) })
	input := func(p map[string]any) any { return p["tool_input"] }

	p := w.bash(allowed)
	rewritten := w.say(p).Input
	for name, in := range map[string]any{"as it came": input(p), "rewritten": rewritten} {
		got := w.prompt(p, in)
		if got.Behavior != "allow" || !strings.Contains(string(got.UpdatedInput), "WRIT_AGENT") {
			t.Errorf("allowed call %s: %+v", name, got)
		}
	}
	if got := w.prompt(p, map[string]any{"command": "rm -rf /"}); got.Behavior != "deny" || w.incidents("input-changed") != 1 {
		t.Errorf("another input under the same id: %+v", got)
	}
	if got := w.prompt(w.bash("true"), map[string]any{"command": "true"}); got.Behavior != "deny" || w.incidents("hook-bypassed") != 1 {
		t.Errorf("a call that no hook saw: %+v", got)
	}
	p = w.bash(denied)
	w.say(p)
	if got := w.prompt(p, input(p)); got.Behavior != "deny" || !strings.Contains(got.Message, "denied") {
		t.Errorf("denied call: %+v", got)
	}

	p = w.bash(asked + " 1")
	w.say(p)
	if got := w.prompt(p, input(p)); got.Behavior != "deny" || !strings.Contains(got.Message, "nobody approved") {
		t.Errorf("nobody answers: %+v", got)
	}
	p = w.bash(asked + " 2")
	w.say(p)
	id := w.last()
	go func() { time.Sleep(50 * time.Millisecond); w.decide(id, "reject", "use staging") }()
	if got := w.prompt(p, input(p)); got.Behavior != "deny" || !strings.Contains(got.Message, "use staging") {
		t.Errorf("rejected: %+v", got)
	}
	p = w.bash(asked + " 3")
	w.say(p)
	id = w.last()
	go func() { time.Sleep(50 * time.Millisecond); w.decide(id, "approve", "") }()
	if got := w.prompt(p, input(p)); got.Behavior != "allow" || !strings.Contains(string(got.UpdatedInput), "notes 3") {
		t.Errorf("approved: %+v", got)
	}
	if r := w.run(); r.Expired != 1 || r.Rejected != 1 || r.Approved != 1 || r.Pending != 0 || r.Denied != 3 || r.Incidents != 2 {
		t.Errorf("run %+v", r)
	}
}

func (w *world) last() string {
	list := w.approvals()
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1].ID
}

// TestTwins: two identical calls wait on one question; one answer lets one of them run.
func TestTwins(t *testing.T) {
	w := serving(t, func(w *world, _ *Options) { w.put(".writ/config.json", `{"ask_wait":"700ms"}`) })
	a, b := w.bash(asked), w.bash(asked)
	w.say(a)
	w.say(b)
	if list := w.approvals(); len(list) != 1 || list[0].Merged != 1 {
		t.Fatalf("queue %+v, want one question asked twice", list)
	}
	got := make(chan string, 2)
	for _, p := range []map[string]any{a, b} {
		go func() { got <- w.prompt(p, p["tool_input"]).Behavior }()
	}
	time.Sleep(50 * time.Millisecond)
	if err := w.decide(w.last(), "approve", ""); err != nil {
		t.Fatal(err)
	}
	if x, y := <-got, <-got; x == y {
		t.Errorf("both twins: %s, want one allow and one deny", x)
	}
}

// TestFileChangedMeanwhile: an approval is for the script as it was shown.
func TestFileChangedMeanwhile(t *testing.T) {
	w := serving(t, func(w *world, _ *Options) { w.put(".writ/config.json", `{"ask_wait":"5s"}`) })
	script := w.put("repo/deploy.sh", "echo a > /opt/writ-test/x")
	p := w.bash("bash deploy.sh")
	if got := w.say(p); got.Decision != "ask" {
		t.Fatalf("%+v, want ask", got)
	}
	if err := os.WriteFile(script, []byte("echo b > /opt/writ-test/x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := w.decide(w.last(), "approve", ""); err != nil {
		t.Fatal(err)
	}
	if got := w.prompt(p, p["tool_input"]); got.Behavior != "deny" || !strings.Contains(got.Message, "changed") {
		t.Errorf("prompt after the change: %+v", got)
	}
	if got := w.say(w.bash("bash deploy.sh")); got.Decision != "ask" {
		t.Errorf("call after the change: %+v, want ask", got)
	}
}

// TestDialog: an interactive session's dialog is answered by the rules, and by the person where they ask.
func TestDialog(t *testing.T) {
	w := serving(t, nil)
	dialog := func(command string) map[string]any {
		return map[string]any{"hook_event_name": "PermissionRequest", "session_id": "S", "cwd": w.project, "tool_name": "Bash", "tool_input": map[string]any{"command": command}}
	}
	rewritten := w.say(w.bash(allowed)).Input["command"].(string)
	if got := w.say(dialog(rewritten)); got.Behavior != "allow" {
		t.Errorf("allowed: %+v", got)
	}
	w.say(w.bash(denied))
	if got := w.say(dialog(denied)); got.Behavior != "deny" {
		t.Errorf("denied: %+v", got)
	}
	p := w.bash(asked)
	w.say(p)
	if got := w.hook(dialog(asked)); got.Exit != 0 || got.Stdout != "" {
		t.Errorf("asked: %+v, want the dialog left to the person", got)
	}
	p["hook_event_name"], p["tool_response"], p["duration_ms"] = "PostToolUse", map[string]any{"stdout": ""}, 7
	w.say(p)
	if list := w.approvals(); len(list) != 0 {
		t.Errorf("the answered question is still open: %+v", list)
	}
	if r := w.run(); r.Approved != 1 || r.Pending != 0 {
		t.Errorf("run %+v", r)
	}
	if got := w.say(dialog("wc -l < ~/.ssh/id_ed25519")); got.Behavior != "deny" && got.Decision != "deny" || w.incidents("hook-bypassed") != 1 {
		t.Errorf("a dialog for a call that no hook saw: %+v", got)
	}
}

// TestDeniedButRan is an incident.
func TestDeniedButRan(t *testing.T) {
	w := serving(t, nil)
	p := w.bash(denied)
	w.say(p)
	p["hook_event_name"], p["tool_response"] = "PostToolUse", map[string]any{"stdout": "key"}
	w.say(p)
	if n := w.incidents("denied-but-ran"); n != 1 {
		t.Errorf("%d incidents, want 1", n)
	}
}

// TestSnapshotBeforeLoss keeps uncommitted work before a call that discards it may run.
func TestSnapshotBeforeLoss(t *testing.T) {
	w := serving(t, nil)
	w.put("repo/notes.txt", "unsaved")
	got := w.say(w.bash("rm notes.txt"))
	recs := w.records(audit.Filter{Kinds: []audit.Kind{audit.KindSnapshot}})
	if got.Decision == "deny" || len(recs) != 1 || recs[0].Data["snapshot"] == "" {
		t.Errorf("%+v, records %+v", got, recs)
	}
}

// TestAgentCannotApprove: by its environment, by its ancestors; each attempt is an incident.
func TestAgentCannotApprove(t *testing.T) {
	w := serving(t, nil)
	w.say(w.bash(asked))
	id := w.last()
	claude := filepath.Join(t.TempDir(), "claude")
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(shell, claude); err != nil {
		t.Fatal(err)
	}
	for name, cmd := range map[string]*exec.Cmd{
		"environment": exec.Command(os.Args[0], "-test.run=^TestHelperApprove$"),
		"ancestor":    exec.Command(claude, "-c", os.Args[0]+" -test.run='^TestHelperApprove$'; exit $?"),
	} {
		cmd.Env = []string{"APPROVE_HOME=" + string(w.home), "APPROVE_ID=" + id}
		if name == "environment" {
			cmd.Env = append(cmd.Env, "CLAUDECODE=1")
		}
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "code=agent") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	if n := w.incidents("approval-by-agent"); n != 2 {
		t.Errorf("%d incidents, want 2", n)
	}
	if list := w.approvals(); len(list) != 1 {
		t.Errorf("the question is gone: %+v", list)
	}
}

// TestHelperApprove is the agent of TestAgentCannotApprove, as a process of its own.
func TestHelperApprove(t *testing.T) {
	if os.Getenv("APPROVE_HOME") == "" {
		t.Skip("only run by TestAgentCannotApprove")
	}
	err := client.Admin(os.Getenv("APPROVE_HOME")).Do(t.Context(), "POST", api.PathApprovals+"/"+os.Getenv("APPROVE_ID")+"/approve", api.Answer{}, nil)
	var refused *api.Error
	if errors.As(err, &refused) {
		t.Fatalf("code=%s", refused.Code)
	}
}

// TestTooManyFiles: an approval that could not hold every file that will run is not asked for.
func TestTooManyFiles(t *testing.T) {
	w := serving(t, nil)
	var line strings.Builder
	for i := range maxFiles + 1 {
		name := fmt.Sprintf("step%d.sh", i)
		w.put("repo/"+name, "#!/bin/sh\n")
		line.WriteString("sh " + name + "; ")
	}
	if got := w.say(w.bash(line.String() + asked)); got.Decision != "deny" || !strings.Contains(got.Reason, "files would run") {
		t.Errorf("%+v, want a denial about the files", got)
	}
	if got := w.say(w.bash(line.String())); got.Decision != "allow" {
		t.Errorf("without a question: %+v, want allow", got)
	}
}
