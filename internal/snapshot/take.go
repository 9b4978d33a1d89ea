package snapshot

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"writ/internal/gitsafe"
)

// Take keeps what the request needs. A Snapshot without an ID means that nothing would be lost. An error means
// that something would be and is not kept: the command must not run as if it were.
func Take(ctx context.Context, req Request) (Snapshot, error) {
	t := taking{req: req, limits: req.Limits.orDefault()}
	if err := t.open(ctx); err != nil {
		return Snapshot{}, fmt.Errorf("snapshot: %w", err)
	}
	s, err := t.take(ctx)
	if err != nil {
		return Snapshot{}, fmt.Errorf("snapshot: %w", err)
	}
	return s, nil
}

// taking is one Take on its way.
type taking struct {
	req    Request
	limits Limits
	repo   repo
	isRepo bool
	whole  bool // the repository itself would be harmed: git's copies do not count
	apart  bool // it goes to the state folder
	root   string
	paths  []string // Need.Paths, absolute, parents resolved
	files  []string // Need.Files, likewise
}

// open finds the repository and decides where the snapshot goes.
func (t *taking) open(ctx context.Context) (err error) {
	project, cwd := t.resolve()
	if t.nothing() {
		return nil
	}
	if cwd != "" && (t.req.Whole || t.req.refs()) {
		t.repo, t.isRepo, err = openRepo(ctx, cwd)
	}
	if err == nil && !t.isRepo {
		t.repo, t.isRepo, err = openRepo(ctx, project)
	}
	if err != nil {
		return err
	}
	if t.isRepo {
		t.root = t.repo.root
	}
	for _, p := range t.paths {
		t.whole = t.whole || touches(p, t.repo.common)
	}
	t.apart = !t.isRepo || t.whole
	return nil
}

// resolve makes every path absolute, with links resolved in all but its last part.
func (t *taking) resolve() (project, cwd string) {
	project, cwd = real(t.req.Project), real(t.req.Cwd)
	if project == "" {
		project = cwd
	}
	t.root = project
	full := func(list []string) (out []string) {
		for _, p := range list {
			if !filepath.IsAbs(p) {
				p = filepath.Join(firstOf(cwd, project), p)
			}
			out = append(out, filepath.Join(real(filepath.Dir(p)), filepath.Base(p)))
		}
		return out
	}
	t.paths, t.files = full(t.req.Paths), full(t.req.Files)
	if t.overwrites() {
		t.paths = append(t.paths, full(t.req.Moved)...)
	}
	return project, cwd
}

// overwrites tells whether one of the files to be written is there already.
func (t *taking) overwrites() bool {
	for _, p := range t.files {
		if fi, err := os.Lstat(p); err == nil && !fi.IsDir() {
			return true
		}
	}
	return false
}

// named are all paths that the request names.
func (t *taking) named() []string { return append(append([]string(nil), t.paths...), t.files...) }

// touches tells whether removing path would harm the repository itself.
func touches(path, gitDir string) bool {
	if gitDir == "" {
		return false
	}
	_, holds := below(gitDir, path)
	_, inside := below(path, gitDir)
	return holds || inside
}

// collector finds everything that needs keeping.
func (t *taking) collector(ctx context.Context) (*collector, error) {
	c := &collector{ctx: ctx, repo: t.repo, root: t.root, limits: t.limits, nested: t.req.Nested, found: map[string]Entry{}, inGit: map[string]Entry{}}
	if t.isRepo && !t.whole {
		idx, err := readIndex(ctx, t.repo, t.pathspecs())
		if err != nil {
			return nil, err
		}
		c.idx = idx
	}
	return c, t.collect(c)
}

func (t *taking) take(ctx context.Context) (Snapshot, error) {
	if t.nothing() {
		return Snapshot{Root: t.root}, nil
	}
	c, err := t.collector(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	s := Snapshot{Time: time.Now().UTC(), Root: t.root, Why: t.req.Why, Session: t.req.Session, Agent: t.req.Agent,
		Entries: c.entries(), Skipped: c.skipped, Notes: c.notes, Bytes: c.bytes}
	if t.isRepo {
		s.Head, s.Branch = t.repo.head, strings.TrimPrefix(t.repo.branch, "refs/heads/")
	}
	if c.idx != nil {
		s.Staged = t.staged(c)
	}
	if err := t.commits(ctx, &s); err != nil {
		return Snapshot{}, err
	}
	if len(s.Entries)+len(s.Staged)+len(s.Commits) == 0 {
		return Snapshot{Root: s.Root, Skipped: s.Skipped, Notes: s.Notes}, nil
	}
	s.Entries = sortEntries(append(s.Entries, list(c.inGit)...))
	s.ID = stamp(s.Time) + "-" + suffix()
	return s, t.write(ctx, &s)
}

// nothing tells, without asking git, that no named path exists: the common case of a new file.
func (t *taking) nothing() bool {
	if t.req.Whole || t.req.refs() {
		return false
	}
	for _, p := range t.named() {
		if _, err := os.Lstat(p); !os.IsNotExist(err) && !notDir(err) {
			return false
		}
	}
	return true
}

// write puts it into the project's repository, or into the bare one.
func (t *taking) write(ctx context.Context, s *Snapshot) error {
	if t.isRepo && !t.apart {
		if err := write(ctx, t.repo.Git, s, s.parents(), t.repo.sha256); err != nil {
			return err
		}
		s.Repo = t.repo.common
		return t.vouch(ctx, gitsafe.Git{Dir: t.root, GitDir: s.Repo}, s)
	}
	g, err := makeStore(ctx, t.req.StateDir, t.root)
	if err != nil {
		return err
	}
	if err := write(ctx, g, s, nil, false); err != nil {
		return err
	}
	s.Repo = g.GitDir
	return t.vouch(ctx, g, s)
}

func (t *taking) vouch(ctx context.Context, g gitsafe.Git, s *Snapshot) error {
	commit, err := g.Run(ctx, "rev-parse", "--verify", RefPrefix+s.ID+"^{commit}")
	if err != nil {
		return err
	}
	return vouch(t.req.StateDir, s.ID, strings.TrimSpace(commit))
}

func suffix() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	return hex.EncodeToString(b[:])
}

// real resolves links as far as the path exists.
func real(path string) string {
	if path == "" {
		return ""
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if got, err := filepath.EvalSymlinks(path); err == nil {
		return got
	}
	if parent := filepath.Dir(path); parent != path {
		return filepath.Join(real(parent), filepath.Base(path))
	}
	return path
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
