package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// Budgets of docs/benchmarks.md: a hook's start to answer beside an empty C program and a minimal Python hook.
const (
	mostTimesC     = 3.5
	leastPythonDiv = 10
)

const emptyC = "int main(void) { return 0; }\n"

const pythonHook = `import json, sys
payload = json.load(sys.stdin)
if "rm -rf" in payload["tool_input"].get("command", ""):
    print(json.dumps({"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "deny", "permissionDecisionReason": "no"}}))
`

// BenchmarkHook times writ-hook with a warm daemon that decides and records durably, an empty C program and
// a minimal Python hook, one after the other in every round, each from start to end. It fails over budget:
//
//	go test -run '^$' -bench Hook -benchtime 300x ./cmd/writ-hook
func BenchmarkHook(b *testing.B) {
	dir := b.TempDir()
	programs := []*timed{
		{name: "c", argv: []string{compileC(b, dir)}},
		{name: "hook", argv: warmHook(b, dir)},
		{name: "python", argv: python(b, dir)},
	}
	payload := filepath.Join(dir, "payload.json")
	text := `{"session_id":"S","transcript_path":"","cwd":"` + dir + `","permission_mode":"default","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"go test ./... && git status --short | head -20","description":"run the tests"},"tool_use_id":"toolu_01Example0001"}`
	if err := os.WriteFile(payload, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, p := range programs { // warm caches
		p.run(b, payload)
		p.took = nil
	}
	for b.Loop() {
		for _, p := range programs {
			p.run(b, payload)
		}
	}
	c, h, py := programs[0].median(), programs[1].median(), programs[2].median()
	b.ReportMetric(float64(c.Microseconds()), "µs/c")
	b.ReportMetric(float64(h.Microseconds()), "µs/hook")
	b.ReportMetric(float64(py.Microseconds()), "µs/python")
	b.ReportMetric(float64(h)/float64(c), "×c")
	b.ReportMetric(float64(py)/float64(h), "python÷hook")
	if b.N < 100 {
		return // too few rounds for a median to mean anything
	}
	if ratio := float64(h) / float64(c); ratio > mostTimesC {
		b.Errorf("writ-hook takes %.2f times an empty C program, want at most %.1f", ratio, mostTimesC)
	}
	if ratio := float64(py) / float64(h); ratio < leastPythonDiv {
		b.Errorf("a Python hook takes %.1f times writ-hook, want at least %d", ratio, leastPythonDiv)
	}
}

// timed is a program with the times it took.
type timed struct {
	name string
	argv []string
	took []time.Duration
}

// run starts the program with the payload on stdin and waits for its end.
func (p *timed) run(b *testing.B, payload string) {
	in, err := os.Open(payload)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	attr := &syscall.ProcAttr{Env: []string{"PATH=/usr/bin:/bin"}, Files: []uintptr{in.Fd(), out.Fd(), out.Fd()}}
	start := time.Now()
	pid, err := syscall.ForkExec(p.argv[0], p.argv, attr)
	if err != nil {
		b.Fatalf("%s: %v", p.name, err)
	}
	var st syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &st, 0, nil); err != nil || st.ExitStatus() != 0 {
		b.Fatalf("%s: %v, exit %d", p.name, err, st.ExitStatus())
	}
	p.took = append(p.took, time.Since(start))
}

func (p *timed) median() time.Duration {
	slices.Sort(p.took)
	return p.took[len(p.took)/2]
}

func compileC(b *testing.B, dir string) string {
	src, bin := filepath.Join(dir, "empty.c"), filepath.Join(dir, "empty")
	if err := os.WriteFile(src, []byte(emptyC), 0o600); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command("cc", "-O2", "-o", bin, src).CombinedOutput(); err != nil {
		b.Skipf("no C compiler to compare with: %v %s", err, out)
	}
	return bin
}

// python names the interpreter itself, since a version manager's wrapper would flatter the comparison.
func python(b *testing.B, dir string) []string {
	out, err := exec.Command("python3", "-c", "import os, sys; print(os.path.realpath(sys.executable))").Output()
	if err != nil {
		b.Skipf("no Python to compare with: %v", err)
	}
	script := filepath.Join(dir, "hook.py")
	if err := os.WriteFile(script, []byte(pythonHook), 0o600); err != nil {
		b.Fatal(err)
	}
	return []string{string(bytes.TrimSpace(out)), script}
}

// warmHook builds both programs as they are shipped and starts a daemon with limits that the rounds fit in.
func warmHook(b *testing.B, dir string) []string {
	for _, name := range []string{"writ", "writ-hook"} {
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(dir, name), "writ/cmd/"+name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("build %s: %v\n%s", name, err, out)
		}
	}
	home := filepath.Join(dir, ".writ")
	if err := os.MkdirAll(home, 0o700); err != nil {
		b.Fatal(err)
	}
	config := []byte(`{"limits": {"calls_per_minute": 100000}}`)
	if err := os.WriteFile(filepath.Join(home, "config.json"), config, 0o600); err != nil {
		b.Fatal(err)
	}
	daemon := exec.Command(filepath.Join(dir, "writ"), "daemon", "run", "--home", home)
	daemon.Stderr = new(bytes.Buffer)
	if err := daemon.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { daemon.Process.Signal(syscall.SIGTERM); daemon.Wait() })
	for range 200 {
		if _, err := os.Stat(filepath.Join(home, "run", "hook.sock")); err == nil {
			return []string{filepath.Join(dir, "writ-hook"), "-home", home, "-gate", "claude"}
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatal(fmt.Sprint("the daemon did not come up: ", daemon.Stderr))
	return nil
}
