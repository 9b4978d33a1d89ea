package audit

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"
)

// csvExport writes a row a record. A text that a spreadsheet would take for a formula gets a ' in front:
// agents choose some of these texts.
type csvExport struct{ out *csv.Writer }

var csvColumns = []string{"seq", "time", "kind", "host", "event", "session", "run", "agent", "agent_id", "agent_kind", "agent_type",
	"role", "parent", "task", "cwd", "project", "tool", "tool_use_id", "input_sha256", "summary", "effect", "rule", "reasons", "effects", "took_us", "approval", "data"}

func newCSVExport(w io.Writer) csvExport {
	e := csvExport{csv.NewWriter(w)}
	_ = e.out.Write(csvColumns) // an error stays in the writer, end returns it
	return e
}

func (e csvExport) record(r *Record) error {
	data := ""
	if r.Data != nil {
		text, err := json.Marshal(r.Data)
		if err != nil {
			return err
		}
		data = string(text)
	}
	row := []string{strconv.FormatUint(r.Seq, 10), r.Time.Format(time.RFC3339Nano), string(r.Kind), r.Host, r.Event, r.Session, r.Run,
		r.Agent, r.AgentID, r.AgentKind, r.AgentType, r.Role, r.Parent, r.Task, r.Cwd, r.Project, r.Tool, r.ToolUseID, r.InputDigest,
		r.Summary, r.Effect, r.Rule, strings.Join(r.Reasons, "; "), strings.Join(r.Effects, "; "), strconv.FormatInt(r.Took, 10), r.Approval, data}
	for i, s := range row {
		if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
			row[i] = "'" + s
		}
	}
	return e.out.Write(row)
}

func (e csvExport) end() error {
	e.out.Flush()
	return e.out.Error()
}
