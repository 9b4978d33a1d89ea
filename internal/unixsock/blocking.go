package unixsock

import (
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// Blocking is a connection whose reads and writes block their thread. It spares a short-lived program the
// start of Go's network poller and the wake-ups that go with it, about a tenth of its life. One that
// serves many connections wants Dial.
type Blocking struct {
	fd       int
	deadline time.Time
}

// DialBlocking connects to the socket at path; every later call fails once the deadline is over.
func DialBlocking(path string, deadline time.Time) (*Blocking, error) {
	addr, done, err := reach(path)
	if err != nil {
		return nil, err
	}
	defer done()
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	syscall.CloseOnExec(fd)
	b := &Blocking{fd: fd, deadline: deadline}
	if err := b.connect(addr); err != nil {
		syscall.Close(fd)
		return nil, fmt.Errorf("connect to %s: %w", path, err)
	}
	if err := sameUser(fd); err != nil {
		syscall.Close(fd)
		return nil, fmt.Errorf("connect to %s: %w", path, err)
	}
	return b, nil
}

// connect waits for a place in the server's queue no longer than the deadline.
func (b *Blocking) connect(addr string) error {
	if err := b.bound(syscall.SO_SNDTIMEO); err != nil {
		return err
	}
	for {
		err := syscall.Connect(b.fd, &syscall.SockaddrUnix{Name: addr})
		if err != syscall.EINTR {
			return err
		}
	}
}

// bound lets the next call in one direction take what is left of the time.
func (b *Blocking) bound(option int) error {
	left := time.Until(b.deadline)
	if left <= 0 {
		return os.ErrDeadlineExceeded
	}
	tv := syscall.NsecToTimeval(int64(max(left, time.Millisecond)))
	return os.NewSyscallError("setsockopt", syscall.SetsockoptTimeval(b.fd, syscall.SOL_SOCKET, option, &tv))
}

// Read implements io.Reader.
func (b *Blocking) Read(p []byte) (int, error) {
	for len(p) > 0 {
		if err := b.bound(syscall.SO_RCVTIMEO); err != nil {
			return 0, err
		}
		switch n, err := syscall.Read(b.fd, p); {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			return 0, os.ErrDeadlineExceeded
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
	return 0, nil
}

// Write implements io.Writer. A peer that closed is an error, not a signal, since Go ignores SIGPIPE on
// descriptors above 2.
func (b *Blocking) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		if err := b.bound(syscall.SO_SNDTIMEO); err != nil {
			return done, err
		}
		n, err := syscall.Write(b.fd, p[done:])
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			return done, os.ErrDeadlineExceeded
		case err != nil:
			return done, os.NewSyscallError("write", err)
		}
		done += n
	}
	return done, nil
}

// Close ends the connection.
func (b *Blocking) Close() error { return syscall.Close(b.fd) }

// FD is the connection's descriptor, for messages that carry other descriptors. Close closes it.
func (b *Blocking) FD() int { return b.fd }
