package client

import (
	"encoding/json"
	"errors"
	"unicode/utf8"

	"writ/internal/api"
)

// encodeHook writes a HookRequest as JSON by hand. The payload goes in as it came, which is only safe because
// it is one valid JSON value: nothing in it can end it early and write the fields around it.
func encodeHook(r api.HookRequest) ([]byte, error) {
	if !json.Valid(r.Payload) {
		return nil, errors.New("the payload is not one JSON value")
	}
	b := make([]byte, 0, len(r.Payload)+256)
	b = append(b, `{"host":`...)
	b = quote(b, r.Host)
	b = append(b, `,"payload":`...)
	b = append(b, r.Payload...)
	if r.Project != "" {
		b = quote(append(b, `,"project":`...), r.Project)
	}
	if r.Run != "" {
		b = quote(append(b, `,"run":`...), r.Run)
	}
	if r.Gate {
		b = append(b, `,"gate":true`...)
	}
	return append(b, '}'), nil
}

const hex = "0123456789abcdef"

// quote appends a JSON string. Bytes that are no UTF-8 become the replacement character, as encoding/json does.
func quote(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
