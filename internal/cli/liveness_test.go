package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"writ/internal/audit"
)

func TestLiveness(t *testing.T) {
	dir := t.TempDir()
	log, err := audit.Open(filepath.Join(dir, "audit"), filepath.Join(dir, "keys"), audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for _, r := range []audit.Record{
		{Time: start, Kind: audit.KindSession, Session: "s"},
		{Time: start, Kind: audit.KindDecision, Session: "s", ToolUseID: "decided", Effect: "allow"},
		{Time: start, Kind: audit.KindDecision, Session: "older", ToolUseID: "carried-over", Effect: "allow"},
		{Time: start, Kind: audit.KindDecision, Session: "s", ToolUseID: "denied", Effect: "deny"},
	} {
		if _, err := log.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	entry := func(id string, at time.Time) string {
		return fmt.Sprintf(`{"sessionId":"s","timestamp":%q,"message":{"content":[{"type":"tool_use","id":%q,"name":"Read","input":{}}]}}
{"sessionId":"s","message":{"content":[{"type":"tool_result","tool_use_id":%q,"content":"ok"}]}}
`, at.Format(time.RFC3339), id, id)
	}
	main := filepath.Join(dir, "s.jsonl")
	subagent := filepath.Join(dir, "s", "subagents", "agent-1.jsonl")
	if err := os.MkdirAll(filepath.Dir(subagent), 0o755); err != nil {
		t.Fatal(err)
	}
	later := start.Add(time.Minute)
	for path, text := range map[string]string{
		main:     entry("before-writ", start.Add(-time.Hour)) + entry("decided", later) + entry("carried-over", later),
		subagent: entry("decided-not", later) + entry("denied", later),
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := &liveness{dir: filepath.Join(dir, "audit")}
	got, err := l.Unrecorded(t.Context(), main, "s")
	want := "[decided-not Read: it has a result and no decision record denied Read: it ran although it was denied]"
	if err != nil || fmt.Sprint(got) != want {
		t.Errorf("got  %v, %v\nwant %v", got, err, want)
	}
	if again, err := l.Unrecorded(t.Context(), main, "s"); err != nil || len(again) != 0 {
		t.Errorf("said twice: %v, %v", again, err)
	}
	if _, err := l.Unrecorded(t.Context(), filepath.Join(dir, "none.jsonl"), "s"); err == nil {
		t.Error("a transcript that is not there is no error")
	}
}
