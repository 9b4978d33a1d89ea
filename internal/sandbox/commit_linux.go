package sandbox

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// The commit filter runs outside the sandbox, on a tree that a stranger has filled. It opens everything from the
// two folders it holds, beneath them and through no link, and it copies: a program in the sandbox that still holds
// a file open writes to the copy it knows, not to what was taken.

const beneath = unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS

// state is how a claim was on both sides.
type state struct{ below, above stamp }

// stamp tells versions of a file apart.
type stamp struct {
	ino          uint64
	size         int64
	mtime, ctime unix.Timespec
	mode         uint32
}

// Commit takes over what was changed in the copy-on-write views: claimed files and nothing else. Where anything is
// refused, nothing is taken. The error tells of a failure in between.
func (s *Sandbox) Commit() (c Commit, err error) {
	s.committing.Lock()
	defer s.committing.Unlock()
	var all []*change
	for _, o := range s.overlays {
		w := walker{o: o, out: &c}
		w.folder("", 0)
		all = append(all, w.changes...)
	}
	defer func() {
		for _, ch := range all {
			ch.drop()
		}
	}()
	if len(c.Refused) > 0 {
		return c, nil
	}
	for _, ch := range all {
		if why := ch.stage(); why != "" {
			c.Refused = append(c.Refused, NotTaken{ch.path(), why})
		}
	}
	if len(c.Refused) > 0 {
		return c, nil
	}
	for _, ch := range all {
		if err := ch.land(&c); err != nil {
			return c, fmt.Errorf("take over %s: %w", ch.path(), err)
		}
	}
	return c, nil
}

// walker looks through what a view's upper folder holds.
type walker struct {
	o       *overlay
	out     *Commit
	changes []*change
	entries int
	bytes   int64
}

func (w *walker) refuse(name, why string) {
	w.out.Refused = append(w.out.Refused, NotTaken{filepath.Join(w.o.folder, name), why})
}

// folder looks through one folder of the upper side.
func (w *walker) folder(name string, depth int) {
	fd, err := openAt(w.o.upper, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK)
	if err != nil {
		w.refuse(name, "cannot be read: "+err.Error())
		return
	}
	dir := os.NewFile(uintptr(fd), name)
	defer dir.Close()
	if why := w.marks(fd, name); why != "" {
		w.refuse(name, why)
		return
	}
	if depth > maxOverlayDepth {
		w.refuse(name, fmt.Sprintf("lies more than %d folders deep", maxOverlayDepth))
		return
	}
	for w.entries <= maxOverlayEntries {
		names, err := dir.Readdirnames(256)
		for _, n := range names {
			w.entry(filepath.Join(name, n), depth)
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			w.refuse(name, "cannot be read: "+err.Error())
			return
		}
	}
	w.refuse(name, fmt.Sprintf("more than %d changed files", maxOverlayEntries))
}

// marks finds overlayfs's own attributes that make a folder or file mean something else than it holds.
func (w *walker) marks(fd int, name string) string {
	list, err := xattrs(fd)
	if err != nil {
		return "its attributes cannot be read: " + err.Error()
	}
	for _, a := range list {
		switch what, ours := strings.CutPrefix(a, "user.overlay."); {
		case !ours, what == "origin", what == "impure", what == "uuid":
		case what == "opaque" && w.empty(name):
		case what == "opaque":
			return "the folder was replaced by another"
		default:
			return fmt.Sprintf("carries the mark %q of overlayfs", a)
		}
	}
	return ""
}

// empty tells whether there is nothing of that folder below, so that hiding it hides nothing.
func (w *walker) empty(name string) bool {
	if name == "" {
		return false
	}
	var st unix.Stat_t
	err := statAt(w.o.lower, name, &st)
	return errors.Is(err, unix.ENOENT)
}

func xattrs(fd int) ([]string, error) {
	b := make([]byte, 64<<10) // the kernel's own bound of a list
	n, err := unix.Flistxattr(fd, b)
	if errors.Is(err, unix.ENOTSUP) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(string(b[:n]), func(r rune) bool { return r == 0 }), nil
}

// entry judges one name of the upper side.
func (w *walker) entry(name string, depth int) {
	if w.entries++; w.entries > maxOverlayEntries {
		return
	}
	var up, low unix.Stat_t
	if err := statAt(w.o.upper, name, &up); err != nil {
		if !errors.Is(err, unix.ENOENT) { // gone in the meantime
			w.refuse(name, err.Error())
		}
		return
	}
	there := statAt(w.o.lower, name, &low) == nil
	claimed := slices.Contains(w.o.claims, name)
	switch kind := up.Mode & unix.S_IFMT; {
	case kind == unix.S_IFDIR && claimed:
		w.refuse(name, "a folder in place of the claimed file")
	case kind == unix.S_IFDIR:
		w.dir(name, depth, up, low, there)
	case kind == unix.S_IFCHR && up.Rdev == 0 && claimed:
		w.changed(&change{o: w.o, name: name, gone: true, above: stampOf(up)})
	case kind == unix.S_IFCHR && up.Rdev == 0 && !there: // made and removed again
	case kind == unix.S_IFCHR && up.Rdev == 0:
		w.refuse(name, "was removed, and is not claimed")
	case kind != unix.S_IFREG:
		w.refuse(name, "is a "+kindName(kind)+", and only plain files are taken over")
	case claimed:
		w.file(name, up)
	case !there:
		w.refuse(name, "was made, and is not claimed")
	case !w.same(name, up, low):
		w.refuse(name, "was changed, and is not claimed")
	}
}

func kindName(kind uint32) string {
	switch kind {
	case unix.S_IFLNK:
		return "link"
	case unix.S_IFIFO:
		return "pipe"
	case unix.S_IFSOCK:
		return "socket"
	}
	return "device"
}

func (w *walker) dir(name string, depth int, up, low unix.Stat_t, there bool) {
	onWay := slices.ContainsFunc(w.o.claims, func(c string) bool { return strings.HasPrefix(c, name+"/") })
	switch {
	case there && low.Mode&unix.S_IFMT != unix.S_IFDIR:
		w.refuse(name, "a folder in place of what is none")
		return
	case there && low.Mode != up.Mode:
		w.refuse(name, "the folder's rights were changed")
		return
	case !there && !onWay:
		w.refuse(name, "the folder was made, and is not on the way to a claim")
		return
	}
	w.folder(name, depth+1)
}

// file notes a claimed file that was changed.
func (w *walker) file(name string, up unix.Stat_t) {
	w.bytes += up.Size
	switch {
	case w.bytes > maxOverlayBytes:
		w.refuse(name, fmt.Sprintf("what was changed is larger than %d MiB", maxOverlayBytes>>20))
	case up.Mode&(unix.S_ISUID|unix.S_ISGID|unix.S_ISVTX) != 0:
		w.refuse(name, "is set to run as its owner or group")
	default:
		w.changed(&change{o: w.o, name: name, above: stampOf(up)})
	}
}

// changed adds a change unless it was taken before.
func (w *walker) changed(c *change) {
	if w.o.seen[c.name].above != c.above {
		w.changes = append(w.changes, c)
	}
}

// same tells whether an unclaimed file only looks changed: overlayfs copies one up when it is opened for writing.
func (w *walker) same(name string, up, low unix.Stat_t) bool {
	if up.Mode != low.Mode || up.Size != low.Size {
		return false
	}
	if w.bytes += up.Size; w.bytes > maxOverlayBytes {
		return false
	}
	a, err := w.open(w.o.upper, name)
	if err != nil {
		return false
	}
	defer a.Close()
	if w.marks(int(a.Fd()), name) != "" {
		return false
	}
	b, err := w.open(w.o.lower, name)
	if err != nil {
		return false
	}
	defer b.Close()
	return equal(a, b)
}

func (w *walker) open(root int, name string) (*os.File, error) {
	fd, err := openAt(root, name, unix.O_RDONLY|unix.O_NONBLOCK)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

func equal(a, b io.Reader) bool {
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errX := io.ReadFull(a, x)
		m, errY := io.ReadFull(b, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false
		}
		if errX != nil || errY != nil {
			return errX == errY && (errX == io.EOF || errX == io.ErrUnexpectedEOF)
		}
	}
}

// change is one claimed file on its way out.
type change struct {
	o     *overlay
	name  string
	gone  bool // it was removed
	above stamp
	dir   int // where the copy lies, 0: nowhere
	tmp   string
}

func (c *change) path() string { return filepath.Join(c.o.folder, c.name) }

// stage checks the place that a change is for and copies its content beside it. It answers why not.
func (c *change) stage() string {
	now := c.o.look(c.name)
	if now.below != c.o.seen[c.name].below {
		return "was changed outside of the sandbox, too"
	}
	if kind := now.below.mode & unix.S_IFMT; kind != 0 && kind != unix.S_IFREG {
		return "is a " + kindName(kind) + " outside of the sandbox"
	}
	var err error
	if c.dir, err = c.parent(); err != nil {
		if c.gone && errors.Is(err, unix.ENOENT) {
			return ""
		}
		return "its folder: " + err.Error()
	}
	if c.gone {
		return ""
	}
	if err := c.copy(); err != nil {
		return err.Error()
	}
	return ""
}

// parent opens the folder of the claim, making what is missing on the way.
func (c *change) parent() (int, error) {
	dir := filepath.Dir(c.name)
	if !c.gone {
		for i, r := range dir + "/" {
			if r == '/' && i > 0 && dir != "." {
				if err := c.mkdir(dir[:i]); err != nil {
					return 0, err
				}
			}
		}
	}
	return openAt(c.o.lower, dir, unix.O_RDONLY|unix.O_DIRECTORY)
}

func (c *change) mkdir(name string) error {
	fd, err := openAt(c.o.lower, filepath.Dir(name), unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Mkdirat(fd, filepath.Base(name), 0o755); err != nil && !errors.Is(err, unix.EEXIST) {
		return err
	}
	return nil
}

// copy writes the content to a new file under a name of its own.
func (c *change) copy() error {
	fd, err := openAt(c.o.upper, c.name, unix.O_RDONLY|unix.O_NONBLOCK)
	if err != nil {
		return err
	}
	from := os.NewFile(uintptr(fd), c.name)
	defer from.Close()
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	if stampOf(st) != c.above {
		return errors.New("changes right now")
	}
	w := walker{o: c.o}
	if why := w.marks(fd, c.name); why != "" {
		return errors.New(why)
	}
	name := ".writ-commit-" + rand.Text()
	out, err := unix.Openat(c.dir, name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	c.tmp = name
	to := os.NewFile(uintptr(out), name)
	n, err := io.Copy(to, io.LimitReader(from, st.Size))
	if err == nil && n != st.Size {
		err = errors.New("changes right now")
	}
	if err == nil {
		err = unix.Fchmod(out, st.Mode&0o777)
	}
	if err == nil {
		err = to.Sync()
	}
	return errors.Join(err, to.Close())
}

// land puts a staged change in place: one rename, or one removal.
func (c *change) land(out *Commit) error {
	switch {
	case c.gone && c.dir > 0:
		if err := unix.Unlinkat(c.dir, filepath.Base(c.name), 0); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
		if c.o.seen[c.name].below.ino != 0 {
			out.Removed = append(out.Removed, c.path())
		}
	case !c.gone:
		if err := unix.Renameat(c.dir, c.tmp, c.dir, filepath.Base(c.name)); err != nil {
			return err
		}
		c.tmp = ""
		out.Taken = append(out.Taken, c.path())
	}
	c.o.seen[c.name] = state{c.o.look(c.name).below, c.above}
	return nil
}

// drop takes a copy away that did not land.
func (c *change) drop() {
	if c.dir <= 0 {
		return
	}
	if c.tmp != "" {
		unix.Unlinkat(c.dir, c.tmp, 0) // a name nobody else has
	}
	unix.Close(c.dir)
}

// look stamps a claim on both sides.
func (o *overlay) look(name string) (s state) {
	var st unix.Stat_t
	if statAt(o.lower, name, &st) == nil {
		s.below = stampOf(st)
	}
	if statAt(o.upper, name, &st) == nil {
		s.above = stampOf(st)
	}
	return s
}

func stampOf(st unix.Stat_t) stamp {
	return stamp{st.Ino, st.Size, st.Mtim, st.Ctim, st.Mode}
}

// openAt opens a name beneath a held folder, through no link.
func openAt(root int, name string, flags uint64) (int, error) {
	if name == "" {
		name = "."
	}
	return unix.Openat2(root, name, &unix.OpenHow{Flags: flags | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: beneath})
}

// statAt looks at a name beneath a held folder, at a link itself where it is one.
func statAt(root int, name string, st *unix.Stat_t) error {
	fd, err := unix.Openat2(root, name, &unix.OpenHow{Flags: unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: beneath})
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Fstat(fd, st)
}
