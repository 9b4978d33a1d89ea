// Package worktree gives each agent a git repository of its own beside the project, and takes over from it only
// what was agreed.
//
// Add makes the folder <project>-worktrees/NAME: a checkout with its own .git, whose objects lie over those of
// the project (objects/info/alternates), so that it costs a checkout and not a copy. The agent commits, amends,
// branches, stashes and rebases there as it likes; the project's .git stays read-only for it. Land, which runs
// outside the sandbox, copies the objects into quarantine, checks them and every path that the commits touch
// against the record, and then moves refs of the project, never its working tree. Remove keeps what did not land
// under refs/writ/kept/ before anything goes. Scope says which parts of a checkout a sandbox must hold fast.
//
// Everything in an agent's folder is a stranger's: it is read through handles on the folder, bounded, and git
// never runs with its configuration, index, refs or alternates. The records lie in writ's home.
//
// What it does not do: merge for a person, run tests, or protect a person who runs git inside an agent's folder
// where the kernel could not hold that folder's configuration (docs/reference/worktree.md).
package worktree

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"writ/internal/gitsafe"
)

// Errors that callers tell apart.
var (
	ErrNoRepo   = errors.New("no git repository")
	ErrName     = errors.New("not a name for a worktree")
	ErrExists   = errors.New("the worktree exists")
	ErrNotFound = errors.New("no such worktree")
	ErrBusy     = errors.New("another writ worktree command is at work")
	ErrObjects  = errors.New("the agent's commits are not sound")
	ErrRefused  = errors.New("the commits go beyond what was agreed")
	ErrNotKept  = errors.New("the work cannot be kept")
	ErrBranch   = errors.New("the branch cannot be moved")
)

// The names that writ uses in the project's repository.
const (
	BranchPrefix = "refs/heads/agents/"       // where landed work appears
	BasePrefix   = "refs/writ/worktrees/"     // holds on to the commit a worktree started from
	KeptPrefix   = "refs/writ/kept/"          // work of removed worktrees, NAME/TIME
	folderSuffix = "-worktrees"               // beside the project
	kindTime     = "20060102T150405.000Z0700" // the time part of kept refs
)

// Repo is a project's repository together with writ's records of its worktrees.
type Repo struct {
	git      gitsafe.Git
	from     gitsafe.Git   // where the caller stands: HEAD of that checkout is where a worktree starts
	root     string        // the main checkout, or the bare repository
	common   string        // the git folder that all checkouts share
	format   string        // sha1 or sha256
	dir      string        // the records
	patience time.Duration // how long looking at an agent's files may take
}

// Open finds the repository around dir; a folder inside an agent's worktree leads to its project. Records lie
// below stateDir, which no agent may reach.
func Open(ctx context.Context, stateDir, dir string) (*Repo, error) {
	if stateDir == "" || dir == "" {
		return nil, fmt.Errorf("%w: no folder was given", ErrNoRepo)
	}
	if rec, ok, err := Find(stateDir, dir); err != nil {
		return nil, err
	} else if ok {
		dir = rec.Root
	}
	g := gitsafe.Git{Dir: dir}
	out, err := g.Run(ctx, "rev-parse", "--path-format=absolute", "--show-object-format", "--git-common-dir")
	if err != nil {
		return nil, fmt.Errorf("%w around %s: %v", ErrNoRepo, dir, err)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != 2 {
		return nil, fmt.Errorf("%w that writ can name: the path of %q holds a line break", ErrNoRepo, dir)
	}
	r := &Repo{from: g, format: lines[0], patience: lookTime}
	if r.common, err = filepath.EvalSymlinks(lines[1]); err != nil {
		return nil, err
	}
	checkouts, err := gitsafe.Git{Dir: dir, GitDir: r.common}.List(ctx, "worktree", "list", "--porcelain", "-z")
	if err != nil || len(checkouts) == 0 {
		return nil, fmt.Errorf("%w: list its checkouts: %v", ErrNoRepo, err)
	}
	if r.root, err = filepath.EvalSymlinks(strings.TrimPrefix(checkouts[0], "worktree ")); err != nil {
		return nil, err
	}
	r.git = gitsafe.Git{Dir: r.root, GitDir: r.common}
	sum := sha256.Sum256([]byte(r.common))
	r.dir = filepath.Join(stateDir, "worktrees", hex.EncodeToString(sum[:8]))
	return r, os.MkdirAll(r.dir, 0o700)
}

// Root is the project's main checkout.
func (r *Repo) Root() string { return r.root }

var goodName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// checkName holds a name to what is the same word as a file, a ref and an argument on every system.
func checkName(name string) error {
	if !goodName.MatchString(name) || strings.Contains(name, "..") || strings.HasSuffix(name, ".") || strings.HasSuffix(name, ".lock") {
		return fmt.Errorf("%w: %q; want lower-case letters, digits, - _ and single dots, at most 63", ErrName, name)
	}
	return nil
}

// folder is where a worktree lies unless it was put elsewhere. It is beside the project: tools that walk the project
// do not see it, and git status of the project says nothing about it.
func (r *Repo) folder(name string) string {
	return filepath.Join(r.root+folderSuffix, name)
}

// resolve gives the commit that a word names, "" if none.
func resolve(ctx context.Context, g gitsafe.Git, word string) string {
	return g.Line(ctx, "rev-parse", "-q", "--verify", "--end-of-options", word+"^{commit}")
}

// checkedOut tells in which folder each branch is checked out.
func (r *Repo) checkedOut(ctx context.Context) (map[string]string, error) {
	list, err := r.git.List(ctx, "worktree", "list", "--porcelain", "-z")
	if err != nil {
		return nil, err
	}
	out, folder := map[string]string{}, ""
	for _, item := range list {
		if path, ok := strings.CutPrefix(item, "worktree "); ok {
			folder = path
		}
		if branch, ok := strings.CutPrefix(item, "branch "); ok {
			out[branch] = folder
		}
	}
	return out, nil
}

// now is the time that records and refs carry.
func now() time.Time { return time.Now().UTC() }
