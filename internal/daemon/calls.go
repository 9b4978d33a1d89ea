package daemon

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"writ/internal/audit"
	"writ/internal/event"
	"writ/internal/sandbox"
	"writ/internal/snapshot"
	"writ/internal/verdict"
)

// call is one tool call that was decided, kept so that what the host says about it later can be joined:
// the permission prompt by its tool use id, the dialog by session, agent, tool and input, the outcome again
// by id.
type call struct {
	event   event.Event
	run     string
	summary string // one redacted line
	effect  verdict.Effect
	rule    string
	text    string // what the agent or the person is told
	// asked and given are digests of the input as it came and as it went back, rewritten or not.
	asked, given string
	input        json.RawMessage // as it went back
	operation    string          // digest that an approval is bound to
	files        map[string]string
	approval     string // id of the question, empty unless effect is ask
	need         snapshot.Need
	hosts        []string          // that it would contact
	unkept       bool              // the work it would discard could not be kept, and the question says so
	settled      bool              // the question has its answer
	scope        *sandbox.Profile  // what it may do in its sandbox; nil: it is in none
	absent       map[string]bool   // names that must not appear and were there before
	watched      map[string]string // places that a sandbox would have closed, as they were
	hazard       string            // what git's index was like before
	writes       []string          // paths that it changes, as far as they are known
	at           time.Time
}

// matches tells whether an input is the one that was decided, before or after rewriting.
func (c *call) matches(tool string, input json.RawMessage) bool {
	d := inputDigest(input)
	return tool == c.event.Tool && (d == c.asked || d == c.given)
}

// inputDigest is the same for every way to write one JSON value: the host writes an input anew before it shows
// the dialog, and escapes other characters than we do.
func inputDigest(input json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(input))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return audit.Digest(input)
	}
	same, err := json.Marshal(v)
	if err != nil {
		return audit.Digest(input)
	}
	return audit.Digest(same)
}

// Bounds of what is remembered of calls.
const (
	maxCalls = 20_000
	callLife = 2 * time.Hour
)

// calls is the table of decided calls.
type calls struct {
	mu   sync.Mutex
	byID map[string][]*call // by tool use id; sessions may share one
	n    int
}

func newCalls() *calls { return &calls{byID: map[string][]*call{}} }

func (cs *calls) add(c *call) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.n >= maxCalls {
		cs.forget(time.Now())
	}
	id := c.event.ToolUseID
	cs.byID[id] = append(cs.byID[id], c)
	cs.n++
}

// forget drops what is too old, and everything if that is not enough: then later questions about those calls
// are denied as unknown.
func (cs *calls) forget(now time.Time) {
	for id, list := range cs.byID {
		left := slices.DeleteFunc(list, func(c *call) bool { return now.Sub(c.at) > callLife })
		cs.n -= len(list) - len(left)
		if len(left) == 0 {
			delete(cs.byID, id)
		} else {
			cs.byID[id] = left
		}
	}
	if cs.n >= maxCalls {
		cs.byID, cs.n = map[string][]*call{}, 0
	}
}

// byUse finds the newest call with a tool use id; session and run narrow it where they are known.
func (cs *calls) byUse(id, session, run string) *call {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	list := cs.byID[id]
	for i := len(list) - 1; i >= 0; i-- {
		c := list[i]
		if (session == "" || c.event.Session == session) && (run == "" || c.run == run) {
			return c
		}
	}
	return nil
}

// byInput finds the newest call of an agent with this input in this folder.
func (cs *calls) byInput(ev event.Event) *call {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	var best *call
	for _, list := range cs.byID {
		for _, c := range list {
			same := c.event.Session == ev.Session && c.event.Principal.ID == ev.Principal.ID && c.event.Cwd == ev.Cwd
			if same && (best == nil || c.at.After(best.at)) && c.matches(ev.Tool, ev.Input) {
				best = c
			}
		}
	}
	return best
}

// end takes a call out of the table: the host has told how it went.
func (cs *calls) end(c *call) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	id := c.event.ToolUseID
	list := slices.DeleteFunc(cs.byID[id], func(x *call) bool { return x == c })
	cs.n -= len(cs.byID[id]) - len(list)
	if len(list) == 0 {
		delete(cs.byID, id)
	} else {
		cs.byID[id] = list
	}
}

// settle marks the question about a call as answered, true for the first to do so.
func (cs *calls) settle(c *call) bool {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	first := !c.settled
	c.settled = true
	return first
}

// open lists a session's calls whose question has no answer yet.
func (cs *calls) open(session string) []*call {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	var out []*call
	for _, list := range cs.byID {
		for _, c := range list {
			if c.event.Session == session && c.approval != "" && !c.settled {
				out = append(out, c)
			}
		}
	}
	return out
}

// wrote tells whether a session lately had a file tool change a path: then its being there is no surprise.
func (cs *calls) wrote(session, path string) bool {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for _, list := range cs.byID {
		for _, c := range list {
			if c.event.Session != session || c.effect == verdict.Deny || c.scope != nil {
				continue
			}
			for _, p := range c.writes {
				if p == path || strings.HasPrefix(p, path+"/") {
					return true
				}
			}
		}
	}
	return false
}
