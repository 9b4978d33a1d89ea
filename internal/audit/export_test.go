package audit

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

func exported(t *testing.T, format string) string {
	t.Helper()
	a := at(t.TempDir())
	l := a.open(t, Options{})
	for _, r := range []Record{
		{Kind: KindDecision, Host: "claude", Session: "s", Agent: "main", Tool: "Bash", ToolUseID: "t1", Effect: "allow", Rule: "inside", Summary: "=cmd|'/c calc'!A1", Effects: []string{"exec ls"}},
		{Kind: KindDecision, Host: "claude", Session: "s", Agent: "main", Tool: "Bash", ToolUseID: "t2", Effect: "deny", Rule: "floor", Summary: "rm -rf /", Took: 5},
		{Kind: KindIncident, Host: "claude", Session: "s", Summary: "a\nb,\"c\"", Data: map[string]any{"n": 1}},
	} {
		if _, err := l.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	var b bytes.Buffer
	if err := Export(&b, format, Read(a.log(), Filter{})); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestExportJSONL(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(exported(t, "jsonl")), "\n")
	var r Record
	if len(lines) != 3 || json.Unmarshal([]byte(lines[1]), &r) != nil || r.Effect != "deny" || r.Seq != 2 {
		t.Errorf("%d lines, the second is %+v", len(lines), r)
	}
}

func TestExportCSV(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(exported(t, "csv"))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v; want a header and 3", len(rows), err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	if got := rows[1][column["summary"]]; got != "'=cmd|'/c calc'!A1" {
		t.Errorf("a formula comes out as %q", got)
	}
	if got := rows[3][column["summary"]]; got != "a\nb,\"c\"" {
		t.Errorf("quoting: %q", got)
	}
	if got := rows[3][column["data"]]; got != `{"n":1}` {
		t.Errorf("data: %q", got)
	}
}

func TestExportOCSF(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(exported(t, "ocsf")), "\n")
	for i, want := range []struct {
		action, disposition, status, severity float64
	}{{1, 1, 1, 1}, {2, 2, 2, 3}, {0, 0, 1, 4}} {
		var e map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &e); err != nil {
			t.Fatal(err)
		}
		for _, required := range []string{"activity_id", "category_uid", "class_uid", "type_uid", "time", "severity_id", "metadata", "actor", "api", "src_endpoint"} {
			if _, ok := e[required]; !ok {
				t.Errorf("line %d lacks %s, which OCSF requires", i, required)
			}
		}
		number := func(name string) float64 { n, _ := e[name].(float64); return n }
		if e["class_uid"] != 6003.0 || e["type_uid"] != 600399.0 || number("action_id") != want.action ||
			number("disposition_id") != want.disposition || number("status_id") != want.status || number("severity_id") != want.severity {
			t.Errorf("line %d: %s, want %+v", i, lines[i], want)
		}
	}
}

func TestExportUnknownFormat(t *testing.T) {
	if err := Export(&bytes.Buffer{}, "xml", Read(t.TempDir(), Filter{})); err == nil || !strings.Contains(err.Error(), "jsonl csv ocsf") {
		t.Errorf("%v, want an error that names the formats", err)
	}
}

func TestDecisions(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{})
	for _, r := range []Record{
		{Kind: KindDecision, ToolUseID: "t1", Effect: "ask"}, {Kind: KindOutcome, ToolUseID: "t3"},
		{Kind: KindDecision, ToolUseID: "t2", Effect: "allow"}, {Kind: KindDecision, ToolUseID: "t1", Effect: "deny"},
	} {
		if _, err := l.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	got, err := Decisions(a.log(), Filter{})
	if err != nil || len(got) != 2 || got["t1"] != (Decided{"deny", 4, 2}) {
		t.Errorf("%+v, %v", got, err)
	}
}
