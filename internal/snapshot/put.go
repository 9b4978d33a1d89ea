package snapshot

import (
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// put writes one entry whole: into a neighbour first, checked against its object id, then renamed.
func put(root *os.Root, name string, e Entry, from *objects) error {
	if e.Kind == KindDir {
		return root.MkdirAll(name, 0o700)
	}
	if dir := filepath.Dir(name); dir != "." {
		if err := root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	tmp := filepath.Join(filepath.Dir(name), ".writ-restore-"+suffix())
	if err := fill(root, tmp, e, from); err != nil {
		_ = root.Remove(tmp)
		return err
	}
	return root.Rename(tmp, name)
}

func fill(root *os.Root, tmp string, e Entry, from *objects) error {
	if e.Kind == KindSymlink {
		target, err := from.read(e.OID)
		if err != nil {
			return err
		}
		return root.Symlink(string(target), tmp)
	}
	f, err := root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pour(f, e, from); err != nil {
		return err
	}
	if err := f.Chmod(fileMode(e.Mode)); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// pour copies the content and refuses it when it is not what was kept.
func pour(w io.Writer, e Entry, from *objects) error {
	r, size, err := from.open(e.OID)
	if err != nil {
		return err
	}
	h := newHash("blob", size, len(e.OID) == 64)
	if _, err := io.Copy(io.MultiWriter(w, h), r); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != e.OID {
		return fmt.Errorf("the kept content is damaged: want %s, found %s", e.OID, got)
	}
	return from.end()
}

// fileMode turns the stored bits back into a mode.
func fileMode(bits uint32) fs.FileMode { return perm(fs.FileMode(bits)) }
