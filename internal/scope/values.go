package scope

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"writ/internal/sandbox"
)

// Bounds of what is read for values.
const (
	maxValueFile = 64 << 10
	maxValues    = 500
	minValue     = 12
)

// Values are the secret values this machine has that a profile hides: of the environment, and in hidden files.
// They are for recognising them when they are about to leave; the caller must not print or store them.
func Values(p sandbox.Profile, env []string) [][]byte {
	var out [][]byte
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		if sandbox.Credential(name, value) && secretLooking(value) {
			out = append(out, []byte(value))
		}
	}
	for _, path := range p.Hide {
		out = append(out, valuesIn(path)...)
	}
	slices.SortFunc(out, bytes.Compare)
	out = slices.CompactFunc(out, bytes.Equal)
	return out[:min(len(out), maxValues)]
}

// valuesIn reads a hidden file, or the files directly in a hidden folder.
func valuesIn(path string) (out [][]byte) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil
	}
	if !fi.IsDir() {
		return tokens(path, fi)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil
	}
	for _, e := range entries[:min(len(entries), 100)] {
		if fi, err := e.Info(); err == nil && fi.Mode().IsRegular() {
			out = append(out, tokens(filepath.Join(path, e.Name()), fi)...)
		}
	}
	return out
}

// tokens finds the words of a file that look like secret values.
func tokens(path string, fi os.FileInfo) (out [][]byte) {
	if !fi.Mode().IsRegular() || fi.Size() > maxValueFile {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil || bytes.IndexByte(b, 0) >= 0 {
		return nil
	}
	for word := range strings.FieldsFuncSeq(string(b), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`"'=,;{}[]<>()`, r) }) {
		if secretLooking(word) {
			out = append(out, []byte(word))
		}
	}
	return out
}

// secretLooking tells of values that are long and mixed enough not to be a word, a path or an address.
func secretLooking(v string) bool {
	if len(v) < minValue || len(v) > 4096 || strings.HasPrefix(v, "/") || strings.Contains(v, "://") && !strings.Contains(v, "@") {
		return false
	}
	var letter, digit bool
	for _, r := range v {
		letter = letter || unicode.IsLetter(r)
		digit = digit || unicode.IsDigit(r)
	}
	return letter && digit
}
