// Package session knows who calls. A host's payload names a session and sometimes an agent id; Tracker turns
// that, with what it saw before (who spawned whom) and with the arguments of the agent program above the
// hook, into an event.Principal: main thread, --agent, subagent, nested, background, in-process teammate,
// pane teammate. It also counts each agent's calls against limits and notices refusals that repeat.
//
// State is kept in memory only. After a restart of the daemon a subagent's parent may be unknown; nothing
// is allowed because of that, since every kind of agent is judged alike.
package session

import (
	"sync"
	"time"

	"writ/internal/event"
)

// Seen is what one payload tells about its caller.
type Seen struct {
	Event, Session     string
	AgentID, AgentType string
	// Tool, ToolUseID and Spawn are set for tool events; Spawn only for the tool that starts agents.
	Tool, ToolUseID string
	Spawn           *Spawn
	// Argv are the command lines of the processes above the hook, nearest first; nil when unknown.
	Argv [][]string
	// Project is the host's word for the project root, Cwd the session's current folder.
	Project, Cwd string
	Run          string
}

// Spawn is what the call that starts an agent says about it.
type Spawn struct {
	Type, Name string
	Background bool
	// Child is the new agent's id, known only after the call ran; Teammate tells that it is one.
	Child    string
	Teammate bool
}

// idle is how long a session is remembered after its last event.
const idle = 24 * time.Hour

// Tracker follows all sessions of a daemon. It is safe for concurrent use.
type Tracker struct {
	mu       sync.Mutex
	now      func() time.Time
	sessions map[string]*state
}

// New makes a tracker; now is the clock.
func New(now func() time.Time) *Tracker {
	return &Tracker{now: now, sessions: map[string]*state{}}
}

// state is one session.
type state struct {
	last    time.Time
	project string
	run     string
	// pane is set when the session is a pane teammate's own.
	pane    *pane
	agents  map[string]event.Principal // by host agent id
	spawns  []*spawn                   // calls that start agents, oldest first
	buckets map[string]*bucket
	refused map[string]int // by operation digest
}

// spawn is a call that starts an agent, waiting to be matched with the agent.
type spawn struct {
	toolUseID string
	parent    event.Principal
	Spawn
	bound string // agent id, once known
}

// Count is the number of sessions remembered.
func (t *Tracker) Count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.sessions)
}

// Known tells whether a session has been met.
func (t *Tracker) Known(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sessions[id] != nil
}

// End forgets a session.
func (t *Tracker) End(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.sessions, id)
}

// get finds or makes the session's state; the caller holds the lock.
func (t *Tracker) get(id string) *state {
	now := t.now()
	s := t.sessions[id]
	if s == nil {
		t.forget(now)
		s = &state{agents: map[string]event.Principal{}, buckets: map[string]*bucket{}, refused: map[string]int{}}
		t.sessions[id] = s
	}
	s.last = now
	return s
}

func (t *Tracker) forget(now time.Time) {
	for id, s := range t.sessions {
		if now.Sub(s.last) > idle {
			delete(t.sessions, id)
		}
	}
}

// Project is the root that the session's writ covers and the run it belongs to. Both are pinned by the
// session's first event that names them, so that a later payload cannot widen them. Links in the two paths have
// been followed.
func (t *Tracker) Project(s Seen) (project, run string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	st := t.get(s.Session)
	if st.project == "" {
		st.project = root(s.Project, s.Cwd)
	}
	if st.run == "" {
		st.run = s.Run
	}
	return st.project, st.run
}
