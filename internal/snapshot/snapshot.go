// Package snapshot keeps uncommitted work before a command destroys it, and brings it back byte for byte.
//
// Needed reads the effects of a call and says what it could destroy. Take keeps that: the content of changed,
// untracked and (where they are affected) ignored files with their modes, symbolic links and folders, and the
// commits that only a stash, a branch or HEAD still names. Restore writes it back, never over newer work
// without keeping that first.
//
// A snapshot is a commit under refs/writ/snapshots/ in the project's own repository, made in one run of git
// fast-import: the user's index, HEAD, stash, branches, hooks, filters and configuration are neither used nor
// touched. Where there is no repository, or the repository itself would be destroyed, it lies in a bare one
// below the state folder. Content that HEAD has is not copied; no
// snapshot is made where HEAD has everything.
//
// What is not kept: owners, access lists, extended attributes, times, devices and sockets; folders that a
// build makes again (node_modules and the like), which are named in Snapshot.Skipped; nested repositories that
// are not deleted by name, in Snapshot.Notes. Whatever cannot be kept within the limits is an error, and the
// caller must then refuse or ask: a snapshot never silently holds less than was promised.
package snapshot

import (
	"errors"
	"time"
)

// RefPrefix is where snapshots live in a repository.
const RefPrefix = "refs/writ/snapshots/"

// Errors that callers tell apart.
var (
	ErrTooMuch  = errors.New("more than a snapshot may hold")
	ErrNotFound = errors.New("no such snapshot")
	ErrNewer    = errors.New("newer work would be overwritten")
)

// Limits bound one snapshot; zero fields take the defaults.
type Limits struct {
	Files int   // entries, default 20,000
	Bytes int64 // content, default 256 MiB
}

func (l Limits) orDefault() Limits {
	if l.Files == 0 {
		l.Files = 20_000
	}
	if l.Bytes == 0 {
		l.Bytes = 256 << 20
	}
	return l
}

// Request says what to keep and for whom.
type Request struct {
	// Project is the session's project folder; Cwd, where git would run, chooses the repository when set.
	Project, Cwd string
	// StateDir is the folder for bare repositories (home.Snapshots).
	StateDir string
	Need
	Why, Session, Agent string
	Limits              Limits
}

// Where finds snapshots: those of the project's repository and those below the state folder.
type Where struct {
	Project, StateDir string
}

// Snapshot is one kept state; it is stored inside itself as manifest.json. One without an ID kept nothing,
// because nothing needed keeping.
type Snapshot struct {
	ID      string    `json:"id"`
	Time    time.Time `json:"time"`
	Root    string    `json:"root"` // the folder that relative entry paths start from
	Why     string    `json:"why,omitempty"`
	Session string    `json:"session,omitempty"`
	Agent   string    `json:"agent,omitempty"`
	// Head and Branch say where HEAD stood; Head is kept reachable.
	Head    string   `json:"head,omitempty"`
	Branch  string   `json:"branch,omitempty"`
	Entries []Entry  `json:"entries,omitempty"`
	Staged  []Entry  `json:"staged,omitempty"` // index content that differs from the file
	Commits []Commit `json:"commits,omitempty"`
	Skipped []string `json:"skipped,omitempty"` // folders a build makes again, not kept
	Notes   []string `json:"notes,omitempty"`
	Bytes   int64    `json:"bytes"`
	// Repo is the git folder that holds the snapshot. It is not stored.
	Repo string `json:"repo,omitempty"`
	// Forged tells that the ref is not what Take made. It is found when listing, never stored.
	Forged bool `json:"forged,omitempty"`
}

// Kinds of entries.
const (
	KindFile    = "file"
	KindSymlink = "symlink"
	KindDir     = "dir"
)

// Entry is one kept path.
type Entry struct {
	// Path is relative to the root with slashes, or absolute when it lies outside. Raw holds its bytes when
	// they are not UTF-8; Path is then only for people.
	Path string `json:"path"`
	Raw  []byte `json:"raw,omitempty"`
	Kind string `json:"kind"`
	Mode uint32 `json:"mode"`           // fs.FileMode: permissions, setuid, setgid, sticky
	Size int64  `json:"size,omitempty"` // bytes
	OID  string `json:"oid,omitempty"`  // git blob: the content, or a link's target
	// InGit marks a file that HEAD has as it is: it comes back where it is missing and is left alone elsewhere.
	InGit bool `json:"in_git,omitempty"`
	// at is the path on disk, staged the git mode of index content; both live during Take only.
	at, staged string
}

// Name is the path in its real bytes.
func (e Entry) Name() string {
	if e.Raw != nil {
		return string(e.Raw)
	}
	return e.Path
}

// Commit is a commit kept reachable because the ref that names it may go.
type Commit struct {
	Ref     string `json:"ref"` // refs/heads/x, refs/tags/x, stash@{0}
	OID     string `json:"oid"`
	Message string `json:"message,omitempty"`
}
