package command

import (
	"strings"

	"writ/internal/catalog"
)

// again finds the field that a nested text was taken from, so that unknown parts keep their place in it. The
// catalog sees words without them.
func (r *reader) again(text catalog.Word, fields []field, in *flow) field {
	f := field{Word: text}
	if in != nil && in.known && in.stripped() == text.Text {
		f.from = in.from
		if in.partial() {
			f.Known, f.code = false, in.text
		}
		return f
	}
	if text.Known {
		return f
	}
	for _, c := range fields {
		if !c.Known && c.Text == text.Text {
			return c
		}
	}
	// several words joined by blanks, up to the end
	for i := range fields {
		var words, code []string
		from := ""
		for _, c := range fields[i:] {
			words, code = append(words, c.Text), append(code, c.asCode())
			from = worse(from, c.from)
		}
		if strings.Join(words, " ") == text.Text {
			f.code, f.from = strings.Join(code, " "), from
			return f
		}
	}
	for _, c := range fields {
		f.from = worse(f.from, c.from)
	}
	if in != nil {
		f.from = worse(f.from, taintOnly(in.from))
	}
	return f
}

// origin adds to a known nested text where it comes from: decoded text stays suspect wherever it is passed on.
func origin(f field, fields []field) field {
	for _, c := range fields {
		if f.Known && c.from != "" && c.Text == f.Text {
			f.from = c.from
		}
	}
	return f
}

// input is what a nested command reads: its own, or that of the wrapper.
func input(n catalog.Nested, in *flow) *flow {
	if n.Stdin == nil {
		return in
	}
	if in != nil && n.Stdin.Known && in.known && in.stripped() == n.Stdin.Text {
		return in
	}
	return &flow{text: n.Stdin.Text, known: n.Stdin.Known, from: n.Stdin.From, path: n.Stdin.Path}
}

func texts(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.asCode()
	}
	return out
}

// appended are the words that xargs and its kind add: those of a known input, else one that is unknown.
func (r *reader) appended(in *flow) []field {
	if in == nil {
		return []field{{Word: catalog.Word{}}}
	}
	if !in.known || in.partial() {
		f := field{from: taintOnly(in.from)}
		if pattern, ok := standIn(in.from); ok {
			f.Text, f.atom = pattern, true
		}
		return []field{f}
	}
	var out []field
	for _, w := range strings.FieldsFunc(in.text, func(c rune) bool { return c <= ' ' }) {
		out = append(out, literal(strings.Trim(w, `"'`)))
		if len(out) == maxMatches {
			break
		}
	}
	return out
}
