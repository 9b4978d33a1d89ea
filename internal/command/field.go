package command

import (
	"strings"

	"writ/internal/catalog"
)

// piece is a stretch of a word with one origin.
type piece struct {
	text    string
	quoted  bool   // neither split nor globbed
	split   bool   // came out of an unquoted expansion
	unknown bool   // the value is not known; text is then a stand-in to be left out
	stand   bool   // text of an unknown piece is kept in the word: the value is surely not empty
	atom    bool   // an unknown piece that holds no slash, blank or sign (a number, a date)
	from    string // origin of an unknown or tainted value
	brk     bool   // a boundary between the elements of "$@"
}

// field is one word after expansion.
type field struct {
	catalog.Word
	from    string // origin of what is unknown in it, or of what it was made from
	code    string // the word as text for another reading, where unknown parts are variables again
	pattern string // the pattern that this name was found with
	quoted  bool
	atom    bool // all that is unknown are numbers and the like
	raw     bool // not expanded at all: a plain word, which an alias may replace
	split   bool // cut out of a longer value
}

// literal makes a field of a known text.
func literal(text string) field {
	return field{Word: catalog.Word{Text: text, Known: true, Raw: text}}
}

// unknownName is the variable that stands for an unknown value in a text that is read again. No shell
// program uses it, so that it never meets a value. The origin of the value follows after a second bar.
const unknownName = "_writ_unknown_"

func unknownCode(from string) string { return "${" + unknownName + from + "}" }

// asCode gives the field's text for another reading.
func (f field) asCode() string {
	if f.Known || f.code == "" {
		return f.Text
	}
	return f.code
}

// wordsOf strips fields to what the catalog wants.
func wordsOf(fields []field) []catalog.Word {
	out := make([]catalog.Word, len(fields))
	for i, f := range fields {
		out[i] = f.Word
	}
	return out
}

// join makes one field of the pieces of a word without splitting it.
func join(pieces []piece, raw string) field {
	if len(pieces) == 1 && !pieces[0].unknown && !pieces[0].brk {
		p := pieces[0]
		return field{Word: catalog.Word{Text: p.text, Known: true, Raw: raw}, quoted: p.quoted, from: p.from}
	}
	f := field{Word: catalog.Word{Known: true, Raw: raw}, atom: true}
	var text, code strings.Builder
	for _, p := range pieces {
		f.quoted = f.quoted || p.quoted
		f.from = worse(f.from, p.from)
		switch {
		case p.brk:
			text.WriteByte(' ')
			code.WriteByte(' ')
		case p.unknown:
			f.Known = false
			f.atom = f.atom && p.atom
			if p.stand {
				text.WriteString(p.text)
			} else if p.atom && strings.HasSuffix(text.String(), "/proc/") {
				text.WriteByte('1') // some process
			}
			code.WriteString(unknownCode(p.from))
		default:
			text.WriteString(p.text)
			code.WriteString(p.text)
		}
	}
	f.Text = text.String()
	if f.Known {
		f.atom = false
	} else {
		f.code = code.String()
	}
	return f
}

// splitter cuts pieces into fields at IFS, as the shell does with what unquoted expansions give.
type splitter struct {
	raw    string
	ifs    string
	out    [][]piece
	cur    []piece
	opened bool
}

func (s *splitter) close() {
	if s.opened {
		s.out = append(s.out, s.cur)
	}
	s.cur, s.opened = nil, false
}

func (s *splitter) add(p piece) {
	switch {
	case p.brk:
		s.opened = true
		s.close()
	case p.split && !p.unknown && s.ifs != "" && strings.ContainsAny(p.text, s.ifs):
		s.cut(p)
	case p.split && !p.unknown && p.text == "" && !p.quoted:
		// an unquoted expansion of nothing makes no word
	default:
		s.cur = append(s.cur, p)
		s.opened = true
	}
}

func (s *splitter) cut(p piece) {
	start := -1
	for i := 0; i <= len(p.text); i++ {
		if i < len(p.text) && strings.IndexByte(s.ifs, p.text[i]) < 0 {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			q := p
			q.text = p.text[start:i]
			s.cur = append(s.cur, q)
			s.opened = true
			start = -1
		}
		if i < len(p.text) {
			s.close()
		}
		if len(s.out) > maxFields {
			return
		}
	}
}
