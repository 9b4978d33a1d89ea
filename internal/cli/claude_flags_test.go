package cli

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"writ/internal/config"
	"writ/internal/home"
	"writ/internal/level"
)

// TestLaunchFlags: writ's own options stand in front; what follows belongs to the host, whatever it looks like.
func TestLaunchFlags(t *testing.T) {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	sock := filepath.Join(dir, "agent")
	ln, err := net.Listen("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	env := &Env{Getenv: func(string) string { return "" }}
	l, help, err := readLaunchFlags(env, []string{"--net=host", "--allow-host", "a.example", "--allow-host=*.b.example:8443", "--allow-socket", sock,
		"--forward", "5432", "--require-level", "landlock", "--no-fallback", "--cli", "/c", "-p", "--net", "proxy"})
	if err != nil || help {
		t.Fatal(err, help)
	}
	if l.net != "host" || l.cli != "/c" || !l.noFallback || l.require != level.Landlock || !slices.Equal(l.args, []string{"-p", "--net", "proxy"}) ||
		!slices.Equal(l.room.Sockets, []string{sock}) || !slices.Equal(l.room.Forward, []int{5432}) || !slices.Equal(l.rules.Strings(), []string{"a.example", "*.b.example:8443"}) {
		t.Errorf("got %+v", l)
	}
	for _, bad := range [][]string{{"--net", "bridge"}, {"--net"}, {"--allow-host", "https://x"}, {"--allow-host", "*"}, {"--allow-socket", "/dev/null"}, {"--allow-socket", "x"},
		{"--forward", "0"}, {"--forward", "70000"}, {"--require-level", "most"}} {
		_, _, err := readLaunchFlags(env, bad)
		var e *exitError
		if !errors.As(err, &e) || e.code != ExitUsage || !strings.Contains(e.Error(), bad[0]) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestRequireLevel: unless the system is known to give the level, nothing starts.
func TestRequireLevel(t *testing.T) {
	for _, tt := range []struct {
		given   func() level.Level
		require level.Level
		starts  bool
	}{
		{nil, level.Observe, true},
		{func() level.Level { return level.Observe }, level.Landlock, false},
		{func() level.Level { return level.Landlock }, level.Full, false},
		{func() level.Level { return level.Full }, level.Full, true},
	} {
		var errs bytes.Buffer
		l := launch{net: "host", require: tt.require}
		err := l.probe(&Env{Level: tt.given, Stderr: &errs}, home.Home(t.TempDir()), "/none", false)
		if (err == nil) != tt.starts || tt.starts && !strings.Contains(errs.String(), "--net host") {
			t.Errorf("%+v: %v, said %q", tt, err, errs.String())
		}
		var e *exitError
		if err != nil && (!errors.As(err, &e) || e.code != ExitSetup) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

// TestConfiguredLaunch: the files' word holds where the command line says nothing, and the stricter level of both.
func TestConfiguredLaunch(t *testing.T) {
	var c config.Config
	c.Egress.Outer, c.Egress.Allow, c.Sandbox.Level, c.Sandbox.Sockets = "host", []string{"a.example"}, "landlock", []string{"/none.sock"}
	l := launch{net: "proxy", require: level.Full}
	if err := l.configure(c); err != nil || l.net != "proxy" || l.require != level.Full || len(l.room.Sockets) != 0 || !slices.Equal(l.rules.Strings(), []string{"a.example"}) {
		t.Errorf("%v: %+v", err, l)
	}
	l = launch{}
	if err := l.configure(c); err != nil || l.net != "host" || l.require != level.Landlock {
		t.Errorf("%v: %+v", err, l)
	}
	c.Egress.Allow = []string{"https://a.example"}
	if err := l.configure(c); err == nil {
		t.Error("a rule that cannot be read was taken")
	}
}
