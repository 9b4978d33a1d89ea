package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

// cgroups is a place of the cgroup tree (version 2) where this user can make groups.
type cgroups struct {
	dir string
	has map[string]bool // controllers that groups made there will have
}

// ownCgroups finds that place: the group of this process, or the nearest around it that is this user's and hands
// down the controllers for memory and processes. In a group that holds processes the kernel hands none down, so
// under systemd it is usually the slice around the unit. Root, to whom everything is open, goes up only as far as
// systemd says that it delegates.
func ownCgroups() (cgroups, error) {
	top, own, err := cgroupPath(text("/proc/self/mountinfo"), text("/proc/self/cgroup"))
	if err != nil {
		return cgroups{}, err
	}
	var first cgroups
	for dir := own; below(dir, top); dir = filepath.Dir(dir) {
		if err := usable(dir, dir == own); err != nil {
			if first.dir == "" {
				return cgroups{}, err
			}
			break
		}
		g := cgroups{dir, map[string]bool{}}
		for _, name := range strings.Fields(text(dir + "/cgroup.subtree_control")) {
			g.has[name] = true
		}
		if first.dir == "" {
			first = g
		}
		if g.has["memory"] && g.has["pids"] {
			return g, nil
		}
		if dir == top {
			break
		}
	}
	return first, nil
}

// usable tells whether groups can be made in a group and processes moved there.
func usable(dir string, own bool) error {
	for _, path := range []string{dir, dir + "/cgroup.procs"} {
		if err := unix.Access(path, unix.W_OK); err != nil {
			return &os.PathError{Op: "change", Path: path, Err: err}
		}
	}
	if os.Geteuid() != 0 || own {
		return nil
	}
	b := make([]byte, 8)
	if n, err := unix.Getxattr(dir, "user.delegate", b); err != nil || string(b[:n]) != "1" {
		return fmt.Errorf("%s is not delegated", dir)
	}
	return nil
}

var errNoCgroup2 = errors.New("cgroup version 2 is not mounted")

// cgroupPath finds where the tree is mounted, and this process's group in it.
func cgroupPath(mountinfo, self string) (top, own string, err error) {
	path := ""
	for line := range strings.Lines(self) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "0::"); ok {
			path = rest
		}
		if path == "/.." || strings.HasPrefix(path, "/../") { // outside of what this namespace shows
			path = ""
		}
	}
	for line := range strings.Lines(mountinfo) {
		w := strings.Fields(line)
		_, kind, ok := strings.Cut(line, " - cgroup2 ")
		if !ok || kind == "" || len(w) < 5 || path == "" {
			continue
		}
		rel, err := filepath.Rel(w[3], path)
		if err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
			continue
		}
		return w[4], filepath.Join(w[4], rel), nil
	}
	return "", "", errNoCgroup2
}

// cgroup is a sandbox's own group. The zero value is none.
type cgroup struct {
	dir string
	fd  int
}

// group makes a group of the sandbox's own where one bounds something, and notes what stays unbounded. A group
// also ends every process in it, which below full nothing else does for sure.
func (s *Sandbox) group(l Limits, at level.Level) {
	place, err := ownCgroups()
	if err == nil && (at < level.Full || place.has["memory"] && l.MemoryMB > 0 || place.has["pids"] && l.Processes > 0) {
		s.cgroup = place.make()
	}
	s.Unenforced = s.cgroup.limit(place, l)
}

// limit sets the limits and tells which of them nothing holds. Without a group processes are bounded per user, but
// for root.
func (c cgroup) limit(place cgroups, l Limits) (unenforced []string) {
	if l.MemoryMB > 0 && !c.bound(place, "memory", l.MemoryMB<<20) {
		unenforced = append(unenforced, "memory")
	}
	if l.Processes > 0 && !c.bound(place, "pids", int64(l.Processes)) && os.Geteuid() == 0 {
		unenforced = append(unenforced, "processes")
	}
	return unenforced
}

// make makes a group, and takes away those that a daemon left which is gone. It gives the zero value where the
// kernel refuses.
func (g cgroups) make() cgroup {
	g.sweep()
	for n := range 1000 {
		dir := filepath.Join(g.dir, fmt.Sprintf("%s%d-%d", groupPrefix, os.Getpid(), n))
		err := os.Mkdir(dir, 0o700)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return cgroup{}
		}
		fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			os.Remove(dir)
			return cgroup{}
		}
		return cgroup{dir, fd}
	}
	return cgroup{}
}

const groupPrefix = "writ-sandbox-"

// sweep removes groups whose maker is gone. The kernel refuses to remove one in which something runs.
func (g cgroups) sweep() {
	dirs, err := filepath.Glob(filepath.Join(g.dir, groupPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), groupPrefix), "-")
		if n, err := strconv.Atoi(pid); err == nil && unix.Kill(n, 0) == unix.ESRCH {
			os.Remove(dir)
		}
	}
}

// bound sets one limit; it tells whether it holds.
func (c cgroup) bound(place cgroups, controller string, value int64) bool {
	if c.dir == "" || !place.has[controller] {
		return false
	}
	if controller == "memory" { // what does not fit is not moved to swap, where it would bound nothing
		os.WriteFile(filepath.Join(c.dir, "memory.swap.max"), []byte("0"), 0) // where swap is counted at all
	}
	return os.WriteFile(filepath.Join(c.dir, controller+".max"), []byte(strconv.FormatInt(value, 10)), 0) == nil
}

// into starts the init in the sandbox's group. Where the kernel refuses that, it starts without one, and what the
// group would have bounded is noted.
func (s *Sandbox) into(attr *syscall.SysProcAttr, start func() (*os.Process, error)) (*os.Process, error) {
	if s.cgroup.dir == "" {
		return start()
	}
	attr.UseCgroupFD, attr.CgroupFD = true, s.cgroup.fd
	p, err := start()
	attr.UseCgroupFD = false
	if err == nil {
		return p, nil
	}
	if p, err = start(); err == nil {
		s.cgroup.remove()
		s.Unenforced = s.cgroup.limit(cgroups{}, s.Profile.Limits)
	}
	return p, err
}

// remove kills what is left in the group and takes it away.
func (c *cgroup) remove() {
	if c.dir == "" {
		return
	}
	unix.Close(c.fd)
	os.WriteFile(filepath.Join(c.dir, "cgroup.kill"), []byte("1"), 0) // kernels before 5.14 have none
	for end := time.Now().Add(time.Second); ; time.Sleep(time.Millisecond) {
		if err := os.Remove(c.dir); err == nil || !errors.Is(err, unix.EBUSY) || time.Now().After(end) {
			break
		}
	}
	*c = cgroup{}
}
