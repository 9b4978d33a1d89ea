package worktree

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Allows tells whether the record lets a path change.
func (rec Record) Allows(p string) bool {
	if rec.All {
		return true
	}
	return slices.ContainsFunc(rec.Files, func(f string) bool { return within(f, p) })
}

// named tells whether exactly this file was agreed on, not a folder above it.
func (rec Record) named(p string) bool { return slices.Contains(rec.Files, p) }

// cleanFiles reads the paths of --files: relative to the top, or absolute below root.
func cleanFiles(root string, files []string) ([]string, error) {
	var out []string
	for _, f := range files {
		if filepath.IsAbs(f) {
			rel, err := filepath.Rel(root, f)
			if err != nil {
				return nil, err
			}
			f = rel
		}
		p := path.Clean(filepath.ToSlash(f))
		if f == "" || p == "." || p == ".." || strings.HasPrefix(p, "../") {
			return nil, fmt.Errorf("%w: the path %q; want one below the project's top folder", ErrName, f)
		}
		if why := oddName(p); why != "" {
			return nil, fmt.Errorf("%w: the path %q %s", ErrName, f, why)
		}
		out = append(out, p)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// oddName says what is wrong with a path that no honest project has, "" if nothing.
func oddName(p string) string {
	if !utf8.ValidString(p) {
		return "is not valid UTF-8"
	}
	for _, c := range p {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || c == '\\' || c == '\u2028' || c == '\u2029' {
			return fmt.Sprintf("holds %U, which does not show or reads as another path", c)
		}
	}
	for _, part := range strings.Split(p, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") {
			return "is not a name that a checkout may have"
		}
	}
	return ""
}

// special are files that tell git what to run or fetch, wherever they lie.
var special = []string{".gitmodules", ".gitattributes", ".lfsconfig"}

func isSpecial(p string) bool {
	return slices.Contains(special, strings.ToLower(path.Base(p)))
}

// linkLeaves says why a symbolic link at p leads out of the checkout, "" if it does not. ".." is taken only at the
// front: behind a name that is a link itself it would lead somewhere else than it reads.
func linkLeaves(p, target string) string {
	if target == "" || path.IsAbs(target) || strings.ContainsRune(target, 0) {
		return "leads out of the checkout"
	}
	down := false
	for _, part := range strings.Split(target, "/") {
		switch {
		case part == ".." && down:
			return "has .. behind a name"
		case strings.EqualFold(part, ".git"):
			return "leads into .git"
		case part != ".." && part != "." && part != "":
			down = true
		}
	}
	if to := path.Join(path.Dir(p), target); to == ".." || strings.HasPrefix(to, "../") {
		return "leads out of the checkout"
	}
	return ""
}

// collisions are added paths that differ from another path of the tree only by case, in any of their folders.
func collisions(tree, added []string) map[string]string {
	spelled := map[string][]string{}
	for _, p := range tree {
		for at := p; at != "."; at = path.Dir(at) {
			folded := strings.ToLower(at)
			if slices.Contains(spelled[folded], at) {
				break // its folders are noted, too
			}
			spelled[folded] = append(spelled[folded], at)
		}
	}
	out := map[string]string{}
	for _, p := range added {
		for at := p; at != "."; at = path.Dir(at) {
			for _, other := range spelled[strings.ToLower(at)] {
				if other != at {
					out[p] = other
				}
			}
		}
	}
	return out
}
