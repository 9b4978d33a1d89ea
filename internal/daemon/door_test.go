package daemon

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"writ/internal/api"
	"writ/internal/audit"
	"writ/internal/client"
)

// raw sends a request as it stands and gives status and error code.
func raw(t *testing.T, sock, request string) (int, string) {
	t.Helper()
	c, err := net.DialTimeout("unix", sock, time.Second) // not ours, which would refuse another user's daemon
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var e api.Error
	json.NewDecoder(resp.Body).Decode(&e)
	return resp.StatusCode, e.Code
}

// TestDoor: browsers first, then versions, then paths.
func TestDoor(t *testing.T) {
	w := serving(t, nil)
	get := func(head string) string { return "GET /v1/status HTTP/1.1\r\n" + head + "\r\n\r\n" }
	for name, tc := range map[string]struct {
		request string
		status  int
		code    string
	}{
		"our own":        {get("Host: writ\r\nWrit-Api: 1"), 200, ""},
		"origin":         {get("Host: writ\r\nWrit-Api: 1\r\nOrigin: http://localhost"), 403, "browser"},
		"referer":        {get("Host: writ\r\nWrit-Api: 1\r\nReferer: http://x/"), 403, "browser"},
		"fetch metadata": {get("Host: writ\r\nWrit-Api: 1\r\nSec-Fetch-Site: none"), 403, "browser"},
		"rebound host":   {get("Host: localhost\r\nWrit-Api: 1"), 403, "browser"},
		"browser first":  {get("Host: evil\r\nWrit-Api: 9"), 403, "browser"},
		"form":           {"POST /v1/hook HTTP/1.1\r\nHost: writ\r\nWrit-Api: 1\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 403, "browser"},
		"no version":     {get("Host: writ"), 426, "version"},
		"other version":  {get("Host: writ\r\nWrit-Api: 2"), 426, "version"},
		"unknown path":   {"GET /v2/x HTTP/1.1\r\nHost: writ\r\nWrit-Api: 1\r\n\r\n", 404, "not-found"},
		"admin path":     {"GET /v1/approvals HTTP/1.1\r\nHost: writ\r\nWrit-Api: 1\r\n\r\n", 404, "not-found"},
		"unknown field":  {post("/v1/hook", `{"host":"claude","payload":{},"allow":true}`), 400, "bad-request"},
		"two values":     {post("/v1/hook", `{"host":"claude","payload":{}}{}`), 400, "bad-request"},
	} {
		if status, code := raw(t, w.home.HookSock(), tc.request); status != tc.status || code != tc.code {
			t.Errorf("%s: %d %q, want %d %q", name, status, code, tc.status, tc.code)
		}
	}
}

func post(path, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: writ\r\nWrit-Api: 1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
}

// TestOtherUser is refused by the kernel's word on who connects, even where the files would let them in.
func TestOtherUser(t *testing.T) {
	if os.Getenv("DOOR_SOCK") != "" {
		_, code := raw(t, os.Getenv("DOOR_SOCK"), "GET /v1/status HTTP/1.1\r\nHost: writ\r\nWrit-Api: 1\r\n\r\n")
		fmt.Println("code=" + code)
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root to become another user")
	}
	w := serving(t, nil)
	for dir := w.home.Run(); strings.HasPrefix(dir, os.TempDir()+"/"); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(w.home.HookSock(), 0o666); err != nil {
		t.Fatal(err)
	}
	program := copyProgram(t)
	cmd := exec.Command(program, "-test.run=^TestOtherUser$")
	cmd.Env = []string{"DOOR_SOCK=" + w.home.HookSock()}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "code=peer") {
		t.Errorf("%v\n%s", err, out)
	}
}

// copyProgram puts this test program where every user may run it.
func copyProgram(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.CreateTemp("/tmp", "daemon-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(f.Name()) })
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
	f.Chmod(0o755)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

// TestStops gives waiting calls their denial, closes the log, removes the sockets, and lets the next begin.
func TestStops(t *testing.T) {
	w := newWorld(t)
	first := w.process()
	p := w.bash(asked)
	w.say(p)
	waiting := make(chan api.PermissionResponse, 1)
	go func() { waiting <- w.prompt(p, p["tool_input"]) }()
	time.Sleep(100 * time.Millisecond)
	if err := client.Admin(string(w.home)).Do(t.Context(), "POST", api.PathStop, nil, nil); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-waiting:
		if got.Behavior != "deny" {
			t.Errorf("waiting call: %+v, want deny", got)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the waiting call was not answered")
	}
	if second := w.process(); second == first {
		t.Error("the same process still runs")
	}
	if err := Serve(t.Context(), options(w.home)); !errors.Is(err, ErrRunning) {
		t.Errorf("a second daemon: %v, want ErrRunning", err)
	}
	if rep, err := audit.Verify(w.home.Audit(), audit.VerifyOptions{KeyDir: w.home.Keys()}); err != nil || !rep.OK {
		t.Errorf("the log: %v %+v", err, rep)
	}
}

func (w *world) stop() {
	w.t.Helper()
	if err := client.Admin(string(w.home)).Do(w.t.Context(), "POST", api.PathStop, nil, nil); err != nil {
		w.t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); Holder(w.home) != 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatal("the daemon does not end")
		}
	}
}

// TestLogFails: a disk that takes no more stops the daemon from allowing anything.
func TestLogFails(t *testing.T) {
	w := newWorld(t)
	pid := w.process()
	if got := w.say(w.bash(allowed)); got.Decision != "allow" {
		t.Fatalf("before: %+v", got)
	}
	if err := limitFiles(pid, 1); err != nil {
		t.Skipf("cannot limit another process's files on this system: %v", err)
	}
	for range 3 {
		got := w.say(w.bash(allowed))
		if got.Decision != "deny" || !strings.Contains(got.Reason, "log") {
			t.Fatalf("with a full disk: %+v, want deny", got)
		}
	}
	if got := w.hook(map[string]any{"hook_event_name": "Stop", "session_id": "S", "cwd": w.project}); got.Exit != 0 || strings.Contains(got.Stdout, "block") {
		t.Errorf("the session cannot end: %+v", got)
	}
	s, err := client.Hook(string(w.home)).Status(t.Context())
	if err != nil || s.Healthy || s.Problem == "" {
		t.Errorf("status %+v, %v; want unhealthy", s, err)
	}
}

// limitFiles sets the size that files of a process may grow to, as a full disk would.
func limitFiles(pid int, size uint64) error {
	lim := [2]uint64{size, size}
	return prlimit(pid, syscall.RLIMIT_FSIZE, &lim)
}

// TestIdleMemory: at most 60 MB when nothing happens, after work was done.
func TestIdleMemory(t *testing.T) {
	if raced {
		t.Skip("the race detector multiplies memory")
	}
	w := newWorld(t)
	pid := w.process()
	for range 300 {
		w.say(w.bash(allowed))
	}
	time.Sleep(time.Second)
	s, err := client.Hook(string(w.home)).Status(context.Background())
	if err != nil || s.PID != pid {
		t.Fatalf("%+v, %v", s, err)
	}
	t.Logf("idle memory %.1f MB", float64(s.RSS)/1e6)
	if s.RSS > 60e6 || s.RSS == 0 {
		t.Errorf("idle memory %d bytes, want at most 60 MB", s.RSS)
	}
}
