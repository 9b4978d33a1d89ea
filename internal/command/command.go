// Package command reads a shell line and says what it would do: a list of typed effects with the words
// that caused each. It parses (bounded), expands what is literal, follows wrappers, pipes, functions,
// inline code and script files on disk, and resolves paths as the kernel would. What cannot be resolved
// is reported as effect.Unresolved with the reason; a parse failure is never an absence of effects.
package command

import (
	"context"
	"io/fs"

	"writ/internal/effect"
)

// Env is the world a line is read against.
type Env struct {
	Cwd, Project, Home string
	// WritHome is writ's own folder, which the zones of paths must know; "" when there is none.
	WritHome string
	// Vars are the variables known to the reader (HOME, PWD, USER, TMPDIR …); others are unknown.
	Vars map[string]string
	// Disk gives read access to real files for globs, symlinks, scripts and build targets; nil: none.
	Disk Disk
}

// Disk is the little of a file system that reading needs. Implementations must not follow anything else.
type Disk interface {
	Lstat(path string) (fs.FileInfo, error)
	Readlink(path string) (string, error)
	// ReadFile returns at most max bytes.
	ReadFile(path string, max int64) ([]byte, error)
	Glob(pattern string) ([]string, error)
}

// Step is one simple command as understood, for `writ explain`.
type Step struct {
	Words   []string        `json:"words"`
	Via     []string        `json:"via,omitempty"`
	Cwd     string          `json:"cwd,omitempty"`
	Effects []effect.Effect `json:"effects,omitempty"`
}

// Result is what a line would do.
type Result struct {
	Effects []effect.Effect `json:"effects"`
	Steps   []Step          `json:"steps,omitempty"`
	// Cwd is where the shell would stand afterwards, "" when unknown.
	Cwd string `json:"cwd,omitempty"`
}

// ReadFunc is the signature of Read, for those who take it as a parameter.
type ReadFunc func(ctx context.Context, line string, env Env) Result
