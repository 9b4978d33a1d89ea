package egress

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	maxHead     = 64 << 10         // request line and headers
	headTimeout = 30 * time.Second // to send them
	keepAlive   = 60 * time.Second // an idle client connection keeps its place for so long
)

// Proxy is the way out. Make one with New.
type Proxy struct {
	opts  Options
	own   func() []netip.Addr // this machine's addresses
	dial  func(context.Context, netip.AddrPort) (net.Conn, error)
	trust trust
	slots chan struct{}

	ctx    context.Context // ends with Close; its children are every tunnel and request
	cancel context.CancelFunc

	mu      sync.Mutex
	servers []*http.Server
	closed  bool
	serving sync.WaitGroup // calls of Serve
	active  sync.WaitGroup // connections and handlers
}

// New makes a proxy. It does nothing until Serve.
func New(o Options) *Proxy {
	o = o.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	return &Proxy{opts: o, own: ownAddrs, dial: dialAddr, slots: make(chan struct{}, o.MaxConns), ctx: ctx, cancel: cancel}
}

// Serve accepts connections until the listener fails or Close is called, and returns nil in the second case. It
// closes the listener. One proxy may serve several listeners; MaxConns counts over all of them.
func (p *Proxy) Serve(l net.Listener) error {
	srv, ok := p.begin()
	if !ok {
		l.Close()
		return ErrClosed
	}
	defer p.serving.Done()
	err := srv.Serve(&limited{Listener: l, slots: p.slots, done: p.ctx.Done()})
	if errors.Is(err, http.ErrServerClosed) || p.ctx.Err() != nil {
		return nil
	}
	return err
}

// begin registers a server, unless the proxy is closed.
func (p *Proxy) begin() (*http.Server, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, false
	}
	srv := p.server()
	p.servers = append(p.servers, srv)
	p.serving.Add(1)
	return srv, true
}

func (p *Proxy) server() *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler:                      http.HandlerFunc(p.handle),
		DisableGeneralOptionsHandler: true, // OPTIONS * is refused like every request without a target
		ReadHeaderTimeout:            headTimeout,
		IdleTimeout:                  keepAlive,
		MaxHeaderBytes:               maxHead,
		Protocols:                    protocols,
		ErrorLog:                     log.New(io.Discard, "", 0), // what matters is in the entries
		BaseContext:                  func(net.Listener) context.Context { return p.ctx },
		ConnContext:                  func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, clientKey{}, c) },
		ConnState:                    p.state,
	}
}

// Close ends everything: listeners, requests, tunnels, waiting decisions. It returns when the last of them has
// been logged.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	servers := p.servers
	p.servers = nil
	p.mu.Unlock()
	p.cancel()
	for _, s := range servers {
		s.Close()
	}
	p.serving.Wait()
	p.active.Wait()
	return nil
}

// state follows a client connection. A connection that sent something and ends without a request that was read
// had sent something that is no request; that is an entry of its own.
func (p *Proxy) state(nc net.Conn, s http.ConnState) {
	c, ok := nc.(*client)
	if !ok {
		return
	}
	switch s {
	case http.StateNew:
		p.active.Add(1)
	case http.StateActive:
		c.unread.Store(true)
	case http.StateClosed:
		c.idle()
		if c.unread.Load() {
			p.log(Entry{Start: time.Now(), Rule: RuleForm, Reason: "the client sent no complete HTTP request"})
		}
		p.active.Done()
	case http.StateHijacked:
		c.idle()
		p.active.Done() // the handler goes on and is counted itself
	}
}

// log hands an entry out.
func (p *Proxy) log(e Entry) {
	if p.opts.Log != nil {
		p.opts.Log(e)
	}
}

// handle serves one request; whatever happens, one entry is logged.
func (p *Proxy) handle(w http.ResponseWriter, r *http.Request) {
	p.active.Add(1)
	defer p.active.Done()
	c := r.Context().Value(clientKey{}).(*client)
	c.unread.Store(false)
	e := &Entry{Start: time.Now(), Target: Target{Method: r.Method}}
	defer func() {
		e.Duration = time.Since(e.Start)
		p.log(*e)
	}()
	if r.Method == http.MethodConnect {
		p.tunnel(w, r, c, e)
		return
	}
	p.forward(w, r, c, e)
}

// note writes a refusal into the entry.
func (e *Entry) note(r *refusal) {
	e.Rule, e.Reason, e.Err = r.rule, r.reason, r.err
	e.Allowed = r.rule == RuleReach
}

// limited is a listener whose connections hold one of the slots each. When none is free, more connections wait,
// one of them here and the rest in the kernel's queue, instead of being refused: a package manager with many
// sockets is slowed, not broken.
type limited struct {
	net.Listener
	slots chan struct{}
	done  <-chan struct{}
}

func (l *limited) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	select {
	case l.slots <- struct{}{}:
		return &client{Conn: conn, free: sync.OnceFunc(func() { <-l.slots })}, nil
	case <-l.done:
		conn.Close()
		return nil, net.ErrClosed
	}
}
