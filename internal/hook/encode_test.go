package hook

import (
	"encoding/json"
	"strings"
	"testing"

	"writ/internal/verdict"
)

var bashResponse = json.RawMessage(`{"stdout":"key=abc","stderr":"","interrupted":false}`)

// TestEncode holds, byte for byte, what the host hears.
func TestEncode(t *testing.T) {
	deny := Answer{Effect: verdict.Deny, Reason: "no <b>&"}
	ask := Answer{Effect: verdict.Ask, Reason: "why"}
	allow := Answer{Effect: verdict.Allow}
	for _, c := range []struct {
		name  string
		event string
		with  Payload
		give  Answer
		want  Output
	}{
		{"zero answer denies", "PreToolUse", Payload{}, Answer{}, out(`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"writ: refused: no reason was given"}}`)},
		{"deny", "PreToolUse", Payload{}, deny, out(`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"no <b>&"}}`)},
		{"an effect outside the four denies", "PreToolUse", Payload{}, Answer{Effect: 9, Reason: "x"}, out(`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"x"}}`)},
		{"ask", "PreToolUse", Payload{}, ask, out(`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"ask","permissionDecisionReason":"why"}}`)},
		{"allow", "PreToolUse", Payload{}, allow, out(`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow"}}`)},
		{"abstain", "PreToolUse", Payload{}, Answer{Effect: verdict.Abstain}, Output{}},
		{"rewrite", "PreToolUse", Payload{}, Answer{Effect: verdict.Allow, UpdatedInput: json.RawMessage(`{"command":"a && b"}`)}, out(`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow","updatedInput":{"command":"a && b"}}}`)},
		{"rewrite and abstain", "PreToolUse", Payload{}, Answer{Effect: verdict.Abstain, UpdatedInput: json.RawMessage(`{"a":1}`)}, out(`{"hookSpecificOutput":{"hookEventName":"PreToolUse","updatedInput":{"a":1}}}`)},
		{"a denial rewrites nothing", "PreToolUse", Payload{}, Answer{Reason: "x", UpdatedInput: json.RawMessage(`{"a":1}`)}, out(`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"x"}}`)},
		{"broken rewrite", "PreToolUse", Payload{}, Answer{Effect: verdict.Allow, UpdatedInput: json.RawMessage(`{`)}, Output{Exit: 2, Stderr: "writ: the rewritten input is not a JSON object, so the call is refused\n"}},
		{"context and notice", "PreToolUse", Payload{}, Answer{Effect: verdict.Allow, Context: "c", Notice: "n"}, out(`{"systemMessage":"n","hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow","additionalContext":"c"}}`)},

		{"dialog: deny", "PermissionRequest", Payload{}, Answer{Reason: "no", Interrupt: true}, out(`{"hookSpecificOutput":{"hookEventName":"PermissionRequest","decision":{"behavior":"deny","message":"no","interrupt":true}}}`)},
		{"dialog: allow", "PermissionRequest", Payload{}, allow, out(`{"hookSpecificOutput":{"hookEventName":"PermissionRequest","decision":{"behavior":"allow"}}}`)},
		{"dialog: left to the person", "PermissionRequest", Payload{}, ask, Output{}},

		{"ran: nothing to say", "PostToolUse", Payload{}, allow, Output{}},
		{"ran: comment", "PostToolUse", Payload{}, deny, out(`{"decision":"block","reason":"no <b>&"}`)},
		{"ran: replaced", "PostToolUse", Payload{Tool: "Bash", Response: bashResponse}, Answer{Effect: verdict.Allow, UpdatedOutput: json.RawMessage(`{"stdout":"key=[gone]","stderr":"","interrupted":false}`)}, out(`{"hookSpecificOutput":{"hookEventName":"PostToolUse","updatedToolOutput":{"stdout":"key=[gone]","stderr":"","interrupted":false}}}`)},
		{"ran: MCP text replaced", "PostToolUse", Payload{Tool: "mcp__a__b", Response: json.RawMessage(`"key"`)}, Answer{Effect: verdict.Allow, UpdatedOutput: json.RawMessage(`"gone"`)}, out(`{"hookSpecificOutput":{"hookEventName":"PostToolUse","updatedToolOutput":"gone"}}`)},
		{"ran: a replacement the host ignores stops the session", "PostToolUse", Payload{Tool: "Bash", Response: bashResponse}, Answer{Effect: verdict.Allow, UpdatedOutput: json.RawMessage(`{"stdout":"gone"}`)}, out(`{"continue":false,"stopReason":"writ: the output of Bash cannot be replaced, so the session stops"}`)},
		{"ran: a string for an object stops it too", "PostToolUse", Payload{Tool: "Bash", Response: bashResponse}, Answer{Effect: verdict.Allow, UpdatedOutput: json.RawMessage(`""`)}, out(`{"continue":false,"stopReason":"writ: the output of Bash cannot be replaced, so the session stops"}`)},
		{"failed: the output stays", "PostToolUseFailure", Payload{Tool: "Bash"}, Answer{Effect: verdict.Allow, UpdatedOutput: json.RawMessage(`""`)}, out(`{"continue":false,"stopReason":"writ: the output of Bash cannot be replaced, so the session stops"}`)},
		{"batch", "PostToolBatch", Payload{}, Answer{Effect: verdict.Allow, Context: "c"}, out(`{"hookSpecificOutput":{"hookEventName":"PostToolBatch","additionalContext":"c"}}`)},

		{"prompt refused", "UserPromptSubmit", Payload{}, ask, out(`{"decision":"block","reason":"why"}`)},
		{"prompt with context", "UserPromptSubmit", Payload{}, Answer{Effect: verdict.Abstain, Context: "c"}, out(`{"hookSpecificOutput":{"hookEventName":"UserPromptSubmit","additionalContext":"c"}}`)},
		{"settings held", "ConfigChange", Payload{}, Answer{Reason: "r", Context: "c"}, out(`{"decision":"block","reason":"r"}`)},
		{"settings taken", "ConfigChange", Payload{}, allow, Output{}},

		{"stop: go on", "Stop", Payload{}, ask, out(`{"decision":"block","reason":"why"}`)},
		{"stop: never twice", "Stop", Payload{StopActive: true}, ask, out(`{"systemMessage":"why"}`)},
		{"subagent stop: never twice", "SubagentStop", Payload{StopActive: true}, deny, out(`{"systemMessage":"no <b>&"}`)},
		{"stop: fine", "Stop", Payload{}, allow, Output{}},

		{"task not created", "TaskCreated", Payload{}, deny, Output{Exit: 2, Stderr: "no <b>&\n"}},
		{"task not completed", "TaskCompleted", Payload{}, ask, Output{Exit: 2, Stderr: "why\n"}},
		{"teammate goes on", "TeammateIdle", Payload{}, ask, Output{Exit: 2, Stderr: "why\n"}},
		{"task fine", "TaskCompleted", Payload{}, allow, Output{}},
		{"worktree refused", "WorktreeCreate", Payload{}, deny, Output{Exit: 2, Stderr: "no <b>&\n"}},
		{"worktree without a path", "WorktreeCreate", Payload{}, allow, Output{Exit: 2, Stderr: "writ: no worktree was made: remove the WorktreeCreate hook to let git make it\n"}},
		{"worktree", "WorktreeCreate", Payload{}, Answer{Effect: verdict.Allow, Worktree: "/w/t"}, Output{Stdout: "/w/t\n"}},
		{"question declined", "Elicitation", Payload{}, deny, out(`{"hookSpecificOutput":{"hookEventName":"Elicitation","action":"decline"}}`)},
		{"session context", "SessionStart", Payload{}, Answer{Effect: verdict.Abstain, Context: "c"}, out(`{"hookSpecificOutput":{"hookEventName":"SessionStart","additionalContext":"c"}}`)},
		{"nothing blocks an end", "SessionEnd", Payload{}, deny, Output{}},
		{"unknown event refused", "MoonRise", Payload{}, deny, Output{Exit: 2, Stderr: "no <b>&\n"}},
		{"unknown event let go", "MoonRise", Payload{}, allow, Output{}},
	} {
		c.with.Host, c.with.Name = Claude, c.event
		if got := Encode(c.with, c.give); got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
	if got := Encode(Payload{Host: "codex", Name: "PreToolUse"}, allow); got.Exit != ExitBlock {
		t.Errorf("unknown host: %+v, want exit 2", got)
	}
}

func out(line string) Output { return Output{Stdout: line + "\n"} }

// TestEveryEventIsAnswered: an exit code of 0 or 2, and on stdout nothing or one JSON object that names its
// event, for all events and effects. Anything else the host takes for "go on".
func TestEveryEventIsAnswered(t *testing.T) {
	for _, e := range append(Events, "MoonRise") {
		if _, ok := claude[e]; !ok && e != "MoonRise" {
			t.Errorf("%s: no encoder", e)
		}
		for eff := verdict.Deny; eff <= verdict.Abstain; eff++ {
			got := Encode(Payload{Host: Claude, Name: e}, Answer{Effect: eff, Reason: "r", Context: "c", Notice: "n"})
			if got.Exit == ExitBlock && got.Stderr != "" && got.Stdout == "" {
				continue
			}
			var v struct {
				Specific *struct{ HookEventName string } `json:"hookSpecificOutput"`
			}
			if err := json.Unmarshal([]byte(got.Stdout), &v); got.Exit != ExitOK || got.Stderr != "" || err != nil {
				t.Errorf("%s %s: %+v (%v)", e, eff, got, err)
			} else if v.Specific != nil && v.Specific.HookEventName != e {
				t.Errorf("%s %s: names %q", e, eff, v.Specific.HookEventName)
			}
		}
	}
}

// TestRedactionKeepsRecordedShapes edits the strings of every recorded response and expects it to be taken.
func TestRedactionKeepsRecordedShapes(t *testing.T) {
	n := 0
	for name, raw := range recorded(t) {
		p, err := Decode(Claude, raw)
		if err != nil || p.Name != "PostToolUse" {
			continue
		}
		n++
		edited := editStrings(t, p.Response)
		got := Encode(p, Answer{Effect: verdict.Allow, UpdatedOutput: edited})
		if !strings.Contains(got.Stdout, "updatedToolOutput") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if n == 0 {
		t.Fatal("no recorded response")
	}
}

func editStrings(t *testing.T, raw json.RawMessage) json.RawMessage {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var walk func(any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			return "[gone]"
		case map[string]any:
			for k := range v {
				v[k] = walk(v[k])
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		}
		return v
	}
	b, err := json.Marshal(walk(v))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
