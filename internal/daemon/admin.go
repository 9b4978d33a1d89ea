package daemon

import (
	"errors"
	"fmt"
	"net/http"
	"os/user"
	"strconv"

	"writ/internal/api"
	"writ/internal/approve"
	"writ/internal/audit"
	"writ/internal/unixsock"
)

func (d *Daemon) adminRoutes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET "+api.PathStatus, d.status)
	m.HandleFunc("GET "+api.PathRuns+"{id}", d.runs.get)
	m.HandleFunc("GET "+api.PathApprovals, d.approvals)
	m.HandleFunc("POST "+api.PathApprovals+"/{id}/approve", d.byHuman("approve", func(w http.ResponseWriter, r *http.Request) { d.decideApproval(w, r, true) }))
	m.HandleFunc("POST "+api.PathApprovals+"/{id}/reject", d.byHuman("reject", func(w http.ResponseWriter, r *http.Request) { d.decideApproval(w, r, false) }))
	m.HandleFunc("POST "+api.PathStop, d.byHuman("stop", d.stopRequested))
	m.HandleFunc("/", unknownPath)
	return m
}

// byHuman refuses agents, as far as the kernel can tell them, and records the attempt.
func (d *Daemon) byHuman(what string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		peer, _ := peerOf(r)
		why := d.agents.why(peer)
		if why == "" {
			next(w, r)
			return
		}
		d.incident(audit.Record{
			Event: what, Rule: "approval-by-agent", Effect: "deny", Approval: r.PathValue("id"),
			Summary: fmt.Sprintf("an agent's process tried to %s: %s", what, why), Data: map[string]any{"pid": peer.PID},
		})
		refuse(w, http.StatusForbidden, api.Error{Code: "agent", Message: "agents cannot " + what + ": " + why, Hint: "a person does this in a terminal of their own"})
	}
}

// approvals answers GET /v1/approvals.
func (d *Daemon) approvals(w http.ResponseWriter, r *http.Request) {
	reply(w, d.queue.List(r.URL.Query().Get("all") != ""))
}

func (d *Daemon) decideApproval(w http.ResponseWriter, r *http.Request, approve bool) {
	var a api.Answer
	if !read(w, r, &a) {
		return
	}
	if a.By == "" {
		a.By = nameOf(r)
	}
	out, err := d.queue.Answer(r.PathValue("id"), approve, a.By, a.Why)
	if err != nil {
		refuse(w, statusOf(err), api.Error{Code: codeOf(err), Message: err.Error(), Hint: "writ approvals lists what is open"})
		return
	}
	reply(w, out)
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, approve.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, approve.ErrAmbiguous), errors.Is(err, approve.ErrAnswered), errors.Is(err, approve.ErrNotice):
		return http.StatusConflict
	}
	return http.StatusServiceUnavailable
}

func codeOf(err error) string {
	switch statusOf(err) {
	case http.StatusNotFound:
		return "not-found"
	case http.StatusConflict:
		return "conflict"
	}
	return "unhealthy"
}

// nameOf is who answers, by the uid that the kernel tells.
func nameOf(r *http.Request) string {
	peer, ok := r.Context().Value(peerKey{}).(unixsock.Peer)
	if !ok {
		return "unknown"
	}
	uid := strconv.Itoa(peer.UID)
	if u, err := user.LookupId(uid); err == nil {
		return u.Username
	}
	return "uid " + uid
}

// stopRequested answers POST /v1/stop, then the daemon ends.
func (d *Daemon) stopRequested(w http.ResponseWriter, _ *http.Request) {
	w.Header().Del("Content-Type")
	w.WriteHeader(http.StatusNoContent)
	d.stop()
}
