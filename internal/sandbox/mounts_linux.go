package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

// devices are what of /dev a sandbox has.
var devices = []string{"null", "zero", "full", "random", "urandom", "tty"}

// procReadOnly are parts of /proc that change the machine when written by root; procHidden show its memory or keys.
var (
	procReadOnly = []string{"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/acpi", "/proc/scsi", "/proc/driver"}
	procHidden   = []string{"/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/timer_list", "/proc/kallsyms", "/proc/config.gz"}
)

// view builds the file system as the sandbox sees it.
type view struct {
	o    orders
	fds  map[string]int // clones of places, taken while everything is as it is outside
	last []string       // masks that become read-only at the very end
}

// layMounts makes the view. Nothing here shows outside, and nothing mounted outside later shows here.
func layMounts(o orders) error {
	v := &view{o: o, fds: map[string]int{}}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	for _, step := range []func() error{v.cloneAll, v.closeAll, v.devices, v.proc, v.lay, v.seal} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// cloneAll takes hold of everything that is to be shown as it is, before anything is covered.
func (v *view) cloneAll() error {
	for _, p := range v.o.places {
		if p.what == placeOverlay {
			if err := v.overlay(p); err != nil {
				return err
			}
			continue
		}
		if p.what != placeWrite && p.what != placeRead {
			continue
		}
		if err := v.clone(p.path); err != nil {
			return err
		}
	}
	for _, name := range devices {
		if err := v.clone("/dev/" + name); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
	}
	return nil
}

func (v *view) clone(path string) error {
	at, err := open(path)
	if err != nil {
		return err
	}
	defer unix.Close(at)
	fd, err := unix.OpenTree(at, "", unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE|unix.AT_EMPTY_PATH)
	if err != nil {
		return fmt.Errorf("hold %s: %w", path, err)
	}
	v.fds[path] = fd
	return nil
}

// open holds a path that was resolved before. A link in it now was put there since, to have the walls stand
// somewhere else.
func open(path string) (int, error) {
	fd, err := unix.Openat2(unix.AT_FDCWD, path, &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS})
	if err != nil {
		return -1, fmt.Errorf("open %s: %w", path, err)
	}
	return fd, nil
}

// byFD names an open file for calls that take a path.
func byFD(fd int) string { return fmt.Sprintf("/proc/self/fd/%d", fd) }

// closeAll makes everything unchangeable, with everything mounted below.
func (v *view) closeAll() error {
	attr := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV}
	if err := unix.MountSetattr(unix.AT_FDCWD, "/", unix.AT_RECURSIVE, attr); err != nil {
		return fmt.Errorf("close / to writing: %w", err)
	}
	return nil
}

// devices lays a /dev of our own, with a terminal multiplexer of our own.
func (v *view) devices() error {
	if err := tmpfs("/dev", "mode=0755,size=64k", unix.MS_NOSUID); err != nil {
		return err
	}
	for _, name := range devices {
		path := "/dev/" + name
		fd, ok := v.fds[path]
		if !ok {
			continue
		}
		if err := touch(path, 0o600); err != nil {
			return err
		}
		if err := attach(fd, path); err != nil {
			return err
		}
	}
	for _, dir := range []string{"/dev/pts", "/dev/shm"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount("devpts", "/dev/pts", "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"); err != nil {
		return fmt.Errorf("mount /dev/pts: %w", err)
	}
	for name, to := range map[string]string{"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"} {
		if err := os.Symlink(to, "/dev/"+name); err != nil {
			return err
		}
	}
	v.last = append(v.last, "/dev")
	return nil
}

// proc shows the processes of the sandbox and no others.
func (v *view) proc() error {
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc (a container runtime that masks parts of its own /proc forbids this): %w", err)
	}
	for _, path := range procReadOnly {
		if err := readOnly(path); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
	}
	for _, path := range procHidden {
		if _, err := os.Lstat(path); err != nil {
			continue
		}
		if err := unix.Mount("/dev/null", path, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("hide %s: %w", path, err)
		}
	}
	return nil
}

// lay puts every place where it belongs, parents first.
func (v *view) lay() error {
	for _, p := range v.o.places {
		if err := v.place(p); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) place(p place) error {
	switch p.what {
	case placePrivate:
		return tmpfs(p.path, "mode=1777", unix.MS_NOSUID|unix.MS_NODEV)
	case placeHide:
		return v.hide(p)
	}
	fd := v.fds[p.path]
	defer unix.Close(fd)
	attr := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV}
	if p.what == placeRead {
		attr.Attr_set |= unix.MOUNT_ATTR_RDONLY
	}
	if err := unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, attr); err != nil {
		return fmt.Errorf("set flags of %s: %w", p.path, err)
	}
	if err := v.stand(p); err != nil {
		return err
	}
	return attach(fd, p.path)
}

// stand makes something to mount on, where a folder above was covered.
func (v *view) stand(p place) error {
	if _, err := os.Lstat(p.path); err == nil {
		return nil
	}
	if p.dir {
		return os.MkdirAll(p.path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(p.path), 0o755); err != nil {
		return err
	}
	return touch(p.path, 0o444)
}

// hide puts nothing in the place of something. What a folder above already covers needs nothing.
func (v *view) hide(p place) error {
	if _, err := os.Lstat(p.path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if !p.dir {
		at, err := open(p.path)
		if err != nil {
			return err
		}
		defer unix.Close(at)
		if err := unix.Mount("/dev/null", byFD(at), "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("hide %s: %w", p.path, err)
		}
		return nil
	}
	if err := tmpfs(p.path, "mode=0755,size=64k", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC); err != nil {
		return err
	}
	v.last = append(v.last, p.path)
	return nil
}

// seal closes the masks, which had to take mount points, to writing.
func (v *view) seal() error {
	for _, path := range v.last {
		if err := unix.MountSetattr(unix.AT_FDCWD, path, 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}); err != nil {
			return fmt.Errorf("close %s to writing: %w", path, err)
		}
	}
	return nil
}

// touch makes an empty file to mount on, without the poller that os.WriteFile brings into play.
func touch(path string, mode uint32) error {
	fd, err := unix.Open(path, unix.O_CREAT|unix.O_WRONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, mode)
	if err != nil {
		return fmt.Errorf("make %s: %w", path, err)
	}
	return unix.Close(fd)
}

func attach(fd int, path string) error {
	at, err := open(path)
	if err != nil {
		return err
	}
	defer unix.Close(at)
	if err := unix.MoveMount(fd, "", at, "", unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_EMPTY_PATH); err != nil {
		return fmt.Errorf("put %s in place: %w", path, err)
	}
	return nil
}

func tmpfs(path, opts string, flags uintptr) error {
	at, err := open(path)
	if err != nil {
		return err
	}
	defer unix.Close(at)
	if err := unix.Mount("tmpfs", byFD(at), "tmpfs", flags, opts); err != nil {
		return fmt.Errorf("an own %s: %w", path, err)
	}
	return nil
}

// readOnly closes one path to writing.
func readOnly(path string) error {
	if _, err := os.Lstat(path); err != nil {
		return unix.ENOENT
	}
	if err := unix.Mount(path, path, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("bind %s: %w", path, err)
	}
	if err := unix.MountSetattr(unix.AT_FDCWD, path, unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}); err != nil {
		return fmt.Errorf("close %s to writing: %w", path, err)
	}
	return nil
}

// rules are the same walls once more in Landlock: it cannot be lifted from within, and it forbids mounting.
func (o orders) rules(port int) (*ruleset, error) {
	r, err := newRuleset(o.net != "host" && o.level < level.Full)
	if err != nil {
		return nil, err
	}
	if err := o.reading(r); err != nil {
		return nil, err
	}
	for _, p := range o.places {
		if p.what == placeWrite || p.what == placeOverlay || p.what == placePrivate && o.level == level.Full && !strings.HasPrefix(p.path, "/run") {
			if err := r.allow(p.path, r.fs); err != nil {
				return nil, err
			}
		}
	}
	if err := o.special(r); err != nil {
		return nil, err
	}
	if port > 0 && r.abi >= 4 && o.level < level.Full {
		if err := r.allowPort(port); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// special allows devices and /proc. With namespaces both are the sandbox's own. Without, the disks and other people's
// terminals are in the one, and settings of the machine and of every process of the user in the other.
func (o orders) special(r *ruleset) error {
	const device = accessReadFile | accessWriteFile | accessTruncate | accessIoctlDev
	if o.level == level.Full {
		if err := r.allow("/dev", accessRead|device); err != nil {
			return err
		}
		return r.allow("/proc", accessRead|accessWriteFile|accessTruncate)
	}
	for _, name := range devices {
		if err := r.allow("/dev/"+name, device); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
	}
	return nil
}

// reading allows to read everything but what is hidden. With masks that is everything; without, Landlock cannot
// forbid below what it allows, so it is everything beside the way to each hidden place. Names stay listed.
func (o orders) reading(r *ruleset) error {
	if o.level == level.Full {
		return r.allow("/", accessRead)
	}
	if err := r.allow("/", accessReadDir); err != nil {
		return err
	}
	hidden := []string{"/dev"} // disks, and other people's terminals; what is ordinary of it is allowed by name
	for _, p := range o.places {
		if p.what == placeHide {
			hidden = append(hidden, p.path)
		}
	}
	if err := beside(r, "/", hidden); err != nil {
		return err
	}
	for _, p := range o.places {
		if p.what == placeRead {
			for _, h := range hidden {
				if below(p.path, h) {
					if err := r.allow(p.path, accessRead); err != nil {
						return err
					}
					break
				}
			}
		}
	}
	return nil
}

// beside allows reading all that lies in a folder, but for the hidden places and the way to them.
func beside(r *ruleset, dir string, hidden []string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // who may not list it has no rule to read in it either
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		on, way := false, false
		for _, h := range hidden {
			on, way = on || h == path, way || h != path && below(h, path)
		}
		switch {
		case on || e.Type()&os.ModeSymlink != 0: // what a link means has a rule of its own
		case way:
			err = beside(r, path, hidden)
		default:
			err = r.allow(path, accessRead)
		}
		if err != nil && !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.EACCES) {
			return err
		}
	}
	return nil
}
