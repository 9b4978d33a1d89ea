package tool

import (
	"encoding/json"
	"fmt"
)

// input is a tool's JSON object, its fields decoded when they are asked for.
type input map[string]json.RawMessage

// text gives a field that must be a string.
func (in input) text(name string) (string, error) {
	raw, ok := in[name]
	if !ok {
		return "", fmt.Errorf("the input has no field %q", name)
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", fmt.Errorf("the field %q is not a string", name)
	}
	return s, nil
}

// optional gives a string field, "" when it is missing or something else.
func (in input) optional(names ...string) string {
	for _, name := range names {
		if s, err := in.text(name); err == nil && s != "" {
			return s
		}
	}
	return ""
}

// flag tells whether a field is true; some hosts send it as text.
func (in input) flag(name string) bool {
	s := string(in[name])
	return s == "true" || s == `"true"`
}
