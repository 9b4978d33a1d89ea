package unixsock

import (
	"errors"
	"io"
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

// TestBlocking talks over a blocking connection, large texts too, and gives up at its deadline.
func TestBlocking(t *testing.T) {
	path := filepath.Join(folder(t, 4), "s")
	l, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(c, c); c.Close() }()
		}
	}()
	c, err := DialBlocking(path, time.Now().Add(5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want := strings.Repeat("x", 100_000)
	go c.Write([]byte(want))
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("echo of %d bytes: %v", len(want), err)
	}
	c.deadline = time.Now().Add(50 * time.Millisecond)
	start := time.Now()
	if _, err := c.Read(got); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) > 2*time.Second {
		t.Errorf("silence: %v after %v", err, time.Since(start))
	}
	if _, err := c.Write(got); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("write after the deadline: %v", err)
	}
	if _, err := DialBlocking(path+"none", time.Now().Add(time.Second)); err == nil {
		t.Error("connected to nothing")
	}
}
