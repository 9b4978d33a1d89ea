package escape

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// dirVar tells a child test process, which has another user's rights, where its folder with programs is.
const dirVar = "WRIT_ESCAPE_DIR"

// base is a folder outside /tmp, because a sandbox has a /tmp of its own and hides everything in it anyway.
var base string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if base = os.Getenv(dirVar); base != "" {
		return m.Run()
	}
	var err error
	if base, err = makeBase(); err == nil {
		defer os.RemoveAll(base)
		err = build(filepath.Join(base, "bin"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "escape:", err)
		return 1
	}
	return m.Run()
}

// makeBase finds a place that every user may walk to.
func makeBase() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	home, _ := os.UserHomeDir() // unknown: one place less
	for _, dir := range []string{here, "/var/lib", "/srv", "/opt", home} {
		if !walkable(dir) && os.Getuid() == 0 || covered(dir) {
			continue
		}
		base, err := os.MkdirTemp(dir, ".a-")
		if err != nil {
			continue
		}
		return base, os.Chmod(base, 0o755)
	}
	return "", fmt.Errorf("no folder to work in: want %s writable, and open to every user when run as root", here)
}

// covered tells of folders that a sandbox has of its own: nothing in them would be seen inside.
func covered(dir string) bool {
	for _, private := range []string{"/tmp", "/var/tmp", "/run", "/dev"} {
		if dir == private || strings.HasPrefix(dir, private+"/") {
			return true
		}
	}
	return dir == ""
}

func walkable(dir string) bool {
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if fi, err := os.Stat(dir); err != nil || fi.Mode()&0o001 == 0 {
			return false
		}
	}
	return true
}

func build(dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	cmd := exec.Command("go", "build", "-o", dir, "writ/cmd/writ-exec", "writ/internal/escape/probe")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the programs: %w\n%s", err, out)
	}
	return nil
}

func program(name string) string { return filepath.Join(base, "bin", name) }
