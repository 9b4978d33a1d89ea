package worktree

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"writ/internal/durable"
	"writ/internal/gitsafe"
)

// Limits of what is taken over from an agent at once. They bound time, memory and disk against hostile content,
// not honest work.
const (
	maxStored  = 2 << 30   // bytes on disk in the agent's object folder
	maxObjects = 500_000   // objects there
	maxObject  = 200 << 20 // bytes of one object, unpacked
	maxContent = 8 << 30   // bytes of all objects, unpacked
	maxCommits = 10_000    // commits in one landing
	importTime = 10 * time.Minute
)

// arrival are the agent's commits in a repository that only writ writes, checked object by object. Nothing of
// them is in the project yet.
type arrival struct {
	git  gitsafe.Git // a bare repository with the new objects over those of the project
	pack string      // the same objects as one file
	dir  string
}

func (a arrival) drop() { os.RemoveAll(a.dir) } // what stays behind is removed by the next arrival

// receive brings the commits named by tips, and all they need, out of an agent's repository. The agent may still
// write there: files are copied first, and everything is judged on the copy, whose objects git names anew.
func (r *Repo) receive(ctx context.Context, rec Record, agent *os.Root, tips []string) (a arrival, err error) {
	ctx, cancel := context.WithTimeout(ctx, importTime)
	defer cancel()
	a.dir = filepath.Join(r.dir, rec.Name+".quarantine")
	if err := os.RemoveAll(a.dir); err != nil {
		return a, err
	}
	defer func() {
		if err != nil {
			a.drop()
		}
	}()
	copied, err := r.bare(filepath.Join(a.dir, "copied"))
	if err != nil {
		return a, err
	}
	if a.git, err = r.bare(filepath.Join(a.dir, "in")); err != nil {
		return a, err
	}
	if err := copyObjects(ctx, agent, copied); err != nil {
		return a, fmt.Errorf("%w: %v", ErrObjects, err)
	}
	if err := measure(ctx, copied); err != nil {
		return a, fmt.Errorf("%w: %v", ErrObjects, err)
	}
	for _, g := range []gitsafe.Git{copied, a.git} {
		if err := r.overProject(g.GitDir); err != nil {
			return a, err
		}
	}
	a.pack = filepath.Join(a.dir, "new.pack")
	if err := r.sift(ctx, copied, a, tips); err != nil {
		return a, fmt.Errorf("%w: %v", ErrObjects, err)
	}
	return a, nil
}

// bare makes an empty repository of the project's object format. What is in it is made anew each time, so nothing waits
// for the disk.
func (r *Repo) bare(dir string) (gitsafe.Git, error) {
	for _, d := range []string{"objects/info", "objects/pack", "info", "refs/heads"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return gitsafe.Git{}, err
		}
	}
	config := "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
	if r.format != "sha1" {
		config = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = " + r.format + "\n"
	}
	for name, text := range map[string]string{"config": config, "HEAD": "ref: refs/heads/none\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return gitsafe.Git{}, err
		}
	}
	return gitsafe.Git{Dir: dir, GitDir: dir, Config: [][2]string{{"core.fsync", "none"}}}, nil
}

// overProject lets a quarantined repository read the project's objects.
func (r *Repo) overProject(gitDir string) error {
	if shallow, err := durable.ReadFile(filepath.Join(r.common, "shallow"), maxRecord); err == nil {
		if err := os.WriteFile(filepath.Join(gitDir, "shallow"), shallow, 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(gitDir, "objects", "info", "alternates"), []byte(quoteAlternate(r.objects())+"\n"), 0o600)
}

var (
	looseFolder = regexp.MustCompile(`^[0-9a-f]{2}$`)
	looseName   = regexp.MustCompile(`^([0-9a-f]{38}|[0-9a-f]{62})$`)
	packName    = regexp.MustCompile(`^pack-([0-9a-f]{40}|[0-9a-f]{64})\.pack$`)
)

// copyObjects copies loose objects and packs, and nothing else: no alternates, no index of a pack, no commit graph.
// The handle does not lead out of the agent's folder, whatever links lie there.
func copyObjects(ctx context.Context, agent *os.Root, to gitsafe.Git) error {
	objects, err := agent.OpenRoot(".git/objects")
	if err != nil {
		return err
	}
	defer objects.Close()
	c := copying{ctx: ctx, from: objects, to: filepath.Join(to.GitDir, "objects")}
	top, err := fs.ReadDir(objects.FS(), ".")
	if err != nil {
		return err
	}
	for _, d := range top {
		if looseFolder.MatchString(d.Name()) {
			if err := c.folder(d.Name(), looseName); err != nil {
				return err
			}
		}
	}
	if err := c.folder("pack", packName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, p := range c.packs {
		if _, err := to.Run(ctx, "index-pack", "--max-input-size="+strconv.Itoa(maxStored), p); err != nil {
			return err
		}
	}
	return nil
}

type copying struct {
	ctx   context.Context
	from  *os.Root
	to    string
	bytes int64
	count int
	packs []string
}

func (c *copying) folder(name string, want *regexp.Regexp) error {
	list, err := fs.ReadDir(c.from.FS(), name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(c.to, name), 0o700); err != nil {
		return err
	}
	for _, d := range list {
		if !want.MatchString(d.Name()) {
			continue
		}
		if err := c.file(name + "/" + d.Name()); err != nil {
			return err
		}
		if want == packName {
			c.packs = append(c.packs, filepath.Join(c.to, name, d.Name()))
		}
	}
	return c.ctx.Err()
}

func (c *copying) file(name string) error {
	in, size, err := openRegular(c.from, name)
	if err != nil {
		return err
	}
	defer in.Close()
	c.count++
	c.bytes += size
	if c.count > maxObjects || c.bytes > maxStored {
		return fmt.Errorf("over %d files or %d MiB of objects", maxObjects, maxStored>>20)
	}
	out, err := os.OpenFile(filepath.Join(c.to, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	if n, err := io.Copy(out, io.LimitReader(in, size+1)); err != nil || n != size {
		return fmt.Errorf("%s: read %d of %d bytes: %v", name, n, size, err)
	}
	return out.Close()
}

// openRegular opens a file for reading that is neither a pipe nor a device; opening must not wait.
func openRegular(root *os.Root, name string) (*os.File, int64, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	fi, err := f.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = fmt.Errorf("%s: want a regular file, found %v", name, fi.Mode())
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, fi.Size(), nil
}

// measure reads the objects' headers only, before anything unpacks them.
func measure(ctx context.Context, g gitsafe.Git) error {
	var sum sizes
	err := g.Pipe(ctx, nil, &sum, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectsize)")
	if sum.err != nil {
		return sum.err
	}
	return err
}

// sizes adds up lines that are numbers.
type sizes struct {
	rest  string
	count int
	total int64
	err   error
}

func (s *sizes) Write(b []byte) (int, error) {
	lines := strings.Split(s.rest+string(b), "\n")
	s.rest = lines[len(lines)-1]
	for _, l := range lines[:len(lines)-1] {
		n, err := strconv.ParseInt(l, 10, 64)
		s.count++
		s.total += n
		switch {
		case err != nil:
			s.err = fmt.Errorf("an object whose size cannot be read: %q", l)
		case n > maxObject:
			s.err = fmt.Errorf("an object of %d MiB; at most %d", n>>20, maxObject>>20)
		case s.count > maxObjects || s.total > maxContent:
			s.err = fmt.Errorf("over %d objects or %d MiB of content", maxObjects, maxContent>>20)
		}
		if s.err != nil {
			return 0, s.err
		}
	}
	return len(b), nil
}

// sift packs what the tips need and the project does not have, and unpacks it where each object gets the name that
// its bytes have and is held to git's strict rules. Then everything the tips reach must be there.
func (r *Repo) sift(ctx context.Context, from gitsafe.Git, a arrival, tips []string) error {
	want, err := r.packNew(ctx, from, tips, a.pack)
	if err != nil {
		return err
	}
	if err := take(ctx, a.git, a.pack); err != nil {
		return err
	}
	for _, tip := range tips {
		if kind := a.git.Line(ctx, "cat-file", "-t", tip); kind != "commit" {
			return fmt.Errorf("%.12s is no commit but %q", tip, kind)
		}
	}
	_, err = a.git.Feed(ctx, strings.NewReader(want), "rev-list", "--objects", "--quiet", "--stdin")
	return err
}

// packNew writes a pack of what the tips reach and no ref of the project does; want is that question in git's words.
func (r *Repo) packNew(ctx context.Context, from gitsafe.Git, tips []string, path string) (want string, err error) {
	known, err := r.git.Run(ctx, "for-each-ref", "--format=^%(objectname)")
	if err != nil {
		return "", err
	}
	want = strings.Join(tips, "\n") + "\n" + known
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	defer f.Close()
	err = from.Pipe(ctx, strings.NewReader(want), f, "pack-objects", "-q", "--revs", "--stdout", "--no-reuse-delta")
	return want, err
}

// take stores a pack; objects that are broken by git's strict rules are an error.
func take(ctx context.Context, g gitsafe.Git, path string) error {
	pack, err := os.Open(path)
	if err != nil {
		return err
	}
	defer pack.Close()
	_, err = g.Feed(ctx, pack, "index-pack", "--strict", "--stdin")
	return err
}

// admit puts the checked objects into the project. Until a ref names them they are nobody's, so doing it twice or
// stopping half-way harms nothing.
func (r *Repo) admit(ctx context.Context, a arrival) error { return take(ctx, r.git, a.pack) }
