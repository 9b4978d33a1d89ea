//go:build linux

package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"writ/internal/api"
	"writ/internal/client"
	"writ/internal/home"
)

const (
	// leakDir tells the test that it is alone: in a pid namespace of its own, with this folder as /tmp.
	leakDir      = "WRIT_LEAK_DIR"
	leakAgents   = 8
	leakCommands = 25
	// leakMarker is how long the servers sleep that commands leave behind; nothing else here sleeps so long.
	leakMarker = "86311"
)

// TestNothingLeaks runs itself again as the only program of a pid namespace, where whatever /proc shows is its own
// and counts can be compared exactly.
func TestNothingLeaks(t *testing.T) {
	if os.Getenv(leakDir) != "" {
		stormTwice(t)
		return
	}
	if testing.Short() {
		t.Skip("runs 200 commands through a daemon, some 20 s")
	}
	dir := t.TempDir()
	prepareLeaks(t, dir)
	args := []string{"--pid", "--fork", "--mount-proc", "--kill-child"}
	if os.Geteuid() != 0 {
		args = append(args, "--user", "--map-root-user")
	}
	// bash is the first process there, because it takes in orphans that ended; the tests' program would not.
	args = append(args, "bash", "-c", `mount --bind "$1" /tmp && cd /tmp && /tmp/leak.test -test.run='^TestNothingLeaks$' -test.v; exit $?`, "bash", dir)
	cmd := exec.CommandContext(t.Context(), "unshare", args...)
	cmd.Env = append(os.Environ(), leakDir+"=/tmp", "TMPDIR=/tmp")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestNothingLeaks") {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// prepareLeaks puts the two programs where they are found when dir has become /tmp.
func prepareLeaks(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "writ-exec"), "writ/cmd/writ-exec")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build writ-exec: %v\n%s", err, out)
	}
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "leak.test"), self, 0o755); err != nil {
		t.Fatal(err)
	}
}

// counts is everything that a sandbox could leave behind on this machine.
type counts struct {
	processes, inits, sleeps, mounts, namespaces int
}

// storm is a home folder whose agents run commands.
type storm struct {
	*world
	done   atomic.Int32
	calls  atomic.Int32
	broken atomic.Int32 // commands that a dying daemon took with it
}

// stormTwice: a daemon is killed in the middle of 200 commands of 8 agents, and another goes on. When the sessions
// have ended, nothing is there that was not there before, and the daemon holds what an idle one holds.
func stormTwice(t *testing.T) {
	w := &world{t: t, home: home.Home("/tmp/.writ"), project: "/tmp/repo"}
	if err := os.Mkdir(w.project, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := w.home.Ensure(); err != nil {
		t.Fatal(err)
	}
	w.put(".writ/config.json", `{"limits":{"calls_per_minute":100000}}`)
	s := &storm{world: w}
	before := count()
	first := s.process()
	s.agent("idle", 1, nil)
	s.end("idle")
	fds := s.settled(before, first)
	s.done.Store(0)
	s.all(leakCommands, func() { syscall.Kill(first, syscall.SIGKILL) })
	during := count()
	if n := int(s.done.Load()); n != leakAgents*leakCommands || s.broken.Load() == 0 {
		t.Errorf("%d commands were run, want %d; %d were cut off by the kill, want some", n, leakAgents*leakCommands, s.broken.Load())
	}
	if during.inits < leakAgents || during.sleeps < leakAgents || during.namespaces <= before.namespaces {
		t.Errorf("nothing to lose: while sessions are open there are %+v", during)
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", first)); err == nil {
		t.Error("the first daemon lives")
	}
	second := Holder(s.home)
	for i := range leakAgents {
		s.end(fmt.Sprint("S", i))
	}
	if got := s.settled(before, second); got != fds {
		t.Errorf("the daemon has %d descriptors, want %d as an idle one:\n%s", got, fds, strings.Join(links(second), "\n"))
	}
	t.Logf("before %+v; with 8 open sessions %+v; %d cut off by the kill; %d descriptors in either daemon", before, during, s.broken.Load(), fds)
}

// all runs n commands in each of the agents' sessions, and calls halfway once.
func (s *storm) all(n int, halfway func()) {
	var wg sync.WaitGroup
	for i := range leakAgents {
		wg.Go(func() { s.agent(fmt.Sprint("S", i), n, sync.OnceFunc(halfway)) })
	}
	wg.Wait()
}

// agent runs n commands of a session, each until it has run; every fifth leaves a server behind.
func (s *storm) agent(session string, n int, halfway func()) {
	for i := range n {
		line := fmt.Sprintf("sleep 0.02; echo did-%d", i)
		if i%5 == 0 {
			line = fmt.Sprintf("setsid sleep %s >/dev/null 2>&1 & echo did-%d", leakMarker, i)
		}
		for !s.command(session, line, fmt.Sprintf("did-%d\n", i)) {
			s.broken.Add(1)
			if s.t.Context().Err() != nil {
				return
			}
		}
		if s.done.Add(1) == leakAgents*leakCommands/2 && halfway != nil {
			halfway()
		}
	}
}

// command is one call as the host makes it: the hook, then the rewritten line in a shell.
func (s *storm) command(session, line, want string) bool {
	ctx, stop := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer stop()
	if _, err := client.EnsureDaemon(ctx, string(s.home), os.Args[0]); err != nil {
		return false
	}
	rewritten, err := s.rewritten(ctx, session, line)
	if err != nil {
		return false
	}
	cmd := exec.CommandContext(ctx, "bash", "-c", rewritten)
	cmd.Dir = s.project
	out, err := cmd.Output()
	return err == nil && string(out) == want
}

// end ends a session as the host does.
func (s *storm) end(session string) {
	s.t.Helper()
	s.hook(map[string]any{"hook_event_name": "SessionEnd", "session_id": session, "cwd": s.project})
}

// settled waits until everything but the daemon itself is as it was, and gives the daemon's descriptors.
func (s *storm) settled(want counts, daemon int) (fds int) {
	s.t.Helper()
	want.processes++ // the daemon
	var got counts
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		got = count()
		if fds = len(links(daemon)); got == want && len(leftovers()) == 0 && fds > 0 && fds == steady(daemon) {
			return fds
		}
	}
	s.t.Errorf("after the sessions there are %+v, want %+v; files %v; processes:\n%s", got, want, leftovers(), strings.Join(slices.Sorted(maps.Values(commands())), "\n"))
	return fds
}

// steady is the number of descriptors when connections that only end have ended.
func steady(pid int) int {
	time.Sleep(300 * time.Millisecond)
	return len(links(pid))
}

// rewritten asks the hook and gives the line that it answers with.
func (s *storm) rewritten(ctx context.Context, session, line string) (string, error) {
	raw, err := json.Marshal(map[string]any{"hook_event_name": "PreToolUse", "session_id": session, "cwd": s.project, "permission_mode": "default",
		"tool_name": "Bash", "tool_input": map[string]any{"command": line}, "tool_use_id": fmt.Sprint("toolu_", s.calls.Add(1))})
	if err != nil {
		return "", err
	}
	resp, err := client.Hook(string(s.home)).Hook(ctx, api.HookRequest{Host: "claude", Payload: raw, Project: s.project, Gate: true, Run: "R"})
	if err != nil {
		return "", err
	}
	var out struct {
		Specific struct {
			Decision string                   `json:"permissionDecision"`
			Input    struct{ Command string } `json:"updatedInput"`
		} `json:"hookSpecificOutput"`
	}
	if err := json.Unmarshal([]byte(resp.Stdout), &out); err != nil {
		return "", err
	}
	if out.Specific.Decision != "allow" || !strings.Contains(out.Specific.Input.Command, "--grant") {
		s.t.Errorf("%q: want it allowed and confined, got %s", line, resp.Stdout)
		return "", errors.New("not confined")
	}
	return out.Specific.Input.Command, nil
}

// count looks at everything in the namespace.
func count() (c counts) {
	spaces := map[string]bool{}
	for pid, line := range commands() {
		c.processes++
		if strings.HasPrefix(line, "writ-init") {
			c.inits++
		}
		if strings.HasPrefix(line, "sleep "+leakMarker) {
			c.sleeps++
		}
		for _, kind := range []string{"mnt", "pid", "net", "user", "ipc", "uts", "cgroup"} {
			if to, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/%s", pid, kind)); err == nil {
				spaces[to] = true
			}
		}
	}
	mounts, _ := os.ReadFile("/proc/self/mountinfo")
	c.mounts, c.namespaces = bytes.Count(mounts, []byte("\n")), len(spaces)
	return c
}

// commands are the processes by pid, each with its arguments.
func commands() map[int]string {
	out := map[int]string{}
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		line, err := os.ReadFile(dir + "/cmdline")
		if err == nil {
			out[pid] = strings.Join(strings.FieldsFunc(string(line), func(r rune) bool { return r == 0 }), " ")
		}
	}
	return out
}

// links are what a process holds open.
func links(pid int) (out []string) {
	dir := fmt.Sprintf("/proc/%d/fd/", pid)
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		to, _ := os.Readlink(dir + e.Name())
		out = append(out, to)
	}
	return out
}

// leftovers are files that neither the test nor the daemon's own folder accounts for.
func leftovers() (out []string) {
	own := []string{"/tmp/.writ", "/tmp/repo", "/tmp/leak.test", "/tmp/writ-exec"}
	for _, name := range []string{"admin", "daemon.lock", "start.lock", "hook.sock", "exec.sock"} {
		own = append(own, "/tmp/.writ/run/"+name)
	}
	for _, pattern := range []string{"/tmp/*", "/tmp/.*", "/tmp/repo/*", "/tmp/repo/.*", "/tmp/.writ/run/*"} {
		found, _ := filepath.Glob(pattern)
		for _, path := range found {
			if !slices.Contains(own, path) {
				out = append(out, path)
			}
		}
	}
	return out
}
