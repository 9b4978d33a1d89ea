package escape

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/level"
	"writ/internal/sandbox"
)

// word is what a probe said.
type word struct {
	done bool
	out  string
}

func procFile(pid int, name string) string { return filepath.Join("/proc", strconv.Itoa(pid), name) }

// try runs a probe at the arena's level.
func (a *arena) try(r row, args []string) word {
	var stdin *os.File
	if r.stdin != nil {
		stdin = r.stdin(a)
	} else {
		stdin, _ = os.Open(os.DevNull)
	}
	defer stdin.Close()
	if a.l == level.Observe {
		return a.plain(r, stdin, args)
	}
	return a.confined(r, stdin, args)
}

// plain runs it with the rights that the sandbox takes away.
func (a *arena) plain(r row, stdin *os.File, args []string) word {
	attr := &syscall.SysProcAttr{Setsid: true}
	if r.bare {
		args = append([]string{"bare", a.path("secrets"), a.path("scope/.git/config")}, args...)
		attr.Cloneflags = unix.CLONE_NEWUSER | unix.CLONE_NEWNS
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	cmd := exec.Command(program("probe"), args...)
	cmd.Stdin, cmd.SysProcAttr, cmd.Dir = stdin, attr, a.path("scope")
	out, err := cmd.CombinedOutput()
	return word{err == nil, string(out)}
}

// confined runs it in the sandbox.
func (a *arena) confined(r row, stdin *os.File, args []string) word {
	w, err := runIn(a.s, sandbox.Command{
		Argv: append([]string{program("probe")}, args...), Env: []string{"PATH=/usr/bin:/bin", "TMPDIR=" + a.s.Tmp}, Dir: a.path("scope"), Wall: r.wall,
	}, stdin)
	if err != nil {
		w.out += fmt.Sprintf("refused: %v\n", err)
	}
	return w
}

// runIn runs a command in a sandbox and waits for its end.
func runIn(s *sandbox.Sandbox, c sandbox.Command, stdin *os.File) (w word, err error) {
	pr, pw, err := os.Pipe()
	if err != nil {
		return w, err
	}
	defer pr.Close()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return w, err
	}
	defer unix.Close(pair[0])
	c.Conn, c.Stdio = pair[1], [3]int{int(stdin.Fd()), int(pw.Fd()), int(pw.Fd())}
	err = s.Run(c)
	unix.Close(pair[1])
	pw.Close()
	if err != nil {
		return w, err
	}
	text := make(chan string, 1)
	go func() {
		var b bytes.Buffer
		io.Copy(&b, io.LimitReader(pr, 1<<20)) // the pipe's end is the end
		text <- b.String()
	}()
	exit, err := sandbox.Attach(pair[0], os.Stdin, os.Stdout)
	select {
	case w.out = <-text:
	case <-time.After(time.Second): // a process in the background holds the pipe
	}
	w.done = err == nil && exit.Code == 0
	if err == nil && exit.Code != 0 && !strings.Contains(w.out, "refused") {
		err = fmt.Errorf("exit status %d, signal %d, %q", exit.Code, exit.Signal, exit.Why)
	}
	return w, err
}

// alive tells whether the sandbox still runs commands.
func (a *arena) alive() bool {
	if a.l == level.Observe {
		return true
	}
	select {
	case <-a.s.Done():
		return false
	case <-time.After(20 * time.Millisecond):
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return false
	}
	defer null.Close()
	w, _ := runIn(a.s, sandbox.Command{Argv: []string{program("probe"), "stat", "/"}, Dir: "/"}, null)
	return w.done
}

// start builds the sandbox that a row wants.
func (a *arena) start(r row) error {
	if a.l == level.Observe {
		return nil
	}
	if a.s != nil && !r.fresh {
		select {
		case <-a.s.Done():
		default:
			return nil
		}
	}
	p := a.profile()
	if r.profile != nil {
		r.profile(a, &p)
	}
	s, err := sandbox.Start(p, sandbox.Options{Launcher: program("writ-exec"), Level: a.l, Tmp: base})
	if err != nil {
		return err
	}
	a.t.Cleanup(func() { s.Close() })
	if a.s != nil {
		a.s.Close()
	}
	a.s = s
	return nil
}

// judge runs one row at the arena's level and tells whether it got through.
func (a *arena) judge(r row) (through bool, w word) {
	a.row = r.name
	var args []string
	if r.before != nil {
		r.before(a)
	}
	if err := a.start(r); err != nil {
		if errors.Is(err, sandbox.ErrClaim) {
			return false, word{out: "refused: " + err.Error()}
		}
		a.t.Fatalf("%s: %v", r.name, err)
	}
	args, effect := r.try(a)
	w = a.try(r, args)
	if r.fresh && a.s != nil {
		defer func() { a.s.Close(); a.s = nil }()
	}
	if effect == nil {
		return w.done, w
	}
	wait := 20 * time.Millisecond // for what must not come
	if r.settle {
		time.Sleep(wait)
		return effect(w), w
	}
	if a.l == level.Observe && r.none == "" || r.fair {
		wait = time.Second
	}
	for end := time.Now().Add(wait); time.Now().Before(end); time.Sleep(500 * time.Microsecond) {
		if effect(w) {
			return true, w
		}
	}
	return effect(w), w
}
