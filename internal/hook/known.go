package hook

import "strings"

// mcpPrefix begins the name of every tool of an MCP server: mcp__server__tool.
const mcpPrefix = "mcp__"

// Events are the 30 events of Claude Code 2.1.197, in the order of its own schema.
var Events = []string{
	"PreToolUse", "PostToolUse", "PostToolUseFailure", "PostToolBatch", "Notification", "UserPromptSubmit",
	"UserPromptExpansion", "SessionStart", "SessionEnd", "Stop", "StopFailure", "SubagentStart", "SubagentStop",
	"PreCompact", "PostCompact", "PermissionRequest", "PermissionDenied", "Setup", "TeammateIdle", "TaskCreated",
	"TaskCompleted", "Elicitation", "ElicitationResult", "ConfigChange", "WorktreeCreate", "WorktreeRemove",
	"InstructionsLoaded", "CwdChanged", "FileChanged", "MessageDisplay",
}

// toolEvents must name a tool and hold its input.
var toolEvents = set("PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest", "PermissionDenied")

var events = set(Events...)

// tools are the built-in tools of the host, those of earlier versions included.
var tools = set(
	"Agent", "AskUserQuestion", "Bash", "BashOutput", "CronCreate", "CronDelete", "CronList", "Edit",
	"EnterPlanMode", "EnterWorktree", "ExitPlanMode", "ExitWorktree", "Glob", "Grep", "KillBash", "KillShell",
	"ListMcpResourcesTool", "LS", "MultiEdit", "NotebookEdit", "NotebookRead", "Read", "ReadMcpResourceTool",
	"SendMessage", "Skill", "SlashCommand", "StructuredOutput", "Task", "TaskCreate", "TaskGet", "TaskList",
	"TaskOutput", "TaskStop", "TaskUpdate", "TeamCreate", "TeamDelete", "TodoRead", "TodoWrite", "ToolSearch",
	"WebFetch", "WebSearch", "Write",
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// KnownTool tells whether this version knows the tool: a built-in one by its exact name, or a tool of an MCP
// server.
func KnownTool(name string) bool {
	if rest, ok := strings.CutPrefix(name, mcpPrefix); ok {
		server, tool, ok := strings.Cut(rest, "__")
		return ok && server != "" && tool != ""
	}
	return tools[name]
}

func knownEvent(name string) bool { return events[name] }
