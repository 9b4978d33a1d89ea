package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// ErrTooLong refuses a record longer than MaxLine; the log stays usable.
var ErrTooLong = errors.New("audit record is too long")

// appendBody writes everything of a record's line behind appendHead, closing brace included, no newline.
// Free text is redacted and cut here, so that no caller can forget to.
func appendBody(b []byte, r *Record) ([]byte, error) {
	start := len(b)
	b = append(b, `"time":"`...)
	b = r.Time.UTC().AppendFormat(b, time.RFC3339Nano)
	b = append(b, '"')
	for _, f := range [...]struct{ name, value string }{
		{"kind", string(r.Kind)}, {"host", r.Host}, {"event", r.Event}, {"session", r.Session}, {"run", r.Run},
		{"agent", r.Agent}, {"agent_id", r.AgentID}, {"agent_kind", r.AgentKind}, {"agent_type", r.AgentType},
		{"role", r.Role}, {"parent", r.Parent}, {"task", r.Task}, {"cwd", r.Cwd}, {"project", r.Project},
		{"tool", r.Tool}, {"tool_use_id", r.ToolUseID}, {"input_sha256", r.InputDigest},
	} {
		if f.value != "" {
			b = appendString(appendName(b, f.name), cut(f.value))
		}
	}
	if r.Summary != "" {
		b = appendString(appendName(b, "summary"), cut(Redact(r.Summary)))
	}
	for _, f := range [...]struct{ name, value string }{{"effect", r.Effect}, {"rule", r.Rule}} {
		if f.value != "" {
			b = appendString(appendName(b, f.name), cut(f.value))
		}
	}
	b = appendList(b, "reasons", r.Reasons)
	b = appendList(b, "effects", r.Effects)
	if r.Took != 0 {
		b = strconv.AppendInt(appendName(b, "took_us"), r.Took, 10)
	}
	if r.Approval != "" {
		b = appendString(appendName(b, "approval"), cut(r.Approval))
	}
	switch {
	case r.rawData != nil:
		b = append(appendName(b, "data"), r.rawData...)
	case len(r.Data) > 0:
		data, err := json.Marshal(redactValue(r.Data, 0))
		if err != nil {
			return b[:start], fmt.Errorf("audit record data: %w", err)
		}
		b = append(appendName(b, "data"), data...)
	}
	b = append(b, '}')
	if len(b)-start > MaxLine {
		return b[:start], fmt.Errorf("%w: %d bytes, at most %d", ErrTooLong, len(b)-start, MaxLine)
	}
	return b, nil
}

func appendName(b []byte, name string) []byte {
	b = append(b, ',', '"')
	b = append(b, name...)
	return append(b, '"', ':')
}

func appendList(b []byte, name string, list []string) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(appendName(b, name), '[')
	for i, s := range list {
		if i == MaxList {
			b = append(b, fmt.Sprintf(`,"… %d more"`, len(list)-i)...)
			break
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, cut(Redact(s)))
	}
	return append(b, ']')
}

// cut bounds a text, at a whole character.
func cut(s string) string {
	if len(s) <= MaxText {
		return s
	}
	end := MaxText
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + fmt.Sprintf("… [%d bytes cut]", len(s)-end)
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string. Bytes that are no UTF-8 become U+FFFD; control characters, and the
// ones that terminals obey (DEL, C1, line separators), are escaped.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	plain := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[plain:i]...)
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\t':
			b = append(b, '\\', 't')
		case r == utf8.RuneError && size == 1:
			b = append(b, "\ufffd"...)
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029:
			b = append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
		default:
			b = append(b, s[i:i+size]...)
		}
		i += size
		plain = i
	}
	b = append(b, s[plain:]...)
	return append(b, '"')
}
