// Package claude wires writ into Claude Code and starts it. It knows the host's settings files, its
// command line and its ways of switching a guard off, and nothing about verdicts: those come from the
// daemon.
//
// Three parts. Wiring (New) is what writ adds to settings: hooks, an ask rule for every tool, pinned
// environment. Install and Uninstall put it into a settings file and take it out again without touching
// anything else. Launch starts the CLI with the wiring as managed settings in a mount namespace of its
// own, so that no file of the project can take it out, and with writ as the permission prompt tool.
//
// What each part rests on was probed against the real CLI; docs/reference/claude-code.md has the table.
package claude

// HookName and WritName are the programs that wiring points to, in home.Bin.
const (
	HookName = "writ-hook"
	WritName = "writ"
	ExecName = "writ-exec"
)
