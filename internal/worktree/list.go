package worktree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Status is how a worktree stands.
type Status struct {
	Record
	Tip string `json:"tip,omitempty"`
	// Ahead and Behind count commits against Onto, or Base.
	Ahead  int `json:"ahead"`
	Behind int `json:"behind"`
	// Dirty tells of uncommitted changes or untracked files.
	Dirty bool `json:"dirty"`
	// HasLanded tells that the tip was taken over.
	HasLanded bool `json:"has_landed"`
	// Hazards are reasons not to run git inside the folder.
	Hazards []Finding `json:"hazards"`
	// Trouble says why the above could not be found out.
	Trouble string `json:"trouble,omitempty"`
}

// List tells how every worktree stands. It changes nothing.
func (r *Repo) List(ctx context.Context) ([]Status, error) {
	names, err := r.names()
	if err != nil {
		return nil, err
	}
	out := []Status{}
	for _, name := range names {
		rec, err := r.load(name)
		if errors.Is(err, ErrNotFound) {
			continue // removed meanwhile
		}
		s := Status{Record: rec, Hazards: []Finding{}}
		if s.Name = name; err == nil && rec.State == StateReady {
			err = r.look(ctx, &s)
			found, bad := r.own(ctx, rec.Path)
			s.Hazards = append(s.Hazards, found...)
			err = errors.Join(err, bad)
		}
		if err != nil {
			s.Trouble = err.Error()
		}
		out = append(out, s)
	}
	return out, nil
}

// look reads a worktree with a scratch repository that sees the agent's objects, after a check that they lie over
// the project's alone. What it finds is for people to read; landing trusts none of it.
func (r *Repo) look(ctx context.Context, s *Status) error {
	agent, err := os.OpenRoot(s.Path)
	if err != nil {
		return err
	}
	defer agent.Close()
	refs, err := readRefs(agent)
	if err != nil {
		return err
	}
	if s.Tip = refs.tips[s.Branch]; s.Tip == "" {
		return fmt.Errorf("the agent's repository has no branch %s", s.Branch)
	}
	s.HasLanded = s.Tip == s.Base || s.Tip == s.Landed
	if over, err := readSome(agent, ".git/objects/info/alternates", maxRecord); err != nil || over != quoteAlternate(r.objects())+"\n" {
		return fmt.Errorf("the agent's objects lie over others than the project's (%v)", err)
	}
	scratch, err := os.MkdirTemp(r.dir, ".look-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	g, err := r.bare(filepath.Join(scratch, "repo"))
	if err != nil {
		return err
	}
	over := quoteAlternate(filepath.Join(s.Path, ".git", "objects")) + "\n" + quoteAlternate(r.objects()) + "\n"
	if err := os.WriteFile(filepath.Join(g.GitDir, "objects", "info", "alternates"), []byte(over), 0o600); err != nil {
		return err
	}
	g, cancel, ctx, err := r.lookAt(ctx, g, agent, s.Path)
	if err != nil {
		return err
	}
	defer cancel()
	onto := s.Base
	if s.Onto != "" {
		onto = resolve(ctx, r.git, s.Onto)
	}
	if counts := g.Line(ctx, "rev-list", "--left-right", "--count", s.Tip+"..."+onto); counts != "" {
		if _, err := fmt.Sscan(counts, &s.Ahead, &s.Behind); err != nil {
			return err
		}
	}
	if refs.head == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(g.GitDir, "HEAD"), []byte(refs.head+"\n"), 0o600); err != nil {
		return err
	}
	changed, err := g.Run(ctx, "status", "--porcelain", "-z", "--no-renames", "--ignore-submodules=all", "--untracked-files=normal")
	s.Dirty = strings.TrimSpace(changed) != ""
	return err
}
