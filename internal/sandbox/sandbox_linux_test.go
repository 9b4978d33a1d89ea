package sandbox

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

// launcher is bin/writ-exec, built from this tree.
var launcher string

func TestMain(m *testing.M) {
	if name := os.Getenv(hostEnv); name != "" {
		os.Exit(beHost(name))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if launcher = os.Getenv("WRIT_EXEC"); launcher != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "writ-exec-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	launcher = filepath.Join(dir, "writ-exec")
	cmd := exec.Command("go", "build", "-o", launcher, "writ/cmd/writ-exec")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build writ-exec: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// begin starts a sandbox of this test.
func begin(t testing.TB, p Profile, l level.Level) *Sandbox {
	t.Helper()
	s, err := Start(p, Options{Launcher: launcher, Level: l})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// result is how one command went.
type result struct {
	Exit
	out string
	err error
}

// sh runs a shell line in the sandbox, its output and errors together.
func (s *Sandbox) sh(t testing.TB, line string) result {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs, err := socketPair()
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin", "HOME=" + os.Getenv("HOME"), "TMPDIR=" + s.Tmp}
	err = s.Run(Command{Argv: []string{line}, Shell: "bash", Env: env, Dir: s.Profile.Root, Conn: theirs, Stdio: [3]int{int(null.Fd()), int(w.Fd()), int(w.Fd())}})
	unix.Close(theirs)
	w.Close()
	null.Close()
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ours)
	text := make(chan string)
	go func() {
		b, _ := io.ReadAll(io.LimitReader(r, 1<<20))
		text <- string(b)
	}()
	exit, err := Attach(ours, os.Stdin, os.Stdout)
	r2 := result{Exit: exit, err: err}
	r2.out = <-text
	r.Close()
	return r2
}

func project(t testing.TB) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(dir, "repo")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// levels runs a test once for each level that confines.
func levels(t *testing.T, f func(t *testing.T, s *Sandbox)) {
	for _, l := range []level.Level{level.Full, level.Landlock} {
		t.Run(l.String(), func(t *testing.T) {
			root := project(t)
			f(t, begin(t, Profile{Name: "test", Root: root, Write: []string{root}}, l))
		})
	}
}

func TestCommand(t *testing.T) {
	levels(t, func(t *testing.T, s *Sandbox) {
		r := s.sh(t, "echo hello > a.txt; cat a.txt; cd /usr; exit 3")
		if r.err != nil || r.Code != 3 || r.Folder != "/usr" || r.out != "hello\n" {
			t.Errorf("got %+v", r)
		}
		if r := s.sh(t, "kill -TERM $$"); r.Signal != int(unix.SIGTERM) || r.Code != 143 {
			t.Errorf("a killed shell: %+v", r)
		}
		if r := s.sh(t, "cat < /dev/null; echo $0"); r.out != "bash\n" {
			t.Errorf("$0 is %q", r.out)
		}
	})
}

func TestOutsideStays(t *testing.T) {
	levels(t, func(t *testing.T, s *Sandbox) {
		outside := filepath.Join(filepath.Dir(s.Profile.Root), "outside.txt")
		if err := os.WriteFile(outside, []byte("as it was"), 0o644); err != nil {
			t.Fatal(err)
		}
		r := s.sh(t, "echo bad > "+outside+"; echo bad > /etc/writ-test; echo done")
		if !strings.HasSuffix(r.out, "done\n") || r.err != nil {
			t.Errorf("got %+v", r)
		}
		if b, err := os.ReadFile(outside); err != nil || string(b) != "as it was" {
			t.Errorf("outside changed: %q %v", b, err)
		}
		if _, err := os.Lstat("/etc/writ-test"); err == nil {
			os.Remove("/etc/writ-test")
			t.Error("/etc changed")
		}
	})
}

// What a command leaves running is there for the next one, and gone with the sandbox.
func TestWarm(t *testing.T) {
	levels(t, func(t *testing.T, s *Sandbox) {
		r := s.sh(t, "sleep 300 >/dev/null 2>&1 & echo $!")
		pid := strings.TrimSpace(r.out)
		if r := s.sh(t, "kill -0 "+pid+" && echo alive"); r.out != "alive\n" {
			t.Fatalf("the background job: %+v", r)
		}
		s.Close()
		for _, p := range processes() {
			if p.parent == s.process.Pid {
				t.Errorf("process %d outlived its sandbox", p.pid)
			}
		}
		if s.Level == level.Landlock {
			n, _ := strconv.Atoi(pid)
			for end := time.Now().Add(5 * time.Second); unix.Kill(n, 0) == nil; time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("process %d outlived its sandbox", n)
				}
			}
		}
	})
}

// A command whose owner goes away is ended with everything in its session.
func TestOwnerGone(t *testing.T) {
	levels(t, func(t *testing.T, s *Sandbox) {
		ours, theirs, err := socketPair()
		if err != nil {
			t.Fatal(err)
		}
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer null.Close()
		n := int(null.Fd())
		if err := s.Run(Command{Argv: []string{"sh", "-c", "sleep 301 & sleep 301"}, Env: []string{"PATH=/usr/bin:/bin"}, Dir: "/", Conn: theirs, Stdio: [3]int{n, n, n}}); err != nil {
			t.Fatal(err)
		}
		unix.Close(theirs)
		count := func() string { return strings.TrimSpace(s.sh(t, "ps ax | grep -c '[s]leep 301'").out) }
		for end := time.Now().Add(5 * time.Second); count() == "0" && time.Now().Before(end); {
		}
		unix.Close(ours)
		for end := time.Now().Add(5 * time.Second); count() != "0"; {
			if time.Now().After(end) {
				t.Fatalf("%s processes go on", count())
			}
		}
	})
}

func TestSignalsAndTime(t *testing.T) {
	root := project(t)
	s := begin(t, Profile{Root: root, Write: []string{root}}, level.Full)
	ours, theirs, err := socketPair()
	if err != nil {
		t.Fatal(err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	n := int(null.Fd())
	c := Command{Argv: []string{"sh", "-c", "trap 'exit 7' INT; touch ready; while :; do sleep 0.02; done"}, Env: []string{"PATH=/usr/bin:/bin"}, Dir: root, Conn: theirs, Stdio: [3]int{n, n, n}}
	if err := s.Run(c); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(root + "/ready"); err == nil {
			break
		}
	}
	if err := send(ours, frame{kind: kindSignal, texts: []string{"2"}}); err != nil {
		t.Fatal(err)
	}
	if e, err := Attach(ours, os.Stdin, os.Stdout); err != nil || e.Code != 7 {
		t.Errorf("after SIGINT: %+v %v", e, err)
	}
	c.Argv, c.Wall = []string{"sleep", "60"}, 50*time.Millisecond
	if err := s.Run(c); err != nil {
		t.Fatal(err)
	}
	unix.Close(theirs)
	if e, err := Attach(ours, os.Stdin, os.Stdout); err != nil && !errors.Is(err, ErrEnded) || err == nil && e.Why != "time" {
		t.Errorf("after its time: %+v %v", e, err)
	}
	unix.Close(ours)
}

// A command that cannot start says so, and the sandbox goes on.
func TestNotStarted(t *testing.T) {
	root := project(t)
	s := begin(t, Profile{Root: root, Write: []string{root}}, level.Full)
	ours, theirs, err := socketPair()
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ours)
	if err := s.Run(Command{Argv: []string{"no-such-program"}, Dir: root, Conn: theirs, Stdio: [3]int{0, 1, 2}}); err != nil {
		t.Fatal(err)
	}
	unix.Close(theirs)
	if _, err := Attach(ours, os.Stdin, os.Stdout); !errors.Is(err, ErrNotStarted) || !strings.Contains(err.Error(), "no-such-program") {
		t.Errorf("got %v", err)
	}
	if r := s.sh(t, "echo on"); r.out != "on\n" {
		t.Errorf("afterwards: %+v", r)
	}
}

// The listener of the egress proxy is inside, and served from outside.
func TestProxyListener(t *testing.T) {
	root := project(t)
	s := begin(t, Profile{Root: root, Write: []string{root}, Net: Net{Mode: "proxy"}}, level.Full)
	l, err := net.FileListener(s.Proxy)
	if err != nil {
		t.Fatal(err)
	}
	s.Proxy.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "from outside\n")
			c.Close()
		}
	}()
	defer l.Close()
	r := s.sh(t, fmt.Sprintf("cat < /dev/tcp/127.0.0.1/%d", s.Port))
	if r.out != "from outside\n" {
		t.Errorf("got %+v", r)
	}
	if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.Port)); err == nil {
		c.Close()
		t.Error("the listener is reachable from outside")
	}
}

// A command at a terminal gets one of its own.
func TestTerminal(t *testing.T) {
	root := project(t)
	s := begin(t, Profile{Root: root, Write: []string{root}}, level.Full)
	ours, theirs, err := socketPair()
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ours)
	if err := s.Run(Command{Argv: []string{"sh", "-c", "tty; test -t 0 && echo terminal; stty size; read x; echo got $x"}, Env: []string{"PATH=/usr/bin:/bin"}, Dir: root, Conn: theirs, Pty: true}); err != nil {
		t.Fatal(err)
	}
	unix.Close(theirs)
	in, inW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	outR, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(inW, "words\n")
	e, err := Attach(ours, in, out)
	out.Close()
	text, _ := io.ReadAll(outR)
	inW.Close()
	for _, want := range []string{"/dev/pts/", "terminal", "got words"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is missing from %q", want, text)
		}
	}
	if err != nil || e.Code != 0 {
		t.Errorf("%+v %v", e, err)
	}
}

func TestClaims(t *testing.T) {
	root := project(t)
	for name, text := range map[string]string{"one": "1", "two": "2"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(root+"/one", root+"/second-name"); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(Profile{Root: root, Write: []string{root + "/one"}}, Options{Launcher: launcher, Level: level.Full}); !errors.Is(err, ErrClaim) {
		t.Errorf("a file with two names: %v", err)
	}
	if _, err := Start(Profile{Root: root, Write: []string{root + "/no"}, Missing: MissingRefuse}, Options{Launcher: launcher, Level: level.Full}); !errors.Is(err, ErrClaim) {
		t.Errorf("a missing file: %v", err)
	}
	s := begin(t, Profile{Root: root, Write: []string{root + "/two", root + "/three"}, Missing: MissingPlaceholder}, level.Full)
	if r := s.sh(t, "echo x > three && echo y > two && ! echo z > one && ! touch four && ! rm two && ! mv two five"); r.Code != 0 {
		t.Errorf("single files: %+v", r)
	}
	s.Close()
	unused := begin(t, Profile{Root: root, Write: []string{root + "/six"}, Missing: MissingPlaceholder}, level.Full)
	unused.Close()
	if _, err := os.Lstat(root + "/six"); err == nil {
		t.Error("an unused placeholder stays")
	}
	if b, _ := os.ReadFile(root + "/three"); string(b) != "x\n" {
		t.Errorf("the placeholder holds %q", b)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{kindExit, 1, 0, 0, 0, '0'})
	f.Add(frame{kind: kindCommand, texts: []string{"", "/", "", "0", "false", "1", "true", "A=b"}}.encode()[4:])
	f.Add(orders{level: level.Full, places: []place{{placeWrite, "/a", true, ""}}}.encode().encode()[4:])
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decode(b)
		if err != nil {
			return
		}
		if again := got.encode()[4:]; string(again) != string(b) {
			t.Errorf("%q became %q", b, again)
		}
		decodeOrders(got) // must not panic
		decodeCommand(got)
	})
}
