package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"writ/internal/snapshot"
)

// writ runs one command line and gives its exit code and output.
func writ(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(context.Background(), Env{Getenv: func(string) string { return "" }, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs}, args)
	return code, out.String(), errs.String()
}

func TestRestore(t *testing.T) {
	base := t.TempDir()
	project, home := filepath.Join(base, "p"), filepath.Join(base, "home")
	if out, err := exec.Command("git", "init", "-q", project).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	file := filepath.Join(project, "sub", "work.txt")
	write := func(text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(want int, args ...string) (stdout, stderr string) {
		t.Helper()
		code, stdout, stderr := writ(t, append([]string{"restore", "--home", home, "--project", project}, args...)...)
		if code != want {
			t.Fatalf("restore %q: exit %d, want %d\n%s%s", args, code, want, stdout, stderr)
		}
		return stdout, stderr
	}
	if out, _ := run(ExitOK); !strings.HasPrefix(out, "no snapshot of ") {
		t.Errorf("empty list: %q", out)
	}
	if out, _ := run(ExitOK, "--json"); out != "[]\n" {
		t.Errorf("empty list as JSON: %q", out)
	}
	write("mine\n")
	s, err := snapshot.Take(context.Background(), snapshot.Request{Project: project, StateDir: filepath.Join(home, "state", "snapshots"),
		Need: snapshot.Need{Whole: true}, Why: "git clean -fd", Agent: "main"})
	if err != nil {
		t.Fatal(err)
	}
	if out, _ := run(ExitOK); !strings.Contains(out, s.ID) || !strings.Contains(out, "git clean -fd") || !strings.Contains(out, "1 files, 5 B") {
		t.Errorf("list: %q", out)
	}
	if out, _ := run(ExitOK, "--show", "last"); !strings.Contains(out, `"sub/work.txt"`) {
		t.Errorf("show: %q", out)
	}
	write("newer\n")
	if _, errs := run(ExitFailed, s.ID); !strings.Contains(errs, "sub/work.txt") || !strings.Contains(errs, "--force") {
		t.Errorf("newer work: %q", errs)
	}
	if err := os.RemoveAll(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	out, _ := run(ExitOK, "--json", s.ID[len(s.ID)-8:], "sub/work.txt")
	var done snapshot.Restored
	if err := json.Unmarshal([]byte(out), &done); err != nil || len(done.Written) != 1 {
		t.Errorf("restore: %q %v", out, err)
	}
	if b, _ := os.ReadFile(file); string(b) != "mine\n" {
		t.Errorf("content %q, want %q", b, "mine\n")
	}
	run(ExitUsage, "nothing-like-it")
	run(ExitUsage, s.ID, "no/such/path")
	run(ExitUsage, "--show")
	run(ExitUsage, "--prune")
	run(ExitUsage, "--prune", "--keep", "1", s.ID)
	if out, _ := run(ExitOK, "--prune", "--older-than", "1ns"); out != "removed 1 snapshots\n" {
		t.Errorf("prune: %q", out)
	}
}
