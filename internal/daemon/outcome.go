package daemon

import (
	"writ/internal/approve"
	"writ/internal/audit"
	"writ/internal/hook"
	"writ/internal/verdict"
)

// outcome records how a call went. One that was asked about and ran was approved in the host's own dialog,
// unless it was approved here; one that was denied and ran is an incident.
func (d *Daemon) outcome(in incoming) hook.Answer {
	p := in.payload
	r := in.record(audit.KindOutcome)
	r.Data["ok"] = p.Name == "PostToolUse"
	r.Data["duration_ms"] = p.DurationMS
	if p.Error != "" {
		r.Data["error"] = audit.Redact(p.Error)
	}
	c := d.calls.byUse(p.ToolUseID, p.Session, "")
	r.Data["decided"] = c != nil
	if err := d.note(r); err != nil {
		return d.closed(in, d.unhealthy())
	}
	a := hook.Answer{Effect: verdict.Abstain}
	if c != nil {
		a.Context, a.Notice = d.floorSays(in, c)
		d.close(in, c)
	}
	return a
}

// close draws the consequences of an outcome.
func (d *Daemon) close(in incoming, c *call) {
	ran := in.payload.Name != "PermissionDenied"
	switch {
	case ran && c.effect == verdict.Deny:
		r := in.record(audit.KindIncident)
		r.Rule, r.Reasons = "denied-but-ran", []string{"the call ran although it was denied (" + c.rule + ")"}
		d.incident(r)
	case c.effect == verdict.Ask && d.calls.settle(c):
		d.settleElsewhere(c, ran)
	}
	d.calls.end(c)
}

// settleElsewhere closes a question that was answered in the host's dialog.
func (d *Daemon) settleElsewhere(c *call, ran bool) {
	state, how := approve.Rejected, rejected
	if ran {
		state, how = approve.Used, approved
		d.sessions.Succeeded(c.event.Session, c.operation)
	}
	if _, err := d.queue.Settle(c.approval, state, "the host's dialog"); err != nil {
		d.diag.Error("settle", "approval", c.approval, "error", err)
	}
	d.runs.answered(c.run, how, c.summary)
}
