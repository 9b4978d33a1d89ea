package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

var (
	errIdle   = errors.New("no byte moved for too long")
	errClosed = errors.New("the proxy was closed")
	errGone   = errors.New("the client went away")
)

// tunnel serves CONNECT.
func (p *Proxy) tunnel(w http.ResponseWriter, r *http.Request, c *client, e *Entry) {
	server, refused := p.openTunnel(r, e)
	conn, early, err := hijack(w)
	if err != nil {
		if server != nil {
			server.Close()
		}
		e.Err = err
		return
	}
	if refused != nil {
		e.note(refused)
		refused.say(conn)
		return
	}
	defer conn.Close()
	defer server.Close()
	e.Addr = server.RemoteAddr().String()
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		e.Err = errGone
		return
	}
	e.Sent, e.Received, e.Err = p.pump(&prefixed{Conn: conn, early: early}, server)
}

// openTunnel judges a CONNECT and connects to its target.
func (p *Proxy) openTunnel(r *http.Request, e *Entry) (net.Conn, *refusal) {
	t, refused := connectTarget(r)
	e.Target = t
	if kind, found := p.scan([]byte(r.RequestURI)); found {
		e.Target.Host = "withheld"
		return nil, refuseSecret(e.Target, kind)
	}
	if refused != nil {
		return nil, refused
	}
	ruling, refused := p.decide(r.Context(), t)
	if refused != nil {
		return nil, refused
	}
	e.Allowed, e.Rule = true, ruling.Rule
	rt, refused := p.plan(t, ruling)
	if refused != nil {
		return nil, refused
	}
	server, err := p.connect(r.Context(), rt)
	if err != nil {
		return nil, failed(t, err)
	}
	return server, nil
}

// connectTarget reads the authority of a CONNECT from the request line as it came.
func connectTarget(r *http.Request) (Target, *refusal) {
	t := Target{Host: oneLine(r.RequestURI, 253), Method: r.Method, Scheme: "tunnel"}
	host, port, err := authority(r.RequestURI, 0)
	if err != nil {
		return t, refuseForm(400, fmt.Sprintf("CONNECT: %v", err), "write CONNECT host:port")
	}
	if r.ContentLength != 0 || len(r.TransferEncoding) > 0 {
		return t, refuseForm(400, "CONNECT has no body", "send bytes after the answer")
	}
	t.Host, t.Port = host, port
	return t, nil
}

// hijack takes the connection over, with what the client has already sent.
func hijack(w http.ResponseWriter) (net.Conn, []byte, error) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, nil, err
	}
	conn.SetDeadline(time.Time{})
	early := make([]byte, rw.Reader.Buffered())
	io.ReadFull(rw.Reader, early) // cannot fail: it is buffered
	return conn, early, nil
}

// pump carries bytes both ways until both have ended, one has failed, nothing moves or the proxy closes. A reset
// after the other direction has ended is how many programs hang up, and no failure.
func (p *Proxy) pump(client, server net.Conn) (sent, received int64, err error) {
	ctx, cancel := context.WithCancelCause(p.ctx)
	stop := context.AfterFunc(ctx, func() { client.Close(); server.Close() })
	defer stop()
	w := newWatch(p.opts.Idle, func() { cancel(errIdle) })
	defer w.stop()
	var group sync.WaitGroup
	var half atomic.Bool // one direction has ended
	way := func(dst, src net.Conn, n *int64) {
		var err error
		if *n, err = carry(dst, src, w); err != nil && !half.Load() {
			cancel(err)
		}
		half.Store(true)
		closeWrite(dst)
	}
	group.Go(func() { way(server, client, &sent) })
	way(client, server, &received)
	group.Wait()
	if cause := context.Cause(ctx); p.ctx.Err() != nil {
		err = errClosed
	} else {
		err = cause
	}
	cancel(nil)
	return sent, received, err
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}

// carry copies until the source ends and returns how much the destination took.
func carry(dst io.Writer, src io.Reader, w *watch) (n int64, err error) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	for {
		got, rerr := src.Read(*buf)
		if got > 0 {
			w.touch()
			put, werr := dst.Write((*buf)[:got])
			n += int64(put)
			if werr != nil {
				return n, werr
			}
			w.touch()
		}
		if rerr == io.EOF {
			return n, nil
		}
		if rerr != nil {
			return n, rerr
		}
	}
}

// prefixed is a client connection whose first bytes were already read.
type prefixed struct {
	net.Conn
	early []byte
}

func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.early) > 0 {
		n := copy(b, p.early)
		p.early = p.early[n:]
		return n, nil
	}
	return p.Conn.Read(b)
}

func (p *prefixed) CloseWrite() error { return closeWrite(p.Conn) }
