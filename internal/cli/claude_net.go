package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"writ/internal/api"
	"writ/internal/client"
	"writ/internal/egress"
	"writ/internal/home"
)

// wayOut is the session's way out: writ's proxy and the forwarded ports of the machine's loopback, served here,
// outside, on listeners that were made inside.
type wayOut struct {
	run      string
	daemon   client.Client
	proxy    *egress.Proxy
	unlogged atomic.Int64
	relays   sync.WaitGroup
	mu       sync.Mutex
	open     map[net.Conn]bool
	closed   bool
}

// newWayOut makes the proxy for one run. rules are let through at once; every other host is for the daemon. inside
// tells the names that may mean addresses of the inside.
func newWayOut(h home.Home, run string, env []string, rules egress.Rules, inside func(host string) bool) (*wayOut, error) {
	up, err := egress.UpstreamFromEnv(env)
	if err != nil {
		return nil, err
	}
	w := &wayOut{run: run, daemon: client.Hook(string(h)), open: map[net.Conn]bool{}}
	listed := egress.ByRules(rules, w.ask)
	decide := func(ctx context.Context, t egress.Target) egress.Ruling {
		r := listed(ctx, t)
		r.Private = r.Private || inside(t.Host)
		return r
	}
	w.proxy = egress.New(egress.Options{Decide: decide, Log: w.record, Upstream: up})
	return w, nil
}

// ask puts a host that is on no list to the daemon; no clear answer is a refusal.
func (w *wayOut) ask(ctx context.Context, t egress.Target) egress.Ruling {
	var out api.EgressRuling
	err := w.daemon.Do(ctx, "POST", api.PathEgress, api.EgressRequest{Run: w.run, Host: t.Host, Port: int(t.Port)}, &out)
	if err != nil {
		return egress.Ruling{Rule: "egress-unasked", Reason: "the daemon gave no answer: " + err.Error()}
	}
	return egress.Ruling{Allow: out.Allow, Rule: out.Rule, Reason: out.Reason, Instead: out.Instead}
}

// record logs what left. What cannot be logged is counted and told at the end.
func (w *wayOut) record(e egress.Entry) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	reason := e.Reason
	if reason == "" && e.Err != nil {
		reason = e.Err.Error()
	}
	err := w.daemon.Do(ctx, "POST", api.PathEgressDone, api.EgressEntry{
		Run: w.run, Host: e.Target.Host, Port: int(e.Target.Port), Method: e.Target.Method, Rule: e.Rule, Addr: e.Addr,
		Sent: e.Sent, Received: e.Received, TookMS: e.Duration.Milliseconds(), Allowed: e.Allowed, Reason: reason,
	}, nil)
	if err != nil {
		w.unlogged.Add(1)
	}
}

// serve takes the listeners as they were ordered: the proxy's first, then one for each forwarded port.
func (w *wayOut) serve(listeners []net.Listener, ports []int) {
	for i, l := range listeners {
		if i == 0 {
			go w.proxy.Serve(l) // it ends with Close
			continue
		}
		w.relays.Add(1)
		go w.relay(l, net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[i-1])))
	}
}

// relay connects every caller with the same port outside.
func (w *wayOut) relay(l net.Listener, to string) {
	defer w.relays.Done()
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		w.relays.Add(1)
		go func() {
			defer w.relays.Done()
			w.join(c, to)
		}()
	}
}

func (w *wayOut) join(in net.Conn, to string) {
	defer w.forget(in)
	if !w.remember(in) {
		return
	}
	out, err := net.DialTimeout("tcp", to, 10*time.Second)
	if err != nil {
		return // the caller sees its connection closed
	}
	defer w.forget(out)
	if !w.remember(out) {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		half(out, in)
	}()
	half(in, out)
	<-done
}

// half copies one direction and passes its end on.
func half(to, from net.Conn) {
	io.Copy(to, from) // a broken connection ends it as an end does
	if t, ok := to.(*net.TCPConn); ok {
		t.CloseWrite()
	}
}

func (w *wayOut) remember(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[c] = true
	return !w.closed
}

func (w *wayOut) forget(c net.Conn) {
	w.mu.Lock()
	delete(w.open, c)
	w.mu.Unlock()
	c.Close()
}

// close ends every connection; the listeners are closed by whoever owns them.
func (w *wayOut) close(stderr io.Writer) {
	w.proxy.Close()
	w.mu.Lock()
	w.closed = true
	for c := range w.open {
		c.Close()
	}
	w.mu.Unlock()
	w.relays.Wait()
	if n := w.unlogged.Load(); n > 0 {
		fmt.Fprintf(stderr, "writ: WARNING: %d connections through the egress proxy are not in the log: the daemon did not take them\n", n)
	}
}
