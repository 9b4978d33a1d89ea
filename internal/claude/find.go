package claude

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// FindCLI is the program that `claude` means to the person who starts writ: override if given, else the
// first claude on PATH by absolute folders only. One that lies in the project is refused: the agent could
// have put it there. Symlinks are resolved, so that what was checked is what is started.
func FindCLI(override, path, project string) (string, error) {
	if override != "" {
		return program(override, "")
	}
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		p, err := program(filepath.Join(dir, "claude"), project)
		if err == nil {
			return p, nil
		}
		if !os.IsNotExist(err) {
			return "", err
		}
	}
	return "", fmt.Errorf("no claude on PATH: %w", os.ErrNotExist)
}

func program(path, project string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	fi, err := os.Stat(real)
	if err != nil {
		return "", err
	}
	if !fi.Mode().IsRegular() || fi.Mode()&0o111 == 0 {
		return "", fmt.Errorf("%s is no program (mode %s)", real, fi.Mode())
	}
	if project != "" && (within(project, path) || within(project, real)) {
		return "", fmt.Errorf("%s lies in the project, where an agent can write: install Claude Code outside of it", path)
	}
	return real, nil
}

func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}
