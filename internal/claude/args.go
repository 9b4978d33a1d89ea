package claude

import (
	"fmt"
	"strings"
)

// Call is a command line for the CLI, read the way the CLI reads it.
type Call struct {
	Args     []string // without --settings
	Headless bool     // -p, or no terminal to show a dialog on
	Passive  bool     // a subcommand that starts no agent, or --help and --version
	Settings string   // the user's own --settings, to be merged with the wiring
	spoken   bool     // a positional argument was seen
}

// ArgError is an argument that cannot stand beside the guard; Hint says what to do instead.
type ArgError struct{ Arg, Why, Hint string }

func (e *ArgError) Error() string { return fmt.Sprintf("%s %s", e.Arg, e.Why) }

const (
	unguard   = "switches the guard off"
	elsewhere = "starts an agent where writ does not reach"
)

// refused are options that the launcher does not pass on.
var refused = map[string]ArgError{
	"--bare":                   {Why: unguard, Hint: "leave it out, or run claude without writ"},
	"--safe-mode":              {Why: unguard, Hint: "leave it out: --setting-sources user drops a project's own settings"},
	"--permission-prompt-tool": {Why: "is writ's own place in a run", Hint: "leave it out; answer with: writ approvals --watch"},
	"--managed-settings":       {Why: "is writ's own place in a run", Hint: "pass the settings with --settings"},
	"--bg":                     {Why: elsewhere, Hint: "run it in the foreground, or under a terminal multiplexer of your own"},
	"--background":             {Why: elsewhere, Hint: "run it in the foreground, or under a terminal multiplexer of your own"},
	"--tmux":                   {Why: elsewhere, Hint: "start tmux yourself and writ claude --worktree inside it"},
	"--remote":                 {Why: elsewhere, Hint: "run it locally"},
	"--cloud":                  {Why: elsewhere, Hint: "run it locally"},
	"--teleport":               {Why: elsewhere, Hint: "run it locally with --resume"},
	"--sdk-url":                {Why: "gives the answers to somebody else", Hint: "leave it out"},
}

// passive subcommands start no agent and take none of the launcher's options; agentive ones start agents
// outside the session.
var (
	passive = words("auth auto-mode doctor install mcp plugin plugins project setup-token update upgrade help")
	active  = words("agents attach daemon gateway remote-control rc server ssh ultrareview")
)

// Options by how many of the next arguments they take, as the CLI declares them.
var (
	takesOne  = words("--advisor --agent --agent-color --agent-id --agent-name --agent-type --agents --append-system-prompt --append-system-prompt-file --debug-file --deep-link-cwd-b64 --deep-link-last-fetch --deep-link-repo --effort --fallback-model --input-format --json-schema --managed-settings --max-budget-usd --max-thinking-tokens --max-turns --model -n --name --output-format --parent-session-id --permission-mode --permission-prompt-tool --plan-mode-instructions --plugin-dir --plugin-dir-no-mcp --plugin-url --prefill --prefill-b64 --remote-control-session-name-prefix --resume-session-at --rewind-files --sdk-url --session-id --setting-sources --settings --system-prompt --system-prompt-file --task-budget --team-name --teammate-mode --thinking --thinking-display --workload")
	takesMany = words("--add-dir --allowedTools --allowed-tools --betas --channels --dangerously-load-development-channels --disallowedTools --disallowed-tools --file --mcp-config --tools")
	mayTake   = words("--cloud -d --debug --from-pr --prompt-suggestions --rc --remote --remote-control -r --resume --teleport -w --worktree")
)

func words(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(s) {
		out[w] = true
	}
	return out
}

// ReadArgs reads a command line and refuses what would switch the guard off.
func ReadArgs(args []string, terminal bool) (Call, error) {
	c := Call{Headless: !terminal}
	for i := 0; i < len(args); {
		n, err := c.one(args[i:])
		if err != nil {
			return Call{}, err
		}
		if c.Passive { // the rest belongs to the subcommand
			c.Args = append(c.Args, args[i:]...)
			return c, nil
		}
		if name, _, _ := strings.Cut(args[i], "="); name != "--settings" {
			c.Args = append(c.Args, args[i:i+n]...)
		}
		if args[i] == "--" {
			c.Args = append(c.Args, args[i+1:]...)
			return c, nil
		}
		i += n
	}
	return c, nil
}

// one reads the first argument of rest and says how many belong together.
func (c *Call) one(rest []string) (int, error) {
	arg := rest[0]
	name, value, inline := strings.Cut(arg, "=")
	if e, no := refused[name]; no {
		e.Arg = name
		return 0, &e
	}
	switch {
	case arg == "--":
		return 1, nil
	case !strings.HasPrefix(arg, "-"):
		return 1, c.word(arg)
	case !strings.HasPrefix(arg, "--") && len(arg) > 2:
		c.cluster(arg)
		return 1, nil
	}
	switch name {
	case "-p", "--print", "--init-only":
		c.Headless = true
	case "-h", "--help", "-v", "--version":
		c.Passive = true
	}
	n := 1
	switch {
	case inline:
	case takesOne[name] && len(rest) > 1:
		n, value = 2, rest[1]
	case takesOne[name]:
		return 0, &ArgError{Arg: name, Why: "wants a value", Hint: "claude --help lists the options"}
	case mayTake[name] && len(rest) > 1 && !strings.HasPrefix(rest[1], "-"):
		n = 2
	case takesMany[name]:
		for n < len(rest) && !strings.HasPrefix(rest[n], "-") {
			n++
		}
	}
	if name == "--settings" {
		c.Settings = value
	}
	return n, nil
}

// word is a positional argument: the first one may be a subcommand.
func (c *Call) word(arg string) error {
	if c.spoken {
		return nil // a word after the prompt
	}
	c.spoken = true
	if active[arg] {
		return &ArgError{Arg: "claude " + arg, Why: elsewhere, Hint: "run claude " + arg + " without writ if that is what you want"}
	}
	c.Passive = passive[arg]
	return nil
}

// cluster reads short options written together, like -pc.
func (c *Call) cluster(arg string) {
	for _, r := range arg[1:] {
		switch r {
		case 'p':
			c.Headless = true
		case 'd', 'r', 'w', 'n': // the rest is a value
			return
		}
	}
}
