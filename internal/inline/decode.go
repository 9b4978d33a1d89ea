package inline

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// decoded is a known text decoded; what cannot be decoded is marked as such.
func decoded(v value, how func(string) (string, bool)) value {
	if v.known {
		if text, ok := how(v.text); ok {
			return value{text: text, known: true, from: v.from | fromDecode}
		}
	}
	return value{from: v.from | fromDecode}
}

func base64Text(s string) (string, bool) {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, s)
	s = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(s), "=")
	b, err := base64.RawStdEncoding.DecodeString(s)
	return string(b), err == nil && utf8.Valid(b)
}

func hexText(s string) (string, bool) {
	b, err := hex.DecodeString(strings.ReplaceAll(strings.TrimPrefix(s, "0x"), " ", ""))
	return string(b), err == nil && utf8.Valid(b)
}

func rot13(s string) (string, bool) {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return 'a' + (r-'a'+13)%26
		case 'A' <= r && r <= 'Z':
			return 'A' + (r-'A'+13)%26
		}
		return r
	}, s), true
}

// coded picks the decoder for a codec's name.
func coded(v, codec value) value {
	switch strings.ToLower(strings.ReplaceAll(codec.text, "-", "")) {
	case "hex", "hex_codec":
		return decoded(v, hexText)
	case "base64", "base64url":
		return decoded(v, base64Text)
	case "rot13", "rot_13":
		return decoded(v, rot13)
	case "utf8", "utf8mb4", "ascii", "latin1", "binary", "utf16le", "utf_8", "unicode_escape":
		return v
	}
	if v.known && codec.text == "" {
		return v
	}
	return value{from: v.from | fromDecode}
}

// characters turns numbers into text: chr(114), String.fromCharCode(114, 109), bytes([114, 109]).
func characters(vs []value) value {
	var b strings.Builder
	o := origins(vs)
	for _, v := range vs {
		if !v.known {
			return value{from: o | fromDecode}
		}
		n := v.text
		base := 10
		if strings.HasPrefix(n, "0x") {
			n, base = n[2:], 16
		}
		code := 0
		for i := 0; i < len(n); i++ {
			d := strings.IndexByte("0123456789abcdef", n[i]|0x20)
			if isDigit(n[i]) {
				d = int(n[i] - '0')
			}
			if d < 0 || d >= base || code > 0x10ffff {
				return value{from: o | fromDecode}
			}
			code = code*base + d
		}
		b.WriteRune(rune(code))
	}
	return value{text: b.String(), known: true, from: fromDecode}
}

// joined is a list's elements with a text between them.
func joined(sep string, v value) value {
	if !v.isList {
		if v.known {
			return v
		}
		return value{from: v.from}
	}
	out := lit("")
	for i, e := range v.list {
		if i > 0 {
			out = join(out, lit(sep))
		}
		out = join(out, e)
	}
	return out
}
