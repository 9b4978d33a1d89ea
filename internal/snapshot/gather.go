package snapshot

import (
	"path/filepath"
	"strings"
)

// collect walks what the request names.
func (t *taking) collect(c *collector) error {
	for _, p := range t.paths {
		if err := c.path(p, true); err != nil {
			return err
		}
	}
	for _, p := range t.files {
		if err := c.path(p, false); err != nil {
			return err
		}
	}
	if !t.req.Whole || !t.isRepo {
		return nil
	}
	c.trust = true
	if c.idx == nil {
		return c.path(t.root, true) // the repository goes too
	}
	for rel := range c.idx.tracked {
		if !c.idx.clean(rel) {
			if err := c.path(filepath.Join(t.root, rel), false); err != nil {
				return err
			}
		}
	}
	return t.untracked(c)
}

// untracked keeps what git does not track; ignored files only where the command takes those too.
func (t *taking) untracked(c *collector) error {
	args := []string{"ls-files", "-z", "--others", "--directory"}
	if !t.req.Ignored {
		args = append(args, "--exclude-standard")
	}
	list, err := t.repo.List(c.ctx, args...)
	if err != nil {
		return err
	}
	for _, rel := range list {
		if err := c.loose(filepath.Join(t.root, strings.TrimSuffix(rel, "/"))); err != nil {
			return err
		}
	}
	return nil
}

// staged lists index content that is neither in HEAD nor in the file on disk.
func (t *taking) staged(c *collector) []Entry {
	var out []Entry
	for rel, b := range c.idx.tracked {
		if !c.idx.staged[rel] || !c.idx.changed[rel] || !t.covers(rel) {
			continue
		}
		e := Entry{Path: rel, Kind: KindFile, OID: b.oid, staged: b.mode}
		if b.mode == "120000" {
			e.Kind = KindSymlink
		}
		out = append(out, e.printable())
	}
	return sortEntries(out)
}

// covers tells whether the request covers a tracked path.
func (t *taking) covers(rel string) bool {
	if t.req.Whole {
		return true
	}
	for _, p := range t.named() {
		if _, ok := below(filepath.Join(t.root, rel), p); ok {
			return true
		}
	}
	return false
}

// pathspecs narrows git's look at the tree to few named paths; nil means everything.
func (t *taking) pathspecs() []string {
	named := t.named()
	if t.req.Whole || len(named) == 0 || len(named) > 64 {
		return nil
	}
	var out []string
	for _, p := range named {
		rel, ok := below(p, t.root)
		if !ok {
			continue
		}
		out = append(out, rel)
		if target, err := filepath.EvalSymlinks(p); err == nil && target != p {
			if rel, ok := below(target, t.root); ok {
				out = append(out, rel)
			}
		}
	}
	if len(out) == 0 {
		return []string{".writ-no-path-of-this-tree"}
	}
	return out
}
