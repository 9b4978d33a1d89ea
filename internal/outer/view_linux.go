package outer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// view builds the file system as the program sees it. What it mounts shows nowhere else; what the machine mounts
// later shows here.
type view struct {
	orders Orders
	held   map[string]int // clones taken while everything is as it is outside, closed on exec
	gaps   []string
}

// build makes the view. Steps without which nothing may start end it; the others are noted as gaps.
func (v *view) build() error {
	v.held = map[string]int{}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	for _, path := range v.orders.Keep {
		v.gap(v.hold(path))
	}
	for _, path := range devices() {
		v.gap(v.hold(path))
	}
	terminal := v.terminal()
	if l := v.orders.Lay; l != nil {
		if err := lay(l.From, l.At); err != nil {
			return err
		}
	}
	if v.orders.Walls.PID {
		if err := ownProc(); err != nil {
			return &WallError{"pid", err}
		}
	}
	v.gap(v.ownDev(terminal))
	v.gap(closeIfThere("/sys"))
	for _, p := range v.orders.Private {
		v.gap(v.private(p))
	}
	for _, path := range v.orders.Pinned {
		v.gap(pin(path))
	}
	if err := v.each(v.orders.ReadOnly, readOnly); err != nil {
		return err
	}
	return v.each(v.orders.Hide, hide)
}

// each does something to every path; where it fails, a needed path ends the start.
func (v *view) each(paths []string, do func(string) error) error {
	for _, path := range paths {
		err := do(path)
		if err != nil && slices.Contains(v.orders.Needed, path) {
			return err
		}
		v.gap(err)
	}
	return nil
}

func (v *view) gap(err error) {
	if err != nil {
		v.gaps = append(v.gaps, err.Error())
	}
}

// hold takes a clone of something that is about to be covered; what does not exist needs none.
func (v *view) hold(path string) error {
	fd, err := unix.OpenTree(unix.AT_FDCWD, path, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("keep %s: %w", path, err)
	}
	v.held[path] = fd
	return nil
}

// release puts a held clone back where it was, in a folder that was covered.
func (v *view) release(path, at string) error {
	fd, ok := v.held[path]
	if !ok {
		return nil
	}
	delete(v.held, path)
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstatat(fd, "", &st, unix.AT_EMPTY_PATH); err != nil {
		return fmt.Errorf("keep %s: %w", path, err)
	}
	if err := stand(at, st.Mode&unix.S_IFMT == unix.S_IFDIR); err != nil {
		return fmt.Errorf("keep %s: %w", path, err)
	}
	if err := attach(fd, at); err != nil {
		return fmt.Errorf("keep %s: %w", path, err)
	}
	return nil
}

// stand makes something to mount on.
func stand(path string, dir bool) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	if dir {
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, nil, 0o444)
}

func attach(fd int, path string) error {
	return unix.MoveMount(fd, "", unix.AT_FDCWD, path, unix.MOVE_MOUNT_F_EMPTY_PATH)
}

// private covers a folder with an empty one, and puts back what is kept of it.
func (v *view) private(p Private) error {
	fi, err := os.Stat(p.Path)
	if errors.Is(err, os.ErrNotExist) {
		return v.within(p)
	}
	if err != nil || !fi.IsDir() {
		return fmt.Errorf("an own %s: %w", p.Path, orNoFolder(err))
	}
	if err := tmpfs(p.Path, fmt.Sprintf("mode=%o", p.Mode), unix.MS_NOSUID|unix.MS_NODEV); err != nil {
		return err
	}
	for _, path := range v.orders.Keep {
		if inside(p.Path, path) {
			v.gap(v.release(path, path))
		}
	}
	return nil
}

// within makes a folder in another private one; elsewhere what does not exist needs no cover.
func (v *view) within(p Private) error {
	if !slices.ContainsFunc(v.orders.Private, func(q Private) bool { return inside(q.Path, p.Path) }) {
		return nil
	}
	if err := os.MkdirAll(p.Path, 0o755); err != nil {
		return fmt.Errorf("an own %s: %w", p.Path, err)
	}
	if err := unix.Chmod(p.Path, p.Mode); err != nil {
		return fmt.Errorf("an own %s: %w", p.Path, err)
	}
	return nil
}

func orNoFolder(err error) error {
	if err == nil {
		return errors.New("it is no folder")
	}
	return err
}

func inside(dir, path string) bool { return strings.HasPrefix(path, dir+"/") }

func tmpfs(path, opts string, flags uintptr) error {
	if err := unix.Mount("tmpfs", path, "tmpfs", flags, opts); err != nil {
		return fmt.Errorf("an own %s: %w", path, err)
	}
	return nil
}

// pin makes a folder a mount point, which cannot be renamed or removed.
func pin(path string) error {
	if err := unix.Mount(path, path, "", unix.MS_BIND|unix.MS_REC, ""); err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("pin %s: %w", path, err)
	}
	return nil
}

// readOnly closes a file or folder to writing, with everything mounted below it. A symlink is covered by what it
// leads to, so that it cannot be replaced either, unless it leads to a folder.
func readOnly(path string) error {
	fi, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("close %s to writing: %w", path, err)
	}
	real := path
	if fi.Mode()&os.ModeSymlink != 0 {
		if real, err = filepath.EvalSymlinks(path); err != nil {
			return fmt.Errorf("close %s to writing: %w", path, err)
		}
		if to, err := os.Stat(real); err == nil && !to.IsDir() {
			if err := closeAt(real, path); err != nil {
				return err
			}
		}
	}
	return closeAt(real, real)
}

// closeAt puts an unchangeable clone of one path on another.
func closeAt(from, at string) error {
	fd, err := unix.OpenTree(unix.AT_FDCWD, from, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if err == nil {
		defer unix.Close(fd)
		err = unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY})
	}
	if err == nil {
		err = attach(fd, at)
	}
	if err != nil {
		return fmt.Errorf("close %s to writing: %w", at, err)
	}
	return nil
}

func closeIfThere(path string) error {
	if _, err := os.Lstat(path); err != nil {
		return nil
	}
	return closeAt(path, path)
}

// hide puts nothing in the place of a folder, file or socket.
func hide(path string) error {
	fi, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && fi.IsDir() {
		err = unix.Mount("tmpfs", path, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC|unix.MS_RDONLY, "mode=0555,size=4k")
	} else if err == nil {
		err = unix.Mount(os.DevNull, path, "", unix.MS_BIND, "")
	}
	if err != nil {
		return fmt.Errorf("hide %s: %w", path, err)
	}
	return nil
}
