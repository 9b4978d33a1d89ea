package inline

import "strings"

// kind is the kind of a token.
type kind uint8

const (
	end kind = iota
	ident
	str   // a string, maybe with parts to be filled in
	num   // a number
	op    // a sign
	nl    // a line's end
	shell // text between backticks, or qx// and %x(): a shell line
)

// token is one piece of code.
type token struct {
	kind   kind
	text   string // identifier, sign, number, or the string's literal text
	parts  []part // of a string with interpolation; nil for a plain one
	space  bool   // blank before it
	hidden bool   // plain letters are written as escapes: \x72\x6d
}

// part is a piece of an interpolated string: literal text, or an expression to fill in.
type part struct{ text, expr string }

// syntax is what the splitter must know of a language.
type syntax struct {
	hash, slash, dashes bool   // comments: # … , // … and /* … */, -- …
	triple              bool   // '''…''' and """…""" strings, with prefixes r b f
	template            bool   // `…${x}…` strings
	backtick            bool   // `…` is a shell line
	sigils              string // letters that may begin a name: $ @ % (perl, php, ruby)
	double              string // interpolation in "…": "#" for #{x}, "$" for $x and ${x}, "" for none
	quoteOps            bool   // q qq qx qw m s y tr qr (perl)
	percent             bool   // %w %q %Q %x (ruby)
	regex               bool   // /…/ literals
	commands            bool   // calls may stand without parentheses
	dot                 string // the sign that joins strings besides +
	nameExtra           string // letters that names may hold besides the usual (- in powershell, ? ! in ruby)
}

// maxTokens bounds the work on one text.
const maxTokens = 60000

// lexer splits text into tokens.
type lexer struct {
	syntax
	src string
	pos int
	out []token
}

func lex(src string, s syntax) []token {
	l := &lexer{syntax: s, src: src}
	for l.pos < len(l.src) && len(l.out) < maxTokens {
		l.next()
	}
	return l.out
}

func (l *lexer) peek(n int) byte {
	if l.pos+n < len(l.src) {
		return l.src[l.pos+n]
	}
	return 0
}

// next reads one token, comment or blank.
func (l *lexer) next() {
	start := l.pos
	c := l.src[l.pos]
	blank := l.pos > 0 && (l.src[l.pos-1] == ' ' || l.src[l.pos-1] == '\t')
	switch {
	case c == '\n':
		l.pos++
		l.out = append(l.out, token{kind: nl, text: "\n"})
	case c == '\\' && l.peek(1) == '\n':
		l.pos += 2
	case c == ' ' || c == '\t' || c == '\r':
		l.pos++
	case l.comment():
	case l.stringStart(blank):
	case l.quoteLike(blank):
	case isDigit(c):
		l.number(blank)
	case isName(c) || strings.IndexByte(l.sigils, c) >= 0 && (isName(l.peek(1)) || l.peek(1) == '{' && c == '$' || strings.IndexByte(l.sigils, l.peek(1)) >= 0 && isName(l.peek(2))):
		l.name(blank)
	default:
		l.sign(blank)
	}
	if l.pos == start {
		l.pos++
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

func (l *lexer) comment() bool {
	rest := l.src[l.pos:]
	switch {
	case l.hash && rest[0] == '#', l.slash && strings.HasPrefix(rest, "//"), l.dashes && strings.HasPrefix(rest, "--") && !strings.HasPrefix(rest, "--[["):
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			l.pos += i
		} else {
			l.pos = len(l.src)
		}
		return true
	case l.slash && strings.HasPrefix(rest, "/*"):
		return l.skipPast("*/")
	case l.dashes && strings.HasPrefix(rest, "--[["):
		return l.skipPast("]]")
	}
	return false
}

func (l *lexer) skipPast(mark string) bool {
	if i := strings.Index(l.src[l.pos+2:], mark); i >= 0 {
		l.pos += 2 + i + len(mark)
	} else {
		l.pos = len(l.src)
	}
	return true
}

func (l *lexer) number(blank bool) {
	start := l.pos
	for l.pos < len(l.src) && (isDigit(l.src[l.pos]) || isName(l.src[l.pos]) || l.src[l.pos] == '.' && isDigit(l.peek(1))) {
		l.pos++
	}
	l.out = append(l.out, token{kind: num, text: l.src[start:l.pos], space: blank})
}

func (l *lexer) name(blank bool) {
	start := l.pos
	for l.pos < len(l.src) && strings.IndexByte(l.sigils, l.src[l.pos]) >= 0 {
		l.pos++
	}
	if l.pos < len(l.src) && l.src[l.pos] == '{' { // ${name} and @{name}
		if end := strings.IndexByte(l.src[l.pos:], '}'); end > 0 && l.pos > start {
			text := l.src[start:l.pos] + strings.TrimSpace(l.src[l.pos+1:l.pos+end])
			l.pos += end + 1
			l.out = append(l.out, token{kind: ident, text: text, space: blank})
			return
		}
	}
	for l.pos < len(l.src) && (isName(l.src[l.pos]) || isDigit(l.src[l.pos]) || l.nameLetter()) {
		l.pos++
	}
	text := l.src[start:l.pos]
	if l.dashes || l.nameExtra == "-" { // lua and powershell tell case apart or not at all; names stay as written
		l.out = append(l.out, token{kind: ident, text: text, space: blank})
		return
	}
	l.out = append(l.out, token{kind: ident, text: text, space: blank})
}

// nameLetter: letters of this language's names besides the usual.
func (l *lexer) nameLetter() bool {
	c := l.src[l.pos]
	if strings.IndexByte(l.nameExtra, c) < 0 {
		return false
	}
	if c == '-' {
		return isName(l.peek(1))
	}
	return l.peek(1) != '=' && !(c == '?' && l.peek(1) == ' ')
}

var longSigns = []string{"===", "!==", "...", "<=>", "**=", "||=", "&&=", "??=", "=>", "->", "::", "==", "!=", "<=", ">=", "&&", "||", "**", "+=", "-=", ".=", ":=", "?.", "??", "<<", ">>", "=~", "!~", "//", "++", "--", "%="}

func (l *lexer) sign(blank bool) {
	rest := l.src[l.pos:]
	for _, s := range longSigns {
		if strings.HasPrefix(rest, s) {
			l.pos += len(s)
			l.out = append(l.out, token{kind: op, text: s, space: blank})
			return
		}
	}
	l.pos++
	l.out = append(l.out, token{kind: op, text: rest[:1], space: blank})
}
