package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"writ/internal/guard"
	"writ/internal/snapshot"
)

// restoring holds the flags of `writ restore`.
type restoring struct {
	env       *Env
	project   string
	to        string
	force     bool
	show      bool
	asJSON    bool
	prune     bool
	repo      bool
	keep      int
	olderThan time.Duration
}

func newRestore(env *Env) *cobra.Command {
	o := restoring{env: env}
	cmd := &cobra.Command{
		Use:   "restore [ID [PATH…]]",
		Short: "List the snapshots of uncommitted work, and bring one back byte for byte",
		Long: `Before a command that would destroy uncommitted work runs, writ keeps that work. Without an ID, restore
lists what was kept for this project, newest first. With an ID (its beginning or end is enough, "last" for
the newest) it brings everything back, or only the paths named.

In place, a file that was changed since is not touched: --force replaces it, after keeping the newer content
in a snapshot of its own. --to writes into another folder and overwrites nothing. Stash entries, branches and
tags that are gone come back too when no path is named.

--repository brings back the repository itself, or what is gone from it: before a command runs that nobody could
read, every branch, tag, stash entry and snapshot is copied to writ's own folder, where no sandbox reaches. What is
there and whole is not touched; restore the files afterwards.

--prune removes old snapshots: all but the newest --keep ones and those younger than --older-than.`,
		Example: `  writ restore                          what was kept
  writ restore --show last              which files are in it
  writ restore last                     bring everything back
  writ restore 4f1c2a9b src/main.go     one file; the end of the id is enough
  writ restore last --to /tmp/look      beside, to compare
  writ restore --repository && git restore . && writ restore last
  writ restore --prune --keep 50 --older-than 720h`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.project, "project", "", "the project's folder (default: the one around the current folder)")
	f.StringVar(&o.to, "to", "", "write below this folder instead of in place")
	f.BoolVar(&o.force, "force", false, "replace newer uncommitted work, after keeping it")
	f.BoolVar(&o.show, "show", false, "show what the snapshot holds; restore nothing")
	f.BoolVar(&o.asJSON, "json", false, "print JSON")
	f.BoolVar(&o.repo, "repository", false, "bring back what is gone from the repository itself: refs, commits, snapshots")
	f.BoolVar(&o.prune, "prune", false, "remove old snapshots")
	f.IntVar(&o.keep, "keep", 0, "with --prune: how many of the newest stay")
	f.DurationVar(&o.olderThan, "older-than", 0, "with --prune: younger ones stay (720h)")
	return cmd
}

func (o *restoring) run(ctx context.Context, args []string) error {
	where, err := o.where()
	if err != nil {
		return err
	}
	switch {
	case o.repo:
		return o.recover(ctx, where, args)
	case o.prune && len(args) > 0:
		return fail(ExitUsage, "writ restore --prune --keep 50", "--prune takes no snapshot: it goes by number and age")
	case o.prune:
		return o.doPrune(ctx, where)
	case len(args) == 0 && (o.show || o.to != "" || o.force):
		return fail(ExitUsage, "writ restore lists the ids", "name the snapshot")
	case len(args) == 0:
		return o.list(ctx, where)
	case o.show:
		return o.showOne(ctx, where, args[0])
	}
	return o.restore(ctx, where, args[0], args[1:])
}

// recover brings back the repository.
func (o *restoring) recover(ctx context.Context, where snapshot.Where, args []string) error {
	if len(args) > 0 {
		return fail(ExitUsage, "writ restore --repository", "--repository takes no snapshot")
	}
	r, err := snapshot.Recover(ctx, where)
	if errors.Is(err, snapshot.ErrNoMirror) {
		return fail(ExitFailed, "writ restore lists the snapshots", "%w", err)
	}
	if err != nil {
		return fail(ExitFailed, "", "%w", err)
	}
	if o.asJSON {
		return printJSON(o.env.Stdout, r)
	}
	if r.Made {
		fmt.Fprintln(o.env.Stdout, "made the repository anew; its settings and hooks are the person's to bring back")
	}
	for _, ref := range r.Refs {
		fmt.Fprintln(o.env.Stdout, "brought back", ref)
	}
	if r.Aside != "" {
		fmt.Fprintln(o.env.Stdout, "objects that git could not read are kept in", r.Aside)
	}
	if len(r.Refs) == 0 {
		fmt.Fprintln(o.env.Stdout, "nothing was gone")
		return nil
	}
	fmt.Fprintln(o.env.Stdout, "next: git restore . && writ restore last")
	return nil
}

func (o *restoring) where() (snapshot.Where, error) {
	h, err := o.env.home()
	if err != nil {
		return snapshot.Where{}, fail(ExitSetup, "", "%w", err)
	}
	dir := o.project
	if dir == "" {
		if dir, err = os.Getwd(); err != nil {
			return snapshot.Where{}, fail(ExitUsage, "name it with --project", "find the current folder: %w", err)
		}
		user, _ := os.UserHomeDir() // unknown: no folder is left out
		dir = guard.ProjectOf(dir, user)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return snapshot.Where{}, fail(ExitUsage, "", "--project: %w", err)
	}
	return snapshot.Where{Project: abs, StateDir: h.Snapshots()}, nil
}

func (o *restoring) list(ctx context.Context, where snapshot.Where) error {
	all, err := snapshot.List(ctx, where)
	if err != nil {
		return fail(ExitFailed, "", "%w", err)
	}
	if o.asJSON {
		if all == nil {
			all = []snapshot.Snapshot{}
		}
		return o.json(all)
	}
	if len(all) == 0 {
		fmt.Fprintf(o.env.Stdout, "no snapshot of %s: nothing was in danger\n", where.Project)
		return nil
	}
	p := newPaint(o.env)
	for _, s := range all {
		if s.Forged {
			fmt.Fprintf(o.env.Stdout, "%s  not made by writ, or changed since: not restored\n", s.ID)
			continue
		}
		fmt.Fprintf(o.env.Stdout, "%s  %s  %s  %s  %s\n", p.bold(s.ID), s.Time.Local().Format("Jan 02 15:04:05"),
			holds(s), s.Agent, p.dim(oneLine(s.Why)))
	}
	return nil
}

// holds counts what a snapshot has, in words.
func holds(s snapshot.Snapshot) string {
	files := 0
	for _, e := range s.Entries {
		if e.Kind != snapshot.KindDir {
			files++
		}
	}
	out := fmt.Sprintf("%d files, %s", files, size(s.Bytes))
	if n := len(s.Commits); n > 0 {
		out += fmt.Sprintf(", %d commits", n)
	}
	return out
}

func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

func (o *restoring) showOne(ctx context.Context, where snapshot.Where, id string) error {
	s, err := snapshot.Find(ctx, where, id)
	if err != nil {
		return restoreError(err)
	}
	if o.asJSON {
		return o.json(s)
	}
	w := o.env.Stdout
	fmt.Fprintf(w, "%s  %s\n  folder   %s\n  because  %s\n  agent    %s\n  stood at %.12s %s\n", s.ID, holds(s), s.Root, oneLine(s.Why), s.Agent, s.Head, s.Branch)
	for _, e := range s.Entries {
		fmt.Fprintf(w, "  %s %9s  %q\n", os.FileMode(e.Mode), e.Kind, e.Name())
	}
	for _, e := range s.Staged {
		fmt.Fprintf(w, "  staged content of %q: git cat-file blob %s\n", e.Name(), e.OID)
	}
	for _, c := range s.Commits {
		fmt.Fprintf(w, "  %.12s  %s  %s\n", c.OID, c.Ref, c.Message)
	}
	for _, n := range append(skipped(s), s.Notes...) {
		fmt.Fprintf(w, "  note: %s\n", n)
	}
	return nil
}

func skipped(s snapshot.Snapshot) []string {
	var out []string
	for _, p := range s.Skipped {
		out = append(out, "not kept: "+p+" is made again by a build")
	}
	return out
}

func (o *restoring) restore(ctx context.Context, where snapshot.Where, id string, paths []string) error {
	full, err := absolutePaths(ctx, where, id, paths)
	if err != nil {
		return restoreError(err)
	}
	done, err := snapshot.Restore(ctx, where, id, full, snapshot.Options{To: o.to, Force: o.force})
	if err != nil {
		return restoreError(err)
	}
	if o.asJSON {
		return o.json(done)
	}
	w := o.env.Stdout
	fmt.Fprintf(w, "restored %d of %d paths to %s; %d were there already\n", len(done.Written), len(done.Written)+len(done.Same), done.To, len(done.Same))
	for _, r := range done.Refs {
		fmt.Fprintf(w, "made again: %s\n", r)
	}
	for _, n := range done.Notes {
		fmt.Fprintf(w, "note: %s\n", n)
	}
	if done.Before != "" {
		fmt.Fprintf(w, "what was there before is kept as %s\n", done.Before)
	}
	return nil
}

// absolutePaths reads paths as typed in the current folder; where that is outside the snapshot's root, as
// relative to the root.
func absolutePaths(ctx context.Context, where snapshot.Where, id string, paths []string) ([]string, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	s, err := snapshot.Find(ctx, where, id)
	if err != nil {
		return nil, err
	}
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if cwd = guard.Canonical(cwd); cwd != s.Root && !strings.HasPrefix(cwd, s.Root+"/") {
		cwd = s.Root
	}
	out := make([]string, len(paths))
	for i, p := range paths {
		if out[i] = p; !filepath.IsAbs(p) {
			out[i] = filepath.Join(cwd, p)
		}
	}
	return out, nil
}

func (o *restoring) doPrune(ctx context.Context, where snapshot.Where) error {
	if o.keep <= 0 && o.olderThan <= 0 {
		return fail(ExitUsage, "writ restore --prune --keep 50 --older-than 720h", "say what stays: --keep, --older-than or both")
	}
	gone, err := snapshot.Prune(ctx, where, snapshot.Keep{Last: o.keep, Age: o.olderThan}, time.Now())
	if err != nil {
		return fail(ExitFailed, "", "%w", err)
	}
	if o.asJSON {
		if gone == nil {
			gone = []string{}
		}
		return o.json(map[string]any{"removed": gone})
	}
	fmt.Fprintf(o.env.Stdout, "removed %d snapshots\n", len(gone))
	return nil
}

func (o *restoring) json(v any) error {
	enc := json.NewEncoder(o.env.Stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// restoreError gives the hint that fits.
func restoreError(err error) error {
	switch {
	case errors.Is(err, snapshot.ErrNotFound):
		return fail(ExitUsage, "writ restore lists the snapshots, writ restore --show ID what one holds", "%w", err)
	case errors.Is(err, snapshot.ErrNewer):
		return fail(ExitFailed, "--force replaces it after keeping it, --to DIR restores beside it", "%w", err)
	}
	return fail(ExitFailed, "", "%w", err)
}
