// Package zone says what kind of place a path is: inside the project, a temporary folder, somebody's
// home, a secret, the wiring of an agent, something that the system runs by itself. Stages judge effects
// on files by these labels, so that a rule speaks of "secret" and not of forty file names.
//
// Classify is a pure function of the path's text: it opens nothing. The caller resolves symbolic links
// and ".." first. Labels that protect (secret, wiring, persist, system …) are matched without regard to
// letter case, because some file systems ignore it; labels that permit (project, temp, cache) are exact.
package zone

import "strings"

// Env is what Classify must know of the session: absolute, clean paths; empty where there is none.
type Env struct {
	Project  string // root of what the session's writ covers
	Home     string // the user's home folder
	WritHome string // writ's own folder
}

// The labels. Several may hold for one path.
const (
	Project      = "project"      // at or below the project's root
	ProjectRoot  = "project-root" // the project's root itself
	Git          = "worktree-git" // inside a .git folder
	Temp         = "temp"         // a folder for temporary files
	Cache        = "cache"        // what a tool can make again
	Home         = "home"         // anybody's home folder or below
	HomeRoot     = "home-root"    // a home folder itself, or what holds homes
	Root         = "root"         // /, a top-level folder, or an ancestor of the project
	Outside      = "outside"      // none of project, temp, cache, null
	System       = "system"       // what the machine itself runs on
	Device       = "device"       // a device with consequences
	Null         = "null"         // /dev/null and other harmless devices
	Proc         = "proc"         // /proc and /sys
	Secret       = "secret"       // holds credentials, keys or other private data
	Wiring       = "wiring"       // settings, hooks and servers of a coding agent or editor
	Instructions = "instructions" // words that agents read at start
	Writ         = "writ"         // writ's own files
	Audit        = "audit"        // logs and histories
	Persist      = "persist"      // runs later by itself
	CI           = "ci"           // runs on the forge or build server
	VCS          = "vcs"          // configuration of version control
	Tooling      = "tooling"      // settings of editors, package managers and git that name what to run
)

// order fixes the bit of each label and the order in which Classify lists them.
var order = [...]string{Project, ProjectRoot, Git, Temp, Cache, Home, HomeRoot, Root, Outside, System, Device,
	Null, Proc, Secret, Wiring, Instructions, Writ, Audit, Persist, CI, VCS, Tooling}

// Names lists every label, for validation of policies.
func Names() []string { return append([]string(nil), order[:]...) }

type set uint32

const (
	project set = 1 << iota
	projectRoot
	git
	temp
	cache
	home
	homeRoot
	root
	outside
	system
	device
	null
	proc
	secret
	wiring
	instructions
	writ
	audit
	persist
	ci
	vcs
	tooling
)

// Classify gives the labels of a path. A path that is not absolute (it lies on another machine, or its
// folder is not known) gets the labels that its names alone give, and outside.
func Classify(path string, env Env) []string {
	s := classify(path, env)
	var out []string
	for i, name := range order {
		if s&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

func classify(path string, env Env) set {
	if path == "" {
		return outside
	}
	low := strings.ToLower(strings.ReplaceAll(path, `\`, "/"))
	if len(low) > 1 {
		low = strings.TrimRight(low, "/")
	}
	s := places(path, low, env)
	if s&null != 0 {
		return null
	}
	s |= named(low)
	s |= absolute(low)
	s = refine(low, s)
	if s&(project|temp|cache) == 0 {
		s |= outside
	}
	return s
}

// places finds the labels that depend on the session and on the shape of the tree.
func places(path, low string, env Env) set {
	if harmlessDevice(low) {
		return null
	}
	var s set
	if env.Project != "" && env.Project != "/" {
		if path == env.Project {
			s |= project | projectRoot
		} else if below(path, env.Project) {
			s |= project
		} else if below(env.Project, path) {
			s |= root
		}
	}
	if low == "" || low == "/" || strings.Count(low, "/") == 1 && low[0] == '/' {
		s |= root
	}
	if env.WritHome != "" && (below(low, strings.ToLower(env.WritHome))) {
		s |= writ
	}
	return s | homes(low, env.Home) | temporary(path)
}

// homes finds whether a path is a home folder, holds homes, or lies in one.
func homes(low, own string) set {
	if own != "" && own != "/" {
		own = strings.ToLower(own)
		if low == own {
			return home | homeRoot
		}
		if below(low, own) {
			return home
		}
		if below(own, low) {
			return homeRoot
		}
	}
	if low == "/root" || low == "~" || low == "/var/root" {
		return home | homeRoot
	}
	if strings.HasPrefix(low, "/root/") || strings.HasPrefix(low, "~") || strings.HasPrefix(low, "/var/root/") {
		return home
	}
	for _, p := range [...]string{"/home", "/users", "/var/home", "c:/users"} {
		if low == p {
			return homeRoot
		}
		if strings.HasPrefix(low, p+"/") {
			if !strings.Contains(low[len(p)+1:], "/") {
				return home | homeRoot
			}
			return home
		}
	}
	return 0
}

func temporary(path string) set {
	for _, p := range [...]string{"/tmp", "/var/tmp", "/private/tmp", "/private/var/tmp", "/dev/shm", "/run/user", "/var/run/user", "/var/folders", "/private/var/folders"} {
		if below(path, p) {
			return temp
		}
	}
	return 0
}

// harmlessDevice tells of devices and descriptors whose use changes nothing.
func harmlessDevice(low string) bool {
	if rest, ok := strings.CutPrefix(low, "/dev/"); ok {
		switch rest {
		case "null", "zero", "full", "random", "urandom", "tty", "stdin", "stdout", "stderr", "ptmx", "fd":
			return true
		}
		return strings.HasPrefix(rest, "fd/")
	}
	return strings.HasPrefix(low, "/proc/self/fd/") || strings.HasPrefix(low, "/proc/thread-self/fd/")
}

// below tells whether path is dir or lies under it.
func below(path, dir string) bool {
	if !strings.HasPrefix(path, dir) {
		return false
	}
	return len(path) == len(dir) || path[len(dir)] == '/' || strings.HasSuffix(dir, "/")
}

// Protects tells of the labels that guard a path, whatever name it is reached by.
func Protects(label string) bool {
	switch label {
	case Secret, Wiring, Instructions, Writ, Audit, Persist, CI, VCS, Tooling, System, Device, Proc, Git:
		return true
	}
	return false
}
