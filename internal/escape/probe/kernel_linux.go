package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernelAttacks try parts of the kernel that no ordinary program needs.
var kernelAttacks = map[string]attack{
	"io-uring": func([]string) error {
		var params [120]byte
		_, _, e := unix.Syscall(unix.SYS_IO_URING_SETUP, 4, uintptr(unsafe.Pointer(&params)), 0)
		return asError(e)
	},
	"bpf": func([]string) error { // BPF_MAP_CREATE: an array of one
		attr := [32]uint32{2, 4, 4, 1}
		_, _, e := unix.Syscall(unix.SYS_BPF, 0, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr))
		return asError(e)
	},
	"perf": func([]string) error {
		attr := unix.PerfEventAttr{Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_TASK_CLOCK, Bits: 1<<5 | 1<<6} // not the kernel, not the hypervisor
		attr.Size = uint32(unsafe.Sizeof(attr))
		_, err := unix.PerfEventOpen(&attr, 0, -1, -1, 0)
		return err
	},
	"userfaultfd": func([]string) error {
		_, _, e := unix.Syscall(unix.SYS_USERFAULTFD, 1, 0, 0) // UFFD_USER_MODE_ONLY
		return asError(e)
	},
	"keyring": func([]string) error { // the user's keys: Kerberos tickets, disk and network passwords
		id, err := unix.AddKey("user", "probe", []byte(bad), unix.KEY_SPEC_USER_KEYRING)
		if err != nil {
			return err
		}
		_, err = unix.KeyctlInt(unix.KEYCTL_UNLINK, id, unix.KEY_SPEC_USER_KEYRING, 0, 0)
		return err
	},
	"keyring-read": func([]string) error {
		_, err := unix.KeyctlBuffer(unix.KEYCTL_READ, unix.KEY_SPEC_USER_KEYRING, make([]byte, 64), 0)
		return err
	},
	"file-handle": func(a []string) error {
		h, mount, err := unix.NameToHandleAt(unix.AT_FDCWD, a[0], 0)
		if err != nil {
			return err
		}
		_ = mount
		root, err := unix.Open("/", unix.O_RDONLY|unix.O_DIRECTORY, 0)
		if err != nil {
			return err
		}
		fd, err := unix.OpenByHandleAt(root, h, unix.O_RDONLY)
		if err != nil {
			return err
		}
		return show(fmt.Sprintf("/proc/self/fd/%d", fd))
	},
	"x32":      func(a []string) error { return chmodX32(a[0]) },
	"int80":    func(a []string) error { return chmod32(a[0]) },
	"syslog":   func([]string) error { _, err := unix.Klogctl(10, nil); return err }, // the buffer's size
	"fanotify": func([]string) error { _, err := unix.FanotifyInit(unix.FAN_REPORT_FID, 0); return err },
	"hostname": func([]string) error { return sethostname() },
	"quota": func([]string) error {
		_, _, e := unix.Syscall(443, ^uintptr(0), 0, 0)
		return letThrough(asError(e), unix.EBADF)
	}, // quotactl_fd
	"tiocsti":    typeAhead,
	"tioclinux":  func([]string) error { return ioctlByte(0x541c, 2) },
	"write-same": writeSame,
	"cgroup": func(a []string) error {
		if err := unix.Mkdir(a[0], 0o755); err != nil {
			return err
		}
		return unix.Rmdir(a[0])
	},
	"raise-caps": func([]string) error { // the capabilities of root by a program run by root
		b, err := os.ReadFile("/proc/self/status")
		if err != nil {
			return err
		}
		var eff uint64
		for _, line := range splitLines(string(b)) {
			fmt.Sscanf(line, "CapEff:\t%x", &eff)
		}
		if eff == 0 {
			return errors.New("no capability")
		}
		return nil
	},
	"run": func(a []string) error { // another program: set-uid, with capabilities in its file
		cmd := exec.Command(a[0], a[1:]...)
		cmd.Stdout = os.Stdout
		return cmd.Run()
	},
	"group-read": func(a []string) error { return show(a[0]) },
	"sleep":      func(a []string) error { time.Sleep(time.Duration(number(a[0])) * time.Millisecond); return nil },
}

// limitAttacks try to use more than there is to use.
var limitAttacks = map[string]attack{
	"many-processes": func(a []string) error { // bounded on both sides: never more than asked for
		self, err := os.Executable()
		if err != nil {
			return err
		}
		var started []*exec.Cmd
		defer func() {
			for _, c := range started {
				c.Process.Kill()
				c.Wait()
			}
		}()
		for range number(a[0]) {
			c := exec.Command(self, "sleep", "5000")
			if err := c.Start(); err != nil {
				return err
			}
			started = append(started, c)
		}
		return nil
	},
	"big-file": func(a []string) error {
		fd, err := unix.Open(a[0], unix.O_CREAT|unix.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		_, err = unix.Pwrite(fd, []byte(bad), int64(number(a[1]))<<20)
		return err
	},
	"open-files": func(a []string) error { // a limit raised again
		n := uint64(number(a[0]))
		return unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: n, Max: n})
	},
}

func sethostname() error {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return err
	}
	return unix.Sethostname([]byte(unix.ByteSliceToString(u.Nodename[:]))) // the same name again
}

// typeAhead types a line into the terminal that is standard input, for whoever reads it next.
func typeAhead([]string) error {
	unix.IoctlSetInt(0, unix.TIOCSCTTY, 0) // it may be ours already
	for _, c := range []byte("rm -rf\n") {
		if err := ioctlByte(unix.TIOCSTI, c); err != nil {
			return err
		}
	}
	return nil
}

func ioctlByte(req uintptr, c byte) error {
	_, _, e := unix.Syscall(unix.SYS_IOCTL, 0, req, uintptr(unsafe.Pointer(&c)))
	return asError(e)
}

// writeSame writes to a file of the kernel what it holds already.
func writeSame(a []string) error {
	b, err := os.ReadFile(a[0])
	if err != nil {
		return err
	}
	f, err := os.OpenFile(a[0], os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

func splitLines(s string) (out []string) {
	for len(s) > 0 {
		i := 0
		for i < len(s) && s[i] != '\n' {
			i++
		}
		out = append(out, s[:i])
		s = s[min(i+1, len(s)):]
	}
	return out
}
