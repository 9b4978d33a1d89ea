package session

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"writ/internal/event"
	"writ/internal/verdict"
)

func tracker() *Tracker { return New(time.Now) }

// TestKinds tells every kind of caller apart, from what the recorded payloads of each carry.
func TestKinds(t *testing.T) {
	spawn := func(id string, sp Spawn) Seen {
		return Seen{Event: "PreToolUse", Session: "S", Tool: "Agent", ToolUseID: id, Spawn: &sp}
	}
	nestedSpawn := spawn("t9", Spawn{Type: "Explore"})
	nestedSpawn.AgentID, nestedSpawn.AgentType = "a61e23b93dcd3ad60", "general-purpose"
	pane := [][]string{{"/opt/writ-hook", "claude"}, {"claude", "--agent-id", "alice@session-d3b2d6ff", "--agent-name", "alice", "--team-name", "session-d3b2d6ff", "--parent-session-id", "P", "--model", "m"}, {"tmux"}}
	for name, tc := range map[string]struct {
		before []Seen
		seen   Seen
		want   event.Principal
	}{
		"main": {seen: Seen{Session: "S"},
			want: event.Principal{Agent: "main", Kind: event.Main, Role: "solo"}},
		"--agent": {seen: Seen{Session: "S", AgentType: "rev"},
			want: event.Principal{Agent: "rev", Type: "rev", Kind: event.MainAgent, Role: "solo"}},
		"--agent with a role": {seen: Seen{Session: "S", AgentType: "coding-1"},
			want: event.Principal{Agent: "coding-1", Type: "coding-1", Kind: event.MainAgent, Role: "coding-1"}},
		"subagent": {before: []Seen{spawn("t1", Spawn{Type: "rev"})}, seen: Seen{Session: "S", AgentID: "ab93396a7a68062c0", AgentType: "rev"},
			want: event.Principal{Agent: "ab93396a7a68062c0", ID: "ab93396a7a68062c0", Type: "rev", Kind: event.Subagent, Role: "solo", Parent: "main"}},
		"background": {before: []Seen{spawn("t1", Spawn{Type: "rev", Background: true})}, seen: Seen{Session: "S", AgentID: "ab93396a7a68062c0", AgentType: "rev"},
			want: event.Principal{Agent: "ab93396a7a68062c0", ID: "ab93396a7a68062c0", Type: "rev", Kind: event.BackgroundAgent, Role: "solo", Parent: "main"}},
		"nested": {before: []Seen{spawn("t1", Spawn{Type: "general-purpose"}), nestedSpawn}, seen: Seen{Session: "S", AgentID: "a0000000000000001", AgentType: "Explore"},
			want: event.Principal{Agent: "a0000000000000001", ID: "a0000000000000001", Type: "Explore", Kind: event.NestedSubagent, Role: "solo", Parent: "a61e23b93dcd3ad60"}},
		"named subagent with a role": {before: []Seen{spawn("t1", Spawn{Type: "general-purpose", Name: "review-2"})}, seen: Seen{Session: "S", AgentID: "ab93396a7a68062c0", AgentType: "general-purpose"},
			want: event.Principal{Agent: "ab93396a7a68062c0", ID: "ab93396a7a68062c0", Type: "general-purpose", Kind: event.Subagent, Role: "review-2", Parent: "main"}},
		"never announced": {seen: Seen{Session: "S", AgentID: "ab93396a7a68062c0", AgentType: "rev"},
			want: event.Principal{Agent: "ab93396a7a68062c0", ID: "ab93396a7a68062c0", Type: "rev", Kind: event.Unknown, Role: "solo"}},
		"teammate in process": {seen: Seen{Session: "S", AgentID: "aalice-e06dbeebcd89a78d", AgentType: "alice"},
			want: event.Principal{Agent: "alice", ID: "aalice-e06dbeebcd89a78d", Type: "alice", Kind: event.TeammateInProcess, Role: "solo", Parent: "main"}},
		"teammate in a pane": {seen: Seen{Session: "S2", AgentType: "general-purpose", Argv: pane},
			want: event.Principal{Agent: "alice", ID: "alice@session-d3b2d6ff", Type: "general-purpose", Kind: event.TeammatePane, Role: "solo", Parent: "P"}},
		"below somebody else's pane": {seen: Seen{Session: "S2", Argv: append([][]string{{"claude", "-p", "go"}}, pane...)},
			want: event.Principal{Agent: "main", Kind: event.Main, Role: "solo"}},
	} {
		t.Run(name, func(t *testing.T) {
			tr := tracker()
			for _, s := range tc.before {
				tr.Identify(s)
			}
			if got := tr.Identify(tc.seen); got != tc.want {
				t.Errorf("got  %+v\nwant %+v", got, tc.want)
			}
		})
	}
}

// TestBinding corrects a guess when the host says which agent a call became: two spawns of one type.
func TestBinding(t *testing.T) {
	tr := tracker()
	spawn := func(id string, by string, background bool) {
		tr.Identify(Seen{Event: "PreToolUse", Session: "S", AgentID: by, Tool: "Agent", ToolUseID: id, Spawn: &Spawn{Type: "rev", Background: background}})
	}
	spawn("t1", "", false)
	spawn("t2", "", true)
	first := tr.Identify(Seen{Event: "SubagentStart", Session: "S", AgentID: "a2", AgentType: "rev"})
	if first.Kind != event.Subagent {
		t.Fatalf("guess %+v, want the oldest spawn's", first)
	}
	tr.Identify(Seen{Event: "PostToolUse", Session: "S", Tool: "Agent", ToolUseID: "t2", Spawn: &Spawn{Type: "rev", Child: "a2"}})
	if p := tr.Identify(Seen{Session: "S", AgentID: "a2", AgentType: "rev"}); p.Kind != event.BackgroundAgent {
		t.Errorf("after the host's word: %+v, want a background agent", p)
	}
}

// TestRefusedSpawn: an agent that appears after its spawn was refused has no parent.
func TestRefusedSpawn(t *testing.T) {
	tr := tracker()
	tr.Identify(Seen{Event: "PreToolUse", Session: "S", Tool: "Agent", ToolUseID: "t1", Spawn: &Spawn{Type: "rev"}})
	tr.Refused("S", "t1")
	if p := tr.Identify(Seen{Session: "S", AgentID: "a2", AgentType: "rev"}); p.Kind != event.Unknown {
		t.Errorf("got %+v, want unknown", p)
	}
}

// TestProject is pinned by the first event and never becomes wider.
func TestProject(t *testing.T) {
	for name, tc := range map[string]struct{ given, cwd, want string }{
		"host's word":         {"/repo", "/repo/sub", "/repo"},
		"no word":             {"", "/repo", "/repo"},
		"root":                {"/", "/repo", ""},
		"elsewhere":           {"/etc", "/repo", ""},
		"relative":            {"..", "/repo", "/repo"},
		"neighbour by prefix": {"/re", "/repo", ""},
	} {
		tr := tracker()
		got, _ := tr.Project(Seen{Session: "S", Project: tc.given, Cwd: tc.cwd})
		if got != tc.want {
			t.Errorf("%s: got %s, want %s", name, got, tc.want)
		}
		if again, _ := tr.Project(Seen{Session: "S", Project: "/", Cwd: "/"}); again != tc.want {
			t.Errorf("%s: a later event moved it to %s", name, again)
		}
	}
}

// TestLimits spends a minute's calls, then refuses, then lets tokens flow back.
func TestLimits(t *testing.T) {
	now := time.Unix(1e9, 0)
	tr := New(func() time.Time { return now })
	l := Limits{CallsPerMinute: 10, SpawnsPerMinute: 2, MessagesPerMinute: 0}
	for i := range 10 {
		if v := tr.Limit("S", "main", Plain, l); v.Effect != verdict.Abstain {
			t.Fatalf("call %d: %+v", i, v)
		}
	}
	if v := tr.Limit("S", "main", Plain, l); v.Effect != verdict.Deny || v.Rule() != "limits.calls" {
		t.Errorf("one too many: %+v", v)
	}
	if v := tr.Limit("S", "other", Message, l); v.Rule() != "limits.messages" {
		t.Errorf("message where none are allowed: %+v", v)
	}
	now = now.Add(7 * time.Second)
	if v := tr.Limit("S", "main", Plain, l); v.Effect != verdict.Abstain {
		t.Errorf("after 7 s: %+v, want one token back", v)
	}
	for i, want := range []verdict.Effect{verdict.Abstain, verdict.Abstain, verdict.Deny} {
		if v := tr.Limit("S", "spawner", Spawns, l); v.Effect != want {
			t.Errorf("spawn %d: %+v, want %s", i, v, want)
		}
	}
}

// TestRepeats says once that an operation was refused as often as the limit, and starts again after success.
func TestRepeats(t *testing.T) {
	tr, l := tracker(), Limits{Repeats: 3}
	for i, want := range [][2]bool{{false, false}, {false, false}, {true, true}, {true, false}} {
		stuck, first := tr.Repeated("S", "d", l)
		if [2]bool{stuck, first} != want {
			t.Errorf("refusal %d: %t %t, want %v", i+1, stuck, first, want)
		}
	}
	tr.Succeeded("S", "d")
	if stuck, _ := tr.Repeated("S", "d", l); stuck {
		t.Error("still stuck after it succeeded")
	}
}

// TestForgets does not remember sessions for ever.
func TestForgets(t *testing.T) {
	now := time.Unix(1e9, 0)
	tr := New(func() time.Time { return now })
	for i := range 100 {
		tr.Identify(Seen{Session: fmt.Sprint(i)})
	}
	now = now.Add(idle + time.Minute)
	tr.Identify(Seen{Session: "new"})
	if n := tr.Count(); n != 1 {
		t.Errorf("%d sessions remembered, want 1", n)
	}
}

// TestIsAgent knows agent programs by their command lines.
func TestIsAgent(t *testing.T) {
	for args, want := range map[string]bool{"/usr/bin/claude -p": true, "claude": true, "node /x/node_modules/@anthropic-ai/claude-code/cli.js": true,
		"bash -c claude": false, "vim claude": false, "node server.js": false, "codex": true, "": false} {
		if got := IsAgent(strings.Fields(args)); got != want {
			t.Errorf("%q: %t, want %t", args, got, want)
		}
	}
}
