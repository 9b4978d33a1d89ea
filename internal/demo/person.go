package demo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// person plays the human. The daemon answers hooks of this process, so this process and all it starts count
// as an agent; the person must be somebody else. So they are a process of their own that descends from
// nobody here: an intermediate one starts it and ends at once.
type person struct {
	in  io.WriteCloser
	out *bufio.Reader
	end io.Closer
}

// Personate is the hidden argument that makes the writ program play the person.
const (
	Personate = "person"
	detach    = "detach"
)

// order is one thing to do; deed is how it went.
type order struct {
	Dir  string   `json:"dir"`
	Env  []string `json:"env"`
	Args []string `json:"args"`
}

type deed struct {
	Code   int    `json:"code"`
	Output string `json:"output"`
}

// startPerson starts the process by way of one that ends.
func startPerson(writBinary, dir string) (*person, error) {
	inR, inW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	outR, outW, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, inR.Close(), inW.Close())
	}
	cmd := exec.Command(writBinary, "demo", "--play", detach)
	cmd.Dir, cmd.Env = dir, personEnv()
	cmd.Stdin, cmd.Stdout = inR, outW
	var errs bytes.Buffer
	cmd.Stderr = &errs
	err = cmd.Run()
	inR.Close()
	outW.Close()
	if err != nil {
		inW.Close()
		outR.Close()
		return nil, fmt.Errorf("start the scripted person: %w: %s", err, errs.String())
	}
	return &person{in: inW, out: bufio.NewReader(outR), end: outR}, nil
}

// personEnv is a plain login's: nothing of the caller's, who may be an agent.
func personEnv() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "LC_ALL=C"}
}

// run lets the person run a program in a world and gives its exit code and output.
func (p *person) run(w *world, args ...string) (code int, output string, err error) {
	line, err := json.Marshal(order{Dir: w.project, Env: w.env(), Args: args})
	if err != nil {
		return 0, "", err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return 0, "", fmt.Errorf("the scripted person is gone: %w", err)
	}
	reply, err := p.out.ReadBytes('\n')
	if err != nil {
		return 0, "", fmt.Errorf("the scripted person is gone: %w", err)
	}
	var d deed
	err = json.Unmarshal(reply, &d)
	return d.Code, d.Output, err
}

func (p *person) close() {
	p.in.Close()
	p.end.Close()
}

// Play is the other side, in the process that --play started.
func Play(part string, in io.Reader, out io.Writer) error {
	switch part {
	case detach:
		return startDetached()
	case Personate:
		return obey(in, out)
	}
	return fmt.Errorf("unknown part %q", part)
}

// startDetached starts the person in a session of its own; then this process ends and leaves it to init.
func startDetached() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	_, err = os.StartProcess(self, []string{self, "demo", "--play", Personate}, &os.ProcAttr{
		Env: os.Environ(), Files: []*os.File{os.Stdin, os.Stdout, null}, Sys: &syscall.SysProcAttr{Setsid: true},
	})
	return err
}

// obey runs one order after the other until nobody gives any.
func obey(in io.Reader, out io.Writer) error {
	parent := os.Getppid()
	for end := time.Now().Add(2 * time.Second); isDetacher(parent) && time.Now().Before(end); parent = os.Getppid() {
		time.Sleep(time.Millisecond) // until the process between is gone
	}
	dec, enc := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var o order
		if err := dec.Decode(&o); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := enc.Encode(o.do()); err != nil {
			return err
		}
	}
}

// isDetacher tells whether the process is still the one that started us: it has our own program.
func isDetacher(pid int) bool {
	theirs, err1 := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	ours, err2 := os.Executable()
	return err1 == nil && err2 == nil && theirs == ours
}

func (o order) do() deed {
	if len(o.Args) == 0 {
		return deed{Code: -1, Output: "nothing to run"}
	}
	cmd := exec.Command(o.Args[0], o.Args[1:]...)
	cmd.Env, cmd.Dir = o.Env, o.Dir
	cmd.WaitDelay = time.Second // something left in the background may hold the output open
	out, err := cmd.CombinedOutput()
	d := deed{Output: strings.ToValidUTF8(string(out), "?")}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		d.Code = exit.ExitCode()
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		d.Code, d.Output = -1, err.Error()
	}
	return d
}
