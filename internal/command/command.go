// Package command reads a shell line and says what it would do: a list of typed effects with the words
// that caused each. Read is all there is to call:
//
//	res := command.Read(ctx, `cd build && rm -rf "$HOME"/*`, command.Env{Cwd: cwd, Project: root, Home: home, Disk: command.OSDisk{}})
//
// The line is parsed (bash, then zsh, then by operators alone), words are expanded as far as their parts are
// literal, and what a command runs in turn is followed: wrappers and interpreters as package catalog knows
// them, code as package inline reads it, pipes, functions, documents, scripts on disk, build targets. Paths are
// resolved as the kernel would. Nothing is run, and the disk is only looked at through Env.Disk.
//
// It promises to return within its bounds (see bounds.go) whatever the line is, never to panic, and to name
// what it could not know: effect.Unresolved where a program or code is computed or a bound was reached, the
// flags unknown-path and minor where ordinary values are open. A parse failure is never an absence of effects.
//
// It does not know what the environment, other programs or the network will answer, and it reads one line at
// a time: what an earlier call has left behind is seen only through the disk.
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
