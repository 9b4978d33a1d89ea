package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"writ/internal/api"
	"writ/internal/client"
)

// agent is one of the team, as the host's payloads tell it.
type agent struct {
	name, id, kind string // id and kind are agent_id and agent_type
}

// host plays the agent host of one session: it sends payloads to the hook, obeys, runs and reports, as the
// real one does.
type host struct {
	ctx        context.Context
	world      *world
	hook       string
	session    string
	transcript string
	calls      int
}

// ruling is how the host understood what it was told.
type ruling struct {
	word    string // deny, ask, allow, or none where the host would not have been held up
	text    string
	took    time.Duration
	useID   string
	outcome string // what stood at the end: denied, approved, allowed
	output  string // what the tool gave
	failed  bool   // the tool ran and failed
}

// ran tells whether the tool really ran.
func (r ruling) ran() bool { return r.outcome == "allowed" || r.outcome == "approved" }

func newHost(ctx context.Context, w *world, hook string) *host {
	session := fmt.Sprintf("%s-%s-%s-%s-%s", randomHex(4), randomHex(2), randomHex(2), randomHex(2), randomHex(6))
	return &host{ctx: ctx, world: w, hook: hook, session: session,
		transcript: filepath.Join(w.home, ".claude", "projects", "-demo", session+".jsonl")}
}

// payload is what every event carries.
func (h *host) payload(a agent, event string) map[string]any {
	p := map[string]any{
		"session_id": h.session, "transcript_path": h.transcript, "cwd": h.world.project, "hook_event_name": event,
		"permission_mode": "default", "prompt_id": "00000000-0000-4000-8000-000000000001",
	}
	if a.id != "" {
		p["agent_id"] = a.id
	}
	if a.kind != "" {
		p["agent_type"] = a.kind
	}
	return p
}

// send gives one payload to the hook program and returns its exit code, output and how long it took.
func (h *host) send(p map[string]any) (code int, stdout, stderr string, took time.Duration, err error) {
	in, err := json.Marshal(p)
	if err != nil {
		return 0, "", "", 0, err
	}
	cmd := exec.CommandContext(h.ctx, h.hook, "-home", string(h.world.writ), "-gate", "claude")
	cmd.Dir = h.world.project
	cmd.Env = append(h.world.env(), "CLAUDECODE=1", "CLAUDE_PROJECT_DIR="+h.world.project)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &errs
	start := time.Now()
	err = cmd.Run()
	took = time.Since(start)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), out.String(), errs.String(), took, nil
	}
	return 0, out.String(), errs.String(), took, err
}

// tell sends an event that nothing is decided on.
func (h *host) tell(a agent, event string, fields map[string]any) error {
	p := h.payload(a, event)
	for k, v := range fields {
		p[k] = v
	}
	code, _, stderr, _, err := h.send(p)
	if err == nil && code != 0 {
		err = fmt.Errorf("%s: exit %d: %s", event, code, stderr)
	}
	return err
}

// call takes one tool call through hook, permission prompt, tool and report. answer is called while the
// permission prompt waits for a human, with the id of the question.
func (h *host) call(a agent, tool string, input map[string]any, answer func(id string)) (ruling, error) {
	h.calls++
	useID := fmt.Sprintf("toolu_demo%s%04d", h.session[:8], h.calls)
	if err := h.write(a, "assistant", map[string]any{"type": "tool_use", "id": useID, "name": tool, "input": input}); err != nil {
		return ruling{}, err
	}
	r, err := h.decideAndRun(a, useID, tool, input, answer)
	if err != nil {
		return r, err
	}
	return r, h.write(a, "user", map[string]any{"type": "tool_result", "tool_use_id": useID, "is_error": !r.ran() || r.failed, "content": r.output})
}

func (h *host) decideAndRun(a agent, useID, tool string, input map[string]any, answer func(id string)) (ruling, error) {
	r := ruling{useID: useID}
	p := h.payload(a, "PreToolUse")
	p["tool_name"], p["tool_input"], p["tool_use_id"] = tool, input, r.useID
	code, stdout, stderr, took, err := h.send(p)
	if err != nil {
		return r, err
	}
	r.took = took
	r.word, r.text = understand(code, stdout, stderr)
	if r.word == "deny" {
		r.outcome = "denied"
		return r, nil
	}
	given, allowed, err := h.prompt(r, tool, input, answer)
	if err != nil || !allowed {
		r.outcome = "denied"
		return r, err
	}
	r.outcome = "allowed"
	if r.word == "ask" {
		r.outcome = "approved"
	}
	return h.carryOut(a, r, tool, given)
}

// understand reads the hook's answer as the host does: exit 2 blocks; valid JSON with a known decision is
// that decision; everything else holds nothing up.
func understand(code int, stdout, stderr string) (word, text string) {
	if code == 2 {
		return "deny", stderr
	}
	var v struct {
		Specific struct {
			Event    string `json:"hookEventName"`
			Decision string `json:"permissionDecision"`
			Reason   string `json:"permissionDecisionReason"`
		} `json:"hookSpecificOutput"`
	}
	if code > 1 || json.Unmarshal([]byte(stdout), &v) != nil || v.Specific.Event != "PreToolUse" {
		return "none", ""
	}
	switch v.Specific.Decision {
	case "deny", "ask", "allow":
		return v.Specific.Decision, v.Specific.Reason
	}
	return "none", ""
}

var questionID = regexp.MustCompile(`writ approve ([a-z0-9]+)`)

// prompt asks the permission prompt tool, which the gate makes the host do for every call. What it allows
// is what runs.
func (h *host) prompt(r ruling, tool string, input map[string]any, answer func(id string)) (map[string]any, bool, error) {
	raw, err := json.Marshal(input)
	if err != nil {
		return nil, false, err
	}
	if r.word == "ask" && answer != nil {
		m := questionID.FindStringSubmatch(r.text)
		if m == nil {
			return nil, false, fmt.Errorf("the question names no id: %s", r.text)
		}
		answered := make(chan struct{})
		go func() { defer close(answered); answer(m[1]) }()
		defer func() { <-answered }()
	}
	resp, err := client.Hook(string(h.world.writ)).Permission(h.ctx, api.PermissionRequest{
		Host: "claude", Session: h.session, ToolUseID: r.useID, Tool: tool, Input: raw, Cwd: h.world.project, Project: h.world.project,
	})
	if err != nil || resp.Behavior != "allow" {
		return nil, false, nil // an error of the prompt tool is a denial, too
	}
	var given map[string]any
	err = json.Unmarshal(resp.UpdatedInput, &given)
	return given, err == nil, err
}

// carryOut runs the tool and reports how it went.
func (h *host) carryOut(a agent, r ruling, tool string, input map[string]any) (ruling, error) {
	start := time.Now()
	response, output, toolErr := h.world.use(tool, input)
	r.output, r.failed = output, toolErr != nil
	h.world.seen.WriteString(output)
	event := "PostToolUse"
	p := h.payload(a, event)
	p["tool_name"], p["tool_input"], p["tool_use_id"] = tool, input, r.useID
	p["duration_ms"] = time.Since(start).Milliseconds()
	if toolErr != nil {
		p["hook_event_name"], p["error"], p["is_interrupt"] = "PostToolUseFailure", toolErr.Error(), false
		r.output += toolErr.Error()
	} else {
		p["tool_response"] = response
	}
	code, _, stderr, _, err := h.send(p)
	if err == nil && code != 0 {
		err = fmt.Errorf("report of %s: exit %d: %s", tool, code, stderr)
	}
	return r, err
}

// write adds one block to the transcript: the main thread's, or the agent's own file.
func (h *host) write(a agent, role string, block map[string]any) error {
	line := map[string]any{
		"type": role, "sessionId": h.session, "cwd": h.world.project, "isSidechain": a.id != "", "uuid": randomHex(16),
		"timestamp": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "version": "2.1.197",
		"message": map[string]any{"role": role, "content": []any{block}},
	}
	path := h.transcript
	if a.id != "" {
		line["agentId"] = a.id
		path = filepath.Join(strings.TrimSuffix(path, ".jsonl"), "subagents", "agent-"+a.id+".jsonl")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	return json.NewEncoder(f).Encode(line)
}
