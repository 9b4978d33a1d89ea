package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"writ/internal/egress"
)

// TestTunnel carries bytes to a host that the proxy lets through, and says why where it does not.
func TestTunnel(t *testing.T) {
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	go func() {
		for {
			c, err := echo.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := echo.Addr().(*net.TCPAddr).Port
	rules, err := egress.ParseRules([]string{fmt.Sprintf("127.0.0.1:%d", port)})
	if err != nil {
		t.Fatal(err)
	}
	p := egress.New(egress.Options{Decide: egress.ByRules(rules, nil)})
	go p.Serve(l)
	defer p.Close()
	for target, want := range map[int]string{port: "hello", 1: "not on the egress list"} {
		var out, errs bytes.Buffer
		code := Main(context.Background(), Env{Getenv: func(string) string { return "" }, Stdin: strings.NewReader("hello"), Stdout: &out, Stderr: &errs},
			[]string{"tunnel", l.Addr().String(), "127.0.0.1", fmt.Sprint(target)})
		if got := out.String() + errs.String(); !strings.Contains(got, want) || (code == ExitOK) != (target == port) {
			t.Errorf("port %d: exit %d, %q, want %q", target, code, got, want)
		}
	}
}
