// Package demo shows writ at work and proves that the showing is true. It makes a fresh git repository with a
// small program and its spec, plays a host whose scripted agents build the program, and lets some of them
// attack. Every tool call takes the path that a real host's calls take: its payload goes to the real
// writ-hook, which asks a real daemon with a home folder of its own; what is asked goes to the permission
// prompt, where a scripted person answers from a process that no agent started; what is allowed is really
// run or written. No account, no network but a listener on loopback.
//
// Each attack is judged by its side effect: a file gone, bytes at the listener, a log that no longer verifies.
// The same attack is first run in a throw-away copy without a guard, where it must succeed, so that no check
// can pass by being blind.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Options of a demonstration.
type Options struct {
	// Writ and Hook are the two programs, absolute paths.
	Writ, Hook string
	Out        io.Writer
	Colour     bool
	// Dir is where the demonstration's folder is made; empty: the system's folder for temporary files.
	Dir string
	// Keep leaves that folder behind.
	Keep bool
}

// ErrFailed tells that something did not go as it must; the account has been printed.
var ErrFailed = errors.New("an expectation of the demonstration failed")

// Run plays the demonstration. It ends every process it started and removes its folder, whatever happens.
func Run(ctx context.Context, o Options) (err error) {
	dir, err := os.MkdirTemp(o.Dir, "writ-demo-")
	if err != nil {
		return err
	}
	if dir, err = resolved(dir); err != nil {
		return err
	}
	p := &play{ctx: ctx, opt: o, dir: dir, out: newAccount(o.Out, o.Colour), start: time.Now(), late: make(chan string, 100)}
	defer func() { err = errors.Join(err, p.tidy()) }()
	fmt.Fprintf(o.Out, "writ demo, in %s\n", dir)
	if p.person, err = startPerson(o.Writ, dir); err != nil {
		return err
	}
	if err := p.withoutGuard(); err != nil {
		return err
	}
	if err := p.underWrit(); err != nil {
		return err
	}
	return p.conclude()
}

// play is one demonstration under way.
type play struct {
	ctx    context.Context
	opt    Options
	dir    string
	out    *account
	person *person
	world  *world // the guarded one
	start  time.Time

	worlds   []*world
	session  *host
	floor    *floor
	tried    []tried
	restored bool
	failures []string
	seen     tallies
	// late takes failures from the person's side; personTurn lets one order be given at a time.
	late       chan string
	personTurn sync.Mutex
}

// tallies count what happened under writ.
type tallies struct {
	calls, allowed, denied, asked, approved, attacks int
	slowest                                          time.Duration
}

// expect notes a failure unless ok.
func (p *play) expect(ok bool, format string, args ...any) {
	if !ok {
		p.failures = append(p.failures, fmt.Sprintf(format, args...))
	}
}

// tidy ends what was started and removes what was made.
func (p *play) tidy() error {
	for _, w := range p.worlds {
		w.close(p.person)
	}
	if p.person != nil {
		p.person.close()
	}
	if p.opt.Keep {
		fmt.Fprintf(p.opt.Out, "kept: %s\n", p.dir)
		return nil
	}
	return removeAll(p.dir)
}
