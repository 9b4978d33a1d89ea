package outer

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// identities are the ways to map users, best first: root keeps every uid it has, others keep their own. Identities
// stay what they are.
func identities() []syscall.SysProcAttr {
	own := mapped([]syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		[]syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}})
	if os.Getuid() != 0 {
		return []syscall.SysProcAttr{own}
	}
	uids, gids := ranges("/proc/self/uid_map"), ranges("/proc/self/gid_map")
	if uids == nil || gids == nil {
		return []syscall.SysProcAttr{own}
	}
	all := mapped(uids, gids)
	all.GidMappingsEnableSetgroups = true
	return []syscall.SysProcAttr{all, own}
}

func mapped(uids, gids []syscall.SysProcIDMap) syscall.SysProcAttr {
	return syscall.SysProcAttr{
		UidMappings: uids, GidMappings: gids,
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP, unix.CAP_NET_ADMIN},
	}
}

// flags are the namespaces to be made.
func (w Walls) flags() uintptr {
	flags := uintptr(unix.CLONE_NEWUSER | unix.CLONE_NEWNS)
	if w.PID {
		flags |= unix.CLONE_NEWPID
	}
	if w.IPC {
		flags |= unix.CLONE_NEWIPC
	}
	if w.Net {
		flags |= unix.CLONE_NEWNET
	}
	return flags
}

// ranges reads the ids that exist here and maps each to itself.
func ranges(file string) []syscall.SysProcIDMap {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var out []syscall.SysProcIDMap
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		var inside, outside, size int
		if _, err := fmt.Sscan(line, &inside, &outside, &size); err != nil {
			return nil
		}
		out = append(out, syscall.SysProcIDMap{ContainerID: inside, HostID: inside, Size: size})
	}
	return out
}
