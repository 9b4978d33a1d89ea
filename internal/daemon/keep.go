package daemon

import (
	"context"
	"time"

	"writ/internal/audit"
	"writ/internal/snapshot"
	"writ/internal/verdict"
)

// keepWait bounds the time for one snapshot; a slower one asks instead.
const keepWait = 15 * time.Second

// keep takes a snapshot before a call that would discard work can run. A call that is asked about is kept,
// too: the host's own dialog may let it run without another word to us. What cannot be kept asks.
func (d *Daemon) keep(ctx context.Context, r *ruling) {
	if r.verdict.Effect == verdict.Deny || !r.call.need.Any() {
		return
	}
	id, err := d.snapshot(ctx, r.call, "before "+r.call.summary)
	if err == nil && r.decided.Keep {
		err = d.mirror(ctx, r.call.event.Project)
	}
	if err != nil {
		r.call.unkept = true
		r.verdict = verdict.Combine(r.verdict, lost(err))
		return
	}
	r.kept = id
}

// mirror copies the repository to where no sandbox reaches: a command that nobody could read may change all of it.
func (d *Daemon) mirror(ctx context.Context, project string) error {
	ctx, cancel := context.WithTimeout(ctx, keepWait)
	defer cancel()
	return snapshot.Mirror(ctx, snapshot.Where{Project: project, StateDir: d.opt.Home.Snapshots()})
}

func lost(err error) verdict.Verdict {
	return verdict.New(verdict.Ask, "snapshot", "snapshot-failed", "the work it would discard could not be kept: "+err.Error(), "commit the work first")
}

// snapshot keeps what the call needs kept and records it; the id is empty when nothing needed keeping.
func (d *Daemon) snapshot(ctx context.Context, c *call, why string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, keepWait)
	defer cancel()
	s, err := snapshot.Take(ctx, snapshot.Request{
		Project: c.event.Project, Cwd: c.event.Cwd, StateDir: d.opt.Home.Snapshots(), Need: c.need,
		Why: why, Session: c.event.Session, Agent: c.event.Principal.Agent,
	})
	if err != nil || s.ID == "" {
		return "", err
	}
	r := audit.Of(audit.KindSnapshot, c.event)
	r.Run, r.Summary = c.run, why
	r.Data = map[string]any{"snapshot": s.ID, "entries": len(s.Entries), "bytes": s.Bytes}
	return s.ID, d.note(r)
}
