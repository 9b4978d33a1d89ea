// Package approve is the queue of questions to a human. Each is bound to the digest of one operation, is
// answered once, is used once, and expires ten minutes after it was asked. Identical questions are one
// question; related ones share a group. Every change is journalled before it takes effect, so that a log
// which cannot be written stops approvals too.
//
// The queue lives in memory: after a restart nothing is approved and everything is asked again. Who may
// answer is not decided here but where the admin socket is served.
package approve

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"writ/internal/api"
)

// The states of a question.
const (
	Pending  = "pending"
	Approved = "approved"
	Rejected = "rejected"
	Used     = "used"
	Expired  = "expired"
)

// The kinds of entry; see api.Approval.Kind.
const (
	KindAsk   = "ask"
	KindStuck = "stuck"
)

// TTL is how long a question can be answered and its approval used.
const TTL = 10 * time.Minute

// maxOpen bounds the questions that wait at one time; more are refused, which denies the call.
const maxOpen = 1000

// keep is how long an answered question is still shown.
const keep = time.Hour

// Errors for those who tell them apart.
var (
	ErrNotFound  = errors.New("no such approval")
	ErrAmbiguous = errors.New("more than one approval begins like that")
	ErrAnswered  = errors.New("already answered")
	ErrFull      = errors.New("too many questions are open")
	ErrNotice    = errors.New("a refusal by policy cannot be approved: change the policy, or reject it to take it off the list")
)

// Journal records a change durably; an error keeps the change from happening.
type Journal func(api.Approval) error

// Queue holds the questions. It is safe for concurrent use.
type Queue struct {
	mu      sync.Mutex
	now     func() time.Time
	journal Journal
	byID    map[string]*entry
	changed chan struct{} // closed and replaced at every change
}

type entry struct{ api.Approval }

// New makes a queue; now is the clock.
func New(now func() time.Time, journal Journal) *Queue {
	return &Queue{now: now, journal: journal, byID: map[string]*entry{}, changed: make(chan struct{})}
}

// Ask puts a question, or joins the open one about the same operation. Only what describes the operation
// is read from a; id, state and times are set here.
func (q *Queue) Ask(a api.Approval) (api.Approval, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tidy()
	if e := q.open(a.Digest, a.Kind); e != nil {
		e.Merged++
		return e.Approval, nil
	}
	if q.pending() >= maxOpen {
		return api.Approval{}, ErrFull
	}
	a.ID, a.State, a.Created = q.newID(), Pending, q.now()
	a.Expires, a.Group = a.Created.Add(TTL), group(a)
	return q.store(a)
}

// open finds the question about the same operation that can still be answered or used.
func (q *Queue) open(digest, kind string) *entry {
	for _, e := range q.byID {
		if e.Digest == digest && e.Kind == kind && (e.State == Pending || e.State == Approved) {
			return e
		}
	}
	return nil
}

func (q *Queue) pending() (n int) {
	for _, e := range q.byID {
		if e.State == Pending {
			n++
		}
	}
	return n
}

// group joins questions of one session under one rule.
func group(a api.Approval) string {
	sum := sha256.Sum256([]byte(a.Session + "\x00" + a.Rule))
	return hex.EncodeToString(sum[:4])
}

// idLetters leave out what people misread.
const idLetters = "abcdefghjkmnpqrstuvwxyz23456789"

func (q *Queue) newID() string {
	for {
		b := make([]byte, 6)
		rand.Read(b)
		for i := range b {
			b[i] = idLetters[int(b[i])%len(idLetters)]
		}
		if _, taken := q.byID[string(b)]; !taken {
			return string(b)
		}
	}
}

// store journals a changed question and puts it into the queue; the caller holds the lock.
func (q *Queue) store(a api.Approval) (api.Approval, error) {
	if err := q.journal(a); err != nil {
		return api.Approval{}, fmt.Errorf("record the approval: %w", err)
	}
	q.byID[a.ID] = &entry{a}
	close(q.changed)
	q.changed = make(chan struct{})
	return a, nil
}

// Answer approves or rejects the pending question that id, or the beginning of its id, names.
func (q *Queue) Answer(id string, approve bool, by, why string) (api.Approval, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tidy()
	e, err := q.find(id)
	if err != nil {
		return api.Approval{}, err
	}
	if e.State != Pending {
		return e.Approval, fmt.Errorf("%s: %w: %s", e.ID, ErrAnswered, e.State)
	}
	if approve && e.Kind == KindStuck {
		return e.Approval, fmt.Errorf("%s: %w", e.ID, ErrNotice)
	}
	a := e.Approval
	a.State, a.By, a.Why = Rejected, by, why
	if approve {
		a.State = Approved
	}
	return q.store(a)
}

func (q *Queue) find(id string) (*entry, error) {
	if e, ok := q.byID[id]; ok {
		return e, nil
	}
	var hit *entry
	for _, e := range q.byID {
		if len(id) >= 2 && strings.HasPrefix(e.ID, id) {
			if hit != nil {
				return nil, fmt.Errorf("%q: %w", id, ErrAmbiguous)
			}
			hit = e
		}
	}
	if hit == nil {
		return nil, fmt.Errorf("%q: %w", id, ErrNotFound)
	}
	return hit, nil
}

// Use spends the approval of an operation, if there is one: true once, then no more.
func (q *Queue) Use(digest string) (api.Approval, bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tidy()
	e := q.open(digest, KindAsk)
	if e == nil || e.State != Approved {
		return api.Approval{}, false, nil
	}
	a := e.Approval
	a.State = Used
	a, err := q.store(a)
	return a, err == nil, err
}

// Settle closes a pending question that was answered elsewhere, in the host's own dialog or by its end.
func (q *Queue) Settle(id, state, by string) (api.Approval, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e, ok := q.byID[id]
	if !ok {
		return api.Approval{}, fmt.Errorf("%q: %w", id, ErrNotFound)
	}
	if e.State != Pending {
		return e.Approval, nil
	}
	a := e.Approval
	a.State, a.By = state, by
	return q.store(a)
}

// Wait returns the question when it is answered or gone, or as it stands when the context ends.
func (q *Queue) Wait(ctx context.Context, id string) api.Approval {
	for {
		q.mu.Lock()
		q.tidy()
		e, changed := q.byID[id], q.changed
		q.mu.Unlock()
		if e == nil {
			return api.Approval{ID: id, State: Expired}
		}
		if e.State != Pending {
			return e.Approval
		}
		select {
		case <-ctx.Done():
			return e.Approval
		case <-changed:
		case <-time.After(e.Expires.Sub(q.now()) + time.Millisecond):
		}
	}
}

// List gives the open questions, or all that are remembered, oldest first.
func (q *Queue) List(all bool) []api.Approval {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tidy()
	out := []api.Approval{}
	for _, e := range q.byID {
		if all || e.State == Pending {
			out = append(out, e.Approval)
		}
	}
	slices.SortFunc(out, func(a, b api.Approval) int {
		return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.ID, b.ID))
	})
	return out
}

// Pending is the number of open questions.
func (q *Queue) Pending() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tidy()
	return q.pending()
}

// tidy expires what is too old and forgets what was answered long ago. An expiry that cannot be recorded
// is an expiry all the same: it only refuses.
func (q *Queue) tidy() {
	now := q.now()
	for id, e := range q.byID {
		open := e.State == Pending || e.State == Approved
		switch {
		case open && !now.Before(e.Expires):
			a := e.Approval
			a.State = Expired
			if _, err := q.store(a); err != nil {
				q.byID[id] = &entry{a}
			}
		case !open && now.Sub(e.Created) > keep:
			delete(q.byID, id)
		}
	}
}
