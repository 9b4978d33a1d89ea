// Package event is the vocabulary of what somebody wants to do: who (Principal), with which tool and
// input, from where. Host dialects decode into it (package hook); every later step reads it and none
// changes it. It imports nothing of ours and does no I/O.
package event

import "encoding/json"

// Kind tells how a principal came to be; a guard treats all kinds alike and every record names it.
type Kind string

// The kinds of caller that Claude Code can be told apart by.
const (
	Main              Kind = "main"               // the session's main thread
	MainAgent         Kind = "main-agent"         // the main thread started with --agent
	Subagent          Kind = "subagent"           // a subagent of the main thread
	NestedSubagent    Kind = "nested-subagent"    // a subagent whose parent is a subagent
	BackgroundAgent   Kind = "background-agent"   // a subagent running in the background
	TeammateInProcess Kind = "teammate-inprocess" // a teammate inside the lead's process
	TeammatePane      Kind = "teammate-pane"      // a teammate with a process and session of its own
	Operator          Kind = "operator"           // a person at a terminal, or a program acting for one
	Unknown           Kind = "unknown"            // not told apart; treated like any agent
)

// Principal is who acts.
type Principal struct {
	// Agent is the stable name shown to people: "main", the teammate's name, or the agent id.
	Agent string `json:"agent"`
	// ID is the host's own id of the agent, empty for a main thread.
	ID string `json:"id,omitempty"`
	// Type is the host's agent type ("general-purpose", "rev"), empty for a plain main thread.
	Type string `json:"type,omitempty"`
	// Role is the team role: lead, coding-1.., devops-1.., review-1.., sa, or "solo" outside a team.
	Role string `json:"role,omitempty"`
	Kind Kind   `json:"kind"`
	// Parent is the Agent name of whoever spawned this one, empty when unknown.
	Parent string `json:"parent,omitempty"`
}

// Event is one thing that a host reports: a tool call about to run, one that ran, a session that starts.
type Event struct {
	Host      string    `json:"host"` // "claude", "cli", "demo", "replay"
	Name      string    `json:"name"` // the host's event name: PreToolUse, Stop …
	Session   string    `json:"session"`
	Principal Principal `json:"principal"`
	// Tool and Input are set for tool events. Input is the tool's own JSON object, untouched.
	Tool      string          `json:"tool,omitempty"`
	Input     json.RawMessage `json:"input,omitempty"`
	ToolUseID string          `json:"tool_use_id,omitempty"`
	// Task is the id of the claimed task, empty where there is none.
	Task string `json:"task,omitempty"`
	// Cwd is the caller's current folder, Project the root of what its writ covers; absolute paths.
	Cwd     string `json:"cwd"`
	Project string `json:"project,omitempty"`
	// Transcript is the main transcript of the session, where the host keeps one.
	Transcript string `json:"transcript,omitempty"`
	// Mode is the host's permission mode, as the host spells it.
	Mode string `json:"mode,omitempty"`
	// Known is false where the decoder met an event or a tool it has no knowledge of: the decision asks.
	Known bool `json:"known"`
}
