package hook

import (
	"bytes"
	"encoding/json"
	"fmt"

	"writ/internal/verdict"
)

// Encode puts the answer into the words the host understands for this event. It never fails: what cannot
// be said in a way the host would honour becomes a refusal. An event that nothing can block gets no output
// beyond context and notice, whatever the answer's effect.
func Encode(p Payload, a Answer) Output {
	if p.Host != Claude {
		return Refuse("writ: cannot answer the unknown host " + p.Host)
	}
	if a.Effect > verdict.Abstain {
		a.Effect = verdict.Deny
	}
	if a.Reason == "" {
		a.Reason = defaultReason
	}
	say, ok := claude[p.Name]
	if !ok {
		say = byExit
	}
	return say(p, a)
}

// reply is the host's JSON. Keys that are empty are left out.
type reply struct {
	Continue      *bool     `json:"continue,omitempty"`
	StopReason    string    `json:"stopReason,omitempty"`
	SystemMessage string    `json:"systemMessage,omitempty"`
	Decision      string    `json:"decision,omitempty"`
	Reason        string    `json:"reason,omitempty"`
	Specific      *specific `json:"hookSpecificOutput,omitempty"`
}

// specific is the part of the reply that must name its event, or the host drops the whole reply.
type specific struct {
	Event              string          `json:"hookEventName"`
	PermissionDecision string          `json:"permissionDecision,omitempty"`
	DecisionReason     string          `json:"permissionDecisionReason,omitempty"`
	UpdatedInput       json.RawMessage `json:"updatedInput,omitempty"`
	Context            string          `json:"additionalContext,omitempty"`
	UpdatedOutput      json.RawMessage `json:"updatedToolOutput,omitempty"`
	Decision           *permission     `json:"decision,omitempty"`
	Action             string          `json:"action,omitempty"`
}

// permission answers a PermissionRequest.
type permission struct {
	Behavior     string          `json:"behavior"`
	UpdatedInput json.RawMessage `json:"updatedInput,omitempty"`
	Message      string          `json:"message,omitempty"`
	Interrupt    bool            `json:"interrupt,omitempty"`
}

// print writes the reply as one JSON object, or nothing where it says nothing.
func (r reply) print(event string) Output {
	if s := r.Specific; s != nil {
		if s.empty() {
			r.Specific = nil
		} else {
			s.Event = event
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return Refuse(fmt.Sprintf("writ: cannot put the answer to %s into words: %v", event, err))
	}
	text := out.String()
	if text == "{}\n" {
		text = ""
	}
	return Output{Exit: ExitOK, Stdout: text}
}

func (s specific) empty() bool {
	return s.PermissionDecision == "" && s.UpdatedInput == nil && s.Context == "" &&
		s.UpdatedOutput == nil && s.Decision == nil && s.Action == ""
}

// refuses tells whether the answer stops something where the host has no way to ask.
func (a Answer) refuses() bool { return a.Effect == verdict.Deny || a.Effect == verdict.Ask }
