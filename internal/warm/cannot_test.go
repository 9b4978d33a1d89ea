//go:build linux

package warm

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"writ/internal/sandbox"
)

// cannot are the rows that fail by design. Each must fail, and what the agent is told must name the wall.
var cannot = []struct {
	name  string
	needs []string
	line  string
	rule  string // of sandbox.Explain; "": what the program prints says it
	says  string
}{
	{"strace", []string{"strace"}, "strace -o /dev/null true", "call", ""},
	{"gdb", []string{"gdb"}, "gdb -batch -ex run -ex 'print $_exitcode' -ex 'quit $_isvoid($_exitcode)' /bin/true", "call", ""},
	{"sudo", []string{"sudo"}, "sudo -n true", "call", ""},
	{"su", []string{"su"}, "su -c true nobody </dev/null", "call", ""},
	{"mount", []string{"mount"}, "mount -t tmpfs none /mnt", "call", ""},
	{"unshare", []string{"unshare"}, "unshare -Ur true", "call", ""},
	{"bubblewrap", []string{"bwrap"}, "bwrap --ro-bind / / true", "call", ""},
	{"docker", []string{"docker"}, "docker -H unix:///DIR/docker.sock ps", "socket", ""},
	{"ssh-agent", []string{"ssh-add"}, "SSH_AUTH_SOCK=DIR/agent.sock ssh-add -l", "socket", ""},
	{"tmux of the host", []string{"tmux"}, "tmux -S DIR/tmux.sock ls", "socket", ""},
	{"D-Bus", []string{"dbus-send"}, "DBUS_SESSION_BUS_ADDRESS=unix:path=DIR/bus dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames", "socket", ""},
	{"ping", []string{"ping"}, "ping -c 1 -W 1 192.0.2.1", "network", ""},
	{"a raw connection", []string{"bash"}, "exec 3<>/dev/tcp/192.0.2.1/443", "network", ""},
	{"a name", []string{"curl"}, "curl -sS --noproxy '*' https://example.com/", "network", ""},
	{"a host that is not listed", []string{"curl"}, "curl -sS --fail-with-body http://example.com/", "", "writ: refused. example.com:80 is not on the egress list"},
	{"git push by ssh", []string{"git", "ssh"}, "git push git@example.com:a/b.git main", "network", ""},
	{"npm's token", nil, "cat private/.npmrc && grep -q _authToken private/.npmrc", "", ""},
	{"a file outside", nil, "touch /etc/writ-was-here", "outside", ""},
	{"a closed file", []string{"git"}, "git config core.pager less", "closed", ""},
}

func TestFailsByDesign(t *testing.T) {
	w, scope := toolWorld(t)
	for _, name := range []string{"docker.sock", "agent.sock", "tmux.sock", "bus"} {
		l, err := net.Listen("unix", filepath.Join(w.home, name))
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
				t.Errorf("%s was reached", name)
				c.Close()
			}
		}()
	}
	for _, tt := range cannot {
		t.Run(tt.name, func(t *testing.T) {
			need(t, tt.needs)
			out, code := w.in(scope, strings.ReplaceAll(strings.ReplaceAll(tt.line, "/DIR", w.home), "DIR", w.home))
			if code == 0 {
				t.Fatalf("it worked: %q", out)
			}
			told := sandbox.Explain(&scope.Profile, w.root, out)
			if tt.rule != "" && (len(told) == 0 || told[0].Rule != tt.rule) {
				t.Errorf("the agent is told %+v of %q, want the wall %q", told, out, tt.rule)
			}
			if !strings.Contains(out, tt.says) || strings.Contains(out, "not_for_agents") {
				t.Errorf("got %q, want %q and no secret", out, tt.says)
			}
		})
	}
}

// A scope that lets debuggers trace what they start does so.
func TestTrace(t *testing.T) {
	need(t, []string{"strace"})
	w := newWorld(t, nil)
	scope := w.scope()
	scope.Profile.Trace = true
	if out, code := w.in(scope, "strace -f -o log -e trace=execve true && grep execve log"); code != 0 || !strings.Contains(out, "exited with 0") && !strings.Contains(out, "execve(") {
		t.Errorf("exit %d: %s", code, out)
	}
}
