// Package api is the wire between writ's programs: the JSON bodies spoken over the daemon's two Unix
// sockets. hook.sock decides and records; admin.sock approves, configures and stops. Both sides must
// speak the same Version. It holds types only and links into writ-hook.
package api

import (
	"encoding/json"
	"time"
)

// Version of the local API. A peer of another version is refused with a message that says what to do.
const Version = 1

// VersionHeader carries Version on every request and answer.
const VersionHeader = "Writ-Api"

// ExitHeader carries HookResponse.Exit; the body is then Stdout, or Stderr where Exit is not 0, as plain text.
const ExitHeader = "Writ-Exit"

// Paths on hook.sock.
const (
	PathHook       = "/v1/hook"        // POST HookRequest → HookResponse
	PathPermission = "/v1/permission"  // POST PermissionRequest → PermissionResponse
	PathLaunch     = "/v1/launch"      // POST Launch → 204; from outside a session only, as the next two
	PathEgress     = "/v1/egress"      // POST EgressRequest → EgressRuling
	PathEgressDone = "/v1/egress/done" // POST EgressEntry → 204
	PathStatus     = "/v1/status"      // GET → Status (both sockets)
	PathRuns       = "/v1/runs/"       // GET /v1/runs/{id} → Run (both sockets)
)

// Paths on admin.sock.
const (
	PathApprovals = "/v1/approvals" // GET ?all=1 → []Approval; POST /v1/approvals/{id}/approve|reject Answer → Approval
	PathStop      = "/v1/stop"      // POST → 204, then the daemon ends
)

// HookRequest is one host payload, as it came.
type HookRequest struct {
	Host    string          `json:"host"` // "claude"
	Payload json.RawMessage `json:"payload"`
	// Project is the host's own word for the project root (CLAUDE_PROJECT_DIR), empty when unset.
	Project string `json:"project,omitempty"`
	// Gate tells that the session was started by `writ claude`, so the answer is never abstain.
	Gate bool `json:"gate,omitempty"`
	// Run is the id that `writ claude` gave the run, empty outside one.
	Run string `json:"run,omitempty"`
}

// HookResponse is what the hook client must print and how it must exit. On the wire it is a header and a
// text, see ExitHeader, because the hook program starts once per call and must not pay for decoding.
type HookResponse struct {
	Exit   int    `json:"exit"`
	Stdout string `json:"stdout,omitempty"`
	Stderr string `json:"stderr,omitempty"`
}

// PermissionRequest comes from the permission prompt tool; it is joined to PreToolUse by ToolUseID.
type PermissionRequest struct {
	Host      string          `json:"host"`
	Session   string          `json:"session,omitempty"`
	Run       string          `json:"run,omitempty"`
	ToolUseID string          `json:"tool_use_id"`
	Tool      string          `json:"tool"`
	Input     json.RawMessage `json:"input"`
	Cwd       string          `json:"cwd,omitempty"`
	Project   string          `json:"project,omitempty"`
}

// PermissionResponse answers it: behavior is "allow" or "deny", nothing else.
type PermissionResponse struct {
	Behavior     string          `json:"behavior"`
	UpdatedInput json.RawMessage `json:"updatedInput,omitempty"`
	Message      string          `json:"message,omitempty"`
}

// Status is the daemon about itself.
type Status struct {
	Version  int       `json:"version"` // API version
	Build    string    `json:"build"`
	PID      int       `json:"pid"`
	Started  time.Time `json:"started"`
	Home     string    `json:"home"`
	Sessions int       `json:"sessions"`
	Pending  int       `json:"pending"` // approvals waiting
	Records  uint64    `json:"records"` // audit log size
	RSS      int64     `json:"rss_bytes"`
	Healthy  bool      `json:"healthy"` // false: the log cannot be written, everything is denied
	Problem  string    `json:"problem,omitempty"`
}

// Launch says which walls a run has. It is recorded before anything in the run starts.
type Launch struct {
	Run string `json:"run"`
	// PID is the first process inside, 0 without walls.
	PID     int      `json:"pid,omitempty"`
	Walls   bool     `json:"walls"`             // a view of the file system of its own, and the managed settings in it
	Missing []string `json:"missing,omitempty"` // namespaces that the system refused: pid, ipc, net
	Gaps    []string `json:"gaps,omitempty"`    // what could not be closed, one sentence each
	Net     string   `json:"net"`               // "proxy", or "host": the machine's own network
	Sockets []string `json:"sockets,omitempty"` // Unix sockets of others that were allowed
	Forward []int    `json:"forward,omitempty"` // ports of the machine's loopback that are the same inside
	Hosts   []string `json:"hosts,omitempty"`   // the egress list, as rules
}

// EgressRequest asks whether a run may reach a host that is on no list.
type EgressRequest struct {
	Run     string `json:"run"`
	Session string `json:"session,omitempty"`
	Host    string `json:"host"`
	Port    int    `json:"port"`
}

// EgressRuling answers it. The zero value refuses.
type EgressRuling struct {
	Allow   bool   `json:"allow"`
	Rule    string `json:"rule"`
	Reason  string `json:"reason,omitempty"`
	Instead string `json:"instead,omitempty"` // what the agent should do in place of it
}

// EgressEntry is one request or tunnel through the egress proxy, after its end.
type EgressEntry struct {
	Run      string `json:"run"`
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Method   string `json:"method"`
	Rule     string `json:"rule"`
	Addr     string `json:"addr,omitempty"`
	Sent     int64  `json:"sent"`
	Received int64  `json:"received"`
	TookMS   int64  `json:"took_ms"`
	Allowed  bool   `json:"allowed"`
	Reason   string `json:"reason,omitempty"`
}

// Run is the account of one run of `writ claude`, for its summary and exit code.
type Run struct {
	ID        string   `json:"id"`
	Sessions  []string `json:"sessions,omitempty"`
	Calls     int      `json:"calls"`     // tool calls decided
	Allowed   int      `json:"allowed"`   // … by policy
	Approved  int      `json:"approved"`  // asked, then approved by a person
	Denied    int      `json:"denied"`    // refused by policy
	Rejected  int      `json:"rejected"`  // asked, then rejected by a person
	Expired   int      `json:"expired"`   // asked, and nobody answered in time
	Pending   int      `json:"pending"`   // asked, not answered yet
	Incidents int      `json:"incidents"` // controls that were touched or passed by
	// Refusals names the last refused calls, one line each.
	Refusals []string `json:"refusals,omitempty"`
}

// Approval is one question to a human, bound to the digest of one canonical operation.
type Approval struct {
	ID      string    `json:"id"`
	Digest  string    `json:"digest"` // sha256 hex of the canonical operation
	State   string    `json:"state"`  // pending, approved, rejected, used, expired
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	Session string    `json:"session"`
	Agent   string    `json:"agent"`
	Tool    string    `json:"tool"`
	Summary string    `json:"summary"` // one line in the daemon's words
	Command string    `json:"command,omitempty"`
	Cwd     string    `json:"cwd,omitempty"`
	Rule    string    `json:"rule"`
	Reasons []string  `json:"reasons,omitempty"`
	Effects []string  `json:"effects,omitempty"`
	Group   string    `json:"group,omitempty"`  // related requests share it
	Merged  int       `json:"merged,omitempty"` // how many identical requests wait on it
	By      string    `json:"by,omitempty"`     // who answered
	Why     string    `json:"why,omitempty"`
	// Kind is "ask" for a call that waits for an answer, "stuck" for a refusal that an agent keeps running
	// into: a notice to the human, which approving does not lift.
	Kind string `json:"kind"`
}

// Answer is a human's word on an approval.
type Answer struct {
	By  string `json:"by"`
	Why string `json:"why,omitempty"`
}

// Error is the body of every non-2xx answer.
type Error struct {
	Code    string `json:"code"` // version, browser, bad-request, not-found, agent, unhealthy, conflict, internal
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Error makes it a Go error: the message, then the hint.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}
