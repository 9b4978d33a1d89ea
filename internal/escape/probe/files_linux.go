package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/unix"
)

// bad is what an attack leaves where it gets through.
const bad = "changed by a probe"

// fileAttacks try to change or read files by their path.
var fileAttacks = map[string]attack{
	"write":    func(a []string) error { return put(a[0], os.O_WRONLY|os.O_TRUNC) },
	"append":   func(a []string) error { return put(a[0], os.O_WRONLY|os.O_APPEND) },
	"create":   func(a []string) error { return put(a[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL) },
	"truncate": func(a []string) error { return unix.Truncate(a[0], 0) },
	"rename":   func(a []string) error { return unix.Rename(a[0], a[1]) },
	"exchange": func(a []string) error {
		return unix.Renameat2(unix.AT_FDCWD, a[0], unix.AT_FDCWD, a[1], unix.RENAME_EXCHANGE)
	},
	"delete":  func(a []string) error { return unix.Unlink(a[0]) },
	"mkdir":   func(a []string) error { return unix.Mkdir(a[0], 0o755) },
	"rmdir":   func(a []string) error { return unix.Rmdir(a[0]) },
	"symlink": func(a []string) error { return unix.Symlink("/etc", a[0]) },
	"mkfifo":  func(a []string) error { return unix.Mkfifo(a[0], 0o644) },
	"chmod":   func(a []string) error { return unix.Chmod(a[0], 0o777) },
	"chown":   func(a []string) error { return unix.Chown(a[0], os.Getuid(), os.Getgid()) },
	"utime": func(a []string) error {
		return unix.Utimes(a[0], []unix.Timeval{{Sec: 1}, {Sec: 1}})
	},
	"setxattr": func(a []string) error { return unix.Setxattr(a[0], "user.probe", []byte(bad), 0) },
	"flags":    setFlags,
	"tmpfile":  tmpFile,
	"hardlink": func(a []string) error { // a name of ours for a file of theirs, then a write through it
		if err := unix.Link(a[0], a[1]); err != nil {
			return err
		}
		return put(a[1], os.O_WRONLY|os.O_TRUNC)
	},
	"through-symlink": func(a []string) error {
		if err := unix.Symlink(a[0], a[1]); err != nil {
			return err
		}
		return put(a[1], os.O_WRONLY|os.O_TRUNC)
	},
	"through-proc-root": func(a []string) error { return put("/proc/self/root"+a[0], os.O_WRONLY|os.O_TRUNC) },
	"through-proc-cwd": func(a []string) error {
		if err := os.Chdir(filepath.Dir(a[0])); err != nil {
			return err
		}
		return put("/proc/self/cwd/"+filepath.Base(a[0]), os.O_WRONLY|os.O_TRUNC)
	},
	"through-proc-fd": func(a []string) error { // open to read, open again to write
		f, err := os.Open(a[0])
		if err != nil {
			return err
		}
		return put(fmt.Sprintf("/proc/self/fd/%d", f.Fd()), os.O_WRONLY|os.O_TRUNC)
	},
	"through-dir-fd": func(a []string) error {
		d, err := unix.Open(a[0], unix.O_PATH|unix.O_DIRECTORY, 0)
		if err != nil {
			return err
		}
		fd, err := unix.Openat(d, a[1], unix.O_WRONLY|unix.O_TRUNC, 0)
		if err != nil {
			return err
		}
		_, err = unix.Write(fd, []byte(bad))
		return err
	},
	"replace": func(a []string) error { // what editors do: a new file renamed over the old one
		tmp := a[1]
		if err := put(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL); err != nil {
			return err
		}
		return unix.Rename(tmp, a[0])
	},
	"move-away-and-make": func(a []string) error { // a folder moved away, one of our own in its place
		if err := unix.Rename(a[0], a[1]); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(a[2]), 0o755); err != nil {
			return err
		}
		return put(a[2], os.O_WRONLY|os.O_CREATE)
	},
	"read":            func(a []string) error { return show(a[0]) },
	"read-proc-root":  func(a []string) error { return show("/proc/self/root" + a[0]) },
	"read-after-move": func(a []string) error { return errors.Join(unix.Rename(a[0], a[1]), show(a[2])) },
	"list": func(a []string) error {
		names, err := os.ReadDir(a[0])
		if err == nil && len(names) == 0 {
			err = errors.New("empty")
		}
		for _, n := range names {
			fmt.Println(n.Name())
		}
		return err
	},
	"stat": func(a []string) error {
		fi, err := os.Stat(a[0])
		if err == nil {
			fmt.Println("size", fi.Size())
		}
		return err
	},
	"mknod":      mknod,
	"stdin-read": func(a []string) error { return at0(a[0], unix.O_RDONLY, true) },
	"stdin-chmod": func(a []string) error {
		return unix.Fchmodat(0, a[0], 0o777, 0)
	},
	"inherited": inherited,
}

func put(path string, flags int) error {
	f, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(bad)
	return errors.Join(err, f.Close())
}

func show(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if len(b) == 0 {
		return errors.New("empty")
	}
	fmt.Printf("%s\n", b)
	return nil
}

// setFlags marks a file as not to be backed up: an attribute that needs no permission but the owner's, and no
// descriptor open for writing.
func setFlags(a []string) error {
	f, err := os.Open(a[0])
	if err != nil {
		return err
	}
	const noDump = 0x40 // FS_NODUMP_FL
	old, err := unix.IoctlGetUint32(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if err != nil {
		return err
	}
	return unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, int(old|noDump))
}

// tmpFile makes a file without a name, then gives it one.
func tmpFile(a []string) error {
	fd, err := unix.Open(filepath.Dir(a[0]), unix.O_TMPFILE|unix.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := unix.Write(fd, []byte(bad)); err != nil {
		return err
	}
	return unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", fd), unix.AT_FDCWD, a[0], unix.AT_SYMLINK_FOLLOW)
}

// mknod makes the disk's device node (here: /dev/null's, so that nothing can be hurt) and writes to it.
func mknod(a []string) error {
	if err := unix.Mknod(a[0], unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3))); err != nil {
		return err
	}
	return put(a[0], os.O_WRONLY)
}

// at0 reads a name in the folder that standard input is.
func at0(name string, flags int, print bool) error {
	fd, err := unix.Openat(0, name, flags, 0)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(os.NewFile(uintptr(fd), name))
	if err == nil && print {
		fmt.Printf("%s\n", b)
	}
	return err
}

// inherited writes to every descriptor that was open before this program started.
func inherited([]string) error {
	found := errors.New("no inherited descriptor")
	for fd := 3; fd < 1024; fd++ {
		flags, _, errno := unix.Syscall(unix.SYS_FCNTL, uintptr(fd), unix.F_GETFD, 0)
		if errno != 0 || flags&unix.FD_CLOEXEC != 0 { // the runtime's own are closed on exec
			continue
		}
		b := []byte(bad)
		if _, _, errno := unix.Syscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b))); errno == 0 {
			found = nil
		}
	}
	return found
}
