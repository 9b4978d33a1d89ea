package cli

import (
	"context"
	"fmt"

	"writ/internal/audit"
	"writ/internal/transcript"
)

// liveness compares transcripts with the log in dir. The daemon is given one, so that it can do by itself
// what writ audit reconcile does.
type liveness struct{ dir string }

// Unrecorded lists the calls of a session's transcripts, its subagents' included, that ran without a
// decision or against one.
func (l liveness) Unrecorded(ctx context.Context, path, session string) ([]string, error) {
	calls, _, err := transcript.ReadSession(path)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r, err := l.reconcile(calls, session)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, i := range r.Incidents {
		out = append(out, fmt.Sprintf("%s %s: %s", i.Call.ID, i.Call.Tool, i.What))
	}
	return out, nil
}

// reconcile looks the calls up among the session's records; those not found there among all records,
// since a resumed session carries on calls that were decided under another id.
func (l liveness) reconcile(calls []transcript.Call, session string) (transcript.Reconciliation, error) {
	decided, err := audit.Decisions(l.dir, audit.Filter{Session: session})
	if err != nil {
		return transcript.Reconciliation{}, err
	}
	r := transcript.Reconcile(calls, lookup(decided))
	if len(r.Incidents) == 0 || session == "" {
		return r, nil
	}
	if decided, err = audit.Decisions(l.dir, audit.Filter{}); err != nil {
		return r, err
	}
	return transcript.Reconcile(calls, lookup(decided)), nil
}

func lookup(decided map[string]audit.Decided) transcript.Lookup {
	return func(id string) (transcript.Decision, bool) {
		d, ok := decided[id]
		return transcript.Decision{Effect: d.Effect, Seq: d.Seq}, ok
	}
}
