package command

import (
	"bytes"
	"compress/gzip"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"io"
	"slices"
	"strings"
)

// decoding tells whether the options ask to decode.
func decoding(args []string, short string, long ...string) bool {
	for _, a := range args {
		if slices.Contains(long, a) || len(a) > 1 && a[0] == '-' && a[1] != '-' && strings.ContainsAny(a[1:], short) {
			return true
		}
	}
	return false
}

func base64Text(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || len(operands(args)) > 0 && operands(args)[0] != "-" {
		return "", false
	}
	if !decoding(args, "dD", "--decode") {
		return base64.StdEncoding.EncodeToString([]byte(in)) + "\n", true
	}
	return decode64(in)
}

// decode64 reads base64 leniently: blanks, missing padding and the URL alphabet are all seen in use.
func decode64(in string) (string, bool) {
	clean := strings.Map(func(c rune) rune {
		switch {
		case c == '-':
			return '+'
		case c == '_':
			return '/'
		case c <= ' ' || c == '=':
			return -1
		}
		return c
	}, in)
	out, err := base64.RawStdEncoding.DecodeString(clean)
	return string(out), err == nil
}

func base32Text(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || len(operands(args)) > 0 {
		return "", false
	}
	if !decoding(args, "dD", "--decode") {
		return base32.StdEncoding.EncodeToString([]byte(in)) + "\n", true
	}
	out, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(strings.TrimSpace(in), "="))
	return string(out), err == nil
}

func opensslText(args []string, in string, hasIn bool) (string, bool) {
	if len(args) == 0 || args[0] != "base64" && !(args[0] == "enc" && (slices.Contains(args, "-base64") || slices.Contains(args, "-a"))) {
		return "", false
	}
	if !hasIn || slices.Contains(args, "-in") || slices.Contains(args, "-k") || slices.Contains(args, "-pass") {
		return "", false
	}
	if slices.Contains(args, "-d") {
		return decode64(in)
	}
	return base64.StdEncoding.EncodeToString([]byte(in)) + "\n", true
}

func xxdText(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || !decoding(args, "r", "-revert") {
		return "", false
	}
	clean := strings.Map(func(c rune) rune {
		if c <= ' ' {
			return -1
		}
		return c
	}, in)
	out, err := hex.DecodeString(clean)
	return string(out), err == nil
}

func gunzipText(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || len(operands(args)) > 0 {
		return "", false
	}
	z, err := gzip.NewReader(bytes.NewReader([]byte(in)))
	if err != nil {
		return "", false
	}
	out, err := io.ReadAll(io.LimitReader(z, maxValue))
	return string(out), err == nil
}
