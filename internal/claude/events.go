package claude

// hookTimeout in seconds is far above what a hook ever takes: past it the host lets the call through to
// the next gate, so it must not be the thing that ends a wait for a human.
const hookTimeout = 3600

// event is one hook registration.
type event struct {
	name    string
	matcher string // empty: no matcher field, every occurrence
}

// events are the host events writ listens to. Three of the thirty are left out: WorktreeCreate, because a
// hook there replaces git and would have to make the worktree itself; WorktreeRemove, which only follows
// it; and MessageDisplay, which fires for every piece of text on the screen and decides nothing.
var events = []event{
	{"PreToolUse", ""}, {"PostToolUse", ""}, {"PostToolUseFailure", ""}, {"PostToolBatch", ""},
	{"PermissionRequest", ""}, {"PermissionDenied", ""},
	{"SessionStart", ""}, {"SessionEnd", ""}, {"Setup", ""}, {"Stop", ""}, {"StopFailure", ""},
	{"SubagentStart", ""}, {"SubagentStop", ""}, {"TeammateIdle", ""}, {"TaskCreated", ""}, {"TaskCompleted", ""},
	{"UserPromptSubmit", ""}, {"UserPromptExpansion", ""}, {"Notification", ""},
	{"PreCompact", ""}, {"PostCompact", ""}, {"Elicitation", ""}, {"ElicitationResult", ""},
	{"ConfigChange", ""}, {"InstructionsLoaded", ""}, {"CwdChanged", ""},
	{"FileChanged", "settings.json|settings.local.json|CLAUDE.md|.mcp.json"},
}

// tools are the built-in tools known by name. The rule "*" covers every tool in the version this was
// probed with; the names stand beside it for versions that read it otherwise. Names that this version does
// not know (MultiEdit, ToolSearch) are left out, because it warns about them at every start.
var tools = []string{
	"Agent", "Artifact", "AskUserQuestion", "Bash", "BashOutput", "CronCreate", "CronDelete", "CronList", "Edit",
	"EnterPlanMode", "EnterWorktree", "ExitPlanMode", "ExitWorktree", "Glob", "Grep", "KillShell", "LSP",
	"ListMcpResourcesTool", "Monitor", "NotebookEdit", "PowerShell", "PushNotification", "REPL", "Read",
	"ReadMcpResourceDirTool", "ReadMcpResourceTool", "RemoteTrigger", "ReportFindings", "ScheduleWakeup", "SendMessage",
	"SendUserFile", "SendUserMessage", "Skill", "Task", "TaskCreate", "TaskGet", "TaskList", "TaskOutput", "TaskStop",
	"TaskUpdate", "TodoWrite", "WebFetch", "WebSearch", "Workflow", "Write",
}
