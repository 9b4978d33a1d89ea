package main

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// connectRaw connects to an address as it lies in memory, which another thread may be changing.
func connectRaw(fd int, addr []byte) error {
	_, _, e := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&addr[0])), uintptr(len(addr)))
	return asError(e)
}
