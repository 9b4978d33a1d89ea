//go:build linux

package unixsock

import (
	"bufio"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestStranger: a socket that another user serves under the right name is not spoken to.
func TestStranger(t *testing.T) {
	if sock := os.Getenv("STRANGER_SOCK"); sock != "" {
		l, err := net.Listen("unix", sock)
		if err != nil {
			t.Fatal(err)
		}
		os.Chmod(sock, 0o666)
		os.Stdout.WriteString("listening\n")
		for {
			if _, err := l.Accept(); err != nil {
				return
			}
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root to become another user")
	}
	dir, err := os.MkdirTemp("/tmp", "stranger-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	program, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = errors.Join(os.Chmod(dir, 0o777), os.WriteFile(filepath.Join(dir, "program"), program, 0o755))
	}
	if err != nil {
		t.Fatal(err)
	}
	sock := filepath.Join(dir, "s")
	cmd := exec.Command(filepath.Join(dir, "program"), "-test.run=^TestStranger$")
	cmd.Env, cmd.Dir = []string{"STRANGER_SOCK=" + sock}, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := Dial(sock, time.Second); !errors.Is(err, ErrStranger) {
		t.Errorf("Dial: %v, want %v", err, ErrStranger)
	}
	if _, err := DialBlocking(sock, time.Now().Add(time.Second)); !errors.Is(err, ErrStranger) {
		t.Errorf("DialBlocking: %v, want %v", err, ErrStranger)
	}
}
