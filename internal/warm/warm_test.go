//go:build linux

package warm

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"writ/internal/level"
	"writ/internal/sandbox"
	"writ/internal/unixsock"
)

var launcher string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "writ-exec-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	launcher = filepath.Join(dir, "writ-exec")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", launcher, "writ/cmd/writ-exec")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build writ-exec: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// world is a pool that serves launchers of one home.
type world struct {
	t          testing.TB
	home, root string
	pool       *Pool
	mu         sync.Mutex
	events     []Event
}

func newWorld(t testing.TB, change func(*Options)) *world {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, home: filepath.Join(dir, "h"), root: filepath.Join(dir, "repo")}
	for _, d := range []string{w.root, filepath.Join(w.home, "run")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	opt := Options{Launcher: launcher, Level: level.Full, Tell: func(e Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events = append(w.events, e)
	}}
	if change != nil {
		change(&opt)
	}
	w.pool = New(opt)
	l, err := unixsock.Listen(filepath.Join(w.home, "run", "exec.sock"))
	if err != nil {
		t.Fatal(err)
	}
	go w.pool.Serve(l)
	t.Cleanup(func() {
		l.Close()
		w.pool.Close()
	})
	return w
}

func (w *world) scope() Scope {
	return Scope{Owner: "S", Profile: sandbox.Profile{Name: "test", Root: w.root, Write: []string{w.root}}}
}

func (w *world) grant(line string) string {
	w.t.Helper()
	id, err := w.pool.Grant(Grant{Scope: w.scope(), Line: line, Shell: "bash"})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// exec runs the launcher as the rewritten command does.
func (w *world) exec(id, line string) (out string, code int) {
	cmd := exec.Command(launcher, "--home", w.home, "--grant", id, "--", line)
	cmd.Dir = w.root
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	cmd.Run() // the exit code says it
	return b.String(), cmd.ProcessState.ExitCode()
}

func (w *world) sh(line string) (string, int) { return w.exec(w.grant(line), line) }

func TestGrantOnce(t *testing.T) {
	w := newWorld(t, nil)
	id := w.grant("echo one; exit 5")
	if out, code := w.exec(id, "echo other"); code != 126 || !strings.Contains(out, "another command") {
		t.Errorf("other words: %d %q", code, out)
	}
	if out, code := w.exec(id, "echo one; exit 5"); code != 5 || out != "one\n" {
		t.Errorf("the granted words: %d %q", code, out)
	}
	if out, code := w.exec(id, "echo one; exit 5"); code != 126 || !strings.Contains(out, "unknown, spent or expired") {
		t.Errorf("a second time: %d %q", code, out)
	}
	if out, code := w.exec("0123", "echo one"); code != 126 || !strings.Contains(out, "writ: refused") {
		t.Errorf("an invented id: %d %q", code, out)
	}
}

func TestWarmServer(t *testing.T) {
	w := newWorld(t, nil)
	w.sh("echo hello > page; (node -e 'require(\"http\").createServer((q,r)=>r.end(\"served\")).listen(8123,\"127.0.0.1\")' >/dev/null 2>&1 &)")
	out, code := "", 1
	for range 100 {
		if out, code = w.sh("curl -s http://127.0.0.1:8123/"); code == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if out != "served" {
		t.Errorf("a later command reaches the server: %d %q", code, out)
	}
	if c, err := net.Dial("tcp", "127.0.0.1:8123"); err == nil {
		c.Close()
		t.Error("the server is reachable from outside")
	}
	w.pool.Release("S")
	if out, code := w.sh("curl -s http://127.0.0.1:8123/"); code == 0 {
		t.Errorf("after release the server still answers: %q", out)
	}
}

// Folder and streams are as the outer shell expects them.
func TestLauncherStreams(t *testing.T) {
	w := newWorld(t, nil)
	line := "cat; echo err >&2; cd /usr/lib; exit 9"
	cmd := exec.Command("bash", "-c", `{ D=$(echo input | "$0" --home "$1" --grant "$2" -- "$3" 3>&1 >&4 4>&-); } 4>&1; echo "$? $D"`, launcher, w.home, w.grant(line), line)
	cmd.Dir = w.root
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if out.String() != "input\n9 /usr/lib\n" || errs.String() != "err\n" {
		t.Errorf("got %q and %q", out.String(), errs.String())
	}
}

func TestKilledLauncher(t *testing.T) {
	w := newWorld(t, nil)
	line := "touch running; sleep 303"
	cmd := exec.Command(launcher, "--home", w.home, "--grant", w.grant(line), "--", line)
	cmd.Dir = w.root
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(w.root + "/running"); err == nil {
			break
		}
	}
	cmd.Process.Signal(syscall.SIGKILL)
	cmd.Wait()
	for range 200 {
		if out, _ := w.sh("ps ax | grep -c '[s]leep 303'"); out == "0\n" {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the command goes on without its launcher")
}

func TestIdle(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Idle = func(Scope) time.Duration { return 100 * time.Millisecond } })
	w.sh("sleep 304 >/dev/null 2>&1 &")
	for range 500 {
		if w.pool.Count() == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("an idle sandbox stays")
}

func TestOnce(t *testing.T) {
	w := newWorld(t, nil)
	id, err := w.pool.Grant(Grant{Scope: w.scope(), Line: "echo x", Shell: "bash", Once: true})
	if err != nil {
		t.Fatal(err)
	}
	if out, code := w.exec(id, "echo x"); code != 0 || out != "x\n" {
		t.Errorf("got %d %q", code, out)
	}
	for range 200 {
		if w.pool.Count() == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("a sandbox for one command stays")
}

// The environment that reaches the command holds no credentials of the caller.
func TestEnvironment(t *testing.T) {
	t.Setenv("MY_API_TOKEN", "very-secret")
	t.Setenv("HARMLESS", "seen")
	w := newWorld(t, nil)
	if out, _ := w.sh("env"); strings.Contains(out, "very-secret") || !strings.Contains(out, "HARMLESS=seen") {
		t.Errorf("got %q", out)
	}
}

func BenchmarkJoin(b *testing.B) {
	w := newWorld(b, nil)
	w.sh("true")
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			exec.Command("bash", "-c", "true").Run()
		}
	})
	b.Run("warm", func(b *testing.B) {
		for b.Loop() {
			id, err := w.pool.Grant(Grant{Scope: w.scope(), Argv: []string{"bash", "-c", "true"}})
			if err != nil {
				b.Fatal(err)
			}
			if err := exec.Command(launcher, "--home", w.home, "--grant", id, "--", "bash", "-c", "true").Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
