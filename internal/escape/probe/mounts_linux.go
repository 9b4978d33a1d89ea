package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mountAttacks try to change the view of the file system.
var mountAttacks = map[string]attack{
	"unmask": func(a []string) error {
		return errors.Join(unix.Unmount(a[0], unix.MNT_DETACH), show(a[1]))
	},
	"remount-write": func(a []string) error {
		if err := unix.Mount("", a[0], "", unix.MS_REMOUNT|unix.MS_BIND, ""); err != nil {
			return err
		}
		return put(a[0], os.O_WRONLY|os.O_TRUNC)
	},
	"setattr-write": func(a []string) error {
		if err := unix.MountSetattr(unix.AT_FDCWD, a[0], 0, &unix.MountAttr{Attr_clr: unix.MOUNT_ATTR_RDONLY}); err != nil {
			return err
		}
		return put(a[0], os.O_WRONLY|os.O_TRUNC)
	},
	"bind-over": func(a []string) error { return unix.Mount(a[0], a[1], "", unix.MS_BIND, "") },
	"new-tmpfs": func(a []string) error { return unix.Mount("tmpfs", a[0], "tmpfs", 0, "") },
	"open-tree": func(a []string) error {
		_, err := unix.OpenTree(unix.AT_FDCWD, a[0], unix.OPEN_TREE_CLONE)
		return err
	},
	"fsopen": func([]string) error {
		_, err := unix.Fsopen("tmpfs", 0)
		return err
	},
	"chroot": func(a []string) error { return unix.Chroot(a[0]) },
	"pivot-root": func(a []string) error { // only a mount can be the new root
		if err := errors.Join(unix.Mount(a[0], a[0], "", unix.MS_BIND, ""), os.Chdir(a[0])); err != nil {
			return err
		}
		return unix.PivotRoot(".", ".")
	},
	"setns": func(a []string) error { // another process's view
		fd, err := unix.Open("/proc/"+a[0]+"/ns/mnt", unix.O_RDONLY, 0)
		if err != nil {
			return err
		}
		runtime.LockOSThread()
		if err := unix.Unshare(unix.CLONE_FS); err != nil { // only a thread with a working folder of its own may change it
			return err
		}
		return unix.Setns(fd, unix.CLONE_NEWNS)
	},
	// user-ns is the start of everything above for a user without rights.
	"user-ns":        func([]string) error { return nested(unix.CLONE_NEWUSER) },
	"user-mount-ns":  func([]string) error { return nested(unix.CLONE_NEWUSER | unix.CLONE_NEWNS) },
	"unshare":        func([]string) error { return unix.Unshare(unix.CLONE_FS | unix.CLONE_NEWUTS) },
	"clone3-user-ns": clone3,
	"nested-unmask":  func(a []string) error { return inNested("unmask", a) },
}

func nested(flags uintptr) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, "stat", "/")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags}
	return cmd.Run()
}

// clone3 asks for a new user namespace by the call whose flags no filter can read.
func clone3([]string) error {
	args := struct{ flags, pidfd, childTID, parentTID, exit, stack, stackSize, tls uint64 }{flags: unix.CLONE_NEWUSER, exit: uint64(unix.SIGCHLD)}
	pid, _, e := unix.RawSyscall(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&args)), unsafe.Sizeof(args), 0)
	if e != 0 {
		return e
	}
	if pid == 0 {
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	_, err := unix.Wait4(int(pid), nil, 0, nil)
	return err
}

// inNested attacks with all capabilities of a namespace of its own.
func inNested(name string, args []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, append([]string{name}, args...)...)
	cmd.Stdout = os.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN},
	}
	return cmd.Run()
}

// bareAttacks make the view alone, without the walls that keep it, and attack there.
var bareAttacks = map[string]attack{"bare": bare}

// bare runs an attack in namespaces that have the masks of a sandbox, and none of what keeps them in place.
func bare(a []string) error {
	mask, fixed, rest := a[0], a[1], a[2:]
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", mask, "tmpfs", 0, "mode=0755"); err != nil {
		return fmt.Errorf("mask: %w", err)
	}
	if err := unix.Mount(fixed, fixed, "", unix.MS_BIND, ""); err != nil {
		return err
	}
	if err := unix.Mount("", fixed, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""); err != nil {
		return err
	}
	if do, ok := fileAttacks[rest[0]]; ok {
		return do(rest[1:])
	}
	return mountAttacks[rest[0]](rest[1:])
}
