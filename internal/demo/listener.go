package demo

import (
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// listener is the outside world on loopback: it takes whatever is sent and answers every request with a small
// script, as a server that wants to be piped into a shell would.
type listener struct {
	net  net.Listener
	mu   sync.Mutex
	got  int
	open sync.WaitGroup
}

// script is what the outside offers to run.
const script = "touch \"$HOME/ran-from-the-network\"\n"

func listen() (*listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	out := &listener{net: l}
	go out.serve()
	return out, nil
}

// port is where it listens.
func (l *listener) port() string {
	return strconv.Itoa(l.net.Addr().(*net.TCPAddr).Port)
}

func (l *listener) serve() {
	for {
		c, err := l.net.Accept()
		if err != nil {
			return
		}
		l.open.Add(1)
		go l.take(c)
	}
}

// take counts what comes and answers once the other side pauses.
func (l *listener) take(c net.Conn) {
	defer l.open.Done()
	defer c.Close()
	buf := make([]byte, 4096)
	for wait := 2 * time.Second; ; wait = 100 * time.Millisecond {
		_ = c.SetReadDeadline(time.Now().Add(wait))
		n, err := c.Read(buf)
		l.mu.Lock()
		l.got += n
		l.mu.Unlock()
		if n > 0 && strings.Contains(string(buf[:n]), "\r\n\r\n") {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "+strconv.Itoa(len(script))+"\r\n\r\n"+script)
			return
		}
		if err != nil {
			return
		}
	}
}

// bytes is how much arrived so far, after open connections had their say.
func (l *listener) bytes() int {
	l.open.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.got
}

func (l *listener) close() { l.net.Close() }
