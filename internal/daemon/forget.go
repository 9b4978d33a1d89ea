package daemon

import (
	"context"
	"time"

	"writ/internal/audit"
	"writ/internal/config"
	"writ/internal/snapshot"
)

const (
	// forgetEvery is how often what is too old is removed.
	forgetEvery = 24 * time.Hour
	// forgetWait bounds the time for one project's snapshots.
	forgetWait = time.Minute
)

// forgetOld removes at the start and daily what the configuration does not keep, until ctx ends.
func (d *Daemon) forgetOld(ctx context.Context) {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		d.forgetRecords(ctx)
		for _, root := range d.projects.roots() {
			d.forgetSnapshots(ctx, root, time.Now())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// forgetRecords removes finished segments of the log that are too old. The log is everybody's, so no project has
// a say. Without a readable configuration everything stays.
func (d *Daemon) forgetRecords(ctx context.Context) {
	cfg, err := config.Load(d.opt.Home.Config(), d.opt.OrgConfig, "")
	if err != nil || cfg.AuditKeep <= 0 {
		return
	}
	n, err := d.log.Retain(ctx, audit.Retention{MaxAge: cfg.AuditKeep})
	if err != nil {
		d.diag.Error("old records could not be removed", "error", err)
	} else if n > 0 {
		d.diag.Info("old records removed", "records", n)
	}
}

// forgetSnapshots removes snapshots of a project that are neither among the newest nor young.
func (d *Daemon) forgetSnapshots(ctx context.Context, root string, now time.Time) {
	if root == "" || ctx.Err() != nil {
		return
	}
	p := d.projects.of(root)
	if p.err != nil || p.cfg.SnapshotKeep <= 0 || p.cfg.SnapshotAge <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, forgetWait)
	defer cancel()
	keep := snapshot.Keep{Last: p.cfg.SnapshotKeep, Age: p.cfg.SnapshotAge, Forged: true}
	gone, err := snapshot.Prune(ctx, snapshot.Where{Project: root, StateDir: d.opt.Home.Snapshots()}, keep, now)
	if err != nil {
		d.diag.Error("old snapshots could not be removed", "project", root, "error", err)
	}
	if len(gone) == 0 {
		return
	}
	r := audit.Record{Kind: audit.KindSnapshot, Project: root, Summary: "old snapshots removed", Data: map[string]any{"removed": len(gone)}}
	if err := d.note(r); err != nil {
		d.diag.Error("a removal of snapshots could not be recorded", "error", err)
	}
}
