package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"writ/internal/api"
	"writ/internal/hook"
	"writ/internal/proc"
	"writ/internal/unixsock"
)

// maxBody bounds a request: the largest payload, its JSON shell, and room for escapes.
const maxBody = hook.MaxPayload + 1<<20

type peerKey struct{}

// server makes the HTTP server of one socket. Requests end with ctx, so that nobody waits for a human
// while the daemon stops.
func (d *Daemon) server(ctx context.Context, routes http.Handler) *http.Server {
	return &http.Server{
		Handler:           d.guardDoor(routes),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       30 * time.Second,
		MaxHeaderBytes:    16 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnContext:       withPeer,
		ErrorLog:          log.New(io.Discard, "", 0), // broken connections of clients are their business
	}
}

// withPeer hands the connection's peer to its requests.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	if k, ok := c.(*knownConn); ok && k.known {
		return context.WithValue(ctx, peerKey{}, k.peer)
	}
	return ctx
}

// guardDoor refuses, in this order: browsers, other users, other versions. Then the route decides.
func (d *Daemon) guardDoor(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(api.VersionHeader, strconv.Itoa(api.Version))
		w.Header().Set("Content-Type", "application/json")
		if why := fromBrowser(r); why != "" {
			refuse(w, http.StatusForbidden, api.Error{Code: "browser", Message: why})
			return
		}
		p, ok := peerOf(r)
		if !ok || p.UID != os.Geteuid() {
			refuse(w, http.StatusForbidden, api.Error{Code: "peer", Message: "only programs of the user whom this daemon serves are answered"})
			return
		}
		if v := r.Header.Get(api.VersionHeader); v != strconv.Itoa(api.Version) && r.URL.Path != api.PathStop {
			refuse(w, http.StatusUpgradeRequired, api.Error{Code: "version",
				Message: fmt.Sprintf("this daemon speaks API %d, the caller %.20q", api.Version, v), Hint: "run writ daemon restart"})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		defer d.recovered(w, r)
		next.ServeHTTP(w, r)
	})
}

// fromBrowser tells what marks a request as a browser's: no program of ours sends any of it.
func fromBrowser(r *http.Request) string {
	for name := range r.Header {
		if name == "Origin" || name == "Referer" || strings.HasPrefix(name, "Sec-") {
			return "requests with " + name + " come from browsers, which are not answered"
		}
	}
	if r.Host != "writ" {
		return fmt.Sprintf("the Host header is %.60q, want writ", r.Host)
	}
	if t := r.Header.Get("Content-Type"); r.Method == http.MethodPost && t != "application/json" {
		return fmt.Sprintf("the Content-Type is %.60q, want application/json", t)
	}
	return ""
}

// recovered turns a panic into a refusal; the client then denies.
func (d *Daemon) recovered(w http.ResponseWriter, r *http.Request) {
	if p := recover(); p != nil {
		d.diag.Error("panic", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
		refuse(w, http.StatusInternalServerError, api.Error{Code: "internal", Message: fmt.Sprintf("the daemon failed: %v", p)})
	}
}

func peerOf(r *http.Request) (unixsock.Peer, bool) {
	p, ok := r.Context().Value(peerKey{}).(unixsock.Peer)
	return p, ok
}

// reply writes one JSON value.
func reply(w http.ResponseWriter, v any) { write(w, http.StatusOK, v) }

func refuse(w http.ResponseWriter, status int, e api.Error) { write(w, status, e) }

func write(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte(`{"code":"internal","message":"the answer could not be encoded"}`)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	w.Write(b) // a client that went away is denied by its own end
}

// read decodes a request's one JSON value, strictly; both sides are of one version.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		if _, err = dec.Token(); err == io.EOF {
			return true
		}
		err = errors.New("more follows after the JSON value")
	}
	refuse(w, http.StatusBadRequest, api.Error{Code: "bad-request", Message: "cannot read the request: " + err.Error()})
	return false
}

// status is the daemon about itself.
func (d *Daemon) status(w http.ResponseWriter, _ *http.Request) {
	s := api.Status{
		Version: api.Version, Build: d.opt.Build, PID: os.Getpid(), Started: d.started, Home: string(d.opt.Home),
		Sessions: d.sessions.Count(), Pending: d.queue.Pending(), Records: d.log.Size(),
		RSS: proc.RSS(os.Getpid()), Healthy: true,
	}
	if p := d.problem.Load(); p != nil {
		s.Healthy, s.Problem = false, *p
	}
	reply(w, s)
}
