package proc

import (
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

// TestAncestry finds this process and its parent, and reads a child with a hostile name.
func TestAncestry(t *testing.T) {
	got := Ancestry(os.Getpid())
	if len(got) < 2 || got[0].PID != os.Getpid() || got[1].PID != os.Getppid() {
		t.Fatalf("ancestry %+v, want self %d and parent %d first", got, os.Getpid(), os.Getppid())
	}
	if got[0].Start < got[1].Start {
		t.Errorf("started at %d, before the parent's %d", got[0].Start, got[1].Start)
	}
	if !slices.Equal(got[0].Args, os.Args) {
		t.Errorf("args %q, want %q", got[0].Args, os.Args)
	}
}

// TestOddName is not led astray by parentheses and blanks in a process's name.
func TestOddName(t *testing.T) {
	path := t.TempDir() + "/x) S 1 (y"
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(sleep, path); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path, "60")
	c.Env = []string{"WRIT_AGENT=main"}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { c.Process.Kill(); c.Wait() }()
	p, err := Read(c.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "x) S 1 (y" || p.Parent != os.Getpid() || p.Start == 0 {
		t.Errorf("got %+v, want the odd name and parent %d", p, os.Getpid())
	}
	env, err := Environ(p.PID)
	for range 100 { // exec shows the new environment a moment after Start returns
		if len(env) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
		env, err = Environ(p.PID)
	}
	if err != nil || !slices.Equal(env, c.Env) {
		t.Errorf("environ %q, %v; want %q", env, err, c.Env)
	}
	if RSS(os.Getpid()) < 1<<20 {
		t.Errorf("rss %d, want more than 1 MiB", RSS(os.Getpid()))
	}
}
