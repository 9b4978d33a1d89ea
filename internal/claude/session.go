package claude

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"

	"writ/internal/outer"
)

// EnterCommand is the hidden subcommand that runs the stage inside the namespaces.
const EnterCommand = "enter"

// Session is a CLI about to run, or running.
type Session struct {
	cmd    *exec.Cmd      // without walls
	inside *outer.Process // or with them
	// Pinned tells that the managed settings are in force; otherwise Why says why not.
	Pinned bool
	Why    error
}

// Streams are the CLI's standard streams.
type Streams = outer.Streams

// Probe tells which walls this system gives, and why not the others. An error means that it gives none.
func Probe(self string) (outer.Walls, []string, error) {
	return outer.Probe(self, []string{EnterCommand})
}

// Ready builds the session's walls; nothing of the CLI runs before Go. Where the system refuses them, it makes a
// session without any if fallback is set, which then rests on the ask rules alone, and says so. Without fallback
// a single gap in the walls ends it.
func (l *Launch) Ready(self string, fallback bool, s Streams) (*Session, error) {
	if l.Call.Passive {
		return l.plain(l.Call.Args, s), nil
	}
	p, err := l.confined(self, fallback, s)
	if err == nil {
		return &Session{inside: p, Pinned: true}, nil
	}
	if !fallback {
		return nil, err
	}
	l.room.Net = false
	if err := l.flags(l.wiring(l.room)); err != nil {
		return nil, err
	}
	out := l.plain(l.Args, s)
	out.Why = err
	return out, nil
}

func (l *Launch) plain(args []string, s Streams) *Session {
	cmd := exec.Command(l.CLI, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = l.Env, s.In, s.Out, s.Err
	return &Session{cmd: cmd}
}

func (l *Launch) confined(self string, gaps bool, s Streams) (*outer.Process, error) {
	made, err := makeMissing(l.person, l.own)
	if nerr := l.noteMade(made); err == nil {
		err = nerr
	}
	if err != nil {
		return nil, fmt.Errorf("make what is to be closed: %w", err)
	}
	if err := makeTerminals(); err != nil {
		return nil, err
	}
	l.absent = absent(l.person, l.own)
	p, err := outer.Ready(self, []string{EnterCommand}, l.orders(), s)
	if err != nil {
		return nil, fmt.Errorf("walls around the session: %w", err)
	}
	switch {
	case l.room.Net && !p.Walls().Net:
		err = errors.New("the network namespace was given when asked for and refused when needed")
	case !gaps && len(p.Gaps()) > 0:
		err = fmt.Errorf("a gap in the walls around the session: %s", p.Gaps()[0])
	default:
		return p, nil
	}
	p.Abandon()
	return nil, err
}

// makeTerminals makes the folder that tmux would make, to be covered.
func makeTerminals() error {
	dir := terminals(strconv.Itoa(os.Getuid()))
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	fi, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if st, ok := fi.Sys().(*syscall.Stat_t); !fi.IsDir() || ok && int(st.Uid) != os.Getuid() {
		return fmt.Errorf("%s is not a folder of your own: somebody else put it there", dir)
	}
	return nil
}

// Inside is the confined program; nil without walls.
func (s *Session) Inside() *outer.Process { return s.inside }

// Go starts the CLI.
func (s *Session) Go() error {
	if s.inside != nil {
		return s.inside.Go()
	}
	return s.cmd.Start()
}

// Abandon gives up a session that did not Go.
func (s *Session) Abandon() {
	if s.inside != nil {
		s.inside.Abandon()
	}
}

// Wait passes signals on until the CLI ends and gives its exit status; a CLI ended by a signal counts as 128
// plus the signal, as in a shell. With a terminal the keyboard's signals reach the CLI by themselves.
func (s *Session) Wait(terminal bool) (int, error) {
	if s.inside != nil {
		return s.inside.Wait()
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case sig := <-signals:
				if !terminal || (sig != syscall.SIGINT && sig != syscall.SIGQUIT) {
					s.cmd.Process.Signal(sig) // it may just have ended
				}
			case <-done:
				return
			}
		}
	}()
	err := s.cmd.Wait()
	state := s.cmd.ProcessState
	if state == nil {
		return 0, err
	}
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal()), nil
	}
	return state.ExitCode(), nil
}
