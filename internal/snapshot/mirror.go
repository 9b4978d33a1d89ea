package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"writ/internal/durable"
	"writ/internal/gitsafe"
)

// A snapshot of work in a repository lies in that repository, with all that git has anyway. A command that nobody
// could read may change the repository itself, as far as its sandbox goes; so before it runs every ref, snapshots
// among them, is copied with its objects to a repository of writ's own, which no sandbox reaches. Nothing in it is
// ever removed by a later copy: a ref that was moved or deleted stays in its log there.

// mirrorRefs is where the copies of a project's refs stand.
const mirrorRefs = "refs/mirror/"

// mirrorConfig lets git read the one repository that is named, and keeps what refs meant before.
var mirrorConfig = [][2]string{{"protocol.file.allow", "always"}, {"core.logAllRefUpdates", "always"}, {"gc.reflogExpire", "never"}, {"gc.auto", "0"}, {"fetch.writeCommitGraph", "false"}}

// mirrorOf is the repository of writ's own for a project's.
func mirrorOf(stateDir, common string) gitsafe.Git {
	sum := sha256.Sum256([]byte(common))
	return gitsafe.Git{Dir: stateDir, GitDir: filepath.Join(stateDir, "mirror-"+hex.EncodeToString(sum[:8])+".git"), Config: mirrorConfig}
}

// Mirror copies every ref of the project's repository, and HEAD, with all their objects. It costs as much as a clone
// the first time and little after that; an unchanged repository costs two questions to git. Outside a repository
// there is nothing to copy: Take keeps such work in the state folder anyway.
func Mirror(ctx context.Context, w Where) error {
	r, ok, err := openRepo(ctx, w.Project)
	if err != nil || !ok {
		return err
	}
	refs, err := r.Run(ctx, "for-each-ref", "--format=%(objectname) %(refname)")
	if err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	state := fmt.Sprintf("%s\n%s %s\n", refs, r.head, r.branch)
	m := mirrorOf(w.StateDir, r.common)
	mark := filepath.Join(m.GitDir, "writ-state")
	if had, err := durable.ReadFile(mark, 64<<20); err == nil && string(had) == state {
		return nil
	}
	if err := makeMirror(ctx, m, r.sha256); err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	specs := []string{"+refs/*:" + mirrorRefs + "*"}
	if r.head != "" {
		specs = append(specs, "+HEAD:refs/mirror-head")
	}
	args := append([]string{"fetch", "-q", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--update-shallow", "--refmap=", r.common}, specs...)
	if _, err := m.Run(ctx, args...); err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	return durable.WriteFile(mark, []byte(state), 0o600)
}

func makeMirror(ctx context.Context, m gitsafe.Git, sha256 bool) error {
	if _, err := os.Stat(filepath.Join(m.GitDir, "HEAD")); err == nil {
		return nil
	}
	if err := os.MkdirAll(m.Dir, 0o700); err != nil {
		return err
	}
	format := "sha1"
	if sha256 {
		format = "sha256"
	}
	_, err := gitsafe.Git{Dir: m.Dir}.Run(ctx, "init", "-q", "--bare", "--template=", "--object-format="+format, m.GitDir)
	return err
}

// Recovered is what Recover brought back.
type Recovered struct {
	Refs []string `json:"refs"` // refs that were gone or led nowhere
	Made bool     `json:"made"` // the repository itself had to be made anew
	// Aside is where the repository's objects were put because git could not read them; "" otherwise.
	Aside string `json:"aside,omitempty"`
}

// ErrNoMirror tells that nothing of the project's repository was ever copied.
var ErrNoMirror = errors.New("no copy of this project's repository was kept")

// Recover brings back into the project's repository what is gone from it: the repository, refs that were deleted or
// lead nowhere, and their objects. What is there and whole is not touched, and no file of the working tree is.
func Recover(ctx context.Context, w Where) (out Recovered, err error) {
	common := filepath.Join(w.Project, ".git")
	if r, ok, err := openRepo(ctx, w.Project); err == nil && ok {
		common = r.common
	}
	m := mirrorOf(w.StateDir, common)
	state, err := durable.ReadFile(filepath.Join(m.GitDir, "writ-state"), 64<<20)
	if errors.Is(err, os.ErrNotExist) {
		return out, ErrNoMirror
	}
	if err != nil {
		return out, fmt.Errorf("recover: %w", err)
	}
	if out.Made, err = remake(ctx, w.Project, common, string(state)); err != nil {
		return out, fmt.Errorf("recover: %w", err)
	}
	g := gitsafe.Git{Dir: w.Project, Config: [][2]string{{"protocol.file.allow", "always"}}}
	if out.Refs, err = bringBack(ctx, g, m); err != nil { // damaged objects stand in the way
		if out.Aside, err = setAside(common); err == nil {
			out.Refs, err = bringBack(ctx, g, m)
		}
	}
	if err != nil {
		return out, fmt.Errorf("recover: %w", err)
	}
	if _, err := os.Stat(filepath.Join(common, "index")); errors.Is(err, os.ErrNotExist) && g.Line(ctx, "rev-parse", "-q", "--verify", "HEAD^{commit}") != "" {
		if _, err := g.Run(ctx, "read-tree", "HEAD"); err != nil {
			return out, fmt.Errorf("recover: %w", err)
		}
	}
	return out, nil
}

// setAside puts an empty store in the place of one that git cannot read, and keeps the old one beside it.
func setAside(common string) (string, error) {
	objects := filepath.Join(common, "objects")
	aside := objects + ".damaged-" + time.Now().UTC().Format("20060102T150405")
	if err := os.Rename(objects, aside); err != nil {
		return "", err
	}
	return aside, errors.Join(os.MkdirAll(filepath.Join(objects, "info"), 0o755), os.MkdirAll(filepath.Join(objects, "pack"), 0o755))
}

// remake makes the repository usable for git, if it is not.
func remake(ctx context.Context, project, common, state string) (bool, error) {
	g := gitsafe.Git{Dir: project}
	if g.Line(ctx, "rev-parse", "--git-dir") != "" {
		return false, nil
	}
	if common != filepath.Join(project, ".git") {
		return false, fmt.Errorf("%s is no repository any more, and is not the project's own folder", common)
	}
	if _, err := g.Run(ctx, "init", "-q", "--template="); err != nil {
		return false, err
	}
	last := strings.Fields(state[strings.LastIndexByte(strings.TrimSuffix(state, "\n"), '\n')+1:])
	if n := len(last); n > 0 && strings.HasPrefix(last[n-1], "refs/heads/") {
		if _, err := g.Run(ctx, "symbolic-ref", "HEAD", last[n-1]); err != nil {
			return true, err
		}
	}
	return true, nil
}

// bringBack fetches every mirrored ref that the project has not, or whose objects it lacks.
func bringBack(ctx context.Context, g, m gitsafe.Git) (refs []string, err error) {
	kept, err := m.Run(ctx, "for-each-ref", "--format=%(refname)", mirrorRefs)
	if err != nil {
		return nil, err
	}
	specs := []string{}
	for ref := range strings.SplitSeq(strings.TrimSpace(kept), "\n") {
		to := "refs/" + strings.TrimPrefix(ref, mirrorRefs)
		if ref == "" || whole(ctx, g, to) {
			continue
		}
		g.Line(ctx, "update-ref", "-d", to) // one that leads nowhere would stop the fetch; it may not exist
		refs, specs = append(refs, to), append(specs, "+"+ref+":"+to)
	}
	if len(specs) == 0 {
		return refs, nil
	}
	// --refetch: objects that git believes to have may be gone.
	args := append([]string{"fetch", "-q", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--update-head-ok", "--refetch", "--refmap=", m.GitDir}, specs...)
	_, err = g.Run(ctx, args...)
	return refs, err
}

// whole tells whether a ref exists and everything that it names is there.
func whole(ctx context.Context, g gitsafe.Git, ref string) bool {
	if g.Line(ctx, "rev-parse", "-q", "--verify", ref) == "" {
		return false
	}
	_, err := g.Run(ctx, "rev-list", "--objects", "--quiet", ref)
	return err == nil
}
