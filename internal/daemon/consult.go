package daemon

import (
	"fmt"

	"writ/internal/api"
	"writ/internal/approve"
	"writ/internal/audit"
	"writ/internal/verdict"
)

// consult brings in what a human said: an approval of exactly this operation allows it once; otherwise the
// question is put. Refusals that repeat are noticed and shown to the human, too.
func (d *Daemon) consult(r *ruling) {
	switch r.verdict.Effect {
	case verdict.Ask:
		d.consultAsk(r)
	case verdict.Deny:
		d.consultDeny(r)
	}
}

func (d *Daemon) consultAsk(r *ruling) {
	a, ok, err := d.queue.Use(r.call.operation)
	switch {
	case err != nil:
		r.verdict = unasked(err)
	case ok:
		r.used, r.call.settled = a.ID, true
		v := verdict.New(verdict.Allow, "approval", "approved", "approved by "+a.By+" ("+a.ID+")", "")
		v.Reasons = append(v.Reasons, r.verdict.Reasons...)
		r.verdict = v
		d.sessions.Succeeded(r.call.event.Session, r.call.operation)
	default:
		d.put(r)
	}
}

// put puts the question.
func (d *Daemon) put(r *ruling) {
	a, err := d.queue.Ask(r.question(approve.KindAsk))
	if err != nil {
		r.verdict = unasked(err)
		return
	}
	r.call.approval = a.ID
	r.stuck, _ = d.sessions.Repeated(r.call.event.Session, r.call.operation, limits(r.cfg))
}

func unasked(err error) verdict.Verdict {
	return verdict.New(verdict.Deny, "approval", "not-asked", "the question to a human could not be put: "+err.Error(), "report this to the person you work for")
}

func (d *Daemon) consultDeny(r *ruling) {
	if r.call.operation == "" {
		return
	}
	stuck, first := d.sessions.Repeated(r.call.event.Session, r.call.operation, limits(r.cfg))
	r.stuck = stuck
	if !first {
		return
	}
	if _, err := d.queue.Ask(r.question(approve.KindStuck)); err != nil {
		d.diag.Error("a repeated refusal could not be shown to a human", "error", err)
	}
}

// question describes the operation in the daemon's words.
func (r *ruling) question(kind string) api.Approval {
	ev := r.call.event
	q := api.Approval{
		Kind: kind, Digest: r.call.operation, Session: ev.Session, Agent: ev.Principal.Agent, Tool: ev.Tool,
		Summary: fmt.Sprintf("%s wants %s: %s", ev.Principal.Agent, ev.Tool, r.call.summary),
		Command: r.call.summary, Cwd: ev.Cwd, Rule: r.verdict.Rule(),
	}
	for _, reason := range r.verdict.Reasons {
		if reason.Effect <= verdict.Ask {
			q.Reasons = append(q.Reasons, reason.Rule+": "+reason.Text)
		}
	}
	for _, e := range r.effects {
		q.Effects = append(q.Effects, audit.Phrase(e))
	}
	return q
}
