package escape

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/level"
	"writ/internal/sandbox"
)

// What files hold: asItWas may not change, secret may not be read.
const (
	asItWas = "as it was"
	secret  = "s3cret-token-of-the-arena"
)

// arena is the world that probes attack: a scope that may change, things around it that may not, and people outside.
type arena struct {
	t             testing.TB
	dir           string
	row           string // which probe has the floor
	s             *sandbox.Sandbox
	l             level.Level // Observe: no sandbox
	ear           *ear
	master, slave *os.File
}

func newArena(t testing.TB, l level.Level) *arena {
	t.Helper()
	dir, err := os.MkdirTemp(base, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	a := &arena{t: t, dir: dir, l: l}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, d := range []string{"scope", "outside", "sockets"} {
		a.mkdir(d)
	}
	a.file("secrets/key", secret)
	a.file("secret.txt", secret)
	a.file("scope/.git/config", asItWas)
	a.file("scope/.git/hooks/pre-commit", asItWas)
	a.file("scope/conf/deep/secret", secret)
	a.file("scope/conf2-is-free", "")
	a.file("scope/readonly/deep/file", asItWas)
	a.mkdir("scope/absent")
	return a
}

// profile is that of an ordinary task: one folder to change, parts of it closed, secrets hidden.
func (a *arena) profile() sandbox.Profile {
	return sandbox.Profile{
		Name: "escape", Root: a.path("scope"), Write: []string{a.path("scope")},
		ReadOnly: []string{a.path("scope/.git/config"), a.path("scope/.git/hooks"), a.path("scope/readonly/deep")},
		Absent:   []string{a.path("scope/absent/name")},
		Hide:     []string{a.path("secrets"), a.path("secret.txt"), a.path("scope/conf/deep/secret"), a.path("guard")},
	}
}

func (a *arena) path(rel string) string { return filepath.Join(a.dir, rel) }

func (a *arena) mkdir(rel string) string {
	if err := os.MkdirAll(a.path(rel), 0o755); err != nil {
		a.t.Fatal(err)
	}
	return a.path(rel)
}

func (a *arena) file(rel, text string) string {
	a.mkdir(filepath.Dir(rel))
	if err := os.WriteFile(a.path(rel), []byte(text), 0o644); err != nil {
		a.t.Fatal(err)
	}
	return a.path(rel)
}

// out is a file of this probe's own outside the scope; in is a name of its own inside.
func (a *arena) out() string { return a.file("outside/"+a.row+"/file", asItWas) }
func (a *arena) in(name string) string {
	a.mkdir("scope/" + a.row)
	return a.path("scope/" + a.row + "/" + name)
}
func (a *arena) free() string {
	a.mkdir("outside/" + a.row)
	return a.path("outside/" + a.row + "/free")
}

// ear is someone outside who listens.
type ear struct {
	heard atomic.Bool
	addr  string
	port  int
}

func (a *arena) listen(network, addr string) *ear {
	a.t.Helper()
	e := &ear{addr: addr}
	if strings.HasSuffix(network, "gram") || strings.HasPrefix(network, "udp") {
		c, err := net.ListenPacket(network, addr)
		if err != nil {
			a.t.Fatal(err)
		}
		a.t.Cleanup(func() { c.Close() })
		if u, ok := c.LocalAddr().(*net.UDPAddr); ok {
			e.port = u.Port
		}
		go func() {
			b := make([]byte, 64)
			for {
				n, _, err := c.ReadFrom(b)
				if err != nil {
					return
				}
				e.heard.Store(e.heard.Load() || n > 0)
			}
		}()
		return e
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { l.Close() })
	if t, ok := l.Addr().(*net.TCPAddr); ok {
		e.port = t.Port
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				n, _ := c.Read(make([]byte, 64))
				e.heard.Store(e.heard.Load() || n > 0)
			}()
		}
	}()
	return e
}

// victim is a process outside with something to lose.
type victim struct {
	cmd *exec.Cmd
	pid int
}

func (a *arena) victim() *victim {
	a.t.Helper()
	cmd := exec.Command(program("probe"), "sleep", "600000")
	cmd.Env, cmd.Dir = []string{"TOKEN=" + secret}, a.mkdir("secrets")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Microsecond) {
		if b, _ := os.ReadFile(procFile(cmd.Process.Pid, "cmdline")); strings.Contains(string(b), "600000") {
			break
		}
	}
	return &victim{cmd, cmd.Process.Pid}
}

// hurt tells whether the victim died or stands still.
func (v *victim) hurt() bool {
	s := stateOf(v.pid)
	return s == 'Z' || s == 'T' || s == 't' || s == 0
}

// stateOf is the state of a process as /proc tells it, 0 for none.
func stateOf(pid int) byte {
	b, err := os.ReadFile(procFile(pid, "stat"))
	if err != nil {
		return 0
	}
	return b[strings.LastIndexByte(string(b), ')')+2]
}

func limitOf(pid int) uint64 {
	var r unix.Rlimit
	if unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &r) != nil {
		return 0
	}
	return r.Cur
}
