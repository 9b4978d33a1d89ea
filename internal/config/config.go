// Package config reads writ's settings: the user's file in writ's home, the organisation's in /etc/writ,
// the repository's in .writ. All are JSON of the same keys. Reading is strict: an unknown key, a key given
// twice or a value out of range is an error that names file, line and the nearest valid key, because a
// misspelt limit that silently does nothing is worse than none.
//
// Each key knows which of two values is the stricter. The organisation's value bounds the user's, and the
// repository's may only tighten what the other two say. Of a list that loosens (what may be reached, read, changed)
// the organisation's bounds the user's, and a repository has none; lists that tighten add up. Rules of policy are not
// here but in package policy.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"writ/internal/durable"
)

// Config is what holds after all layers.
type Config struct {
	// AskWait is how long an unattended call waits for a human's answer before it is denied.
	AskWait time.Duration
	// RewriteTag lets writ put the agent's identity into the environment of Bash calls under the gate.
	RewriteTag bool
	// CallsPerMinute, SpawnsPerMinute and MessagesPerMinute bound each agent.
	CallsPerMinute, SpawnsPerMinute, MessagesPerMinute int
	// Repeats is how often the same operation may be refused before the agent is told to stop and a human to look.
	Repeats int
	// AuditKeep is the age up to which the log keeps its records, 0 for all.
	AuditKeep time.Duration
	// SnapshotKeep newest snapshots of a project stay, and all younger than SnapshotAge; 0 in either keeps all.
	SnapshotKeep int
	SnapshotAge  time.Duration
	// Sandbox and Egress are the walls around shell commands.
	Sandbox Sandbox
	Egress  Egress
}

// Default is what holds without any file.
func Default() Config {
	var c Config
	for _, k := range Keys {
		k.set(&c, value{n: k.Default})
	}
	return c
}

// Org is the organisation's file; only an administrator can write it.
const Org = "/etc/writ/config.json"

// Repository is the file's place inside a project.
const Repository = ".writ/config.json"

// Load joins the layers: user and org are files, project is the repository's root; empty ones and missing
// files are skipped. Every error names the file and line.
func Load(user, org, project string) (Config, error) {
	c := Default()
	u, err := read(user, false)
	if err != nil {
		return c, err
	}
	o, err := read(org, false)
	if err != nil {
		return c, err
	}
	var r layer
	if project != "" {
		if r, err = read(filepath.Join(project, Repository), true); err != nil {
			return c, err
		}
	}
	for _, k := range Keys {
		k.set(&c, k.join(u, o, r))
	}
	return c, nil
}

// Files lists what Load would read, for whoever watches them for changes.
func Files(user, org, project string) []string {
	out := []string{user, org}
	if project != "" {
		out = append(out, filepath.Join(project, Repository))
	}
	return out
}

// maxFile bounds a settings file; a larger one holds no settings.
const maxFile = 1 << 20

func read(path string, repository bool) (layer, error) {
	if path == "" {
		return nil, nil
	}
	b, err := durable.ReadFile(path, maxFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return parse(path, b, repository)
}
