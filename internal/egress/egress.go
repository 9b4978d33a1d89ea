// Package egress is the only way out of a sandboxed process tree: a proxy that lets through what may leave and
// says what did.
//
// The tree lives in a network namespace of its own and has no route out. A listener made inside that namespace
// is handed out and served here:
//
//	rules, err := egress.ParseRules([]string{"registry.example:443", "*.cdn.example:443"})
//	p := egress.New(egress.Options{Decide: egress.ByRules(rules, nil), Log: record})
//	go p.Serve(listener)
//	defer p.Close()
//
// It speaks HTTP: requests with an absolute http:// address, and CONNECT host:port for everything else. Each one
// is decided by name and port (Decider), the name is resolved here, every answer is checked (loopback, private,
// link-local, metadata and the like are refused), exactly a checked address is dialled, and one Entry is logged.
//
// What it promises: the zero value refuses; the name decided on is the name sent; an address not checked is never
// dialled; a plain request that holds a secret (Options.Scan) is cut off before any of the secret that fits the
// window has left. What it does not do: look into CONNECT tunnels. What is encrypted there, and which server
// answers behind an allowed name, is not seen. docs/reference/egress.md lists the rest.
package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"net/netip"
	"net/url"
	"time"
)

// Options make a proxy. Without Decide everything is refused.
type Options struct {
	// Decide rules on each request and tunnel. It may block, for instance on a human; its context ends when
	// the client goes away or the proxy closes.
	Decide Decider

	// Log receives exactly one Entry per request or tunnel, after its end, from many goroutines.
	Log func(Entry)

	// Scan looks for secrets in what leaves in the clear; nil scans nothing. It is called from many goroutines
	// with overlapping windows of at most 96 KiB and must not keep them.
	Scan Scanner

	// Resolver answers names; nil is the system's.
	Resolver Resolver

	// Upstream names the proxy that a target is reached through; nil, or a nil URL, is none. See
	// UpstreamFromEnv. Names are then resolved by that proxy; literal private addresses stay refused.
	Upstream func(Target) (*url.URL, error)

	MaxConns    int           // connections at a time, more wait; default 256
	Idle        time.Duration // a tunnel or request that moves no byte for so long ends; default 10 minutes
	DialTimeout time.Duration // for resolving and connecting together; default 15 seconds
}

// Resolver looks names up; *net.Resolver is one. A name with a dot is asked for with a trailing dot, so that no
// search domain is appended: the name asked for is the name decided on.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Scanner says whether a window of bytes holds a secret, and of which kind; the kind is logged and told.
type Scanner func(window []byte) (kind string, found bool)

// Entry is what is logged of one request or tunnel.
type Entry struct {
	Target   Target
	Rule     string        // the rule that allowed or refused
	Addr     string        // the address dialled, with port; of the upstream proxy where there is one
	Sent     int64         // bytes towards the target, heads included
	Received int64         // bytes from the target
	Start    time.Time     // when the request had been read
	Duration time.Duration // until the last byte
	Allowed  bool          // by rule, by address and by scan
	Reason   string        // why it was refused or failed, in plain words
	Err      error         // what went wrong on the way, where something did
}

// ErrClosed is what Serve returns on a proxy that was closed before.
var ErrClosed = errors.New("egress: the proxy is closed")

// withDefaults fills zero fields.
func (o Options) withDefaults() Options {
	if o.MaxConns <= 0 {
		o.MaxConns = 256
	}
	if o.Idle <= 0 {
		o.Idle = 10 * time.Minute
	}
	if o.DialTimeout <= 0 {
		o.DialTimeout = 15 * time.Second
	}
	return o
}

// trust is where certificates of an https:// upstream proxy are checked; tests put their own authority here.
type trust struct{ config *tls.Config }

func (t trust) clone(server string) *tls.Config {
	c := &tls.Config{}
	if t.config != nil {
		c = t.config.Clone()
	}
	c.ServerName = server
	return c
}
