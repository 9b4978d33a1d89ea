package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

func TestCgroupPath(t *testing.T) {
	const hybrid = "30 25 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
	for name, tc := range map[string]struct{ mounts, self, top, own string }{
		"unified":             {"31 30 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "0::/user.slice/a.scope\n", "/sys/fs/cgroup", "/sys/fs/cgroup/user.slice/a.scope"},
		"hybrid":              {hybrid, "4:memory:/x\n0::/\n", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified"},
		"container's part":    {"31 30 0:27 /docker/c /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "0::/docker/c/in\n", "/sys/fs/cgroup", "/sys/fs/cgroup/in"},
		"outside of the root": {"31 30 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "0::/../other\n", "", ""},
		"version 1 alone":     {"31 30 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "4:memory:/x\n", "", ""},
	} {
		top, own, err := cgroupPath(tc.mounts, tc.self)
		if top != tc.top || own != tc.own || (err != nil) != (tc.top == "") {
			t.Errorf("%s: %q %q %v", name, top, own, err)
		}
	}
}

// place is where this test can make groups.
func groupPlace(t *testing.T) cgroups {
	t.Helper()
	g, err := ownCgroups()
	if err != nil {
		t.Skip("no cgroup is this user's: " + err.Error())
	}
	return g
}

// A group takes everything with it, what left the session and the process tree too.
func TestCgroupEndsAll(t *testing.T) {
	g := groupPlace(t)
	c := g.make()
	if c.dir == "" {
		t.Fatalf("no group in %s", g.dir)
	}
	p, err := os.StartProcess("/bin/sh", []string{"sh", "-c", "setsid sleep 303 & sleep 303"}, &os.ProcAttr{
		Files: []*os.File{nil, nil, nil}, Sys: &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: c.fd},
	})
	if err != nil {
		t.Fatal(err)
	}
	pids := func() []string { return strings.Fields(text(c.dir + "/cgroup.procs")) }
	for end := time.Now().Add(5 * time.Second); len(pids()) < 3 && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	all := pids()
	if len(all) < 3 || !slices.Contains(all, strconv.Itoa(p.Pid)) {
		t.Fatalf("in the group: %v", all)
	}
	dir := c.dir
	c.remove()
	p.Wait()
	if _, err := os.Lstat(dir); err == nil {
		t.Errorf("%s stays", dir)
	}
	for _, s := range all {
		pid, _ := strconv.Atoi(s)
		if state := text("/proc/" + s + "/stat"); unix.Kill(pid, 0) == nil && !strings.Contains(state, ") Z ") {
			t.Errorf("process %s goes on: %s", s, state)
		}
	}
}

// A sandbox is in its own group, and its limits are set there or named as unenforced.
func TestCgroupOfSandbox(t *testing.T) {
	for _, l := range []level.Level{level.Full, level.Landlock} {
		t.Run(l.String(), func(t *testing.T) {
			root := project(t)
			s := begin(t, Profile{Root: root, Limits: Limits{MemoryMB: 64, Processes: 50}}, l)
			g, err := ownCgroups()
			memory, pids := err == nil && g.has["memory"], err == nil && g.has["pids"]
			if memory == slices.Contains(s.Unenforced, "memory") {
				t.Errorf("memory delegated: %t, unenforced: %q", memory, s.Unenforced)
			}
			if want := !pids && os.Geteuid() == 0; want != slices.Contains(s.Unenforced, "processes") {
				t.Errorf("pids delegated: %t, unenforced: %q", pids, s.Unenforced)
			}
			if err == nil && (l < level.Full || memory || pids) {
				if got := text("/proc/" + strconv.Itoa(s.PID()) + "/cgroup"); s.cgroup.dir == "" || !strings.Contains(got, filepath.Base(s.cgroup.dir)) {
					t.Errorf("the init is in %q, its group is %q", got, s.cgroup.dir)
				}
			}
			dir := s.cgroup.dir
			if memory && text(dir+"/memory.max") != "67108864" || pids && text(dir+"/pids.max") != "50" {
				t.Errorf("memory.max %s, pids.max %s", text(dir+"/memory.max"), text(dir+"/pids.max"))
			}
			if memory {
				if r := s.sh(t, "head -c 200M /dev/zero | tail -c 190M | wc -c"); r.Code == 0 && r.out == "199229440\n" {
					t.Errorf("190 MB fit into 64: %+v", r)
				}
			}
			s.Close()
			if _, err := os.Lstat(dir); dir != "" && err == nil {
				t.Errorf("%s stays", dir)
			}
		})
	}
}

// A group of a maker that is gone is taken away; one in use stays.
func TestCgroupSweep(t *testing.T) {
	g := groupPlace(t)
	gone, err := os.StartProcess("/bin/true", []string{"true"}, &os.ProcAttr{})
	if err != nil {
		t.Fatal(err)
	}
	gone.Wait()
	old := filepath.Join(g.dir, groupPrefix+strconv.Itoa(gone.Pid)+"-0")
	if err := os.Mkdir(old, 0o700); err != nil {
		t.Fatal(err)
	}
	mine, next := g.make(), g.make()
	defer mine.remove()
	defer next.remove()
	if _, err := os.Lstat(old); err == nil {
		os.Remove(old)
		t.Error("a dead maker's group stays")
	}
	if _, err := os.Lstat(mine.dir); err != nil || mine.dir == next.dir {
		t.Errorf("own groups: %q %q %v", mine.dir, next.dir, err)
	}
}
