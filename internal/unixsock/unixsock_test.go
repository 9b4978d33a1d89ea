package unixsock

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func folder(t *testing.T, depth int) string {
	t.Helper()
	dir := t.TempDir()
	for range depth {
		dir = filepath.Join(dir, strings.Repeat("d", 40))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestRoundTrip makes a socket at short and at over-long paths, connects, and asks who is there.
func TestRoundTrip(t *testing.T) {
	for name, depth := range map[string]int{"short": 0, "long": 5} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder(t, depth), "hook.sock")
			l, err := Listen(path)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			fi, err := os.Lstat(path)
			if err != nil || fi.Mode().Perm() != 0o600 {
				t.Fatalf("socket: %v, mode %v, want 0600", err, fi.Mode())
			}
			c, err := Dial(path, time.Second)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			s, err := l.AcceptUnix()
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			p, err := PeerOf(s)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if p.PID != os.Getpid() || p.UID != os.Geteuid() || !p.Alive() {
				t.Fatalf("peer %+v, want pid %d uid %d, alive", p, os.Getpid(), os.Geteuid())
			}
		})
	}
}

// TestStaleSocket replaces a socket whose server is gone, and only a socket.
func TestStaleSocket(t *testing.T) {
	path := filepath.Join(folder(t, 0), "hook.sock")
	l, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if l, err = Listen(path); err != nil {
		t.Fatalf("over a stale socket: %v", err)
	}
	l.Close()
	other := filepath.Join(filepath.Dir(path), "file")
	if err := os.WriteFile(other, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(other); err == nil {
		t.Fatal("a plain file was taken for a stale socket")
	}
	if b, _ := os.ReadFile(other); string(b) != "kept" {
		t.Fatalf("the file now holds %q", b)
	}
}

// TestOpenFolder refuses a folder that other users may enter, and a link in its place.
func TestOpenFolder(t *testing.T) {
	dir := folder(t, 0)
	link := dir + "-link"
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(link)
	if _, err := Listen(filepath.Join(link, "s")); !errors.Is(err, ErrFolder) {
		t.Errorf("folder that is a link: %v, want ErrFolder", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(filepath.Join(dir, "s")); !errors.Is(err, ErrFolder) {
		t.Errorf("folder 0755: %v, want ErrFolder", err)
	}
}

// TestPeerGone sees that the process which connected has ended.
func TestPeerGone(t *testing.T) {
	if os.Getenv("UNIXSOCK_CHILD") != "" {
		if _, err := Dial(os.Getenv("UNIXSOCK_CHILD"), time.Second); err != nil {
			t.Fatal(err)
		}
		return
	}
	path := filepath.Join(folder(t, 0), "s")
	l, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	child := exec.Command(os.Args[0], "-test.run=^TestPeerGone$")
	child.Env = append(os.Environ(), "UNIXSOCK_CHILD="+path)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	c, err := l.AcceptUnix()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p, err := PeerOf(c)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.PID != child.Process.Pid {
		t.Errorf("pid %d, want the child's %d", p.PID, child.Process.Pid)
	}
	if err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	if p.Alive() {
		t.Error("the ended process counts as alive")
	}
}
