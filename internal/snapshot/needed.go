package snapshot

import (
	"strings"

	"writ/internal/effect"
)

// Need is what a call could destroy.
type Need struct {
	// Whole is the whole working tree: every tracked change and every untracked file. Ignored adds ignored
	// files, Nested repositories inside the tree.
	Whole, Ignored, Nested bool
	// Paths are files and folders that are removed with all they hold, absolute.
	Paths []string
	// Files are files that are written over. A folder stands for the files in it that git does not have; the
	// repository's own folder is not among them.
	Files []string
	// Moved are files and folders that get another name: nothing of theirs is lost, but where one of Files goes
	// under them, bringing that back would bury them.
	Moved []string
	// Stash keeps every stash entry, Reflog what only the reflog names, Refs the tips of branches and tags by
	// name ("*" for all).
	Stash, Reflog bool
	Refs          []string
}

// Any tells whether something could be lost at all.
func (n Need) Any() bool { return n.Whole || len(n.Paths)+len(n.Files) > 0 || n.refs() }

// Unread adds what code that nobody could read might destroy in the project: the whole tree but for ignored
// files. Commits are not among it: git itself keeps what refs, stash and reflog no longer name for weeks, and
// a repository of many would need more than one snapshot may hold.
func (n Need) Unread() Need {
	n.Whole = true
	return n
}

func (n Need) refs() bool { return n.Stash || n.Reflog || len(n.Refs) > 0 }

// Needed reads the effects of one call. It is generous: Take leaves out what git has anyway. Effects on other
// machines, in temporary folders, caches and harmless devices need nothing.
func Needed(effects []effect.Effect) Need {
	var n Need
	for _, e := range effects {
		if e.Has("remote") || e.Has("dry-run") {
			continue
		}
		switch e.Kind {
		case effect.GitDiscard:
			n.discard(e)
		case effect.GitHistory:
			n.history(e)
		case effect.FSDelete:
			n.delete(e)
		case effect.FSWrite, effect.FSLink:
			n.write(e)
		}
	}
	return n
}

func (n *Need) discard(e effect.Effect) {
	switch {
	case e.Has("stash"):
		n.Stash = true
		return
	case e.Has("paths") && !vague(e):
		n.Files = append(n.Files, stem(e.Path))
		return
	}
	n.Whole = true
	n.Ignored = n.Ignored || e.Has("ignored")
	n.Nested = n.Nested || e.Has("untracked") && forcedTwice(e.Words)
}

// history keeps refs where git's own reflog would not bring them back.
func (n *Need) history(e effect.Effect) {
	switch {
	case e.Has("local"):
	case e.Has("branch") || e.Has("tag"):
		n.Refs = append(n.Refs, orAll(e.Target))
	case e.Has("reflog") || e.Has("gc"):
		n.Reflog, n.Stash = true, true
	default:
		n.Refs = append(n.Refs, "*")
	}
}

// delete keeps what is removed. A pattern means things in a folder, not the folder.
func (n *Need) delete(e effect.Effect) {
	switch {
	case e.Has("empty-dir") || passing(e):
	case vague(e):
		n.Whole, n.Ignored = true, true
	case e.Has("move"):
		n.Moved = append(n.Moved, stem(e.Path))
	case stem(e.Path) != e.Path:
		n.Files = append(n.Files, stem(e.Path))
	default:
		n.Paths = append(n.Paths, e.Path)
	}
}

// adding are the flags of writes that replace nothing.
var adding = []string{"append", "mkdir", "new", "lock", "mount", "node"}

// write keeps what is replaced.
func (n *Need) write(e effect.Effect) {
	for _, f := range adding {
		if e.Has(f) {
			return
		}
	}
	switch {
	case passing(e) || e.Kind == effect.FSLink && !e.Has("force"):
	case vague(e):
		n.Whole = true
	default:
		n.Files = append(n.Files, stem(e.Path))
	}
}

// vague tells of a path that is not fully known: it could be anything in the tree.
func vague(e effect.Effect) bool {
	return e.Has("unknown-path") || e.Has("computed") || !strings.HasPrefix(e.Path, "/")
}

// stem is the folder of a path that holds a pattern, or stands for what a listing will name; other paths are
// their own. A file that really has such a character in its name only makes the snapshot larger.
func stem(path string) string {
	i := strings.IndexAny(path, "*?[")
	if i < 0 {
		return path
	}
	if j := strings.LastIndexByte(path[:i], '/'); j > 0 {
		return path[:j]
	}
	return "/"
}

// passing tells that nobody keeps work in such a place.
func passing(e effect.Effect) bool {
	for _, z := range []string{"temp", "cache", "null", "device", "proc"} {
		if e.In(z) && !e.In("project") {
			return true
		}
	}
	return false
}

// forcedTwice finds git clean -ff, which removes nested repositories as well.
func forcedTwice(words []string) bool {
	n := 0
	for _, w := range words {
		switch {
		case w == "--force":
			n++
		case strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--"):
			n += strings.Count(w, "f")
		}
	}
	return n > 1
}

func orAll(name string) string {
	if name == "" {
		return "*"
	}
	return name
}
