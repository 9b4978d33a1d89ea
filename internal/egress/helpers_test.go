package egress

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// book collects entries.
type book struct {
	mu      sync.Mutex
	entries []Entry
}

func (b *book) log(e Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries = append(b.entries, e)
}

func (b *book) all() []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Entry(nil), b.entries...)
}

// only waits for the one entry there must be, and a moment for a second one.
func (b *book) only(t *testing.T) Entry {
	t.Helper()
	b.wait(t, 1)
	time.Sleep(20 * time.Millisecond)
	got := b.all()
	if len(got) != 1 {
		t.Fatalf("%d entries, want exactly one: %+v", len(got), got)
	}
	return got[0]
}

func (b *book) wait(t *testing.T, n int) []Entry {
	t.Helper()
	for range 500 {
		if got := b.all(); len(got) >= n {
			return got
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%d entries after 5 s, want %d: %+v", len(b.all()), n, b.all())
	return nil
}

// names is a resolver of a table.
type names map[string][]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	list, ok := n[strings.TrimSuffix(host, ".")]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	var out []netip.Addr
	for _, s := range list {
		out = append(out, netip.MustParseAddr(s))
	}
	return out, nil
}

// inward allows everything, addresses of the inside included: tests have only loopback.
func inward(context.Context, Target) Ruling {
	return Ruling{Allow: true, Rule: "test", Private: true}
}

// outward allows everything but the inside.
func outward(context.Context, Target) Ruling { return Ruling{Allow: true, Rule: "test"} }

type rig struct {
	*Proxy
	*book
	addr string
}

// start serves a proxy on loopback until the test ends.
func start(t testing.TB, o Options, change ...func(*Proxy)) *rig {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &book{}
	if o.Log == nil {
		o.Log = b.log
	}
	if o.Resolver == nil {
		o.Resolver = names{"server.example": {"127.0.0.1"}}
	}
	p := New(o)
	p.dial = loopbackOnly(nil)
	for _, c := range change {
		c(p)
	}
	done := make(chan error, 1)
	go func() { done <- p.Serve(l) }()
	t.Cleanup(func() {
		p.Close()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return &rig{p, b, l.Addr().String()}
}

// client is an HTTP client that goes through the proxy.
func (r *rig) client(t testing.TB) *http.Client {
	tr := &http.Transport{
		Proxy:           http.ProxyURL(&url.URL{Scheme: "http", Host: r.addr}),
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 20 * time.Second}
}

// raw sends text to the proxy and returns the connection with a reader on it.
func (r *rig) raw(t testing.TB, text string) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c, bufio.NewReader(c)
}

// ask sends text and returns everything that comes back until the proxy closes.
func (r *rig) ask(t testing.TB, text string) string {
	t.Helper()
	c, br := r.raw(t, text)
	if h, ok := c.(*net.TCPConn); ok {
		defer h.Close()
	}
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		t.Fatalf("no answer to %q: %v", text, err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	var head strings.Builder
	fmt.Fprintf(&head, "%s\n", resp.Status)
	resp.Header.Write(&head)
	return head.String() + "\n" + string(body)
}

// named is a server's address with a name of the test resolver in place of its number.
func named(s *httptest.Server) string {
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	return "server.example:" + port
}

func serve(t testing.TB, h http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func get(t testing.TB, c *http.Client, address string) (*http.Response, string) {
	t.Helper()
	resp, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// loopbackOnly dials loopback, and in place of every other address waits as for a host that does not answer: no
// test leaves this machine. It tells which addresses were wanted.
func loopbackOnly(wanted chan<- netip.AddrPort) func(context.Context, netip.AddrPort) (net.Conn, error) {
	return func(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
		if wanted != nil {
			wanted <- addr
		}
		if !addr.Addr().IsLoopback() {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return dialAddr(ctx, addr)
	}
}
