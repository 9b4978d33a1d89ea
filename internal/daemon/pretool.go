package daemon

import (
	"context"
	"fmt"
	"time"

	"writ/internal/approve"
	"writ/internal/audit"
	"writ/internal/config"
	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/guard"
	"writ/internal/hook"
	"writ/internal/level"
	"writ/internal/session"
	"writ/internal/snapshot"
	"writ/internal/verdict"
)

// ruling is a decision on its way to the answer.
type ruling struct {
	call    *call
	verdict verdict.Verdict
	effects []effect.Effect
	cfg     config.Config
	stuck   bool
	used    string // id of the approval that was spent on it
	kept    string // id of the snapshot that was taken
	start   time.Time
	decided guard.Decision
	level   level.Level // how strongly the call will be confined
	profile string      // the name of the profile that it runs under
}

// preTool decides a tool call that is about to run. The order matters: first what the rules say, then what a
// human said about it, then the record, and only then the answer. The snapshot comes before the question, so
// that the human hears when the work could not be kept.
func (d *Daemon) preTool(ctx context.Context, in incoming) hook.Answer {
	r := d.rule(ctx, in)
	d.keep(ctx, r)
	d.consult(r)
	rewritten := d.confine(in, r, r.decided) || d.rewrite(in, r)
	if d.floor.pool == nil && r.verdict.Effect != verdict.Deny {
		d.watch(in, r)
	}
	r.call.effect, r.call.rule, r.call.text = r.verdict.Effect, r.verdict.Rule(), d.words(r) // confine may have refused it
	if err := d.note(r.record()); err != nil {
		return d.closed(in, d.unhealthy())
	}
	d.calls.add(r.call)
	if r.verdict.Effect == verdict.Allow {
		d.named.add(in.run, r.call.hosts, time.Now())
	}
	d.runs.decided(in.run, r.verdict.Effect, r.call.summary+" ("+r.call.rule+")")
	if r.verdict.Effect == verdict.Deny {
		d.sessions.Refused(in.event.Session, in.event.ToolUseID)
	}
	a := hook.Answer{Effect: r.verdict.Effect, Reason: r.call.text}
	if rewritten {
		a.UpdatedInput = r.call.input
	}
	return a
}

// rule asks the project's guard and the limits.
func (d *Daemon) rule(ctx context.Context, in incoming) *ruling {
	ev := in.event
	p := d.projects.of(ev.Project)
	r := &ruling{start: time.Now(), cfg: p.cfg, call: &call{
		event: ev, run: in.run, at: time.Now(), input: ev.Input, asked: inputDigest(ev.Input), summary: audit.Summarise(ev.Tool, ev.Input),
	}}
	r.call.given = r.call.asked
	if p.err != nil {
		r.verdict = verdict.New(verdict.Deny, "settings", "settings-invalid", p.err.Error(), "ask the person to mend the file; nothing runs until then")
		return r
	}
	dec := p.guard.WithLevel(d.confined(ev)).Decide(ctx, ev)
	r.effects, r.decided = dec.Effects, dec
	r.verdict = verdict.Combine(dec.Verdict, d.required(p.cfg), d.hooked(ev, dec), d.agents.spare(dec.Effects), d.sessions.Limit(ev.Session, ev.Principal.Agent, pace(ev.Tool), limits(p.cfg)))
	r.call.need = snapshot.Needed(dec.Effects)
	if dec.Keep {
		r.call.need = r.call.need.Unread()
	}
	r.call.writes, r.call.hosts = written(dec.Effects), hostsOf(ev.Tool, dec)
	r.bind(dec)
	return r
}

// bind makes the digest that a human's answer will be bound to.
func (r *ruling) bind(dec guard.Decision) {
	op, all := operation(r.call.event, dec.Effects)
	digest, err := op.Digest()
	if err == nil && !all && r.verdict.Effect == verdict.Ask { // an approval would not hold the files that nobody read
		err = fmt.Errorf("more than %d files would run", maxFiles)
	}
	if err != nil {
		r.verdict = verdict.Combine(r.verdict, verdict.New(verdict.Deny, "approval", "operation-unclear", err.Error(), "send the call's input as one JSON object, and fewer programs at a time"))
		return
	}
	r.call.operation, r.call.files = digest, op.Files
}

// operation is what a human is asked about: the call with its resolved effects and the files that will run, and
// whether these are all in it.
func operation(ev event.Event, effects []effect.Effect) (op approve.Operation, all bool) {
	op, all = approve.Operation{Tool: ev.Tool, Input: ev.Input, Cwd: ev.Cwd, Agent: ev.Principal.Agent, Files: map[string]string{}}, true
	for _, e := range effects {
		op.Effects = append(op.Effects, audit.Phrase(e))
		if !executes(e.Kind) || e.Path == "" || op.Files[e.Path] != "" {
			continue
		}
		if all = all && len(op.Files) < maxFiles; all {
			op.Files[e.Path] = approve.FileDigest(e.Path)
		}
	}
	return op, all
}

// maxFiles bounds the files read for one digest; the effects themselves are all in it.
const maxFiles = 32

func executes(k effect.Kind) bool {
	return k == effect.Exec || k == effect.ExecInline || k == effect.ExecTampered || k == effect.ExecDownload
}

func pace(tool string) session.Pace {
	switch tool {
	case "Agent", "Task":
		return session.Spawns
	case "SendMessage":
		return session.Message
	}
	return session.Plain
}

func limits(c config.Config) session.Limits {
	return session.Limits{CallsPerMinute: c.CallsPerMinute, SpawnsPerMinute: c.SpawnsPerMinute, MessagesPerMinute: c.MessagesPerMinute, Repeats: c.Repeats}
}

// record is the decision as the log keeps it.
func (r *ruling) record() audit.Record {
	rec := audit.Decision(r.call.event, r.verdict, r.effects, time.Since(r.start))
	rec.Run, rec.Approval = r.call.run, r.call.approval
	data := map[string]any{"level": r.level.String()}
	if r.profile != "" {
		data["scope"] = r.profile
	}
	if r.used != "" {
		rec.Approval = r.used
		data["approved"] = true
	}
	if r.stuck {
		data["repeated"] = true
	}
	if r.kept != "" {
		data["snapshot"] = r.kept
	}
	if r.call.given != r.call.asked {
		data["rewritten"] = true
	}
	rec.Data = data
	return rec
}

// written are the paths that a call changes, as far as they are known.
func written(effects []effect.Effect) (out []string) {
	for _, e := range effects {
		if e.Path != "" && (e.Kind == effect.FSWrite || e.Kind == effect.FSLink) {
			out = append(out, e.Path)
		}
	}
	return out
}
