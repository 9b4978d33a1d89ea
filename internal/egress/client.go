package egress

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// client is one connection from inside the sandbox, with what its requests share: they come one at a time.
type client struct {
	net.Conn
	free   func()      // gives the slot back
	unread atomic.Bool // bytes came of which no request has become yet

	// Connections to targets stay open between the requests of one client, and only of one: separately for
	// rulings that include private addresses, so that none is reused under a stricter ruling.
	transports [2]*http.Transport

	sent, received atomic.Int64
	watch          atomic.Pointer[watch]
}

type clientKey struct{}
type routeKey struct{}

// transport returns the one for a ruling, made when it is first needed. Requests of a client and its end come one
// after the other, in one goroutine.
func (c *client) transport(p *Proxy, private bool) *http.Transport {
	t := &c.transports[0]
	if private {
		t = &c.transports[1]
	}
	if *t == nil {
		*t = p.transport(c)
	}
	return *t
}

// idle closes connections to targets that no request uses.
func (c *client) idle() {
	for _, t := range c.transports {
		if t != nil {
			t.CloseIdleConnections()
		}
	}
}

// Close gives the slot back, too.
func (c *client) Close() error {
	defer c.free()
	return c.Conn.Close()
}

// CloseWrite ends the direction to the client.
func (c *client) CloseWrite() error { return closeWrite(c.Conn) }

// transport sends plain requests along the route in their context.
func (p *Proxy) transport(c *client) *http.Transport {
	return &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) { return routeOf(r.Context()).upstream, nil },
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			conn, err := p.dialPlain(ctx, routeOf(ctx))
			if err != nil {
				return nil, err
			}
			return &counted{Conn: conn, c: c}, nil
		},
		TLSClientConfig:        p.trust.config,
		DisableCompression:     true, // bodies pass as they are
		MaxIdleConns:           2,
		IdleConnTimeout:        keepAlive,
		TLSHandshakeTimeout:    p.opts.DialTimeout,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		ReadBufferSize:         32 << 10,
		WriteBufferSize:        32 << 10,
	}
}

func (p *Proxy) dialPlain(ctx context.Context, rt route) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, p.opts.DialTimeout)
	defer cancel()
	if rt.upstream != nil {
		return p.reach(ctx, rt.upstream)
	}
	return p.direct(ctx, rt)
}

// routeOf is the route of a request; without one there is a target that nothing resolves.
func routeOf(ctx context.Context) route {
	rt, _ := ctx.Value(routeKey{}).(route)
	return rt
}

// counted counts the bytes of a connection to a target, and tells the watch that they move.
type counted struct {
	net.Conn
	c *client
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.c.received.Add(int64(n))
	c.c.watch.Load().touch()
	return n, err
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.c.sent.Add(int64(n))
	c.c.watch.Load().touch()
	return n, err
}

// watch calls back once when nothing was touched for a while.
type watch struct {
	limit time.Duration
	last  atomic.Int64 // nanoseconds since start
	start time.Time

	mu    sync.Mutex
	timer *time.Timer // nil when stopped
}

func newWatch(limit time.Duration, expired func()) *watch {
	w := &watch{limit: limit, start: time.Now()}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(limit, func() { w.look(expired) })
	return w
}

func (w *watch) touch() {
	if w != nil {
		w.last.Store(int64(time.Since(w.start)))
	}
}

func (w *watch) look(expired func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer == nil {
		return
	}
	if rest := w.limit - (time.Since(w.start) - time.Duration(w.last.Load())); rest > 0 {
		w.timer.Reset(rest)
		return
	}
	w.timer = nil
	expired()
}

// stop ends the watch; after it returns, the callback is not running and will not.
func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}
