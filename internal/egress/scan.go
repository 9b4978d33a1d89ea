package egress

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

// Sizes of scanning. A secret whose encoded form is no longer than holdBack is found before its first byte has
// left: so much of a body is always kept until more has come or the body has ended.
const (
	holdBack = 16 << 10
	batch    = 4 << 10 // at least so much is scanned at a time, against bodies that come byte by byte
	bodyBuf  = holdBack + 32<<10
)

var errSecret = errors.New("the body holds a secret")

// scan calls the Scanner. One that panics has found something.
func (p *Proxy) scan(b []byte) (kind string, found bool) {
	if p.opts.Scan == nil {
		return "", false
	}
	defer func() {
		if v := recover(); v != nil {
			kind, found = "the scan failed", true
		}
	}()
	kind, found = p.opts.Scan(b)
	if found && kind == "" {
		kind = "of an unnamed kind"
	}
	return oneLine(kind, 80), found
}

// withhold takes a host that itself holds a secret out of messages and the log.
func (p *Proxy) withhold(t Target) Target {
	if _, found := p.scan([]byte(t.Host)); found {
		t.Host = "withheld"
	}
	return t
}

// head is what leaves of a request before its body. Headers of this hop stay here and are left out.
func head(r *http.Request) []byte {
	var b bytes.Buffer
	b.WriteString(r.Method + " " + r.RequestURI + "\r\n")
	for name, values := range r.Header {
		if strings.HasPrefix(name, "Proxy-") {
			continue
		}
		for _, v := range values {
			b.WriteString(name + ": " + v + "\r\n")
		}
	}
	return b.Bytes()
}

// guard wraps the body of a request, where there is one and it is to be scanned.
func (p *Proxy) guard(r *http.Request) *guarded {
	if p.opts.Scan == nil || r.ContentLength == 0 {
		return nil
	}
	size := bodyBuf
	if r.ContentLength > 0 {
		size = int(min(r.ContentLength+1, bodyBuf))
	}
	return &guarded{ReadCloser: r.Body, scan: p.scan, buf: make([]byte, 0, size)}
}

// guarded releases the bytes of a body only when they were scanned together with the holdBack bytes after them.
type guarded struct {
	io.ReadCloser
	scan  func([]byte) (string, bool)
	buf   []byte // read and not yet released
	clear int    // of buf, may be released
	err   error  // of the body, after buf
	kind  atomic.Pointer[string]
}

// found is the kind of the secret that ended the body.
func (g *guarded) found() string {
	if g == nil {
		return ""
	}
	if k := g.kind.Load(); k != nil {
		return *k
	}
	return ""
}

func (g *guarded) Read(b []byte) (int, error) {
	if g.clear == 0 && g.err == nil {
		g.fill()
	}
	if g.clear == 0 {
		return 0, g.err
	}
	n := copy(b, g.buf[:g.clear])
	g.buf = g.buf[:copy(g.buf, g.buf[n:])]
	g.clear -= n
	return n, nil
}

// fill reads until something can be released, or the body ends one way or the other.
func (g *guarded) fill() {
	for g.err == nil && len(g.buf) < holdBack+batch {
		n, err := g.ReadCloser.Read(g.buf[len(g.buf):cap(g.buf)])
		g.buf, g.err = g.buf[:len(g.buf)+n], err
	}
	if kind, found := g.scan(g.buf); found {
		g.kind.Store(&kind)
		g.buf, g.err = nil, errSecret
		return
	}
	switch {
	case g.err == io.EOF:
		g.clear = len(g.buf)
	case g.err == nil:
		g.clear = len(g.buf) - holdBack
	}
}
