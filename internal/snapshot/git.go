package snapshot

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

// git runs git in one folder with nothing of the user's or the repository's that could run a program or
// change bytes: no system or global configuration, hooks, file-system monitor, filters, prompts or network.
type git struct {
	dir    string // where it runs
	gitDir string // set for a bare repository
	extra  [][2]string
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

func (g git) env() []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "LC_ALL=C", "TMPDIR=" + os.TempDir(),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1",
		"GIT_LITERAL_PATHSPECS=1", "GIT_ATTR_NOSYSTEM=1", "GIT_PAGER=cat", "GIT_ASKPASS=false",
		"GIT_AUTHOR_NAME=writ", "GIT_AUTHOR_EMAIL=writ@localhost", "GIT_COMMITTER_NAME=writ", "GIT_COMMITTER_EMAIL=writ@localhost",
	}
	if g.gitDir != "" {
		env = append(env, "GIT_DIR="+g.gitDir)
	}
	pairs := append(append([][2]string{}, quietConfig...), g.extra...)
	env = append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(len(pairs)))
	for i, kv := range pairs {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, kv[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, kv[1]))
	}
	return env
}

func (g git) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env = g.dir, g.env()
	return cmd
}

// run gives what git prints; a failure carries git's own words.
func (g git) run(ctx context.Context, args ...string) (string, error) {
	return g.feed(ctx, nil, args...)
}

func (g git) feed(ctx context.Context, in io.Reader, args ...string) (string, error) {
	var out, errs bytes.Buffer
	cmd := g.command(ctx, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s in %s: %w: %s", args[0], g.dir, err, firstLine(errs.String()))
	}
	return out.String(), nil
}

// line is run for one-line answers; a failure gives "".
func (g git) line(ctx context.Context, args ...string) string {
	out, err := g.run(ctx, args...)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(out, "\n")
}

// list is run for answers that end each item with a NUL.
func (g git) list(ctx context.Context, args ...string) ([]string, error) {
	out, err := g.run(ctx, args...)
	if err != nil || out == "" {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(out, "\x00"), "\x00"), nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
