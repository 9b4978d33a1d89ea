// Package home says where writ keeps things: one folder per user, WRIT_HOME or ~/.writ, with the
// configuration, the policy files, the log, the keys, the snapshots and the sockets below it. One folder
// is one thing to protect from agents. It only computes paths; Ensure is the single writer.
package home

import (
	"fmt"
	"os"
	"path/filepath"
)

// Home is the root folder, an absolute path.
type Home string

// Default is $WRIT_HOME, else ~/.writ. Programs that an agent's environment reaches (writ-hook, the
// permission tool) must not call it: they get the folder as a pinned argument.
func Default() (Home, error) {
	if v := os.Getenv("WRIT_HOME"); v != "" {
		abs, err := filepath.Abs(v)
		return Home(abs), err
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the home folder: %w (set WRIT_HOME)", err)
	}
	return Home(filepath.Join(dir, ".writ")), nil
}

// Ensure makes the folders, 0700, and refuses a home that others may write.
func (h Home) Ensure() error {
	for _, d := range []string{string(h), h.Run(), h.Admin(), h.State(), h.Audit(), h.PolicyDir(), h.Keys(), h.Snapshots(), h.Bin()} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return fmt.Errorf("make %s: %w", d, err)
		}
	}
	fi, err := os.Stat(string(h))
	if err != nil {
		return err
	}
	if fi.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s is writable by others (mode %04o): run chmod 700 %s", h, fi.Mode().Perm(), h)
	}
	return os.Chmod(h.Run(), 0o700)
}

func (h Home) at(parts ...string) string {
	return filepath.Join(append([]string{string(h)}, parts...)...)
}

// Config is the user's configuration file.
func (h Home) Config() string { return h.at("config.json") }

// PolicyDir holds the user's own Cedar files.
func (h Home) PolicyDir() string { return h.at("policy") }

// Run holds the sockets and the lock, 0700.
func (h Home) Run() string { return h.at("run") }

// HookSock is where decisions are asked and records made.
func (h Home) HookSock() string { return h.at("run", "hook.sock") }

// Admin holds the admin socket and nothing else, so that a sandbox can hide the folder: a mask over the socket
// itself would go when a daemon that starts anew makes another.
func (h Home) Admin() string { return h.at("run", "admin") }

// AdminSock is where humans approve, configure and stop.
func (h Home) AdminSock() string { return h.at("run", "admin", "admin.sock") }

// ExecSock is where granted commands are handed to their sandboxes.
func (h Home) ExecSock() string { return h.at("run", "exec.sock") }

// Caches holds what package managers keep for sandboxed commands, a folder per project.
func (h Home) Caches() string { return h.at("cache") }

// Quarantine holds files that appeared where none may.
func (h Home) Quarantine() string { return h.at("state", "quarantine") }

// Lock is held by the one daemon.
func (h Home) Lock() string { return h.at("run", "daemon.lock") }

// DaemonLog is the daemon's own diagnostic output.
func (h Home) DaemonLog() string { return h.at("state", "daemon.log") }

// State holds what outlives a run.
func (h Home) State() string { return h.at("state") }

// Audit holds the log's segments and checkpoints.
func (h Home) Audit() string { return h.at("state", "audit") }

// Keys holds the signing key, 0600.
func (h Home) Keys() string { return h.at("state", "keys") }

// Snapshots holds snapshots of work outside any git repository.
func (h Home) Snapshots() string { return h.at("state", "snapshots") }

// Bin holds the copies of the programs that installed hooks point to, out of an agent's reach.
func (h Home) Bin() string { return h.at("bin") }
