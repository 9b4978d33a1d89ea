package command

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"writ/internal/catalog"
	"writ/internal/effect"
)

// look is the catalog, as a variable so that tests can watch what it is asked.
var look = catalog.Look

// reader carries one Read. It is used by one goroutine and thrown away.
type reader struct {
	ctx      context.Context
	env      Env
	deadline time.Time
	res      Result
	seen     map[key]int // where an effect stands in res.Effects
	at       string      // folder of the command that was read last
	src      string      // the text that nodes' positions refer to

	steps   int
	nest    int      // statements inside statements
	depth   int      // texts and wrappers inside each other
	spawn   int      // pipes and background jobs around the current statement
	frames  []frame  // functions being called
	scripts []string // script files and targets being read
	stopped bool     // a bound was reached; nothing more is read

	files   map[string]flow // what the line writes to files, and process substitutions
	traps   []func()        // bodies of traps, read when all else is
	fetched []string        // folders that the line fills from the network
	fds     int
	globs   map[string][]string
	stats   map[string]stat
	linked  bool  // stats holds links that the line makes
	in      *flow // standard input of the command whose words are being expanded
	others  int   // how many other values the variables of the current command may have
	alt     int   // which of them is used, 0 for the main one
	slept   bool  // a long sleep was read
}

// frame is a function call; spawn tells how deep in pipes and jobs it stands.
type frame struct {
	name  string
	spawn int
}

type stat struct {
	mode fs.FileMode
	link string
	ok   bool
}

// Read says what a shell line would do when started in env.Cwd. It always returns; what it could not find
// out in time or at all is in the result as effect.Unresolved.
func Read(ctx context.Context, line string, env Env) (res Result) {
	r := &reader{ctx: ctx, env: env, deadline: time.Now().Add(timeBudget)}
	if d, ok := ctx.Deadline(); ok && d.Before(r.deadline) {
		r.deadline = d
	}
	sh := &scope{cwd: cleanPath(env.Cwd)}
	defer func() {
		if p := recover(); p != nil {
			r.stopped = false
			r.unresolved(fmt.Sprintf("the reader failed on this line: %v", p), nil, nil, "panic")
			res = r.res
		}
	}()
	if hiddenCharacters(line) {
		r.obfuscated(sh, "invisible or direction-changing characters", nil)
	}
	r.shellText(sh, line, nil)
	r.res.Cwd = sh.cwd
	for i := 0; i < len(r.traps) && i < maxFields; i++ {
		r.traps[i]()
	}
	return r.res
}

// late tells whether the time is up. It is asked once for each simple command.
func (r *reader) late() bool {
	return time.Now().After(r.deadline) || r.ctx.Err() != nil
}

// step counts one simple command; false means that a bound is reached and reading stops.
func (r *reader) step() bool {
	if r.stopped {
		return false
	}
	r.steps++
	if r.steps > maxSteps {
		r.bound("the line runs too many commands to be read")
		return false
	}
	if r.steps&15 == 0 && r.late() {
		r.bound("reading took too long")
		return false
	}
	return true
}

// bound notes that a bound was reached.
func (r *reader) bound(why string) {
	if r.stopped {
		return
	}
	r.unresolved(why, nil, nil, "bound")
	r.stopped = true
}

// unresolved adds an effect for what cannot be known.
func (r *reader) unresolved(why string, words, via []string, flags ...string) {
	r.emit(effect.Effect{Kind: effect.Unresolved, Reason: why, Words: words, Via: via, Flags: flags})
}
