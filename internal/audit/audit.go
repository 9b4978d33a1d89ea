// Package audit keeps writ's log: one JSON object a line, each line carrying the hash of the line before
// it, all lines together the leaves of an RFC 6962 Merkle tree whose root is signed. What it promises:
//
//   - Append returns only when the record is on disk. Many callers share one fsync (group commit).
//   - A write or sync that fails is final: every later Append answers ErrFailed and nothing more is
//     written, so that the caller denies instead of acting without a record.
//   - Verify finds an edited, inserted, removed or moved line and names the first bad one; with a copy of
//     a checkpoint kept elsewhere it finds a log that was cut off or rewritten as a whole.
//   - Free text is redacted before it is hashed (Redact); tool inputs are stored as a digest and a summary.
//
// One process writes (Open takes a lock), any number may read while it does. The package does not decide
// what is worth recording and does not keep the signing key from a program of the same user: that is the
// sandbox's job, and the external checkpoint's.
//
// The format is described in docs/reference/audit.md.
package audit

import "time"

// Kind says what a record is about.
type Kind string

// The kinds of record.
const (
	KindDecision Kind = "decision" // a verdict on a call: Effect is deny, ask or allow
	KindOutcome  Kind = "outcome"  // a call that ran, or failed
	KindApproval Kind = "approval" // a human was asked, or answered
	KindIncident Kind = "incident" // something that must not happen did, or was tried
	KindSession  Kind = "session"  // a session or an agent begins or ends
	KindWiring   Kind = "wiring"   // settings and hooks that wire the guard changed
	KindSnapshot Kind = "snapshot" // uncommitted work was kept, or brought back
	KindEgress   Kind = "egress"   // something left a session through the egress proxy, or was kept from leaving
	KindPolicy   Kind = "policy"   // the rules in force changed
	KindDaemon   Kind = "daemon"   // the daemon about itself
	KindSandbox  Kind = "sandbox"  // a sandbox was started or ended
	KindLog      Kind = "log"      // the log about itself: recovery, retention
	KindSegment  Kind = "segment"  // the first record of a segment file; see segmentHead
)

// Record is one line of the log. Seq and Prev are set by the log. Zero fields are left out of the line.
type Record struct {
	Seq  uint64 `json:"seq"`
	Prev string `json:"prev"` // hex RFC 6962 leaf hash of the line before, 64 zeros for the first
	// Time is set by Append when zero; it is stored in UTC.
	Time time.Time `json:"time"`
	Kind Kind      `json:"kind"`

	// Who and where, as package event names them. Event is the host's own event name (PreToolUse).
	Host      string `json:"host,omitempty"`
	Event     string `json:"event,omitempty"`
	Session   string `json:"session,omitempty"`
	Run       string `json:"run,omitempty"`
	Agent     string `json:"agent,omitempty"`
	AgentID   string `json:"agent_id,omitempty"`
	AgentKind string `json:"agent_kind,omitempty"`
	AgentType string `json:"agent_type,omitempty"`
	Role      string `json:"role,omitempty"`
	Parent    string `json:"parent,omitempty"`
	Task      string `json:"task,omitempty"`
	Cwd       string `json:"cwd,omitempty"`
	Project   string `json:"project,omitempty"`

	// What was to be done. The input itself is never stored.
	Tool        string `json:"tool,omitempty"`
	ToolUseID   string `json:"tool_use_id,omitempty"`
	InputDigest string `json:"input_sha256,omitempty"`
	Summary     string `json:"summary,omitempty"` // one redacted line for people

	// What was said about it. Effect is "deny", "ask" or "allow", empty where nothing was decided.
	Effect  string   `json:"effect,omitempty"`
	Rule    string   `json:"rule,omitempty"`
	Reasons []string `json:"reasons,omitempty"`
	Effects []string `json:"effects,omitempty"` // the call's effects, one short phrase each
	// Took is the time spent deciding, in microseconds.
	Took int64 `json:"took_us,omitempty"`
	// Approval is the id of the approval asked for or used.
	Approval string `json:"approval,omitempty"`

	// Data holds what a kind has beyond these fields; strings in it are redacted too.
	Data map[string]any `json:"data,omitempty"`

	// rawData replaces Data in the log's own records, whose hashes and keys must not be redacted.
	rawData []byte
}

// Limits on one record. Longer texts are cut (with a mark), so that no caller can fill the disk with one
// call; a record that is still longer than MaxLine is refused with ErrTooLong.
const (
	MaxText = 2 << 10
	MaxList = 64
	MaxLine = 256 << 10
)
