package egress

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// settled waits until no more than want goroutines run.
func settled(want int) int {
	n := runtime.NumGoroutine()
	for range 200 {
		if n <= want {
			break
		}
		time.Sleep(10 * time.Millisecond)
		n = runtime.NumGoroutine()
	}
	return n
}

// Nothing stays behind: neither while the proxy goes on, nor after Close, whatever way requests end.
func TestNoLeak(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
	defer s.Close()
	s.Config.SetKeepAlivesEnabled(false)
	start0 := runtime.NumGoroutine()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &book{}
	p := New(Options{Decide: ByRules(mustRules(t, s.Listener.Addr().String()), nil), Log: b.log, Scan: ExactScanner([][]byte{[]byte("made-up-value")})})
	done := make(chan error, 1)
	go func() { done <- p.Serve(l) }()
	r := &rig{p, b, l.Addr().String()}
	time.Sleep(20 * time.Millisecond)
	serving := runtime.NumGoroutine()
	at := s.Listener.Addr().String()
	requests := []string{
		"GET http://" + at + "/ HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST http://" + at + "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\nmade-up-value",
		"CONNECT " + at + " HTTP/1.1\r\n\r\n",
		"CONNECT evil.example:443 HTTP/1.1\r\n\r\n",
		"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
		"no request\r\n\r\n",
		"GET http://" + at + "/ HTTP/1.1\r\nHo", // breaks off
		"POST http://" + at + "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\npart",
	}
	for i := range 80 {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, requests[i%len(requests)])
		if i%3 > 0 {
			c.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
			io.ReadAll(c)
		}
		c.Close()
	}
	if n := settled(serving); n > serving {
		t.Errorf("%d goroutines after the requests, %d before", n, serving)
	}
	if n := len(p.slots); n > 0 {
		t.Errorf("%d slots are still taken", n)
	}
	if got := b.wait(t, 60); len(got) > 80 {
		t.Errorf("%d entries of 80 requests", len(got))
	}
	p.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := settled(start0); n > start0 {
		buf := make([]byte, 1<<20)
		t.Errorf("%d goroutines after Close, %d before:\n%s", n, start0, buf[:runtime.Stack(buf, true)])
	}
}

func mustRules(t testing.TB, texts ...string) Rules {
	t.Helper()
	rules, err := ParseRules(texts)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// pour is a server that sends n bytes to whoever connects.
func pour(t testing.TB, n int) string {
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
				io.Copy(c, io.LimitReader(zeros{}, int64(n)))
			}()
		}
	}()
	return l.Addr().String()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// connect opens a tunnel.
func (r *rig) connect(t testing.TB, target string) net.Conn {
	c, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\n\r\n", target)
	var answer [39]byte // exactly the head, so that nothing of the tunnel is taken
	if _, err := io.ReadFull(c, answer[:]); err != nil || !strings.HasSuffix(string(answer[:]), "\r\n\r\n") {
		t.Fatalf("%q, %v", answer, err)
	}
	return c
}

// A tunnel is no bottleneck: 50 MB/s is a tenth of what a slow machine gives, and more than most lines carry.
func TestThroughput(t *testing.T) {
	const size = 256 << 20
	r := start(t, Options{Decide: inward})
	c := r.connect(t, pour(t, size))
	begin := time.Now()
	n, err := io.Copy(io.Discard, c)
	rate := float64(n) / 1e6 / time.Since(begin).Seconds()
	t.Logf("%.0f MB/s", rate)
	if n != size || err != nil || rate < 50 {
		t.Errorf("%d bytes, %v, %.0f MB/s", n, err, rate)
	}
	c.Close()
	if e := r.only(t); e.Received != size {
		t.Errorf("entry %+v", e)
	}
}

func BenchmarkConnect(b *testing.B) {
	r := start(b, Options{Decide: inward, Log: func(Entry) {}})
	target := pour(b, 1)
	b.Run("direct", func(b *testing.B) {
		for b.Loop() {
			c, err := net.Dial("tcp", target)
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(io.Discard, c)
			c.Close()
		}
	})
	b.Run("proxy", func(b *testing.B) {
		for b.Loop() {
			c := r.connect(b, target)
			io.Copy(io.Discard, c)
			c.Close()
		}
	})
}

func BenchmarkThroughput(b *testing.B) {
	const size = 64 << 20
	r := start(b, Options{Decide: inward, Log: func(Entry) {}})
	target := pour(b, size)
	b.Run("direct", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			c, err := net.Dial("tcp", target)
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(io.Discard, c)
			c.Close()
		}
	})
	b.Run("proxy", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			c := r.connect(b, target)
			io.Copy(io.Discard, c)
			c.Close()
		}
	})
}

// BenchmarkOwnAddresses is what asking the kernel costs, on each connection to a public address.
func BenchmarkOwnAddresses(b *testing.B) {
	for b.Loop() {
		ownAddrs()
	}
}
