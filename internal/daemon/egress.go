package daemon

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"writ/internal/api"
	"writ/internal/audit"
	"writ/internal/effect"
	"writ/internal/guard"
	"writ/internal/proc"
	"writ/internal/unixsock"
)

// nameLife is how long a host stays reachable after a call was allowed that named it.
const nameLife = 10 * time.Minute

// Bounds of what is remembered of hosts.
const (
	maxNamed      = 1000 // of one run
	maxNamingRuns = 1000
)

// named remembers which hosts the allowed calls of each run meant. The egress proxy lets them through; any
// other host is refused, however a program came to it.
type named struct {
	mu    sync.Mutex
	byRun map[string]map[string]time.Time // run → host:port → when
}

func newNamed() *named { return &named{byRun: map[string]map[string]time.Time{}} }

// add notes the hosts of a call that may run now.
func (n *named) add(run string, hosts []string, now time.Time) {
	if run == "" || len(hosts) == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	m := n.byRun[run]
	if m == nil || len(m) >= maxNamed { // what is forgotten is refused
		m = map[string]time.Time{}
	}
	for _, h := range hosts {
		m[strings.ToLower(h)] = now
	}
	if len(n.byRun) >= maxNamingRuns {
		clear(n.byRun)
	}
	n.byRun[run] = m
}

// has tells whether a host was meant lately.
func (n *named) has(run, host string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	at, ok := n.byRun[run][strings.ToLower(host)]
	return ok && now.Sub(at) <= nameLife
}

// hostsOf are the hosts that a decided call would contact: those of a shell line's understood part, and those of
// the tools that fetch.
func hostsOf(tool string, dec guard.Decision) []string {
	out := dec.Hosts
	if tool != "WebFetch" && tool != "WebSearch" {
		return out
	}
	for _, e := range dec.Effects {
		if e.Kind != effect.NetConnect || e.Host == "" {
			continue
		}
		port := e.Port
		if port == 0 {
			port = 443
		}
		out = append(out, net.JoinHostPort(e.Host, strconv.Itoa(port)))
	}
	return out
}

// egress answers POST /v1/egress: may this run reach this host now.
func (d *Daemon) egress(w http.ResponseWriter, r *http.Request) {
	var req api.EgressRequest
	if !read(w, r, &req) || !d.fromOutside(w, r) {
		return
	}
	target := net.JoinHostPort(req.Host, strconv.Itoa(req.Port))
	switch {
	case d.unhealthy() != "":
		reply(w, api.EgressRuling{Rule: "egress-unhealthy", Reason: d.unhealthy()})
	case req.Run == "" || req.Host == "" || req.Port <= 0 || req.Port > 65535:
		reply(w, api.EgressRuling{Rule: "egress-form", Reason: "the question names no run, host and port"})
	case d.named.has(req.Run, target, time.Now()):
		reply(w, api.EgressRuling{Allow: true, Rule: "egress-named", Reason: "an allowed call of this run names it"})
	default:
		reply(w, api.EgressRuling{Rule: "egress-unnamed", Reason: target + " is not on the list of this session, and no allowed call of the last 10 minutes names it",
			Instead: "use the tool or command that names the host, so that it can be decided, or ask the person to start writ claude with --allow-host " + target})
	}
}

// egressDone answers POST /v1/egress/done: it records what left.
func (d *Daemon) egressDone(w http.ResponseWriter, r *http.Request) {
	var e api.EgressEntry
	if !read(w, r, &e) || !d.fromOutside(w, r) {
		return
	}
	rec := audit.Record{
		Kind: audit.KindEgress, Run: e.Run, Effect: "deny", Rule: e.Rule,
		Summary: fmt.Sprintf("%s %s: %d bytes out, %d in", e.Method, net.JoinHostPort(e.Host, strconv.Itoa(e.Port)), e.Sent, e.Received),
		Data:    map[string]any{"host": e.Host, "port": e.Port, "method": e.Method, "addr": e.Addr, "sent": e.Sent, "received": e.Received, "ms": e.TookMS},
	}
	if e.Allowed {
		rec.Effect = "allow"
	}
	if e.Reason != "" {
		rec.Reasons = []string{e.Reason}
	}
	d.noted(w, rec)
}

// launch answers POST /v1/launch: it records which walls a run of writ claude has, before anything in it runs,
// and remembers their inside.
func (d *Daemon) launch(w http.ResponseWriter, r *http.Request) {
	var l api.Launch
	if !read(w, r, &l) || !d.fromOutside(w, r) {
		return
	}
	d.agents.room(l.PID)
	d.noted(w, audit.Record{
		Kind: audit.KindSession, Event: "launch", Run: l.Run, Summary: launchSummary(l), Reasons: l.Gaps,
		Data: map[string]any{"walls": l.Walls, "missing": l.Missing, "net": l.Net, "sockets": l.Sockets, "forward": l.Forward, "hosts": l.Hosts},
	})
}

func launchSummary(l api.Launch) string {
	switch {
	case !l.Walls:
		return "started without walls of its own"
	case len(l.Missing)+len(l.Gaps) > 0:
		return fmt.Sprintf("started behind walls; missing: %s; %d gaps", strings.Join(l.Missing, ", "), len(l.Gaps))
	case l.Net == "host":
		return "started behind walls, on the machine's own network"
	}
	return "started behind walls"
}

func (d *Daemon) noted(w http.ResponseWriter, r audit.Record) {
	if err := d.note(r); err != nil {
		refuse(w, http.StatusServiceUnavailable, api.Error{Code: "unhealthy", Message: "it could not be recorded: " + err.Error()})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// fromOutside refuses what comes from inside a session: it would speak for its own walls.
func (d *Daemon) fromOutside(w http.ResponseWriter, r *http.Request) bool {
	peer, ok := peerOf(r)
	why := "the caller is not known"
	if ok {
		why = d.agents.inside(peer)
	}
	if why == "" {
		return true
	}
	d.incident(audit.Record{Rule: "launcher-impersonated", Summary: "a request that only writ claude makes: " + r.URL.Path + ": " + why})
	refuse(w, http.StatusForbidden, api.Error{Code: "agent", Message: "only writ claude asks this, from outside the session: " + why})
	return false
}

// inside tells what shows that the peer lives in an agent's session, "" when nothing does.
func (a *agents) inside(peer unixsock.Peer) string {
	if !peer.Alive() {
		return "the process that asked is gone"
	}
	if name := marker(peer.PID); name != "" {
		return "its environment has " + name
	}
	room, err := proc.MountNamespace(peer.PID)
	if err != nil {
		return "its namespaces cannot be read"
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.spaces[room] {
		return "it runs in an agent's sandbox"
	}
	return ""
}

// room remembers the inside of a session by its first process.
func (a *agents) room(pid int) {
	if pid <= 0 {
		return
	}
	room, err := proc.MountNamespace(pid)
	if err != nil || a.ownRoom == "" || room == a.ownRoom {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.spaces) >= maxKnown {
		clear(a.spaces)
	}
	a.spaces[room] = true
}
