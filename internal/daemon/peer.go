package daemon

import (
	"net"
	"sync"

	"writ/internal/unixsock"
)

// knownListener asks the kernel at once who connects, before the other side can end.
type knownListener struct{ *net.UnixListener }

// Accept implements net.Listener.
func (l knownListener) Accept() (net.Conn, error) {
	c, err := l.AcceptUnix()
	if err != nil {
		return nil, err
	}
	p, err := unixsock.PeerOf(c)
	return &knownConn{UnixConn: c, peer: p, known: err == nil}, nil
}

// knownConn is a connection whose other end is known, unless the kernel would not say.
type knownConn struct {
	*net.UnixConn
	peer  unixsock.Peer
	known bool
	once  sync.Once
}

// Close releases the handle on the peer's process, too.
func (c *knownConn) Close() error {
	c.once.Do(func() {
		if c.known {
			c.peer.Close()
		}
	})
	return c.UnixConn.Close()
}
