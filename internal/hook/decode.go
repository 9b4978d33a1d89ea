package hook

import (
	"encoding/json"
	"fmt"
	"sort"
)

// Decode reads one payload of the host. An error means that the payload must be denied; it wraps ErrHost,
// ErrTooLarge, ErrMalformed or ErrAmbiguous.
func Decode(host string, payload []byte) (Payload, error) {
	if host != Claude {
		return Payload{}, fmt.Errorf("%w %q: want %q", ErrHost, host, Claude)
	}
	if len(payload) > MaxPayload {
		return Payload{}, fmt.Errorf("%w: %d bytes, at most %d are read", ErrTooLarge, len(payload), MaxPayload)
	}
	if err := checkForm(payload); err != nil {
		return Payload{}, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &fields); err != nil {
		return Payload{}, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	return decodeClaude(payload, fields)
}

// decodeClaude picks the known fields by their exact names. Going through a map and not through struct tags
// matters: tags would match "Tool_Input" too, which the host does not.
func decodeClaude(payload []byte, fields map[string]json.RawMessage) (Payload, error) {
	r := &reader{fields: fields}
	p := Payload{Host: Claude, Raw: payload}
	p.Name = r.text("hook_event_name")
	if p.Name == "" {
		return Payload{}, fmt.Errorf("%w: hook_event_name must be a non-empty string", ErrMalformed)
	}
	r.common(&p)
	r.tool(&p)
	r.turn(&p)
	r.session(&p)
	r.files(&p)
	r.talk(&p)
	p.Odd, p.Unknown = r.odd, r.rest()
	p.Known = knownEvent(p.Name) && (p.Tool == "" || KnownTool(p.Tool)) && len(p.Odd) == 0
	return p, checkTool(p)
}

// checkTool refuses a tool event that does not say which tool, or with which object.
func checkTool(p Payload) error {
	if !toolEvents[p.Name] {
		return nil
	}
	if p.Tool == "" {
		return fmt.Errorf("%w: %s without a tool_name", ErrMalformed, p.Name)
	}
	if kindOf(p.Input) != "object" {
		return fmt.Errorf("%w: tool_input of %s is %s, want object", ErrMalformed, p.Tool, kindOf(p.Input))
	}
	return checkFolded(p.Tool, p.Input)
}

// reader hands out fields by name and type and remembers what did not fit.
type reader struct {
	fields map[string]json.RawMessage
	odd    []string
}

// take gives a field's bytes once; null counts as absent.
func (r *reader) take(name string) (json.RawMessage, bool) {
	v, ok := r.fields[name]
	delete(r.fields, name)
	return v, ok && kindOf(v) != "null"
}

func (r *reader) into(name, want string, dst any) {
	v, ok := r.take(name)
	if !ok {
		return
	}
	if err := json.Unmarshal(v, dst); err != nil || kindOf(v) != want {
		r.odd = append(r.odd, fmt.Sprintf("%s: want %s, found %s", name, want, kindOf(v)))
	}
}

func (r *reader) text(name string) (s string) {
	r.into(name, "string", &s)
	return s
}

func (r *reader) flag(name string) (b bool) {
	r.into(name, "boolean", &b)
	return b
}

// number reads a whole number; a fraction or one out of range is odd.
func (r *reader) number(name string) (n int64) {
	r.into(name, "number", &n)
	return n
}

func (r *reader) raw(name string) json.RawMessage {
	v, _ := r.take(name)
	return v
}

// rest names the fields nobody took, in order.
func (r *reader) rest() []string {
	var names []string
	for n := range r.fields {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// kindOf names the JSON type of a well-formed value by its first byte.
func kindOf(v json.RawMessage) string {
	for _, c := range v {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '{':
			return "object"
		case '[':
			return "array"
		case '"':
			return "string"
		case 't', 'f':
			return "boolean"
		case 'n':
			return "null"
		}
		return "number"
	}
	return "nothing"
}
