package daemon

import (
	"os"
	"strconv"
	"testing"

	"writ/internal/effect"
	"writ/internal/proc"
	"writ/internal/verdict"
)

func TestOwnProcessesAreSpared(t *testing.T) {
	a := newAgents()
	a.known[proc.ID{PID: 4242, Start: 1}] = true
	self := strconv.Itoa(os.Getpid())
	for _, c := range []struct {
		kind   effect.Kind
		target string
		want   verdict.Effect
	}{
		{effect.ProcKill, self, verdict.Deny},
		{effect.ProcKill, "-" + self, verdict.Deny},
		{effect.ProcTrace, self, verdict.Deny},
		{effect.ProcKill, "4242", verdict.Deny},
		{effect.ProcKill, "4243", verdict.Abstain},
		{effect.ProcKill, "node", verdict.Abstain},
		{effect.FSRead, self, verdict.Abstain},
	} {
		if got := a.spare([]effect.Effect{{Kind: effect.Exec}, {Kind: c.kind, Target: c.target}}); got.Effect != c.want {
			t.Errorf("%s %s: %s, want %s", c.kind, c.target, got.Effect, c.want)
		}
	}
}
