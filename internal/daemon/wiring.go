package daemon

import (
	"context"

	"writ/internal/audit"
	"writ/internal/hook"
	"writ/internal/verdict"
)

// configChange holds the settings that a session started with. Every source is blocked, because the next
// accepted change of any of them would make the host read all files again, the changed one too; and the
// files are put back.
func (d *Daemon) configChange(ctx context.Context, in incoming) hook.Answer {
	r := in.record(audit.KindWiring)
	r.Summary, r.Effect, r.Rule = in.payload.Source+" changed: "+in.payload.FilePath, verdict.Deny.String(), "wiring-held"
	restored, err := d.restore(ctx, in)
	r.Data["restored"] = restored
	if err != nil {
		r.Data["error"] = err.Error()
	}
	if nerr := d.note(r); nerr != nil {
		return d.closed(in, d.unhealthy())
	}
	if restored || err != nil || in.payload.Source == "policy_settings" { // the last cannot be blocked
		i := in.record(audit.KindIncident)
		i.Rule, i.Summary = "wiring-changed", r.Summary
		d.incident(i)
	}
	return hook.Answer{Effect: verdict.Deny, Reason: "writ: settings that hold the guard do not change during a session (" + in.payload.Source + "); end the session, change them, start again"}
}

func (d *Daemon) restore(ctx context.Context, in incoming) (bool, error) {
	if d.opt.Wiring == nil {
		return false, nil
	}
	return d.opt.Wiring.Restore(ctx, in.payload)
}

// policyChanged records that a project's rules were loaded, or that they do not load.
func (d *Daemon) policyChanged(p *project) {
	r := audit.Record{Kind: audit.KindPolicy, Project: p.root, Summary: "rules loaded"}
	if p.err != nil {
		r.Summary, r.Reasons = "rules do not load: everything is denied", []string{p.err.Error()}
	}
	if err := d.note(r); err != nil {
		d.diag.Error("a change of rules could not be recorded", "project", p.root, "error", err)
	}
}
