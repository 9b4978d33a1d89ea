package approve

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
)

// Operation is exactly what a human is asked about. Two operations are the same when all of it is.
type Operation struct {
	Tool  string
	Input json.RawMessage // the tool's JSON object
	Cwd   string
	Agent string
	// Effects are the resolved effects, in words.
	Effects []string
	// Files holds the digest of each file that would run, by path.
	Files map[string]string
}

// domain separates these digests from any other that is made of the same bytes.
const domain = "writ operation 1\n"

// Digest is the SHA-256 of the operation in canonical form: keys sorted, numbers as written, no blanks.
func (o Operation) Digest() (string, error) {
	input, err := canonical(o.Input)
	if err != nil {
		return "", fmt.Errorf("digest of the operation: %w", err)
	}
	effects := slices.Clone(o.Effects)
	slices.Sort(effects)
	b, err := json.Marshal(struct {
		Tool    string
		Input   json.RawMessage
		Cwd     string
		Agent   string
		Effects []string
		Files   map[string]string
	}{o.Tool, input, o.Cwd, o.Agent, slices.Compact(effects), o.Files})
	if err != nil {
		return "", fmt.Errorf("digest of the operation: %w", err)
	}
	sum := sha256.Sum256(append([]byte(domain), b...))
	return hex.EncodeToString(sum[:]), nil
}

// canonical sorts the keys of every object; numbers keep their digits.
func canonical(raw json.RawMessage) (json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// maxFile bounds what is read of one file; a longer one is named by its size and time beside its beginning.
const maxFile = 8 << 20

// FileDigest names a file's content. A file that cannot be read has the digest "unreadable", so that one
// which appears later is another operation.
func FileDigest(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return "unreadable"
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil || !fi.Mode().IsRegular() {
		return "unreadable"
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, maxFile)); err != nil {
		return "unreadable"
	}
	if fi.Size() > maxFile {
		fmt.Fprintf(h, "%d %d", fi.Size(), fi.ModTime().UnixNano())
	}
	return hex.EncodeToString(h.Sum(nil))
}
