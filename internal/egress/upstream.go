package egress

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// UpstreamFromEnv reads HTTPS_PROXY (for tunnels), HTTP_PROXY (for plain requests), ALL_PROXY and NO_PROXY, in
// either case, from an environment as os.Environ gives it. It returns nil where none is set, and an error where
// one is set that cannot be used.
//
// NO_PROXY holds, separated by commas: *, a name (which covers the names below it), .name (only those below),
// an address, a range (10.0.0.0/8); each may end in :port.
func UpstreamFromEnv(env []string) (func(Target) (*url.URL, error), error) {
	plain, err1 := proxyURL(env, "HTTP_PROXY", "ALL_PROXY")
	tunnel, err2 := proxyURL(env, "HTTPS_PROXY", "ALL_PROXY")
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	if plain == nil && tunnel == nil {
		return nil, nil
	}
	except := strings.Split(getenv(env, "NO_PROXY"), ",")
	return func(t Target) (*url.URL, error) {
		for _, e := range except {
			if exempt(strings.ToLower(strings.TrimSpace(e)), t) {
				return nil, nil
			}
		}
		if t.Scheme == "http" {
			return plain, nil
		}
		return tunnel, nil
	}, nil
}

// getenv returns the last value of a name, which may be written in lower case.
func getenv(env []string, name string) string {
	out := ""
	for _, kv := range env {
		k, v, _ := strings.Cut(kv, "=")
		if (k == name || k == strings.ToLower(name)) && v != "" {
			out = v
		}
	}
	return out
}

func proxyURL(env []string, names ...string) (*url.URL, error) {
	for _, name := range names {
		v := getenv(env, name)
		if v == "" {
			continue
		}
		if !strings.Contains(v, "://") {
			v = "http://" + v
		}
		u, err := url.Parse(v)
		if err != nil {
			return nil, fmt.Errorf("%s is no address of a proxy", name) // the text may hold a password
		}
		if err := checkUpstream(u); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return u, nil
	}
	return nil, nil
}

func checkUpstream(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("a proxy of the kind %s is not supported, want http or https", quote(u.Scheme))
	}
	_, _, err := authority(u.Host, defaultPort(u.Scheme))
	return err
}

func defaultPort(scheme string) uint16 {
	if scheme == "https" {
		return 443
	}
	return 80
}

// exempt reports whether one entry of NO_PROXY covers the target.
func exempt(entry string, t Target) bool {
	if entry == "*" {
		return true
	}
	if entry == "" {
		return false
	}
	addr, notAddr := netip.ParseAddr(t.Host)
	if prefix, err := netip.ParsePrefix(entry); err == nil {
		return notAddr == nil && prefix.Contains(addr)
	}
	if a, err := netip.ParseAddr(entry); err == nil {
		return notAddr == nil && a.Unmap() == addr
	}
	host, port, err := splitPort(entry)
	if err != nil || (port != "" && port != fmt.Sprint(t.Port)) {
		return false
	}
	host = strings.TrimPrefix(host, "*")
	if below := "." + strings.TrimPrefix(host, "."); strings.HasSuffix(t.Host, below) {
		return true
	}
	return host == t.Host
}

// reach connects to the upstream proxy itself. It is the user's own choice, so its address is not checked.
func (p *Proxy) reach(ctx context.Context, up *url.URL) (net.Conn, error) {
	host, port, err := authority(up.Host, defaultPort(up.Scheme))
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", Target{Host: host, Port: port}.String())
	if err != nil {
		return nil, fmt.Errorf("upstream proxy: %w", err)
	}
	return conn, nil
}

// through opens a tunnel to the target by CONNECT to the upstream proxy.
func (p *Proxy) through(ctx context.Context, rt route) (net.Conn, error) {
	conn, err := p.reach(ctx, rt.upstream)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	out, err := p.handshake(ctx, conn, rt)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("upstream proxy: %w", err)
	}
	return out, nil
}

func (p *Proxy) handshake(ctx context.Context, conn net.Conn, rt route) (net.Conn, error) {
	if rt.upstream.Scheme == "https" {
		t := tls.Client(conn, p.trust.clone(rt.upstream.Hostname()))
		if err := t.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = t
	}
	if _, err := io.WriteString(conn, connectHead(rt)); err != nil {
		return nil, err
	}
	br := bufio.NewReader(conn)
	resp, err := http.ReadResponse(br, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		return nil, fmt.Errorf("it answered %s", quote(resp.Status))
	}
	early, _ := br.Peek(br.Buffered())
	return &rejoined{Conn: conn, early: bytes.NewReader(early)}, nil
}

func connectHead(rt route) string {
	head := fmt.Sprintf("CONNECT %s HTTP/1.1\r\nHost: %[1]s\r\n", rt.target)
	if u := rt.upstream.User; u != nil {
		pass, _ := u.Password()
		head += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+pass)) + "\r\n"
	}
	return head + "\r\n"
}

// rejoined is a connection whose first bytes were already read.
type rejoined struct {
	net.Conn
	early *bytes.Reader
}

func (r *rejoined) Read(b []byte) (int, error) {
	if r.early.Len() > 0 {
		return r.early.Read(b)
	}
	return r.Conn.Read(b)
}

func (r *rejoined) CloseWrite() error { return closeWrite(r.Conn) }
