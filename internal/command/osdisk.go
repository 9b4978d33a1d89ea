package command

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// OSDisk is the machine's own file system as a Disk. It opens regular files only, so that a pipe or a
// device on the way cannot hold the reader up.
type OSDisk struct{}

// maxEntries bounds the folder entries that one pattern may make OSDisk look at.
const maxEntries = 20000

// ErrTooMany is returned by Glob for a pattern that would need too many entries to be looked at.
var ErrTooMany = errors.New("too many folder entries for one pattern")

// Lstat describes a path without following it.
func (OSDisk) Lstat(path string) (fs.FileInfo, error) { return os.Lstat(path) }

// Readlink tells where a symbolic link points.
func (OSDisk) Readlink(path string) (string, error) { return os.Readlink(path) }

// ReadFile returns at most max bytes of a regular file.
func (OSDisk) ReadFile(path string, max int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("not a regular file")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, max))
}

// Glob expands an absolute pattern as a shell does: names that begin with a dot only match a pattern that
// does. It gives up with ErrTooMany rather than walk a large tree.
func (OSDisk) Glob(pattern string) ([]string, error) {
	if !filepath.IsAbs(pattern) {
		return nil, filepath.ErrBadPattern
	}
	parts := strings.Split(strings.Trim(pattern, "/"), "/")
	found, looked := []string{"/"}, 0
	for i, part := range parts {
		next := make([]string, 0, len(found))
		for _, dir := range found {
			names, n, err := matching(dir, part, i < len(parts)-1)
			if err != nil {
				return nil, err
			}
			if looked += n; looked > maxEntries {
				return nil, ErrTooMany
			}
			next = append(next, names...)
		}
		found = next
	}
	sort.Strings(found)
	return found, nil
}

// matching lists what in a folder matches one component, and how many entries it looked at.
func matching(dir, part string, folders bool) ([]string, int, error) {
	if !strings.ContainsAny(part, `*?[\`) {
		path := filepath.Join(dir, part)
		if _, err := os.Lstat(path); err != nil {
			return nil, 1, nil // what is missing matches nothing
		}
		return []string{path}, 1, nil
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, 1, nil // opening a pipe would wait for its other end
	}
	f, err := os.Open(dir)
	if err != nil {
		return nil, 1, nil // what cannot be listed matches nothing, as in the shell
	}
	defer f.Close()
	entries, err := f.Readdirnames(maxEntries)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 1, nil // not a folder
	}
	var out []string
	for _, name := range entries {
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(part, ".") {
			continue
		}
		ok, err := filepath.Match(part, name)
		if err != nil {
			return nil, 1, err
		}
		if !ok {
			continue
		}
		path := filepath.Join(dir, name)
		if folders {
			if info, err := os.Stat(path); err != nil || !info.IsDir() {
				continue
			}
		}
		out = append(out, path)
	}
	return out, len(entries), nil
}
