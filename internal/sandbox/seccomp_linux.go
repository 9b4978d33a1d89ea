package sandbox

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Offsets in struct seccomp_data. Arguments are 64 bits; their low halves are what is compared, which both
// supported machines keep first.
const (
	offNr   = 0
	offArch = 4
	offArg0 = 16
	offArg1 = 24
	offArg2 = 32

	noPID = 0 // the caller itself, where a system call takes a process
)

const (
	retAllow = unix.SECCOMP_RET_ALLOW
	retKill  = unix.SECCOMP_RET_KILL_PROCESS
	errno    = unix.SECCOMP_RET_ERRNO
)

// tioclinux pastes into a console, as TIOCSTI types into a terminal. x/sys has no name for it.
const tioclinux = 0x541c

// newNamespaces are the flags of clone and unshare that would make namespaces, in which the masks could be
// lifted again.
const newNamespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWTIME

// refused system calls answer "operation not permitted": they reach outside the process tree, undo the walls,
// or are a second way around the filters (io_uring). Ordinary programs do without.
var refused = []uint32{
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_SETNS,
	unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT, unix.SYS_FSOPEN, unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_MOUNT_SETATTR, unix.SYS_OPEN_TREE_ATTR,
	unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KCMP, unix.SYS_PROCESS_MADVISE, unix.SYS_PROCESS_MRELEASE, unix.SYS_MIGRATE_PAGES, unix.SYS_MOVE_PAGES,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_FANOTIFY_INIT,
	unix.SYS_KEYCTL, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY,
	unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_QUOTACTL, unix.SYS_QUOTACTL_FD, unix.SYS_ACCT, unix.SYS_SYSLOG, unix.SYS_VHANGUP,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD,
	unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME,
}

// refusedToCommands are refused to all but the init, which needs them to connect sockets for commands (mediator).
var refusedToCommands = []uint32{unix.SYS_PROCESS_VM_READV, unix.SYS_PIDFD_GETFD}

// refusedShared reach other programs' memory and queues by number or name, where no ipc namespace keeps them away.
var refusedShared = []uint32{
	unix.SYS_SHMGET, unix.SYS_SHMAT, unix.SYS_SHMCTL, unix.SYS_SEMGET, unix.SYS_SEMOP, unix.SYS_SEMTIMEDOP, unix.SYS_SEMCTL,
	unix.SYS_MSGGET, unix.SYS_MSGSND, unix.SYS_MSGRCV, unix.SYS_MSGCTL, unix.SYS_MQ_OPEN, unix.SYS_MQ_UNLINK,
}

// walls says which parts of the filter hold.
type walls struct {
	// keeper are the thread ids of the init that commands share a Landlock domain or a number with: no signal and
	// no limit reaches them.
	keeper    []uint32
	weak      bool // no namespaces: other processes of the user are within sight
	trace     bool // debuggers may trace
	noUnix    bool // no Unix sockets: where nothing keeps foreign ones away
	noUDP     bool // inet sockets are streams only: where no network namespace does it
	noNetwork bool // no inet sockets at all
}

// filter is a program for the kernel's packet filter, as seccomp runs it.
type filter struct{ code []unix.SockFilter }

func (f *filter) stmt(code uint16, k uint32) {
	f.code = append(f.code, unix.SockFilter{Code: code, K: k})
}

func (f *filter) load(off uint32) { f.stmt(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, off) }
func (f *filter) ret(k uint32)    { f.stmt(unix.BPF_RET|unix.BPF_K, k) }

// test runs what yes adds where the comparison holds, and goes on behind it otherwise.
func (f *filter) test(op uint16, k uint32, yes func()) {
	at := len(f.code)
	f.stmt(unix.BPF_JMP|op|unix.BPF_K, k)
	yes()
	f.code[at].Jf = uint8(len(f.code) - at - 1)
}

func (f *filter) equal(k uint32, yes func()) { f.test(unix.BPF_JEQ, k, yes) }

// call handles one system call; what body does not answer is allowed.
func (f *filter) call(nr uint32, body func()) {
	f.equal(nr, func() {
		body()
		f.ret(retAllow)
	})
}

// build writes the filter. Whatever another architecture's numbers mean is not looked into: it is killed.
func (w walls) build() []unix.SockFilter {
	f := &filter{}
	f.load(offArch)
	f.stmt(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, auditArch)
	f.code[len(f.code)-1].Jt = 1
	f.ret(retKill)
	f.load(offNr)
	f.test(unix.BPF_JGE, 0x40000000, func() { f.ret(errno | uint32(unix.ENOSYS)) }) // x32
	for _, nr := range append(refused, refusedHere...) {
		f.equal(nr, func() { f.ret(errno | uint32(unix.EPERM)) })
	}
	if !w.trace {
		f.equal(unix.SYS_PTRACE, func() { f.ret(errno | uint32(unix.EPERM)) })
	}
	f.equal(unix.SYS_CLONE3, func() { f.ret(errno | uint32(unix.ENOSYS)) }) // its flags lie in memory: clone is taken instead
	for _, nr := range []uint32{unix.SYS_CLONE, unix.SYS_UNSHARE} {
		f.call(nr, func() {
			f.load(offArg0)
			f.test(unix.BPF_JSET, newNamespaces, func() { f.ret(errno | uint32(unix.EPERM)) })
		})
	}
	w.processes(f)
	f.call(unix.SYS_FCNTL, func() { // any signal to any thread of ours, by way of a pipe
		f.load(offArg1)
		f.equal(unix.F_SETSIG, func() { f.ret(errno | uint32(unix.EPERM)) })
	})
	f.call(unix.SYS_IOCTL, func() {
		f.load(offArg1)
		for _, req := range []uint32{unix.TIOCSTI, tioclinux} {
			f.equal(req, func() { f.ret(errno | uint32(unix.EPERM)) })
		}
	})
	f.call(unix.SYS_SOCKET, func() { w.sockets(f) })
	f.call(unix.SYS_SOCKETPAIR, func() { w.datagrams(f, func() {}) })
	f.ret(retAllow)
	return f.code
}

// processes keeps signals from the init's own threads, and everything from processes that are not the caller.
func (w walls) processes(f *filter) {
	refuse := func() { f.ret(errno | uint32(unix.EPERM)) }
	keep := func(args ...uint32) func() {
		return func() {
			for _, off := range args {
				f.load(off)
				for _, id := range w.keeper {
					f.equal(id, refuse)
					if id != 1 { // -1 is not its process group but everybody else
						f.equal(-id, refuse)
					}
				}
			}
		}
	}
	for _, nr := range []uint32{unix.SYS_KILL, unix.SYS_TKILL, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_PIDFD_OPEN} {
		f.call(nr, keep(offArg0))
	}
	for _, nr := range []uint32{unix.SYS_TGKILL, unix.SYS_RT_TGSIGQUEUEINFO} {
		f.call(nr, keep(offArg1))
	}
	self := func(off uint32) func() {
		return func() {
			f.load(off)
			f.equal(noPID, func() { f.ret(retAllow) })
			refuse()
		}
	}
	f.call(unix.SYS_PRLIMIT64, self(offArg0)) // asks for nothing but the same user, even of the init
	f.call(unix.SYS_SETPRIORITY, func() {
		f.load(offArg0)
		f.equal(unix.PRIO_USER, refuse) // every process of the user, on the whole machine
		if w.weak {
			f.equal(unix.PRIO_PGRP, refuse)
			self(offArg1)()
		}
	})
	if !w.weak {
		return
	}
	for _, nr := range []uint32{unix.SYS_SCHED_SETAFFINITY, unix.SYS_SCHED_SETSCHEDULER, unix.SYS_SCHED_SETPARAM, unix.SYS_SCHED_SETATTR} {
		f.call(nr, self(offArg0))
	}
	f.call(unix.SYS_IOPRIO_SET, self(offArg1))
	for _, nr := range refusedShared {
		f.equal(nr, refuse)
	}
}

// datagrams refuses datagram sockets of the Unix family: each datagram names its receiver anew, where no filter can
// read it. What follows is done for all others.
func (w walls) datagrams(f *filter, then func()) {
	const kindOnly = 0xf // the type without its flags
	f.load(offArg0)
	f.equal(unix.AF_UNIX, func() {
		f.load(offArg1)
		f.stmt(unix.BPF_ALU|unix.BPF_AND|unix.BPF_K, kindOnly)
		f.equal(unix.SOCK_DGRAM, func() { f.ret(errno | uint32(unix.EPROTONOSUPPORT)) })
		f.equal(unix.SOCK_RAW, func() { f.ret(errno | uint32(unix.EPROTONOSUPPORT)) }) // another word for it
		f.ret(retAllow)
	})
	then()
}

// sockets lets the families pass that stay inside; everything else does not exist.
func (w walls) sockets(f *filter) {
	const inetOnly = 0xf // the type without its flags
	f.load(offArg0)
	if !w.noUnix {
		w.datagrams(f, func() {})
	}
	f.equal(unix.AF_NETLINK, func() {
		f.load(offArg2)
		f.equal(unix.NETLINK_ROUTE, func() { f.ret(retAllow) }) // addresses and routes, as every resolver asks for
		f.ret(errno | uint32(unix.EPROTONOSUPPORT))
	})
	for _, family := range []uint32{unix.AF_INET, unix.AF_INET6} {
		if w.noNetwork {
			break
		}
		f.equal(family, func() {
			f.load(offArg2)
			f.equal(unix.IPPROTO_MPTCP, func() { f.ret(errno | uint32(unix.EPROTONOSUPPORT)) })
			if w.noUDP {
				f.load(offArg1)
				f.stmt(unix.BPF_ALU|unix.BPF_AND|unix.BPF_K, inetOnly)
				f.equal(unix.SOCK_STREAM, func() { f.ret(retAllow) })
				f.ret(errno | uint32(unix.EACCES))
			}
			f.ret(retAllow)
		})
	}
	f.ret(errno | uint32(unix.EAFNOSUPPORT))
}

// enforce puts every thread of this process, and all it will start, under the filter, and gives all of them the calling
// thread's no new privileges, which must be set before.
func (w walls) enforce() error { return installAll(w.build()) }

// installAll puts every thread of this process under a filter.
func installAll(code []unix.SockFilter) error {
	thread, err := install(code, unix.SECCOMP_FILTER_FLAG_TSYNC)
	if err == nil && thread != 0 {
		err = fmt.Errorf("seccomp: thread %d could not be brought under the filter", thread)
	}
	return err
}

// forCommands is the filter that commands have beyond the init's. With ask, it asks whoever holds its listener about
// each connect.
func forCommands(ask bool) []unix.SockFilter {
	f := &filter{}
	f.load(offNr)
	for _, nr := range refusedToCommands {
		f.equal(nr, func() { f.ret(errno | uint32(unix.EPERM)) })
	}
	if ask {
		f.equal(unix.SYS_CONNECT, func() { f.ret(unix.SECCOMP_RET_USER_NOTIF) })
	}
	f.ret(retAllow)
	return f.code
}

// install adds a filter to the calling thread, or by flags to all; what the kernel answers depends on the flags.
func install(code []unix.SockFilter, flags uintptr) (int, error) {
	prog := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	n, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	if e != 0 {
		return -1, fmt.Errorf("seccomp: %w", e)
	}
	return int(n), nil
}
