package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// probe is what the test program does when a hook of the person's own starts it inside a session: a program that
// no verdict was asked about tries everything. What it achieves it writes down, one name a line.
type probe struct {
	Victim   int    // a process of the person's outside
	Abstract string // an abstract Unix socket outside
	Path     string // a Unix socket with a path, like docker's
	Port     int    // a service on the machine's loopback
	Home     string
	Out      string
}

// probing is the variable that says where the probe's orders are.
const probing = "WRIT_E2E_PROBE"

func runProbe(file string) int {
	var p probe
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var done []string
	for _, a := range p.attempts() {
		if a.try() {
			done = append(done, a.name)
		}
	}
	if err := os.WriteFile(p.Out, []byte(strings.Join(append(done, "looked around"), "\n")), 0o644); err != nil {
		return 1
	}
	return 0
}

type attempt struct {
	name string
	try  func() bool
}

// attempts are in order: the victim dies last.
func (p probe) attempts() []attempt {
	proc := "/proc/" + strconv.Itoa(p.Victim)
	out := []attempt{
		{"abstract socket reached", func() bool { return dials("unix", "@"+p.Abstract) }},
		{"pathname socket reached", func() bool { return dials("unix", p.Path) }},
		{"loopback service reached", func() bool { return dials("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p.Port))) }},
		{"environment of another process read", func() bool { b, err := os.ReadFile(proc + "/environ"); return err == nil && len(b) > 0 }},
		{"another process traced", func() bool { return traces(p.Victim) }},
		{"another process's descriptor taken", func() bool { return takesDescriptor(p.Victim) }},
		{"rights to be gained by set-uid programs", func() bool { v, _ := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); return v == 0 }},
		{"claude's folder moved away", func() bool { return moves(p.Home + "/.claude") }},
		{"a start-up file replaced by rename", func() bool { return replaces(p.Home + "/.profile") }},
		{"a linked start-up file replaced", func() bool { return replaces(p.Home + "/.zshrc") }},
	}
	for _, name := range []string{".bashrc", ".claude/settings.json", ".claude/CLAUDE.md", ".claude/agents/x.md", ".ssh/authorized_keys", ".ssh/rc",
		".config/autostart/x.desktop", ".config/systemd/user/x.service", ".gitconfig", ".config/git/config", ".zshrc"} {
		out = append(out, attempt{name + " written", func() bool { return appends(filepath.Join(p.Home, name)) }})
	}
	return append(out, attempt{"another process killed", func() bool { return syscall.Kill(p.Victim, syscall.SIGKILL) == nil }})
}

func dials(network, address string) bool {
	c, err := net.DialTimeout(network, address, 2*time.Second)
	if err != nil {
		return false
	}
	defer c.Close()
	b := make([]byte, 5)
	c.SetDeadline(time.Now().Add(2 * time.Second))
	n, err := c.Read(b) // the other side greets: a mask would not
	return err == nil && string(b[:n]) == "hello"
}

func traces(pid int) bool {
	if err := syscall.PtraceAttach(pid); err != nil {
		return false
	}
	var ws syscall.WaitStatus
	syscall.Wait4(pid, &ws, 0, nil)
	return syscall.PtraceDetach(pid) == nil
}

func takesDescriptor(pid int) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return false
	}
	_, err = unix.PidfdGetfd(fd, 1, 0)
	return err == nil
}

func appends(path string) bool {
	os.MkdirAll(filepath.Dir(path), 0o755)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return false
	}
	defer f.Close()
	_, err = f.WriteString("# stranger\n")
	return err == nil
}

func replaces(path string) bool {
	other := path + ".new"
	return os.WriteFile(other, []byte("# stranger\n"), 0o644) == nil && os.Rename(other, path) == nil
}

func moves(dir string) bool {
	return os.Rename(dir, dir+".away") == nil && os.Rename(dir+".away", dir) == nil
}
