package snapshot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"writ/internal/gitsafe"
)

// Options of a restore. In place is the default.
type Options struct {
	// To writes below this folder instead; nothing there is ever overwritten.
	To string
	// Force lets newer uncommitted work be replaced in place, after it was kept in a snapshot of its own.
	Force bool
	// Limits bound that snapshot.
	Limits Limits
}

// Restored says what a restore did.
type Restored struct {
	ID      string   `json:"id"`
	To      string   `json:"to"`
	Written []string `json:"written"`
	Same    []string `json:"same,omitempty"` // was there already, byte for byte
	Refs    []string `json:"refs,omitempty"` // stash entries, branches and tags made again
	Before  string   `json:"before,omitempty"`
	Notes   []string `json:"notes,omitempty"`
}

// Restore brings back the snapshot's paths, or those at or below the given ones (absolute, or relative to the
// snapshot's root). Nothing is written before everything was looked at. ErrNewer means that uncommitted work
// stands in the way.
func Restore(ctx context.Context, w Where, id string, paths []string, o Options) (Restored, error) {
	s, err := Find(ctx, w, id)
	if err != nil {
		return Restored{}, err
	}
	if s.Forged {
		return Restored{}, fmt.Errorf("snapshot %s was not made by writ or was changed since: it is not restored", s.ID)
	}
	r := &restoring{ctx: ctx, where: w, snap: s, opt: o, done: Restored{ID: s.ID, To: s.Root}}
	if err := r.run(paths); err != nil {
		return Restored{}, fmt.Errorf("restore %s: %w", s.ID, err)
	}
	return r.done, nil
}

// restoring is one Restore on its way.
type restoring struct {
	ctx   context.Context
	where Where
	snap  Snapshot
	opt   Options
	done  Restored

	inside, outside *os.Root // what entries below the root, and others, are written through
	todo            []Entry
	newer           []string // absolute paths whose present content would be replaced
}

func (r *restoring) run(paths []string) error {
	chosen, err := choose(r.snap, paths)
	if err != nil {
		return err
	}
	if err := r.open(); err != nil {
		return err
	}
	defer r.close()
	for _, e := range chosen {
		if err := r.look(e); err != nil {
			return err
		}
	}
	if err := r.guardNewer(); err != nil {
		return err
	}
	if err := r.writeAll(); err != nil {
		return err
	}
	if len(paths) == 0 && r.opt.To == "" {
		return r.refs()
	}
	return nil
}

// choose picks the entries that the paths name; every path must name at least one.
func choose(s Snapshot, paths []string) ([]Entry, error) {
	if len(paths) == 0 {
		return s.Entries, nil
	}
	picked := map[string]bool{}
	for _, p := range paths {
		want, hit := filepath.Clean(p), false
		if rel, ok := below(want, s.Root); ok {
			want = rel
		}
		for _, e := range s.Entries {
			if _, ok := below(e.Name(), want); ok || want == "." {
				picked[e.Name()], hit = true, true
			}
		}
		if !hit {
			return nil, fmt.Errorf("%w: it holds nothing at %q", ErrNotFound, p)
		}
	}
	var out []Entry
	for _, e := range s.Entries {
		if picked[e.Name()] {
			out = append(out, e)
		}
	}
	return out, nil
}

// open prepares the folders to write through. os.Root keeps every write below them, whatever symbolic links
// somebody put there meanwhile.
func (r *restoring) open() (err error) {
	base := r.snap.Root
	if r.opt.To != "" {
		base = real(r.opt.To)
		r.done.To = base
	}
	if err := os.MkdirAll(base, 0o755); err != nil {
		return err
	}
	if r.inside, err = os.OpenRoot(base); err != nil {
		return err
	}
	if r.opt.To != "" {
		r.outside, err = r.inside, nil
		return err
	}
	r.outside, err = os.OpenRoot("/")
	return err
}

func (r *restoring) close() {
	r.inside.Close()
	if r.outside != nil && r.outside != r.inside {
		r.outside.Close()
	}
}

// place says where an entry is written: through which root, under which name.
func (r *restoring) place(e Entry) (*os.Root, string) {
	name, abs := strings.CutPrefix(e.Name(), "/")
	switch {
	case abs && r.opt.To != "":
		return r.inside, filepath.Join("abs", name)
	case abs:
		return r.outside, name
	}
	return r.inside, name
}

// look compares one entry with what stands in its place.
func (r *restoring) look(e Entry) error {
	root, name := r.place(e)
	fi, err := root.Lstat(name)
	if os.IsNotExist(err) || notDir(err) {
		r.todo = append(r.todo, e)
		return nil
	}
	if err != nil {
		return err
	}
	path := filepath.Join(root.Name(), name)
	switch {
	case e.Kind == KindDir && fi.IsDir():
		return nil
	case fi.IsDir():
		return fmt.Errorf("%s is a folder now: restore with --to", path)
	case e.Kind == KindDir:
		return fmt.Errorf("%s is no folder now: restore with --to", path)
	}
	if e.InGit || equal(path, fi, e) {
		r.done.Same = append(r.done.Same, e.Path)
		return nil
	}
	r.todo = append(r.todo, e)
	r.newer = append(r.newer, path)
	return nil
}

func equal(path string, fi os.FileInfo, e Entry) bool {
	if (fi.Mode()&os.ModeSymlink != 0) != (e.Kind == KindSymlink) {
		return false
	}
	oid, err := hashFile(path, fi, len(e.OID) == 64)
	return err == nil && oid == e.OID && (e.Kind == KindSymlink || uint32(perm(fi.Mode())) == e.Mode)
}

// guardNewer keeps what would be replaced. Without Force that is an error, unless HEAD has all of it anyway.
func (r *restoring) guardNewer() error {
	if len(r.newer) == 0 {
		return nil
	}
	if r.opt.To != "" {
		return fmt.Errorf("%w: %s exists below the target folder: choose an empty one", ErrNewer, r.newer[0])
	}
	req := Request{Project: r.snap.Root, StateDir: r.where.StateDir, Need: Need{Files: r.newer}, Limits: r.opt.Limits,
		Why: "before restoring " + r.snap.ID, Agent: "operator"}
	if !r.opt.Force {
		lost, err := wouldLose(r.ctx, req)
		if err != nil {
			return err
		}
		if len(lost) > 0 {
			return fmt.Errorf("%w: %s", ErrNewer, strings.Join(lost[:min(len(lost), 5)], ", "))
		}
	}
	before, err := Take(r.ctx, req)
	r.done.Before = before.ID
	return err
}

// wouldLose names the request's paths whose content is nowhere else.
func wouldLose(ctx context.Context, req Request) ([]string, error) {
	t := taking{req: req, limits: req.Limits.orDefault()}
	if err := t.open(ctx); err != nil {
		return nil, err
	}
	c, err := t.collector(ctx)
	if err != nil {
		return nil, err
	}
	var lost []string
	for _, e := range c.entries() {
		lost = append(lost, e.Path)
	}
	return lost, nil
}

// writeAll writes what look found missing or different; folder modes come last, so that a folder without
// write permission can be filled first.
func (r *restoring) writeAll() error {
	objects, err := openObjects(r.ctx, gitsafe.Git{Dir: r.done.To, GitDir: r.snap.Repo})
	if err != nil {
		return err
	}
	defer objects.close()
	for _, e := range r.todo {
		root, name := r.place(e)
		if err := put(root, name, e, objects); err != nil {
			return fmt.Errorf("write %s: %w", e.Path, err)
		}
		r.done.Written = append(r.done.Written, e.Path)
	}
	var errs []error
	for i := len(r.todo) - 1; i >= 0; i-- {
		if e := r.todo[i]; e.Kind == KindDir {
			root, name := r.place(e)
			errs = append(errs, root.Chmod(name, fileMode(e.Mode)))
		}
	}
	return errors.Join(errs...)
}
