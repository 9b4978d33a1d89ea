package hook

import (
	"encoding/json"

	"writ/internal/verdict"
)

// claude says, per event, how Claude Code hears an answer. Events that nothing can block are quiet.
var claude = map[string]func(Payload, Answer) Output{
	"PreToolUse":          preTool,
	"PermissionRequest":   permissionRequest,
	"PostToolUse":         postTool,
	"PostToolUseFailure":  postTool,
	"PostToolBatch":       block,
	"UserPromptSubmit":    block,
	"UserPromptExpansion": block,
	"ConfigChange":        block,
	"Stop":                stop,
	"SubagentStop":        stop,
	"TaskCreated":         byExit,
	"TaskCompleted":       byExit,
	"TeammateIdle":        byExit,
	"PreCompact":          byExit,
	"WorktreeCreate":      worktree,
	"Elicitation":         elicitation,
	"ElicitationResult":   elicitation,
	"SessionStart":        tell,
	"SubagentStart":       tell,
	"Setup":               quiet,
	"SessionEnd":          quiet,
	"StopFailure":         quiet,
	"PostCompact":         quiet,
	"PermissionDenied":    quiet,
	"Notification":        quiet,
	"WorktreeRemove":      quiet,
	"InstructionsLoaded":  quiet,
	"CwdChanged":          quiet,
	"FileChanged":         quiet,
	"MessageDisplay":      quiet,
}

// preTool decides a call. Abstain leaves it to the host's own permission flow, which runs the call in
// bypass mode; under the gate the daemon never abstains.
func preTool(p Payload, a Answer) Output {
	s := &specific{Context: a.Context, UpdatedInput: a.UpdatedInput}
	if a.Effect != verdict.Abstain {
		s.PermissionDecision = a.Effect.String()
	}
	if a.refuses() {
		s.DecisionReason = a.Reason
	}
	if a.Effect == verdict.Deny {
		s.UpdatedInput = nil
	}
	if s.UpdatedInput != nil && !isObject(s.UpdatedInput) {
		return Refuse("writ: the rewritten input is not a JSON object, so the call is refused")
	}
	return reply{SystemMessage: a.Notice, Specific: s}.print(p.Name)
}

// permissionRequest answers the dialog; ask and abstain leave it to the person.
func permissionRequest(p Payload, a Answer) Output {
	s := &specific{}
	switch a.Effect {
	case verdict.Deny:
		s.Decision = &permission{Behavior: "deny", Message: a.Reason, Interrupt: a.Interrupt}
	case verdict.Allow:
		if a.UpdatedInput != nil && !isObject(a.UpdatedInput) {
			return Refuse("writ: the rewritten input is not a JSON object, so the call is refused")
		}
		s.Decision = &permission{Behavior: "allow", UpdatedInput: a.UpdatedInput}
	}
	return reply{SystemMessage: a.Notice, Specific: s}.print(p.Name)
}

// postTool comments on a call that ran. A replacement that the host would ignore must not look like one that
// worked: the session stops before the model sees the original.
func postTool(p Payload, a Answer) Output {
	r := reply{SystemMessage: a.Notice, Specific: &specific{Context: a.Context}}
	if a.refuses() {
		r.Decision, r.Reason = "block", a.Reason
	}
	if a.UpdatedOutput != nil {
		if p.Name != "PostToolUse" || !sameShape(p.Response, a.UpdatedOutput) {
			return halt("writ: the output of " + p.Tool + " cannot be replaced, so the session stops").print(p.Name)
		}
		r.Specific.UpdatedOutput = a.UpdatedOutput
	}
	return r.print(p.Name)
}

// block refuses a prompt, a batch or a change of settings.
func block(p Payload, a Answer) Output {
	r := reply{SystemMessage: a.Notice}
	if a.refuses() {
		r.Decision, r.Reason = "block", a.Reason
	}
	if p.Name != "ConfigChange" {
		r.Specific = &specific{Context: a.Context}
	}
	return r.print(p.Name)
}

// stop makes an agent go on with the reason as feedback, once: an agent that already goes on because of a hook
// is let go and the person is told, or the two would circle until the host's cap of eight.
func stop(p Payload, a Answer) Output {
	r := reply{SystemMessage: a.Notice}
	switch {
	case a.refuses() && !p.StopActive:
		r.Decision, r.Reason = "block", a.Reason
	case a.refuses() && a.Notice == "":
		r.SystemMessage = a.Reason
	}
	return r.print(p.Name)
}

// byExit blocks with exit 2, the only word these events and unknown ones are known to hear.
func byExit(p Payload, a Answer) Output {
	if a.refuses() {
		return Refuse(a.Reason)
	}
	return quiet(p, a)
}

// worktree answers for git, which does not run when this event is hooked: the path, or the session ends.
func worktree(_ Payload, a Answer) Output {
	if a.refuses() {
		return Refuse(a.Reason)
	}
	if a.Worktree == "" {
		return Refuse("writ: no worktree was made: remove the WorktreeCreate hook to let git make it")
	}
	return Output{Exit: ExitOK, Stdout: a.Worktree + "\n"}
}

// elicitation declines a server's question to the user.
func elicitation(p Payload, a Answer) Output {
	s := &specific{}
	if a.refuses() {
		s.Action = "decline"
	}
	return reply{SystemMessage: a.Notice, Specific: s}.print(p.Name)
}

// tell gives context; the event itself cannot be blocked.
func tell(p Payload, a Answer) Output {
	return reply{SystemMessage: a.Notice, Specific: &specific{Context: a.Context}}.print(p.Name)
}

// quiet has nothing to say but the notice.
func quiet(p Payload, a Answer) Output {
	return reply{SystemMessage: a.Notice}.print(p.Name)
}

// halt ends the session after this event.
func halt(why string) reply {
	no := false
	return reply{Continue: &no, StopReason: why}
}

func isObject(v json.RawMessage) bool { return json.Valid(v) && kindOf(v) == "object" }

// sameShape tells whether the host would take the replacement: the same JSON type and, for objects, the same
// keys with values of the same types.
func sameShape(old, replacement json.RawMessage) bool {
	if !json.Valid(replacement) || kindOf(old) != kindOf(replacement) {
		return false
	}
	if kindOf(old) != "object" {
		return true
	}
	var was, is map[string]json.RawMessage
	if json.Unmarshal(old, &was) != nil || json.Unmarshal(replacement, &is) != nil || len(was) != len(is) {
		return false
	}
	for key, v := range was {
		if !sameShape(v, is[key]) {
			return false
		}
	}
	return true
}
