package tool

import (
	"writ/internal/effect"
)

// agent is the start of another agent under the same guard. A mode that skips prompts is a bypass.
func (c *call) agent() error {
	name := c.in.optional("name", "subagent_type", "description")
	c.out.Summary = c.tool + " " + oneLine(name+": "+c.in.optional("description"))
	c.add(effect.Effect{Kind: effect.AgentSpawn, Target: name})
	if mode := c.in.optional("mode", "permission_mode"); mode == "bypassPermissions" || mode == "dontAsk" {
		c.add(effect.Effect{Kind: effect.Bypass, Target: "permissions", Words: []string{"mode", mode}})
	}
	return nil
}

func (c *call) message() error {
	to := c.in.optional("to", "recipient")
	c.out.Summary = c.tool + " to " + oneLine(to)
	c.add(effect.Effect{Kind: effect.AgentMessage, Target: to})
	return nil
}

// cron is a prompt that the host will give to an agent later.
func (c *call) cron() error {
	c.out.Summary = c.tool + " " + oneLine(c.in.optional("cron")+": "+c.in.optional("prompt"))
	e := effect.Effect{Kind: effect.AgentControl, Target: c.tool, Flags: []string{"schedule"}}
	if c.in.flag("durable") {
		e.Flags = append(e.Flags, "persist")
	}
	c.add(e)
	return nil
}

// exitWorktree loses uncommitted work when it is told to discard changes.
func (c *call) exitWorktree() error {
	c.add(effect.Effect{Kind: effect.AgentControl, Target: c.tool})
	if c.in.flag("discard_changes") {
		c.add(effect.Effect{Kind: effect.GitDiscard, Flags: []string{"worktree", "untracked"}, Words: []string{"discard_changes"}})
	}
	return nil
}
