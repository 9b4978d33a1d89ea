package outer

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// network brings the loopback up and listens where the caller wants to serve. The descriptors go to the caller;
// who connects inside is then answered outside.
func network(o Orders) ([]int, error) {
	if !o.Walls.Net {
		return nil, nil
	}
	if err := loopback(); err != nil {
		return nil, fmt.Errorf("bring its loopback up: %w", err)
	}
	var out []int
	for _, addr := range o.Listen {
		fd, err := listen(addr)
		if err != nil {
			return nil, fmt.Errorf("listen on %s inside: %w", addr, err)
		}
		out = append(out, fd)
	}
	return out, nil
}

func loopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, req)
}

// listen makes a listening socket by hand: it must be made on this thread, and no poller of this process is to
// hold it.
func listen(addr string) (int, error) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil || !at.Addr().IsLoopback() {
		return -1, fmt.Errorf("want a loopback address and port (%v)", err)
	}
	family, sa := unix.AF_INET6, unix.Sockaddr(&unix.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()})
	if at.Addr().Is4() {
		family, sa = unix.AF_INET, &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, err
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return -1, err
	}
	if err := unix.Bind(fd, sa); err != nil {
		return -1, err
	}
	return fd, unix.Listen(fd, backlog)
}

// backlog is how many connections may wait to be accepted.
const backlog = 1024
