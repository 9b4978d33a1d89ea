package claude

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// RunEnter is the stage inside the fresh namespaces: it lays the managed settings, closes writ's home to
// writing, gives up what could undo that, and becomes the CLI. It returns only when something failed.
func RunEnter() error {
	runtime.LockOSThread() // capabilities belong to a thread
	status := os.NewFile(statusFD, "status")
	orders := os.NewFile(ordersFD, "orders")
	if status == nil || orders == nil {
		return errors.New("this is a stage of writ claude and cannot be run by itself")
	}
	syscall.CloseOnExec(statusFD)
	err := enter(orders)
	if _, werr := io.WriteString(status, err.Error()); werr != nil {
		return fmt.Errorf("this is a stage of writ claude and cannot be run by itself (%w)", err)
	}
	return err
}

func enter(orders *os.File) error {
	var e Enter
	if err := json.NewDecoder(orders).Decode(&e); err != nil {
		return fmt.Errorf("read the orders: %w", err)
	}
	orders.Close()
	// What the machine mounts later shows here; what is mounted here shows nowhere else.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if err := layManaged(e.Layer); err != nil {
		return err
	}
	for _, dir := range e.ReadOnly {
		if err := readOnly(dir); err != nil {
			return err
		}
	}
	for _, path := range e.Hide {
		if err := hide(path, e.Empty); err != nil {
			return err
		}
	}
	if err := dropPrivileges(); err != nil {
		return err
	}
	return fmt.Errorf("start %s: %w", e.Program, syscall.Exec(e.Program, e.Args, e.Env))
}

// layManaged makes layer appear as /etc/claude-code.
func layManaged(layer string) error {
	if fi, err := os.Lstat(managedDir); err == nil && fi.IsDir() {
		if err := unix.Mount(layer, managedDir, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("bind %s: %w", managedDir, err)
		}
		return readOnly(managedDir)
	}
	etc := filepath.Dir(managedDir)
	mounts, err := mountsBelow(etc)
	if err != nil {
		return err
	}
	keep := map[string]int{}
	for _, m := range mounts { // an overlay shows none of them: take them along
		fd, err := unix.OpenTree(unix.AT_FDCWD, m, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
		if err != nil {
			return fmt.Errorf("keep %s: %w", m, err)
		}
		keep[m] = fd
	}
	opts := "lowerdir=" + escape(filepath.Dir(layer)) + ":" + etc
	if err := unix.Mount("overlay", etc, "overlay", unix.MS_NOSUID|unix.MS_NODEV, opts); err != nil {
		return fmt.Errorf("lay %s over %s: %w", managedDir, etc, err)
	}
	for _, m := range mounts {
		if err := unix.MoveMount(keep[m], "", unix.AT_FDCWD, m, unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
			return fmt.Errorf("put %s back: %w", m, err)
		}
		unix.Close(keep[m])
	}
	return nil
}

// escape protects the characters that separate overlay layers.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `:`, `\:`, `,`, `\,`).Replace(path)
}

// mountsBelow lists the mount points below a folder, in the order they were made.
func mountsBelow(dir string) ([]string, error) {
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, line := range strings.Split(string(data), "\n") {
		f := strings.Fields(line)
		if len(f) > 4 && strings.HasPrefix(f[4], dir+"/") {
			out = append(out, strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(f[4]))
		}
	}
	return out, nil
}

// readOnly closes a folder to writing, with everything mounted below it.
func readOnly(dir string) error {
	if err := unix.Mount(dir, dir, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("bind %s: %w", dir, err)
	}
	err := unix.MountSetattr(unix.AT_FDCWD, dir, unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY})
	if err != nil {
		return fmt.Errorf("close %s to writing: %w", dir, err)
	}
	return nil
}

// hide puts nothing in the place of a folder or file.
func hide(path, empty string) error {
	fi, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	from := empty
	if !fi.IsDir() {
		from = os.DevNull
	}
	if err := unix.Mount(from, path, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("hide %s: %w", path, err)
	}
	return nil
}

// undoing are the capabilities that could take the mounts away again or reach another process's view.
var undoing = []uintptr{
	unix.CAP_SYS_ADMIN, unix.CAP_SYS_PTRACE, unix.CAP_SYS_CHROOT, unix.CAP_SYS_MODULE, unix.CAP_SYS_RAWIO, unix.CAP_SYS_BOOT,
	unix.CAP_MAC_ADMIN, unix.CAP_MAC_OVERRIDE, unix.CAP_MKNOD, unix.CAP_BPF, unix.CAP_PERFMON, unix.CAP_CHECKPOINT_RESTORE,
	unix.CAP_SETPCAP,
}

// dropPrivileges gives those up for good, here and for every program started later, root's too.
func dropPrivileges() error {
	for _, c := range undoing {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil && !errors.Is(err, unix.EINVAL) {
			return fmt.Errorf("drop capability %d: %w", c, err)
		}
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("drop ambient capabilities: %w", err)
	}
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&hdr, &data[0]); err != nil {
		return fmt.Errorf("read capabilities: %w", err)
	}
	data[0].Inheritable, data[1].Inheritable = 0, 0
	if err := unix.Capset(&hdr, &data[0]); err != nil {
		return fmt.Errorf("drop inheritable capabilities: %w", err)
	}
	return nil
}
