package catalog

import (
	"strconv"
	"strings"
)

// prints is echo and printf: what they write is known as far as their words are.
func prints(c Call) Outcome {
	args := c.Args[1:]
	if c.Name() == "printf" {
		return printfs(args)
	}
	newline, escapes := true, false
	for len(args) > 0 && isEchoOption(args[0].Text) {
		newline = newline && !strings.Contains(args[0].Text, "n")
		escapes = escapes || strings.Contains(args[0].Text, "e")
		args = args[1:]
	}
	text := oneWord(args)
	if !text.Known {
		return Outcome{Emits: printedFrom(args)}
	}
	if escapes || c.Name() == "print" {
		text.Text = unescape(text.Text)
	}
	if newline {
		text.Text += "\n"
	}
	return Outcome{Emits: "text", EmitText: text.Text}
}

// printedFrom is "secret" when a variable with a telling name is printed.
func printedFrom(args []Word) string {
	for _, a := range args {
		if !a.Known && secretVariable(a.Raw) {
			return "secret"
		}
	}
	return ""
}

// secretVariable tells whether the source text of a word uses a variable that holds a credential by its name.
func secretVariable(raw string) bool {
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] != '$' {
			continue
		}
		name := strings.TrimLeft(raw[i+1:], "{!#")
		end := 0
		for end < len(name) && (isLetter(name[end]) || name[end] == '_' || '0' <= name[end] && name[end] <= '9') {
			end++
		}
		if credentialName(name[:end]) {
			return true
		}
	}
	return false
}

// credentialName tells whether a variable's name says that it holds a credential.
func credentialName(name string) bool {
	n := strings.ToUpper(name)
	for _, part := range []string{"SECRET", "PASSWORD", "PASSWD", "APIKEY", "API_KEY", "PRIVATE_KEY", "ACCESS_KEY", "CREDENTIAL", "AUTH_KEY", "_PAT", "CONNECTION_STRING", "DATABASE_URL", "MNEMONIC"} {
		if strings.Contains(n, part) {
			return true
		}
	}
	return n == "TOKEN" || strings.HasSuffix(n, "_TOKEN") || strings.HasSuffix(n, "_KEY") && !strings.HasSuffix(n, "PUBLIC_KEY") || strings.HasPrefix(n, "TOKEN_") || strings.HasSuffix(n, "_PASS") || n == "PASS" || n == "PGPASSWORD"
}

func isEchoOption(s string) bool {
	return len(s) > 1 && s[0] == '-' && strings.Trim(s[1:], "neE") == ""
}

// printfs writes the format with its arguments; it is reused while arguments are left.
func printfs(args []Word) Outcome {
	if len(args) > 0 && args[0].Text == "--" {
		args = args[1:]
	}
	if len(args) > 1 && args[0].Text == "-v" {
		return Outcome{}
	}
	if len(args) == 0 {
		return Outcome{}
	}
	all := oneWord(args)
	if !all.Known {
		return Outcome{Emits: printedFrom(args)}
	}
	return Outcome{Emits: "text", EmitText: Format(args[0].Text, args[1:])}
}

// Format is printf's work on literal words: %s, %b, %q, %c, %d, %x, %o and escapes. It stops after 4,000
// arguments or 64 KiB.
func Format(format string, args []Word) string {
	var b strings.Builder
	for round := 0; round < 4000; round++ {
		used := formatOnce(&b, format, args)
		if used == 0 || used >= len(args) || b.Len() > 64<<10 {
			break
		}
		args = args[used:]
	}
	return b.String()
}

func formatOnce(b *strings.Builder, format string, args []Word) (used int) {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			j := strings.IndexByte(format[i:], '%')
			if j < 0 {
				j = len(format) - i
			}
			b.WriteString(unescape(format[i : i+j]))
			i += j - 1
			continue
		}
		j := i + 1
		for j < len(format) && strings.IndexByte("-+ #0123456789.*", format[j]) >= 0 {
			j++
		}
		if j >= len(format) {
			return used
		}
		if format[j] == '%' {
			b.WriteByte('%')
			i = j
			continue
		}
		arg := ""
		if used < len(args) {
			arg = args[used].Text
		}
		used++
		b.WriteString(verbText(format[j], arg))
		i = j
	}
	return used
}

func verbText(verb byte, arg string) string {
	n, err := strconv.ParseInt(arg, 0, 64)
	switch {
	case verb == 'b':
		return unescape(arg)
	case verb == 'c' && arg != "":
		return arg[:1]
	case verb == 'x' && err == nil:
		return strconv.FormatInt(n, 16)
	case verb == 'X' && err == nil:
		return strings.ToUpper(strconv.FormatInt(n, 16))
	case verb == 'o' && err == nil:
		return strconv.FormatInt(n, 8)
	case (verb == 'd' || verb == 'i' || verb == 'u') && err == nil:
		return strconv.FormatInt(n, 10)
	}
	return arg
}

// unescape reads the backslash sequences of printf and echo -e.
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
		switch c := s[i]; c {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'a', 'f', 'v', 'b':
		case 'e', 'E':
			b.WriteByte(0x1b)
		case 'c':
			return b.String()
		case '\\', '"', '\'':
			b.WriteByte(c)
		case 'x':
			i += number(&b, s[i+1:], 16, 2)
		case 'u':
			i += runeNumber(&b, s[i+1:], 4)
		case 'U':
			i += runeNumber(&b, s[i+1:], 8)
		case '0', '1', '2', '3', '4', '5', '6', '7':
			max := 3
			if c == '0' {
				max = 4
			}
			i += number(&b, s[i:], 8, max) - 1
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String()
}

// number writes the byte with the code at the start of s, of at most max digits, and returns how many it used.
func number(b *strings.Builder, s string, base, max int) int {
	n := digits(s, base, max)
	if v, err := strconv.ParseUint(s[:n], base, 16); err == nil {
		b.WriteByte(byte(v))
	}
	return n
}

func runeNumber(b *strings.Builder, s string, max int) int {
	n := digits(s, 16, max)
	if v, err := strconv.ParseUint(s[:n], 16, 32); err == nil {
		b.WriteRune(rune(v))
	}
	return n
}

func digits(s string, base, max int) int {
	n := 0
	for n < len(s) && n < max && strings.IndexByte("0123456789abcdef"[:base], lower(s[n])) >= 0 {
		n++
	}
	return n
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
