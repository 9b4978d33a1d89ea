package daemon

import (
	"context"

	"writ/internal/audit"
	"writ/internal/hook"
	"writ/internal/verdict"
)

// dialog answers the host's permission dialog of an interactive session: what the rules allow or deny needs
// nobody, what they ask is left to the person who sits there. The event carries no tool use id, so it is
// joined by session, agent, tool and input. A dialog for a call that PreToolUse never saw is decided now and
// is an incident.
func (d *Daemon) dialog(ctx context.Context, in incoming) hook.Answer {
	c := d.calls.byInput(in.event)
	if c == nil {
		return d.dialogLate(ctx, in)
	}
	r := in.record(audit.KindSession)
	r.Effect, r.Rule = c.effect.String(), c.rule
	if err := d.note(r); err != nil {
		return d.closed(in, d.unhealthy())
	}
	a := hook.Answer{Effect: c.effect, Reason: c.text}
	if c.effect == verdict.Allow && c.given != inputDigest(in.event.Input) { // else the host would ask once more
		a.UpdatedInput = c.input
	}
	return a
}

func (d *Daemon) dialogLate(ctx context.Context, in incoming) hook.Answer {
	r := in.record(audit.KindIncident)
	r.Rule, r.Reasons = "hook-bypassed", []string{"a dialog was shown for a call that no decision was made for"}
	d.incident(r)
	return d.preTool(ctx, in)
}
