//go:build !linux

package outer

import (
	"errors"
	"io"
	"net"
)

var errSystem = errors.New("this system has no namespaces")

// Process is a program behind its walls; there are none on this system.
type Process struct{}

// Streams are the program's standard streams.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Ready cannot build anything here.
func Ready(string, []string, Orders, Streams) (*Process, error) {
	return nil, &WallError{"user", errSystem}
}

// Probe finds nothing here.
func Probe(string, []string) (Walls, []string, error) {
	return Walls{}, nil, &WallError{"user", errSystem}
}

// RunStage cannot run here.
func RunStage() (int, error) { return 0, errSystem }

// Sockets are not listed here.
func Sockets() []string { return nil }

// Walls are those that stand: none.
func (*Process) Walls() Walls { return Walls{} }

// Gaps are empty.
func (*Process) Gaps() []string { return nil }

// Listeners are none.
func (*Process) Listeners() []net.Listener { return nil }

// PID is none.
func (*Process) PID() int { return 0 }

// Go starts nothing.
func (*Process) Go() error { return errSystem }

// Abandon does nothing.
func (*Process) Abandon() {}

// Wait has nothing to wait for.
func (*Process) Wait() (int, error) { return 0, errSystem }
