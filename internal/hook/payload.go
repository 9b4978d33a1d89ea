package hook

import "encoding/json"

// Payload is one host event. Fields that the event does not carry are zero; the group comments say which
// events carry them. RawMessage fields hold the host's own bytes.
type Payload struct {
	Host string
	// Name is the event: PreToolUse, Stop …
	Name string

	// Every event.
	Session    string // session_id
	Transcript string // transcript_path: always the main thread's
	Cwd        string
	PromptID   string // absent before the first prompt
	Mode       string // permission_mode
	Effort     string // effort.level
	AgentID    string // set inside a subagent or in-process teammate, and only there
	AgentType  string // subagent type, --agent name, or an in-process teammate's name

	// PreToolUse, PostToolUse, PostToolUseFailure, PermissionRequest, PermissionDenied.
	Tool       string
	Input      json.RawMessage // the tool's JSON object, byte for byte
	ToolUseID  string          // absent in PermissionRequest
	Response   json.RawMessage // tool_response, PostToolUse only
	DurationMS int64
	Error      string // PostToolUseFailure, StopFailure
	Interrupt  bool   // is_interrupt
	Calls      []Call // PostToolBatch
	// Suggestions are the rules that the host's dialog offers (PermissionRequest).
	Suggestions json.RawMessage

	// Stop, SubagentStop, StopFailure.
	StopActive      bool   // stop_hook_active: the agent already goes on because of a hook
	LastMessage     string // last_assistant_message
	AgentTranscript string // agent_transcript_path, SubagentStop only
	Background      []BackgroundTask
	Crons           json.RawMessage // session_crons

	// SessionStart, SessionEnd, Setup, PreCompact, PostCompact, ConfigChange, PermissionDenied.
	Source             string // startup, resume, clear, compact; project_settings …
	Reason             string
	Trigger            string // init, maintenance; manual, auto
	Model              string
	CustomInstructions string
	CompactSummary     string

	// TaskCreated, TaskCompleted, TeammateIdle.
	TaskID          string
	TaskSubject     string
	TaskDescription string
	Teammate        string // teammate_name
	Team            string // team_name

	// UserPromptSubmit, UserPromptExpansion.
	Prompt        string
	ExpansionType string
	CommandName   string
	CommandArgs   string
	CommandSource string

	// ConfigChange, FileChanged, InstructionsLoaded, CwdChanged, WorktreeCreate, WorktreeRemove.
	FilePath     string
	Change       string // "event" of FileChanged: change, add, unlink
	MemoryType   string
	LoadReason   string
	TriggerFile  string
	ParentFile   string
	Globs        []string
	OldCwd       string
	NewCwd       string
	WorktreeName string
	WorktreePath string

	// Notification, Elicitation, ElicitationResult, MessageDisplay.
	Message          string
	NotificationType string
	MCPServer        string
	ElicitMode       string // mode
	Action           string
	Schema           json.RawMessage // requested_schema
	Content          json.RawMessage
	TurnID           string
	MessageID        string
	Index            int64
	Final            bool
	Delta            string

	// Known is false for an event or tool this version has never met, and where Odd is not empty.
	Known bool
	// Odd names known fields of the wrong type, with what was found: "agent_id: want string, found number".
	Odd []string
	// Unknown names top-level fields this version does not know; they are tolerated.
	Unknown []string
	// Raw is the whole payload as it came.
	Raw json.RawMessage
}

// Call is one tool call of a PostToolBatch; Response is the text that the model gets.
type Call struct {
	Tool      string
	Input     json.RawMessage
	ToolUseID string
	Response  json.RawMessage
}

// BackgroundTask is work that goes on while the agent stops.
type BackgroundTask struct {
	ID, Type, Status, Description string
}
