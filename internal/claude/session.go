package claude

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// Enter is what the stage inside the namespace is told, over a pipe and not by its arguments.
type Enter struct {
	Layer    string   `json:"layer"`     // becomes /etc/claude-code
	ReadOnly []string `json:"read_only"` // become read-only
	Hide     []string `json:"hide"`      // folders and sockets that become empty
	Empty    string   `json:"empty"`     // an empty folder
	Program  string   `json:"program"`
	Args     []string `json:"args"`
	Env      []string `json:"env"`
}

// EnterCommand is the hidden subcommand that runs the stage.
const EnterCommand = "enter"

// Descriptors of the stage: its orders, and where it says what went wrong. The second closes by itself when
// the CLI takes the stage's place.
const (
	ordersFD = 3
	statusFD = 4
)

// Session is a running CLI.
type Session struct {
	cmd *exec.Cmd
	// Pinned tells that the managed settings are in force; otherwise Why says why not.
	Pinned bool
	Why    error
}

// Start starts the CLI in a namespace of its own. Where the system refuses that, it starts it without one if
// fallback is set; the session then rests on the ask rules alone, and says so.
func (l *Launch) Start(self string, fallback bool, in io.Reader, out, errOut io.Writer) (*Session, error) {
	if l.Call.Passive {
		return l.plain(l.Call.Args, in, out, errOut)
	}
	s, err := l.confined(self, in, out, errOut)
	if err == nil {
		s.Pinned = true
		return s, nil
	}
	if !fallback {
		return nil, err
	}
	s, perr := l.plain(l.Args, in, out, errOut)
	if perr != nil {
		return nil, perr
	}
	s.Why = err
	return s, nil
}

func (l *Launch) plain(args []string, in io.Reader, out, errOut io.Writer) (*Session, error) {
	cmd := exec.Command(l.CLI, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = l.Env, in, out, errOut
	return &Session{cmd: cmd}, cmd.Start()
}

func (l *Launch) confined(self string, in io.Reader, out, errOut io.Writer) (*Session, error) {
	orders, err := json.Marshal(Enter{
		Layer: l.layer(), Empty: l.dir + "/empty", Program: l.CLI, Args: append([]string{l.CLI}, l.Args...), Env: l.Env,
		ReadOnly: []string{string(l.home)}, Hide: []string{l.home.Keys(), l.home.AdminSock()},
	})
	if err != nil {
		return nil, err
	}
	last := errors.New("this system has none")
	for _, attr := range namespaces() {
		cmd := exec.Command(self, EnterCommand)
		cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = []string{}, in, out, errOut
		cmd.SysProcAttr = attr
		if last = run(cmd, orders); last == nil {
			return &Session{cmd: cmd}, nil
		}
	}
	return nil, fmt.Errorf("a private mount namespace: %w", last)
}

// run starts the stage, gives it its orders and waits until the CLI has taken its place.
func run(cmd *exec.Cmd, orders []byte) error {
	ordersR, ordersW, err := os.Pipe()
	if err != nil {
		return err
	}
	statusR, statusW, err := os.Pipe()
	if err != nil {
		return err
	}
	defer statusR.Close()
	cmd.ExtraFiles = []*os.File{ordersR, statusW}
	err = cmd.Start()
	ordersR.Close()
	statusW.Close()
	if err != nil {
		ordersW.Close()
		return err
	}
	go func() {
		ordersW.Write(orders) // a stage that is gone says so by its status
		ordersW.Close()
	}()
	said, err := io.ReadAll(statusR)
	if err == nil && len(said) == 0 {
		return nil
	}
	cmd.Wait() // it ended: the status says why
	return fmt.Errorf("%s%v", said, orNothing(err))
}

func orNothing(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Wait passes signals on until the CLI ends and gives its exit status; a CLI ended by a signal counts as 128
// plus the signal, as in a shell. With a terminal the keyboard's signals reach the CLI by themselves.
func (s *Session) Wait(terminal bool) (int, error) {
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
