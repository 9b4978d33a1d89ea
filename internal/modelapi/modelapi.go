// Package modelapi is a small real Messages API server that plays scripts: what a coding agent's model
// would answer, turn by turn, for each caller. End-to-end tests and probes point ANTHROPIC_BASE_URL at
// it and drive the real CLI without account or network. It records every request, so a test can also
// say what the model got to see.
//
// Use: s, err := Start(); s.Play("main", Turn{Calls: []Call{Bash("t1", "ls")}}, Turn{Text: "done"}).
// A caller is "main" (a main thread), "agent" (a subagent), or the name in a [[name]] marker that its
// prompt carries. Past the end of its script a caller gets "Done." It does not judge what clients send.
package modelapi

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Call is one tool_use block of an answer.
type Call struct {
	ID    string
	Name  string
	Input any // marshalled to the tool's input object
}

// Turn is one answer of the model. With Calls it stops for tool use, else it ends the turn.
type Turn struct {
	Text  string
	Calls []Call
	// Status other than 0 answers with that HTTP error instead.
	Status int
	// Before runs when the request has arrived and before it is answered; a script uses it to change
	// the world between two calls of the agent.
	Before func(Request)
}

// Bash is a Bash call.
func Bash(id, command string) Call {
	return Call{ID: id, Name: "Bash", Input: map[string]any{"command": command, "description": "run " + id}}
}

// Server plays scripts on a loopback port until closed.
type Server struct {
	URL string

	mu       sync.Mutex
	scripts  map[string][]Turn
	at       map[string]int // thread → turns already played
	requests []Request
	http     *http.Server
}

// Start listens on a free loopback port.
func Start() (*Server, error) { return Listen("127.0.0.1:0") }

// Listen serves on the given address, which must be loopback.
func Listen(addr string) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("scripted model: %w", err)
	}
	if !l.Addr().(*net.TCPAddr).IP.IsLoopback() {
		l.Close()
		return nil, fmt.Errorf("scripted model: %s is not loopback", addr)
	}
	s := &Server{
		URL:     "http://" + l.Addr().String(),
		scripts: map[string][]Turn{},
		at:      map[string]int{},
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go s.http.Serve(l) //nolint:errcheck // it ends with ErrServerClosed, by Close
	return s, nil
}

// Close stops serving at once.
func (s *Server) Close() error { return s.http.Close() }

// Play gives a caller its script; a second script for the same caller replaces the first.
func (s *Server) Play(caller string, turns ...Turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[caller] = turns
}

// Requests lists what was asked so far, in order of arrival, without side calls that offer no tools.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// next records a request and picks its turn.
func (s *Server) next(r Request) Turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	thread := r.Session + "/" + r.Agent + "/" + r.Caller
	n := s.at[thread]
	s.at[thread] = n + 1
	if script := s.scripts[r.Caller]; n < len(script) {
		return script[n]
	}
	return Turn{Text: "Done."}
}
