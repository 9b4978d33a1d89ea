package command

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lookalikes are letters of other alphabets that are drawn like Latin ones.
var lookalikes = strings.NewReplacer(
	"а", "a", "с", "c", "ԁ", "d", "е", "e", "һ", "h", "і", "i", "ј", "j", "к", "k", "ӏ", "l", "м", "m", "п", "n", "о", "o", "р", "p",
	"ѕ", "s", "т", "t", "и", "u", "ѵ", "v", "ԝ", "w", "х", "x", "у", "y", "г", "r", "ɡ", "g", "ɑ", "a", "ı", "i", "ո", "n", "ս", "u",
	"α", "a", "β", "b", "ε", "e", "η", "n", "ι", "i", "κ", "k", "ν", "v", "ο", "o", "ρ", "p", "τ", "t", "υ", "u", "χ", "x", "γ", "y",
	"Α", "A", "Β", "B", "Ε", "E", "Ζ", "Z", "Η", "H", "Ι", "I", "Κ", "K", "Μ", "M", "Ν", "N", "Ο", "O", "Ρ", "P", "Τ", "T", "Χ", "X",
	"А", "A", "В", "B", "С", "C", "Е", "E", "Н", "H", "К", "K", "М", "M", "О", "O", "Р", "P", "Т", "T", "Х", "X",
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "−", "-", "﹣", "-", "⁄", "/", "∕", "/", "⧸", "/",
)

// plainForm gives a word as it looks to a person: without invisible characters, with letters of any width or
// alphabet as their Latin likeness. It is the word itself for plain ASCII.
func plainForm(s string) string {
	if isASCII(s) {
		return s
	}
	s = strings.Map(func(c rune) rune {
		if unicode.In(c, unicode.Cf, unicode.Mn, unicode.Variation_Selector) || c == 0xAD || c == 0x3164 || c == 0x115F || c == 0x1160 || c == 0xFFA0 {
			return -1
		}
		return c
	}, norm.NFKC.String(s))
	return lookalikes.Replace(s)
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// plainName checks the name of a program for characters that make it look like another. Such a name is
// reported, and read on as what it looks like.
func (r *reader) plainName(sh *scope, fields []field) []field {
	name := fields[0].Text
	if isASCII(name) && strings.IndexFunc(name, func(c rune) bool { return c < ' ' && c != '\n' && c != '\t' }) < 0 {
		return r.plainOptions(sh, fields)
	}
	plain := strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, plainForm(name))
	if plain == name || plain == "" {
		return fields
	}
	r.unresolved("the program's name is written with characters that look like others: "+plain, shown(fields[:1]), sh.via, "obfuscated")
	out := append([]field{literal(plain)}, fields[1:]...)
	for i := range out[1:] {
		out[i+1].Text = plainForm(out[i+1].Text)
	}
	return out
}

// plainOptions reads options and paths that hide behind invisible or wide characters as what they look like.
func (r *reader) plainOptions(sh *scope, fields []field) []field {
	out := fields
	for i := 1; i < len(fields); i++ {
		text := fields[i].Text
		if len(text) > 64 || isASCII(text) {
			continue
		}
		plain := plainForm(text)
		if plain == text || !isASCII(plain) || strings.ContainsAny(plain, " \n") || plain[:min(1, len(plain))] != "-" && plain[:min(1, len(plain))] != "/" {
			continue
		}
		if &out[0] == &fields[0] {
			out = append([]field{}, fields...)
			r.unresolved("a word is written with characters that look like others: "+plain, shown(fields), sh.via, "obfuscated")
		}
		out[i].Text = plain
	}
	return out
}

// hiddenCharacters finds characters that show nothing or change the direction of what follows, in places
// where no language and no emoji needs them.
func hiddenCharacters(text string) bool {
	if isASCII(text) {
		return false
	}
	var before rune
	for i, c := range text {
		switch {
		case c >= 0x202a && c <= 0x202e, c >= 0x2066 && c <= 0x2069, c >= 0xe0000 && c <= 0xe007f:
			return true
		case c == 0x200b, c == 0x2060, c == 0xfeff && i > 0, c == 0x200c, c == 0x200d, c == 0xad, c == 0x180e:
			if before != 0 && before < 0x80 {
				return true
			}
		}
		before = c
	}
	return false
}
