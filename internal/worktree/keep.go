package worktree

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"writ/internal/gitsafe"
)

// Bounds of looking at a folder that an agent filled.
const (
	lookTime  = time.Minute // a pipe in the place of a file that git reads would hold it forever
	maxIndex  = 512 << 20
	maxKept   = 4 << 30 // bytes of uncommitted files in one kept commit
	aboutKept = "kept when the worktree was removed"
)

// keep makes one commit that holds the working files and, as parents, every commit that has not landed, and points a
// ref of the project to it. Without such work it gives "".
func (r *Repo) keep(ctx context.Context, rec Record) (ref string, holds []string, err error) {
	agent, err := os.OpenRoot(rec.Path)
	if err != nil {
		return "", nil, err
	}
	defer agent.Close()
	refs, err := readRefs(agent)
	if err != nil {
		return "", nil, err
	}
	tips := refs.all()
	a, err := r.receive(ctx, rec, agent, append(slices.Clone(tips), rec.Base))
	if err != nil {
		return "", nil, err
	}
	defer a.drop()
	k := keeping{ctx: ctx, repo: r, rec: rec, agent: agent, refs: refs, in: a}
	commit, err := k.commit()
	if err != nil || commit == "" {
		return "", nil, err
	}
	second := filepath.Join(a.dir, "kept.pack")
	if _, err := r.packNew(ctx, a.git, []string{commit}, second); err != nil {
		return "", nil, err
	}
	if err := take(ctx, r.git, second); err != nil {
		return "", nil, err
	}
	ref = KeptPrefix + rec.Name + "/" + now().Format(kindTime)
	if _, err := r.git.Run(ctx, "update-ref", "-m", aboutKept, ref, commit, strings.Repeat("0", len(commit))); err != nil {
		return "", nil, err
	}
	return ref, k.holds, nil
}

// all are the commits that the agent's refs name, HEAD first, each once.
func (refs agentRefs) all() []string {
	var out []string
	add := func(oid string) {
		if oid != "" && !slices.Contains(out, oid) {
			out = append(out, oid)
		}
	}
	add(refs.head)
	for _, name := range slices.Sorted(maps.Keys(refs.tips)) {
		add(refs.tips[name])
	}
	return out
}

type keeping struct {
	ctx   context.Context
	repo  *Repo
	rec   Record
	agent *os.Root
	refs  agentRefs
	in    arrival
	holds []string
}

// commit gives the commit to keep, "" where everything has landed and nothing is uncommitted.
func (k *keeping) commit() (string, error) {
	parents, err := k.unlanded()
	if err != nil {
		return "", err
	}
	paths, err := k.paths()
	if err != nil {
		return "", err
	}
	head := k.refs.head
	if head == "" {
		head = k.rec.Base
	}
	if !slices.Contains(parents, head) {
		parents = append([]string{head}, parents...)
	}
	commit, err := k.write(paths, parents)
	if err != nil {
		return "", err
	}
	same := k.in.git.Line(k.ctx, "rev-parse", "-q", "--verify", commit+"^{tree}") == k.in.git.Line(k.ctx, "rev-parse", "-q", "--verify", head+"^{tree}")
	if !same {
		k.holds = append(k.holds, "uncommitted files")
	}
	if len(k.holds) == 0 {
		return "", nil
	}
	return commit, nil
}

// unlanded are the tips that no ref of the project reaches.
func (k *keeping) unlanded() ([]string, error) {
	known, err := k.repo.git.Run(k.ctx, "for-each-ref", "--format=^%(objectname)")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, tip := range k.refs.all() {
		n, err := k.in.git.Feed(k.ctx, strings.NewReader(tip+"\n"+known), "rev-list", "--count", "--stdin")
		if err != nil {
			return nil, err
		}
		if n = strings.TrimSpace(n); n != "0" {
			out = append(out, tip)
			k.holds = append(k.holds, fmt.Sprintf("commits that have not landed, up to %.12s: %s", tip, n))
		}
	}
	return out, nil
}

// paths are the files that git would see: in the agent's index, in HEAD, or untracked and not ignored. The index is a
// copy in a repository of writ's; names that do not belong in a checkout are dropped.
func (k *keeping) paths() ([]string, error) {
	g, cancel, ctx, err := k.repo.lookAt(k.ctx, k.in.git, k.agent, k.rec.Path)
	if err != nil {
		return nil, err
	}
	defer cancel()
	seen, err := g.List(ctx, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	if k.refs.head != "" {
		tree, err := k.in.git.List(ctx, "ls-tree", "-r", "-z", "--name-only", k.refs.head)
		if err != nil {
			return nil, err
		}
		seen = append(seen, tree...)
	}
	slices.Sort(seen)
	return slices.DeleteFunc(slices.Compact(seen), func(p string) bool { return !inside(strings.TrimSuffix(p, "/")) }), nil
}

// inside tells whether a name stays in the checkout and out of .git.
func inside(p string) bool {
	return fs.ValidPath(p) && p != "." && !slices.ContainsFunc(strings.Split(p, "/"), func(part string) bool { return strings.EqualFold(part, ".git") })
}

// lookAt gives git for looking at an agent's files with a repository of writ's and a copy of the agent's index.
func (r *Repo) lookAt(ctx context.Context, g gitsafe.Git, agent *os.Root, path string) (gitsafe.Git, context.CancelFunc, context.Context, error) {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	index := filepath.Join(g.GitDir, "agent-index")
	text, err := readSome(agent, ".git/index", maxIndex)
	if err == nil {
		err = os.WriteFile(index, []byte(text), 0o600)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	g.Dir = path
	g.Env = append(slices.Clone(g.Env), "GIT_WORK_TREE="+path, "GIT_INDEX_FILE="+index)
	g.Config = append(slices.Clone(g.Config), [2]string{"diff.ignoreSubmodules", "all"}, [2]string{"index.sparse", "false"})
	return g, cancel, ctx, err
}

// write makes the commit with git fast-import, which takes bytes as they are.
func (k *keeping) write(paths, parents []string) (string, error) {
	ctx, cancel := context.WithCancel(k.ctx)
	defer cancel() // ends git where the stream breaks off
	in, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		w := bufio.NewWriterSize(out, 1<<16)
		err := k.stream(w, paths, parents)
		if err == nil {
			err = w.Flush()
		}
		out.CloseWithError(err)
		done <- err
	}()
	_, err := k.in.git.Feed(ctx, in, "fast-import", "--done", "--quiet", "--date-format=raw", "--force")
	in.CloseWithError(errors.New("git fast-import ended"))
	if streamErr := <-done; err == nil || streamErr != nil && !strings.Contains(streamErr.Error(), "git fast-import ended") {
		err = streamErr
	}
	if err != nil {
		return "", err
	}
	return resolve(k.ctx, k.in.git, "refs/heads/kept"), nil
}

func (k *keeping) stream(w *bufio.Writer, paths, parents []string) error {
	message := fmt.Sprintf("writ: worktree %s, %s\n\n", k.rec.Name, aboutKept)
	for _, name := range slices.Sorted(maps.Keys(k.refs.tips)) {
		message += k.refs.tips[name] + " " + strings.ToValidUTF8(name, "\ufffd") + "\n"
	}
	when := fmt.Sprintf("writ <writ@localhost> %d +0000", now().Unix())
	fmt.Fprintf(w, "commit refs/heads/kept\nauthor %s\ncommitter %s\ndata %d\n%s\n", when, when, len(message), message)
	for i, p := range parents {
		fmt.Fprintf(w, "%s %s\n", []string{"from", "merge"}[min(i, 1)], p)
	}
	fmt.Fprint(w, "deleteall\n")
	left := int64(maxKept)
	for _, p := range paths {
		if strings.HasSuffix(p, "/") {
			return fmt.Errorf("%q is a repository inside the repository", p)
		}
		if err := k.file(w, p, &left); err != nil {
			return fmt.Errorf("%q: %w", p, err)
		}
	}
	_, err := fmt.Fprint(w, "done\n")
	return err
}

// file writes one path; one that is gone, or a folder or a pipe by now, is left out.
func (k *keeping) file(w *bufio.Writer, p string, left *int64) error {
	fi, err := k.agent.Lstat(p)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !fi.Mode().IsRegular() && fi.Mode()&fs.ModeSymlink == 0 {
		if err == nil && fi.IsDir() {
			return k.nested(p)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if fi.Mode()&fs.ModeSymlink != 0 {
		target, err := k.agent.Readlink(p)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "M 120000 inline %s\ndata %d\n%s\n", gitsafe.Quote(p), len(target), target)
		return nil
	}
	f, size, err := openRegular(k.agent, p)
	if err != nil {
		return err
	}
	defer f.Close()
	if *left -= size; *left < 0 {
		return fmt.Errorf("over %d MiB of files", maxKept>>20)
	}
	mode := "100644"
	if fi.Mode()&0o100 != 0 {
		mode = "100755"
	}
	fmt.Fprintf(w, "M %s inline %s\ndata %d\n", mode, gitsafe.Quote(p), size)
	if _, err := io.CopyN(w, f, size); err != nil {
		return fmt.Errorf("it changes while it is read: %w", err)
	}
	_, err = w.WriteString("\n")
	return err
}

// nested refuses a folder under a tracked name that holds a repository, whose commits would be lost.
func (k *keeping) nested(p string) error {
	if _, err := k.agent.Lstat(p + "/.git"); err == nil {
		return errors.New("it is a repository inside the repository")
	}
	return nil
}
