// Package warm keeps sandboxes: one per scope, started when a command first needs it, joined by those that come
// later, ended by release, by expiry or with the process. What may be run in one is said by a grant: an id that is
// good for one run of the very words it was given for, and names a profile that lies here and not in the hands of
// whoever holds the id.
//
// A Pool serves launchers on a Unix socket (Serve). It decides nothing: who gives a grant has decided.
package warm

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"writ/internal/level"
	"writ/internal/sandbox"
)

// Options are what a pool works with. Launcher must be set.
type Options struct {
	Launcher string
	Level    level.Level
	Tmp      string // for private temporary folders where there is no mount namespace
	// Idle tells how long a sandbox may be without a command before it is ended; nil, or 0: DefaultIdle.
	Idle func(Scope) time.Duration
	// Egress serves the proxy of a sandbox until its listener is closed. nil: nothing leaves.
	Egress func(s Scope, l net.Listener)
	// Tell hears what happened to sandboxes and grants, for the record. nil: nobody.
	Tell func(Event)
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

const (
	// DefaultIdle is how long a sandbox is kept without a command.
	DefaultIdle = time.Hour
	// grantLife is how long a grant may wait for its run: as long as a person may take to answer.
	grantLife = 2 * time.Hour
	// maxGrants and maxSandboxes bound what is kept; beyond it the oldest goes.
	maxGrants    = 10_000
	maxSandboxes = 64
)

// Scope is who shares a sandbox and what may be done in it.
type Scope struct {
	// Owner is whose it is: released together.
	Owner   string
	Profile sandbox.Profile
}

// key tells scopes apart; the same owner and profile share one sandbox.
func (s Scope) key() string {
	b, err := json.Marshal(s.Profile)
	if err != nil {
		panic(err) // plain data
	}
	sum := sha256.Sum256(append([]byte(s.Owner+"\x00"), b...))
	return hex.EncodeToString(sum[:])
}

// Grant is the right to run one command once.
type Grant struct {
	Scope
	// Line is a shell line; Argv a program with arguments, where Line is empty.
	Line string
	Argv []string
	// Shell runs the line; empty: the caller's own.
	Shell string
	// Once ends the sandbox with the command: what was approved for one operation does not stay open.
	Once bool
}

// words are what a launcher must bring along.
func (g Grant) words() []string {
	if g.Line != "" {
		return []string{g.Line}
	}
	return g.Argv
}

// Event is something that happened.
type Event struct {
	What  string // "started", "ended", "committed", "replaced", "failed", "refused"
	Scope Scope
	Level level.Level
	PID   int
	Text  string
	Took  time.Duration
	// Claims are how files that did not exist were claimed; Refused what a copy-on-write view did not give back.
	Claims  []sandbox.Claim
	Refused []string
}

// Pool keeps sandboxes and grants. Make one with New.
type Pool struct {
	opt    Options
	mu     sync.Mutex
	grants map[string]*given
	boxes  map[string]*box
	closed bool
	stop   chan struct{}
	life   sync.WaitGroup
}

type given struct {
	Grant
	at time.Time
}

// box is one sandbox, or one that is being started.
type box struct {
	scope   Scope
	key     string
	ready   chan struct{}
	s       *sandbox.Sandbox
	err     error
	running map[string]bool
	used    time.Time
	once    bool
}

// New makes a pool. Close ends all that it started.
func New(opt Options) *Pool {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	p := &Pool{opt: opt, grants: map[string]*given{}, boxes: map[string]*box{}, stop: make(chan struct{})}
	p.life.Go(p.sweep)
	return p
}

// Level is how strongly sandboxes of this pool confine.
func (p *Pool) Level() level.Level { return p.opt.Level }

// Grant stores a grant and gives its id.
func (p *Pool) Grant(g Grant) (string, error) {
	if len(g.words()) == 0 {
		return "", errors.New("a grant without a command")
	}
	if err := g.Profile.Check(); err != nil {
		return "", err
	}
	b := make([]byte, 16)
	rand.Read(b) // never fails
	id := hex.EncodeToString(b)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.grants) >= maxGrants {
		p.forgetLocked()
	}
	p.grants[id] = &given{g, p.opt.Now()}
	return id, nil
}

// forgetLocked drops grants that are too old, and the oldest if that is not enough.
func (p *Pool) forgetLocked() {
	now, oldest, at := p.opt.Now(), "", p.opt.Now()
	for id, g := range p.grants {
		if now.Sub(g.at) > grantLife {
			delete(p.grants, id)
		} else if !g.at.After(at) {
			oldest, at = id, g.at
		}
	}
	if len(p.grants) >= maxGrants {
		delete(p.grants, oldest)
	}
}

// ErrGrant tells that an id is not good for what was asked.
var ErrGrant = errors.New("grant refused")

// redeem spends a grant, if the words are its own.
func (p *Pool) redeem(r sandbox.Request) (Grant, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.grants[r.Grant]
	switch {
	case g == nil:
		return Grant{}, fmt.Errorf("%w: it is unknown, spent or expired; run the command itself, and writ gives it a new one", ErrGrant)
	case p.opt.Now().Sub(g.at) > grantLife:
		delete(p.grants, r.Grant)
		return Grant{}, fmt.Errorf("%w: it has expired", ErrGrant)
	case !slices.Equal(r.Words, g.words()):
		return Grant{}, fmt.Errorf("%w: it was given for another command", ErrGrant)
	}
	delete(p.grants, r.Grant)
	return g.Grant, nil
}

// Withdraw takes a grant back that has not been used.
func (p *Pool) Withdraw(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.grants, id)
}

// Release ends every sandbox of an owner, with all that runs in them, and takes back its grants.
func (p *Pool) Release(owner string) {
	p.mu.Lock()
	for id, g := range p.grants {
		if g.Owner == owner {
			delete(p.grants, id)
		}
	}
	var gone []*box
	for _, b := range p.boxes {
		if b.scope.Owner == owner {
			gone = append(gone, b)
		}
	}
	p.mu.Unlock()
	for _, b := range gone {
		p.end(b)
	}
}

// Close ends everything.
func (p *Pool) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	close(p.stop)
	var all []*box
	for _, b := range p.boxes {
		all = append(all, b)
	}
	clear(p.grants)
	p.mu.Unlock()
	for _, b := range all {
		p.end(b)
	}
	p.life.Wait()
	return nil
}
