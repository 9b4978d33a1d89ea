package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

// Probe builds a sandbox at each level, strongest first, runs a program in it, and tells which stood and what the
// others lacked. launcher is what Options.Launcher is. It takes some milliseconds and leaves nothing behind.
func Probe(launcher string) Report {
	h := look(launcher)
	h.full = try(launcher, level.Full)
	r := Report{Level: level.Full, System: "Linux " + h.release}
	full := Finding{FindFull, h.full == nil, "namespaces, mounts, Landlock and seccomp stand", ""}
	if h.full != nil {
		full.Detail = h.full.Error()
		if h.failed(WallCapabilities) != nil && strings.Contains(full.Detail, unix.ENOTSUP.Error()) {
			full.Remedy = "CGO_ENABLED=0 go build ./cmd/writ-exec: built with cgo, a program cannot change all of its threads"
		}
	}
	weak := Finding{FindLandlockLevel, true, "part of full", ""}
	if h.full != nil {
		err := try(launcher, level.Landlock)
		r.Level, weak.Detail = level.Landlock, "Landlock and seccomp stand"
		if err != nil {
			r.Level, weak.Have, weak.Detail = level.Observe, false, err.Error()
		}
	}
	r.Findings = []Finding{full, weak, h.userNS(), h.pidNS(), h.netNS(), h.mounts(), h.proc(), h.landlock(), h.seccomp(), h.memory(), h.processes(), h.around(), h.user()}
	return r
}

// probeTime bounds the program in a probe.
const probeTime = 2 * time.Second

// try starts a sandbox and runs a program in it.
func try(launcher string, l level.Level) error {
	s, err := Start(Profile{Name: "probe"}, Options{Launcher: launcher, Level: l, Tmp: os.TempDir()})
	if err != nil {
		return err
	}
	defer s.Close()
	program, err := exec.LookPath("true")
	if err != nil {
		return fmt.Errorf("a program to try it with: %w", err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	ours, theirs, err := socketPair()
	if err != nil {
		return err
	}
	defer unix.Close(ours)
	n := int(null.Fd())
	err = s.Run(Command{Argv: []string{program}, Dir: "/", Stdio: [3]int{n, n, n}, Conn: theirs, Wall: probeTime})
	unix.Close(theirs)
	if err != nil {
		return err
	}
	exit, err := Attach(ours, null, null)
	if err == nil && exit.Code != 0 {
		err = fmt.Errorf("true ended with %d", exit.Code)
	}
	return err
}

// host is what can be read of this machine, and how the full sandbox went.
type host struct {
	launcher  string
	full      error
	release   string
	version   string
	uid       int
	abi       int
	abiErr    error
	filtered  bool // a seccomp filter is on this process already
	mountinfo string
	maxUser   string
	maxNet    string
	maxPid    string
	unprivNS  string // Debian's switch
	appArmor  string // Ubuntu's restriction
}

func look(launcher string) *host {
	h := &host{
		launcher: launcher, uid: os.Geteuid(), version: text("/proc/version"), mountinfo: text("/proc/self/mountinfo"),
		release: text("/proc/sys/kernel/osrelease"), maxUser: text("/proc/sys/user/max_user_namespaces"),
		maxNet: text("/proc/sys/user/max_net_namespaces"), maxPid: text("/proc/sys/user/max_pid_namespaces"),
		unprivNS: text("/proc/sys/kernel/unprivileged_userns_clone"), appArmor: text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
	}
	h.abi, h.abiErr = landlockVersion()
	h.filtered = strings.Contains(text("/proc/self/status"), "\nSeccomp:\t2")
	return h
}

// text is a short file's content, empty when there is none.
func text(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// failed tells the error of the full sandbox where it belongs to one of these walls.
func (h *host) failed(walls ...string) error {
	var w *WallError
	if !errors.As(h.full, &w) {
		return nil
	}
	for _, name := range walls {
		if w.Wall == name {
			return w
		}
	}
	return nil
}

// child starts the launcher, which does nothing without arguments, in new namespaces of these kinds, and tells
// whether the kernel let it.
func (h *host) child(flags uintptr) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	attr := within([]syscall.SysProcIDMap{{ContainerID: h.uid, HostID: h.uid, Size: 1}}, []syscall.SysProcIDMap{{ContainerID: os.Getegid(), HostID: os.Getegid(), Size: 1}}, "host")
	attr.Cloneflags = unix.CLONE_NEWUSER | flags
	p, err := os.StartProcess(h.launcher, []string{"writ-exec"}, &os.ProcAttr{Dir: "/", Files: []*os.File{null, null, null}, Sys: attr})
	if err != nil {
		return err
	}
	late := time.AfterFunc(probeTime, func() { p.Kill() })
	defer late.Stop()
	_, err = p.Wait()
	return err
}

// landlockVersion is the ABI, or why there is none.
func landlockVersion() (int, error) {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0, errno
	}
	return int(abi), nil
}
