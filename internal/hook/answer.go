package hook

import (
	"encoding/json"

	"writ/internal/verdict"
)

// Answer is what writ has to say to one event, before it is put into the host's words. The zero Answer denies.
type Answer struct {
	Effect verdict.Effect
	// Reason is for whoever is refused or asked: the rule, why, and what to do instead.
	Reason string
	// Context is added to what the model reads, where the event allows it.
	Context string
	// Notice is shown to the person at the screen, never to the model.
	Notice string
	// UpdatedInput replaces the whole tool input (PreToolUse, and PermissionRequest when allowing).
	UpdatedInput json.RawMessage
	// UpdatedOutput replaces the whole tool_response (PostToolUse). It must keep the shape of the original,
	// or the host would show the original; Encode then stops the session instead.
	UpdatedOutput json.RawMessage
	// Interrupt ends the turn together with a denial (PermissionRequest).
	Interrupt bool
	// Worktree is the folder made for a WorktreeCreate event, which a hook answers in place of git.
	Worktree string
}

// Output is what the hook program prints and its exit code, nothing else.
type Output struct {
	Exit           int
	Stdout, Stderr string
}

// The exit codes of a hook that have a meaning to the host. Every other one lets the call through.
const (
	ExitOK    = 0
	ExitBlock = 2
)

// Refuse is the answer where nothing better can be said: exit 2 with the reason on stderr, which blocks
// wherever an event can be blocked at all.
func Refuse(reason string) Output {
	if reason == "" {
		reason = defaultReason
	}
	return Output{Exit: ExitBlock, Stderr: reason + "\n"}
}

const defaultReason = "writ: refused: no reason was given"
