package writ_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// bin is the folder with writ and writ-hook, built from this tree by TestMain.
var bin string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "writ-bin-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin = dir
	for _, name := range []string{"writ", "writ-hook", "writ-exec"} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, name), "./cmd/"+name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n%s", name, err, out)
			return 1
		}
	}
	return m.Run()
}

// TestScript runs every flow and attack in testdata/script against the real binaries, each script with a
// HOME and a WRIT_HOME of its own; a daemon it started is stopped when it ends.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: setup,
	})
}

func setup(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, "home")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	writHome := filepath.Join(home, ".writ")
	for k, v := range map[string]string{
		"HOME": home, "WRIT_HOME": writHome, "USER": "dev", "TERM": "dumb", "LC_ALL": "C.UTF-8",
		"PATH":            bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"GIT_AUTHOR_NAME": "dev", "GIT_AUTHOR_EMAIL": "dev@example.com",
		"GIT_COMMITTER_NAME": "dev", "GIT_COMMITTER_EMAIL": "dev@example.com", "GIT_CONFIG_NOSYSTEM": "1",
		"BIN": bin,
	} {
		env.Setenv(k, v)
	}
	env.Defer(func() { stopDaemon(writHome, env.Vars) })
	return nil
}

// stopDaemon ends the daemon of one script, if it runs.
func stopDaemon(writHome string, vars []string) {
	if _, err := os.Stat(filepath.Join(writHome, "run")); err != nil {
		return
	}
	cmd := exec.Command(filepath.Join(bin, "writ"), "daemon", "stop")
	for _, v := range vars {
		if !strings.HasPrefix(v, "CLAUDECODE=") && !strings.HasPrefix(v, "WRIT_AGENT=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	_ = cmd.Run() // nothing to stop is fine
}
