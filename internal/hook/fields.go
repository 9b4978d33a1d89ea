package hook

import (
	"encoding/json"
	"fmt"
)

// The groups of fields, as the events of Claude Code 2.1.197 carry them.

func (r *reader) common(p *Payload) {
	p.Session = r.text("session_id")
	p.Transcript = r.text("transcript_path")
	p.Cwd = r.text("cwd")
	p.PromptID = r.text("prompt_id")
	p.Mode = r.text("permission_mode")
	p.AgentID = r.text("agent_id")
	p.AgentType = r.text("agent_type")
	p.Effort = r.effort()
}

func (r *reader) effort() string {
	v, ok := r.take("effort")
	if !ok {
		return ""
	}
	var e struct{ Level string }
	if json.Unmarshal(v, &e) != nil {
		r.odd = append(r.odd, "effort: want an object with level, found "+kindOf(v))
	}
	return e.Level
}

func (r *reader) tool(p *Payload) {
	p.Tool = r.text("tool_name")
	p.Input = r.raw("tool_input")
	p.ToolUseID = r.text("tool_use_id")
	p.Response = r.raw("tool_response")
	p.DurationMS = r.number("duration_ms")
	p.Error = r.text("error")
	p.Interrupt = r.flag("is_interrupt")
	p.Suggestions = r.raw("permission_suggestions")
	p.Calls = r.calls()
}

func (r *reader) calls() []Call {
	var list []map[string]json.RawMessage
	r.into("tool_calls", "array", &list)
	var calls []Call
	for i, fields := range list {
		c := &reader{fields: fields}
		calls = append(calls, Call{
			Tool: c.text("tool_name"), Input: c.raw("tool_input"),
			ToolUseID: c.text("tool_use_id"), Response: c.raw("tool_response"),
		})
		for _, o := range c.odd {
			r.odd = append(r.odd, fmt.Sprintf("tool_calls[%d].%s", i, o))
		}
	}
	return calls
}

func (r *reader) turn(p *Payload) {
	p.StopActive = r.flag("stop_hook_active")
	p.LastMessage = r.text("last_assistant_message")
	p.AgentTranscript = r.text("agent_transcript_path")
	p.Crons = r.raw("session_crons")
	p.Prompt = r.text("prompt")
	p.ExpansionType = r.text("expansion_type")
	p.CommandName = r.text("command_name")
	p.CommandArgs = r.text("command_args")
	p.CommandSource = r.text("command_source")
	p.TaskID = r.text("task_id")
	p.TaskSubject = r.text("task_subject")
	p.TaskDescription = r.text("task_description")
	p.Teammate = r.text("teammate_name")
	p.Team = r.text("team_name")
	r.into("background_tasks", "array", &p.Background)
}

func (r *reader) session(p *Payload) {
	p.Source = r.text("source")
	p.Reason = r.text("reason")
	p.Trigger = r.text("trigger")
	p.Model = r.text("model")
	p.CustomInstructions = r.text("custom_instructions")
	p.CompactSummary = r.text("compact_summary")
}

func (r *reader) files(p *Payload) {
	p.FilePath = r.text("file_path")
	p.Change = r.text("event")
	p.MemoryType = r.text("memory_type")
	p.LoadReason = r.text("load_reason")
	p.TriggerFile = r.text("trigger_file_path")
	p.ParentFile = r.text("parent_file_path")
	p.OldCwd = r.text("old_cwd")
	p.NewCwd = r.text("new_cwd")
	p.WorktreeName = r.text("name")
	p.WorktreePath = r.text("worktree_path")
	r.into("globs", "array", &p.Globs)
}

func (r *reader) talk(p *Payload) {
	p.Message = r.text("message")
	p.NotificationType = r.text("notification_type")
	p.MCPServer = r.text("mcp_server_name")
	p.ElicitMode = r.text("mode")
	p.Action = r.text("action")
	p.Schema = r.raw("requested_schema")
	p.Content = r.raw("content")
	p.TurnID = r.text("turn_id")
	p.MessageID = r.text("message_id")
	p.Index = r.number("index")
	p.Final = r.flag("final")
	p.Delta = r.text("delta")
}
