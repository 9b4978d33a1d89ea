package claude

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"writ/internal/durable"
	"writ/internal/home"
)

// Record is what an installation did to one settings file; it lies in writ's home, out of agents' reach.
type Record struct {
	Path    string      `json:"path"`           // as the host finds it
	Real    string      `json:"real"`           // with symlinks resolved
	Scope   Scope       `json:"scope"`          //
	Existed bool        `json:"existed"`        // false: the file was made
	Made    []string    `json:"made,omitempty"` // folders that were made
	Mode    fs.FileMode `json:"mode"`
	Before  []byte      `json:"before"` // the backup, byte for byte
	After   []byte      `json:"after"`
	Ops     []op        `json:"ops"`
	Time    time.Time   `json:"time"`
}

func recordDir(h home.Home) string { return filepath.Join(h.State(), "wiring") }

func recordPath(h home.Home, path string) string {
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(recordDir(h), hex.EncodeToString(sum[:8])+".json")
}

// load reads the record of a settings file; nil where there is none.
func load(h home.Home, path string) (*Record, error) { return readRecord(recordPath(h, path)) }

func readRecord(file string) (*Record, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("record of an installation %s: %w", file, err)
	}
	return &r, nil
}

func (r *Record) save(h home.Home) error {
	if err := os.MkdirAll(recordDir(h), 0o700); err != nil {
		return err
	}
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return durable.WriteFile(recordPath(h, r.Path), data, 0o600)
}

// Installed lists the records of every settings file that carries wiring.
func Installed(h home.Home) ([]*Record, error) {
	files, err := filepath.Glob(filepath.Join(recordDir(h), "*.json"))
	if err != nil {
		return nil, err
	}
	var out []*Record
	for _, f := range files {
		r, err := readRecord(f)
		if err != nil {
			return nil, err
		}
		if r != nil {
			out = append(out, r)
		}
	}
	return out, nil
}
