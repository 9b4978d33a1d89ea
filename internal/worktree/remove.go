package worktree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// RemoveOptions says how to remove.
type RemoveOptions struct {
	// Force moves a folder whose work cannot be kept as commits aside, whole, instead of leaving it.
	Force bool
}

// Removal is what a removal kept.
type Removal struct {
	Name string `json:"name"`
	Path string `json:"path"`
	// Kept is the ref that holds uncommitted work and commits that had not landed, "" when there were none.
	Kept string `json:"kept,omitempty"`
	// Holds says what is in it.
	Holds []string `json:"holds"`
	// Aside is where the folder went that could not be kept as commits; Why says why.
	Aside string `json:"aside,omitempty"`
	Why   string `json:"why,omitempty"`
}

// Remove takes a worktree away after everything in it that git does not ignore is reachable from a ref of the
// project. Where that fails it is ErrNotKept and nothing is gone; Force then moves the folder aside. The agent must
// have ended: what it writes meanwhile is nobody's.
func (r *Repo) Remove(ctx context.Context, name string, o RemoveOptions) (Removal, error) {
	lock, err := r.lock(ctx)
	if err != nil {
		return Removal{}, err
	}
	defer lock.Close()
	rec, err := r.load(name)
	if err != nil {
		return Removal{}, err
	}
	out := Removal{Name: name, Path: rec.Path, Kept: rec.Kept, Holds: []string{}}
	if rec.State == StateReady {
		if err := r.keepFirst(ctx, &rec, &out, o); err != nil {
			return out, err
		}
	}
	return out, r.clear(ctx, rec)
}

// keepFirst makes the work safe and notes that the folder may go.
func (r *Repo) keepFirst(ctx context.Context, rec *Record, out *Removal, o RemoveOptions) error {
	_, err := os.Lstat(rec.Path)
	if errors.Is(err, fs.ErrNotExist) {
		out.Holds = append(out.Holds, "the folder was gone already; nothing of it could be kept")
	} else if err != nil {
		return err
	} else if out.Kept, out.Holds, err = r.keep(ctx, *rec); err != nil {
		err = fmt.Errorf("%w: %v", ErrNotKept, err)
		if !o.Force {
			return err
		}
		out.Why = err.Error()
		if out.Aside, err = r.aside(*rec); err != nil {
			return err
		}
	}
	rec.State, rec.Kept = StateRemoving, out.Kept
	return r.save(*rec)
}

// aside moves the folder whole below writ's home.
func (r *Repo) aside(rec Record) (string, error) {
	dir := filepath.Join(r.dir, "aside")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	to := filepath.Join(dir, rec.Name+"-"+now().Format(kindTime))
	if err := os.Rename(rec.Path, to); err != nil {
		return "", fmt.Errorf("%w, and the folder cannot be moved aside: %v", ErrNotKept, err)
	}
	return to, nil
}

// clear removes what is left; it may be repeated after an interruption.
func (r *Repo) clear(ctx context.Context, rec Record) error {
	parent := filepath.Dir(rec.Path)
	gone := filepath.Join(parent, "."+rec.Name+".removing")
	if _, err := os.Lstat(rec.Path); err == nil && rec.State == StateRemoving {
		if err := removeTree(gone); err != nil {
			return err
		}
		if err := os.Rename(rec.Path, gone); err != nil {
			return err
		}
	}
	for _, dir := range []string{gone, filepath.Join(parent, "."+rec.Name+".adding"), filepath.Join(r.dir, rec.Name+".quarantine")} {
		if err := removeTree(dir); err != nil {
			return err
		}
	}
	if parent == r.root+folderSuffix {
		_ = os.Remove(parent) // the last worktree takes the folder along; others keep it
	}
	if _, err := r.git.Run(ctx, "update-ref", "-d", BasePrefix+rec.Name); err != nil {
		return err
	}
	return os.Remove(r.recordFile(rec.Name))
}

// removeTree removes a folder, also one whose folders were closed (module caches are). Links are not followed.
func removeTree(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && err == nil {
			return root.Chmod(path, 0o700)
		}
		return nil // RemoveAll tells what still cannot be removed
	})
	return errors.Join(err, os.RemoveAll(dir))
}
