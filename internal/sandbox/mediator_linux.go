package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mediator connects the sockets of commands for them. A Unix socket with a path is reached through any mount, also a
// read-only one, and new ones appear while a sandbox runs; Landlock has a right for it only since its ninth version.
// So connect is not made by the command but by the init, which takes a copy of the address and of the socket, looks
// at what the path means, and connects to exactly that: to sockets that were bound inside, and to those of the
// profile.
type mediator struct {
	allowed []string
	own     *ownSockets
	host    bool // the network is the machine's, and so are its abstract sockets
	queue   chan struct{}
}

// maxConnects bounds connects that wait for the other side.
const maxConnects = 256

// notification and answer are struct seccomp_notif and seccomp_notif_resp.
type notification struct {
	id         uint64
	pid, flags uint32
	nr         int32
	arch       uint32
	ip         uint64
	args       [6]uint64
}

type answer struct {
	id    uint64
	val   int64
	error int32
	flags uint32
}

// newMediator makes ready for it, while all system calls can still be made. It is an error where the system keeps
// even a parent from the descriptors of its children.
func newMediator(o orders) (*mediator, error) {
	if b, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope"); err == nil && len(b) > 0 && b[0] >= '2' {
		return nil, errors.New("kernel.yama.ptrace_scope forbids it")
	}
	own, err := newOwnSockets()
	if err != nil {
		return nil, err
	}
	return &mediator{allowed: o.sockets, own: own, host: o.net == "host", queue: make(chan struct{}, maxConnects)}, nil
}

// enforce puts the calling thread, and all it will start, under the filter for commands.
func (m *mediator) enforce() error {
	if m == nil {
		_, err := install(forCommands(false), 0)
		return err
	}
	fd, err := install(forCommands(true), unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
	if errors.Is(err, unix.EINVAL) { // before Linux 5.19: signals may interrupt
		fd, err = install(forCommands(true), unix.SECCOMP_FILTER_FLAG_NEW_LISTENER)
	}
	if err == nil {
		unix.CloseOnExec(fd)
		go m.serve(fd)
	}
	return err
}

func (m *mediator) serve(fd int) {
	for {
		n := new(notification)
		switch e := ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(n)); e {
		case 0:
		case unix.EINTR, unix.ENOENT: // the caller is gone
			continue
		default:
			return // every later connect waits; none gets through
		}
		m.queue <- struct{}{}
		go func() {
			a := &answer{id: n.id}
			if err := m.connect(fd, n); err != nil {
				a.error = -int32(errnoOf(err))
			}
			ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(a)) // who is gone needs no answer
			<-m.queue
		}()
	}
}

func errnoOf(err error) unix.Errno {
	var e unix.Errno
	if errors.As(err, &e) {
		return e
	}
	return unix.EACCES
}

func ioctl(fd int, req uintptr, arg unsafe.Pointer) unix.Errno {
	_, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), req, uintptr(arg))
	return e
}

// connect does what the command asked for.
func (m *mediator) connect(listener int, n *notification) error {
	addr, err := addressOf(n)
	if err != nil {
		return err
	}
	sock, err := socketOf(n)
	if err != nil {
		return err
	}
	defer unix.Close(sock)
	if e := ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_ID_VALID, unsafe.Pointer(&n.id)); e != 0 { // else the id may be another's by now
		return e
	}
	const head = 2 // the family
	if len(addr) <= head || *(*uint16)(unsafe.Pointer(&addr[0])) != unix.AF_UNIX {
		return connectTo(sock, addr)
	}
	if addr[head] == 0 {
		if m.host {
			return unix.EACCES
		}
		return connectTo(sock, addr) // abstract: as far as the network namespace
	}
	path, _, _ := bytes.Cut(addr[head:], []byte{0})
	at, err := m.reachable(n.pid, string(path))
	if err != nil {
		return err
	}
	defer unix.Close(at)
	real := append(slices.Clone(addr[:head]), byFD(at)...)
	return connectTo(sock, append(real, 0))
}

// reachable opens what a path means to a process, and refuses what is neither an own socket nor one of the profile.
func (m *mediator) reachable(pid uint32, path string) (fd int, err error) {
	from, err := unix.Open(fmt.Sprintf("/proc/%d/cwd", pid), unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(from)
	if fd, err = unix.Openat(from, path, unix.O_PATH|unix.O_CLOEXEC, 0); err != nil {
		return -1, err
	}
	var st unix.Stat_t
	if err = unix.Fstat(fd, &st); err == nil && st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		err = unix.ECONNREFUSED
	}
	if err == nil && !m.named(&st) && !m.own.bound(fd, &st) {
		err = unix.EACCES
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func (m *mediator) named(st *unix.Stat_t) bool {
	for _, path := range m.allowed {
		var want unix.Stat_t
		if unix.Stat(path, &want) == nil && want.Dev == st.Dev && want.Ino == st.Ino {
			return true
		}
	}
	return false
}

// addressOf copies the address out of the command's memory: what is looked at is what is used.
func addressOf(n *notification) ([]byte, error) {
	const most = 128 // sizeof(struct sockaddr_storage)
	size := int32(n.args[2])
	if size < 0 || size > most {
		return nil, unix.EINVAL
	}
	if size == 0 {
		return nil, nil
	}
	b := make([]byte, size)
	got, err := unix.ProcessVMReadv(int(n.pid), []unix.Iovec{{Base: &b[0], Len: uint64(size)}}, []unix.RemoteIovec{{Base: uintptr(n.args[1]), Len: int(size)}}, 0)
	if err != nil || got != int(size) {
		return nil, unix.EFAULT
	}
	return b, nil
}

// socketOf takes a descriptor of its own for the command's socket.
func socketOf(n *notification) (int, error) {
	p, err := unix.PidfdOpen(int(n.pid), unix.PIDFD_THREAD)
	if errors.Is(err, unix.EINVAL) { // before Linux 6.9: whole processes only
		p, err = unix.PidfdOpen(processOf(n.pid), 0)
	}
	if err != nil {
		return -1, err
	}
	defer unix.Close(p)
	return unix.PidfdGetfd(p, int(int32(n.args[0])), 0)
}

// processOf is the process that a thread belongs to.
func processOf(thread uint32) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", thread))
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, "Tgid:"); ok {
			if id, err := strconv.Atoi(strings.TrimSpace(v)); err == nil {
				return id
			}
		}
	}
	return -1
}

func connectTo(sock int, addr []byte) error {
	var at unsafe.Pointer
	if len(addr) > 0 {
		at = unsafe.Pointer(&addr[0])
	}
	if _, _, e := unix.Syscall(unix.SYS_CONNECT, uintptr(sock), uintptr(at), uintptr(len(addr))); e != 0 {
		return e
	}
	return nil
}
