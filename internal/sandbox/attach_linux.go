package sandbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// passed are the signals that go on to the command's process group.
var passed = []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGUSR1, unix.SIGUSR2, unix.SIGCONT, unix.SIGTSTP, unix.SIGWINCH}

// Attach waits at conn until the command has ended, passes signals to it, and carries the terminal's bytes
// when it has one of its own. in and out are only used for that.
func Attach(conn int, in, out *os.File) (Exit, error) {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, passed...)
	defer signal.Stop(signals)
	t := &terminal{conn: conn, in: in, out: out}
	defer t.close()
	go t.forward(signals)
	for {
		f, err := receive(conn)
		if errors.Is(err, io.EOF) {
			return Exit{}, ErrEnded
		}
		if err != nil {
			return Exit{}, fmt.Errorf("hear from the sandbox: %w", err)
		}
		switch f.kind {
		case kindStarted:
			if len(f.fds) == 1 {
				t.open(f.fds[0])
				continue
			}
		case kindFailed:
			if len(f.texts) == 1 {
				return Exit{}, fmt.Errorf("%w: %s", ErrNotStarted, f.texts[0])
			}
		case kindExit:
			closeAll(f.fds)
			return exitOf(f)
		}
		closeAll(f.fds)
		return Exit{}, errFrame
	}
}

func exitOf(f frame) (e Exit, err error) {
	if len(f.texts) != 4 {
		return e, errFrame
	}
	if e.Code, err = strconv.Atoi(f.texts[0]); err != nil {
		return e, errFrame
	}
	if e.Signal, err = strconv.Atoi(f.texts[1]); err != nil {
		return e, errFrame
	}
	e.Folder, e.Why = f.texts[2], f.texts[3]
	return e, nil
}

// terminal is the far end of a command's own terminal.
type terminal struct {
	conn    int
	in, out *os.File
	mu      sync.Mutex
	master  *os.File
	before  *unix.Termios
	drained chan struct{}
}

// forward passes signals on. With a terminal of its own the keyboard's signals reach the command through it, and
// only the size of the window needs carrying.
func (t *terminal) forward(signals <-chan os.Signal) {
	for sig := range signals {
		n := sig.(unix.Signal)
		switch {
		case n == unix.SIGWINCH:
			t.resize()
			continue
		case n == unix.SIGTSTP: // an orphaned process group does not heed this one
			n = unix.SIGSTOP
		}
		send(t.conn, frame{kind: kindSignal, texts: []string{strconv.Itoa(int(n))}}) // who is gone needs no signal
		if n == unix.SIGSTOP {
			unix.Kill(os.Getpid(), unix.SIGSTOP)
		}
	}
}

// open connects the person's terminal with the command's.
func (t *terminal) open(fd int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	unix.SetNonblock(fd, true)
	t.master, t.drained = os.NewFile(uintptr(fd), "terminal"), make(chan struct{})
	if old, err := unix.IoctlGetTermios(int(t.in.Fd()), unix.TCGETS); err == nil {
		raw := *old
		raw.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
		raw.Oflag &^= unix.OPOST
		raw.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
		raw.Cflag = raw.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
		if unix.IoctlSetTermios(int(t.in.Fd()), unix.TCSETS, &raw) == nil {
			t.before = old
		}
	}
	t.sizeLocked()
	go io.Copy(t.master, t.in) // ends with the process
	go func() {
		io.Copy(t.out, t.master) // ends with EIO when the last holder of the terminal is gone
		close(t.drained)
	}()
}

func (t *terminal) resize() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.master != nil {
		t.sizeLocked()
	}
}

func (t *terminal) sizeLocked() {
	if ws, err := unix.IoctlGetWinsize(int(t.in.Fd()), unix.TIOCGWINSZ); err == nil {
		raw, err := t.master.SyscallConn()
		if err == nil {
			raw.Control(func(fd uintptr) { unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, ws) })
		}
	}
}

// drainTime bounds the wait for the last output; the kernel ends the terminal when the shell that leads it is gone.
const drainTime = time.Second

// close shows what the command printed last and gives the terminal back as it was.
func (t *terminal) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.drained != nil {
		select {
		case <-t.drained:
		case <-time.After(drainTime):
		}
	}
	if t.before != nil {
		unix.IoctlSetTermios(int(t.in.Fd()), unix.TCSETS, t.before)
	}
}

// Exec runs one command in the sandbox with these streams and waits for it. At a terminal the command gets one of
// its own.
func (s *Sandbox) Exec(c Command, in, out, errOut *os.File) (Exit, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		return Exit{}, err
	}
	defer unix.Close(ours)
	c.Conn, c.Stdio = theirs, [3]int{int(in.Fd()), int(out.Fd()), int(errOut.Fd())}
	err = s.Run(c)
	unix.Close(theirs)
	if err != nil {
		return Exit{}, err
	}
	return Attach(ours, in, out)
}
