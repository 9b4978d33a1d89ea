package daemon

import (
	"context"
	"runtime/debug"
	"time"
)

// Idle memory is bounded to 60 MB; the heap's soft limit leaves room for code and stacks.
const (
	heapLimit = 40 << 20
	gcPercent = 200
	tidyEvery = 20 * time.Second
)

// trim keeps the daemon small: it stands in memory all day and works for milliseconds.
func trim() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(heapLimit)
	debug.FreeOSMemory()
}

// keepSmall gives memory back after work is done, until ctx ends.
func (d *Daemon) keepSmall(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for last := d.log.Size(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := d.log.Size(); now != last {
			last = now
			debug.FreeOSMemory()
		}
	}
}
