package transcript

import "strings"

// Decision is what the log knows about a call: the effect of its last decision record.
type Decision struct {
	Effect string
	Seq    uint64
}

// Lookup finds the decision on the call with an id. Records of the PreToolUse hook and of the permission
// prompt tool both count.
type Lookup func(id string) (Decision, bool)

// Kinds of incident.
const (
	NoDecision = "no-decision" // a call got past the guard: it has a result and no decision record
	RanDenied  = "ran-denied"  // a call ran although the last word on it was deny
)

// Incident is one call that should not have been possible.
type Incident struct {
	Kind string `json:"kind"`
	What string `json:"what"`
	Call Call   `json:"call"`
}

// Reconciliation compares calls with decision records. Every call is counted in exactly one of Decided,
// Refused, Open and Incidents.
type Reconciliation struct {
	Calls   int `json:"calls"`
	Decided int `json:"decided"`
	// Refused calls were turned down by the client before it asked any hook.
	Refused int `json:"refused"`
	// Open calls have neither result nor record: they had not begun when the transcript was read.
	Open      int        `json:"open"`
	Incidents []Incident `json:"incidents"`
}

// Reconcile is the proof of liveness: every call that has a result must have a decision record. Calls that
// several files hold (resumed sessions) count once.
func Reconcile(calls []Call, lookup Lookup) Reconciliation {
	r := Reconciliation{Incidents: []Incident{}}
	for _, c := range unique(calls) {
		r.Calls++
		d, decided := lookup(c.ID)
		switch {
		case decided && d.Effect == "deny" && c.ran():
			r.Incidents = append(r.Incidents, Incident{RanDenied, "it ran although it was denied", c})
		case decided:
			r.Decided++
		case c.Result == nil:
			r.Open++
		case c.Result.Refused:
			r.Refused++
		default:
			r.Incidents = append(r.Incidents, Incident{NoDecision, "it has a result and no decision record", c})
		}
	}
	return r
}

// ran tells that a call was surely executed: it succeeded, or it is a command that ended with an exit code.
func (c Call) ran() bool {
	return c.Result != nil && (!c.Result.Error || c.Tool == "Bash" && strings.HasPrefix(c.Result.Text, "Exit code "))
}

// unique keeps one call for each id, with a result if any of its copies has one.
func unique(calls []Call) []Call {
	var out []Call
	at := map[string]int{}
	for _, c := range calls {
		i, ok := at[c.ID]
		if !ok {
			at[c.ID] = len(out)
			out = append(out, c)
			continue
		}
		if out[i].Result == nil {
			out[i].Result = c.Result
		}
	}
	return out
}
