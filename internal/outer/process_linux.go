package outer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
)

// Process is a program behind its walls, ready to run or running.
type Process struct {
	cmd       *exec.Cmd
	link      link
	tty       *terminal
	listeners []net.Listener
	walls     Walls
	gaps      []string
	freed     sync.Once
}

// Streams are the program's standard streams.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Ready builds the walls and waits; nothing of the program runs before Go. self is a program that calls RunStage
// when it is given the arguments stage. Where the system refuses one of the walls for processes, memory or the
// network, the others are built: Walls and Gaps say what holds.
func Ready(self string, stage []string, o Orders, s Streams) (*Process, error) {
	for {
		p, err := ready(self, stage, o, s)
		var wall *WallError
		if err == nil || !errors.As(err, &wall) {
			return p, err
		}
		less, had := o.Walls.without(wall.Wall)
		if !had {
			return nil, err
		}
		o.Walls = less
		p, lerr := Ready(self, stage, o, s)
		if lerr != nil {
			return nil, lerr
		}
		p.gaps = append(p.gaps, err.Error())
		return p, nil
	}
}

// ready tries the ways to map users. Where none works, each wall is tried alone to name the one that is refused.
func ready(self string, stage []string, o Orders, s Streams) (*Process, error) {
	var last error
	for _, attr := range identities() {
		p, err := spawn(self, stage, o, s, attr)
		if err == nil {
			return p, nil
		}
		last = err
		var wall *WallError
		if errors.As(err, &wall) && wall.Wall != "user" {
			return nil, err
		}
	}
	var wall *WallError
	if errors.As(last, &wall) && o.Walls != (Walls{}) {
		for _, one := range []struct {
			name string
			w    Walls
		}{{"pid", Walls{PID: o.Walls.PID}}, {"ipc", Walls{IPC: o.Walls.IPC}}, {"net", Walls{Net: o.Walls.Net}}} {
			if one.w != (Walls{}) && !clones(self, stage, one.w) {
				return nil, &WallError{one.name, wall.Err}
			}
		}
	}
	return nil, last
}

// clones tells whether the system makes these namespaces at all.
func clones(self string, stage []string, w Walls) bool {
	for _, attr := range identities() {
		p, err := spawn(self, stage, Orders{Walls: w}, Streams{}, attr)
		if err == nil {
			p.Abandon()
			return true
		}
		var wall *WallError
		if !errors.As(err, &wall) { // the stage ran
			return true
		}
	}
	return false
}

// Probe tells which walls this system gives, and why not the others. An error means that it gives none.
func Probe(self string, stage []string) (Walls, []string, error) {
	p, err := Ready(self, stage, Orders{Walls: All}, Streams{})
	if err != nil {
		return Walls{}, nil, err
	}
	defer p.Abandon()
	return p.walls, p.gaps, nil
}

// spawn starts the stage in its namespaces, gives it its orders and waits until it is ready.
func spawn(self string, stage []string, o Orders, s Streams, attr syscall.SysProcAttr) (*Process, error) {
	orders, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	l, theirs, err := newLink()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	ordersR, ordersW, err := os.Pipe()
	if err != nil {
		l.close()
		return nil, err
	}
	defer ordersR.Close()
	p := &Process{link: l, walls: o.Walls}
	p.cmd = exec.Command(self, stage...)
	p.cmd.Env, p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = []string{}, s.In, s.Out, s.Err
	p.cmd.ExtraFiles = []*os.File{theirs, ordersR}
	attr.Cloneflags, attr.Setpgid = o.Walls.flags(), true
	if o.Program != "" {
		p.tty = openTerminal()
		p.tty.give(&attr)
	}
	p.cmd.SysProcAttr = &attr
	if err := p.cmd.Start(); err != nil {
		ordersW.Close()
		l.close()
		p.tty.close()
		return nil, &WallError{"user", err}
	}
	go func() {
		ordersW.Write(orders) // a stage that is gone says so by its silence
		ordersW.Close()
	}()
	theirs.Close()
	if err := p.await(); err != nil {
		p.Abandon()
		return nil, err
	}
	return p, nil
}

// await waits for the stage to be ready and takes its listeners.
func (p *Process) await() error {
	w, fds, err := p.link.hear()
	for _, fd := range fds {
		f := os.NewFile(uintptr(fd), "listener")
		l, lerr := net.FileListener(f)
		f.Close()
		if lerr != nil {
			err = errors.Join(err, lerr)
			continue
		}
		p.listeners = append(p.listeners, l)
	}
	if err != nil {
		return fmt.Errorf("the stage ended before it was ready: %w", err)
	}
	p.gaps = w.Gaps
	return failure(w, sayReady)
}

func failure(w word, want string) error {
	switch {
	case w.Say == want:
		return nil
	case w.Say == sayFailed && w.Wall != "":
		return &WallError{w.Wall, errors.New(w.Err)}
	case w.Say == sayFailed:
		return errors.New(w.Err)
	}
	return fmt.Errorf("the stage said %q, want %q", w.Say, want)
}

// Walls are those that stand.
func (p *Process) Walls() Walls { return p.walls }

// Gaps are what could not be closed, one sentence each.
func (p *Process) Gaps() []string { return p.gaps }

// Listeners are Orders.Listen, in order; none without a network of its own. The caller serves and closes them.
func (p *Process) Listeners() []net.Listener { return p.listeners }

// PID is the first process inside, as it is called outside.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Go starts the program.
func (p *Process) Go() error {
	err := p.link.say(word{Say: sayGo})
	if err == nil {
		var w word
		if w, _, err = p.link.hear(); err == nil {
			err = failure(w, sayStarted)
		}
	}
	if err != nil {
		p.Abandon()
		return err
	}
	return nil
}

// Abandon ends everything inside and frees what is held; after Wait it does nothing more.
func (p *Process) Abandon() { p.freed.Do(p.free) }

func (p *Process) free() {
	p.link.close()
	if !p.walls.PID && p.cmd.ProcessState == nil { // its children do not end with it
		syscall.Kill(-p.PID(), syscall.SIGKILL)
	}
	p.cmd.Process.Kill() // it may have ended
	p.cmd.Wait()
	p.tty.takeBack()
	p.tty.close()
	for _, l := range p.listeners {
		l.Close()
	}
}

// Wait passes signals on until the program ends and gives its exit status, 128 and the signal's number where one
// ended it. When the program is stopped, so is the caller, and the terminal is the shell's again.
func (p *Process) Wait() (int, error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, heeded()...)
	defer signal.Stop(signals)
	done := make(chan struct{})
	var both sync.WaitGroup
	both.Add(1)
	go func() {
		defer both.Done()
		for {
			select {
			case s := <-signals:
				if n, ok := s.(syscall.Signal); ok {
					p.link.say(word{Say: saySignal, Signal: int(n)}) // it may just have ended
				}
			case <-done:
				return
			}
		}
	}()
	p.stops()
	err := p.cmd.Wait()
	close(done)
	both.Wait()
	p.Abandon()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	state := p.cmd.ProcessState
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal()), nil
	}
	return state.ExitCode(), nil
}

// heeded are the signals that mean the program and not this one.
func heeded() []os.Signal {
	var out []os.Signal
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGTSTP, syscall.SIGUSR1, syscall.SIGUSR2} {
		if !signal.Ignored(s) {
			out = append(out, s)
		}
	}
	return out
}

// stops goes along with the program's being stopped, until the line ends.
func (p *Process) stops() {
	for {
		w, _, err := p.link.hear()
		if err != nil {
			return
		}
		if w.Say != sayStopped || p.tty == nil { // without a terminal nobody would continue this one
			continue
		}
		p.tty.takeBack()
		stopSelf()
		p.tty.giveAgain(p.PID())
		syscall.Kill(-p.PID(), syscall.SIGCONT) // the whole group was stopped
	}
}
