package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// greeter is a service of the person's outside of the session: it says hello to whoever connects.
func greeter(t *testing.T, network, address string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(c, "hello")
			c.Close()
		}
	}()
	return l
}

// lookAround makes a hook of the person's run the probe in the session, and gives what it is going to write.
func (w *world) lookAround() (p probe) {
	w.t.Helper()
	victim := exec.Command("sleep", "1000")
	victim.Env = []string{"SECRET=hush"}
	if err := victim.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { victim.Process.Kill(); victim.Wait() })
	dir := filepath.Dir(w.home)
	p = probe{Victim: victim.Process.Pid, Abstract: "writ-e2e-" + filepath.Base(dir), Path: dir + "/docker.sock", Home: w.home, Out: dir + "/achieved"}
	greeter(w.t, "unix", "@"+p.Abstract)
	greeter(w.t, "unix", p.Path)
	p.Port = greeter(w.t, "tcp", "127.0.0.1:0").Addr().(*net.TCPAddr).Port
	orders, err := json.Marshal(p)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(dir+"/probe.json", string(orders))
	for _, name := range []string{".bashrc", ".profile", "dotfiles/zshrc"} {
		w.write(filepath.Join(w.home, name), "# mine\n")
	}
	w.sh("ln -s dotfiles/zshrc ~/.zshrc")
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(w.home+"/look.sh", "#!/bin/sh\n"+probing+"="+dir+"/probe.json exec "+self+"\n")
	w.write(w.home+"/.claude/settings.json", `{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"sh ~/look.sh"}]}]}}`)
	return p
}

// achieved are the names that the probe wrote down.
func (w *world) achieved(p probe) []string { return strings.Split(w.read(p.Out), "\n") }

// TestOuterWalls: a program in the session that no verdict was asked about achieves nothing outside of it, and
// everything without writ.
func TestOuterWalls(t *testing.T) {
	need(t)
	t.Parallel()
	before := newWorld(t)
	p := before.lookAround()
	var all []string
	for _, a := range p.attempts() {
		all = append(all, a.name)
	}
	all = append(all, "looked around")
	r := before.plain()
	if got := before.achieved(p); !slices.Equal(got, all) {
		t.Fatalf("without writ: got %q\nwant %q\n%v", got, all, r)
	}
	w := newWorld(t)
	p = w.lookAround()
	r = w.launch("--no-fallback")
	if got := w.achieved(p); !slices.Equal(got, []string{"looked around"}) || strings.Contains(r.err, "WARNING") {
		t.Errorf("under writ: got %q\n%v", got, r)
	}
	for _, name := range []string{"~/.bashrc", "~/.profile", "~/.zshrc"} {
		if w.read(name) != "# mine\n" {
			t.Errorf("%s is %q", name, w.read(name))
		}
	}
}

// TestOuterLeavesNothing: what was made for the session's sake is gone after it, and the CLI's own files stay.
func TestOuterLeavesNothing(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.bash("echo two > two.txt")
	r := w.launch("--no-fallback")
	found, err := filepath.Glob(w.home + "/.claude/projects/*/*.jsonl")
	if err != nil || len(found) == 0 || r.code != 0 {
		t.Errorf("no transcript (%v): %v", err, r)
	}
	for _, name := range []string{"~/.config/autostart", "~/.config/git", "~/.gitconfig", "~/.claude/CLAUDE.md", "~/.claude/agents", "~/.local/share/systemd"} {
		if w.exists(name) {
			t.Errorf("%s is left behind", name)
		}
	}
	if !w.exists("~/.claude.json") {
		t.Error("the CLI could not write its state")
	}
}

// TestAllowedSocket: a socket that the person allows stays in reach, and no other.
func TestAllowedSocket(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	p := w.lookAround()
	r := w.launch("--allow-socket", p.Path, "--forward", fmt.Sprint(p.Port))
	if got, want := w.achieved(p), []string{"pathname socket reached", "loopback service reached", "looked around"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q\n%v", got, want, r)
	}
}

// launch runs the CLI under writ with options of writ's own.
func (w *world) launch(own ...string) result {
	w.t.Helper()
	args := append(append([]string{"claude"}, own...), "-p", "go", "--permission-mode", "bypassPermissions")
	return w.run(exec.Command(bin+"/writ", args...))
}

// TestEgress: the proxy is the only way out, for a hook of the person's own too, about which nothing is decided. A
// service that the list names is reached through it and recorded with
// its bytes; one that it does not name is refused with a reason; none is reached directly.
func TestEgress(t *testing.T) {
	need(t)
	t.Parallel()
	service := modelServer(t)
	for _, tt := range []struct {
		name, how string
		own       []string
		reached   bool
		says      string
	}{
		{"named, by the proxy", `--noproxy ''`, []string{"--allow-host", service}, true, ""},
		{"not named", `--noproxy ''`, nil, false, "is not on the list"},
		{"directly", `--noproxy '*'`, []string{"--allow-host", service}, false, "Failed to connect"},
		{"on the machine's network", `--noproxy '*'`, []string{"--net", "host"}, true, ""},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.write(w.home+"/fetch.sh", "cd "+w.repo+" && curl -sS -m 10 "+tt.how+" http://"+service+"/two > two.txt 2> err.txt; true\n")
			w.write(w.home+"/.claude/settings.json", `{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"sh ~/fetch.sh"}]}]}}`)
			r := w.launch(tt.own...)
			told := w.read("two.txt") + w.read("err.txt")
			if reached := strings.Contains(w.read("two.txt"), "served"); reached != tt.reached || !strings.Contains(told, tt.says) {
				t.Errorf("reached %v, want %v: %q\n%v\n%s", reached, tt.reached, told, r, w.results())
			}
			w.egressLogged(tt.name, service, tt.how == `--noproxy ''`, tt.reached)
			if slices.Contains(tt.own, "host") != strings.Contains(r.err, "--net host") {
				t.Errorf("the machine's network is not said: %v", r)
			}
		})
	}
}

// egressLogged looks for the records of a run: the launch's, and the connection's where there was one.
func (w *world) egressLogged(name, service string, proxied, reached bool) {
	w.t.Helper()
	r := w.run(exec.Command(bin+"/writ", "log", "--json", "--kind", "egress,session", "-n", "0"))
	launched, seen := false, false
	for _, line := range strings.Split(r.out, "\n") {
		var rec struct {
			Kind, Event, Effect, Summary string
			Data                         map[string]any
		}
		if json.Unmarshal([]byte(line), &rec) != nil {
			continue
		}
		launched = launched || rec.Event == "launch"
		if rec.Kind == "egress" && strings.Contains(rec.Summary, service) {
			got, _ := rec.Data["received"].(float64)
			seen = (rec.Effect == "allow") == reached && (got > 0) == reached
		}
	}
	if !launched || seen != proxied {
		w.t.Errorf("%s: launch recorded %v; connection recorded %v, want %v\n%s", name, launched, seen, proxied, r.out)
	}
}

// modelServer is a plain service on the machine's loopback.
func modelServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				c.Read(make([]byte, 4096))
				fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nserved")
			}()
		}
	}()
	return l.Addr().String()
}

// fake is a program in the place of the CLI, for what is about the walls and not about it.
func (w *world) fake(script string) string {
	w.t.Helper()
	path := w.home + "/cli.sh"
	w.write(path, "#!/bin/bash\n"+script+"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// running lists the processes of the world's repository, but for the daemon.
func (w *world) running(args string) (pids []int) {
	found, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(strings.ReplaceAll(string(text), "\x00", " "), args) {
			continue
		}
		var pid int
		if _, err := fmt.Sscanf(path, "/proc/%d/cmdline", &pid); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// TestNothingOutlives: when the CLI ends, or writ claude is killed, everything that was started inside ends, even
// what left its group and session.
func TestNothingOutlives(t *testing.T) {
	need(t)
	t.Parallel()
	for name, kill := range map[string]bool{"ends": false, "launcher killed": true} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			mark := fmt.Sprint(100000 + os.Getpid()%1000*10 + len(name)%10)
			script := "setsid -f sleep " + mark + "; (sleep " + mark + " &); while ! pgrep -f 'sleep " + mark + "' >/dev/null; do sleep 0.1; done; touch ready; "
			if kill {
				script += "sleep " + mark
			}
			cmd := exec.Command(bin+"/writ", "claude", "--cli", w.fake(script), "-p", "x")
			cmd.Dir, cmd.Env = w.repo, w.env
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			w.until("it runs inside", func() bool { return w.exists("ready") })
			if kill {
				if len(w.running("sleep "+mark)) < 3 {
					t.Errorf("running %v, want three", w.running("sleep "+mark))
				}
				cmd.Process.Kill()
			}
			cmd.Wait()
			w.until("all of it is gone", func() bool { return len(w.running("sleep "+mark)) == 0 })
		})
	}
}

// TestExitStatus: the CLI's own, also where a signal ended it; and signals reach it.
func TestExitStatus(t *testing.T) {
	need(t)
	t.Parallel()
	for script, want := range map[string]int{"exit 7": 7, "kill -KILL $$": 137, "trap 'exit 9' TERM; touch ready; while :; do sleep 0.1; done": 9} {
		w := newWorld(t)
		cmd := exec.Command(bin+"/writ", "claude", "--cli", w.fake(script), "-p", "x")
		cmd.Dir, cmd.Env = w.repo, w.env
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if want == 9 {
			w.until("it runs inside", func() bool { return w.exists("ready") })
			cmd.Process.Signal(syscall.SIGTERM)
		}
		cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("%s: exit %d, want %d", script, got, want)
		}
	}
}

// TestJobControl: Ctrl-Z gives the terminal back to the shell, fg continues, Ctrl-C ends, as without writ.
func TestJobControl(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	cli := w.fake(`echo "begun $(tty)"; while read -r line; do echo "heard $line"; done; echo over`)
	w.write(w.home+"/.bashrc", "PS1='prompt> '\n")
	term := w.open("bash --norc -i 2>/dev/tty #") // its own messages belong on the screen
	term.keys("PS1='prompt> '", "Enter")
	w.until("the shell is there", func() bool { return term.shows("prompt>") })
	term.keys("writ claude --cli "+cli, "Enter")
	w.until("it begins, and its terminal has a name", func() bool { return term.shows("begun /dev/") })
	term.keys("one", "Enter")
	w.until("it hears the keyboard", func() bool { return term.shows("heard one") })
	term.keys("C-z")
	w.until("the shell says that it stopped", func() bool { return term.shows("Stopped") })
	term.keys("echo $((40+2))", "Enter")
	w.until("the shell has the terminal", func() bool { return term.shows("42") })
	term.keys("fg", "Enter")
	time.Sleep(500 * time.Millisecond)
	term.keys("two", "Enter")
	w.until("it goes on", func() bool { return term.shows("heard two") })
	term.keys("C-c")
	w.until("the shell has the terminal again", func() bool {
		term.keys("echo $?$((1000+1))", "Enter")
		time.Sleep(500 * time.Millisecond)
		return term.shows("1301001")
	})
}

// TestSuspend: the CLI itself stops at Ctrl-Z and comes back, as without writ.
func TestSuspend(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.bash("echo two > two.txt")
	term := w.open("bash --norc -i 2>/dev/tty #")
	term.keys("writ claude go", "Enter")
	w.until("it works", func() bool { return w.exists("two.txt") && w.told("toolu_01") != "" })
	time.Sleep(time.Second)
	term.keys("C-z")
	w.until("the shell says that it stopped", func() bool { return term.shows("Stopped") })
	term.keys("echo $((40+2))", "Enter")
	w.until("the shell has the terminal", func() bool { return term.shows("42") })
	asked := len(w.model.Requests())
	term.keys("fg", "Enter")
	time.Sleep(2 * time.Second)
	term.keys("go on", "Enter")
	w.until("it goes on", func() bool { return len(w.model.Requests()) > asked })
}
