package outer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain lets the test program be the stage, and tell what it finds from a place where something is refused.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "stage" {
		code, err := RunStage()
		if err != nil {
			os.Exit(1)
		}
		os.Exit(code)
	}
	if len(os.Args) == 3 && os.Args[1] == "run" {
		p, err := Ready("/proc/self/exe", []string{"stage"}, Orders{Walls: All, Program: "/bin/bash", Args: []string{"bash", "-c", os.Args[2]}, Env: []string{"PATH=/usr/bin:/bin"}}, Streams{Out: os.Stdout})
		if err == nil {
			err = p.Go()
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		code, err := p.Wait()
		fmt.Printf("exit %d %v %+v", code, err, p.Walls())
		return
	}
	if len(os.Args) == 2 && os.Args[1] == "probe" {
		walls, why, err := Probe("/proc/self/exe", []string{"stage"})
		fmt.Printf("%+v %q %v", walls, why, err)
		return
	}
	os.Exit(m.Run())
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("unshare", "-Ur", "true").CombinedOutput(); err != nil {
		t.Skipf("user namespaces are refused here: %v %s", err, out)
	}
	return path
}

// behind runs a shell script behind walls and gives what it printed.
func behind(t *testing.T, o Orders, script string) (string, int, *Process) {
	t.Helper()
	var out bytes.Buffer
	o.Program, o.Args, o.Env = "/bin/bash", []string{"bash", "-c", script}, []string{"PATH=/usr/bin:/bin:/usr/sbin:/sbin"}
	p, err := Ready(self(t), []string{"stage"}, o, Streams{Out: &out, Err: &out})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Go(); err != nil {
		t.Fatal(err)
	}
	code, err := p.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), code, p
}

// TestView: what is read-only, hidden, private, kept and pinned, and that the machine's view stays as it is.
func TestView(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"home/rc", "home/conf/tool", "secret/key", "run/other", "run/mine", "free"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(name), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../free", filepath.Join(dir, "home/link")); err != nil {
		t.Fatal(err)
	}
	got, code, p := behind(t, Orders{
		Walls: All, ReadOnly: []string{dir + "/home/rc", dir + "/home/conf", dir + "/home/link", dir + "/home/none"}, Pinned: []string{dir + "/home"},
		Hide: []string{dir + "/secret", dir + "/home/none"}, Private: []Private{{dir + "/run", 0o755}, {dir + "/run/deep/own", 0o700}}, Keep: []string{dir + "/run/mine"},
	}, `cd `+dir+`
		for f in home/rc home/conf/tool home/conf/new home/link free; do (echo x >> $f) 2>/dev/null && echo "written $f"; done
		rm -f home/rc home/link 2>/dev/null && echo removed; mv home away 2>/dev/null && echo moved; mv home/conf home/c2 2>/dev/null && echo "moved conf"
		echo new > home/new && echo "new in home"
		echo secret: $(ls secret); echo run: $(ls run); cat run/mine; echo; echo x > run/deep/own/f && stat -c %a run/deep/own
		unshare -Urm sh -c "umount $PWD/secret; umount $PWD/home/rc" 2>/dev/null && echo unmounted
		echo pids: $(ls -d /proc/[0-9]* | wc -l); cat /proc/1/environ 2>/dev/null | head -c1; readlink /proc/1/exe
		ls /dev | tr '\n' ' '; (echo 1 > /proc/sys/kernel/panic_on_oops) 2>/dev/null && echo "sysctl written"; exit 5`)
	want := "new in home\nsecret:\nrun: deep mine\nrun/mine\n700\n"
	if !strings.HasPrefix(got, want) || code != 5 || len(p.Gaps()) != 0 {
		t.Errorf("exit %d, gaps %q, got\n%s\nwant first\n%s", code, p.Gaps(), got, want)
	}
	rest := strings.TrimPrefix(got, want)
	if !strings.HasPrefix(rest, "pids: ") || strings.Contains(rest, "sysctl") || strings.Contains(rest, "unmounted") || strings.Contains(rest, "vda") || strings.Contains(rest, self(t)) {
		t.Errorf("got\n%s", rest)
	}
	if b, err := os.ReadFile(dir + "/run/other"); err != nil || string(b) != "run/other" {
		t.Errorf("outside it changed: %q, %v", b, err)
	}
	if _, err := os.Stat(dir + "/home/new"); err != nil {
		t.Errorf("what is written in a pinned folder is lost: %v", err)
	}
}

// TestRights: nothing is left that could undo a wall, and the terminal cannot be typed into.
func TestRights(t *testing.T) {
	got, _, _ := behind(t, Orders{Walls: All}, `grep -E '^(NoNewPrivs|Seccomp|CapEff|CapBnd|CapAmb):' /proc/self/status`)
	fields := strings.Fields(got)
	value := func(name string) string { return fields[slices.Index(fields, name)+1] }
	if value("NoNewPrivs:") != "1" || value("Seccomp:") != "2" || value("CapAmb:") != "0000000000000000" {
		t.Errorf("got %s", got)
	}
	for _, set := range []string{"CapEff:", "CapBnd:"} {
		var caps uint64
		if _, err := fmt.Sscanf(value(set), "%x", &caps); err != nil {
			t.Fatal(err)
		}
		for _, c := range undoing {
			if caps&(1<<c) != 0 {
				t.Errorf("%s holds capability %d", set, c)
			}
		}
	}
}

// TestNeeded: what is needed and cannot be closed ends the start; anything else is a gap.
func TestNeeded(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	below := file + "/x" // a file is no folder
	o := Orders{Walls: All, ReadOnly: []string{below}, Private: []Private{{file, 0o755}}}
	if _, _, p := behind(t, o, "true"); len(p.Gaps()) != 2 {
		t.Errorf("gaps %q, want two", p.Gaps())
	}
	o.Needed = []string{below}
	p, err := Ready(self(t), []string{"stage"}, o, Streams{})
	if err == nil {
		p.Abandon()
		t.Error("it started")
	}
	o = Orders{Walls: All, Program: dir + "/none", Args: []string{"none"}}
	if p, err = Ready(self(t), []string{"stage"}, o, Streams{}); err != nil {
		t.Fatal(err)
	}
	if err := p.Go(); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a program that does not exist: %v", err)
	}
}

// TestListeners: who connects inside is answered outside, and the machine's loopback is another one.
func TestListeners(t *testing.T) {
	outside, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	port := outside.Addr().(*net.TCPAddr).Port
	var out bytes.Buffer
	p, err := Ready(self(t), []string{"stage"}, Orders{
		Walls: All, Listen: []string{"127.0.0.1:47418"}, Program: "/bin/bash", Env: []string{"PATH=/usr/bin:/bin"},
		Args: []string{"bash", "-c", fmt.Sprintf("(exec 3<>/dev/tcp/127.0.0.1/%d) 2>/dev/null && echo outside; exec 4<>/dev/tcp/127.0.0.1/47418; cat <&4", port)},
	}, Streams{Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Listeners()) != 1 {
		t.Fatalf("%d listeners, want 1", len(p.Listeners()))
	}
	go func() {
		c, err := p.Listeners()[0].Accept()
		if err == nil {
			io.WriteString(c, "served")
			c.Close()
		}
	}()
	if err := p.Go(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wait(); err != nil || out.String() != "served" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

// TestCallerGone: when the caller's end of the line closes, everything inside ends, and before Go nothing starts.
func TestCallerGone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "began")
	o := Orders{Walls: All, Program: "/bin/bash", Args: []string{"bash", "-c", "trap '' TERM HUP INT; echo > " + file + "; while :; do sleep 1; done"}}
	for _, run := range []bool{false, true} {
		p, err := Ready(self(t), []string{"stage"}, o, Streams{})
		if err != nil {
			t.Fatal(err)
		}
		if run {
			if err := p.Go(); err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
				if _, err := os.Stat(file); err == nil {
					break
				}
			}
		}
		p.link.close()
		ended := make(chan error, 1)
		go func() { ended <- p.cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Error("it goes on without its caller")
			p.cmd.Process.Kill()
		}
		if _, err := os.Stat(file); (err == nil) != run {
			t.Errorf("run %v, began: %v", run, err)
		}
	}
}

// TestRefusedWalls: a wall that the system refuses is named, and the others stand.
func TestRefusedWalls(t *testing.T) {
	path := self(t)
	for name, tt := range map[string]struct{ refuse, want string }{
		"network":        {"echo 0 > /proc/sys/user/max_net_namespaces", "{PID:true IPC:true Net:false}"},
		"memory":         {"echo 0 > /proc/sys/user/max_ipc_namespaces", "{PID:true IPC:false Net:true}"},
		"processes":      {"echo 0 > /proc/sys/user/max_pid_namespaces", "{PID:false IPC:true Net:true}"},
		"a masked /proc": {"mount -t tmpfs none /proc/fs", "{PID:false IPC:true Net:true}"},
		"all of them":    {"echo 0 > /proc/sys/user/max_user_namespaces", "the user namespace"},
		"nothing":        {"true", "{PID:true IPC:true Net:true} []"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := exec.Command("unshare", "-Urm", "bash", "-c", tt.refuse+" && exec "+path+" probe").CombinedOutput()
			if err != nil || !strings.Contains(string(out), tt.want) {
				t.Errorf("got %s (%v), want %s", out, err, tt.want)
			}
		})
	}
}

// TestWithoutPIDs: where there is no namespace for processes, what the program leaves behind is ended all the same.
func TestWithoutPIDs(t *testing.T) {
	mark := fmt.Sprint(200000 + os.Getpid())
	script := "mount -t tmpfs none /proc/fs && exec " + self(t) + " run 'setsid -f sleep " + mark + "; (setsid sleep " + mark + " &); exit 4'"
	out, err := exec.Command("unshare", "-Urm", "bash", "-c", script).CombinedOutput()
	if err != nil || string(out) != "exit 4 <nil> {PID:false IPC:true Net:true}" {
		t.Errorf("got %s (%v)", out, err)
	}
	if left, err := exec.Command("pgrep", "-f", "^sleep "+mark).Output(); err == nil {
		t.Errorf("left running: %s", left)
	}
}

// TestLink: words arrive whole, with their descriptors; what is no word is an error, and an end is one.
func TestLink(t *testing.T) {
	l, theirs, err := newLink()
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	other := link{int(theirs.Fd())}
	if err := other.say(word{Say: sayReady, Gaps: []string{"a"}}, 1, 2); err != nil {
		t.Fatal(err)
	}
	w, fds, err := l.hear()
	if err != nil || w.Say != sayReady || len(w.Gaps) != 1 || len(fds) != 2 {
		t.Errorf("%+v %v %v", w, fds, err)
	}
	for _, fd := range fds {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("descriptor %d stays open on exec (%v)", fd, err)
		}
		unix.Close(fd)
	}
	if err := unix.Sendto(other.fd, []byte("{"), 0, nil); err != nil && err != syscall.EISCONN {
		t.Fatal(err)
	}
	if _, _, err := l.hear(); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("a malformed word: %v", err)
	}
	theirs.Close()
	if _, _, err := l.hear(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
	if err := l.say(word{Say: strings.Repeat("x", maxWord)}); err == nil {
		t.Error("a word that is too long was sent")
	}
}

// TestSockets finds sockets with a path and nothing else.
func TestSockets(t *testing.T) {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := dir + "/a b.sock"
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !slices.Contains(Sockets(), path) {
		t.Errorf("%s is not among %q", path, Sockets())
	}
	for _, line := range []string{"", "Num Path", "0: 0 0 0 1 1 5 @abstract", "0: 0 0 0 1 1 5 /gone/for.good", "0: 0 0 0 1 1 5 relative", "0: 0 0 0 1 1 5 " + dir} {
		if got := sockets(line); len(got) != 0 {
			t.Errorf("%q: got %q", line, got)
		}
	}
}

// TestJSON: the orders survive the pipe.
func TestJSON(t *testing.T) {
	in := Orders{Walls: All, Lay: &Lay{"/a", "/b"}, Private: []Private{{"/p", 0o1777}}, Listen: []string{"127.0.0.1:1"}, Args: []string{"a b", "c\"d"}}
	b, err := json.Marshal(in)
	var out Orders
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	again, _ := json.Marshal(out)
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("%v: %s, then %s", err, b, again)
	}
}
