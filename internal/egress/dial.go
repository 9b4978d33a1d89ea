package egress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

const (
	maxAddrs = 8                      // of one name, tried; more are checked all the same
	headway  = 250 * time.Millisecond // that an address gets before the next one is tried beside it
)

// route is a decided way to a target.
type route struct {
	target   Target
	private  bool
	upstream *url.URL
}

// plan turns a ruling into a route, and refuses what needs no resolving to be known as the inside.
func (p *Proxy) plan(t Target, ruling Ruling) (route, *refusal) {
	rt := route{target: t, private: ruling.Private}
	if !rt.private {
		if kind := p.literal(t.Host); kind != "" {
			return rt, refuseAddress(t, t.Host, kind)
		}
	}
	if p.opts.Upstream == nil {
		return rt, nil
	}
	up, err := p.opts.Upstream(t)
	if err == nil && up != nil {
		err = checkUpstream(up)
	}
	if err != nil {
		return rt, failed(t, fmt.Errorf("upstream proxy: %w", err))
	}
	rt.upstream = up
	return rt, nil
}

// literal is the class of a host that is an address, or a name of the inside.
func (p *Proxy) literal(host string) string {
	if addr, err := netip.ParseAddr(host); err == nil {
		return p.classHere(addr)
	}
	if insideName(host) {
		return "local"
	}
	return ""
}

// connect dials the target of a route: through the upstream proxy, or an address that was checked.
func (p *Proxy) connect(ctx context.Context, rt route) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, p.opts.DialTimeout)
	defer cancel()
	if rt.upstream != nil {
		return p.through(ctx, rt)
	}
	return p.direct(ctx, rt)
}

func (p *Proxy) direct(ctx context.Context, rt route) (net.Conn, error) {
	addrs, err := p.resolve(ctx, rt)
	if err != nil {
		return nil, err
	}
	return p.race(ctx, addrs, rt.target.Port)
}

// resolve returns the addresses of a target, every one of them checked. One address of the inside among them
// refuses the whole name: that is what rebinding looks like.
func (p *Proxy) resolve(ctx context.Context, rt route) ([]netip.Addr, error) {
	addrs, err := p.lookup(ctx, rt.target.Host)
	if err != nil {
		return nil, fmt.Errorf("resolve %s: %w", rt.target.Host, err)
	}
	if len(addrs) == 0 {
		return nil, fmt.Errorf("resolve %s: no address", rt.target.Host)
	}
	for i, addr := range addrs {
		addrs[i] = addr.Unmap().WithZone("")
		if rt.private {
			continue
		}
		if kind := p.classHere(addr); kind != "" {
			return nil, refuseAddress(rt.target, addr.String(), kind)
		}
	}
	return addrs, nil
}

func (p *Proxy) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	if strings.Contains(host, ".") {
		host += "."
	}
	got, err := p.resolver().LookupNetIP(ctx, "ip", host)
	return append([]netip.Addr(nil), got...), err
}

func (p *Proxy) resolver() Resolver {
	if p.opts.Resolver != nil {
		return p.opts.Resolver
	}
	return net.DefaultResolver
}

// race dials the addresses one after the other, the next one as soon as one fails or is slow. The first that
// answers wins, the rest are closed. Addresses are dialled as numbers: nothing is resolved a second time.
func (p *Proxy) race(ctx context.Context, addrs []netip.Addr, port uint16) (net.Conn, error) {
	addrs = addrs[:min(len(addrs), maxAddrs)]
	ctx, cancel := context.WithCancel(ctx)
	results := make(chan attempt, len(addrs))
	started, pending := 0, 0
	defer func() { cancel(); go closeLate(results, pending) }()
	next := func() {
		addr := netip.AddrPortFrom(addrs[started], port)
		go func() {
			conn, err := p.dial(ctx, addr)
			results <- attempt{conn, err}
		}()
		started, pending = started+1, pending+1
	}
	var first error
	timer := time.NewTimer(headway)
	defer timer.Stop()
	for next(); pending > 0; {
		select {
		case a := <-results:
			pending--
			if a.err == nil {
				return a.conn, nil
			}
			first = cmp.Or(first, a.err)
			if started < len(addrs) {
				next()
			}
		case <-timer.C:
			if started < len(addrs) {
				next()
				timer.Reset(headway)
			}
		}
	}
	return nil, first
}

type attempt struct {
	conn net.Conn
	err  error
}

// dialAddr connects to a number.
func dialAddr(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", addr.String())
}

// closeLate closes what connected after the race was over.
func closeLate(results <-chan attempt, pending int) {
	for range pending {
		if a := <-results; a.conn != nil {
			a.conn.Close()
		}
	}
}

// failed is the refusal of a target that was allowed and could not be reached.
func failed(t Target, err error) *refusal {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	status, word := 502, "could not be reached"
	if errors.Is(err, context.DeadlineExceeded) {
		status, word = 504, "did not answer in time"
	}
	return &refusal{status: status, rule: RuleReach, reason: fmt.Sprintf("%s %s: %v", t, word, err), err: err,
		instead: "the host is allowed, so check its name and try again later"}
}
