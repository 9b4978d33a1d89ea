package claude

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Scope says whose settings carry the wiring.
type Scope string

// The scopes.
const (
	Project Scope = "project" // this user in this repository: .claude/settings.local.json
	User    Scope = "user"    // this user everywhere: ~/.claude/settings.json
	Managed Scope = "managed" // everybody on the machine: /etc/claude-code, needs root
)

// managedDir is the policy folder of Claude Code on Linux.
const managedDir = "/etc/claude-code"

// dropIn sorts after what organisations put beside it, because later files win.
const dropIn = "~writ.json"

// SettingsPath is the file of a scope. The project's wiring goes into settings.local.json and not into
// settings.json: it names programs by absolute path, which belongs to one machine and not into the repository.
func SettingsPath(scope Scope, project, userHome, configDir string) (string, error) {
	switch scope {
	case Project:
		return filepath.Join(project, ".claude", "settings.local.json"), nil
	case User:
		if configDir != "" {
			return filepath.Join(configDir, "settings.json"), nil
		}
		return filepath.Join(userHome, ".claude", "settings.json"), nil
	case Managed:
		return filepath.Join(managedDir, "managed-settings.d", dropIn), nil
	}
	return "", fmt.Errorf("scope %q: want project, user or managed", scope)
}

// resolve follows symlinks of the file and its folder, so that a write replaces the real file and keeps the
// link. Folders that do not exist yet are returned, outermost first.
func resolve(path string) (real string, missing []string, err error) {
	for range 40 {
		target, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	dir := filepath.Dir(path)
	for {
		got, err := filepath.EvalSymlinks(dir)
		if err == nil {
			rest, _ := filepath.Rel(dir, path) // dir is a prefix of path
			return filepath.Join(got, rest), missing, owned(got)
		}
		if _, lerr := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) || lerr == nil {
			return "", nil, fmt.Errorf("resolve %s: %w", dir, err) // a dangling or looping link is not ours to fill
		}
		missing = append([]string{dir}, missing...)
		dir = filepath.Dir(dir)
	}
}

// owned refuses a folder that another user could swap under us.
func owned(dir string) error {
	fi, err := os.Stat(dir)
	if err != nil {
		return err
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	if ok && int(st.Uid) != os.Getuid() && st.Uid != 0 {
		return fmt.Errorf("%s belongs to another user (uid %d)", dir, st.Uid)
	}
	if fi.Mode().Perm()&0o002 != 0 && fi.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("%s can be written by everybody (mode %04o)", dir, fi.Mode().Perm())
	}
	return nil
}
