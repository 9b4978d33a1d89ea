package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"writ/internal/gitsafe"
)

// repo is a git working tree.
type repo struct {
	gitsafe.Git
	root   string // its top folder
	common string // the .git folder that all its worktrees share
	head   string // commit, "" before the first one
	branch string // "" when detached
	sha256 bool
}

// openRepo finds the working tree that holds dir; ok is false where there is none.
func openRepo(ctx context.Context, dir string) (r repo, ok bool, err error) {
	g := gitsafe.Git{Dir: dir}
	out, err := g.Run(ctx, "rev-parse", "--path-format=absolute", "--is-inside-work-tree", "--show-object-format",
		"--git-common-dir", "--show-toplevel")
	if err != nil {
		if strings.Contains(err.Error(), "not a git repository") || strings.Contains(err.Error(), "must be run in a work tree") {
			return repo{}, false, nil
		}
		return repo{}, false, err
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if lines[0] != "true" {
		return repo{}, false, nil
	}
	if len(lines) != 4 {
		return repo{}, false, fmt.Errorf("cannot tell the top folder of the repository at %q: its path holds a line break", dir)
	}
	r = repo{Git: gitsafe.Git{Dir: lines[3]}, root: lines[3], common: lines[2], sha256: lines[1] == "sha256"}
	if r.Config, err = r.NoFilters(ctx); err != nil {
		return repo{}, false, err
	}
	r.head = r.Line(ctx, "rev-parse", "-q", "--verify", "HEAD^{commit}")
	r.branch = r.Line(ctx, "symbolic-ref", "-q", "HEAD")
	return r, true, nil
}

// storeRepo is the bare repository of a folder below the state folder.
func storeRepo(stateDir, root string) gitsafe.Git {
	sum := sha256.Sum256([]byte(root))
	path := filepath.Join(stateDir, hex.EncodeToString(sum[:8])+".git")
	return gitsafe.Git{Dir: stateDir, GitDir: path}
}

// makeStore creates it; many may at once, and one folder appears whole.
func makeStore(ctx context.Context, stateDir, root string) (gitsafe.Git, error) {
	g := storeRepo(stateDir, root)
	if _, err := os.Stat(g.GitDir); err == nil {
		return g, nil
	}
	if stateDir == "" {
		return g, fmt.Errorf("keep work of %s: no state folder was given", root)
	}
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return g, err
	}
	tmp, err := os.MkdirTemp(stateDir, ".new-*")
	if err != nil {
		return g, err
	}
	defer os.RemoveAll(tmp) // gone after the rename
	if _, err := (gitsafe.Git{Dir: stateDir}).Run(ctx, "init", "-q", "--bare", "--template=", "--object-format=sha1", tmp); err != nil {
		return g, err
	}
	if err := os.Rename(tmp, g.GitDir); err != nil {
		if _, there := os.Stat(g.GitDir); there != nil {
			return g, err
		}
	}
	return g, nil
}
