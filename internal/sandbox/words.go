package sandbox

import (
	"errors"
	"strings"
	"time"

	"writ/internal/level"
)

// Options say how a sandbox is started.
type Options struct {
	// Launcher is the program that becomes the init: bin/writ-exec, or any that calls Init under InitName.
	Launcher string
	// Level is how strong the walls are to be. What cannot be had is an error, never less.
	Level level.Level
	// Tmp is where private temporary folders go when there is no mount namespace; empty: the system's.
	Tmp string
	// Ended hears the ids of commands that have ended.
	Ended func(id string)
	// Committed hears what became of changes in copy-on-write views that nobody had committed when the sandbox ended.
	Committed func(Commit, error)
}

// ErrLevel tells that the host does not give the level that was asked for.
var ErrLevel = errors.New("this host does not give that level of confinement")

// Exit is how a command in a sandbox ended.
type Exit struct {
	Code   int    // exit status; 128 plus the signal for a command ended by one
	Signal int    // the signal, 0 for none
	Folder string // where its shell ended; empty: not known
	Why    string // "time": it took too long
}

// ErrEnded tells that the sandbox ended before the command did.
var ErrEnded = errors.New("the sandbox was ended before the command")

// ErrNotStarted tells that the command could not be started.
var ErrNotStarted = errors.New("not started")

// Command is one program to run in a sandbox.
type Command struct {
	// ID comes back when the command has ended; empty: nobody wants to know.
	ID   string
	Argv []string
	Env  []string
	Dir  string
	// Shell is a shell that Argv[0] is a line for, instead of a program with arguments: the folder that it ends in
	// is reported.
	Shell string
	// Wall ends the command when it takes longer; 0: never.
	Wall time.Duration
	// Pty gives the command a terminal of its own, whose other end goes to Conn; else Stdio is passed.
	Pty   bool
	Stdio [3]int
	// Conn is the socket of who wants it run: exit status there, signals from there.
	Conn int

	report string // where the shell writes its last folder
}

// Request is what a launcher asks of the daemon: to run the words that a grant was given for. It widens nothing:
// the grant names a stored profile, and the words must be the ones it was given for.
type Request struct {
	Grant string
	Words []string
	Dir   string
	Env   []string
	Pty   bool
	// Stdio are the launcher's descriptors; with Pty none are passed.
	Stdio [3]int
}

// InitName is the name under which the launcher program becomes the init of a sandbox.
const InitName = "writ-init"

// ErrClaim marks a path that cannot be given to a sandbox.
var ErrClaim = errors.New("this path cannot be claimed")

// sortable orders paths so that a folder comes before what lies in it.
func sortable(path string) string { return strings.ReplaceAll(path, "/", "\x00") }
