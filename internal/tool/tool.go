// Package tool says what a call of an agent's tool would do: a Bash line, a file written, a page fetched,
// a skill started, an MCP tool called. Each becomes a list of effects (package effect) with the paths
// resolved as the kernel would, so that every later step judges Write and `echo >` alike.
//
// A tool that is not known, or an input that does not have the fields its tool needs, is one unresolved
// effect: it asks. Nothing is run and nothing is written; the disk is read through command.Env.Disk only.
package tool

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"writ/internal/command"
	"writ/internal/effect"
	"writ/internal/event"
)

// Reading is what a call would do.
type Reading struct {
	Effects []effect.Effect
	// Steps are the simple commands of a shell line, for explanations.
	Steps []command.Step
	// Summary is one line that tells a person what is called, in writ's words and the call's own object.
	Summary string
}

// Reader reads calls. Shell reads a command line; it is command.Read everywhere but in tests.
type Reader struct {
	Shell command.ReadFunc
}

// call is one call on its way through a reader.
type call struct {
	ctx   context.Context
	shell command.ReadFunc
	env   command.Env
	tool  string
	in    input
	out   Reading
}

// Effects reads one call. The error tells of an input that is not a JSON object or lacks what its tool
// needs; the Reading then holds an unresolved effect and is complete for a decision.
func (r Reader) Effects(ctx context.Context, ev event.Event, env command.Env) (Reading, error) {
	c := &call{ctx: ctx, shell: r.Shell, env: env, tool: ev.Tool, out: Reading{Effects: []effect.Effect{}}}
	if err := json.Unmarshal(ev.Input, &c.in); err != nil {
		return c.refuse(fmt.Errorf("the input of %s is not a JSON object: %w", ev.Tool, err))
	}
	if err := c.read(); err != nil {
		return c.refuse(fmt.Errorf("%s: %w", ev.Tool, err))
	}
	if c.out.Summary == "" {
		c.out.Summary = ev.Tool
	}
	return c.out, nil
}

func (c *call) refuse(err error) (Reading, error) {
	c.unresolved(err.Error())
	c.out.Summary = c.tool
	return c.out, err
}

// read dispatches by the tool's name. Names are the host's; old and new ones of the same tool stand together.
func (c *call) read() error {
	if read, ok := readers[c.tool]; ok {
		return read(c)
	}
	if strings.HasPrefix(c.tool, "mcp__") {
		return c.mcp()
	}
	c.unresolved("the tool " + c.tool + " is not known to writ")
	return nil
}

var readers = map[string]func(*call) error{
	"Bash": (*call).bash, "Monitor": (*call).bash,
	"Write": (*call).write, "Edit": (*call).write, "MultiEdit": (*call).write, "NotebookEdit": (*call).write,
	"Read": (*call).readFile, "NotebookRead": (*call).readFile,
	"Glob": (*call).list, "LS": (*call).list, "Grep": (*call).grep,
	"WebFetch": (*call).webFetch, "WebSearch": (*call).webSearch,
	"Agent": (*call).agent, "Task": (*call).agent,
	"Skill": (*call).skill, "SlashCommand": (*call).skill,
	"CronCreate": (*call).cron, "CronDelete": (*call).control, "CronList": (*call).control,
	"SendMessage":   (*call).message,
	"EnterWorktree": (*call).control, "ExitWorktree": (*call).exitWorktree,
	"TaskCreate": (*call).control, "TaskUpdate": (*call).control, "TaskList": (*call).control, "TaskGet": (*call).control,
	"TaskOutput": (*call).control, "TaskStop": (*call).control, "TeamCreate": (*call).control, "TeamDelete": (*call).control,
	"TodoRead": (*call).control, "TodoWrite": (*call).control, "AskUserQuestion": (*call).control,
	"EnterPlanMode": (*call).control, "ExitPlanMode": (*call).control, "ToolSearch": (*call).control, "StructuredOutput": (*call).control,
	"BashOutput": (*call).control, "KillShell": (*call).control, "KillBash": (*call).control,
	"ListMcpResourcesTool": (*call).control, "ReadMcpResourceTool": (*call).mcpResource,
}

func (c *call) add(effects ...effect.Effect) { c.out.Effects = append(c.out.Effects, effects...) }

func (c *call) unresolved(reason string, flags ...string) {
	c.add(effect.Effect{Kind: effect.Unresolved, Reason: reason, Flags: flags})
}

// control is a tool that only moves the host's own state.
func (c *call) control() error {
	c.add(effect.Effect{Kind: effect.AgentControl, Target: c.tool})
	return nil
}

// bash reads a shell line with the command reader.
func (c *call) bash() error {
	line, err := c.in.text("command")
	if err != nil {
		return err
	}
	c.out.Summary = c.tool + ": " + oneLine(line)
	c.line(line, "")
	if c.in.flag("dangerouslyDisableSandbox") {
		c.add(effect.Effect{Kind: effect.Bypass, Target: "sandbox", Words: []string{"dangerouslyDisableSandbox"}})
	}
	return nil
}

// line adds what a shell line would do; via names where the line stands, when it is not the call itself.
func (c *call) line(line, via string) {
	res := c.shell(c.ctx, line, c.env)
	for i := range res.Effects {
		if via != "" {
			res.Effects[i].Via = append([]string{via}, res.Effects[i].Via...)
		}
	}
	c.add(res.Effects...)
	c.out.Steps = append(c.out.Steps, res.Steps...)
}

const maxSummary = 200 // bytes of a summary

// oneLine shortens text to one line for people.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxSummary {
		s = strings.ToValidUTF8(s[:maxSummary], "") + "…"
	}
	return s
}
