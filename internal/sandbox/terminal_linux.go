package sandbox

import "golang.org/x/sys/unix"

// outsideOnly are system calls that an agent's program never needs and that reach what no namespace parts:
// keyrings of the user, and the kernel itself.
var outsideOnly = []uint32{
	unix.SYS_KEYCTL, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD,
}

// HoldTerminal puts every thread of this process, and all it will start, under a small filter: nothing can be
// typed into a terminal by ioctl, and the keyrings of the user are out of reach. It is what the outer sandbox
// has of seccomp; commands get all of it. No new privileges must be set before.
func HoldTerminal() error {
	f := &filter{}
	f.load(offArch)
	f.stmt(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, auditArch)
	f.code[len(f.code)-1].Jt = 1
	f.ret(retKill)
	f.load(offNr)
	f.test(unix.BPF_JGE, 0x40000000, func() { f.ret(errno | uint32(unix.ENOSYS)) }) // x32
	for _, nr := range outsideOnly {
		f.equal(nr, func() { f.ret(errno | uint32(unix.EPERM)) })
	}
	f.call(unix.SYS_IOCTL, func() {
		f.load(offArg1)
		for _, req := range []uint32{unix.TIOCSTI, tioclinux} {
			f.equal(req, func() { f.ret(errno | uint32(unix.EPERM)) })
		}
	})
	f.ret(retAllow)
	return installAll(f.code)
}
