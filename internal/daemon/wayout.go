package daemon

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"writ/internal/api"
	"writ/internal/approve"
	"writ/internal/audit"
	"writ/internal/config"
	"writ/internal/egress"
	"writ/internal/scope"
	"writ/internal/verdict"
	"writ/internal/warm"
)

// destinations are what a project's sandboxes may reach without a question: what is configured, and where the
// package managers that the project uses get their packages.
func (d *Daemon) destinations(project string, cfg config.Egress) []string {
	return egress.Destinations(cfg.Allow, cfg.Presets, project, os.Environ(), d.opt.UserHome)
}

// serveEgress is the way out of one sandbox.
func (d *Daemon) serveEgress(s warm.Scope, l net.Listener) {
	rules, err := egress.ParseRules(s.Profile.Net.Allow)
	if err != nil {
		d.diag.Error("the egress list cannot be read: nothing leaves", "error", err)
		l.Close()
		return
	}
	listed := egress.ByRules(rules, func(ctx context.Context, t egress.Target) egress.Ruling { return d.unlisted(s, t) })
	p := egress.New(egress.Options{
		Decide: func(ctx context.Context, t egress.Target) egress.Ruling {
			r := listed(ctx, t)
			r.Private = d.projects.of(s.Profile.Root).cfg.Egress.Inside(t.Host)
			return r
		},
		Log:  func(e egress.Entry) { d.left(s, e) },
		Scan: egress.ExactScanner(scope.Values(s.Profile, os.Environ())),
	})
	defer p.Close()
	p.Serve(l) // ends with the sandbox
}

// opened remembers the destinations that a person approved for a session.
type opened struct {
	mu    sync.Mutex
	hosts map[string]string // session and destination → approval
}

func (o *opened) get(key string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.hosts[key]
}

func (o *opened) set(key, id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.hosts) > 10_000 {
		clear(o.hosts) // asked again, at worst
	}
	o.hosts[key] = id
}

// unlisted is the word on a destination that no list has: a person is asked, once, and the command is refused
// until they answered. It does not wait, because programs try hosts that nobody misses.
func (d *Daemon) unlisted(s warm.Scope, t egress.Target) egress.Ruling {
	key := s.Owner + "\x00" + t.Host + ":" + strconv.Itoa(int(t.Port))
	if id := d.opened.get(key); id != "" {
		return egress.Ruling{Allow: true, Rule: "approved " + id}
	}
	where := net.JoinHostPort(t.Host, strconv.Itoa(int(t.Port)))
	no := egress.Ruling{Rule: egress.RuleList, Reason: where + " is not on the egress list of this scope", Instead: "work without it, or name what is needed to the person you work for"}
	if !d.projects.of(s.Profile.Root).cfg.Egress.Ask {
		return no
	}
	digest := audit.Digest([]byte("egress\x00" + key))
	a, ok, err := d.queue.Use(digest)
	if err != nil {
		return no
	}
	if ok {
		d.opened.set(key, a.ID)
		return egress.Ruling{Allow: true, Rule: "approved " + a.ID}
	}
	a, err = d.queue.Ask(api.Approval{
		Kind: approve.KindAsk, Digest: digest, Session: s.Owner, Tool: "egress", Cwd: s.Profile.Root, Rule: "egress-unknown-host", Command: where,
		Summary: fmt.Sprintf("a sandboxed command of this session wants to reach %s (approving opens it for the session)", where),
	})
	if err == nil {
		no.Instead = "a person was asked and can allow it with writ approve " + a.ID + "; go on without it, and try again once they did"
	}
	return no
}

// left records what went out, or did not.
func (d *Daemon) left(s warm.Scope, e egress.Entry) {
	r := audit.Record{Kind: audit.KindEgress, Session: s.Owner, Project: s.Profile.Root, Rule: e.Rule, Effect: verdict.Deny.String(), Summary: e.Target.String(),
		Data: map[string]any{"host": e.Target.Host, "port": e.Target.Port, "method": e.Target.Method, "addr": e.Addr, "sent": e.Sent, "received": e.Received, "ms": e.Duration.Milliseconds()}}
	if e.Allowed {
		r.Effect = verdict.Allow.String()
	}
	if e.Reason != "" {
		r.Reasons = []string{e.Reason}
	}
	if e.Err != nil {
		r.Data["error"] = audit.Redact(e.Err.Error())
	}
	d.refusedHosts.note(s.Owner, e)
	if err := d.note(r); err != nil {
		d.diag.Error("egress could not be recorded", "error", err)
	}
}

// refusedHosts remembers what was kept from leaving since it was last asked, for the sentence that the agent gets.
type refusedHosts struct {
	mu   sync.Mutex
	said map[string][]string
}

func (h *refusedHosts) note(owner string, e egress.Entry) {
	if !e.Allowed {
		h.add(owner, e.Reason)
	}
}

func (h *refusedHosts) add(owner, line string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.said == nil || len(h.said) > 1000 {
		h.said = map[string][]string{}
	}
	if line = strings.TrimSuffix(line, "."); line != "" && len(h.said[owner]) < 8 && !slices.Contains(h.said[owner], line) {
		h.said[owner] = append(h.said[owner], line)
	}
}

func (h *refusedHosts) take(owner string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.said[owner]
	delete(h.said, owner)
	return out
}
