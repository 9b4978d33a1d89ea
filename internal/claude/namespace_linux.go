package claude

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// namespaces are the ways to try, best first: root keeps every uid it has, others keep their own. Identities
// stay what they are; only the view of the file system changes.
func namespaces() []*syscall.SysProcAttr {
	own := attr([]syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		[]syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}})
	if os.Getuid() != 0 {
		return []*syscall.SysProcAttr{own}
	}
	uids, gids := ranges("/proc/self/uid_map"), ranges("/proc/self/gid_map")
	if uids == nil || gids == nil {
		return []*syscall.SysProcAttr{own}
	}
	all := attr(uids, gids)
	all.GidMappingsEnableSetgroups = true
	return []*syscall.SysProcAttr{all, own}
}

func attr(uids, gids []syscall.SysProcIDMap) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS,
		UidMappings: uids, GidMappings: gids,
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP},
	}
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
