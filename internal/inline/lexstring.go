package inline

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// stringStart reads a string when one begins here.
func (l *lexer) stringStart(blank bool) bool {
	start := l.pos
	raw, format := false, false
	if l.triple { // python's prefixes
		for n := 0; n < 3 && l.pos < len(l.src) && strings.IndexByte("rRbBuUfF", l.src[l.pos]) >= 0; n++ {
			c := l.src[l.pos] | 0x20
			raw, format = raw || c == 'r', format || c == 'f'
			l.pos++
		}
		if q := l.peek(0); q != '\'' && q != '"' {
			l.pos = start
			return false
		}
	}
	quote := l.src[l.pos]
	switch {
	case quote == '`' && l.backtick:
		text, _ := l.delimited('`', '`', true)
		l.out = append(l.out, token{kind: shell, text: text, parts: l.split(text), space: blank})
		return true
	case quote == '`' && l.template:
		text, _ := l.delimited('`', '`', true)
		l.out = append(l.out, token{kind: str, text: unescape(text), parts: splitParts(text, "${", "}"), space: blank})
		return true
	case quote == '/' && l.regex && l.operandExpected():
		l.regexLiteral()
		return true
	case quote != '\'' && quote != '"':
		l.pos = start
		return false
	}
	text, ok := l.quoted(quote)
	if !ok {
		l.pos = start
		return false
	}
	l.out = append(l.out, l.stringToken(text, quote, raw, format, blank))
	return true
}

// hides tells whether plain letters are written as escapes, which nobody does who wants to be read.
func hides(text string) bool {
	n := 0
	for i := 0; i+3 < len(text); i++ {
		if text[i] == '\\' && (text[i+1] == 'x' && isHex(text[i+2]) && isHex(text[i+3]) && text[i+2] >= '4' && text[i+2] <= '7' || text[i+1] == '1' && isDigit(text[i+2]) && isDigit(text[i+3])) {
			n++
		}
	}
	return n >= 3
}

// quoted reads '…', "…" or a triple-quoted text; an unterminated one runs to the end.
func (l *lexer) quoted(q byte) (string, bool) {
	three := strings.Repeat(string(q), 3)
	if l.triple && strings.HasPrefix(l.src[l.pos:], three) {
		body := l.src[l.pos+3:]
		if i := strings.Index(body, three); i >= 0 {
			l.pos += i + 6
			return body[:i], true
		}
		l.pos = len(l.src)
		return body, true
	}
	return l.delimited(q, q, true)
}

func (l *lexer) stringToken(text string, quote byte, raw, format, blank bool) token {
	t := token{kind: str, text: text, space: blank}
	switch {
	case format:
		t.parts = splitParts(text, "{", "}")
	case quote == '"' && l.double != "":
		t.parts = l.split(text)
	}
	if !raw && !(quote == '\'' && l.double != "") {
		t.text = unescape(text)
		t.hidden = hides(text)
	}
	return t
}

// split takes "…" or `…` apart by this language's interpolation.
func (l *lexer) split(text string) []part {
	switch l.double {
	case "#":
		return splitParts(text, "#{", "}")
	case "$":
		return splitSigils(text)
	}
	return nil
}

// delimited reads from the opening delimiter at pos to its end; escapes are kept in the text.
func (l *lexer) delimited(open, close byte, escapes bool) (string, bool) {
	depth := 1
	i := l.pos + 1
	start := i
	for i < len(l.src) {
		switch c := l.src[i]; {
		case c == '\\' && escapes:
			i++
		case c == close && (open == close || depth == 1):
			l.pos = i + 1
			return l.src[start:i], true
		case c == close:
			depth--
		case c == open && open != close:
			depth++
		}
		i++
	}
	l.pos = len(l.src)
	return l.src[min(start, len(l.src)):], true
}

// operandExpected tells whether a slash here begins a pattern rather than divides.
func (l *lexer) operandExpected() bool {
	for i := len(l.out) - 1; i >= 0; i-- {
		switch t := l.out[i]; t.kind {
		case nl:
			continue
		case op:
			return t.text != ")" && t.text != "]" && t.text != "}"
		case ident:
			return t.text == "return" || t.text == "if" || t.text == "and" || t.text == "or" || t.text == "not" || t.text == "split" || t.text == "unless" || t.text == "when" || t.text == "grep"
		default:
			return false
		}
	}
	return true
}

func (l *lexer) regexLiteral() {
	l.delimited('/', '/', true)
	for l.pos < len(l.src) && isName(l.src[l.pos]) {
		l.pos++
	}
	l.out = append(l.out, token{kind: num, text: "/"})
}

// quoteLike reads perl's q qq qx qw m s y tr qr and ruby's %w %q %Q %x.
func (l *lexer) quoteLike(blank bool) bool {
	rest := l.src[l.pos:]
	switch {
	case l.percent && rest[0] == '%' && len(rest) > 2 && strings.IndexByte("wWqQxiIr({[<|!/", rest[1]) >= 0 && l.operandExpected():
		return l.percentQuote(rest, blank)
	case !l.quoteOps:
		return false
	}
	for _, name := range []string{"qq", "qx", "qw", "qr", "tr", "q", "m", "s", "y"} {
		if strings.HasPrefix(rest, name) && len(rest) > len(name) && isDelimiter(rest[len(name)]) && (l.pos == 0 || !isName(l.src[l.pos-1]) && strings.IndexByte("$@%->{", l.src[l.pos-1]) < 0) {
			if rest[len(name)] == '=' && (len(rest) <= len(name)+1 || rest[len(name)+1] == '>' || rest[len(name)+1] == ' ' || rest[len(name)+1] == '=') || rest[len(name)] == ',' || rest[len(name)] == ';' || rest[len(name)] == ')' {
				return false
			}
			return l.perlQuote(name, blank)
		}
	}
	return false
}

func isDelimiter(c byte) bool {
	return c > ' ' && c < 0x7f && !isName(c) && !isDigit(c)
}

func closing(open byte) byte {
	switch open {
	case '(':
		return ')'
	case '{':
		return '}'
	case '[':
		return ']'
	case '<':
		return '>'
	}
	return open
}

func (l *lexer) perlQuote(name string, blank bool) bool {
	l.pos += len(name)
	open := l.src[l.pos]
	text, _ := l.delimited(open, closing(open), true)
	switch name {
	case "q":
		l.out = append(l.out, token{kind: str, text: text, space: blank})
	case "qq":
		l.out = append(l.out, token{kind: str, text: unescape(text), parts: l.split(text), space: blank})
	case "qx":
		l.out = append(l.out, token{kind: shell, text: text, parts: l.split(text), space: blank})
	case "qw":
		l.words(text, blank)
	case "s", "tr", "y":
		l.substitution(open, blank)
	default:
		l.flags()
		l.out = append(l.out, token{kind: num, text: "/", space: blank})
	}
	return true
}

// substitution reads the second half of s/a/b/; with the flag e the half is code.
func (l *lexer) substitution(open byte, blank bool) {
	if closing(open) == open {
		l.pos--
	} else {
		for l.pos < len(l.src) && l.src[l.pos] != open && l.src[l.pos] != '/' {
			l.pos++
		}
	}
	if l.pos >= len(l.src) {
		return
	}
	text, _ := l.delimited(l.src[l.pos], closing(l.src[l.pos]), true)
	if strings.Contains(l.flags(), "e") {
		l.out = append(l.out, lex(text, l.syntax)...)
		l.out = append(l.out, token{kind: op, text: ";"})
		return
	}
	l.out = append(l.out, token{kind: num, text: "/", space: blank})
}

func (l *lexer) flags() string {
	start := l.pos
	for l.pos < len(l.src) && isName(l.src[l.pos]) && l.pos-start < 8 {
		l.pos++
	}
	return l.src[start:l.pos]
}

func (l *lexer) percentQuote(rest string, blank bool) bool {
	name := rest[1]
	n := 2
	if strings.IndexByte("({[<|!/", name) >= 0 {
		name, n = 'Q', 1
	}
	if n >= len(rest) || !isDelimiter(rest[n]) || rest[n] == '=' {
		return false
	}
	l.pos += n
	open := l.src[l.pos]
	text, _ := l.delimited(open, closing(open), true)
	switch name {
	case 'w', 'W', 'i', 'I':
		l.words(text, blank)
	case 'x':
		l.out = append(l.out, token{kind: shell, text: text, parts: l.split(text), space: blank})
	case 'r':
		l.out = append(l.out, token{kind: num, text: "/", space: blank})
	default:
		l.out = append(l.out, token{kind: str, text: unescape(text), parts: l.split(text), space: blank})
	}
	return true
}

// words turns qw(a b) into a list.
func (l *lexer) words(text string, blank bool) {
	l.out = append(l.out, token{kind: op, text: "[", space: blank})
	for _, w := range strings.Fields(text) {
		l.out = append(l.out, token{kind: str, text: w}, token{kind: op, text: ","})
	}
	l.out = append(l.out, token{kind: op, text: "]"})
}

// splitParts takes a text apart at open…close; nil when nothing is to be filled in.
func splitParts(text, open, close string) []part {
	if !strings.Contains(text, open) {
		return nil
	}
	var out []part
	for text != "" {
		i := strings.Index(text, open)
		if i < 0 {
			break
		}
		if open == "{" && i+1 < len(text) && text[i+1] == '{' { // f"{{" is a brace
			out = append(out, part{text: unescape(text[:i+1])})
			text = text[i+2:]
			continue
		}
		j := matching(text[i+len(open):], close)
		out = append(out, part{text: unescape(text[:i])}, part{expr: formatted(text[i+len(open):i+len(open)+j], open)})
		text = text[min(len(text), i+len(open)+j+len(close)):]
	}
	return append(out, part{text: unescape(text)})
}

// formatted drops the format and conversion of an f-string's field: {x!r:>10}.
func formatted(expr, open string) string {
	if open != "{" {
		return expr
	}
	if i := strings.IndexAny(expr, "!"); i > 0 && !strings.HasPrefix(expr[i:], "!=") {
		expr = expr[:i]
	}
	return strings.TrimSuffix(expr, "=")
}

// matching is the length of text up to the closing brace that belongs to it.
func matching(text, close string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return len(text)
}

// splitSigils takes "$x", "${x}", "$x->{y}" and "@x" out of a text.
func splitSigils(text string) []part {
	var out []part
	lit := strings.Builder{}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			lit.WriteString(text[i : i+2])
			i++
		case (c == '$' || c == '@') && i+1 < len(text) && (isName(text[i+1]) || text[i+1] == '{'):
			j := sigilEnd(text, i+1)
			out = append(out, part{text: unescape(lit.String())}, part{expr: strings.NewReplacer("{$", "$", "${", "$").Replace(text[i:j])})
			lit.Reset()
			i = j - 1
		default:
			lit.WriteByte(c)
		}
	}
	if out == nil {
		return nil
	}
	return append(out, part{text: unescape(lit.String())})
}

func sigilEnd(text string, i int) int {
	if text[i] == '{' {
		return min(len(text), i+1+matching(text[i+1:], "}")+1)
	}
	for i < len(text) && (isName(text[i]) || isDigit(text[i])) {
		i++
	}
	for i < len(text) && (text[i] == '{' || text[i] == '[') {
		if j := strings.IndexByte(text[i:], closing(text[i])); j > 0 {
			i += j + 1
			continue
		}
		break
	}
	return i
}

// unescape reads \n, \x41, \u0041, \u{41} and \101; an unknown escape stays as its letter.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		i += escape(&b, s[i:])
	}
	return b.String()
}

// escape writes one escape, s beginning behind the backslash; it returns how many bytes more than one it used.
func escape(b *strings.Builder, s string) int {
	switch s[0] {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'e':
		b.WriteByte(27)
	case '\n':
	case 'x':
		return hexEscape(b, s, 2)
	case 'u':
		return hexEscape(b, s, 4)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n := 1
		for n < 3 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
			n++
		}
		v, _ := strconv.ParseUint(s[:n], 8, 16)
		b.WriteByte(byte(v))
		return n - 1
	default:
		b.WriteByte(s[0])
	}
	return 0
}

func hexEscape(b *strings.Builder, s string, width int) int {
	text, n := s[1:], width
	if strings.HasPrefix(text, "{") {
		if j := strings.IndexByte(text, '}'); j > 0 {
			if v, err := strconv.ParseUint(text[1:j], 16, 32); err == nil {
				b.WriteRune(rune(v))
			}
			return j + 1
		}
	}
	if len(text) > n {
		text = text[:n]
	}
	for n = 0; n < len(text) && isHex(text[n]); n++ {
	}
	v, err := strconv.ParseUint(text[:n], 16, 32)
	switch {
	case err != nil:
	case width == 2 || v < utf8.RuneSelf:
		b.WriteByte(byte(v))
	default:
		b.WriteRune(rune(v))
	}
	return n
}

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f'
}
