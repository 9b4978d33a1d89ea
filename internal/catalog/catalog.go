// Package catalog knows programs: given one simple command (a program and its words), it says what that
// program would do (effects) and what it would in turn run or interpret (nested). It is a pure function
// over words: no disk, no environment, no network, so the same words always give the same answer. The
// command reader (package command) supplies the words, follows what is nested and resolves the paths.
package catalog

import (
	"strings"

	"writ/internal/effect"
)

// Word is one argument after the shell's expansions.
type Word struct {
	// Text is the value as far as it is known; unknown parts are left out of it.
	Text string
	// Known is false when a part could not be resolved (a variable, a command substitution).
	Known bool
	// Glob is true when the word holds an unquoted pattern that was not expanded against the tree.
	Glob bool
	// Raw is the source text, for explanations.
	Raw string
}

// Stdin describes what a command reads on standard input, as far as the line tells.
type Stdin struct {
	// Text is the literal content (heredoc, here-string, echo/printf/cat heredoc piped in) when Known.
	Text  string
	Known bool
	// From tells where unknown input comes from: "" (inherited), "pipe", "file", "network" (a pipe that
	// begins with a download), "secret" (a pipe or file with a secret), "decode" (base64 -d, xxd -r, …).
	From string
	// Path is the file for From=="file" or a redirection.
	Path string
}

// Call is one simple command.
type Call struct {
	Args   []Word   // Args[0] is the program as written
	Assign []Assign // VAR=value prefixes of this command, and exported ones known to hold
	Stdin  *Stdin   // nil: inherited
}

// Assign is one variable assignment.
type Assign struct {
	Name  string
	Value Word
}

// Name is the program's base name, lower-cased, without .exe; "" when unknown.
func (c Call) Name() string {
	if len(c.Args) == 0 || !c.Args[0].Known {
		return ""
	}
	return BaseName(c.Args[0].Text)
}

// NestedKind says how a nested piece is to be read.
type NestedKind string

// Kinds of nested pieces.
const (
	NestedArgv   NestedKind = "argv"   // another simple command: Args (sudo, env, xargs, find -exec …)
	NestedShell  NestedKind = "shell"  // shell text: Text (bash -c, eval, ssh host CMD, watch, parallel, awk system())
	NestedCode   NestedKind = "code"   // interpreter code: Lang and Text (python -c, node -e, perl -e, ruby -e, php -r, awk program, osascript)
	NestedSQL    NestedKind = "sql"    // a database statement: Lang (postgres, mysql, sqlite, redis, mongo …) and Text
	NestedScript NestedKind = "script" // a script file to read if it exists: Path, Lang ("shell", "python", …), Args
	NestedTarget NestedKind = "target" // a build target to look up: Lang ("make", "npm", "just", "task", "composer"), Text = target, Path = file or folder
)

// Nested is something the program runs or interprets.
type Nested struct {
	Kind   NestedKind
	Lang   string
	Text   Word
	Path   Word
	Args   []Word
	Assign []Assign
	// Remote is true when it runs on another machine or in a container: its paths are not this machine's.
	Remote bool
	// Stdin is what it reads, when the wrapper changes that; nil: the wrapper's own.
	Stdin *Stdin
	// Via is the wrapper in words a person reads: "sudo", "bash -c", "xargs".
	Via string
	// Appends is true when words unknown now are appended to Args at run time (xargs, parallel, find {}).
	Appends bool
}

// Outcome is what the catalog knows of a call.
type Outcome struct {
	// Effects carry raw paths as written (relative ones too); the reader resolves them. Zones are empty.
	Effects []effect.Effect
	Nested  []Nested
	// Known is false when the program is not in the catalog; the reader then adds a plain exec effect.
	Known bool
	// Cd is the folder that this command changes to (cd, pushd), nil when it does not.
	Cd *Word
	// Emits describes what it writes to a pipe: "network" (curl, wget -O-), "secret", "decode", "text" with
	// EmitText literal (echo, printf), "" unknown.
	Emits    string
	EmitText string
}

// BaseName is the program's name without its folder, lower-cased, without .exe.
func BaseName(program string) string {
	if i := strings.LastIndexAny(program, `/\`); i >= 0 && i < len(program)-1 {
		program = program[i+1:]
	}
	return strings.TrimSuffix(strings.ToLower(program), ".exe")
}
