//go:build !windows

package durable

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestReadFile: what never ends, waits or is too long is an error at once.
func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	os.WriteFile(at("plain"), []byte("12345"), 0o600)
	os.Symlink("/dev/zero", at("endless"))
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := ReadFile(at("plain"), 5); err != nil || string(b) != "12345" {
		t.Errorf("plain: %q, %v", b, err)
	}
	if _, err := ReadFile(at("missing"), 5); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v, want not exist", err)
	}
	for name, max := range map[string]int64{"plain": 4, "endless": 1 << 20, "pipe": 1 << 20, ".": 1 << 20} {
		if b, err := ReadFile(at(name), max); err == nil {
			t.Errorf("%s: %d bytes, want an error", name, len(b))
		}
	}
}
