package command

import (
	"strings"
	"unicode/utf8"
)

// ansiC decodes the inside of $'…'.
func ansiC(text string) string { return unescape(text, escANSI) }

// The three dialects of backslash escapes in the shell.
type escapes int

const (
	escANSI   escapes = iota // $'…'
	escEcho                  // echo -e, printf %b: octal needs a leading 0, \c ends
	escPrintf                // the format of printf
)

// unescape decodes backslash escapes. An escape that is not known stays as it is.
func unescape(text string, mode escapes) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 >= len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		if simple, ok := simpleEscape(text[i]); ok {
			b.WriteByte(simple)
			continue
		}
		switch c := text[i]; {
		case c == '"' || c == '\'' || c == '?':
			if mode == escEcho {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		case c == 'x':
			i += hexEscape(&b, text, i, 2, true)
		case c == 'u':
			i += hexEscape(&b, text, i, 4, false)
		case c == 'U':
			i += hexEscape(&b, text, i, 8, false)
		case c == 'c' && mode == escEcho:
			return b.String()
		case c == 'c' && mode == escANSI && i+1 < len(text):
			i++
			b.WriteByte(text[i] & 0x1f)
		case c >= '0' && c <= '7':
			i += octalEscape(&b, text, i)
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String()
}

func simpleEscape(c byte) (byte, bool) {
	switch c {
	case 'n':
		return '\n', true
	case 't':
		return '\t', true
	case 'r':
		return '\r', true
	case 'a':
		return 7, true
	case 'b':
		return 8, true
	case 'f':
		return 12, true
	case 'v':
		return 11, true
	case 'e', 'E':
		return 27, true
	case '\\':
		return '\\', true
	}
	return 0, false
}

// hexEscape writes the character whose code follows position i and tells how many digits it took.
func hexEscape(b *strings.Builder, text string, i, most int, raw bool) int {
	n, value := 0, 0
	for n < most && i+1+n < len(text) {
		d := hexDigit(text[i+1+n])
		if d < 0 {
			break
		}
		value = value<<4 | d
		n++
	}
	switch {
	case n == 0:
		b.WriteByte('\\')
		b.WriteByte(text[i])
	case raw:
		b.WriteByte(byte(value))
	case value > utf8.MaxRune:
		b.WriteRune(utf8.RuneError)
	default:
		b.WriteRune(rune(value))
	}
	return n
}

// octalEscape writes the byte whose octal code starts at position i and tells how many further digits it took.
func octalEscape(b *strings.Builder, text string, i int) int {
	most := 3
	if text[i] == '0' {
		most = 4 // echo's \0nnn; for the others a fourth digit after a 0 is rare
	}
	n, value := 0, 0
	for n < most && i+n < len(text) && text[i+n] >= '0' && text[i+n] <= '7' {
		value = value<<3 | int(text[i+n]-'0')
		n++
	}
	b.WriteByte(byte(value))
	return n - 1
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
