package daemon

import (
	"os"
	"strconv"
	"strings"

	"writ/internal/effect"
	"writ/internal/verdict"
)

// spare refuses to end or trace the daemon or the agents' own hosts by number or process group. No reader of
// commands can know these numbers; the daemon does.
func (a *agents) spare(effects []effect.Effect) verdict.Verdict {
	for _, e := range effects {
		if e.Kind != effect.ProcKill && e.Kind != effect.ProcTrace {
			continue
		}
		if pid, err := strconv.Atoi(strings.TrimPrefix(e.Target, "-")); err == nil && a.own(pid) {
			return verdict.New(verdict.Deny, "processes", "writ-process", "process "+e.Target+" is the guard or the agent's own host", "leave these processes alone")
		}
	}
	return verdict.None()
}

// own tells whether the number is the daemon's or that of an agent whose hooks it answers.
func (a *agents) own(pid int) bool {
	if pid == os.Getpid() {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for id := range a.known {
		if id.PID == pid {
			return true
		}
	}
	return false
}
