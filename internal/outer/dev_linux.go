package outer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// plain are the devices that every program needs; hardware are those that a person's approved work may need.
// What is not here (disks, other terminals, the kernel's log) does not exist inside.
var (
	plain    = []string{"null", "zero", "full", "random", "urandom", "tty"}
	hardware = []string{"kvm", "dri", "snd", "nvidia*", "kfd"}
)

func devices() []string {
	var out []string
	for _, name := range plain {
		out = append(out, "/dev/"+name)
	}
	for _, name := range hardware {
		found, err := filepath.Glob("/dev/" + name)
		if err == nil { // fixed patterns
			out = append(out, found...)
		}
	}
	return out
}

// terminal holds the caller's terminal, for /dev/console: in a terminal multiplexer of our own it has no name.
func (v *view) terminal() string {
	for fd := range 3 {
		path, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
		if err == nil && strings.HasPrefix(path, "/dev/pts/") && v.hold(path) == nil {
			return path
		}
	}
	return ""
}

// ownDev lays a /dev with few devices, pseudo-terminals of its own (others' cannot be read or typed into) and
// shared memory of its own. Where that fails, the machine's stays.
func (v *view) ownDev(terminal string) error {
	if err := tmpfs("/dev", "mode=0755,size=64k", unix.MS_NOSUID); err != nil {
		return err
	}
	err := v.fillDev(terminal)
	if err != nil {
		return errors.Join(err, unix.Unmount("/dev", unix.MNT_DETACH))
	}
	return nil
}

func (v *view) fillDev(terminal string) error {
	for _, path := range devices() {
		if err := v.release(path, path); err != nil {
			return err
		}
	}
	if err := v.release(terminal, "/dev/console"); err != nil {
		return err
	}
	for _, dir := range []string{"/dev/pts", "/dev/shm"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return fmt.Errorf("an own /dev: %w", err)
		}
	}
	if err := unix.Mount("devpts", "/dev/pts", "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"); err != nil {
		return fmt.Errorf("an own /dev/pts: %w", err)
	}
	if err := tmpfs("/dev/shm", "mode=1777", unix.MS_NOSUID|unix.MS_NODEV); err != nil {
		return err
	}
	for name, to := range map[string]string{"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"} {
		if err := os.Symlink(to, "/dev/"+name); err != nil {
			return fmt.Errorf("an own /dev: %w", err)
		}
	}
	return nil
}

// procReadOnly are parts of /proc that change the machine when root writes to them.
var procReadOnly = []string{"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/acpi", "/proc/scsi"}

// ownProc shows the processes inside and no others.
func ownProc() error {
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("an own /proc (a container runtime that masks parts of its own forbids one): %w", err)
	}
	for _, path := range procReadOnly {
		if err := closeIfThere(path); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
	}
	return nil
}
