package egress

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// refusal is a request that ends here, with the answer the client gets.
type refusal struct {
	status  int
	rule    string
	reason  string
	instead string
	err     error // what failed, where it is a failure
}

func (r *refusal) Error() string { return r.reason }
func (r *refusal) Unwrap() error { return r.err }

// fill sets what the Decider left open.
func (r *refusal) fill(rule, reason, instead string) {
	if r.rule == "" {
		r.rule = rule
	}
	if r.reason == "" {
		r.reason = reason
	}
	if r.instead == "" {
		r.instead = instead
	}
}

func refuseForm(status int, reason, instead string) *refusal {
	return &refusal{status: status, rule: RuleForm, reason: reason, instead: instead}
}

func refuseAddress(t Target, addr, kind string) *refusal {
	return &refusal{status: 403, rule: RuleAddress,
		reason:  fmt.Sprintf("%s is at %s, a %s address, and this scope does not reach the inside", t, addr, kind),
		instead: "inside the sandbox, reach a server that you started on 127.0.0.1 without the proxy; for an internal host, ask the human to allow its private address"}
}

func refuseSecret(t Target, kind string) *refusal {
	return &refusal{status: 403, rule: RuleSecret,
		reason:  fmt.Sprintf("the request to %s holds a secret (%s)", t, kind),
		instead: "leave the secret out; where the server needs it, ask the human to run this step"}
}

// body is what an agent reads.
func (r *refusal) body() string {
	word := "refused"
	if r.err != nil {
		word = "failed"
	}
	out := fmt.Sprintf("writ: %s. %s.", word, strings.TrimSuffix(r.reason, "."))
	if r.instead != "" {
		out += fmt.Sprintf(" Instead: %s.", strings.TrimSuffix(r.instead, "."))
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		return c
	}, out) + "\n"
}

// respond answers a plain request.
func (r *refusal) respond(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("X-Writ-Rule", oneLine(r.rule, 200))
	w.WriteHeader(r.status)
	fmt.Fprint(w, r.body())
}

// wire is the answer to CONNECT. Programs show only its first line, so the reason stands there, too.
func (r *refusal) wire() string {
	body := r.body()
	return fmt.Sprintf("HTTP/1.1 %d writ: %s\r\nContent-Type: text/plain; charset=utf-8\r\nX-Writ-Rule: %s\r\n"+
		"Content-Length: %d\r\nConnection: close\r\n\r\n%s", r.status, oneLine(r.reason, 160), oneLine(r.rule, 200), len(body), body)
}

// oneLine makes text safe for a header: printable ASCII, bounded.
func oneLine(s string, limit int) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return ' '
		}
		return c
	}, s)
	return strings.TrimSpace(s[:min(len(s), limit)])
}

// say writes the refusal of a CONNECT and closes. Unread bytes would make the kernel reset the connection and
// with it the answer, so what the client had already sent is read first, for a moment.
func (r *refusal) say(conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(linger))
	if _, err := conn.Write([]byte(r.wire())); err != nil {
		return
	}
	closeWrite(conn)
	var sink [4096]byte
	for {
		if _, err := conn.Read(sink[:]); err != nil {
			return
		}
	}
}

const linger = 500 * time.Millisecond

// closeWrite ends one direction, or both where the connection knows no halves.
func closeWrite(c net.Conn) error {
	if h, ok := c.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return c.Close()
}
