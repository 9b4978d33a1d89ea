package main

import (
	"encoding/json"
	"strings"
)

// mark is one sign of a call that the built-in floor refuses whatever anybody configures.
type mark struct{ rule, text string }

// marks are looked for in the text of a refused call, only to tell the agent that waiting for the daemon
// will not help. They allow nothing, and what they miss is refused all the same.
var marks = []mark{
	{"secret-file", "/.ssh/id_"},
	{"secret-file", "/.aws/credentials"},
	{"secret-file", "/etc/shadow"},
	{"agent-wiring", ".claude/settings"},
	{"agent-wiring", "/etc/claude-code"},
	{"writ-files", "/.writ/"},
	{"writ-control", "writ approve"},
	{"writ-control", "writ daemon stop"},
	{"bypass", "--dangerously-skip-permissions"},
	{"git-bypass", "--no-verify"},
}

// floor names the rule of the first mark that the input shows, "" when none does.
func floor(tool string, input json.RawMessage) string {
	if tool == "" {
		return ""
	}
	for _, m := range marks {
		if strings.Contains(string(input), m.text) {
			return m.rule
		}
	}
	return ""
}
