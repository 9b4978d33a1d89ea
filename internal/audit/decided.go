package audit

// Decided is what the log knows of one tool call: its last decision and how many there were.
type Decided struct {
	Effect  string
	Seq     uint64
	Records int
}

// Decisions collects the decision records of the chosen records by tool call id. The PreToolUse hook's
// and the permission prompt tool's decision on one call bear the same id; the later one counts.
func Decisions(dir string, f Filter) (map[string]Decided, error) {
	f.Kinds = []Kind{KindDecision}
	out := map[string]Decided{}
	for r, err := range Read(dir, f) {
		if err != nil {
			return nil, err
		}
		if r.ToolUseID != "" {
			out[r.ToolUseID] = Decided{Effect: r.Effect, Seq: r.Seq, Records: out[r.ToolUseID].Records + 1}
		}
	}
	return out, nil
}
