package sandbox

import (
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	p := Profile{Root: "/work/repo", Write: []string{"/work/repo", "/home/u/.writ/cache/x"}, ReadOnly: []string{"/work/repo/.git/config", "/work/repo/.claude"}, Absent: []string{"/work/repo/.mcp.json"},
		Hide: []string{"/home/u/.ssh", "/home/u/.writ"}}
	for _, tt := range []struct{ text, rule, what string }{
		{"touch: cannot touch '/etc/hosts': Read-only file system", "outside", "/etc/hosts"},
		{"bash: line 1: ../other/file: Permission denied", "outside", "/work/other/file"},
		{"error: could not lock config file .git/config: Device or resource busy", "closed", "/work/repo/.git/config"},
		{"cp: cannot create regular file '/work/repo/.claude/settings.json': Read-only file system", "closed", "/work/repo/.claude/settings.json"},
		{"Error: EROFS: read-only file system, open '/home/u/notes.txt'", "outside", "/home/u/notes.txt"},
		{"open /home/u/.ssh/id_rsa: permission denied", "hidden", "/home/u/.ssh/id_rsa"},
		{"curl: (6) Could not resolve host: example.com", "network", ""},
		{"npm error code ENOTFOUND", "network", ""},
		{"Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", "socket", ""},
		{"Error connecting to agent: No such file or directory", "socket", ""},
		{"Failed to open connection to \"session\" message bus: Failed to connect to socket /run/user/1000/bus: No such file or directory", "socket", ""},
		{"strace: ptrace(PTRACE_TRACEME, ...): Operation not permitted", "call", ""},
		{"sudo: The \"no new privileges\" flag is set, which prevents sudo from running as root.", "call", ""},
		{"bash: fork: Resource temporarily unavailable", "limit", ""},
		{"bash: /work/repo/run.sh: Permission denied", "", ""},
		{"touch: cannot touch '/tmp/x': Permission denied", "", ""},
		{"cat: /home/u/.ssh/id_rsa: No such file or directory", "hidden", "/home/u/.ssh/id_rsa"},
		{"cat: /etc/nothing: No such file or directory", "", ""},
		{"fatal: Could not read from remote repository.", "credentials", ""},
		{"hello world", "", ""},
		{"FAIL: expected Permission denied but got nil", "", ""},
	} {
		got := Explain(&p, "/work/repo", tt.text+"\n")
		switch {
		case tt.rule == "" && len(got) > 0:
			t.Errorf("%q: got %+v, want nothing", tt.text, got)
		case tt.rule != "" && (len(got) != 1 || got[0].Rule != tt.rule || got[0].What != tt.what):
			t.Errorf("%q: got %+v, want %s of %s", tt.text, got, tt.rule, tt.what)
		}
	}
	if got := Explain(&p, "/work/repo", strings.Repeat("touch: '/etc/a': Read-only file system\n", 50)); len(got) != 1 {
		t.Errorf("the same thing is said %d times", len(got))
	}
}
