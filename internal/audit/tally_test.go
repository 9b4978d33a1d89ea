package audit

import (
	"reflect"
	"testing"
	"time"
)

func TestTally(t *testing.T) {
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	ask := func(id, approval string) Record {
		return Record{Kind: KindDecision, Agent: "alice", Tool: "Bash", ToolUseID: id, Effect: "ask", Rule: "net", Approval: approval, Summary: "curl x", Took: 30}
	}
	later := func(id, effect string) Record {
		return Record{Kind: KindDecision, Agent: "alice", Tool: "Bash", ToolUseID: id, Effect: effect, Rule: "net"}
	}
	state := func(approval, state, by string) Record {
		return Record{Kind: KindApproval, Approval: approval, Data: map[string]any{"state": state, "by": by}}
	}
	records := []Record{
		{Kind: KindSession, Session: "s"},
		{Kind: KindDecision, Agent: "main", Tool: "Read", ToolUseID: "t1", Effect: "allow", Took: 10},
		{Kind: KindOutcome, ToolUseID: "t1", Data: map[string]any{"ok": true}},
		{Kind: KindDecision, Agent: "main", Tool: "Bash", ToolUseID: "t2", Effect: "deny", Rule: "floor", Summary: "rm -rf /", Took: 50},
		ask("t3", "a3"), state("a3", "approved", "bob"), state("a3", "used", "bob"), later("t3", "allow"),
		ask("t4", "a4"), state("a4", "rejected", "bob"), later("t4", "deny"),
		ask("t5", "a5"), later("t5", "deny"),
		ask("t6", "a6"), state("a6", "used", "the host's dialog"),
		ask("t7", "a7"),
		{Kind: KindDecision, Agent: "alice", Tool: "Bash", ToolUseID: "t8", Effect: "allow", Rule: "approved", Approval: "a3", Data: map[string]any{"approved": true}},
		{Kind: KindDecision, Event: "ConfigChange", Effect: "deny"}, // no tool call
		{Kind: KindIncident, Agent: "main"},
		{Kind: KindOutcome, Data: map[string]any{"ok": false}},
	}
	tally := NewTally()
	for i, r := range records {
		r.Time = start.Add(time.Duration(i) * time.Second)
		tally.Add(r)
	}
	got := tally.Sum()
	if got.Calls != 8 || got.Silent != 1 || got.Asked != 6 || got.Denied != 1 || got.Incidents != 1 || got.Ran != 1 || got.Failed != 1 {
		t.Errorf("%+v", got)
	}
	if want := map[string]int{"approved": 2, "rejected": 1, "expired": 1, "host": 1, "open": 1}; !reflect.DeepEqual(got.Answers, want) {
		t.Errorf("answers %v, want %v", got.Answers, want)
	}
	if want := (RuleTally{"ask", "net", 5, "curl x"}); got.Rules[0] != want || len(got.Rules) != 3 {
		t.Errorf("rules %+v, want %+v first", got.Rules, want)
	}
	if want := (AgentTally{Agent: "main", Calls: 2, Silent: 1, Denied: 1, Incidents: 1}); got.Agents[1] != want {
		t.Errorf("agents %+v, want %+v second", got.Agents, want)
	}
	if got.DecidingTotal != 210 || got.DecidingMax != 50 || got.To.Sub(got.From) != time.Duration(len(records)-1)*time.Second {
		t.Errorf("times: %+v", got)
	}
}
