package daemon

import (
	"sync"

	"writ/internal/audit"
	"writ/internal/transcript"
)

// maxDecided bounds the decisions remembered for comparing; older ones are looked up in the log.
const maxDecided = 50_000

// decided remembers the last word on each call by its tool use id, so that the end of every turn need not
// read the whole log.
type decided struct {
	mu       sync.Mutex
	effects  map[string]string
	reported map[string]bool
}

func newDecided() *decided {
	return &decided{effects: map[string]string{}, reported: map[string]bool{}}
}

// note takes what was recorded.
func (d *decided) note(r audit.Record) {
	if r.Kind != audit.KindDecision || r.ToolUseID == "" {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.effects) >= maxDecided {
		clear(d.effects)
	}
	d.effects[r.ToolUseID] = r.Effect
}

// lookup implements transcript.Lookup.
func (d *decided) lookup(id string) (transcript.Decision, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.effects[id]
	return transcript.Decision{Effect: e}, ok
}

// report tells whether the incident of a call is new.
func (d *decided) report(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.reported[id] || len(d.reported) >= maxDecided {
		return false
	}
	d.reported[id] = true
	return true
}
