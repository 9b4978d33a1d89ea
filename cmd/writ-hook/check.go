package main

import (
	"bytes"
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

// eventOf finds the event's name. Decoding costs a fresh process a tenth of its time, so a payload that
// names the key just once is searched, and only others are decoded.
func eventOf(payload []byte) string {
	if name, ok := only(payload, `"hook_event_name"`); ok {
		return name
	}
	return look(payload).Event
}

// only gives the plain string value of a key that stands just once in the text, outside of any string since
// quotes in strings are escaped.
func only(text []byte, key string) (string, bool) {
	_, rest, found := bytes.Cut(text, []byte(key))
	if !found || bytes.Contains(rest, []byte(key)) {
		return "", false
	}
	rest, colon := bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(":"))
	rest, quote := bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(`"`))
	value, _, end := bytes.Cut(rest, []byte(`"`))
	if !colon || !quote || !end || bytes.IndexByte(value, '\\') >= 0 {
		return "", false
	}
	return string(value), true
}

// check tells whether the answer is one that the host will hear as it is meant. Anything else it would take
// for consent.
func check(event string, r api.HookResponse) error {
	switch {
	case r.Exit == hook.ExitBlock && r.Stdout == "" && r.Stderr != "":
		return nil
	case r.Exit == hook.ExitBlock:
		return errors.New("a refusal carries a reason on stderr and nothing on stdout")
	case r.Exit != hook.ExitOK:
		return fmt.Errorf("exit code %d, want 0 or 2", r.Exit)
	case r.Stderr != "":
		return errors.New("words on stderr without a refusal")
	case event == "":
		return errors.New("an answer other than a refusal to a payload without an event")
	case event == "WorktreeCreate":
		return worktree(r.Stdout)
	case r.Stdout == "" && event == "PreToolUse":
		return errors.New("no decision on a tool call")
	case r.Stdout == "":
		return nil
	}
	return object(event, r.Stdout)
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
	text := []byte(stdout)
	if !strings.HasPrefix(stdout, "{") || !strings.HasSuffix(stdout, "}\n") || !json.Valid(text) {
		return fmt.Errorf("want one line with a JSON object, found %.60q", stdout)
	}
	names, decision, err := said(text)
	if err != nil {
		return err
	}
	if names != "" && names != event {
		return fmt.Errorf("the answer is for %q, the event is %q", names, event)
	}
	if event != "PreToolUse" {
		return nil
	}
	if names == "" || decision == "" {
		return errors.New("no decision on a tool call")
	}
	switch decision {
	case "deny", "ask", "allow":
		return nil
	}
	return fmt.Errorf("permissionDecision %q, want deny, ask or allow", decision)
}

// said gives the event that an answer names and its decision. The daemon's usual form is read by its
// beginning, where both stand at their places; other forms are decoded.
func said(text []byte) (event, decision string, err error) {
	if bytes.HasPrefix(text, []byte(usual)) {
		event, ok1 := only(text, `"hookEventName"`)
		decision, ok2 := only(text, `"permissionDecision"`)
		if ok1 && ok2 && bytes.HasPrefix(text, []byte(usual+event+`","permissionDecision":"`)) {
			return event, decision, nil
		}
	}
	var v struct {
		Specific struct {
			Event    string `json:"hookEventName"`
			Decision string `json:"permissionDecision"`
		} `json:"hookSpecificOutput"`
	}
	err = json.Unmarshal(text, &v)
	return v.Specific.Event, v.Specific.Decision, err
}

// usual is how an answer that only decides begins.
const usual = `{"hookSpecificOutput":{"hookEventName":"`

// exitTell is the code for events that must not be blocked although something failed: the host shows the
// reason and goes on. Only ends are told like that, which gate nothing.
const exitTell = 1

// failed is the refusal when no decision could be had. An agent that wants to stop is let go where a
// refusal would make it run in circles.
func failed(payload []byte, err error) hook.Output {
	a := look(payload)
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
