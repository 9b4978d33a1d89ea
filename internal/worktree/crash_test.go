package worktree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// crashEnv makes the test binary run one step and end; its value is "STATE PROJECT STEP".
const crashEnv = "WRIT_TEST_WORKTREE_STEP"

func TestMain(m *testing.M) {
	if v := os.Getenv(crashEnv); v != "" {
		f := strings.Fields(v)
		if err := step(f[0], f[1], f[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func step(state, project, what string) error {
	ctx := context.Background()
	r, err := Open(ctx, state, project)
	if err != nil {
		return err
	}
	switch what {
	case "add":
		_, err = r.Add(ctx, AddOptions{Name: "alice", All: true})
	case "land":
		_, err = r.Land(ctx, "alice", LandOptions{})
	case "remove":
		_, err = r.Remove(ctx, "alice", RemoveOptions{})
	}
	return err
}

// TestKilled kills each step after growing times; the same command afterwards finishes it, and no commit is lost.
func TestKilled(t *testing.T) {
	w := newWorld(t)
	kill := func(what string, after time.Duration) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), crashEnv+"="+strings.Join([]string{w.state, w.project, what}, " "))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after)
		_ = cmd.Process.Kill() // it may have ended by itself
		_ = cmd.Wait()
	}
	for i := range 8 {
		after := time.Duration(5+i*i*3) * time.Millisecond
		kill("add", after)
		rec, err := w.repo.Add(context.Background(), AddOptions{Name: "alice", All: true})
		if errors.Is(err, ErrExists) { // it was faster
			rec, err = w.repo.load("alice")
		}
		if err != nil {
			t.Fatalf("add after a kill at %v: %v", after, err)
		}
		w.sh(rec.Path, fmt.Sprintf("git status --porcelain | wc -l | grep -qx ' *0'; echo %d > src/n; git add .; git commit -qm n; echo %d > loose", i, i))
		kill("land", after)
		landing, err := w.land(LandOptions{})
		if err != nil || landing.Tip == "" {
			t.Fatalf("land after a kill at %v: %+v, %v", after, landing, err)
		}
		kill("remove", after)
		if err := step(w.state, w.project, "remove"); err != nil && !errors.Is(err, ErrNotFound) {
			t.Fatalf("remove after a kill at %v: %v", after, err)
		}
		got := w.sh(w.project, fmt.Sprintf("git fsck --strict; for r in $(git for-each-ref --format='%%(refname)' refs/writ/kept); do git cat-file -p $r:loose 2>/dev/null || true; done | grep -cx %d; git cat-file -p agents/alice:src/n", i))
		if lines := strings.Fields(got); len(lines) < 2 || lines[len(lines)-2] == "0" || lines[len(lines)-1] != fmt.Sprint(i) {
			t.Fatalf("after a kill at %v: %q; want the loose file kept and the commit landed", after, got)
		}
		if _, err := os.Lstat(rec.Path); err == nil {
			t.Fatalf("after a kill at %v the folder is still there", after)
		}
	}
}
