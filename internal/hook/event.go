package hook

import (
	"strings"

	"writ/internal/event"
)

// Event gives the payload in the common vocabulary. Who acts is only what this one payload shows; package
// session, which has seen the earlier ones, completes it (role, parent, nested, background, pane teammate).
func (p Payload) Event() event.Event {
	return event.Event{
		Host: p.Host, Name: p.Name, Session: p.Session, Principal: p.principal(),
		Tool: p.Tool, Input: p.Input, ToolUseID: p.ToolUseID,
		Cwd: p.Cwd, Transcript: p.Transcript, Mode: p.Mode, Known: p.Known,
	}
}

// principal reads the identity: an agent_id means a subagent or an in-process teammate, and nothing else
// does; agent_type alone is the main thread with --agent, or a teammate in a pane.
func (p Payload) principal() event.Principal {
	who := event.Principal{Agent: "main", ID: p.AgentID, Type: p.AgentType, Kind: event.Main}
	switch name, mate := p.InProcessTeammate(); {
	case mate:
		who.Agent, who.Kind = name, event.TeammateInProcess
	case p.AgentID != "":
		who.Agent, who.Kind = p.AgentID, event.Subagent
	case p.Teammate != "":
		who.Agent, who.Kind = p.Teammate, event.Unknown
	case p.AgentType != "":
		who.Agent, who.Kind = p.AgentType, event.MainAgent
	}
	if len(p.Odd) > 0 {
		who.Kind = event.Unknown
	}
	return who
}

// InProcessTeammate tells whether the caller is a teammate inside the lead's process, and its name: the host
// then makes the agent_id from "a", the name and 16 hexadecimal digits, and puts the name into agent_type.
func (p Payload) InProcessTeammate() (string, bool) {
	tail, ok := strings.CutPrefix(p.AgentID, "a"+p.AgentType+"-")
	if !ok || p.AgentType == "" || len(tail) != 16 || strings.Trim(tail, "0123456789abcdef") != "" {
		return "", false
	}
	return p.AgentType, true
}
