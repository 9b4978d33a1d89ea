package outer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// lay makes the folder from appear as at, read-only: by a bind where at exists, else by an overlay over its
// parent, for which from must bear the same name.
func lay(from, at string) error {
	if fi, err := os.Lstat(at); err == nil && fi.IsDir() {
		if err := unix.Mount(from, at, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("bind %s: %w", at, err)
		}
		return closeAt(at, at)
	}
	etc := filepath.Dir(at)
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
	opts := "lowerdir=" + escape(filepath.Dir(from)) + ":" + etc
	if err := unix.Mount("overlay", etc, "overlay", unix.MS_NOSUID|unix.MS_NODEV, opts); err != nil {
		return fmt.Errorf("lay %s over %s: %w", at, etc, err)
	}
	for _, m := range mounts {
		if err := attach(keep[m], m); err != nil {
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
