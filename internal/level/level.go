// Package level is the vocabulary of confinement: how strongly the kernel holds what an agent starts. A level
// is probed, printed, recorded with every decision and can be required; it is never assumed.
package level

import "fmt"

// Level is how strongly a process tree is confined. More is stronger; the zero value confines nothing.
type Level uint8

const (
	// Observe: nothing is confined; changed files are looked at after each command.
	Observe Level = iota
	// Landlock: Landlock and seccomp alone. Metadata outside the scope, names of secrets and some sockets stay
	// within reach (docs/reference/sandbox.md).
	Landlock
	// Full: namespaces, mounts, Landlock and seccomp.
	Full
)

var names = [...]string{"observe", "landlock", "full"}

// String is the word used in logs, JSON and policies; an unknown value reads "observe".
func (l Level) String() string {
	if int(l) < len(names) {
		return names[l]
	}
	return names[Observe]
}

// Parse reads a level's word.
func Parse(s string) (Level, error) {
	for i, n := range names {
		if s == n {
			return Level(i), nil
		}
	}
	return Observe, fmt.Errorf("unknown level %q: want observe, landlock or full", s)
}

// MarshalText writes the word, in JSON too.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the word; an unknown one is an error and leaves Observe.
func (l *Level) UnmarshalText(b []byte) error {
	got, err := Parse(string(b))
	*l = got
	return err
}
