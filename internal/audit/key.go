package audit

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"writ/internal/durable"
)

// Key files in the key folder: the signing key (0600) and the public key that checks it.
const (
	keyFile    = "audit.key"
	publicFile = "audit.pub"
)

// signingKey is the key of one log. Its name is the log's origin, the first line of every checkpoint.
type signingKey struct {
	signer note.Signer
	public string // "<name>+<hash>+<key>", what people pass to --key
}

// loadKey reads the key, or makes one when create is set and there is none.
func loadKey(dir string, create bool) (*signingKey, error) {
	text, err := os.ReadFile(filepath.Join(dir, keyFile))
	if errors.Is(err, fs.ErrNotExist) && create {
		return newKey(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("read the log's signing key: %w", err)
	}
	if fi, err := os.Stat(filepath.Join(dir, keyFile)); err != nil || fi.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s may be read by others: want mode 0600", filepath.Join(dir, keyFile))
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("%s is not a signing key: %w", filepath.Join(dir, keyFile), err)
	}
	public, err := PublicKey(dir)
	if err != nil {
		return nil, err
	}
	return &signingKey{signer, public}, nil
}

// newKey makes a key with a name of its own, so that checkpoints of two logs are never taken for one.
func newKey(dir string) (*signingKey, error) {
	var id [6]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	private, public, err := note.GenerateKey(rand.Reader, "writ-audit-"+hex.EncodeToString(id[:]))
	if err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	// The public key first: a private key without it would be refused at every later start.
	if err := durable.WriteFile(filepath.Join(dir, publicFile), []byte(public+"\n"), 0o644); err != nil {
		return nil, err
	}
	if err := durable.WriteFile(filepath.Join(dir, keyFile), []byte(private+"\n"), 0o600); err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, err
	}
	return &signingKey{signer, public}, nil
}

// PublicKey reads the log's public key from the key folder.
func PublicKey(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, publicFile))
	if err != nil {
		return "", fmt.Errorf("read the log's public key: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}
