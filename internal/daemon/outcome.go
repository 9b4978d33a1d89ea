package daemon

import (
	"context"
	"time"

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
	if c != nil {
		d.close(in, c)
	}
	return hook.Answer{Effect: verdict.Abstain}
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

// liveWait bounds the comparison of transcripts with the log.
const liveWait = 5 * time.Second

// stopped records that an agent or session ends, and compares its transcripts with the log.
func (d *Daemon) stopped(ctx context.Context, in incoming) hook.Answer {
	if err := d.note(in.record(audit.KindSession)); err != nil {
		return d.closed(in, d.unhealthy())
	}
	a := hook.Answer{Effect: verdict.Abstain}
	if in.payload.Name == "SubagentStop" {
		return a
	}
	a.Notice = d.compare(ctx, in)
	if in.payload.Name == "SessionEnd" {
		d.endSession(in)
	}
	return a
}

// endSession closes the questions that nobody can be answered for any more.
func (d *Daemon) endSession(in incoming) {
	for _, c := range d.calls.open(in.event.Session) {
		if d.calls.settle(c) {
			d.runs.answered(c.run, expired, c.summary+" ("+c.rule+")")
		}
	}
	d.sessions.End(in.event.Session)
}

// compare records every tool call of the transcripts that no decision was made for, and says so.
func (d *Daemon) compare(ctx context.Context, in incoming) string {
	if d.opt.Liveness == nil || in.event.Transcript == "" {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, liveWait)
	defer cancel()
	missing, err := d.opt.Liveness.Unrecorded(ctx, in.event.Transcript, in.event.Session)
	if err != nil {
		d.diag.Error("compare the transcript with the log", "session", in.event.Session, "error", err)
		return ""
	}
	for _, m := range missing {
		r := in.record(audit.KindIncident)
		r.Rule, r.Summary = "call-without-decision", m
		d.incident(r)
	}
	if len(missing) == 0 {
		return ""
	}
	return "writ: tool calls ran without a decision: run writ audit reconcile " + in.event.Transcript
}
