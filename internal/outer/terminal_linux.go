package outer

import (
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// terminal is the caller's controlling terminal. The program is in a process group of its own, so that it can
// signal nothing outside; like a shell's job it is given the terminal, and the caller takes it back when the
// program stops or ends. nil: there is none.
type terminal struct {
	file *os.File
	held bool // given to the program
}

func openTerminal() *terminal {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil
	}
	return &terminal{file: f}
}

// ours tells whether the caller's group is in the foreground.
func (t *terminal) ours() bool {
	group, err := unix.IoctlGetInt(int(t.file.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// give hands the terminal to a process about to be started.
func (t *terminal) give(attr *syscall.SysProcAttr) {
	if t == nil || !t.ours() {
		return
	}
	attr.Foreground, attr.Ctty, t.held = true, int(t.file.Fd()), true
}

// takeBack puts the caller's group into the foreground.
func (t *terminal) takeBack() {
	if t == nil || !t.held {
		return
	}
	t.held = false
	t.set(unix.Getpgrp())
}

// giveAgain hands the terminal to a group, if it is the caller's to give: after bg it is not.
func (t *terminal) giveAgain(group int) {
	if t == nil || !t.ours() {
		return
	}
	t.set(group)
	t.held = true
}

// set is refused by a stop to a group in the background, unless it ignores that signal.
func (t *terminal) set(group int) {
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	unix.IoctlSetPointerInt(int(t.file.Fd()), unix.TIOCSPGRP, group) // a terminal that hung up belongs to nobody
}

func (t *terminal) close() {
	if t != nil {
		t.file.Close()
	}
}

// stopSelf stops this process's group, as the keyboard would have, and returns when it is continued. A group that
// nobody could continue is not stopped.
func stopSelf() {
	if orphaned() {
		return
	}
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	if syscall.Kill(0, syscall.SIGSTOP) == nil {
		<-continued // the stop takes hold of another thread first, and this one runs on for a moment
	}
}

// orphaned tells whether no shell of this session watches over this group.
func orphaned() bool {
	pid := os.Getpid()
	for range 64 {
		group, err := unix.Getpgid(pid)
		if err != nil || pid <= 1 {
			return true
		}
		if group != unix.Getpgrp() {
			break
		}
		if pid = parent(pid); pid == 0 {
			return true
		}
	}
	theirs, err := unix.Getsid(pid)
	own, oerr := unix.Getsid(0)
	return err != nil || oerr != nil || theirs != own
}

func parent(pid int) int {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(f) < 2 {
		return 0
	}
	n, err := strconv.Atoi(f[1])
	if err != nil {
		return 0
	}
	return n
}
