package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func (c Command) stdio() []int {
	if c.Pty {
		return nil
	}
	return c.Stdio[:]
}

func (c Command) encode() frame {
	f := frame{kind: kindCommand, fds: append([]int{c.Conn}, c.stdio()...), texts: []string{
		c.ID, c.Dir, c.Shell, strconv.FormatInt(int64(c.Wall), 10), strconv.FormatBool(c.Pty), strconv.Itoa(len(c.Argv)),
	}}
	f.texts = append(append(f.texts, c.Argv...), c.Env...)
	return f
}

func decodeCommand(f frame) (c Command, err error) {
	const head = 6
	if f.kind != kindCommand || len(f.texts) < head {
		return c, errFrame
	}
	c = Command{ID: f.texts[0], Dir: f.texts[1], Shell: f.texts[2], Pty: f.texts[4] == "true"}
	wall, err := strconv.ParseInt(f.texts[3], 10, 64)
	if err != nil {
		return c, errFrame
	}
	n, err := strconv.Atoi(f.texts[5])
	if err != nil || n < 1 || n > len(f.texts)-head {
		return c, errFrame
	}
	c.Wall, c.Argv, c.Env = time.Duration(wall), f.texts[head:head+n], f.texts[head+n:]
	switch {
	case c.Pty && len(f.fds) == 1:
	case !c.Pty && len(f.fds) == 4:
		copy(c.Stdio[:], f.fds[1:])
	default:
		return c, errFrame
	}
	c.Conn = f.fds[0]
	return c, nil
}

// start runs the command in a session of its own.
func (in *initProcess) start(c *Command) (*child, error) {
	argv, err := in.argv(c)
	if err != nil {
		return nil, err
	}
	path, err := lookPath(argv[0], c.Dir, c.Env)
	if err != nil {
		return nil, err
	}
	attr := &syscall.ProcAttr{Dir: in.dir(c.Dir), Env: c.Env, Sys: &syscall.SysProcAttr{Setsid: true}}
	started := frame{kind: kindStarted}
	if c.Pty {
		master, slave, err := openPty()
		if err != nil {
			return nil, err
		}
		defer unix.Close(master)
		defer unix.Close(slave)
		s := uintptr(slave)
		attr.Files, attr.Sys.Setctty, attr.Sys.Ctty, started.fds = []uintptr{s, s, s}, true, 0, []int{master}
	} else {
		attr.Files = []uintptr{uintptr(c.Stdio[0]), uintptr(c.Stdio[1]), uintptr(c.Stdio[2])}
	}
	p, err := in.children.start(func() (pid int, err error) {
		err = in.forker.run(func() error {
			pid, err = syscall.ForkExec(path, argv, attr)
			return err
		})
		return pid, err
	})
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", argv[0], err)
	}
	if c.Pty {
		send(c.Conn, started) // who is gone needs no terminal
	}
	return p, nil
}

// dir is the folder to start in: the wanted one, or the nearest above it that exists in this view.
func (in *initProcess) dir(want string) string {
	for dir := want; dir != "" && dir != "."; dir = filepath.Dir(dir) {
		if fi, err := os.Stat(dir); err == nil && fi.IsDir() {
			return dir
		}
		if dir == "/" {
			break
		}
	}
	return "/"
}

// argv wraps a shell line so that the shell says where it ended; a line that sets its own EXIT trap does not.
func (in *initProcess) argv(c *Command) ([]string, error) {
	if c.Shell == "" {
		return c.Argv, nil
	}
	f, err := os.CreateTemp(tmpOf(c.Env), ".writ-folder-")
	if err != nil {
		return nil, err
	}
	c.report = f.Name()
	if err := f.Close(); err != nil {
		return nil, err
	}
	trap := `trap 'command pwd -P >| ` + c.report + ` 2>/dev/null' EXIT; eval "$1"`
	return []string{c.Shell, "-c", trap, filepath.Base(c.Shell), c.Argv[0]}, nil
}

func tmpOf(env []string) string {
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, "TMPDIR="); ok && v != "" {
			return v
		}
	}
	return "/tmp"
}

// lookPath finds a program as a shell with that environment would.
func lookPath(name, dir string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		return name, executable(name)
	}
	path := "/usr/local/bin:/usr/bin:/bin"
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, "PATH="); ok {
			path = v
		}
	}
	for _, d := range filepath.SplitList(path) {
		if full := filepath.Join(d, name); filepath.IsAbs(d) && executable(full) == nil {
			return full, nil
		}
	}
	return "", fmt.Errorf("start %s: %w", name, errNotFound)
}

var errNotFound = errors.New("no such program on PATH")

func executable(path string) error {
	fi, err := os.Stat(path)
	if err != nil {
		return err
	}
	if fi.IsDir() || fi.Mode()&0o111 == 0 {
		return &os.PathError{Op: "exec", Path: path, Err: unix.EACCES}
	}
	return nil
}

// openPty opens a terminal of the sandbox's own.
func openPty() (master, slave int, err error) {
	if master, err = unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0); err != nil {
		return -1, -1, fmt.Errorf("open a terminal: %w", err)
	}
	if err = unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err == nil {
		var n int
		if n, err = unix.IoctlGetInt(master, unix.TIOCGPTN); err == nil {
			slave, err = unix.Open("/dev/pts/"+strconv.Itoa(n), unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
		}
	}
	if err != nil {
		unix.Close(master)
		return -1, -1, fmt.Errorf("open a terminal: %w", err)
	}
	return master, slave, nil
}
