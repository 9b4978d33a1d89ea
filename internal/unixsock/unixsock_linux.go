package unixsock

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	oPath              = 0x200000 // O_PATH: a handle on the folder, no access to its content
	soPeerPidFD        = 77       // SO_PEERPIDFD, Linux 6.5
	sysPidfdSendSignal = 424      // the same number on every architecture
)

// reachLong names a far-away socket through a descriptor of its folder.
func reachLong(path string) (string, func(), error) {
	fd, err := syscall.Open(filepath.Dir(path), oPath|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return "", nil, fmt.Errorf("open the socket's folder: %w", err)
	}
	addr := "/proc/self/fd/" + strconv.Itoa(fd) + "/" + filepath.Base(path)
	if len(addr) > maxPath {
		syscall.Close(fd)
		return "", nil, fmt.Errorf("socket name %q is longer than %d bytes", filepath.Base(path), maxPath)
	}
	return addr, func() { syscall.Close(fd) }, nil
}

// sameUser asks the kernel who made the socket that fd is connected to.
func sameUser(fd int) error {
	cred, err := syscall.GetsockoptUcred(fd, syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	if err != nil {
		return os.NewSyscallError("getsockopt", err)
	}
	if int(cred.Uid) != os.Geteuid() {
		return fmt.Errorf("%w (uid %d)", ErrStranger, cred.Uid)
	}
	return nil
}

// Peer is who holds the other end of a connection, as the kernel saw it when the connection was made.
type Peer struct {
	UID, GID, PID int
	// pidfd keeps the process's identity although pids are reused; -1 where the kernel has none.
	pidfd int
}

// PeerOf asks the kernel. Close releases the handle that it holds.
func PeerOf(c *net.UnixConn) (Peer, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return Peer{}, err
	}
	p, inner := Peer{pidfd: -1}, error(nil)
	err = raw.Control(func(fd uintptr) {
		var cred *syscall.Ucred
		if cred, inner = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED); inner != nil {
			return
		}
		p.UID, p.GID, p.PID = int(cred.Uid), int(cred.Gid), int(cred.Pid)
		if h, e := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, soPeerPidFD); e == nil {
			syscall.CloseOnExec(h)
			p.pidfd = h
		}
	})
	if err == nil {
		err = inner
	}
	if err != nil {
		return Peer{}, fmt.Errorf("peer credentials: %w", err)
	}
	return p, nil
}

// Alive tells whether PID still is the process that connected. Without a handle (older kernels) it only
// tells that some process has that pid.
func (p Peer) Alive() bool {
	if p.pidfd < 0 {
		return p.PID > 0 && syscall.Kill(p.PID, 0) == nil
	}
	_, _, errno := syscall.Syscall6(sysPidfdSendSignal, uintptr(p.pidfd), 0, 0, 0, 0, 0)
	return errno == 0
}

// Close releases the handle.
func (p Peer) Close() {
	if p.pidfd > 2 {
		syscall.Close(p.pidfd)
	}
}
