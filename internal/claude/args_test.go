package claude

import (
	"errors"
	"strings"
	"testing"
)

func TestReadArgs(t *testing.T) {
	for _, tc := range []struct {
		args     string
		headless bool
		passive  bool
		settings string
		out      string
	}{
		{args: "", out: ""},
		{args: "-p go", headless: true, out: "-p go"},
		{args: "go --print", headless: true, out: "go --print"},
		{args: "-cp go", headless: true, out: "-cp go"},
		{args: "--append-system-prompt -p go", out: "--append-system-prompt -p go"},
		{args: "--append-system-prompt --bare go", out: "--append-system-prompt --bare go"},
		{args: "--model opus -p go", headless: true, out: "--model opus -p go"},
		{args: "--settings a.json -p go", headless: true, settings: "a.json", out: "-p go"},
		{args: "--settings=a.json go", settings: "a.json", out: "go"},
		{args: "-- --bare", out: "-- --bare"},
		{args: "--mcp-config a b -p go", headless: true, out: "--mcp-config a b -p go"},
		{args: "mcp list", passive: true, out: "mcp list"},
		{args: "--version", passive: true, out: "--version"},
		{args: "explain mcp", out: "explain mcp"},
		{args: "-r -p x", headless: true, out: "-r -p x"},
		{args: "--dangerously-skip-permissions -p x", headless: true, out: "--dangerously-skip-permissions -p x"},
	} {
		c, err := ReadArgs(strings.Fields(tc.args), true)
		if err != nil || c.Headless != tc.headless || c.Passive != tc.passive || c.Settings != tc.settings || strings.Join(c.Args, " ") != tc.out {
			t.Errorf("%q: got %+v, %v; want %+v", tc.args, c, err, tc)
		}
	}
	if c, _ := ReadArgs(nil, false); !c.Headless {
		t.Error("without a terminal it is not headless")
	}
}

func TestReadArgsRefuses(t *testing.T) {
	for _, args := range []string{
		"--bare -p x", "-p x --bare", "-p --bare", "--permission-prompt-tool mcp__x__y -p x", "--permission-prompt-tool=stdio",
		"--managed-settings {} x", "--bg x", "--safe-mode", "--tmux --worktree", "agents", "--verbose agents", "--model opus agents", "--remote x",
		"--model", "--mcp-config a --bare", "--add-dir . --bare",
	} {
		c, err := ReadArgs(strings.Fields(args), true)
		var e *ArgError
		if !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%q: got %+v, %v; want an ArgError with a hint", args, c, err)
		}
	}
}
