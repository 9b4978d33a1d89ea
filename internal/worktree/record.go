package worktree

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"writ/internal/durable"
)

// States of a worktree. The zero value is none of them.
const (
	StateAdding   = "adding"   // add was begun; add again finishes it
	StateReady    = "ready"    // the agent may work
	StateRemoving = "removing" // what was to keep is kept; remove again finishes it
)

// Record is what was agreed about one worktree. The zero value lets nothing change.
type Record struct {
	Name  string `json:"name"`
	Root  string `json:"project"` // the project's main checkout
	Repo  string `json:"repo"`    // the project's git folder
	Path  string `json:"path"`    // the agent's folder
	State string `json:"state"`
	// Branch is the agent's branch, and where it lands: refs/heads/agents/NAME.
	Branch string `json:"branch"`
	// Base is the commit it started from; Onto the branch that its work is measured against, "" for Base itself.
	Base string `json:"base"`
	Onto string `json:"onto,omitempty"`
	// All lets every path change; else Files are the files and folders that may, relative to the top, with slashes.
	All   bool     `json:"all,omitempty"`
	Files []string `json:"files,omitempty"`
	// Landed is the newest commit taken over.
	Landed   string    `json:"landed,omitempty"`
	LandedAt time.Time `json:"landed_at,omitzero"`
	Created  time.Time `json:"created"`
	// Kept is the ref that holds what had not landed when a removal began.
	Kept string `json:"kept,omitempty"`
}

// maxRecord bounds a record's file, in bytes.
const maxRecord = 4 << 20

func (r *Repo) recordFile(name string) string { return filepath.Join(r.dir, name+".json") }

func (r *Repo) save(rec Record) error {
	b, err := json.MarshalIndent(rec, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(r.recordFile(rec.Name), append(b, '\n'), 0o600)
}

// load reads one record; ErrNotFound where there is none.
func (r *Repo) load(name string) (Record, error) {
	if err := checkName(name); err != nil {
		return Record{}, err
	}
	rec, err := readRecord(r.recordFile(name))
	if errors.Is(err, os.ErrNotExist) {
		return rec, fmt.Errorf("%w: %s of %s", ErrNotFound, name, r.root)
	}
	return rec, err
}

func readRecord(path string) (Record, error) {
	b, err := durable.ReadFile(path, maxRecord)
	if err != nil {
		return Record{}, err
	}
	var rec Record
	if err := json.Unmarshal(b, &rec); err != nil {
		return Record{}, fmt.Errorf("read the worktree's record %s: %w", path, err)
	}
	if rec.Name+".json" != filepath.Base(path) || !filepath.IsAbs(rec.Path) || !slices.Contains([]string{StateAdding, StateReady, StateRemoving}, rec.State) {
		return Record{}, fmt.Errorf("read the worktree's record %s: name %q, path %q, state %q do not fit", path, rec.Name, rec.Path, rec.State)
	}
	return rec, nil
}

// names lists the recorded worktrees in order.
func (r *Repo) names() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(r.dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".json"); checkName(name) == nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Find gives the record of the worktree that dir lies in.
func Find(stateDir, dir string) (Record, bool, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Record{}, false, err
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	files, err := filepath.Glob(filepath.Join(stateDir, "worktrees", "*", "*.json"))
	if err != nil {
		return Record{}, false, err
	}
	for _, f := range files {
		rec, err := readRecord(f)
		if errors.Is(err, os.ErrNotExist) {
			continue // removed meanwhile
		}
		if err != nil {
			return Record{}, false, err
		}
		if within(rec.Path, abs) {
			return rec, true, nil
		}
	}
	return Record{}, false, nil
}

// within tells whether path is folder or lies below it.
func within(folder, path string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}
