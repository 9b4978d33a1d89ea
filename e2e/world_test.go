package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"writ/internal/modelapi"
)

// world is one case's own machine: a person's home, a repository with one commit, and a model.
type world struct {
	t     *testing.T
	home  string
	repo  string
	model *modelapi.Server
	env   []string
	// patience is how long a program may take.
	patience time.Duration
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir, err := os.MkdirTemp("", "w") // short: a Unix socket's path has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, patience: 120 * time.Second, home: filepath.Join(dir, "home"), repo: filepath.Join(dir, "repo")}
	if w.model, err = modelapi.Start(); err != nil {
		t.Fatal(err)
	}
	w.env = []string{
		"PATH=" + bin + ":" + filepath.Dir(cli) + ":/usr/local/bin:/usr/bin:/bin", "HOME=" + w.home, "TERM=xterm-256color", "LC_ALL=C.UTF-8",
		"SHELL=/bin/bash", "ANTHROPIC_BASE_URL=" + w.model.URL, "ANTHROPIC_API_KEY=" + key, "IS_SANDBOX=1",
		"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1", "DISABLE_TELEMETRY=1", "DISABLE_AUTOUPDATER=1", "DISABLE_ERROR_REPORTING=1",
		"GIT_AUTHOR_NAME=dev", "GIT_AUTHOR_EMAIL=dev@example.com", "GIT_COMMITTER_NAME=dev", "GIT_COMMITTER_EMAIL=dev@example.com", "GIT_CONFIG_NOSYSTEM=1",
	}
	w.write(w.repo+"/main.txt", "one\n")
	w.write(w.home+"/.ssh/authorized_keys", "")
	w.sh("git init -q . && git add . && git commit -qm first")
	t.Cleanup(func() {
		w.run(exec.Command(bin+"/writ", "daemon", "stop"))
		w.model.Close()
		if t.Failed() {
			t.Logf("left for a look: %s", dir)
			return
		}
		os.RemoveAll(dir)
	})
	return w
}

// key is a dummy that the CLI accepts the form of.
const key = "sk-ant-dummy-0123456789abcdefghij"

func (w *world) write(path, text string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// sh prepares the world; it is not under test.
func (w *world) sh(script string) string {
	w.t.Helper()
	r := w.run(exec.Command("/bin/bash", "-c", script))
	if r.code != 0 {
		w.t.Fatalf("prepare: %s: exit %d\n%s%s", script, r.code, r.out, r.err)
	}
	return r.out
}

// result is how a program ended.
type result struct {
	code     int
	out, err string
}

func (r result) String() string {
	return fmt.Sprintf("exit %d\nstdout: %.2000s\nstderr: %.2000s", r.code, r.out, r.err)
}

// run runs a program in the repository; one that does not end in time is killed with all it started.
func (w *world) run(cmd *exec.Cmd) result {
	w.t.Helper()
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = w.repo, w.env, &out, &errs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	late := time.AfterFunc(w.patience, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	err := cmd.Wait()
	if !late.Stop() {
		w.t.Errorf("%s did not end in %v", cmd.Args[0], w.patience)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		w.t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// plain runs the CLI without writ, in the mode that asks nothing.
func (w *world) plain(args ...string) result {
	w.t.Helper()
	return w.run(exec.Command(cli, append([]string{"-p", "go", "--permission-mode", "bypassPermissions"}, args...)...))
}

// writ runs the same under writ.
func (w *world) writ(args ...string) result {
	w.t.Helper()
	return w.run(exec.Command(bin+"/writ", append([]string{"claude", "-p", "go", "--permission-mode", "bypassPermissions"}, args...)...))
}

func (w *world) exists(path string) bool {
	_, err := os.Lstat(w.at(path))
	return err == nil
}

func (w *world) read(path string) string {
	data, err := os.ReadFile(w.at(path))
	if err != nil {
		return ""
	}
	return string(data)
}

// at is a path in the repository, or in the home with ~/.
func (w *world) at(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(w.home, rest)
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(w.repo, path)
}

// told is what the model got to see as the result of a call.
func (w *world) told(id string) string {
	for _, r := range w.model.Requests() {
		if res, ok := r.Result(id); ok {
			return res.Text
		}
	}
	return ""
}

// bash plays one command as the main thread's only call.
func (w *world) bash(commands ...string) {
	var turns []modelapi.Turn
	for i, c := range commands {
		turns = append(turns, modelapi.Turn{Calls: []modelapi.Call{modelapi.Bash(fmt.Sprintf("toolu_%02d", i+1), c)}})
	}
	w.model.Play("main", turns...)
}
