package sandbox

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Rights of Landlock by the ABI that brought them. Names as in linux/landlock.h.
const (
	accessExecute   = unix.LANDLOCK_ACCESS_FS_EXECUTE
	accessWriteFile = unix.LANDLOCK_ACCESS_FS_WRITE_FILE
	accessReadFile  = unix.LANDLOCK_ACCESS_FS_READ_FILE
	accessReadDir   = unix.LANDLOCK_ACCESS_FS_READ_DIR
	accessRefer     = 1 << 13 // ABI 2
	accessTruncate  = 1 << 14 // ABI 3
	accessIoctlDev  = 1 << 15 // ABI 5

	accessV1   = 1<<13 - 1
	accessRead = accessExecute | accessReadFile | accessReadDir
	// accessFile is what a rule on something that is no folder may name.
	accessFile = accessExecute | accessWriteFile | accessReadFile | accessTruncate | accessIoctlDev

	accessConnectTCP = 1 << 1 // ABI 4

	scopeAbstractUnix = 1 << 0 // ABI 6
	scopeSignal       = 1 << 1 // ABI 6

	ruleNetPort = 2
)

// rulesetAttr is struct landlock_ruleset_attr; older kernels take a shorter one.
type rulesetAttr struct{ fs, net, scoped uint64 }

// landlockABI tells which version of Landlock the kernel has, 0 for none.
func landlockABI() int {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(abi)
}

// handled is every right on files that an ABI knows.
func handled(abi int) uint64 {
	var access uint64 = accessV1
	if abi >= 2 {
		access |= accessRefer
	}
	if abi >= 3 {
		access |= accessTruncate
	}
	if abi >= 5 {
		access |= accessIoctlDev
	}
	return access
}

// ruleset is an open Landlock ruleset.
type ruleset struct {
	fd  int
	abi int
	fs  uint64
}

// newRuleset begins a ruleset that refuses every right the kernel knows; connect refuses TCP connections too,
// except to ports that are allowed later (ABI 4).
func newRuleset(connect bool) (*ruleset, error) {
	r := &ruleset{abi: landlockABI()}
	if r.abi == 0 {
		return nil, errors.New("landlock is not in this kernel or is switched off")
	}
	r.fs = handled(r.abi)
	attr, size := rulesetAttr{fs: r.fs}, uintptr(8)
	if r.abi >= 4 {
		size = 16
		if connect {
			attr.net = accessConnectTCP
		}
	}
	if r.abi >= 6 {
		attr.scoped, size = scopeAbstractUnix|scopeSignal, 24
	}
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0)
	if errno != 0 {
		return nil, fmt.Errorf("landlock: make a ruleset (ABI %d): %w", r.abi, errno)
	}
	r.fd = int(fd)
	return r, nil
}

// pathBeneath is struct landlock_path_beneath_attr, which is packed.
type pathBeneath struct {
	access uint64
	fd     int32
}

// allow gives rights on a file, or on a folder and all below it. A path that does not exist is an error: a rule
// that is silently left out is how such sandboxes came to be empty.
func (r *ruleset) allow(path string, access uint64) error {
	fd, err := open(path)
	if err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fmt.Errorf("landlock: %s: %w", path, err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		access &= accessFile
	}
	attr := pathBeneath{access: access & r.fs, fd: int32(fd)}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(r.fd), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&attr)), 0, 0, 0)
	if errno != 0 {
		return fmt.Errorf("landlock: allow %s: %w", path, errno)
	}
	return nil
}

// allowPort lets TCP connections to a port pass, whatever the host.
func (r *ruleset) allowPort(port int) error {
	attr := struct{ access, port uint64 }{accessConnectTCP, uint64(port)}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(r.fd), ruleNetPort, uintptr(unsafe.Pointer(&attr)), 0, 0, 0)
	if errno != 0 {
		return fmt.Errorf("landlock: allow port %d: %w", port, errno)
	}
	return nil
}

// enforce puts the calling thread, and all it will start, under the ruleset. It cannot be undone. Each call makes a
// domain of its own, and domains do not signal each other: so there is one thread that starts everything.
func (r *ruleset) enforce() error {
	defer unix.Close(r.fd)
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(r.fd), 0, 0); errno != 0 {
		return fmt.Errorf("landlock: restrict: %w", errno)
	}
	return nil
}
