package sandbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"writ/internal/level"
)

// Profile is what a process tree may do. The zero value may read what is not secret by custom, and change
// nothing. Every path is absolute and resolved. It is stored by the daemon; nothing in an agent's hands widens it.
type Profile struct {
	// Name is what records and messages call it, for example "project" or "task 3".
	Name string `json:"name,omitempty"`
	// Root is the folder that the scope belongs to; commands start in or below it, or in another folder they can see.
	Root string `json:"root,omitempty"`
	// Write are files and folders whose content may change.
	Write []string `json:"write,omitempty"`
	// ReadOnly stay as they are although they lie below Write. What does not exist is made to stay away: see Absent.
	ReadOnly []string `json:"read_only,omitempty"`
	// Absent are names below Write that do not exist and must not appear; what appears is taken away after the
	// command and said (the kernel has no rule against one name in a folder that may change).
	Absent []string `json:"absent,omitempty"`
	// Hide are files and folders that read as empty.
	Hide []string `json:"hide,omitempty"`
	// Show are files and folders below Hide that stay readable.
	Show []string `json:"show,omitempty"`
	// Sockets are Unix sockets outside the scope that may be connected to. All others are out of reach.
	Sockets []string `json:"sockets,omitempty"`
	Net     Net      `json:"net"`
	// Env are variables to set; Keep are names that survive scrubbing although they look like credentials.
	Env  map[string]string `json:"env,omitempty"`
	Keep []string          `json:"keep_env,omitempty"`
	// Limits bound the resources of one process tree.
	Limits Limits `json:"limits"`
	// Missing says what a claim on a file that does not exist yet is turned into.
	Missing Missing `json:"missing,omitempty"`
	// Require is the least level; where the host gives less, nothing runs.
	Require level.Level `json:"require_level"`
	// Trace lets debuggers trace their own children (strace, gdb).
	Trace bool `json:"trace,omitempty"`
}

// Net is what of the network is within reach.
type Net struct {
	// Mode is "none" (an own loopback and nothing else; the zero value), "proxy" (an own loopback and the egress
	// proxy) or "host" (the machine's network: no wall).
	Mode string `json:"mode,omitempty"`
	// Allow are the destinations that the proxy lets through: HOST:PORT, *.HOST:PORT (package egress).
	Allow []string `json:"allow,omitempty"`
}

// Limits bound resources; zero is no limit of ours.
type Limits struct {
	Processes int   `json:"processes,omitempty"`
	MemoryMB  int64 `json:"memory_mb,omitempty"` // of the whole sandbox; needs a delegated cgroup, else Sandbox.Unenforced says so
	FileMB    int64 `json:"file_mb,omitempty"`   // largest file that may be written
	OpenFiles int   `json:"open_files,omitempty"`
	// Wall is how long one command may take.
	Wall time.Duration `json:"wall_ns,omitempty"`
}

// Missing says how a file that does not exist yet can be claimed.
type Missing string

const (
	// MissingFolder widens the claim to the file's folder.
	MissingFolder Missing = "folder"
	// MissingPlaceholder makes an empty file; it cannot be replaced atomically, and goes again if nothing was written.
	MissingPlaceholder Missing = "placeholder"
	// MissingOverlay works on a copy-on-write view, from which only claimed paths are taken over.
	MissingOverlay Missing = "overlay"
	// MissingRefuse refuses such a claim.
	MissingRefuse Missing = "refuse"
)

// Check reports what is wrong with a profile before anything is started with it.
func (p *Profile) Check() error {
	var errs []error
	for _, list := range [][]string{{p.Root}, p.Write, p.ReadOnly, p.Absent, p.Hide, p.Show, p.Sockets} {
		for _, path := range list {
			if path != "" && (!filepath.IsAbs(path) || filepath.Clean(path) != path || strings.ContainsRune(path, 0)) {
				errs = append(errs, fmt.Errorf("path %q: want an absolute path without dots as names", path))
			}
		}
	}
	switch p.Net.Mode {
	case "", "none", "proxy", "host":
	default:
		errs = append(errs, fmt.Errorf("net mode %q: want none, proxy or host", p.Net.Mode))
	}
	switch p.Missing {
	case "", MissingFolder, MissingPlaceholder, MissingOverlay, MissingRefuse:
	default:
		errs = append(errs, fmt.Errorf("missing %q: want folder, placeholder, overlay or refuse", p.Missing))
	}
	if l := p.Limits; l.Processes < 0 || l.MemoryMB < 0 || l.FileMB < 0 || l.OpenFiles < 0 || l.Wall < 0 {
		errs = append(errs, errors.New("a limit is negative"))
	}
	return errors.Join(errs...)
}
