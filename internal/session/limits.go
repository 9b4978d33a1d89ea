package session

import (
	"fmt"
	"time"

	"writ/internal/verdict"
)

// Limits bound one agent's pace. Zero spawns or messages forbid them.
type Limits struct {
	CallsPerMinute, SpawnsPerMinute, MessagesPerMinute int
	// Repeats is how often one operation may be refused before Repeated says so.
	Repeats int
}

// Pace is the class of a call that has a limit of its own beside that for all calls.
type Pace string

// The classes of calls.
const (
	Plain   Pace = ""
	Spawns  Pace = "spawns"
	Message Pace = "messages"
)

// bucket holds tokens that flow back over a minute.
type bucket struct {
	tokens float64
	at     time.Time
}

// take spends one token of perMinute; the first minute starts full.
func (b *bucket) take(now time.Time, perMinute int) bool {
	full := float64(perMinute)
	b.tokens = min(full, b.tokens+now.Sub(b.at).Minutes()*full)
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// Limit judges the pace of one agent of a session: a denial over a limit, else nothing.
func (t *Tracker) Limit(session, agent string, class Pace, l Limits) verdict.Verdict {
	t.mu.Lock()
	defer t.mu.Unlock()
	st := t.get(session)
	out := st.spend(t.now(), agent, "calls", l.CallsPerMinute)
	switch class {
	case Spawns:
		out = verdict.Combine(out, st.spend(t.now(), agent, "spawns", l.SpawnsPerMinute))
	case Message:
		out = verdict.Combine(out, st.spend(t.now(), agent, "messages", l.MessagesPerMinute))
	}
	return out
}

func (st *state) spend(now time.Time, agent, what string, perMinute int) verdict.Verdict {
	key := agent + "\x00" + what
	b := st.buckets[key]
	if b == nil {
		if len(st.buckets) >= maxAgents {
			return tooFast(what, perMinute)
		}
		b = &bucket{tokens: float64(perMinute), at: now}
		st.buckets[key] = b
	}
	if b.take(now, perMinute) {
		return verdict.None()
	}
	return tooFast(what, perMinute)
}

func tooFast(what string, perMinute int) verdict.Verdict {
	return verdict.New(verdict.Deny, "limits", "limits."+what,
		fmt.Sprintf("more than %d %s in a minute", perMinute, what), "wait a minute, then go on more slowly")
}

// Repeated counts one more refusal of the same operation and tells whether it has now been refused as
// often as the limit, and whether this is the first time that it is.
func (t *Tracker) Repeated(session, digest string, l Limits) (stuck, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	st := t.get(session)
	if _, ok := st.refused[digest]; !ok && len(st.refused) >= maxAgents {
		clear(st.refused)
	}
	st.refused[digest]++
	n := st.refused[digest]
	return n >= l.Repeats, n == l.Repeats
}

// Succeeded forgets the refusals of an operation that was allowed in the end.
func (t *Tracker) Succeeded(session, digest string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.get(session).refused, digest)
}
