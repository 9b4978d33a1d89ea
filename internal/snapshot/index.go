package snapshot

import (
	"context"
	"strings"
)

// index is what git knows of the working tree, read without writing anything and without running filters, so
// that "clean" errs to the side of "changed".
type index struct {
	tracked map[string]blob
	changed map[string]bool // differs from the index, or git was told not to look
	staged  map[string]bool // the index differs from HEAD
	folders map[string]bool // folders with tracked files
}

type blob struct{ mode, oid string }

// readIndex looks at the given paths (relative to the root), or at everything when there are none.
func readIndex(ctx context.Context, r repo, paths []string) (*index, error) {
	idx := &index{tracked: map[string]blob{}, changed: map[string]bool{}, staged: map[string]bool{}, folders: map[string]bool{}}
	only := append([]string{"--"}, paths...)
	lines, err := r.List(ctx, append([]string{"ls-files", "-z", "-s", "-v"}, only...)...)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		idx.entry(l, r.head == "")
	}
	if err := mark(ctx, r, idx.changed, append([]string{"diff-files", "-z", "--name-only", "--no-renames", "--ignore-submodules=all", "--no-ext-diff"}, only...)...); err != nil {
		return nil, err
	}
	if r.head == "" {
		return idx, nil
	}
	return idx, mark(ctx, r, idx.staged, append([]string{"diff-index", "--cached", "-z", "--name-only", "--no-renames", "--ignore-submodules=all", "--no-ext-diff", r.head}, only...)...)
}

// entry reads one line of ls-files: "H 100644 <oid> 0\tpath". A lower-case tag is assume-unchanged, S is
// skip-worktree: git would call the file clean without looking.
func (x *index) entry(line string, unborn bool) {
	head, path, ok := strings.Cut(line, "\t")
	f := strings.Fields(head)
	if !ok || len(f) != 4 {
		return
	}
	if f[1] == "160000" {
		return // a submodule: a repository of its own
	}
	x.tracked[path] = blob{mode: f[1], oid: f[2]}
	x.changed[path] = x.changed[path] || f[0] != "H"
	x.staged[path] = x.staged[path] || unborn
	for dir := path; ; {
		i := strings.LastIndexByte(dir, '/')
		if i < 0 {
			break
		}
		if dir = dir[:i]; x.folders[dir] {
			break
		}
		x.folders[dir] = true
	}
}

func mark(ctx context.Context, r repo, set map[string]bool, args ...string) error {
	paths, err := r.List(ctx, args...)
	for _, p := range paths {
		set[p] = true
	}
	return err
}

// clean tells whether HEAD holds the file's present content.
func (x *index) clean(rel string) bool {
	_, ok := x.tracked[rel]
	return ok && !x.changed[rel] && !x.staged[rel]
}

// holds tells whether git tracks something below the folder.
func (x *index) holds(folder string) bool { return x.folders[folder] }
