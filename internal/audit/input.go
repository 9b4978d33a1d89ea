package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/verdict"
)

// Of fills a record's fields that an event knows: who, where, which tool, the input's digest and summary.
func Of(kind Kind, ev event.Event) Record {
	r := Record{
		Kind: kind, Host: ev.Host, Event: ev.Name, Session: ev.Session, Task: ev.Task, Cwd: ev.Cwd, Project: ev.Project,
		Agent: ev.Principal.Agent, AgentID: ev.Principal.ID, AgentKind: string(ev.Principal.Kind),
		AgentType: ev.Principal.Type, Role: ev.Principal.Role, Parent: ev.Principal.Parent,
		Tool: ev.Tool, ToolUseID: ev.ToolUseID,
	}
	if len(ev.Input) > 0 {
		r.InputDigest = Digest(ev.Input)
		r.Summary = Summarise(ev.Tool, ev.Input)
	}
	return r
}

// Decision is the record of a verdict on an event.
func Decision(ev event.Event, v verdict.Verdict, effects []effect.Effect, took time.Duration) Record {
	r := Of(KindDecision, ev)
	r.Effect, r.Rule, r.Took = v.Effect.String(), v.Rule(), took.Microseconds()
	for _, reason := range v.Reasons {
		r.Reasons = append(r.Reasons, fmt.Sprintf("%s %s: %s", reason.Effect, reason.Rule, reason.Text))
	}
	for _, e := range effects {
		r.Effects = append(r.Effects, Phrase(e))
	}
	return r
}

// Phrase says an effect in a few words: kind, object, flags.
func Phrase(e effect.Effect) string {
	parts := []string{string(e.Kind)}
	for _, s := range []string{e.Path, e.Host, e.Target} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if len(e.Flags) > 0 {
		parts = append(parts, "("+strings.Join(e.Flags, ", ")+")")
	}
	return strings.Join(parts, " ")
}

// Digest is the SHA-256 of an input, blanks between its JSON tokens left out.
func Digest(input json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, input) != nil {
		b.Reset()
		b.Write(input)
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:])
}

// telling are the input fields that say in one line what a call is about, the best first. The content
// that a tool writes is never among them.
var telling = []string{"command", "file_path", "notebook_path", "pattern", "path", "url", "query", "skill", "to",
	"subject", "description", "summary", "name", "prompt", "taskId", "task_id", "cron", "question"}

// Summarise gives a tool call in one redacted line of at most 300 bytes.
func Summarise(tool string, input json.RawMessage) string {
	var fields map[string]any
	if json.Unmarshal(input, &fields) != nil {
		return ""
	}
	var parts []string
	for _, name := range telling {
		if s, ok := fields[name].(string); ok && s != "" {
			parts = append(parts, oneLine(Redact(s)))
			if len(parts) == 2 || name == "command" || name == "file_path" {
				break
			}
		}
	}
	s := strings.Join(parts, " · ")
	if len(s) > 300 {
		end := 297
		for end > 0 && s[end]&0xc0 == 0x80 {
			end--
		}
		s = s[:end] + "…"
	}
	return s
}

func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " ⏎ ")
}
