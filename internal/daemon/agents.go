package daemon

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"writ/internal/proc"
	"writ/internal/session"
	"writ/internal/unixsock"
)

// maxKnown bounds the agent processes remembered.
const maxKnown = 4096

// agents remembers which processes are agents' own, as their hooks showed, to know their descendants when
// they ask for an approval. Same-user processes can hide their descent, by forking twice; what stops that is
// the sandbox, where the admin socket does not exist. This check catches the rest and records it.
type agents struct {
	mu      sync.Mutex
	seen    map[proc.ID][][]string // parent of a hook → command lines from there upwards
	known   map[proc.ID]bool       // agents' own processes
	spaces  map[string]bool        // mount namespaces that agents live in and the daemon does not
	ownRoom string
}

func newAgents() *agents {
	own, _ := proc.MountNamespace(os.Getpid()) // unknown: the check by namespace finds nothing
	return &agents{seen: map[proc.ID][][]string{}, known: map[proc.ID]bool{}, spaces: map[string]bool{}, ownRoom: own}
}

// markers are variables that hosts and writ put into the environment of everything an agent starts.
var markers = []string{"CLAUDECODE", "WRIT_AGENT", "WRIT_SESSION"}

// above gives the command lines above a hook, nearest first, and remembers its agent.
func (a *agents) above(hook unixsock.Peer) [][]string {
	self, err := proc.Stat(hook.PID)
	if err != nil {
		return nil
	}
	parent, err := proc.Stat(self.Parent)
	if err != nil {
		return nil
	}
	a.mu.Lock()
	argv, ok := a.seen[parent.ID()]
	a.mu.Unlock()
	if ok {
		return argv
	}
	chain := proc.Ancestry(parent.PID)
	for _, p := range chain {
		argv = append(argv, p.Args)
	}
	a.remember(hook.PID, chain)
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.seen) >= maxKnown {
		clear(a.seen)
	}
	a.seen[parent.ID()] = argv
	return argv
}

// remember keeps the agent at the top of a hook: the nearest ancestor that is an agent program or, where the
// hook's environment says that a host started it, the nearest that is no shell.
func (a *agents) remember(hook int, chain []proc.Process) {
	i := slices.IndexFunc(chain, func(p proc.Process) bool { return session.IsAgent(p.Args) })
	marked := marker(hook) != ""
	if i < 0 && marked {
		i = slices.IndexFunc(chain, func(p proc.Process) bool { return !isShell(p.Name) })
	}
	if i < 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.known) >= maxKnown {
		clear(a.known)
	}
	a.known[chain[i].ID()] = true
	if room, err := proc.MountNamespace(hook); err == nil && a.ownRoom != "" && room != a.ownRoom {
		a.spaces[room] = true
	}
}

func isShell(name string) bool {
	return slices.Contains([]string{"sh", "bash", "dash", "zsh", "ash", "ksh", "busybox"}, name)
}

// marker finds a variable in the environment of a process that only an agent's descendants have.
func marker(pid int) string {
	env, err := proc.Environ(pid)
	if err != nil {
		return ""
	}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		if value != "" && slices.Contains(markers, name) {
			return name
		}
	}
	return ""
}

// why tells what shows that the peer is an agent or works for one, "" when nothing does.
func (a *agents) why(peer unixsock.Peer) string {
	if !peer.Alive() {
		return "the process that asked is gone, so it cannot be told who it was"
	}
	if name := marker(peer.PID); name != "" {
		return "its environment has " + name
	}
	chain := proc.Ancestry(peer.PID)
	if len(chain) == 0 {
		return "its process cannot be read"
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range chain {
		if a.known[p.ID()] {
			return fmt.Sprintf("it descends from process %d, whose hooks this daemon answers", p.PID)
		}
		if session.IsAgent(p.Args) {
			return fmt.Sprintf("it descends from the agent program %s (process %d)", p.Name, p.PID)
		}
	}
	if room, err := proc.MountNamespace(peer.PID); err == nil && a.spaces[room] {
		return "it runs in an agent's sandbox"
	}
	return ""
}
