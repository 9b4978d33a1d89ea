package egress

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestPlainRequest(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.Host, r.URL.RequestURI(), body)
	})
	r := start(t, Options{Decide: inward})
	resp, err := r.client(t).Post("http://"+named(s)+"/a%2Fb?q=1;2&x=%zz", "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, _ := io.ReadAll(resp.Body)
	if want := "POST " + named(s) + " /a%2Fb?q=1;2&x=%zz hello"; string(got) != want {
		t.Errorf("the server saw %q, want %q", got, want)
	}
	e := r.only(t)
	if !e.Allowed || e.Rule != "test" || e.Addr != s.Listener.Addr().String() || e.Target.String() != named(s) || e.Target.Scheme != "http" || e.Err != nil {
		t.Errorf("entry %+v", e)
	}
	if e.Sent < 50 || e.Received < int64(len(got)) || e.Duration <= 0 || e.Start.IsZero() {
		t.Errorf("entry counts %+v", e)
	}
}

// Requests on one connection are decided one by one, and each has its own entry with its own bytes.
func TestKeepAlive(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, strings.Repeat("x", 1000)) })
	r := start(t, Options{Decide: func(_ context.Context, t Target) Ruling {
		return Ruling{Allow: t.Method == "GET", Private: true, Reason: "only GET"}
	}})
	c, br := r.raw(t, "")
	for i, method := range []string{"GET", "PUT", "GET", "GET"} {
		fmt.Fprintf(c, "%s http://%s/ HTTP/1.1\r\nHost: %s\r\n\r\n", method, named(s), named(s))
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		if want := map[string]int{"GET": 200, "PUT": 403}[method]; resp.StatusCode != want || resp.Close {
			t.Errorf("request %d: %s, close %t, want %d on a connection that stays", i, resp.Status, resp.Close, want)
		}
	}
	for i, e := range r.wait(t, 4) {
		if refused := i == 1; e.Allowed == refused || (e.Received > 1000) == refused || e.Received > 2000 {
			t.Errorf("entry %d: %+v", i, e)
		}
	}
}

func TestTunnelTLS(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(w, r.Body)
	}))
	defer s.Close()
	r := start(t, Options{Decide: inward})
	client := r.client(t)
	big := strings.Repeat("0123456789", 100_000)
	resp, err := client.Post("https://"+named(s)+"/", "text/plain", strings.NewReader(big))
	if err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if string(got) != big {
		t.Errorf("%d bytes came back, want %d", len(got), len(big))
	}
	client.CloseIdleConnections()
	e := r.only(t)
	if !e.Allowed || e.Target != (Target{Host: "server.example", Port: e.Target.Port, Method: "CONNECT", Scheme: "tunnel"}) || e.Err != nil {
		t.Errorf("entry %+v", e)
	}
	if e.Sent < int64(len(big)) || e.Received < int64(len(big)) || e.Sent > int64(len(big))*11/10 {
		t.Errorf("sent %d, received %d of %d", e.Sent, e.Received, len(big))
	}
}

// Bytes are counted to the last one, early bytes are not lost, and one direction may end before the other.
func TestTunnelBytes(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		in, _ := io.ReadAll(c) // until the client's half is closed
		fmt.Fprintf(c, "got %d", len(in))
	}()
	r := start(t, Options{Decide: inward})
	c, br := r.raw(t, "CONNECT "+l.Addr().String()+" HTTP/1.1\r\nHost: x\r\n\r\nearly")
	resp, err := http.ReadResponse(br, &http.Request{Method: "CONNECT"})
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%v %v", resp, err)
	}
	io.WriteString(c, "late")
	c.(*net.TCPConn).CloseWrite()
	if got, _ := io.ReadAll(br); string(got) != "got 9" {
		t.Errorf("answer %q, want got 9", got)
	}
	if e := r.only(t); e.Sent != 9 || e.Received != 5 || e.Err != nil {
		t.Errorf("entry %+v, want 9 sent and 5 received", e)
	}
}

func TestRefusals(t *testing.T) {
	r := start(t, Options{Decide: ByRules(Rules{}, func(_ context.Context, t Target) Ruling {
		if t.Host == "said.example" {
			return Ruling{Rule: "no-paste\r\nX-Evil: 1", Reason: "paste sites\r\nX-Evil: 1 are closed", Instead: "use `git`"}
		}
		return Ruling{}
	})})
	for request, want := range map[string][]string{
		"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n": {"403 Forbidden", "X-Writ-Rule: egress-list",
			"writ: refused. evil.example:80 is not on the egress list of this scope. Instead: "},
		"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n": {"403 writ: evil.example:443 is not on the egress list of this scope\n",
			"X-Writ-Rule: egress-list", "writ: refused. evil.example:443 is not on the egress list of this scope. Instead: "},
		"CONNECT said.example:443 HTTP/1.1\r\n\r\n": {"403 writ: paste sites  X-Evil: 1 are closed\n", "X-Writ-Rule: no-paste  X-Evil: 1\r\n", "Instead: use `git`.\n"},
	} {
		got := r.ask(t, request)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q is answered\n%s\nwant %q in it", request, got, w)
			}
		}
	}
	for _, e := range r.wait(t, 3) {
		if e.Allowed || e.Reason == "" && e.Rule == "" || e.Sent+e.Received != 0 || e.Addr != "" {
			t.Errorf("entry %+v", e)
		}
	}
}

// The zero value, a Decider that panics and one that answers too late refuse.
func TestNoDecisionRefuses(t *testing.T) {
	for name, o := range map[string]Options{
		"none":   {},
		"panics": {Decide: func(context.Context, Target) Ruling { panic("no") }},
		"zero":   {Decide: func(context.Context, Target) Ruling { return Ruling{Private: true} }},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("reached") })
			r := start(t, o)
			if resp, _ := get(t, r.client(t), "http://"+named(s)); resp.StatusCode != 403 {
				t.Errorf("status %s", resp.Status)
			}
			if e := r.only(t); e.Allowed {
				t.Errorf("entry %+v", e)
			}
		})
	}
}

// A client that goes away ends the wait for a human.
func TestAskEndsWithClient(t *testing.T) {
	asked := make(chan struct{})
	r := start(t, Options{Decide: func(ctx context.Context, _ Target) Ruling {
		close(asked)
		<-ctx.Done()
		return Ruling{Allow: true, Private: true}
	}})
	c, _ := r.raw(t, "CONNECT a.example:443 HTTP/1.1\r\n\r\n")
	<-asked
	c.Close()
	if e := r.only(t); e.Allowed {
		t.Errorf("allowed though nobody waited: %+v", e)
	}
}

// The inside is refused by number, by name and by one answer among many; the same target is reached as soon as
// the ruling means the inside.
func TestInsideRefused(t *testing.T) {
	var hits atomic.Int64
	s := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	table := names{
		"server.example": {"127.0.0.1"},
		"mixed.example":  {"203.0.113.7", "127.0.0.1"},
		"mapped.example": {"::ffff:127.0.0.1"},
		"localhost":      {"127.0.0.1"},
	}
	for _, host := range []string{"127.0.0.1", "[::ffff:127.0.0.1]", "server.example", "SERVER.example.", "mixed.example", "mapped.example", "localhost", "x.localhost"} {
		for _, request := range []string{
			"GET http://" + host + ":" + port + "/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
			"CONNECT " + host + ":" + port + " HTTP/1.1\r\n\r\n",
		} {
			r := start(t, Options{Decide: outward, Resolver: table})
			if got := r.ask(t, request); !strings.HasPrefix(got, "403") || !strings.Contains(got, "X-Writ-Rule: "+RuleAddress) {
				t.Errorf("%q is answered %s", request, got)
			}
			if e := r.only(t); e.Allowed || e.Rule != RuleAddress || e.Addr != "" {
				t.Errorf("entry %+v", e)
			}
		}
	}
	if hits.Load() != 0 {
		t.Fatalf("the server was reached %d times", hits.Load())
	}
	r := start(t, Options{Decide: inward, Resolver: table})
	for _, host := range []string{"127.0.0.1", "[::ffff:127.0.0.1]", "SERVER.example.", "mapped.example"} {
		if got := r.ask(t, "GET http://"+host+":"+port+"/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "200") {
			t.Errorf("%s with a private ruling: %s", host, got)
		}
	}
	if hits.Load() != 4 {
		t.Errorf("with a private ruling the server was reached %d times, want 4", hits.Load())
	}
}

// rebinder answers with a public address first and with loopback ever after.
type rebinder struct{ asked atomic.Int64 }

func (r *rebinder) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if r.asked.Add(1) == 1 {
		return []netip.Addr{netip.MustParseAddr("203.0.113.250")}, nil
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// What was checked is what is dialled: a name is resolved once, and its second answer is not used.
func TestRebinding(t *testing.T) {
	var hits atomic.Int64
	s := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, method := range []string{"GET http://rebind.example:%s/", "CONNECT rebind.example:%s"} {
		res := &rebinder{}
		wanted := make(chan netip.AddrPort, 10)
		r := start(t, Options{Decide: outward, Resolver: res, DialTimeout: 300 * time.Millisecond}, func(p *Proxy) { p.dial = loopbackOnly(wanted) })
		request := fmt.Sprintf(method+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", port)
		if got := r.ask(t, request); !strings.HasPrefix(got, "504") {
			t.Errorf("first: %s", got)
		}
		if n := res.asked.Load(); n != 1 {
			t.Errorf("the name was resolved %d times for one request", n)
		}
		if got := r.ask(t, request); !strings.HasPrefix(got, "403") {
			t.Errorf("second: %s", got)
		}
		if first := <-wanted; first.String() != "203.0.113.250:"+port || len(wanted) > 0 {
			t.Errorf("dialled %s and %d more, want the address that was checked alone", first, len(wanted))
		}
	}
	if hits.Load() != 0 {
		t.Errorf("loopback was reached %d times", hits.Load())
	}
}

// A connection made under a ruling that means the inside is not reused under one that does not.
func TestNoReuseAcrossRulings(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	r := start(t, Options{Decide: func(_ context.Context, t Target) Ruling {
		return Ruling{Allow: true, Private: t.Method == "GET"}
	}})
	c, br := r.raw(t, "")
	for _, want := range []struct {
		method string
		status int
	}{{"GET", 200}, {"PUT", 403}, {"GET", 200}, {"DELETE", 403}} {
		fmt.Fprintf(c, "%s http://%s/ HTTP/1.1\r\nHost: x\r\n\r\n", want.method, named(s))
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		if resp.StatusCode != want.status {
			t.Errorf("%s: %s, want %d", want.method, resp.Status, want.status)
		}
	}
}

// An address that does not answer costs a moment, not the request.
func TestFallback(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	r := start(t, Options{Decide: inward, Resolver: names{"server.example": {"127.0.0.9", "203.0.113.250", "127.0.0.1"}}})
	begin := time.Now()
	if resp, _ := get(t, r.client(t), "http://"+named(s)); resp.StatusCode != 200 {
		t.Errorf("status %s", resp.Status)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	if e := r.only(t); e.Addr != s.Listener.Addr().String() {
		t.Errorf("entry %+v", e)
	}
}

func TestUnreachable(t *testing.T) {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	closed := l.Addr().String()
	l.Close()
	for _, request := range []string{"GET http://" + closed + "/ HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT " + closed + " HTTP/1.1\r\n\r\n", "CONNECT gone.example:443 HTTP/1.1\r\n\r\n"} {
		r := start(t, Options{Decide: inward})
		if got := r.ask(t, request); !strings.HasPrefix(got, "502") || !strings.Contains(got, "writ: failed. ") {
			t.Errorf("%q is answered %s", request, got)
		}
		if e := r.only(t); !e.Allowed || e.Err == nil || e.Rule == "" {
			t.Errorf("entry %+v", e)
		}
	}
}

// Each event of a stream arrives while the stream is open.
func TestStreaming(t *testing.T) {
	next := make(chan int)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		http.NewResponseController(w).Flush()
		for n := range next {
			fmt.Fprintf(w, "data: %d\n\n", n)
			http.NewResponseController(w).Flush()
		}
	})
	r := start(t, Options{Decide: inward})
	resp, err := r.client(t).Get("http://" + named(s))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	br := bufio.NewReader(resp.Body)
	for n := range 20 {
		begin := time.Now()
		next <- n
		line, err := br.ReadString('\n')
		if err != nil || line != fmt.Sprintf("data: %d\n", n) {
			t.Fatalf("event %d: %q, %v", n, line, err)
		}
		br.ReadString('\n')
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("event %d took %s", n, took)
		}
	}
	close(next)
}

// Uploads stream, too: the server answers part by part while the request goes on.
func TestStreamingUpload(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		br := bufio.NewReader(r.Body)
		for {
			line, err := br.ReadString('\n')
			if err != nil {
				return
			}
			io.WriteString(w, "got "+line)
			http.NewResponseController(w).Flush()
		}
	})
	r := start(t, Options{Decide: inward})
	pr, pw := io.Pipe()
	defer pw.Close()
	go io.WriteString(pw, "one\n")
	resp, err := r.client(t).Post("http://"+named(s), "text/plain", pr)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); line != "got one\n" {
		t.Errorf("%q, %v", line, err)
	}
}

func TestIdleEnds(t *testing.T) {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close() // says nothing
		}
	}()
	for _, request := range []string{"CONNECT " + l.Addr().String() + " HTTP/1.1\r\n\r\n", "GET http://" + l.Addr().String() + "/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"} {
		r := start(t, Options{Decide: inward, Idle: 100 * time.Millisecond})
		_, br := r.raw(t, request)
		answer, _ := io.ReadAll(br)
		if e := r.only(t); !errors.Is(e.Err, errIdle) || e.Duration < 90*time.Millisecond || e.Duration > 5*time.Second {
			t.Errorf("entry %+v after %q", e, answer)
		}
	}
}

// What moves is not idle, however long it takes.
func TestSlowIsNotIdle(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for range 8 {
			io.WriteString(w, "x")
			http.NewResponseController(w).Flush()
			time.Sleep(100 * time.Millisecond)
		}
	})
	r := start(t, Options{Decide: inward, Idle: 400 * time.Millisecond})
	if _, body := get(t, r.client(t), "http://"+named(s)); body != "xxxxxxxx" {
		t.Errorf("got %q", body)
	}
}

func TestMaxConnsWaits(t *testing.T) {
	release := make(chan struct{})
	var now, most atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		<-release
		now.Add(-1)
	})
	r := start(t, Options{Decide: inward, MaxConns: 3})
	done := make(chan error, 10)
	for range 10 {
		go func() {
			c, err := net.Dial("tcp", r.addr)
			if err == nil {
				defer c.Close()
				fmt.Fprintf(c, "GET http://%s/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", named(s))
				_, err = http.ReadResponse(bufio.NewReader(c), nil)
			}
			done <- err
		}()
	}
	time.Sleep(200 * time.Millisecond)
	if n := now.Load(); n != 3 {
		t.Errorf("%d at a time, want 3", n)
	}
	close(release)
	for range 10 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := most.Load(); n > 3 {
		t.Errorf("%d at a time, want at most 3", n)
	}
}

func TestClose(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	asked := make(chan struct{}, 1)
	r := start(t, Options{Decide: func(ctx context.Context, t Target) Ruling {
		if t.Host == "ask.example" {
			asked <- struct{}{}
			<-ctx.Done()
		}
		return Ruling{Allow: true, Private: true}
	}})
	_, tunnel := r.raw(t, "CONNECT "+named(s)+" HTTP/1.1\r\n\r\n")
	if resp, err := http.ReadResponse(tunnel, &http.Request{Method: "CONNECT"}); err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	_, plain := r.raw(t, "GET http://"+named(s)+"/ HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := http.ReadResponse(plain, nil); err != nil {
		t.Fatal(err)
	}
	r.raw(t, "CONNECT ask.example:443 HTTP/1.1\r\n\r\n")
	<-asked
	begin := time.Now()
	r.Close()
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("Close took %s", took)
	}
	if got := r.all(); len(got) != 3 {
		t.Errorf("%d entries when Close returned, want 3: %+v", len(got), got)
	}
	for _, e := range r.all() {
		if e.Target.Host != "ask.example" && !errors.Is(e.Err, errClosed) {
			t.Errorf("entry %+v", e)
		}
	}
	if _, err := tunnel.ReadByte(); err == nil {
		t.Error("the tunnel is still open")
	}
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	if err := r.Serve(l); !errors.Is(err, ErrClosed) {
		t.Errorf("Serve after Close: %v", err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("the listener given to a closed proxy is open")
	}
}

func TestTLSVerifiedThroughTunnel(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	r := start(t, Options{Decide: inward, Resolver: names{"example.com": {"127.0.0.1"}}})
	client := r.client(t)
	client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	if resp, _ := get(t, client, "https://example.com:"+port); resp.StatusCode != 200 {
		t.Errorf("status %s", resp.Status)
	}
}
