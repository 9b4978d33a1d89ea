package audit

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Every line that the log writes fits the published schema, and the schema is strict enough to notice.
func TestLinesFitTheSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/reference/audit-record.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(line string) error {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			return err
		}
		return schema.Validate(v)
	}
	a := at(t.TempDir())
	l := a.open(t, Options{SegmentBytes: 2_000})
	full := Record{
		Time: time.Now(), Kind: KindDecision, Host: "h", Event: "e", Session: "s", Run: "r", Agent: "a", AgentID: "i", AgentKind: "k",
		AgentType: "t", Role: "r", Parent: "p", Task: "t", Cwd: "/w", Project: "/w", Tool: "Bash", ToolUseID: "u", InputDigest: Digest(json.RawMessage("{}")),
		Summary: "s", Effect: "ask", Rule: "r", Reasons: make([]string, 100), Effects: []string{"x"}, Took: 1, Approval: "a", Data: map[string]any{"x": 1},
	}
	for range 5 {
		for _, r := range []Record{full, typical(), {Kind: KindIncident}} {
			if _, err := l.Append(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := l.Retain(t.Context(), Retention{MaxBytes: 6_000}); err != nil {
		t.Fatal(err)
	}
	l.Close()
	found, err := segments(a.log())
	if err != nil || len(found) < 2 {
		t.Fatalf("%d segments, %v", len(found), err)
	}
	for _, s := range found {
		text, err := os.ReadFile(s.path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			if err := valid(string(line)); err != nil {
				t.Errorf("%v\n%s", err, line)
			}
		}
	}
	for _, bad := range []string{
		`{"seq":1,"time":"2026-01-01T00:00:00Z","kind":"daemon"}`,
		`{"seq":1,"prev":"` + zeroHash + `","time":"2026-01-01T00:00:00Z","kind":"other"}`,
		`{"seq":1,"prev":"` + zeroHash + `","time":"2026-01-01T00:00:00Z","kind":"decision"}`,
		`{"seq":1,"prev":"` + zeroHash + `","time":"2026-01-01T00:00:00Z","kind":"daemon","more":1}`,
		`{"seq":1,"prev":"` + zeroHash + `","time":"2026-01-01T00:00:00Z","kind":"segment","data":{}}`,
	} {
		if valid(bad) == nil {
			t.Errorf("the schema takes %s", bad)
		}
	}
}
