package snapshot

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode/utf8"
)

// collector finds the paths whose content would be lost and exists nowhere else.
type collector struct {
	ctx    context.Context
	repo   repo // zero where everything is kept
	idx    *index
	root   string
	limits Limits

	found   map[string]Entry
	inGit   map[string]Entry // what HEAD has: noted beside the rest, so that all of it comes back
	bytes   int64
	skipped []string
	notes   []string
	ignored map[string]bool // folders that git ignores, asked when first needed
	nested  bool            // nested repositories are kept whole
	trust   bool            // what git calls clean is not touched by the command, so its bytes need no look
}

// add keeps one path, once.
func (c *collector) add(path string, fi fs.FileInfo) error {
	if _, ok := c.found[path]; ok {
		return nil
	}
	e := Entry{at: path, Mode: uint32(perm(fi.Mode())), Path: c.name(path)}.printable()
	switch {
	case fi.Mode().IsRegular():
		e.Kind, e.Size = KindFile, fi.Size()
	case fi.Mode()&fs.ModeSymlink != 0:
		e.Kind = KindSymlink
	case fi.IsDir():
		if rel, ok := below(path, c.root); rel == "." || ok && c.idx != nil && c.idx.holds(rel) {
			return nil // comes back with its files
		}
		e.Kind = KindDir
	default:
		c.notes = append(c.notes, fmt.Sprintf("not kept: %s is a %s", e.Path, fi.Mode().Type()))
		return nil
	}
	c.found[path] = e
	c.bytes += e.Size
	return c.bound()
}

func (c *collector) bound() error {
	if len(c.found)+len(c.inGit) > c.limits.Files {
		return fmt.Errorf("%w: over %d files below %s", ErrTooMuch, c.limits.Files, c.root)
	}
	if c.bytes > c.limits.Bytes {
		return fmt.Errorf("%w: over %d MiB below %s", ErrTooMuch, c.limits.Bytes>>20, c.root)
	}
	return c.ctx.Err()
}

// name is the path as the manifest has it.
func (c *collector) name(path string) string {
	if rel, ok := below(path, c.root); ok {
		return rel
	}
	return path
}

// below gives path relative to root, "." for the root itself.
func below(path, root string) (string, bool) {
	if path == root {
		return ".", true
	}
	rel, ok := strings.CutPrefix(path, strings.TrimSuffix(root, "/")+"/")
	return rel, ok
}

// path keeps what a command names: a file unless git has it, a folder with what lies below; where the folder
// itself is removed, with the repositories nested in it.
func (c *collector) path(path string, removed bool) error {
	fi, err := os.Lstat(path)
	if os.IsNotExist(err) || notDir(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("keep %s: %w", path, err)
	}
	if fi.IsDir() {
		return c.folder(path, fi, removed)
	}
	if fi.Mode()&fs.ModeSymlink != 0 && !removed {
		if err := c.linked(path); err != nil {
			return err
		}
	}
	return c.file(path, fi)
}

// linked keeps the file behind a symbolic link too: writing through the link would change that.
func (c *collector) linked(path string) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil // dangling: there is no content
	}
	fi, err := os.Lstat(target)
	if err != nil || !fi.Mode().IsRegular() {
		return nil
	}
	return c.file(target, fi)
}

func (c *collector) file(path string, fi fs.FileInfo) error {
	if !c.safe(path, fi) {
		return c.add(path, fi)
	}
	if rel, _ := below(path, c.root); !c.trust {
		e := Entry{Path: rel, Kind: KindFile, Mode: uint32(perm(fi.Mode())), Size: fi.Size(), OID: c.idx.tracked[rel].oid, InGit: true}
		if fi.Mode()&fs.ModeSymlink != 0 {
			e.Kind = KindSymlink
		}
		c.inGit[path] = e.printable()
	}
	return c.bound()
}

// safe tells whether HEAD has exactly the path's present bytes. "Clean" alone is not enough: git calls a file
// clean whose line endings or filtered content it would write back differently.
func (c *collector) safe(path string, fi fs.FileInfo) bool {
	rel, ok := below(path, c.root)
	if !ok || c.idx == nil || !c.idx.clean(rel) {
		return false
	}
	if c.trust {
		return true
	}
	oid, err := hashFile(path, fi, c.repo.sha256)
	return err == nil && oid == c.idx.tracked[rel].oid
}

// folder keeps what lies below. The repository's own folder is left out unless it is the thing named; a
// folder that a build makes again is noted instead.
func (c *collector) folder(path string, fi fs.FileInfo, named bool) error {
	if c.rebuildable(path) {
		c.skipped = append(c.skipped, c.name(path))
		return nil
	}
	if !named && !c.nested && isRepo(path) && path != c.root {
		c.notes = append(c.notes, "not kept: "+c.name(path)+" is a repository of its own")
		return nil
	}
	list, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("keep %s: %w", path, err)
	}
	if err := c.add(path, fi); err != nil {
		return err
	}
	for _, d := range list {
		if err := c.child(filepath.Join(path, d.Name()), d, named); err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) child(path string, d fs.DirEntry, named bool) error {
	fi, err := d.Info()
	if os.IsNotExist(err) {
		return nil // gone meanwhile
	}
	if err != nil {
		return fmt.Errorf("keep %s: %w", path, err)
	}
	if !fi.IsDir() {
		return c.file(path, fi)
	}
	if c.idx != nil && path == filepath.Join(c.root, ".git") {
		return nil
	}
	return c.folder(path, fi, named)
}

func isRepo(path string) bool {
	_, err := os.Lstat(filepath.Join(path, ".git"))
	return err == nil
}

// loose keeps what git listed as untracked, a folder without the repositories nested in it.
func (c *collector) loose(path string) error {
	fi, err := os.Lstat(path)
	switch {
	case os.IsNotExist(err):
		return nil
	case err != nil:
		return fmt.Errorf("keep %s: %w", path, err)
	case fi.IsDir():
		return c.folder(path, fi, false)
	}
	return c.file(path, fi)
}

// entries gives what was found in order of path.
func (c *collector) entries() []Entry {
	return list(c.found)
}

func list(m map[string]Entry) []Entry {
	var all []Entry
	for _, e := range m {
		all = append(all, e)
	}
	return sortEntries(all)
}

func sortEntries(all []Entry) []Entry {
	sort.Slice(all, func(i, j int) bool { return all[i].Name() < all[j].Name() })
	return all
}

// printable moves a path that is not UTF-8 to Raw.
func (e Entry) printable() Entry {
	if !utf8.ValidString(e.Path) {
		e.Raw, e.Path = []byte(e.Path), strings.ToValidUTF8(e.Path, "\ufffd")
	}
	return e
}

func perm(m fs.FileMode) fs.FileMode {
	return m & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
}
