package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// processAttacks try to stop, read or change a process; the first argument is its id.
var processAttacks = map[string]attack{
	"kill":  func(a []string) error { return unix.Kill(number(a[0]), unix.SIGKILL) },
	"abort": func(a []string) error { return unix.Kill(number(a[0]), unix.SIGABRT) },
	"stop":  func(a []string) error { return unix.Kill(number(a[0]), unix.SIGSTOP) },
	"pidfd-kill": func(a []string) error {
		fd, err := unix.PidfdOpen(number(a[0]), 0)
		if err != nil {
			return err
		}
		return unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
	},
	"tgkill": func(a []string) error { return eachThread(a[0], tgkill) },
	"kill-thread": func(a []string) error {
		return eachThread(a[0], func(_, tid int) error { return unix.Kill(tid, unix.SIGKILL) })
	},
	"abort-thread": func(a []string) error {
		return eachThread(a[0], func(_, tid int) error { return unix.Kill(tid, unix.SIGABRT) })
	},
	"queue":        func(a []string) error { return eachThread(a[0], sigqueue) },
	"owner-signal": ownerSignal,
	"ptrace":       func(a []string) error { return unix.PtraceSeize(number(a[0])) },
	"vm-read": func(a []string) error { // any address: EFAULT means that it was looked for
		b := make([]byte, 8)
		_, err := unix.ProcessVMReadv(number(a[0]), []unix.Iovec{{Base: &b[0], Len: 8}}, []unix.RemoteIovec{{Base: 8, Len: 8}}, 0)
		return letThrough(err, unix.EFAULT)
	},
	"vm-write": func(a []string) error {
		b := make([]byte, 8)
		_, err := unix.ProcessVMWritev(number(a[0]), []unix.Iovec{{Base: &b[0], Len: 8}}, []unix.RemoteIovec{{Base: 8, Len: 8}}, 0)
		return letThrough(err, unix.EFAULT)
	},
	"pidfd-getfd": func(a []string) error {
		fd, err := unix.PidfdOpen(number(a[0]), 0)
		if err != nil {
			return err
		}
		_, err = unix.PidfdGetfd(fd, 0, 0)
		return err
	},
	"environ": func(a []string) error { return show("/proc/" + a[0] + "/environ") },
	"cmdline": func(a []string) error { return show("/proc/" + a[0] + "/cmdline") },
	"proc-mem": func(a []string) error {
		f, err := os.OpenFile("/proc/"+a[0]+"/mem", os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return f.Close()
	},
	"proc-root": func(a []string) error { return show("/proc/" + a[0] + "/root" + a[1]) },
	"proc-cwd":  func(a []string) error { return show("/proc/" + a[0] + "/cwd/" + a[1]) },
	"proc-fd": func(a []string) error {
		to, err := os.Readlink("/proc/" + a[0] + "/fd/" + a[1])
		fmt.Println(to)
		return err
	},
	"oom": func(a []string) error { // makes it the first to die when memory is short
		return os.WriteFile("/proc/"+a[0]+"/oom_score_adj", []byte("900"), 0)
	},
	"prlimit": func(a []string) error { // a process that may not use more descriptors cannot work
		return unix.Prlimit(number(a[0]), unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 17, Max: 1000}, nil)
	},
	"setpriority": func(a []string) error { return unix.Setpriority(unix.PRIO_PROCESS, number(a[0]), 19) },
	"affinity": func(a []string) error {
		var set unix.CPUSet
		set.Set(0)
		return unix.SchedSetaffinity(number(a[0]), &set)
	},
	"scheduler": func(a []string) error { // SCHED_IDLE: runs when nothing else does
		var param int32
		_, _, e := unix.Syscall(unix.SYS_SCHED_SETSCHEDULER, uintptr(number(a[0])), 5, uintptr(unsafe.Pointer(&param)))
		return asError(e)
	},
	"ioprio": func(a []string) error {
		_, _, e := unix.Syscall(unix.SYS_IOPRIO_SET, 1, uintptr(number(a[0])), 3<<13) // idle class
		return asError(e)
	},
	"shm": func(a []string) error { // another program's System V memory
		mem, err := unix.SysvShmAttach(number(a[0]), 0, 0)
		if err != nil {
			return err
		}
		copy(mem, bad)
		return nil
	},
}

func tgkill(pid, tid int) error { return unix.Tgkill(pid, tid, unix.SIGKILL) }

func sigqueue(pid, tid int) error {
	info := make([]int32, 32)
	info[0], info[2] = int32(unix.SIGKILL), -1 // SI_QUEUE
	_, _, e := unix.Syscall6(unix.SYS_RT_TGSIGQUEUEINFO, uintptr(pid), uintptr(tid), uintptr(unix.SIGKILL), uintptr(unsafe.Pointer(&info[0])), 0, 0)
	return asError(e)
}

// ownerSignal lets the kernel send a signal to every thread of a process, as its owner of a pipe.
func ownerSignal(a []string) error {
	return eachThread(a[0], func(_, tid int) error {
		var p [2]int
		if err := unix.Pipe(p[:]); err != nil {
			return err
		}
		owner := struct{ kind, id int32 }{0, int32(tid)} // F_OWNER_TID
		for _, c := range []struct{ cmd, arg uintptr }{
			{unix.F_SETOWN_EX, uintptr(unsafe.Pointer(&owner))}, {unix.F_SETSIG, uintptr(unix.SIGABRT)}, {unix.F_SETFL, unix.O_ASYNC},
		} {
			if _, _, e := unix.Syscall(unix.SYS_FCNTL, uintptr(p[0]), c.cmd, c.arg); e != 0 {
				return e
			}
		}
		_, err := unix.Write(p[1], []byte("x"))
		return err
	})
}

// eachThread tries every thread of a process; one that gives in is enough.
func eachThread(pid string, try func(pid, tid int) error) error {
	names, err := os.ReadDir("/proc/" + pid + "/task")
	if err != nil {
		return err
	}
	var errs []error
	for _, n := range names {
		tid, err := strconv.Atoi(n.Name())
		if err == nil {
			err = try(number(pid), tid)
		}
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// letThrough takes an error that shows that a check before it was passed for success.
func letThrough(err, passed error) error {
	if errors.Is(err, passed) {
		return nil
	}
	return err
}

func asError(e unix.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}
