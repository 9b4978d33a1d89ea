package egress

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// corporate is a small forward proxy that wants credentials and resolves every name to one server.
type corporate struct {
	server string // host:port behind every name
	mu     sync.Mutex
	seen   []string
}

func (c *corporate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.seen = append(c.seen, r.Method+" "+r.RequestURI)
	c.mu.Unlock()
	if r.Header.Get("Proxy-Authorization") != "Basic bWU6cGFzcw==" {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method != http.MethodConnect {
		fmt.Fprintf(w, "plain %s", r.Host)
		return
	}
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer server.Close()
	conn, _, _ := http.NewResponseController(w).Hijack()
	defer conn.Close()
	io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
	go io.Copy(server, conn)
	io.Copy(conn, server)
}

func (c *corporate) asked() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.seen, "; ")
}

func TestUpstream(t *testing.T) {
	target := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "tls "+r.Host) }))
	defer target.Close()
	for _, secure := range []bool{false, true} {
		corp := &corporate{server: target.Listener.Addr().String()}
		up := httptest.NewUnstartedServer(corp)
		if secure {
			up.StartTLS()
		} else {
			up.Start()
		}
		defer up.Close()
		env := "://me:pass@" + up.Listener.Addr().String()
		scheme := strings.Split(up.URL, ":")[0]
		upstream, err := UpstreamFromEnv([]string{"HTTPS_PROXY=" + scheme + env, "http_proxy=" + scheme + env})
		if err != nil {
			t.Fatal(err)
		}
		// The names exist only behind the upstream proxy.
		r := start(t, Options{Decide: outward, Resolver: names{}, Upstream: upstream},
			func(p *Proxy) { p.trust.config = &tls.Config{InsecureSkipVerify: true} })
		client := r.client(t)
		for address, want := range map[string]string{"http://a.example:8000/x": "plain a.example:8000", "https://b.example/": "tls b.example"} {
			if resp, body := get(t, client, address); resp.StatusCode != 200 || body != want {
				t.Errorf("%s: %s %q, want %q", address, resp.Status, body, want)
			}
		}
		before := corp.asked()
		for _, host := range []string{"127.0.0.1", "169.254.169.254", "[fd00:ec2::254]", "localhost", "metadata.google.internal", "[64:ff9b::a9fe:a9fe]"} {
			for _, request := range []string{"GET http://" + host + "/ HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT " + host + ":443 HTTP/1.1\r\n\r\n"} {
				if got := r.ask(t, request); !strings.HasPrefix(got, "403") {
					t.Errorf("%q is answered %s", request, got)
				}
			}
		}
		if after := corp.asked(); after != before {
			t.Errorf("the upstream proxy was asked for the inside: %s", after)
		}
	}
}

func TestUpstreamRefuses(t *testing.T) {
	up := httptest.NewServer(&corporate{})
	defer up.Close()
	u, _ := url.Parse(up.URL) // no credentials
	r := start(t, Options{Decide: outward, Upstream: func(Target) (*url.URL, error) { return u, nil }})
	for _, request := range []string{"GET http://a.example/ HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT a.example:443 HTTP/1.1\r\n\r\n"} {
		if got := r.ask(t, request); !strings.HasPrefix(got, "502") || !strings.Contains(got, "upstream proxy") {
			t.Errorf("%q is answered %s", request, got)
		}
	}
	r = start(t, Options{Decide: outward, Upstream: func(Target) (*url.URL, error) { return nil, context.Canceled }})
	if got := r.ask(t, "CONNECT a.example:443 HTTP/1.1\r\n\r\n"); !strings.HasPrefix(got, "502") {
		t.Errorf("an upstream that cannot be told is answered %s", got)
	}
}

func TestUpstreamFromEnv(t *testing.T) {
	choose, err := UpstreamFromEnv([]string{"HTTPS_PROXY=corp.example:3128", "http_proxy=http://plain.example",
		"NO_PROXY=inner.example, .sub.example,10.0.0.0/8,192.0.2.7,port.example:8080,[2001:db8::1]:443"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		target Target
		want   string
	}{
		{Target{Host: "a.example", Port: 443, Scheme: "tunnel"}, "http://corp.example:3128"},
		{Target{Host: "a.example", Port: 80, Scheme: "http"}, "http://plain.example"},
		{Target{Host: "inner.example", Port: 443}, ""},
		{Target{Host: "x.inner.example", Port: 443}, ""},
		{Target{Host: "xinner.example", Port: 443}, "http://corp.example:3128"},
		{Target{Host: "sub.example", Port: 443}, "http://corp.example:3128"},
		{Target{Host: "a.sub.example", Port: 443}, ""},
		{Target{Host: "10.9.8.7", Port: 443}, ""},
		{Target{Host: "11.9.8.7", Port: 443}, "http://corp.example:3128"},
		{Target{Host: "192.0.2.7", Port: 443}, ""},
		{Target{Host: "port.example", Port: 8080}, ""},
		{Target{Host: "port.example", Port: 443}, "http://corp.example:3128"},
		{Target{Host: "2001:db8::1", Port: 443}, ""},
	} {
		u, err := choose(c.target)
		got := ""
		if u != nil {
			got = u.String()
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.target, got, err, c.want)
		}
	}
	if choose, err := UpstreamFromEnv([]string{"PATH=/bin", "HTTPS_PROXY="}); choose != nil || err != nil {
		t.Errorf("no proxy in the environment, got one: %v", err)
	}
	for _, bad := range []string{"socks5://a.example:1080", "http://", "http://a b", "http://me:hunter2@x%zz"} {
		if _, err := UpstreamFromEnv([]string{"HTTPS_PROXY=" + bad}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("HTTPS_PROXY=%s: %v", bad, err)
		}
	}
}
