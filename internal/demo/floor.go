package demo

import (
	"encoding/json"
	"fmt"

	"writ/internal/event"
	"writ/internal/guard"
	"writ/internal/hook"
	"writ/internal/level"
	"writ/internal/verdict"
)

// floor counts what the same calls would be asked about without and with the kernel's floor. It decides each
// call a second and a third time with the guard that the daemon uses; no sandbox runs here, so the second count
// is what would be asked, not what was.
type floor struct {
	guard                *guard.Guard
	calls, without, with int
}

func newFloor(w *world) (*floor, error) {
	g, err := guard.New(guard.Options{Home: w.writ, Project: w.project, UserHome: w.home})
	if err != nil {
		return nil, fmt.Errorf("the guard that counts: %w", err)
	}
	return &floor{guard: g}, nil
}

// count decides the call both ways.
func (f *floor) count(p *play, a agent, c call) error {
	input, err := json.Marshal(c.input)
	if err != nil {
		return err
	}
	ev := event.Event{Host: "demo", Name: "PreToolUse", Tool: c.tool, Input: input, Cwd: p.world.project, Project: p.world.project,
		Known: hook.KnownTool(c.tool), Principal: event.Principal{Agent: a.name, ID: a.id, Type: a.kind, Role: a.kind}}
	f.calls++
	if f.guard.Decide(p.ctx, ev).Verdict.Effect == verdict.Ask {
		f.without++
	}
	if f.guard.WithLevel(level.Full).Decide(p.ctx, ev).Verdict.Effect == verdict.Ask {
		f.with++
	}
	return nil
}

// String is the line of the summary.
func (f *floor) String() string {
	return fmt.Sprintf("asks without / with the kernel's floor: %d / %d of %d calls (each call decided both ways)",
		f.without, f.with, f.calls)
}
