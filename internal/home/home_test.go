package home

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEnsure(t *testing.T) {
	h := Home(filepath.Join(t.TempDir(), ".writ"))
	if err := h.Ensure(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{h.Run(), h.Keys(), h.Audit()} {
		fi, err := os.Stat(dir)
		if err != nil || fi.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v; want 0700", dir, fi, err)
		}
	}
	if err := h.Ensure(); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func TestEnsureRefusesAHomeOthersCanWrite(t *testing.T) {
	h := Home(t.TempDir())
	if err := os.Chmod(string(h), 0o777); err != nil {
		t.Fatal(err)
	}
	err := h.Ensure()
	if err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("got %v; want a refusal that names the remedy", err)
	}
}

func TestDefault(t *testing.T) {
	t.Setenv("WRIT_HOME", "/srv/writ")
	if h, err := Default(); err != nil || h != "/srv/writ" {
		t.Errorf("got %q, %v; want $WRIT_HOME", h, err)
	}
	t.Setenv("WRIT_HOME", "")
	t.Setenv("HOME", "/home/dev")
	if h, err := Default(); err != nil || h != "/home/dev/.writ" {
		t.Errorf("got %q, %v; want ~/.writ", h, err)
	}
}
