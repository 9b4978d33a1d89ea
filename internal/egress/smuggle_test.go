package egress

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// spy is a server that keeps the bytes of each connection and answers every request with 200.
func spy(t *testing.T) (addr string, seen func() string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	all := make(chan string, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(2 * time.Second))
				var got strings.Builder
				br := bufio.NewReader(io.TeeReader(c, &got))
				for {
					req, err := http.ReadRequest(br)
					if err != nil {
						break
					}
					io.Copy(io.Discard, req.Body)
					io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				}
				all <- got.String()
			}()
		}
	}()
	return l.Addr().String(), func() string {
		var out strings.Builder
		for {
			select {
			case s := <-all:
				out.WriteString(s)
			case <-time.After(150 * time.Millisecond):
				return out.String()
			}
		}
	}
}

// What reaches the server is one request for the host that was decided on, whatever the client spelt. Each row
// is sent as it stands; HOST is the allowed server.
func TestSmuggling(t *testing.T) {
	for name, c := range map[string]struct {
		request string
		status  string   // of the first answer
		never   []string // must not reach the server
	}{
		"another Host":            {"GET http://HOST/ HTTP/1.1\r\nHost: inner.example\r\n\r\n", "200", []string{"inner.example"}},
		"two Hosts":               {"GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nHost: inner.example\r\n\r\n", "400", []string{"GET"}},
		"length and chunked":      {"POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", "", []string{"evil.example", "Content-Length: 4"}},
		"two lengths":             {"POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nContent-Length: 60\r\n\r\nabc", "400", []string{"POST"}},
		"odd chunked":             {"POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "501", []string{"POST"}},
		"chunked twice":           {"POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "501", []string{"POST"}},
		"length with a sign":      {"POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: +3\r\n\r\nabc", "400", []string{"POST"}},
		"space before colon":      {"POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\nContent-Length : 3\r\n\r\nabc", "400", []string{"POST"}},
		"bare CR in a header":     {"GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nX: a\rEvil: b\r\n\r\n", "400", []string{"Evil"}},
		"NUL in a header":         {"GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nX: a\x00b\r\n\r\n", "400", []string{"GET"}},
		"user in the address":     {"GET http://HOST@evil.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400", []string{"GET"}},
		"backslash":               {"GET http://HOST\\@evil.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400", []string{"GET"}},
		"path form":               {"GET / HTTP/1.1\r\nHost: HOST\r\n\r\n", "400", []string{"GET"}},
		"star form":               {"OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n", "400", []string{"OPTIONS"}},
		"opaque":                  {"GET http:HOST HTTP/1.1\r\nHost: HOST\r\n\r\n", "400", []string{"GET"}},
		"https in the clear":      {"GET https://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400", []string{"GET"}},
		"another scheme":          {"GET ftp://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400", []string{"GET"}},
		"websocket":               {"GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "501", []string{"GET"}},
		"upgrade beside h2c":      {"GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade\r\nUpgrade: h2c, websocket\r\n\r\n", "501", []string{"GET"}},
		"h2c is dropped":          {"GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n", "200", []string{"h2c", "Upgrade", "Http2"}},
		"proxy's own credentials": {"GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nProxy-Authorization: Basic c2VjcmV0\r\nProxy-Connection: keep-alive\r\n\r\n", "200", []string{"Proxy-", "c2VjcmV0"}},
		"headers of this hop":     {"GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n\r\n", "200", []string{"X-Hop", "Keep-Alive", "Te:"}},
		"trailer":                 {"POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n0\r\nX-T: leak\r\n\r\n", "200", []string{"leak", "X-T"}},
		"HTTP/2 preface":          {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "", []string{"PRI"}},
		"CONNECT with user":       {"CONNECT u@HOST HTTP/1.1\r\n\r\n", "400", []string{"x"}},
		"CONNECT with path":       {"CONNECT HOST/ HTTP/1.1\r\n\r\n", "400", []string{"x"}},
		"CONNECT with body":       {"CONNECT HOST HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n\r\nabc", "400", []string{"abc"}},
		"CONNECT without port":    {"CONNECT server.example HTTP/1.1\r\n\r\n", "400", []string{"x"}},
		"CONNECT port 0":          {"CONNECT server.example:0 HTTP/1.1\r\n\r\n", "400", []string{"x"}},
		"CONNECT port 70000":      {"CONNECT server.example:70000 HTTP/1.1\r\n\r\n", "400", []string{"x"}},
		"CONNECT octal":           {"CONNECT 0177.0.0.1:80 HTTP/1.1\r\n\r\n", "400", []string{"x"}},
		"CONNECT hexadecimal":     {"CONNECT 0x7f.1:80 HTTP/1.1\r\n\r\n", "400", []string{"x"}},
		"CONNECT one number":      {"CONNECT 2130706433:80 HTTP/1.1\r\n\r\n", "400", []string{"x"}},
		"CONNECT zone":            {"CONNECT [fe80::1%25lo]:80 HTTP/1.1\r\n\r\n", "400", []string{"x"}},
		"CONNECT bare IPv6":       {"CONNECT ::1:80 HTTP/1.1\r\n\r\n", "400", []string{"x"}},
		"CONNECT a URL":           {"CONNECT http://HOST/ HTTP/1.1\r\n\r\n", "400", []string{"x"}},
		"TLS hello":               {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400", []string{"x"}},
		"endless head":            {"GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nX: " + strings.Repeat("a", 100_000) + "\r\n\r\n", "431", []string{"GET"}},
		"numeric host":            {"GET http://2130706433/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400", []string{"GET"}},
		"international host":      {"GET http://b\xc3\xbccher.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400", []string{"GET"}},
		"percent host":            {"GET http://%6c%6fcalhost/ HTTP/1.1\r\nHost: HOST\r\n\r\n", "400", []string{"GET"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, seen := spy(t)
			_, port, _ := net.SplitHostPort(addr)
			host := "server.example:" + port
			rules, err := ParseRules([]string{host})
			if err != nil {
				t.Fatal(err)
			}
			r := start(t, Options{Decide: ByRules(rules.AllowPrivate(), nil)})
			conn, br := r.raw(t, strings.ReplaceAll(c.request, "HOST", host))
			resp, err := http.ReadResponse(br, nil)
			if err != nil {
				t.Fatalf("no answer: %v", err)
			}
			if c.status != "" && fmt.Sprint(resp.StatusCode) != c.status {
				t.Errorf("answer %s, want %s", resp.Status, c.status)
			}
			conn.Close()
			got := seen()
			if c.status == "200" && !strings.Contains(got, "Host: "+host+"\r\n") {
				t.Errorf("the server saw %q, want the Host that was decided on", got)
			}
			for _, never := range c.never {
				if strings.Contains(got, never) {
					t.Errorf("%q reached the server in %q", never, got)
				}
			}
			r.wait(t, 1)
		})
	}
}
