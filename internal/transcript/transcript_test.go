package transcript

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const recorded = "testdata/claude/session.jsonl"

// The recorded session (record_test.go) has a call of each fate.
func TestRecordedSession(t *testing.T) {
	calls, skipped, err := ReadSession(recorded)
	if err != nil || skipped != 0 {
		t.Fatalf("skipped %d, %v", skipped, err)
	}
	want := map[string]struct {
		tool            string
		errored, refuse bool
		ran             bool
	}{
		"toolu_ok":           {tool: "Bash", ran: true},
		"toolu_fails":        {tool: "Bash", errored: true, ran: true},
		"toolu_hook_denies":  {tool: "Bash", errored: true},
		"toolu_rule_denies":  {tool: "Bash", errored: true},
		"toolu_unknown":      {tool: "NoSuchTool", errored: true, refuse: true},
		"toolu_invalid":      {tool: "Bash", errored: true, refuse: true},
		"toolu_unread":       {tool: "Edit", errored: true, refuse: true},
		"toolu_read":         {tool: "Read", ran: true},
		"toolu_nomatch":      {tool: "Edit", errored: true, refuse: true},
		"toolu_write":        {tool: "Write", ran: true},
		"toolu_nofile":       {tool: "Read", errored: true},
		"toolu_agent":        {tool: "Agent", ran: true},
		"toolu_mcp_unknown":  {tool: "mcp__nope__x", errored: true, refuse: true},
		"toolu_mcp_lies":     {tool: "mcp__liar__run", errored: true}, // it ran, whatever its server says
		"toolu_sub_ok":       {tool: "Bash", ran: true},
		"toolu_sub_invalid":  {tool: "Bash", errored: true, refuse: true},
		"toolu_sub_mcp_lies": {tool: "mcp__liar__run", errored: true},
	}
	for _, c := range calls {
		w, ok := want[c.ID]
		if !ok {
			t.Errorf("unexpected call %s", c.ID)
			continue
		}
		delete(want, c.ID)
		if c.Tool != w.tool || c.Result == nil || c.Result.Error != w.errored || c.Result.Refused != w.refuse || c.ran() != w.ran {
			t.Errorf("%s: %s %+v ran=%v, want %+v", c.ID, c.Tool, c.Result, c.ran(), w)
		}
		if c.Cwd != "/home/user/work" || c.Project != c.Cwd || c.Session == "" || c.Time.IsZero() || len(c.Input) < 2 || c.Line == 0 {
			t.Errorf("%s lacks something: %+v", c.ID, c)
		}
		if sub := strings.HasPrefix(c.ID, "toolu_sub"); sub != (c.Agent != "") {
			t.Errorf("%s: agent %q", c.ID, c.Agent)
		}
	}
	for id := range want {
		t.Errorf("%s was not found", id)
	}
}

func TestReconcileRecordedSession(t *testing.T) {
	calls, _, err := ReadSession(recorded)
	if err != nil {
		t.Fatal(err)
	}
	decisions := map[string]Decision{}
	for _, c := range calls {
		if !c.Result.Refused {
			decisions[c.ID] = Decision{Effect: "allow"}
		}
	}
	decisions["toolu_hook_denies"] = Decision{Effect: "deny"}
	decisions["toolu_rule_denies"] = Decision{Effect: "deny"}
	lookup := func(id string) (Decision, bool) { d, ok := decisions[id]; return d, ok }

	r := Reconcile(calls, lookup)
	if r.Calls != 17 || r.Decided != 11 || r.Refused != 6 || r.Open != 0 || len(r.Incidents) != 0 {
		t.Errorf("all decided: %+v", r)
	}
	// Each call that ran is an incident when its record is missing, in the main thread and in subagents.
	for id, d := range decisions {
		delete(decisions, id)
		r := Reconcile(calls, lookup)
		if len(r.Incidents) != 1 || r.Incidents[0].Call.ID != id || r.Incidents[0].Kind != NoDecision {
			t.Errorf("without a record of %s: %+v", id, r.Incidents)
		}
		decisions[id] = d
	}
	// A call that was denied and ran, successfully or with an exit code.
	for _, id := range []string{"toolu_ok", "toolu_fails", "toolu_write"} {
		decisions[id] = Decision{Effect: "deny"}
		if r := Reconcile(calls, lookup); len(r.Incidents) != 1 || r.Incidents[0].Kind != RanDenied {
			t.Errorf("%s denied: %+v", id, r.Incidents)
		}
		decisions[id] = Decision{Effect: "allow"}
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	use    = `{"type":"assistant","sessionId":"s","cwd":"/w","timestamp":"2026-01-02T03:04:05Z","message":{"content":[{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"ls"}}]}}` + "\n"
	result = `{"type":"user","sessionId":"s","cwd":"/w","message":{"content":[{"type":"tool_result","tool_use_id":"t1","content":"ok"}]}}` + "\n"
)

func TestTolerance(t *testing.T) {
	for _, c := range []struct {
		name, text     string
		calls, skipped int
		results        int
	}{
		{"plain", use + result, 1, 0, 1},
		{"no newline at the end", use + strings.TrimSpace(result), 1, 0, 1},
		{"torn last line", use + result[:60], 1, 1, 0},
		{"nonsense between", use + "nonsense\n" + `[1,2]` + "\n" + result, 1, 2, 1},
		{"blank lines", "\n\n" + use + "\n" + result, 1, 0, 1},
		{"streamed twice", strings.Replace(use, `{"command":"ls"}`, `{}`, 1) + use + result + result, 1, 0, 1},
		{"content is a text", `{"type":"user","message":{"content":"\"tool_use\" \"tool_result\""}}` + "\n" + use, 1, 0, 0},
		{"odd blocks", `{"message":{"content":["tool_use",null,7,{"type":"tool_use"},{"type":"tool_use","id":5,"name":"x"}]}}` + "\n" + use, 1, 0, 0},
		{"odd fields", strings.Replace(use, `"timestamp":"2026-01-02T03:04:05Z"`, `"timestamp":17,"isSidechain":"no"`, 1), 1, 0, 0},
		{"result without call", result, 0, 0, 0},
		{"huge line before", `{"x":"` + strings.Repeat("a", 3<<20) + `"}` + "\n" + use, 1, 0, 0},
		{"empty", "", 0, 0, 0},
	} {
		f, err := Read(write(t, "a.jsonl", c.text))
		results := 0
		for _, call := range f.Calls {
			if call.Result != nil {
				results++
			}
			if string(call.Input) != `{"command":"ls"}` {
				t.Errorf("%s: input %s", c.name, call.Input)
			}
		}
		if err != nil || len(f.Calls) != c.calls || f.Skipped != c.skipped || results != c.results {
			t.Errorf("%s: %d calls, %d skipped, %d results, %v; want %d, %d, %d", c.name, len(f.Calls), f.Skipped, results, err, c.calls, c.skipped, c.results)
		}
	}
}

func TestLineBeyondTheBound(t *testing.T) {
	long := `{"x":"` + strings.Repeat("a", MaxLine) + `"}` + "\n"
	f, err := Read(write(t, "a.jsonl", long+use+result))
	if err != nil || len(f.Calls) != 1 || f.Skipped != 1 || f.Lines != 3 {
		t.Errorf("%d calls, %d of %d lines skipped, %v; want 1, 1 of 3", len(f.Calls), f.Skipped, f.Lines, err)
	}
}

func TestReadCallsGivesTheSameCalls(t *testing.T) {
	with, err := Read(recorded)
	if err != nil {
		t.Fatal(err)
	}
	without, err := ReadCalls(recorded)
	if err != nil {
		t.Fatal(err)
	}
	if len(with.Calls) != len(without.Calls) || len(with.Calls) == 0 {
		t.Fatalf("%d calls and %d", len(with.Calls), len(without.Calls))
	}
	for i := range with.Calls {
		if without.Calls[i].Result != nil || with.Calls[i].ID != without.Calls[i].ID {
			t.Errorf("call %d: %+v and %+v", i, with.Calls[i], without.Calls[i])
		}
	}
}

func TestReconcileOpenAndCopies(t *testing.T) {
	none := func(string) (Decision, bool) { return Decision{}, false }
	open := Call{ID: "a", Tool: "Bash"}
	done := Call{ID: "a", Tool: "Bash", Result: &Result{Text: "ok"}}
	if r := Reconcile([]Call{open, open}, none); r.Calls != 1 || r.Open != 1 || len(r.Incidents) != 0 {
		t.Errorf("open call: %+v", r)
	}
	if r := Reconcile([]Call{open, done}, none); r.Calls != 1 || len(r.Incidents) != 1 {
		t.Errorf("open here, done in a resumed session: %+v, want an incident", r)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"p/a.jsonl", "p/a/subagents/agent-1.jsonl", "q/b.jsonl", "q/notes.txt"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		paths []string
		want  int // -1: an error
	}{
		{[]string{dir}, 3}, {[]string{dir + "/p"}, 2}, {[]string{dir + "/*/*.jsonl"}, 2}, {[]string{dir + "/p/a.jsonl", dir}, 3},
		{[]string{dir + "/?"}, 3}, {[]string{dir + "/none"}, -1}, {[]string{dir + "/*.none"}, -1}, {[]string{dir + "/q/notes.txt"}, 1},
	} {
		got, err := Find(c.paths...)
		if (err != nil) != (c.want < 0) || err == nil && len(got) != c.want {
			t.Errorf("Find(%v): %d files, %v; want %d", c.paths, len(got), err, c.want)
		}
	}
	files, err := SessionFiles(dir + "/p/a.jsonl")
	if err != nil || len(files) != 2 {
		t.Errorf("SessionFiles: %v, %v; want the main file and its subagent's", files, err)
	}
}

func FuzzRead(f *testing.F) {
	text, err := os.ReadFile(recorded)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(use + result))
	f.Add([]byte(`{"cwd":{},"message":{"content":[{"type":"tool_use","id":"x","name":"y"}]}}`))
	path := filepath.Join(f.TempDir(), "fuzz.jsonl")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		file, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		r := Reconcile(file.Calls, func(string) (Decision, bool) { return Decision{}, false })
		if r.Decided+r.Refused+r.Open+len(r.Incidents) != r.Calls || file.Skipped > file.Lines {
			t.Errorf("calls are lost or counted twice: %+v", r)
		}
	})
}
