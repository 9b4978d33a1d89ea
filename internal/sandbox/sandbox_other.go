//go:build !linux

package sandbox

import (
	"errors"
	"os"
	"runtime"

	"writ/internal/level"
)

// errSystem is what everything answers on a system whose kernel writ does not know how to use.
var errSystem = errors.New("sandboxes need Linux; on " + runtime.GOOS + " nothing is confined")

// Sandbox is a running sandbox; there are none on this system.
type Sandbox struct {
	Profile    Profile
	Level      level.Level
	Port       int
	Proxy      *os.File
	Tmp        string
	Claims     []Claim
	Unenforced []string
}

// Start cannot start anything here.
func Start(Profile, Options) (*Sandbox, error) { return nil, errors.Join(ErrLevel, errSystem) }

// Done is closed: nothing runs.
func (s *Sandbox) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

// PID is nobody's.
func (s *Sandbox) PID() int { return 0 }

// Run cannot run anything here.
func (s *Sandbox) Run(Command) error { return errSystem }

// Exec cannot run anything here.
func (s *Sandbox) Exec(Command, *os.File, *os.File, *os.File) (Exit, error) {
	return Exit{}, errSystem
}

// Commit has nothing to take over.
func (s *Sandbox) Commit() (Commit, error) { return Commit{}, errSystem }

// Close has nothing to end.
func (s *Sandbox) Close() error { return nil }

// Attach has nothing to wait for.
func Attach(int, *os.File, *os.File) (Exit, error) { return Exit{}, errSystem }

// Ask has nobody to ask.
func Ask(int, Request) error { return errSystem }

// ReadRequest reads nothing.
func ReadRequest(int) (Request, error) { return Request{}, errSystem }

// Close has nothing to close.
func (r Request) Close() {}

// Refuse has nobody to tell.
func Refuse(int, string, ...any) error { return errSystem }

// HoldTerminal cannot keep anything from a terminal here.
func HoldTerminal() error { return errSystem }

// Init is no program here.
func Init() int { return 1 }

// Probe finds nothing that confines.
func Probe(string) Report {
	return Report{System: runtime.GOOS, Findings: []Finding{{FindFull, false, errSystem.Error(), ""}}}
}
