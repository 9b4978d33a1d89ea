package claude

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/diff"

	"writ/internal/durable"
	"writ/internal/home"
)

// ErrNotInstalled: there is nothing to take out.
var ErrNotInstalled = errors.New("writ is not installed there")

// ErrChanged: the file changed between reading and writing; nothing was written.
var ErrChanged = errors.New("the file is being changed by somebody else, so nothing was written: try again")

// Change is one planned or done edit of a settings file.
type Change struct {
	Path    string
	Real    string
	Diff    string // empty: nothing to do
	Removed bool   // the file is removed, because writ had made it
	// Drifted tells that the file was changed since writ last wrote it.
	Drifted bool
	text    []byte
	next    []byte
	record  *Record
}

// Plan works out what Install would do to a settings file, and writes nothing.
func Plan(h home.Home, scope Scope, path string) (*Change, error) {
	real, made, err := resolve(path)
	if err != nil {
		return nil, err
	}
	text, mode, err := read(real)
	if err != nil {
		return nil, err
	}
	old, err := load(h, path)
	if err != nil {
		return nil, err
	}
	base, r := text, &Record{Path: path, Real: real, Scope: scope, Existed: text != nil, Made: made, Mode: mode, Time: time.Now().UTC()}
	c := &Change{Path: path, Real: real, text: text, record: r}
	if old != nil && text != nil {
		c.Drifted = !bytes.Equal(text, old.After)
		if base, err = old.undo(text); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		r.Existed, r.Made, r.Time = old.Existed, old.Made, old.Time
	}
	r.Before = base
	if base == nil {
		base = []byte("{}\n")
	}
	if c.next, r.Ops, err = merge(base, New(Options{Home: h, Managed: scope == Managed})); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if old != nil && holds(text, r.Ops) && len(r.Ops) == len(old.Ops) {
		c.next = text // whatever else changed since is not ours
	}
	r.After = c.next
	c.Diff = difference(path, text, c.next)
	return c, nil
}

// Install carries the plan out: the backup first, then the file.
func (c *Change) Install(h home.Home) error {
	if c.Diff == "" {
		return nil
	}
	for _, dir := range c.record.Made {
		if err := mkdir(dir); err != nil {
			return err
		}
	}
	if err := c.record.save(h); err != nil {
		return err
	}
	return c.write()
}

func mkdir(dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// PlanRemoval works out what Uninstall would do.
func PlanRemoval(h home.Home, path string) (*Change, error) {
	r, err := load(h, path)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fmt.Errorf("%s: %w", path, ErrNotInstalled)
	}
	c := &Change{Path: path, Real: r.Real, record: r}
	if c.text, _, err = read(r.Real); err != nil {
		return nil, err
	}
	if c.text == nil { // the file is gone already: only the record is left
		return c, nil
	}
	c.Drifted = !bytes.Equal(c.text, r.After)
	if c.next, err = r.undo(c.text); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c.Removed = !r.Existed && (c.next == nil || same(c.next, []byte("{}")))
	if c.Removed {
		c.next = nil
	}
	c.Diff = difference(path, c.text, c.next)
	return c, nil
}

// Uninstall carries the removal out, with the folders that Install made if nothing else is in them.
func (c *Change) Uninstall(h home.Home) error {
	if c.Diff != "" {
		if err := c.write(); err != nil {
			return err
		}
	}
	for i := len(c.record.Made) - 1; i >= 0; i-- {
		_ = os.Remove(c.record.Made[i]) // refuses a folder with anything in it
	}
	return os.Remove(recordPath(h, c.record.Path))
}

// undo gives the text as it would be without the wiring: the backup when nobody touched the file since, else
// exactly what was added taken out.
func (r *Record) undo(text []byte) ([]byte, error) {
	if bytes.Equal(text, r.After) {
		return r.Before, nil
	}
	if r.Before != nil && bytes.Equal(text, r.Before) {
		return text, nil
	}
	return strip(text, r.Ops)
}

// write replaces the file if it is still what the plan saw.
func (c *Change) write() error {
	now, mode, err := read(c.Real)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, c.text) || (now == nil) != (c.text == nil) {
		return fmt.Errorf("%s: %w", c.Path, ErrChanged)
	}
	if c.next == nil {
		return os.Remove(c.Real)
	}
	return durable.WriteFile(c.Real, c.next, mode)
}

// read gives a settings file's text and mode; no text where there is no file.
func read(path string) ([]byte, fs.FileMode, error) {
	fi, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0o644, nil
	}
	if err != nil {
		return nil, 0, err
	}
	if !fi.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s is no regular file (%s)", path, fi.Mode().Type())
	}
	text, err := durable.ReadFile(path, maxText)
	if text == nil {
		text = []byte{}
	}
	return text, fi.Mode().Perm(), err
}

func difference(path string, from, to []byte) string {
	old := path
	if from == nil {
		old = "/dev/null"
	}
	name := path
	if to == nil {
		name = "/dev/null"
	}
	return string(diff.Diff(old, from, name, to))
}
