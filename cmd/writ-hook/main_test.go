package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"writ/internal/api"
	"writ/internal/hook"
	"writ/internal/unixsock"
)

// program is writ-hook itself, built once.
var program string

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "writ-hook-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "writ-hook")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

const pre = `{"hook_event_name":"PreToolUse","session_id":"S","cwd":"/","tool_name":"Bash","tool_input":{"command":"ls"},"tool_use_id":"t"}`

const allow = `{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow"}}` + "\n"

// daemon answers every request with one reply; a nil reply: no daemon.
func daemon(t *testing.T, reply func(net.Conn)) string {
	t.Helper()
	dir := t.TempDir()
	if reply == nil {
		return dir
	}
	l, err := unixsock.Listen(filepath.Join(dir, "run", "hook.sock"))
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
			go func() { defer c.Close(); reply(c) }()
		}
	}()
	return dir
}

// says answers in the form of our own server.
func says(exit int, text string) func(net.Conn) {
	return func(c net.Conn) { readRequest(c); http1(c, exit, text) }
}

func http1(c net.Conn, exit int, text string) {
	fmt.Fprintf(c, "HTTP/1.1 200 OK\r\n%s: %d\r\n%s: %d\r\nContent-Length: %d\r\n\r\n%s",
		api.VersionHeader, api.Version, api.ExitHeader, exit, len(text), text)
}

func readRequest(c net.Conn) { c.Read(make([]byte, 1<<20)) }

type result struct {
	code           int
	stdout, stderr string
	took           time.Duration
}

func runHook(t *testing.T, home, stdin string, args ...string) result {
	t.Helper()
	if len(args) == 0 {
		args = []string{"-home", home, "claude"}
	}
	cmd := exec.Command(program, args...)
	cmd.Env = []string{"WRIT_HOME=/nowhere", "HOME=/nowhere", "CLAUDE_PROJECT_DIR=/"}
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	start := time.Now()
	cmd.Run() // the code says all
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(start)}
}

// TestGoodAnswers are passed on byte for byte.
func TestGoodAnswers(t *testing.T) {
	for name, tc := range map[string]struct {
		payload        string
		exit           int
		stdout, stderr string
	}{
		"allow":        {pre, 0, allow, ""},
		"refusal":      {pre, 2, "", "writ: no\n"},
		"quiet":        {`{"hook_event_name":"Notification"}`, 0, "", ""},
		"worktree":     {`{"hook_event_name":"WorktreeCreate"}`, 0, "/r/w\n", ""},
		"settings":     {`{"hook_event_name":"ConfigChange"}`, 0, `{"decision":"block","reason":"r"}` + "\n", ""},
		"odd payload":  {`{"nothing":1}`, 2, "", "writ: no\n"},
		"large enough": {`{"hook_event_name":"PreToolUse","x":"` + strings.Repeat("a", 7<<20) + `"}`, 0, allow, ""},
	} {
		t.Run(name, func(t *testing.T) {
			reply := says(tc.exit, tc.stdout+tc.stderr)
			if name == "large enough" {
				reply = func(c net.Conn) { drain(c); http1(c, 0, allow) }
			}
			got := runHook(t, daemon(t, reply), tc.payload)
			if got.code != tc.exit || got.stdout != tc.stdout || got.stderr != tc.stderr {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// drain reads until nothing more comes for a moment.
func drain(c net.Conn) {
	buf := make([]byte, 1<<20)
	for {
		c.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
		if _, err := c.Read(buf); err != nil {
			return
		}
	}
}

// TestEverythingElseRefuses: exit 2, a reason on stderr, nothing on stdout.
func TestEverythingElseRefuses(t *testing.T) {
	raw := func(s string) func(net.Conn) { return func(c net.Conn) { readRequest(c); c.Write([]byte(s)) } }
	other := strings.Replace(allow, "PreToolUse", "PostToolUse", 1)
	for name, tc := range map[string]struct {
		payload string
		reply   func(net.Conn)
		args    []string
		want    string
	}{
		"no daemon, no writ":       {pre, nil, nil, "cannot be reached"},
		"closes at once":           {pre, func(net.Conn) {}, nil, "cannot be reached"},
		"not HTTP":                 {pre, raw("hello\r\n\r\n"), nil, "malformed"},
		"cut short":                {pre, raw("HTTP/1.1 200 OK\r\nWrit-Api: 1\r\nContent-Length: 99\r\n\r\n{"), nil, "malformed"},
		"other version":            {pre, raw("HTTP/1.1 200 OK\r\nWrit-Api: 7\r\nContent-Length: 2\r\n\r\n{}"), nil, "writ daemon restart"},
		"refused":                  {pre, raw("HTTP/1.1 503 X\r\nWrit-Api: 1\r\nContent-Length: 39\r\n\r\n" + `{"code":"unhealthy","message":"no disk"}`), nil, ""},
		"bytes after":              {pre, raw("HTTP/1.1 200 OK\r\nWrit-Api: 1\r\nContent-Length: 2\r\n\r\n{}more"), nil, "malformed"},
		"unknown exit":             {pre, says(1, "x"), nil, "exit code 1"},
		"exit 3 with allow":        {pre, says(3, allow), nil, "exit code 3"},
		"refusal without a reason": {pre, says(2, ""), nil, "reason on stderr"},
		"no decision":              {pre, says(0, ""), nil, "no decision"},
		"empty object":             {pre, says(0, "{}\n"), nil, "no decision"},
		"text":                     {pre, says(0, "ok\n"), nil, "JSON object"},
		"text before":              {pre, says(0, "x"+allow), nil, "JSON object"},
		"two objects":              {pre, says(0, allow+allow), nil, "malformed"},
		"two decisions":            {pre, says(0, `{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny"},"permissionDecision":"allow","hookSpecificOutput":{"hookEventName":"Stop"}}`+"\n"), nil, "the answer is for"},
		"decision too deep":        {pre, says(0, `{"x":`+strings.TrimSuffix(allow, "\n")+"}\n"), nil, "no decision"},
		"decision in the input":    {pre, says(0, `{"hookSpecificOutput":{"hookEventName":"PreToolUse","updatedInput":{"permissionDecision":"allow"}}}`+"\n"), nil, "no decision"},
		"decision beside":          {pre, says(0, `{"x":{"hookEventName":"PreToolUse","permissionDecision":"allow"}}`+"\n"), nil, "no decision"},
		"decision elsewhere":       {pre, says(0, `{"hookEventName":"PreToolUse","permissionDecision":1}`+"\n"), nil, "no decision"},
		"broken JSON":              {pre, says(0, "{\"a\":}\n"), nil, "malformed"},
		"unknown decision":         {pre, says(0, strings.Replace(allow, "allow", "maybe", 1)), nil, `"maybe"`},
		"defer":                    {pre, says(0, strings.Replace(allow, "allow", "defer", 1)), nil, `"defer"`},
		"answer to another event":  {pre, says(0, other), nil, "the answer is for"},
		"text for a later event":   {`{"hook_event_name":"PostToolUse"}`, says(0, "fine\n"), nil, "JSON object"},
		"payload is no JSON":       {`PreToolUse`, says(0, allow), nil, "refused"},
		"payload is empty":         {``, says(0, allow), nil, "refused"},
		"payload without event":    {`{}`, says(0, allow), nil, "without an event"},
		"payload too large":        {`{"hook_event_name":"PreToolUse","x":"` + strings.Repeat("a", hook.MaxPayload) + `"}`, says(0, allow), nil, "larger than"},
		"no home":                  {pre, nil, []string{"claude"}, "-home"},
		"relative home":            {pre, nil, []string{"-home", "x", "claude"}, "absolute"},
		"unknown flag":             {pre, nil, []string{"-home", "/x", "-allow", "claude"}, "-allow"},
		"two hosts":                {pre, nil, []string{"-home", "/x", "claude", "codex"}, "codex"},
		"no host":                  {pre, nil, []string{"-home", "/x"}, "no host"},
		"flag without value":       {pre, nil, []string{"claude", "-home"}, "without a value"},
	} {
		t.Run(name, func(t *testing.T) {
			got := runHook(t, daemon(t, tc.reply), tc.payload, tc.args...)
			if got.code != 2 || got.stdout != "" || !strings.HasPrefix(got.stderr, "writ: refused: ") || !strings.Contains(got.stderr, tc.want) {
				t.Errorf("got %+v, want exit 2 and …%s…", got, tc.want)
			}
		})
	}
}

// TestHangingDaemon is left before the deadline of this test's own hook run; the real one is 30 s.
func TestHangingDaemon(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the whole deadline of 30 s")
	}
	t.Parallel()
	got := runHook(t, daemon(t, func(c net.Conn) { time.Sleep(2 * deadline) }), pre)
	if got.code != 2 || got.stdout != "" || got.took < deadline-time.Second || got.took > deadline+5*time.Second {
		t.Errorf("got %+v, want exit 2 after %v", got, deadline)
	}
}

// TestEndsAreNotBlockedForEver: an agent that wants to stop is held at most once when there is no daemon.
func TestEndsAreNotBlockedForEver(t *testing.T) {
	for payload, want := range map[string]int{
		`{"hook_event_name":"Stop","stop_hook_active":false}`:        2,
		`{"hook_event_name":"Stop","stop_hook_active":true}`:         1,
		`{"hook_event_name":"SubagentStop","stop_hook_active":true}`: 1,
		`{"hook_event_name":"TeammateIdle"}`:                         1,
		`{"hook_event_name":"PreToolUse","stop_hook_active":true}`:   2,
	} {
		if got := runHook(t, daemon(t, nil), payload); got.code != want || got.stdout != "" || got.stderr == "" {
			t.Errorf("%s: %+v, want exit %d with a reason", payload, got, want)
		}
	}
}

// TestFloor names the rule that would refuse anyway.
func TestFloor(t *testing.T) {
	payload := `{"hook_event_name":"PreToolUse","tool_name":"Read","tool_input":{"file_path":"/home/dev/.ssh/id_ed25519"}}`
	if got := runHook(t, daemon(t, nil), payload); got.code != 2 || !strings.Contains(got.stderr, "secret-file") {
		t.Errorf("got %+v, want the rule's name", got)
	}
}

// TestFloorRulesExist holds the names to the built-in rules.
func TestFloorRulesExist(t *testing.T) {
	var rules strings.Builder
	err := filepath.WalkDir("../../internal/policy/builtin", func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".cedar" {
			return err
		}
		b, err := os.ReadFile(path)
		rules.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range marks {
		if !strings.Contains(rules.String(), `@id("`+m.rule+`")`) {
			t.Errorf("no built-in rule is called %s", m.rule)
		}
	}
}

// TestPanicRefuses: a reader that panics stands for whatever nobody thought of.
func TestPanicRefuses(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run([]string{"-home", "/x", "claude"}, panics{}, &stdout, &stderr)
	if code != 2 || stdout.Len() > 0 || !strings.Contains(stderr.String(), "refused") {
		t.Errorf("code %d, stdout %q, stderr %q", code, stdout.String(), stderr.String())
	}
}

type panics struct{}

func (panics) Read([]byte) (int, error) { panic("boom") }

// TestFullStdout: an answer that cannot be printed is a refusal.
func TestFullStdout(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full on this system")
	}
	defer full.Close()
	cmd := exec.Command(program, "-home", daemon(t, says(0, allow)), "claude")
	cmd.Stdin, cmd.Stdout = strings.NewReader(pre), full
	if cmd.Run(); cmd.ProcessState.ExitCode() != 2 {
		t.Errorf("exit %d, want 2", cmd.ProcessState.ExitCode())
	}
}
