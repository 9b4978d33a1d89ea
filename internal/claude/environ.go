package claude

import (
	"path/filepath"
	"slices"
	"strings"
)

// dropped variables are not passed on to the CLI: they switch hooks off, run files or libraries in front of
// programs, or (TMUX) would put teammates into a terminal server outside the session's namespace.
var dropped = words(`CLAUDE_CODE_SIMPLE CLAUDE_CODE_SAFE_MODE CLAUDE_CODE_SHELL_PREFIX CLAUDE_CODE_MANAGED_SETTINGS_PATH
	CLAUDE_CODE_REMOTE_SETTINGS_PATH BASH_ENV ENV PROMPT_COMMAND SHELLOPTS BASHOPTS PS4 LD_PRELOAD LD_AUDIT LD_DEBUG
	NODE_OPTIONS BUN_OPTIONS PYTHONSTARTUP PERL5OPT RUBYOPT TMUX TMUX_PANE`)

// Environ is the environment of the CLI and the names that were left out although they held something.
func Environ(env []string) (keep, left []string) {
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		switch {
		case dropped[name] || strings.HasPrefix(name, "BASH_FUNC_") || strings.HasPrefix(name, "DYLD_"):
			if value != "" && !strings.HasPrefix(name, "TMUX") {
				left = append(left, name)
			}
		case name == "PATH":
			keep = append(keep, "PATH="+absolutePath(value))
		default:
			keep = append(keep, kv)
		}
	}
	return keep, left
}

// absolutePath leaves out the entries that mean "wherever the agent is".
func absolutePath(path string) string {
	dirs := slices.DeleteFunc(filepath.SplitList(path), func(d string) bool { return !filepath.IsAbs(d) })
	return strings.Join(dirs, string(filepath.ListSeparator))
}

// launchPins are variables whose value at the start of the session holds for all of it, whatever a project's
// settings say; the second column stands where the variable is not set.
var launchPins = [][2]string{
	{"PATH", ""}, {"LD_LIBRARY_PATH", ""}, {"NODE_OPTIONS", ""}, {"BUN_OPTIONS", ""}, {"PYTHONSTARTUP", ""}, {"PYTHONPATH", ""},
	{"PERL5OPT", ""}, {"PERL5LIB", ""}, {"RUBYOPT", ""}, {"RUBYLIB", ""}, {"SHELLOPTS", ""}, {"PS4", "+ "},
	// Waiting for a human's answer happens inside a call of the permission prompt tool.
	{"MCP_TOOL_TIMEOUT", "100000000"}, {"MCP_TIMEOUT", "60000"},
}

// Pins are the launch values to pin, from the environment that the CLI gets; a value that the user's own
// settings give goes before it.
func Pins(env []string, own map[string]string) [][2]string {
	have := map[string]string{}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		have[name] = value
	}
	var out [][2]string
	for _, pin := range launchPins {
		value := pin[1]
		if v := have[pin[0]]; v != "" {
			value = v
		}
		if v := own[pin[0]]; v != "" {
			value = v
		}
		if pin[0] == "PATH" {
			if value = absolutePath(value); value == "" {
				continue
			}
		}
		out = append(out, [2]string{pin[0], value})
	}
	return out
}
