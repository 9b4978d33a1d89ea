package cli

import (
	"testing"
	"time"

	"writ/internal/effect"
	"writ/internal/guard"
	"writ/internal/level"
	"writ/internal/transcript"
	"writ/internal/verdict"
)

func TestDefaultPrompts(t *testing.T) {
	read := func(zones ...string) effect.Effect {
		return effect.Effect{Kind: effect.FSRead, Path: "/x", Zones: zones}
	}
	for _, c := range []struct {
		name    string
		tool    string
		effects []effect.Effect
		want    bool
	}{
		{"reading in the project", "Read", []effect.Effect{read("project")}, false},
		{"reading elsewhere", "Read", []effect.Effect{read("home")}, true},
		{"writing", "Write", nil, true},
		{"a subagent", "Agent", nil, false},
		{"a task", "TaskCreate", nil, false},
		{"fetching", "WebFetch", nil, true},
		{"an MCP tool", "mcp__a__b", nil, true},
		{"ls", "Bash", []effect.Effect{{Kind: effect.FSList, Zones: []string{"project"}}}, false},
		{"nothing that reaches anything", "Bash", nil, false},
		{"cat, errors dropped", "Bash", []effect.Effect{read("project"), {Kind: effect.FSWrite, Zones: []string{"null"}}}, false},
		{"go test", "Bash", []effect.Effect{{Kind: effect.Exec, Target: "go"}}, true},
		{"sudo ls", "Bash", []effect.Effect{{Kind: effect.Exec, Target: "ls", Via: []string{"sudo"}}}, true},
		{"unresolved", "Bash", []effect.Effect{{Kind: effect.Unresolved}}, true},
	} {
		if got := defaultPrompts(c.tool, c.effects); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestReplayTally(t *testing.T) {
	tally := newReplayTally(level.Observe)
	tally.file(transcript.File{Skipped: 2, Calls: []transcript.Call{{Session: "a"}, {Session: "b"}, {Session: "a"}}})
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	call := func(minute int, tool, input string, e verdict.Effect, rule string) {
		c := transcript.Call{Tool: tool, Input: []byte(input), Time: at.Add(time.Duration(minute) * time.Minute)}
		tally.call(c, "/w", guard.Decision{Verdict: verdict.New(e, "policy", rule, "why", ""), Elapsed: time.Duration(minute) * time.Microsecond})
	}
	call(5, "Write", `{"file_path":"e"}`, verdict.Ask, "r")
	call(4, "Write", `{"file_path":"d"}`, verdict.Ask, "r")
	call(3, "Write", `{"file_path":"c"}`, verdict.Ask, "r")
	call(2, "Write", `{"file_path":"b"}`, verdict.Ask, "r")
	call(1, "Write", `{"file_path":"b"}`, verdict.Ask, "r")
	call(6, "Write", `{"file_path":"x"}`, verdict.Allow, "in")
	call(7, "Agent", `{}`, verdict.Ask, "spawn")
	call(8, "Write", `{"file_path":"/etc/x"}`, verdict.Deny, "floor")
	s := tally.sum()
	if s.Calls != 8 || s.Silent != 1 || s.Asks != 6 || s.Denies != 1 || s.DefaultPrompts != 7 || s.Saved != 2 || s.Added != 1 || s.Sessions != 2 || s.Skipped != 2 {
		t.Errorf("%+v", s)
	}
	if r := s.Rules[0]; r.Rule != "r" || r.Calls != 5 || len(r.Examples) != 3 || r.Examples[0].Summary != "b" || r.Examples[2].Summary != "d" {
		t.Errorf("the earliest different examples are kept: %+v", r)
	}
	if len(s.Projects) != 1 || s.Projects[0].Calls != 8 || s.MedianMicros != 5 {
		t.Errorf("%+v", s)
	}
}
