package warm

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"writ/internal/sandbox"
)

// open gives the running sandbox of a scope, starting it for the first who asks.
func (p *Pool) open(scope Scope, once bool) (*box, error) {
	key := scope.key()
	p.retire(key)
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errors.New("the daemon is ending")
	}
	b := p.boxes[key]
	if b == nil || b.once || once {
		b = &box{scope: scope, key: key, ready: make(chan struct{}), running: map[string]bool{}, used: p.opt.Now(), once: once}
		if once {
			b.key = fmt.Sprintf("%s %p", key, b)
		}
		p.boxes[b.key] = b
		p.life.Go(func() { p.start(b) })
	}
	crowd := p.crowdLocked(b)
	p.mu.Unlock()
	if crowd != nil {
		p.end(crowd)
	}
	<-b.ready
	return b, b.err
}

// retire ends the sandbox of a scope whose closed files were replaced by somebody outside: it holds them no more.
func (p *Pool) retire(key string) {
	p.mu.Lock()
	b := p.boxes[key]
	p.mu.Unlock()
	if b == nil {
		return
	}
	<-b.ready
	if b.err != nil {
		return
	}
	if gone := b.s.Replaced(); len(gone) > 0 {
		p.end(b)
		p.tell(Event{What: "replaced", Scope: b.scope, Level: p.opt.Level, Text: "replaced outside: " + strings.Join(gone, ", ")})
	}
}

// crowdLocked picks the sandbox to end when there are too many: the one unused for longest, with nothing running.
func (p *Pool) crowdLocked(not *box) (oldest *box) {
	if len(p.boxes) <= maxSandboxes {
		return nil
	}
	for _, b := range p.boxes {
		if b != not && len(b.running) == 0 && (oldest == nil || b.used.Before(oldest.used)) {
			oldest = b
		}
	}
	return oldest
}

// start builds the sandbox of a box and stays until it is gone.
func (p *Pool) start(b *box) {
	began := time.Now()
	b.s, b.err = sandbox.Start(b.scope.Profile, sandbox.Options{Launcher: p.opt.Launcher, Level: p.opt.Level, Tmp: p.opt.Tmp, Ended: func(id string) { p.ended(b, id) },
		Committed: func(c sandbox.Commit, err error) { p.committed(b, c, err) }})
	if b.err != nil {
		p.drop(b)
		close(b.ready)
		p.tell(Event{What: "failed", Scope: b.scope, Level: p.opt.Level, Text: b.err.Error(), Took: time.Since(began)})
		return
	}
	p.tell(Event{What: "started", Scope: b.scope, Level: b.s.Level, PID: b.s.PID(), Took: time.Since(began), Claims: b.s.Claims, Text: unenforced(b.s)})
	listener := p.egress(b)
	close(b.ready)
	<-b.s.Done()
	if listener != nil {
		listener.Close()
	}
	p.drop(b)
	p.tell(Event{What: "ended", Scope: b.scope, Level: b.s.Level, Took: time.Since(began)})
}

// unenforced names the limits that nothing holds here.
func unenforced(s *sandbox.Sandbox) string {
	if len(s.Unenforced) == 0 {
		return ""
	}
	return "not enforced on this host: " + strings.Join(s.Unenforced, ", ")
}

// committed tells what became of changes in a copy-on-write view.
func (p *Pool) committed(b *box, c sandbox.Commit, err error) {
	e := Event{What: "committed", Scope: b.scope, Level: p.opt.Level}
	for _, r := range c.Refused {
		e.Refused = append(e.Refused, r.Path+": "+r.Why)
	}
	if err != nil {
		e.Refused = append(e.Refused, err.Error())
	}
	if len(c.Taken)+len(c.Removed)+len(e.Refused) == 0 {
		return
	}
	e.Text = fmt.Sprintf("%d files taken over, %d removed, %d refused", len(c.Taken), len(c.Removed), len(e.Refused))
	p.tell(e)
}

// egress serves the proxy on the listener that was made inside.
func (p *Pool) egress(b *box) net.Listener {
	if b.s.Proxy == nil {
		return nil
	}
	defer b.s.Proxy.Close()
	if p.opt.Egress == nil {
		return nil
	}
	l, err := net.FileListener(b.s.Proxy)
	if err != nil {
		p.tell(Event{What: "failed", Scope: b.scope, Text: "egress: " + err.Error()})
		return nil
	}
	p.life.Go(func() { p.opt.Egress(b.scope, l) })
	return l
}

func (p *Pool) tell(e Event) {
	if p.opt.Tell != nil {
		p.opt.Tell(e)
	}
}

// drop forgets a box.
func (p *Pool) drop(b *box) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.boxes[b.key] == b {
		delete(p.boxes, b.key)
	}
}

// end ends a box that may still be starting.
func (p *Pool) end(b *box) {
	p.drop(b)
	<-b.ready
	if b.err == nil {
		b.s.Close()
	}
}

// begin and ended count what runs, for expiry and for sandboxes of one command.
func (p *Pool) begin(b *box, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b.running[id], b.used = true, p.opt.Now()
}

func (p *Pool) ended(b *box, id string) {
	p.mu.Lock()
	delete(b.running, id)
	b.used = p.opt.Now()
	p.mu.Unlock()
	if slices.ContainsFunc(b.s.Claims, func(c sandbox.Claim) bool { return c.As == sandbox.MissingOverlay }) {
		c, err := b.s.Commit()
		p.committed(b, c, err)
	}
	if b.once {
		p.life.Go(func() { p.end(b) })
	}
}

// sweepEach is how often sandboxes that nobody uses are looked for.
const sweepEach = 2 * time.Second

// lifeOf is how long a scope's sandbox may be without a command.
func (p *Pool) lifeOf(s Scope) time.Duration {
	if p.opt.Idle != nil {
		if d := p.opt.Idle(s); d > 0 {
			return d
		}
	}
	return DefaultIdle
}

// sweep ends what nobody has used for long.
func (p *Pool) sweep() {
	t := time.NewTicker(sweepEach)
	defer t.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-t.C:
		}
		for _, b := range p.idle() {
			p.end(b)
		}
	}
}

func (p *Pool) idle() (out []*box) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.boxes {
		if len(b.running) == 0 && p.opt.Now().Sub(b.used) > p.lifeOf(b.scope) {
			out = append(out, b)
		}
	}
	return out
}

// Count tells how many sandboxes there are.
func (p *Pool) Count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.boxes)
}
