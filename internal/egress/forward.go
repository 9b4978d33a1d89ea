package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"strings"
	"time"
)

// forward serves a plain request. net/http has parsed it and writes it anew from what it understood, with the
// Host that was decided on: what a stranger's spelling could smuggle does not survive.
func (p *Proxy) forward(w http.ResponseWriter, r *http.Request, c *client, e *Entry) {
	rt, refused := p.openPlain(r, e)
	if refused != nil {
		e.note(refused)
		refused.respond(w)
		return
	}
	http.NewResponseController(w).EnableFullDuplex() // an answer may begin before the upload has ended
	x := &exchange{p: p, c: c, e: e, rt: rt, w: w, body: p.guard(r)}
	x.run(r)
}

// openPlain judges a plain request.
func (p *Proxy) openPlain(r *http.Request, e *Entry) (route, *refusal) {
	t, refused := plainTarget(r)
	e.Target = t
	if kind, found := p.scan(head(r)); found {
		e.Target = p.withhold(t)
		return route{}, refuseSecret(e.Target, kind)
	}
	if refused != nil {
		return route{}, refused
	}
	ruling, refused := p.decide(r.Context(), t)
	if refused != nil {
		return route{}, refused
	}
	e.Allowed, e.Rule = true, ruling.Rule
	return p.plan(t, ruling)
}

// plainTarget reads the target of a request that is no CONNECT.
func plainTarget(r *http.Request) (Target, *refusal) {
	u := r.URL
	t := Target{Host: oneLine(u.Host, 253), Method: r.Method, Scheme: "http"}
	switch {
	case u.Scheme == "" || u.Host == "" || u.Opaque != "":
		return t, refuseForm(400, "this is a proxy, and the request names no http:// address", "use it as HTTP_PROXY and HTTPS_PROXY")
	case u.Scheme != "http":
		return t, refuseForm(400, fmt.Sprintf("addresses that begin with %s:// are not fetched by the proxy", oneLine(u.Scheme, 20)), "use CONNECT host:port, as programs do with HTTPS_PROXY")
	case u.User != nil:
		return t, refuseForm(400, "the address holds a user or a password", "send an Authorization header")
	case upgrades(r.Header):
		return t, refuseForm(501, "upgrades (websockets) are not carried in the clear", "use wss://, which goes through a tunnel")
	}
	host, port, err := authority(u.Host, 80)
	if err != nil {
		return t, refuseForm(400, err.Error(), "write http://host:port/path")
	}
	t.Host, t.Port = host, port
	return t, nil
}

// upgrades reports whether a request wants another protocol. An offer of HTTP/2 may be left unanswered, so it is
// only dropped.
func upgrades(h http.Header) bool {
	for _, v := range h.Values("Upgrade") {
		for word := range strings.SplitSeq(v, ",") {
			if !strings.EqualFold(strings.TrimSpace(word), "h2c") {
				return true
			}
		}
	}
	return false
}

// exchange is one plain request on its way.
type exchange struct {
	p    *Proxy
	c    *client
	e    *Entry
	rt   route
	w    http.ResponseWriter
	body *guarded // nil where nothing is scanned
}

func (x *exchange) run(r *http.Request) {
	ctx, cancel := context.WithCancelCause(context.WithValue(r.Context(), routeKey{}, x.rt))
	defer cancel(nil)
	w := newWatch(x.p.opts.Idle, func() { cancel(errIdle); x.hurry() })
	defer w.stop()
	x.c.watch.Store(w)
	sent, received := x.c.sent.Load(), x.c.received.Load()
	defer func() {
		x.e.Sent, x.e.Received = x.c.sent.Load()-sent, x.c.received.Load()-received
		x.settle(ctx, recover())
	}()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
		x.e.Addr = i.Conn.RemoteAddr().String()
	}})
	r = r.WithContext(ctx)
	if x.body != nil {
		r.Body = x.body
	}
	x.reverse().ServeHTTP(x.w, r)
}

// hurry unblocks reads from and writes to a client that has stalled.
func (x *exchange) hurry() {
	ctl, soon := http.NewResponseController(x.w), time.Now().Add(linger)
	ctl.SetReadDeadline(soon)
	ctl.SetWriteDeadline(soon)
}

// settle completes the entry, and lets a panic, which is how a broken answer ends the connection, go on.
func (x *exchange) settle(ctx context.Context, panicked any) {
	if kind := x.body.found(); kind != "" {
		x.e.note(refuseSecret(x.rt.target, kind))
	}
	if panicked == nil {
		return
	}
	if x.e.Err == nil {
		x.e.Err = x.broken(ctx)
	}
	panic(panicked)
}

func (x *exchange) broken(ctx context.Context) error {
	switch cause := context.Cause(ctx); {
	case x.p.ctx.Err() != nil:
		return errClosed
	case errors.Is(cause, errIdle):
		return errIdle
	case cause != nil:
		return errGone
	}
	return errors.New("the answer broke off")
}

func (x *exchange) reverse() *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite:        x.rewrite,
		Transport:      x.c.transport(x.p, x.rt.private),
		FlushInterval:  -1, // every byte goes on at once
		ModifyResponse: x.accept,
		ErrorHandler:   x.fail,
		BufferPool:     pool{},
		ErrorLog:       log.New(io.Discard, "", 0),
	}
}

// rewrite restores what ReverseProxy takes off for servers behind it, and drops what belongs to this hop alone.
// Trailers of requests are dropped because they would leave unscanned.
func (x *exchange) rewrite(r *httputil.ProxyRequest) {
	host := x.rt.target.String()
	if x.rt.target.Port == 80 {
		host = strings.TrimSuffix(host, ":80")
	}
	r.Out.URL.Host, r.Out.Host = host, host
	r.Out.URL.RawQuery = r.In.URL.RawQuery
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if v := r.In.Header.Values(name); len(v) > 0 {
			r.Out.Header[name] = v
		}
	}
	for _, name := range []string{"Te", "Connection", "Upgrade"} {
		r.Out.Header.Del(name)
	}
	r.Out.Trailer = nil
}

// accept looks at the head of an answer. An upstream proxy that wants credentials wants them from the user, not
// from the agent.
func (x *exchange) accept(r *http.Response) error {
	if x.rt.upstream != nil && r.StatusCode == http.StatusProxyAuthRequired {
		return errors.New("the upstream proxy wants credentials")
	}
	return nil
}

// fail answers a request that got no answer.
func (x *exchange) fail(w http.ResponseWriter, r *http.Request, err error) {
	refused := failed(x.rt.target, err)
	if kind := x.body.found(); kind != "" {
		refused = refuseSecret(x.rt.target, kind)
	} else if refused.rule == RuleReach && context.Cause(r.Context()) != nil {
		refused.err = x.broken(r.Context())
		refused.reason = fmt.Sprintf("%s: %v", x.rt.target, refused.err)
	}
	rule := x.e.Rule
	x.e.note(refused)
	if refused.rule == RuleReach {
		x.e.Rule = rule
	}
	refused.respond(w)
}

// pool lends the copying buffers of tunnels to ReverseProxy.
type pool struct{}

func (pool) Get() []byte  { return *buffers.Get().(*[]byte) }
func (pool) Put(b []byte) { buffers.Put(&b) }
