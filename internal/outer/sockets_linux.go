package outer

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Sockets lists the Unix sockets with an absolute path that exist now, in the caller's network namespace. A
// read-only mount does not stop connecting to one; a mask does.
func Sockets() []string {
	data, err := os.ReadFile("/proc/net/unix")
	if err != nil {
		return nil // no such file: no such sockets
	}
	return sockets(string(data))
}

func sockets(table string) []string {
	var out []string
	for line := range strings.SplitSeq(table, "\n") {
		i := strings.Index(line, " /")
		if i < 0 {
			continue
		}
		path := filepath.Clean(line[i+1:])
		if fi, err := os.Lstat(path); err == nil && fi.Mode()&os.ModeSocket != 0 && !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	return out
}
