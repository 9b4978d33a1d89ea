// Package outer starts an agent's program behind walls of its own: a view of the file system in which some
// things cannot be changed and others do not exist, processes, shared memory and a network of its own, and no
// way to gain rights. It is the outer of two sandboxes: the program inside keeps its login and its files, and
// what it runs for the agent is confined once more by package sandbox.
//
// Start clones this program again as a stage inside fresh namespaces. The stage builds the view, gives up every
// right that could undo it, starts the program and stays as the first process of its namespace: it buries
// orphans and ends with the program. Whatever ends the caller ends everything inside.
//
// What is said here is what holds: a wall that the system refuses is named, never assumed. The package does not
// know which agent it starts, and decides nothing about calls.
package outer

import (
	"fmt"
	"slices"
)

// Walls are the namespaces besides those for users and mounts, without which nothing is started.
type Walls struct {
	PID bool `json:"pid"` // processes: nothing outside can be signalled, traced or seen
	IPC bool `json:"ipc"` // shared memory and queues of System V and POSIX
	Net bool `json:"net"` // a loopback of its own and nothing else; abstract Unix sockets vanish
}

// All is every wall.
var All = Walls{PID: true, IPC: true, Net: true}

// Orders are what the stage is told. Paths are absolute.
type Orders struct {
	Walls Walls `json:"walls"`
	// Lay makes the folder From appear as At, read-only. A parent of At that lacks it is covered by an overlay.
	Lay *Lay `json:"lay,omitempty"`
	// Private become empty folders of the program's own; Keep lie below and stay as they are.
	Private []Private `json:"private,omitempty"`
	Keep    []string  `json:"keep,omitempty"`
	// Pinned cannot be moved away, so that what is protected in them is not left behind.
	Pinned []string `json:"pinned,omitempty"`
	// ReadOnly cannot be changed. Needed lists those of them, and of Hide, without which nothing may start;
	// any other that fails is a gap.
	ReadOnly []string `json:"read_only,omitempty"`
	// Hide read as empty: folders, files, and sockets, which then cannot be connected to.
	Hide   []string `json:"hide,omitempty"`
	Needed []string `json:"needed,omitempty"`
	// Listen are addresses on the loopback inside, which the caller serves; see Process.Listeners.
	Listen []string `json:"listen,omitempty"`

	Program string   `json:"program"`
	Args    []string `json:"args"`
	Env     []string `json:"env"`
}

// Lay is a folder in another's place.
type Lay struct {
	From string `json:"from"`
	At   string `json:"at"`
}

// Private is an empty folder of the program's own.
type Private struct {
	Path string `json:"path"`
	Mode uint32 `json:"mode"`
}

// WallError names the wall that the system refuses.
type WallError struct {
	Wall string // "user" (with mounts), "pid", "ipc" or "net"
	Err  error
}

// Error says which and why.
func (e *WallError) Error() string { return fmt.Sprintf("the %s namespace: %v", e.Wall, e.Err) }

// Unwrap gives the reason.
func (e *WallError) Unwrap() error { return e.Err }

// without is the walls less one, and whether that one was among them.
func (w Walls) without(wall string) (Walls, bool) {
	had := w
	switch wall {
	case "pid":
		w.PID = false
	case "ipc":
		w.IPC = false
	case "net":
		w.Net = false
	}
	return w, w != had
}

// Missing names the walls that are not there.
func (w Walls) Missing() []string {
	var out []string
	for _, x := range []struct {
		name string
		has  bool
	}{{"pid", w.PID}, {"ipc", w.IPC}, {"net", w.Net}} {
		if !x.has {
			out = append(out, x.name)
		}
	}
	return out
}

// word is what passes between the caller and the stage.
type word struct {
	Say  string   `json:"say"`
	Wall string   `json:"wall,omitempty"`
	Err  string   `json:"err,omitempty"`
	Gaps []string `json:"gaps,omitempty"`
	// Signal is to be passed on to the program.
	Signal int `json:"signal,omitempty"`
}

// What is said. The stage says ready, then started; or failed. Later it says stopped whenever the program
// was stopped. The caller says go, and signal.
const (
	sayReady   = "ready"
	sayGo      = "go"
	sayStarted = "started"
	sayFailed  = "failed"
	sayStopped = "stopped"
	saySignal  = "signal"
)

// maxGaps bounds what a stage tells, so that a word fits into one message.
const maxGaps = 50

func short(gaps []string) []string {
	if len(gaps) > maxGaps {
		more := fmt.Sprintf("and %d more", len(gaps)-maxGaps)
		gaps = append(slices.Clone(gaps[:maxGaps]), more)
	}
	return gaps
}
