package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Checkpoint is the signed statement "the log named Origin has Size records and this root". As a file it
// is a C2SP tlog-checkpoint: three lines (origin, decimal size, base64 root) in an Ed25519 signed note.
type Checkpoint struct {
	Origin string
	Size   uint64
	Root   hash
}

// ErrCheckpoint says that a checkpoint does not parse or is not signed by the log's key.
var ErrCheckpoint = errors.New("not a valid checkpoint of this log")

func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

func (c Checkpoint) sign(k *signingKey) ([]byte, error) {
	return note.Sign(&note.Note{Text: c.text()}, k.signer)
}

// OpenCheckpoint checks a signed checkpoint against a public key and reads it.
func OpenCheckpoint(signed []byte, publicKey string) (Checkpoint, error) {
	var c Checkpoint
	v, err := note.NewVerifier(publicKey)
	if err != nil {
		return c, fmt.Errorf("public key: %w", err)
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return c, fmt.Errorf("%w: %v", ErrCheckpoint, err)
	}
	// note decodes signatures loosely; a checkpoint with stray bits is not the one that was signed.
	for _, sig := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return c, fmt.Errorf("%w: signature: %v", ErrCheckpoint, err)
		}
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != v.Name() {
		return c, fmt.Errorf("%w: want origin %s, size and root, one a line", ErrCheckpoint, v.Name())
	}
	size, err := strconv.ParseUint(lines[1], 10, 63)
	if err != nil || strconv.FormatUint(size, 10) != lines[1] {
		return c, fmt.Errorf("%w: size %q", ErrCheckpoint, lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != len(c.Root) {
		return c, fmt.Errorf("%w: root %q", ErrCheckpoint, lines[2])
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: hash(root)}, nil
}
