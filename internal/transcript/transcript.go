// Package transcript reads the transcripts that Claude Code keeps of its sessions (JSONL files, those of
// subagents included) and gives the tool calls in them: id, tool, input, who called, where, and whether
// and how the call ended. Two things need that: Reconcile, which finds calls that ran without a decision
// record, and `writ replay`, which decides old calls anew. It reads files only and judges nothing.
//
// The format is Claude Code's own and changes without notice, so the reader is tolerant: unknown entries,
// missing fields and unparsable lines are passed over and counted, never fatal.
package transcript

import (
	"encoding/json"
	"time"
)

// Call is one tool call of a transcript.
type Call struct {
	ID      string          `json:"id"`
	Tool    string          `json:"tool"`
	Input   json.RawMessage `json:"input,omitempty"`
	Session string          `json:"session,omitempty"`
	// Agent is the subagent's id, empty in the main thread.
	Agent string    `json:"agent,omitempty"`
	Time  time.Time `json:"time"`
	Cwd   string    `json:"cwd,omitempty"`
	// Project is the folder in which the transcript begins.
	Project string `json:"project,omitempty"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	// Result is nil when the transcript has none: the call was still running, or the session was cut off.
	Result *Result `json:"result,omitempty"`
}

// Result is what the model was told about a call.
type Result struct {
	Error bool   `json:"error"`
	Text  string `json:"text"` // the first 300 bytes
	// Refused is true when the client turned the call down before it asked any hook: an unknown tool,
	// input that does not fit, a file not read before. Such a call has no decision record and needs none.
	Refused bool `json:"refused,omitempty"`
}

// File is what one transcript file holds.
type File struct {
	Path  string
	Calls []Call
	// Lines and Skipped count all lines and those that could not be read.
	Lines, Skipped int
}
