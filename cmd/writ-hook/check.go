package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"writ/internal/api"
	"writ/internal/hook"
)

// about is the little that this program itself needs of a payload. It only decides how a failure is told
// and what an answer must look like; the daemon reads the payload again, strictly.
type about struct {
	Event      string          `json:"hook_event_name"`
	StopActive bool            `json:"stop_hook_active"`
	Tool       string          `json:"tool_name"`
	Input      json.RawMessage `json:"tool_input"`
}

// look reads it, or leaves it empty: then every answer but a refusal is refused.
func look(payload []byte) about {
	var a about
	if json.Unmarshal(payload, &a) != nil {
		return about{}
	}
	return a
}

// check tells whether the answer is one that the host will hear as it is meant. Anything else it would take
// for consent.
func check(a about, r api.HookResponse) error {
	switch {
	case r.Exit == hook.ExitBlock && r.Stdout == "" && r.Stderr != "":
		return nil
	case r.Exit == hook.ExitBlock:
		return errors.New("a refusal carries a reason on stderr and nothing on stdout")
	case r.Exit != hook.ExitOK:
		return fmt.Errorf("exit code %d, want 0 or 2", r.Exit)
	case r.Stderr != "":
		return errors.New("words on stderr without a refusal")
	case a.Event == "":
		return errors.New("an answer other than a refusal to a payload without an event")
	case a.Event == "WorktreeCreate":
		return worktree(r.Stdout)
	case r.Stdout == "" && a.Event == "PreToolUse":
		return errors.New("no decision on a tool call")
	case r.Stdout == "":
		return nil
	}
	return object(a.Event, r.Stdout)
}

// worktree is the one event that is answered by a path.
func worktree(stdout string) error {
	path, ok := strings.CutSuffix(stdout, "\n")
	if !ok || !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "\n\x00") {
		return fmt.Errorf("want the path of a worktree, found %.60q", stdout)
	}
	return nil
}

// object checks one JSON object: it names its event, and for a tool call one of the three decisions.
func object(event, stdout string) error {
	var v struct {
		Specific *struct {
			Event    string `json:"hookEventName"`
			Decision string `json:"permissionDecision"`
		} `json:"hookSpecificOutput"`
	}
	if !strings.HasPrefix(stdout, "{") || !strings.HasSuffix(stdout, "}\n") {
		return fmt.Errorf("want one line with a JSON object, found %.60q", stdout)
	}
	if err := json.Unmarshal([]byte(stdout), &v); err != nil {
		return err
	}
	if v.Specific != nil && v.Specific.Event != event {
		return fmt.Errorf("the answer is for %q, the event is %q", v.Specific.Event, event)
	}
	if event != "PreToolUse" {
		return nil
	}
	if v.Specific == nil {
		return errors.New("no decision on a tool call")
	}
	switch v.Specific.Decision {
	case "deny", "ask", "allow":
		return nil
	}
	return fmt.Errorf("permissionDecision %q, want deny, ask or allow", v.Specific.Decision)
}

// exitTell is the code for events that must not be blocked although something failed: the host shows the
// reason and goes on. Only ends are told like that, which gate nothing.
const exitTell = 1

// failed is the refusal when no decision could be had. An agent that wants to stop is let go where a
// refusal would make it run in circles.
func failed(a about, err error) hook.Output {
	reason := "writ: refused: " + err.Error()
	if rule := floor(a.Tool, a.Input); rule != "" {
		reason += "; rule " + rule + " would refuse this call in any case"
	}
	out := hook.Refuse(reason)
	switch a.Event {
	case "TeammateIdle":
		out.Exit = exitTell
	case "Stop", "SubagentStop":
		if a.StopActive {
			out.Exit = exitTell
		}
	}
	return out
}
