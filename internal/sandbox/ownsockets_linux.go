package sandbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// ownSockets asks the kernel which files the Unix sockets of this network namespace are bound to.
type ownSockets struct {
	mu   sync.Mutex
	sock int
}

// Numbers of linux/sock_diag.h and linux/unix_diag.h.
const (
	sockDiagByFamily = 20
	showVFS          = 1 << 1
	attrVFS          = 1
	unixDiagRequest  = 24 // sizeof(struct unix_diag_req)
	unixDiagMessage  = 16 // sizeof(struct unix_diag_msg)
)

func newOwnSockets() (*ownSockets, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("ask for own sockets: %w", err)
	}
	s := &ownSockets{sock: fd}
	if err := s.each(func(_, _ uint32) {}); err != nil { // a kernel without unix_diag says so here
		unix.Close(fd)
		return nil, err
	}
	return s, nil
}

// bound tells whether the file that fd holds is the place of a socket that was bound inside.
func (s *ownSockets) bound(fd int, st *unix.Stat_t) bool {
	found := false
	err := s.each(func(dev, ino uint32) {
		found = found || ino == uint32(st.Ino) && (uint64(dev) == kernelDev(st.Dev) || uint64(dev) == mountDev(fd))
	})
	return err == nil && found
}

// kernelDev is a device number as the kernel itself keeps it.
func kernelDev(dev uint64) uint64 { return uint64(unix.Major(dev))<<20 | uint64(unix.Minor(dev)) }

// mountDev is the number of the mounted file system itself, which stat does not tell for some (btrfs, overlayfs).
func mountDev(fd int) uint64 {
	info, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", fd))
	if err != nil {
		return 0
	}
	_, id, ok := strings.Cut(string(info), "mnt_id:")
	if !ok {
		return 0
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return 0
	}
	want, _, _ := strings.Cut(strings.TrimSpace(id), "\n")
	for line := range strings.Lines(string(mounts)) {
		var major, minor uint64
		if f := strings.Fields(line); len(f) > 2 && f[0] == want {
			if _, err := fmt.Sscanf(f[2], "%d:%d", &major, &minor); err == nil {
				return major<<20 | minor
			}
		}
	}
	return 0
}

// each calls f for every bound socket.
func (s *ownSockets) each(f func(dev, ino uint32)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ask(); err != nil {
		return err
	}
	buf := make([]byte, 32<<10)
	for {
		n, _, err := unix.Recvfrom(s.sock, buf, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("ask for own sockets: %w", err)
		}
		done, err := messages(buf[:n], f)
		if done || err != nil {
			return err
		}
	}
}

func (s *ownSockets) ask() error {
	le := binary.NativeEndian
	b := make([]byte, unix.SizeofNlMsghdr+unixDiagRequest)
	le.PutUint32(b, uint32(len(b)))
	le.PutUint16(b[4:], sockDiagByFamily)
	le.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	r := b[unix.SizeofNlMsghdr:]
	r[0] = unix.AF_UNIX
	le.PutUint32(r[4:], ^uint32(0)) // in any state
	le.PutUint32(r[12:], showVFS)
	if err := unix.Sendto(s.sock, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("ask for own sockets: %w", err)
	}
	return nil
}

// messages goes through one answer of the kernel.
func messages(b []byte, f func(dev, ino uint32)) (done bool, err error) {
	le := binary.NativeEndian
	for len(b) >= unix.SizeofNlMsghdr {
		size, kind := int(le.Uint32(b)), le.Uint16(b[4:])
		if size < unix.SizeofNlMsghdr || size > len(b) {
			return false, errors.New("ask for own sockets: damaged answer")
		}
		switch kind {
		case unix.NLMSG_DONE:
			return true, nil
		case unix.NLMSG_ERROR:
			return true, errors.New("ask for own sockets: the kernel cannot tell")
		}
		if size >= unix.SizeofNlMsghdr+unixDiagMessage {
			attributes(b[unix.SizeofNlMsghdr+unixDiagMessage:size], f)
		}
		b = b[min((size+3)&^3, len(b)):]
	}
	return false, nil
}

// attributes hands on where a socket is bound.
func attributes(b []byte, f func(dev, ino uint32)) {
	le := binary.NativeEndian
	for len(b) >= 4 {
		size, kind := int(le.Uint16(b)), le.Uint16(b[2:])
		if size < 4 || size > len(b) {
			return
		}
		if kind == attrVFS && size >= 12 {
			f(le.Uint32(b[8:]), le.Uint32(b[4:])) // inode, then device
		}
		b = b[min((size+3)&^3, len(b)):]
	}
}
