// Package e2e drives the real Claude Code, pinned by version, against the scripted model of package
// modelapi, in a network namespace with nothing but loopback. Each attack is first seen to succeed without
// writ and then not with it; what counts is the side effect, not what anybody printed.
//
// The tests run by `make e2e` (WRIT_E2E=1); a plain `go test ./...` skips them, because they need the
// CLI and take minutes. Under CI nothing may be skipped.
package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// version of Claude Code that these tests hold for.
const version = "2.1.197"

// Where the tests find what TestMain prepared outside the namespace.
var (
	cli = os.Getenv("WRIT_E2E_CLI") // the real claude
	bin = os.Getenv("WRIT_E2E_BIN") // folder with writ and writ-hook; built from this tree when not given
	why = ""                        // why nothing can run; empty: it can
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	switch {
	case os.Getenv(probing) != "":
		return runProbe(os.Getenv(probing))
	case os.Getenv("WRIT_E2E") != "1":
		why = "run by make e2e (WRIT_E2E=1)"
		return m.Run()
	case os.Getenv("WRIT_E2E_INSIDE") == "1":
		if err := loopback(); err != nil {
			fmt.Fprintln(os.Stderr, "e2e: bring loopback up:", err)
			return 1
		}
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "writ-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if bin == "" {
		bin = dir
		if err := build(dir); err != nil { // never a reason to skip
			fmt.Fprintln(os.Stderr, "e2e:", err)
			return 1
		}
	}
	code, err := inside()
	if err == nil {
		return code
	}
	if os.Getenv("CI") == "true" {
		fmt.Fprintln(os.Stderr, "e2e: in CI nothing is skipped:", err)
		return 1
	}
	why = err.Error()
	return m.Run()
}

// need skips a test where nothing can run, and says why.
func need(t *testing.T) {
	t.Helper()
	if why != "" {
		t.Skip(why)
	}
}

// inside runs this test binary again where only loopback exists.
func inside() (int, error) {
	path, err := installCLI()
	if err != nil {
		return 0, err
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "WRIT_E2E_INSIDE=1", "WRIT_E2E_CLI="+path, "WRIT_E2E_BIN="+bin)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
	if uid, gid := os.Getuid(), os.Getgid(); uid != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  unix.CLONE_NEWNET | unix.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}},
			AmbientCaps: []uintptr{unix.CAP_NET_ADMIN},
		}
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("a network namespace is refused here: %w", err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	return cmd.ProcessState.ExitCode(), nil
}

func build(dir string) error {
	for _, name := range []string{"writ", "writ-hook", "writ-exec"} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, name), "writ/cmd/"+name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %v\n%s", name, err, out)
		}
	}
	return nil
}

// loopback brings lo up in a fresh network namespace.
func loopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, req)
}

// installCLI finds the pinned CLI in the cache, or installs it there with npm. The package's own launcher
// needs a postinstall that npm 11 does not run; the platform package's program runs as it is.
func installCLI() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "writ", "claude-code")
	if got, ok := installed(dir); ok {
		return got, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	out, err := exec.Command("npm", "install", "--prefix", dir, "--no-fund", "--no-audit", "@anthropic-ai/claude-code@"+version).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("install Claude Code %s with npm: %v\n%s", version, err, out)
	}
	if got, ok := installed(dir); ok {
		return got, nil
	}
	return "", fmt.Errorf("npm installed no program of Claude Code %s for this platform into %s", version, dir)
}

func installed(dir string) (string, bool) {
	found, err := filepath.Glob(filepath.Join(dir, "node_modules/@anthropic-ai/claude-code-*/claude"))
	if err != nil {
		return "", false
	}
	for _, path := range found {
		out, err := exec.Command(path, "--version").Output()
		if err == nil && string(out) == version+" (Claude Code)\n" {
			return path, true
		}
	}
	return "", false
}
