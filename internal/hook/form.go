package hook

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkForm refuses bytes that are not exactly one JSON object with each key once. encoding/json lets the
// last of two equal keys win and other readers the first, so a doubled "command" would show one command to
// the guard and run another.
func checkForm(payload []byte) error {
	if !utf8.Valid(payload) {
		return fmt.Errorf("%w: not UTF-8", ErrMalformed)
	}
	if !json.Valid(payload) {
		var v json.RawMessage
		return fmt.Errorf("%w: %v", ErrMalformed, json.Unmarshal(payload, &v))
	}
	if kindOf(payload) != "object" {
		return fmt.Errorf("%w: want one JSON object, found %s", ErrMalformed, kindOf(payload))
	}
	return checkKeys(payload, func(key string) string { return key })
}

// checkFolded refuses keys that differ only by case: Go's decoder, used further on, takes "Command" for
// "command", the host does not. Inputs of MCP tools are not read that way and may hold what they like.
func checkFolded(tool string, input json.RawMessage) error {
	if strings.HasPrefix(tool, mcpPrefix) {
		return nil
	}
	return checkKeys(input, fold)
}

// fold maps every rune to the smallest one that Unicode holds equal to it but for case.
func fold(key string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			least = min(least, o)
		}
		return least
	}, key)
}

// checkKeys walks valid JSON and refuses two keys of one object that are the same after norm.
func checkKeys(text []byte, norm func(string) string) error {
	w := walker{text: text, norm: norm}
	return w.value(0)
}

// walker goes once over text that is known to be valid JSON, so it need not check the grammar again.
type walker struct {
	text []byte
	at   int
	norm func(string) string
}

func (w *walker) value(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: nested deeper than %d", ErrMalformed, maxDepth)
	}
	w.space()
	switch w.text[w.at] {
	case '{':
		return w.object(depth)
	case '[':
		return w.array(depth)
	case '"':
		w.str()
	default:
		for w.at < len(w.text) && strings.IndexByte(",]} \t\r\n", w.text[w.at]) < 0 {
			w.at++
		}
	}
	return nil
}

func (w *walker) object(depth int) error {
	w.at++ // the brace
	seen := map[string]string{}
	for w.space(); w.text[w.at] != '}'; w.space() {
		if w.text[w.at] == ',' {
			w.at++
			w.space()
		}
		key := unquote(w.str())
		if twin, ok := seen[w.norm(key)]; ok {
			return fmt.Errorf("%w: an object has the keys %q and %q", ErrAmbiguous, twin, key)
		}
		seen[w.norm(key)] = key
		w.space()
		w.at++ // the colon
		if err := w.value(depth + 1); err != nil {
			return err
		}
	}
	w.at++
	return nil
}

func (w *walker) array(depth int) error {
	w.at++ // the bracket
	for w.space(); w.text[w.at] != ']'; w.space() {
		if w.text[w.at] == ',' {
			w.at++
		}
		if err := w.value(depth + 1); err != nil {
			return err
		}
	}
	w.at++
	return nil
}

// str steps over a string and gives it with its quotes.
func (w *walker) str() []byte {
	start := w.at
	for w.at++; w.text[w.at] != '"'; w.at++ {
		if w.text[w.at] == '\\' {
			w.at++
		}
	}
	w.at++
	return w.text[start:w.at]
}

func (w *walker) space() {
	for strings.IndexByte(" \t\r\n", w.text[w.at]) >= 0 {
		w.at++
	}
}

// unquote gives a key's text; escapes are resolved, so that "\u0063ommand" is "command".
func unquote(quoted []byte) string {
	var s string
	_ = json.Unmarshal(quoted, &s) // valid by construction
	return s
}
