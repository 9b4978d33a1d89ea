package outer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Descriptors of the stage: the line to its caller, and its orders.
const (
	linkFD   = 3
	ordersFD = 4
)

var errAlone = errors.New("this is a stage of writ claude and cannot be run by itself")

// RunStage is the process inside the fresh namespaces: it builds the view, gives up what could undo it, starts
// the program and ends with its exit status, 128 and the signal's number where one ended it. It returns an
// error only when it could not tell its caller what went wrong.
func RunStage() (int, error) {
	runtime.LockOSThread() // the program inherits this thread's rights
	var st unix.Stat_t
	if unix.Fstat(linkFD, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return 0, errAlone
	}
	orders := os.NewFile(ordersFD, "orders")
	if orders == nil {
		return 0, errAlone
	}
	// Of what was open in the caller, the program gets the standard streams only.
	if err := unix.CloseRange(linkFD, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return 0, fmt.Errorf("close what was inherited: %w", err)
	}
	deaf()
	s := stage{link: link{linkFD}}
	code, err := s.run(orders)
	if err == nil {
		return code, nil
	}
	w := word{Say: sayFailed, Err: err.Error()}
	var wall *WallError
	if errors.As(err, &wall) {
		w.Wall, w.Err = wall.Wall, wall.Err.Error()
	}
	if serr := s.link.say(w); serr != nil {
		return 0, fmt.Errorf("%w (%w)", errAlone, err)
	}
	return 1, nil // the caller says it
}

// deaf takes every signal that would end or stop this process and does nothing: what is meant for the program
// comes over the line, and the keyboard's reach it by themselves. What the caller ignored stays ignored.
func deaf() {
	var heard []os.Signal
	for _, s := range []os.Signal{
		syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU,
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGPIPE,
	} {
		if !signal.Ignored(s) {
			heard = append(heard, s)
		}
	}
	signal.Notify(make(chan os.Signal, 1), heard...) // a full channel drops them
}

type stage struct {
	link  link
	child int
}

func (s *stage) run(orders *os.File) (int, error) {
	var o Orders
	if err := json.NewDecoder(orders).Decode(&o); err != nil {
		return 0, fmt.Errorf("read the orders: %w", err)
	}
	orders.Close()
	v := view{orders: o}
	if err := v.build(); err != nil {
		return 0, err
	}
	listeners, err := network(o)
	if err != nil {
		return 0, &WallError{"net", err}
	}
	if err := s.link.say(word{Say: sayReady, Gaps: short(v.gaps)}, listeners...); err != nil {
		return 0, fmt.Errorf("say ready: %w", err)
	}
	for _, fd := range listeners {
		unix.Close(fd)
	}
	if w, _, err := s.link.hear(); err != nil || w.Say != sayGo {
		return 0, fmt.Errorf("wait for the word to go: heard %q (%v)", w.Say, err)
	}
	if o.Program == "" { // a probe
		return 0, nil
	}
	if err := dropPrivileges(); err != nil {
		return 0, err
	}
	return s.start(o)
}

func (s *stage) start(o Orders) (int, error) {
	var sys syscall.SysProcAttr
	if !o.Walls.PID { // else the kernel does both with this process
		sys.Pdeathsig = syscall.SIGKILL
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
			return 0, fmt.Errorf("adopt orphans: %w", err)
		}
	}
	pid, err := syscall.ForkExec(o.Program, o.Args, &syscall.ProcAttr{Env: o.Env, Files: []uintptr{0, 1, 2}, Sys: &sys})
	if err != nil {
		return 0, fmt.Errorf("start %s: %w", o.Program, err)
	}
	s.child = pid
	if err := s.link.say(word{Say: sayStarted}); err != nil {
		return 0, fmt.Errorf("say started: %w", err)
	}
	go s.listen()
	code := s.bury()
	sweep()
	return code, nil
}

// listen passes signals on to the program and ends everything when the caller is gone.
func (s *stage) listen() {
	for {
		w, _, err := s.link.hear()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				fmt.Fprintln(os.Stderr, "writ: the line to writ claude broke:", err)
			}
			end()
		}
		if w.Say == saySignal {
			syscall.Kill(s.child, syscall.Signal(w.Signal)) // it may just have ended
		}
	}
}

// end ends this process, and as the first of its namespace everything in it.
func end() {
	sweep()
	os.Exit(128 + int(syscall.SIGKILL))
}

// sweep ends, where there is no such namespace, what the program left behind: this process adopts orphans.
func sweep() {
	if os.Getpid() == 1 {
		return
	}
	for range 1000 { // what starts new processes faster than they are ended wins
		left := children()
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			syscall.Kill(pid, syscall.SIGKILL)
			syscall.Wait4(pid, nil, 0, nil)
		}
	}
}

// children lists the processes whose parent this one is now.
func children() []int {
	files, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		return nil // a fixed pattern
	}
	var out []int
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // a thread that ended
		}
		for _, word := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(word); err == nil {
				out = append(out, pid)
			}
		}
	}
	return out
}

// bury waits for the program and for every orphan that falls to this process.
func (s *stage) bury() int {
	for {
		var ws syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &ws, syscall.WUNTRACED, nil)
		switch {
		case err == syscall.EINTR || err == nil && pid != s.child:
		case err != nil:
			return 128 + int(syscall.SIGKILL) // no child at all: cannot be
		case ws.Exited():
			return ws.ExitStatus()
		case ws.Signaled():
			return 128 + int(ws.Signal())
		case ws.Stopped():
			s.link.say(word{Say: sayStopped, Signal: int(ws.StopSignal())}) // a caller that is gone ends this anyway
		}
	}
}
