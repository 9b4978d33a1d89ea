package daemon

import (
	"syscall"
	"unsafe"
)

// prlimit sets both limits of another process.
func prlimit(pid, what int, lim *[2]uint64) error {
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), uintptr(what), uintptr(unsafe.Pointer(lim)), 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
