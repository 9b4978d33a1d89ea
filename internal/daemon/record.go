package daemon

import (
	"context"
	"errors"
	"time"

	"writ/internal/api"
	"writ/internal/audit"
)

// recordWait bounds the wait for the disk; a disk that takes longer denies.
const recordWait = 15 * time.Second

// note makes a record durable. It does not end with the request: a client that went away must not keep a
// decision out of the log. An error means that nothing may be allowed on the strength of this record; a
// failed log stays failed and denies everything from then on.
func (d *Daemon) note(r audit.Record) error {
	ctx, cancel := context.WithTimeout(context.Background(), recordWait)
	defer cancel()
	_, err := d.log.Append(ctx, r)
	if err == nil {
		d.decided.note(r)
		return nil
	}
	if !errors.Is(err, audit.ErrTooLong) {
		why := "the audit log cannot be written: " + err.Error()
		if d.problem.CompareAndSwap(nil, &why) {
			d.diag.Error("unhealthy: everything is denied from here on", "error", err)
		}
	}
	return err
}

// unhealthy gives the reason for denying everything, "" when there is none.
func (d *Daemon) unhealthy() string {
	if p := d.problem.Load(); p != nil {
		return *p
	}
	return ""
}

// journal records a question's change of state before it takes effect.
func (d *Daemon) journal(a api.Approval) error {
	return d.note(audit.Record{
		Kind: audit.KindApproval, Session: a.Session, Agent: a.Agent, Tool: a.Tool, Cwd: a.Cwd,
		Rule: a.Rule, Summary: a.Summary, Approval: a.ID,
		Data: map[string]any{"state": a.State, "kind": a.Kind, "digest": a.Digest, "group": a.Group, "by": a.By, "why": a.Why, "expires": a.Expires.UTC().Format(time.RFC3339)},
	})
}

// incident records that a control was touched or passed by. It refuses nothing by itself, so a log that
// cannot take it is only reported.
func (d *Daemon) incident(r audit.Record) {
	r.Kind = audit.KindIncident
	if r.Run != "" {
		d.runs.incident(r.Run)
	}
	if err := d.note(r); err != nil {
		d.diag.Error("an incident could not be recorded", "rule", r.Rule, "summary", r.Summary, "error", err)
	}
}
