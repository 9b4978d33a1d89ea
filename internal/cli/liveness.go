package cli

import (
	"context"
	"fmt"
	"sync"
	"time"

	"writ/internal/audit"
	"writ/internal/transcript"
)

// liveness compares transcripts with the log in dir. The daemon is given one, so that it can do by itself
// what writ audit reconcile does. It says each thing once.
type liveness struct {
	dir  string
	said sync.Map // ids of calls
}

// Unrecorded lists the calls of a session's transcripts, its subagents' included, that ran without a
// decision or against one. Calls from before the session's first record are left out: a session may have
// begun before writ was installed and be resumed under it.
func (l *liveness) Unrecorded(ctx context.Context, path, session string) ([]string, error) {
	calls, _, err := transcript.ReadSession(path)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	began, err := l.began(session)
	if err != nil {
		return nil, err
	}
	var under []transcript.Call
	for _, c := range calls {
		if c.Time.IsZero() || !c.Time.Before(began) {
			under = append(under, c)
		}
	}
	incidents, err := l.incidents(under, session)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, i := range incidents {
		if _, again := l.said.LoadOrStore(i.Call.ID, true); !again {
			out = append(out, fmt.Sprintf("%s %s: %s", i.Call.ID, i.Call.Tool, i.What))
		}
	}
	return out, nil
}

// began is when the log first names a session, the zero time when it does not.
func (l *liveness) began(session string) (time.Time, error) {
	for r, err := range audit.Read(l.dir, audit.Filter{Session: session}) {
		return r.Time, err
	}
	return time.Time{}, nil
}

// incidents looks the calls up among the session's records; when some are not found there, among all
// records, since a resumed session carries on calls that were decided under another id.
func (l *liveness) incidents(calls []transcript.Call, session string) ([]transcript.Incident, error) {
	decided, err := audit.Decisions(l.dir, audit.Filter{Session: session})
	if err != nil {
		return nil, err
	}
	r := transcript.Reconcile(calls, lookup(decided))
	if len(r.Incidents) == 0 {
		return nil, nil
	}
	if decided, err = audit.Decisions(l.dir, audit.Filter{}); err != nil {
		return nil, err
	}
	return transcript.Reconcile(calls, lookup(decided)).Incidents, nil
}

func lookup(decided map[string]audit.Decided) transcript.Lookup {
	return func(id string) (transcript.Decision, bool) {
		d, ok := decided[id]
		return transcript.Decision{Effect: d.Effect, Seq: d.Seq}, ok
	}
}
