package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// socketAttacks try to say something to someone outside.
var socketAttacks = map[string]attack{
	"unix":          func(a []string) error { return sayUnix(unix.SOCK_STREAM, a[0]) },
	"unix-seq":      func(a []string) error { return sayUnix(unix.SOCK_SEQPACKET, a[0]) },
	"unix-datagram": func(a []string) error { return sayUnix(unix.SOCK_DGRAM, a[0]) },
	"unix-relative": func(a []string) error {
		if err := os.Chdir(filepath.Dir(a[0])); err != nil {
			return err
		}
		return sayUnix(unix.SOCK_STREAM, filepath.Base(a[0]))
	},
	"unix-symlink": func(a []string) error {
		if err := unix.Symlink(a[0], a[1]); err != nil {
			return err
		}
		return sayUnix(unix.SOCK_STREAM, a[1])
	},
	"unix-pair": func(a []string) error { // a pair needs no socket(), and a datagram no connect()
		p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
		if err != nil {
			return err
		}
		return unix.Sendto(p[0], []byte(bad), 0, &unix.SockaddrUnix{Name: a[0]})
	},
	"unix-swap": swap,
	"tcp":       func(a []string) error { return sayInet(unix.AF_INET, unix.SOCK_STREAM, 0, number(a[0])) },
	"tcp6":      func(a []string) error { return sayInet(unix.AF_INET6, unix.SOCK_STREAM, 0, number(a[0])) },
	"mptcp": func(a []string) error {
		return sayInet(unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_MPTCP, number(a[0]))
	},
	"udp":  func(a []string) error { return sayInet(unix.AF_INET, unix.SOCK_DGRAM, 0, number(a[0])) },
	"ping": func([]string) error { return ping(unix.SOCK_DGRAM) },
	"raw":  func([]string) error { return ping(unix.SOCK_RAW) },
	"vsock": func([]string) error { // the socket is enough: whom it reaches depends on the hypervisor
		_, err := unix.Socket(unix.AF_VSOCK, unix.SOCK_STREAM, 0)
		return err
	},
	"packet": func([]string) error {
		_, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
		return err
	},
	"alg": func([]string) error {
		_, err := unix.Socket(unix.AF_ALG, unix.SOCK_SEQPACKET, 0)
		return err
	},
	"uevents":         func([]string) error { return netlink(unix.NETLINK_KOBJECT_UEVENT) },
	"netlink-crypto":  func([]string) error { return netlink(unix.NETLINK_GENERIC) },
	"serve-loopback":  func([]string) error { return serve("tcp", "127.0.0.1:0") },
	"serve-loopback6": func([]string) error { return serve("tcp6", "[::1]:0") },
	"serve-unix":      func(a []string) error { return serve("unix", a[0]) },
	"serve-abstract":  func([]string) error { return serve("unix", "@probe") },
}

func sayUnix(kind int, path string) error {
	fd, err := unix.Socket(unix.AF_UNIX, kind, 0)
	if err != nil {
		return err
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		return err
	}
	_, err = unix.Write(fd, []byte(bad))
	return err
}

// swap lets a second thread change the address while the kernel's overseer looks at it: what was looked at must
// be what is connected to. a: a socket that may be reached (made here), one that may not.
func swap(a []string) error {
	l, err := net.Listen("unix", a[0])
	if err != nil {
		return err
	}
	defer l.Close()
	raw := make([][]byte, 2)
	for i, path := range a[:2] {
		raw[i] = make([]byte, 110)
		raw[i][0] = unix.AF_UNIX
		copy(raw[i][2:], path)
	}
	addr := make([]byte, 110)
	stop := make(chan bool)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				copy(addr, raw[i&1])
			}
		}
	}()
	defer close(stop)
	for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end); {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			return err
		}
		if connectRaw(fd, addr) == nil {
			unix.Write(fd, []byte(bad)) // whom it reached is seen outside
		}
		unix.Close(fd)
	}
	return nil
}

func sayInet(family, kind, proto, port int) error {
	fd, err := unix.Socket(family, kind, proto)
	if err != nil {
		return err
	}
	var to unix.Sockaddr = &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
	if family == unix.AF_INET6 {
		to = &unix.SockaddrInet6{Port: port, Addr: [16]byte{15: 1}}
	}
	if err := unix.Connect(fd, to); err != nil {
		return err
	}
	_, err = unix.Write(fd, []byte(bad))
	return err
}

func ping(kind int) error {
	fd, err := unix.Socket(unix.AF_INET, kind, unix.IPPROTO_ICMP)
	if err != nil {
		return err
	}
	return unix.Sendto(fd, []byte{8, 0, 0xf7, 0xff, 0, 0, 0, 0}, 0, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
}

func netlink(family int) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW, family)
	if err != nil {
		return err
	}
	return unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
}

// serve listens and connects to itself: what programs under test do all the time.
func serve(network, addr string) error {
	l, err := net.Listen(network, addr)
	if err != nil {
		return err
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			fmt.Fprint(c, "hello")
			c.Close()
		}
	}()
	c, err := net.DialTimeout(network, l.Addr().String(), 2*time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	b := make([]byte, 5)
	if _, err := c.Read(b); err != nil || string(b) != "hello" {
		return fmt.Errorf("heard %q, %v", b, err)
	}
	return nil
}
