// Package gitsafe runs git with nothing of the user's or the repository's that could run a program or change
// bytes: no system or global configuration, hooks, file-system monitor, filters, prompts or network. It is for
// repositories whose content an agent wrote.
//
// What it cannot switch off is a driver that the repository itself names: use NoFilters where git compares or
// writes files of a repository whose configuration is not known. git started by git in a nested repository
// drops these settings; every call that looks at a working tree must say --ignore-submodules=all.
package gitsafe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Git is git in one folder.
type Git struct {
	// Dir is where it runs.
	Dir string
	// GitDir is set for a repository that is not found from Dir.
	GitDir string
	// Config goes over what the repository's own configuration says, after the settings of this package.
	Config [][2]string
	// Env are further variables, NAME=VALUE.
	Env []string
}

// quietConfig overrides what a repository's own configuration may say.
var quietConfig = [][2]string{
	{"core.hooksPath", "/dev/null"}, {"core.fsmonitor", "false"}, {"core.untrackedCache", "false"},
	{"core.attributesFile", "/dev/null"}, {"core.excludesFile", "/dev/null"}, {"core.autocrlf", "false"},
	{"core.safecrlf", "false"}, {"core.ignoreStat", "false"}, {"core.checkStat", "default"},
	{"core.trustctime", "true"}, {"core.fileMode", "true"}, {"core.symlinks", "true"},
	{"core.quotePath", "false"}, {"core.protectNTFS", "false"}, {"core.protectHFS", "false"},
	{"core.fsync", "objects,reference"}, {"core.fsyncMethod", "batch"}, {"gc.auto", "0"},
	{"protocol.allow", "never"}, {"safe.directory", "*"}, {"safe.bareRepository", "all"},
	{"submodule.recurse", "false"}, {"log.showSignature", "false"},
}

func (g Git) env() []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "LC_ALL=C", "TMPDIR=" + os.TempDir(),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1",
		"GIT_LITERAL_PATHSPECS=1", "GIT_ATTR_NOSYSTEM=1", "GIT_PAGER=cat", "GIT_ASKPASS=false",
		"GIT_AUTHOR_NAME=writ", "GIT_AUTHOR_EMAIL=writ@localhost", "GIT_COMMITTER_NAME=writ", "GIT_COMMITTER_EMAIL=writ@localhost",
	}
	if g.GitDir != "" {
		env = append(env, "GIT_DIR="+g.GitDir)
	}
	pairs := append(append([][2]string{}, quietConfig...), g.Config...)
	env = append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(len(pairs)))
	for i, kv := range pairs {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, kv[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, kv[1]))
	}
	return append(env, g.Env...)
}

// Command prepares git with these words; its standard streams are the caller's.
func (g Git) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env = g.Dir, g.env()
	return cmd
}

// Run gives what git prints; a failure carries git's own words.
func (g Git) Run(ctx context.Context, args ...string) (string, error) {
	return g.Feed(ctx, nil, args...)
}

// Feed is Run with a standard input.
func (g Git) Feed(ctx context.Context, in io.Reader, args ...string) (string, error) {
	var out bytes.Buffer
	err := g.Pipe(ctx, in, &out, args...)
	return out.String(), err
}

// Pipe is Run with both streams, for answers that must not lie in memory.
func (g Git) Pipe(ctx context.Context, in io.Reader, out io.Writer, args ...string) error {
	var errs bytes.Buffer
	cmd := g.Command(ctx, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, &errs
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("git %s in %s: %w: %s", args[0], g.Dir, err, FirstLine(errs.String()))
	}
	return nil
}

// Line is Run for one-line answers; a failure gives "".
func (g Git) Line(ctx context.Context, args ...string) string {
	out, err := g.Run(ctx, args...)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(out, "\n")
}

// List is Run for answers that end each item with a NUL.
func (g Git) List(ctx context.Context, args ...string) ([]string, error) {
	out, err := g.Run(ctx, args...)
	if err != nil || out == "" {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(out, "\x00"), "\x00"), nil
}

// NoFilters gives the settings that empty every filter driver the repository configures, so that comparing a
// file runs no program.
func (g Git) NoFilters(ctx context.Context) ([][2]string, error) {
	keys, err := g.List(ctx, "config", "-z", "--name-only", "--includes", "--list")
	if err != nil {
		return nil, err
	}
	var off [][2]string
	for _, k := range keys {
		if !strings.HasPrefix(k, "filter.") {
			continue
		}
		value := ""
		if strings.HasSuffix(k, ".required") {
			value = "false"
		}
		off = append(off, [2]string{k, value})
	}
	return off, nil
}

// FirstLine is what of git's complaints fits into an error.
func FirstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// Quote writes a path as git fast-import reads it: C-style, every unusual byte in octal.
func Quote(path string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(path) {
		switch c := path[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c >= 0x7f:
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
