package claude

import (
	"encoding/json"
	"path/filepath"

	"writ/internal/home"
)

// Wiring is what writ adds to a settings file, in order.
type Wiring struct{ ops []op }

// Options say which wiring.
type Options struct {
	Home home.Home
	// Run is the id of a run started by the launcher. With it the wiring is a gate: the hook's answer is
	// never abstain, and only managed hooks run. Without it the wiring is for a settings file that stays.
	Run string
	// Managed marks wiring for the policy tier, where hooks of other tiers can be left out.
	Managed bool
	// Walls tells that the session has walls of writ's own, so that the host's own sandbox, which cannot be built
	// inside them, is switched off.
	Walls bool
	// Env holds more variables to pin, above the fixed ones.
	Env [][2]string
	// Hooks are the user's own hooks to carry along where only managed hooks run.
	Hooks []UserHook
	// Servers are MCP servers of the project that must not start.
	Servers []string
}

// handler is one hook in exec form: an absolute path and arguments, no shell that a project could bend.
type handler struct {
	Type    string   `json:"type"`
	Command string   `json:"command"`
	Args    []string `json:"args,omitempty"`
	Timeout int      `json:"timeout,omitempty"`
}

type group struct {
	Matcher string    `json:"matcher,omitempty"`
	Hooks   []handler `json:"hooks"`
}

// New builds the wiring.
func New(o Options) Wiring {
	var w Wiring
	args := []string{"-home", string(o.Home)}
	if o.Run != "" {
		args = append(args, "-gate", "-run", o.Run)
	}
	hook := handler{Type: "command", Command: filepath.Join(o.Home.Bin(), HookName), Args: append(args, "claude"), Timeout: hookTimeout}
	for _, e := range events {
		w.elem(group{Matcher: e.matcher, Hooks: []handler{hook}}, "hooks", e.name)
	}
	for _, h := range o.Hooks {
		w.elem(h.group, "hooks", h.event)
	}
	for _, rule := range append([]string{"*"}, tools...) {
		w.elem(rule, "permissions", "ask")
	}
	for _, kv := range append(append([][2]string{}, pinned...), o.Env...) {
		w.set(kv[1], "env", kv[0])
	}
	for _, name := range o.Servers {
		w.elem(name, "disabledMcpjsonServers")
	}
	w.set(true, "disableSkillShellExecution")
	if o.Walls {
		w.set(false, "sandbox", "enabled")
	}
	if o.Run == "" && !o.Managed {
		w.add("reset", false, []string{"disableAllHooks"})
		return w
	}
	w.set(false, "disableAllHooks")
	if o.Managed {
		w.set(true, "allowManagedHooksOnly")
	}
	return w
}

// pinned variables switch the guard off or run a file in front of every command when a project sets them.
var pinned = [][2]string{
	{"CLAUDE_CODE_SIMPLE", "0"},
	{"CLAUDE_CODE_SAFE_MODE", "0"},
	{"CLAUDE_CODE_SHELL_PREFIX", ""},
	{"CLAUDE_CODE_MANAGED_SETTINGS_PATH", ""},
	{"CLAUDE_CODE_REMOTE_SETTINGS_PATH", ""},
	{"BASH_ENV", ""},
	{"ENV", ""},
	{"PROMPT_COMMAND", ""},
	{"LD_PRELOAD", ""},
	{"LD_AUDIT", ""},
	{"DYLD_INSERT_LIBRARIES", ""},
}

func (w *Wiring) elem(v any, path ...string) { w.add("elem", v, path) }
func (w *Wiring) set(v any, path ...string)  { w.add("set", v, path) }

func (w *Wiring) add(kind string, v any, path []string) {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own structs of strings and numbers
	}
	w.ops = append(w.ops, op{Kind: kind, Path: path, Value: raw})
}

// JSON is the wiring as a settings file of its own.
func (w Wiring) JSON() []byte {
	out, _, err := merge([]byte("{}\n"), w)
	if err != nil {
		panic(err) // an empty object takes any wiring
	}
	return out
}
