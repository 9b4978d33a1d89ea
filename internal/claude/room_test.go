package claude

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"writ/internal/home"
)

// TestSinks: what is missing is made and closed, and goes again unless somebody used it.
func TestSinks(t *testing.T) {
	person := t.TempDir()
	own := filepath.Join(person, ".claude")
	write(t, filepath.Join(person, ".bashrc"), "# mine\n")
	write(t, filepath.Join(own, "settings.json"), `{"a":1}`)
	made, err := makeMissing(person, own)
	if err != nil {
		t.Fatal(err)
	}
	gone := absent(person, own)
	for _, name := range []string{".config/autostart", ".ssh", ".gitconfig", ".claude/CLAUDE.md", ".claude/agents", ".claude/plugins"} {
		path := filepath.Join(person, name)
		if !slices.Contains(made, path) || !slices.Contains(closed(person, own), path) {
			t.Errorf("%s: made %v, closed %v", name, slices.Contains(made, path), slices.Contains(closed(person, own), path))
		}
	}
	for _, name := range []string{".bashrc", ".claude/settings.json", ".bash_profile"} {
		if slices.Contains(made, filepath.Join(person, name)) {
			t.Errorf("%s was made", name)
		}
	}
	if !slices.Contains(gone, filepath.Join(person, ".bash_profile")) || slices.Contains(gone, filepath.Join(person, ".bashrc")) || len(appeared(gone)) != 0 {
		t.Errorf("absent %q, appeared %q", gone, appeared(gone))
	}
	write(t, filepath.Join(person, ".bash_profile"), "x")
	if got := appeared(gone); !slices.Equal(got, []string{filepath.Join(person, ".bash_profile")}) {
		t.Errorf("appeared %q", got)
	}
	write(t, filepath.Join(own, "agents/mine.md"), "kept")
	write(t, filepath.Join(person, ".gitconfig"), "[user]\n")
	unmake(made, person, own)
	for name, want := range map[string]bool{".ssh": false, ".config": false, ".claude/CLAUDE.md": false, ".claude/plugins": false, ".claude/agents/mine.md": true, ".gitconfig": true, ".bashrc": true} {
		if _, err := os.Lstat(filepath.Join(person, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}

// TestMadeShared: while another session runs, what was made stays; the last one takes it away.
func TestMadeShared(t *testing.T) {
	person := t.TempDir()
	h := home.Home(filepath.Join(person, ".writ"))
	if err := h.Ensure(); err != nil {
		t.Fatal(err)
	}
	one := func(name string) *Launch {
		l := &Launch{home: h, dir: filepath.Join(h.Run(), "launch-"+name), person: person, own: filepath.Join(person, ".claude")}
		write(t, filepath.Join(l.dir, "pid"), "1") // always alive
		return l
	}
	a, b := one("a"), one("b")
	made, err := makeMissing(person, a.own)
	if err == nil {
		err = a.noteMade(made)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(person, ".ssh")); err != nil {
		t.Errorf("it went while another session needs it: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(person, ".ssh")); err == nil {
		t.Error("the last session left it behind")
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestInsideEnv: the proxy stands in the environment whatever the person's says, and what names a socket outside
// goes with the socket.
func TestInsideEnv(t *testing.T) {
	l := &Launch{Env: []string{"A=1", "https_proxy=http://company:1", "SSH_AUTH_SOCK=/tmp/ssh/agent", "DOCKER_HOST=unix:///run/docker.sock", "ALL_PROXY=socks5://x"}}
	if got := l.insideEnv(); !slices.Equal(got, []string{"A=1", "https_proxy=http://company:1", "ALL_PROXY=socks5://x"}) {
		t.Errorf("on the machine's network: %q", got)
	}
	l.room = Room{Net: true, Sockets: []string{"/run/docker.sock"}, Forward: []int{proxyPort}}
	got := strings.Join(l.insideEnv(), "\n") + "\n"
	for _, want := range []string{"A=1\n", "DOCKER_HOST=", "https_proxy=http://127.0.0.1:47419\n", "HTTP_PROXY=http://127.0.0.1:47419\n", "NO_PROXY=localhost,127.0.0.1,::1\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	for _, no := range []string{"company", "SSH_AUTH_SOCK", "ALL_PROXY"} {
		if strings.Contains(got, no) {
			t.Errorf("%q holds %q", got, no)
		}
	}
}

// TestServices: what the person configured is reached, on the machine's loopback and elsewhere, and nothing that
// the project names.
func TestServices(t *testing.T) {
	state := filepath.Join(t.TempDir(), ".claude.json")
	write(t, state, `{"mcpServers":{"a":{"url":"https://tools.example/mcp"},"b":{"command":"x"}},
		"projects":{"/p":{"mcpServers":{"c":{"url":"http://localhost:9000/mcp"}}},"/other":{"mcpServers":{"d":{"url":"https://no.example"}}}}}`)
	l := &Launch{
		Env:      []string{"ANTHROPIC_BASE_URL=http://127.0.0.1:8080/v1", "OTEL_EXPORTER_OTLP_ENDPOINT=http://[::1]:4318", "EXAMPLE_URL=http://localhost:1", "AWS_REGION=eu-west-1", "CLAUDE_CODE_USE_BEDROCK=1"},
		settings: map[string]string{"ANTHROPIC_BEDROCK_BASE_URL": "https://gateway.example:8443", "AWS_REGION": "us-east-2"},
		around:   []string{"/p"},
	}
	ports := l.loopbackServices(state)
	slices.Sort(ports)
	if !slices.Equal(ports, []int{4318, 8080, 9000}) {
		t.Errorf("ports %v", ports)
	}
	general, own := l.Hosts(state)
	slices.Sort(own)
	if !slices.Equal(own, []string{"gateway.example:8443", "tools.example:443"}) {
		t.Errorf("own %q", own)
	}
	if !slices.Contains(general, "api.anthropic.com:443") || !slices.Contains(general, "bedrock-runtime.us-east-2.amazonaws.com:443") || slices.Contains(general, "oauth2.googleapis.com:443") {
		t.Errorf("general %q", general)
	}
	l.settings["CLAUDE_CODE_USE_FOUNDRY"] = "1" // without a resource there is no such host
	general, _ = l.Hosts(state)
	if slices.ContainsFunc(general, func(h string) bool { return strings.HasPrefix(h, ".") }) {
		t.Errorf("general %q", general)
	}
}

// TestOrders: the walls that matter are ordered, the needed ones as such.
func TestOrders(t *testing.T) {
	person := t.TempDir()
	h := home.Home(filepath.Join(person, ".writ"))
	if err := h.Ensure(); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	var socks []string
	for _, path := range []string{h.HookSock(), dir + "/agent", dir + "/allowed"} {
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Skipf("%v (the path of the temporary folder is too long)", err)
		}
		defer l.Close()
		socks = append(socks, path)
	}
	l := &Launch{home: h, CLI: "/run/x/claude", person: person, own: filepath.Join(person, ".claude"), room: Room{Net: true, Sockets: socks[2:], Forward: []int{5432}}}
	o := l.orders()
	if !o.Walls.PID || !o.Walls.IPC || !o.Walls.Net || !slices.Equal(o.Listen, []string{"127.0.0.1:47418", "127.0.0.1:5432"}) {
		t.Errorf("walls %+v, listen %q", o.Walls, o.Listen)
	}
	for path, want := range map[string]bool{socks[0]: false, socks[1]: true, socks[2]: false, h.Admin(): true, h.Keys(): true} {
		if slices.Contains(o.Hide, path) != want {
			t.Errorf("%s hidden: %v, want %v", path, !want, want)
		}
	}
	for _, path := range []string{string(h), h.Admin(), h.Keys()} {
		if !slices.Contains(o.Needed, path) {
			t.Errorf("%s is not needed", path)
		}
	}
	if !slices.Contains(o.Keep, "/run/x/claude") || !slices.Contains(o.Keep, socks[2]) {
		t.Errorf("keep %q", o.Keep)
	}
}

// TestCheckSocket takes sockets and nothing else.
func TestCheckSocket(t *testing.T) {
	for _, path := range []string{"", "relative.sock", "/dev/null", "/none", t.TempDir()} {
		if got, err := CheckSocket(path); err == nil {
			t.Errorf("%q was taken as %q", path, got)
		}
	}
}

// TestHostSandboxOff: behind writ's walls the host's own sandbox is switched off, without them it is left alone.
func TestHostSandboxOff(t *testing.T) {
	for _, walls := range []bool{false, true} {
		text := string(New(Options{Home: "/h", Run: "r", Managed: true, Walls: walls}).JSON())
		if strings.Contains(text, `"sandbox"`) != walls {
			t.Errorf("walls %v: %s", walls, text)
		}
	}
}
