package daemon

import (
	"encoding/json"
	"strings"

	"writ/internal/verdict"
)

// rewrite puts the agent's identity in front of a Bash command under the gate, so that writ's programs and
// other hooks below it know who started them. The decision was about the command as it came; the words in
// front only set two variables. It tells whether the input changed.
func (d *Daemon) rewrite(in incoming, r *ruling) bool {
	if !in.gate || !r.cfg.RewriteTag || in.event.Tool != "Bash" || r.verdict.Effect == verdict.Deny {
		return false
	}
	out, ok := tagged(in.event.Input, in.event.Session, in.event.Principal.Agent)
	if !ok {
		return false
	}
	r.call.input, r.call.given = out, inputDigest(out)
	return true
}

func tagged(input json.RawMessage, session, agent string) (json.RawMessage, bool) {
	command, ok := commandOf(input)
	if !ok {
		return nil, false
	}
	out, err := withCommand(input, tag(session, agent)+command)
	return out, err == nil
}

// tag are the words in front of a command that say who started it.
func tag(session, agent string) string {
	return "export WRIT_SESSION=" + quote(session) + " WRIT_AGENT=" + quote(agent) + "; "
}

// quote makes one shell word of any text.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
