package worktree

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"writ/internal/gitsafe"
)

// Modes of git's tree entries.
const (
	modeNone    = "000000"
	modeSymlink = "120000"
	modeModule  = "160000"
)

// Change is one path that a landing changes, old and new mode as git writes them (000000 for none).
type Change struct {
	Path    string `json:"path"`
	OldMode string `json:"old_mode"`
	NewMode string `json:"new_mode"`
	// Commit is where it was seen; "" for the whole of the landing.
	Commit string `json:"commit,omitempty"`
	oid    string
}

// Finding is a reason not to land.
type Finding struct {
	Path   string `json:"path,omitempty"`
	Commit string `json:"commit,omitempty"`
	Why    string `json:"why"`
}

func (f Finding) String() string {
	out := f.Why
	if f.Path != "" {
		out = strconv.Quote(f.Path) + " " + out
	}
	if f.Commit != "" {
		out += fmt.Sprintf(" (commit %.12s)", f.Commit)
	}
	return out
}

// readChanges reads `diff-tree -z --raw`, for merges in combined form: commit names, and entries
// ":old new oid oid S" with one more colon, mode and name for each further parent. A rename shows both its sides.
func readChanges(tokens []string) ([]Change, error) {
	var out []Change
	commit := ""
	for i := 0; i < len(tokens); i++ {
		meta := strings.TrimSuffix(tokens[i], "\n")
		if goodOID.MatchString(meta) {
			commit = meta
			continue
		}
		entry := strings.TrimLeft(meta, ":")
		parents := len(meta) - len(entry)
		f := strings.Fields(entry)
		if parents == 0 || len(f) != 2*parents+3 || i+1 == len(tokens) {
			return nil, fmt.Errorf("git diff-tree says %.80q; want a change", meta)
		}
		i++
		c := Change{Path: tokens[i], NewMode: f[parents], Commit: commit, oid: f[2*parents+1]}
		c.OldMode = modeNone
		for _, m := range f[:parents] {
			if m != modeNone {
				c.OldMode = m
			}
			if m == modeModule {
				break // the mode that matters most
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// judging looks at the changes of one landing.
type judging struct {
	ctx   context.Context
	rec   Record
	git   gitsafe.Git
	seen  map[Finding]bool
	found []Finding
}

func (j *judging) add(c Change, why string) {
	f := Finding{Path: c.Path, Commit: c.Commit, Why: why}
	whole := Finding{Path: c.Path, Why: why} // said once for the landing is enough
	if !j.seen[f] && !j.seen[whole] {
		j.seen[f] = true
		j.found = append(j.found, f)
	}
}

// judge holds what lies between base and tip against the record: the whole, and every commit on the way, because
// history that lands can be checked out again.
func judge(ctx context.Context, rec Record, g gitsafe.Git, base, tip string) (net []Change, commits int, found []Finding, err error) {
	j := judging{ctx: ctx, rec: rec, git: g, seen: map[Finding]bool{}}
	tokens, err := g.List(ctx, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", "--no-abbrev", base, tip)
	if err != nil {
		return nil, 0, nil, err
	}
	if net, err = readChanges(tokens); err != nil {
		return nil, 0, nil, err
	}
	list, err := g.Run(ctx, "rev-list", fmt.Sprintf("--max-count=%d", maxCommits+1), tip, "^"+base)
	if err != nil {
		return nil, 0, nil, err
	}
	if commits = strings.Count(list, "\n"); commits > maxCommits {
		return nil, 0, nil, fmt.Errorf("over %d commits", maxCommits)
	}
	out, err := g.Feed(ctx, strings.NewReader(list), "diff-tree", "--stdin", "--root", "-r", "-c", "-z", "--raw", "--no-renames", "--full-index", "--no-abbrev")
	if err != nil {
		return nil, 0, nil, err
	}
	each, err := readChanges(split0(out))
	if err != nil {
		return nil, 0, nil, err
	}
	for _, c := range append(slices.Clone(net), each...) {
		if err := j.change(c); err != nil {
			return nil, 0, nil, err
		}
	}
	err = j.collide(net, tip)
	return net, commits, j.found, err
}

func split0(out string) []string {
	if out == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
}

func (j *judging) change(c Change) error {
	if why := oddName(c.Path); why != "" {
		j.add(c, why)
	}
	if !j.rec.Allows(c.Path) {
		j.add(c, "is outside the agreed files")
	}
	if isSpecial(c.Path) && !j.rec.named(c.Path) {
		j.add(c, "tells git what to run or fetch; it must be agreed on by its own name (--files)")
	}
	if c.OldMode == modeModule || c.NewMode == modeModule {
		j.add(c, "is a repository inside the repository, which never lands")
	}
	if c.NewMode == modeSymlink {
		return j.link(c)
	}
	return nil
}

// link reads where a symbolic link leads.
func (j *judging) link(c Change) error {
	size, err := strconv.Atoi(j.git.Line(j.ctx, "cat-file", "-s", c.oid))
	if err != nil || size > 4096 {
		j.add(c, "is a symbolic link of no sensible length")
		return nil
	}
	target, err := j.git.Run(j.ctx, "cat-file", "blob", c.oid)
	if err != nil {
		return err
	}
	if why := linkLeaves(c.Path, target); why != "" {
		j.add(c, "is a symbolic link to "+strconv.Quote(target)+", which "+why)
	}
	return nil
}

// collide finds new names that other systems take for existing ones.
func (j *judging) collide(net []Change, tip string) error {
	var added []string
	for _, c := range net {
		if c.OldMode == modeNone {
			added = append(added, c.Path)
		}
	}
	if len(added) == 0 {
		return nil
	}
	tree, err := j.git.List(j.ctx, "ls-tree", "-r", "-z", "--name-only", tip)
	if err != nil {
		return err
	}
	for p, other := range collisions(tree, added) {
		j.add(Change{Path: p}, "differs from "+strconv.Quote(other)+" by case only")
	}
	slices.SortStableFunc(j.found, func(a, b Finding) int { return strings.Compare(a.Path, b.Path) })
	return nil
}
