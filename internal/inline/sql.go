package inline

import (
	"strings"
)

// sqlReader judges statements of one engine.
func sqlReader(engine string) func(string) Outcome {
	return func(code string) Outcome { return readSQL(engine, code) }
}

// readSQL splits the text into statements, strings and comments set aside, and judges each by its words.
func readSQL(engine, code string) Outcome {
	var out Outcome
	for _, st := range statements(code, engine) {
		judgeStatement(&out, engine, st)
	}
	return out
}

// statement is one statement: words in lower case, and its string literals apart.
type sqlStatement struct {
	words   []string // words and signs; a string literal stands as '
	strings []string
	raw     string
}

// statements splits at semicolons outside of strings, comments and dollar quotes. A line that begins with a
// dot (sqlite) or a backslash (psql) is a statement by itself.
func statements(code, engine string) []sqlStatement {
	s := sqlScanner{src: code, engine: engine}
	for s.pos < len(s.src) && len(s.out) < 2000 {
		s.next()
	}
	s.finish()
	return s.out
}

type sqlScanner struct {
	src, engine string
	pos, start  int
	dollars     int // dollar quotes tried
	cur         sqlStatement
	out         []sqlStatement
}

func (s *sqlScanner) finish() {
	if len(s.cur.words) > 0 {
		s.cur.raw = strings.TrimSpace(s.src[s.start:min(s.pos, len(s.src))])
		s.out = append(s.out, s.cur)
	}
	s.cur = sqlStatement{}
	s.start = s.pos
}

func (s *sqlScanner) next() {
	rest := s.src[s.pos:]
	c := rest[0]
	switch {
	case len(s.cur.words) == 0 && (c == '.' && s.engine == "sqlite" || c == '\\'):
		s.line()
	case strings.HasPrefix(rest, "--"), c == '#' && s.engine == "mysql":
		s.skipTo("\n")
	case strings.HasPrefix(rest, "/*!"): // mysql runs what stands in such a comment
		s.pos += 3
		for s.pos < len(s.src) && isDigit(s.src[s.pos]) {
			s.pos++
		}
	case strings.HasPrefix(rest, "*/"):
		s.pos += 2
	case strings.HasPrefix(rest, "/*"):
		s.pos += 2
		s.skipTo("*/")
	case c == '\'' || c == '"' || c == '`':
		s.quoted(c)
	case c == '$' && s.dollar():
	case c == ';':
		s.finish()
		s.pos++
		s.start = s.pos
	case isName(c) || isDigit(c):
		s.word()
	default:
		if c > ' ' {
			s.cur.words = append(s.cur.words, string(c))
		}
		s.pos++
	}
}

func (s *sqlScanner) skipTo(mark string) {
	if i := strings.Index(s.src[s.pos:], mark); i >= 0 {
		s.pos += i + len(mark)
		return
	}
	s.pos = len(s.src)
}

// line is a client's own command up to the end of the line: .shell ls, \! ls.
func (s *sqlScanner) line() {
	end := strings.IndexByte(s.src[s.pos:], '\n')
	if end < 0 {
		end = len(s.src) - s.pos
	}
	raw := strings.TrimSpace(s.src[s.pos : s.pos+end])
	s.pos += end
	s.out = append(s.out, sqlStatement{words: strings.Fields(raw), raw: raw})
	s.start = s.pos
}

// quoted: '…' is a literal; "…" and `…` are names (a literal in mysql).
func (s *sqlScanner) quoted(q byte) {
	i := s.pos + 1
	for i < len(s.src) && s.src[i] != q {
		if s.src[i] == '\\' && s.engine == "mysql" {
			i++
		}
		i++
	}
	text := s.src[min(s.pos+1, len(s.src)):min(i, len(s.src))]
	s.pos = min(i+1, len(s.src))
	if q == '\'' || q == '"' && s.engine == "mysql" {
		s.cur.words = append(s.cur.words, "'")
		s.cur.strings = append(s.cur.strings, text)
		return
	}
	s.cur.words = append(s.cur.words, strings.ToLower(text))
}

// dollar reads $tag$…$tag$; its body is kept as a literal.
func (s *sqlScanner) dollar() bool {
	if s.dollars++; s.dollars > 100 {
		return false
	}
	end := strings.IndexByte(s.src[s.pos+1:min(len(s.src), s.pos+80)], '$')
	if end < 0 || strings.ContainsAny(s.src[s.pos+1:s.pos+1+end], " \n;'(") {
		return false
	}
	tag := s.src[s.pos : s.pos+end+2]
	body := s.src[s.pos+len(tag):]
	n := strings.Index(body, tag)
	if n < 0 {
		return false
	}
	s.cur.words = append(s.cur.words, "'")
	s.cur.strings = append(s.cur.strings, body[:n])
	s.pos += 2*len(tag) + n
	return true
}

func (s *sqlScanner) word() {
	start := s.pos
	for s.pos < len(s.src) && (isName(s.src[s.pos]) || isDigit(s.src[s.pos]) || s.src[s.pos] == '.' && s.pos+1 < len(s.src) && isName(s.src[s.pos+1])) {
		s.pos++
	}
	s.cur.words = append(s.cur.words, strings.ToLower(s.src[start:s.pos]))
}

// looksSQL tells whether a text begins like a statement.
func looksSQL(text string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(strings.ToLower(text)), " ")
	switch first {
	case "select", "insert", "update", "delete", "drop", "truncate", "alter", "create", "grant", "revoke", "copy", "merge", "replace", "call", "exec", "execute", "with", "vacuum", "attach", "pragma", "load", "set":
		return true
	}
	return false
}
