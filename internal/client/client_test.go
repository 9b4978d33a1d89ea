package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"writ/internal/api"
	"writ/internal/home"
	"writ/internal/unixsock"
)

// server is a daemon that answers every request with the same bytes; none: it says nothing and stays.
func server(t *testing.T, reply string) string {
	t.Helper()
	dir := t.TempDir()
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
			go serve(c, reply)
		}
	}()
	return dir
}

func serve(c net.Conn, reply string) {
	defer c.Close()
	r := bufio.NewReader(c)
	for line := "x"; strings.TrimSpace(line) != ""; {
		var err error
		if line, err = r.ReadString('\n'); err != nil {
			return
		}
	}
	if reply == "" {
		time.Sleep(10 * time.Second)
	}
	c.Write([]byte(reply))
}

func reply(status, extra, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nWrit-Api: %d\r\nContent-Length: %d\r\n%s\r\n%s", status, api.Version, len(body), extra, body)
}

// TestAnswers feeds the client every kind of answer; only the first is a good one.
func TestAnswers(t *testing.T) {
	good := `{"behavior":"deny","message":"no"}`
	raw := "HTTP/1.1 200 OK\r\nWrit-Api: 1\r\nContent-Length: 34\r\n\r\n" + good
	for name, tc := range map[string]struct {
		reply string
		want  error
	}{
		"good":                {raw, nil},
		"refusal":             {reply("403 Forbidden", "", `{"code":"agent","message":"no"}`), &api.Error{}},
		"nothing":             {"x", ErrMalformed},
		"blank":               {" ", ErrMalformed},
		"no version":          {strings.Replace(raw, "Writ-Api: 1\r\n", "", 1), ErrMalformed},
		"other version":       {strings.Replace(raw, "Writ-Api: 1", "Writ-Api: 99", 1), ErrVersion},
		"version by code":     {reply("426 Upgrade Required", "", `{"code":"version","message":"no"}`), ErrVersion},
		"two versions":        {reply("200 OK", "Writ-Api: 1\r\n", good), ErrMalformed},
		"no length":           {strings.Replace(raw, "Content-Length: 34\r\n", "", 1), ErrMalformed},
		"short":               {strings.Replace(raw, "Length: 34", "Length: 35", 1), ErrMalformed},
		"bytes after":         {raw + "{}", ErrMalformed},
		"two values":          {reply("200 OK", "", good+`{"behavior":"allow"}`), ErrMalformed},
		"unknown field":       {reply("200 OK", "", `{"behavior":"allow","always":true}`), ErrMalformed},
		"wrong type":          {reply("200 OK", "", `{"behavior":1}`), ErrMalformed},
		"array":               {reply("200 OK", "", `[]`), ErrMalformed},
		"empty":               {reply("200 OK", "", ``), ErrMalformed},
		"other protocol":      {"SSH-2.0-x\r\n\r\n", ErrMalformed},
		"status of nonsense":  {reply("2x0 OK", "", good), ErrMalformed},
		"informational only":  {reply("100 Continue", "", good), ErrMalformed},
		"chunked":             {"HTTP/1.1 200 OK\r\nWrit-Api: 1\r\nTransfer-Encoding: chunked\r\n\r\n22\r\n" + good + "\r\n0\r\n\r\n", ErrMalformed},
		"refusal not in JSON": {reply("500 Oops", "", `oops`), ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Hook(server(t, tc.reply)).Permission(t.Context(), api.PermissionRequest{Input: []byte(`{}`)})
			if tc.want == nil {
				if err != nil || got.Behavior != "deny" || got.Message != "no" {
					t.Fatalf("got %+v, %v", got, err)
				}
				return
			}
			refused(t, err, tc.want)
			if got.Behavior != "" {
				t.Fatalf("got %+v beside the error", got)
			}
		})
	}
}

// refused wants an error: a refusal by the daemon, or one of this package's.
func refused(t *testing.T, err, want error) {
	t.Helper()
	var e *api.Error
	if errors.As(want, &e) {
		if !errors.As(err, &e) {
			t.Fatalf("got %v, want a refusal", err)
		}
	} else if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

// TestHookAnswers: the exit code in the header, the text on the stream that belongs to it.
func TestHookAnswers(t *testing.T) {
	for name, tc := range map[string]struct {
		reply string
		want  api.HookResponse
		err   error
	}{
		"allow":         {reply("200 OK", "Writ-Exit: 0\r\n", "{}\n"), api.HookResponse{Stdout: "{}\n"}, nil},
		"refuse":        {reply("200 OK", "Writ-Exit: 2\r\n", "no\n"), api.HookResponse{Exit: 2, Stderr: "no\n"}, nil},
		"no code":       {reply("200 OK", "", "{}\n"), api.HookResponse{}, ErrMalformed},
		"odd code":      {reply("200 OK", "Writ-Exit: 0x0\r\n", "{}\n"), api.HookResponse{}, ErrMalformed},
		"negative code": {reply("200 OK", "Writ-Exit: -1\r\n", "{}\n"), api.HookResponse{}, ErrMalformed},
		"two codes":     {reply("200 OK", "Writ-Exit: 0\r\nwrit-exit: 2\r\n", "{}\n"), api.HookResponse{}, ErrMalformed},
		"not found":     {reply("404 Not Found", "Writ-Exit: 0\r\n", `{"code":"not-found","message":"no"}`), api.HookResponse{}, &api.Error{}},
		"empty refusal": {reply("500 Oops", "Writ-Exit: 0\r\n", ""), api.HookResponse{}, ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Hook(server(t, tc.reply)).Hook(t.Context(), api.HookRequest{Payload: []byte(`{}`)})
			if got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
			if tc.err != nil {
				refused(t, err, tc.err)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestEncodeHook: the request is what encoding/json would have made of it, for hostile texts too.
func TestEncodeHook(t *testing.T) {
	for _, text := range []string{"", "/repo", `a"b\c`, "new\nline\ttab\x00", "ü€😀", "bad\xffutf8", `","gate":true,"x":"`, "</script>"} {
		want := api.HookRequest{Host: text, Payload: []byte(`{"a":[1, 2]}`), Project: text, Run: text, Gate: true}
		b, err := encodeHook(want)
		if err != nil {
			t.Fatal(err)
		}
		var got api.HookRequest
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		clean := strings.ToValidUTF8(text, "\ufffd")
		if got.Host != clean || got.Project != clean || got.Run != clean || !got.Gate || string(got.Payload) != string(want.Payload) {
			t.Errorf("%q: read back as %+v", text, got)
		}
	}
}

// TestSilence: a daemon that hangs is left at the deadline, one that is not there is told at once.
func TestSilence(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := Hook(server(t, "")).Status(ctx)
	if !errors.Is(err, ErrUnreachable) || time.Since(start) > 5*time.Second {
		t.Errorf("hanging daemon: %v after %v, want ErrUnreachable at the deadline", err, time.Since(start))
	}
	if _, err := Hook(t.TempDir()).Status(t.Context()); !errors.Is(err, ErrUnreachable) {
		t.Errorf("no daemon: %v, want ErrUnreachable", err)
	}
}

// TestBadPayload never sends a payload that is no JSON, which could otherwise write the fields around it.
func TestBadPayload(t *testing.T) {
	_, err := Hook(server(t, reply("200 OK", "Writ-Exit: 0\r\n", "{}\n"))).Hook(t.Context(), api.HookRequest{Payload: []byte(`{},"gate":false`)})
	if err == nil || errors.Is(err, ErrUnreachable) || errors.Is(err, ErrMalformed) {
		t.Errorf("got %v, want a refusal to encode it", err)
	}
}

// TestPermissionWord refuses an answer that is neither allow nor deny.
func TestPermissionWord(t *testing.T) {
	for _, word := range []string{"", "Allow", "ask", "yes"} {
		_, err := Hook(server(t, reply("200 OK", "", `{"behavior":"`+word+`"}`))).Permission(t.Context(), api.PermissionRequest{Input: []byte(`{}`)})
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("behavior %q: %v, want ErrMalformed", word, err)
		}
	}
}

// TestSamePaths holds the paths, which writ-hook may not import, to package home.
func TestSamePaths(t *testing.T) {
	h := home.Home("/h")
	if got := Hook("/h").sock; got != h.HookSock() {
		t.Errorf("hook socket %s, want %s", got, h.HookSock())
	}
	if got := Admin("/h").sock; got != h.AdminSock() {
		t.Errorf("admin socket %s, want %s", got, h.AdminSock())
	}
	if got := logFile("/h"); got != h.DaemonLog() {
		t.Errorf("log %s, want %s", got, h.DaemonLog())
	}
}

// TestStartFails says why when the program that should be the daemon ends at once or is missing.
func TestStartFails(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "writ")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho 'no disk' >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := EnsureDaemon(t.Context(), filepath.Join(dir, "home"), script)
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "no disk") {
		t.Errorf("ends at once: %v, want ErrUnreachable with its last words", err)
	}
	_, err = EnsureDaemon(t.Context(), filepath.Join(dir, "home"), filepath.Join(dir, "missing"))
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("missing program: %v, want ErrUnreachable", err)
	}
	if _, err = EnsureDaemon(t.Context(), "relative", script); err == nil {
		t.Error("a relative home folder was accepted")
	}
}
