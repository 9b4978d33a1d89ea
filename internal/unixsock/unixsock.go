// Package unixsock opens the daemon's Unix sockets and says who is at the other end. A socket is made 0600
// in a folder that is the user's own and 0700, paths longer than the kernel's 107 bytes included. Peer tells
// uid and pid of the other side as the kernel knows them, which no payload can forge.
//
// What it does not do: a uid is no proof of a person, because agents run under the same one. Who may ask
// what is decided by the server.
package unixsock

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// maxPath is what fits into sun_path with its closing zero.
const maxPath = 107

// ErrFolder marks a folder that other users could change.
var ErrFolder = errors.New("unsafe folder for a socket")

// Listen makes the socket, replacing a stale one: the caller must hold the lock that says it is the only
// server. The file stays when the listener closes; Remove deletes it.
func Listen(path string) (*net.UnixListener, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the socket's folder: %w", err)
	}
	if err := checkFolder(dir); err != nil {
		return nil, err
	}
	if err := Remove(path); err != nil {
		return nil, err
	}
	return bind(path)
}

func bind(path string) (*net.UnixListener, error) {
	addr, done, err := reach(path)
	if err != nil {
		return nil, err
	}
	defer done()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: addr, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	l.SetUnlinkOnClose(false) // the address may be a descriptor's alias that is gone by then
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	return l, nil
}

// Remove deletes a socket file; anything else under that name is refused, nothing at all is fine.
func Remove(path string) error {
	fi, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if fi.Mode().Type() != os.ModeSocket {
		return fmt.Errorf("%s is a %s, want a socket: move it away", path, fi.Mode().Type())
	}
	return os.Remove(path)
}

// ErrStranger marks a server that runs as another user: whoever it is, it is not the user's own.
var ErrStranger = errors.New("the socket is served by another user")

// Dial connects to the socket at path within timeout. Servers of other users are refused.
func Dial(path string, timeout time.Duration) (*net.UnixConn, error) {
	addr, done, err := reach(path)
	if err != nil {
		return nil, err
	}
	defer done()
	c, err := net.DialTimeout("unix", addr, timeout)
	if err != nil {
		return nil, err
	}
	if err := ownServer(c.(*net.UnixConn)); err != nil {
		c.Close()
		return nil, err
	}
	return c.(*net.UnixConn), nil
}

func ownServer(c *net.UnixConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	inner := error(nil)
	if err := raw.Control(func(fd uintptr) { inner = sameUser(int(fd)) }); err != nil {
		return err
	}
	return inner
}

// reach gives an address for path that fits into sun_path, valid until done is called.
func reach(path string) (addr string, done func(), err error) {
	if len(path) <= maxPath {
		return path, func() {}, nil
	}
	return reachLong(path)
}

// checkFolder refuses a folder that is not the user's own or that others may enter.
func checkFolder(dir string) error {
	fi, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	switch {
	case !fi.IsDir():
		return fmt.Errorf("%w: %s is no folder", ErrFolder, dir)
	case !ok || int(st.Uid) != os.Geteuid():
		return fmt.Errorf("%w: %s belongs to another user", ErrFolder, dir)
	case fi.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("%w: %s has mode %04o, want 0700", ErrFolder, dir, fi.Mode().Perm())
	}
	return nil
}
