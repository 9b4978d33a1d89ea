package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// damaged is ErrDamaged with what was found and what a person can do.
func damaged(dir, format string, args ...any) error {
	return fmt.Errorf("%w: %s: %s; run `writ audit verify` to see more, then keep the folder as evidence (mv %s %s.damaged) and writ begins a new log",
		ErrDamaged, dir, fmt.Sprintf(format, args...), dir, dir)
}

// recover brings the writer to the end of the log that is there, or begins one.
func (w *writer) recover(found []segment) error {
	newest, err := w.newest()
	if err != nil {
		return err
	}
	if len(found) == 0 {
		if newest != nil {
			return damaged(w.dir, "a checkpoint says %d records, and there is no segment", newest.Size)
		}
		t, err := newTree(0, nil)
		if err != nil {
			return err
		}
		w.chain = &chain{tree: t}
		if err := w.begin(w.opt.Now().UTC()); err != nil {
			return err
		}
		return w.checkpoint()
	}
	torn, err := w.readLast(found[len(found)-1], newest)
	if err != nil {
		return err
	}
	if torn != nil {
		if err := w.append(*torn); err != nil {
			return err
		}
	}
	return w.checkpoint()
}

// newest reads the newest checkpoint; nil when there is none.
func (w *writer) newest() (*Checkpoint, error) {
	signed, err := os.ReadFile(filepath.Join(w.dir, checkpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the newest checkpoint: %w", err)
	}
	c, err := OpenCheckpoint(signed, w.key.public)
	if err != nil {
		return nil, damaged(w.dir, "the newest checkpoint: %v", err)
	}
	return &c, nil
}

// readLast follows the last segment to its end, compares it with the newest checkpoint and cuts a torn
// tail, for which it returns the record. Older segments are Verify's business.
func (w *writer) readLast(s segment, newest *Checkpoint) (*Record, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	defer f.Close()
	lines := newLineReader(f)
	first, whole, err := lines.next()
	if err != nil || !whole {
		return nil, damaged(w.dir, "segment %s has no first record", s.name())
	}
	first = bytes.Clone(first) // the reader reuses its buffer
	chain, _, err := startChain(s, first)
	if err != nil {
		return nil, damaged(w.dir, "segment %s: %v", s.name(), err)
	}
	_, began, _ := parseSegmentHead(first)
	if newest == nil && chain.next > 0 {
		return nil, damaged(w.dir, "the newest checkpoint is gone")
	}
	torn, err := w.follow(s, chain, lines, first, newest)
	if err != nil {
		return nil, err
	}
	w.chain, w.bytes, w.day, w.head = chain, lines.offset, began, int64(len(first))+1
	if newest != nil {
		w.signed = newest.Size
	}
	if torn == nil {
		return nil, w.open(s.path)
	}
	return w.cutTail(s, lines.offset, torn)
}

// follow accepts every whole line; it returns the bytes of an incomplete last one.
func (w *writer) follow(s segment, c *chain, lines *lineReader, first []byte, newest *Checkpoint) ([]byte, error) {
	check := func() error {
		if newest != nil && newest.Size == c.next && newest.Root != c.tree.root() {
			return damaged(w.dir, "the first %d records are not those that the newest checkpoint was signed for", c.next)
		}
		return nil
	}
	if newest != nil && newest.Size < c.next {
		return nil, damaged(w.dir, "the newest checkpoint (%d records) is older than segment %s", newest.Size, s.name())
	}
	line, whole, err := first, true, error(nil)
	for n := 1; err == nil && whole; n++ {
		if err := check(); err != nil {
			return nil, err
		}
		if err := c.accept(line, leafHash(line)); err != nil {
			return nil, damaged(w.dir, "segment %s, line %d: %v", s.name(), n, err)
		}
		line, whole, err = lines.next()
	}
	if err != nil && err != io.EOF {
		return nil, damaged(w.dir, "segment %s after record %d: %v", s.name(), c.next-1, err)
	}
	if err := check(); err != nil {
		return nil, err
	}
	switch {
	case newest == nil && c.next > 1:
		return nil, damaged(w.dir, "the newest checkpoint is gone")
	case newest != nil && newest.Size > c.next:
		return nil, damaged(w.dir, "it has %d records, and a checkpoint was signed for %d: the end was cut off", c.next, newest.Size)
	}
	if err == io.EOF {
		return nil, nil
	}
	return bytes.Clone(line), nil
}

// cutTail removes an incomplete last line: a crash came between write and fsync, so nobody was told that
// this record exists.
func (w *writer) cutTail(s segment, at int64, torn []byte) (*Record, error) {
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, fmt.Errorf("recover the log: %w", err)
	}
	w.file = f
	if err := f.Truncate(at); err != nil {
		return nil, fmt.Errorf("recover the log: %w", err)
	}
	if err := f.Sync(); err != nil {
		return nil, fmt.Errorf("recover the log: %w", err)
	}
	data, err := json.Marshal(map[string]any{"event": "recovery", "cut_bytes": len(torn), "cut_sha256": fmt.Sprintf("%x", sha256.Sum256(torn))})
	if err != nil {
		return nil, err
	}
	return &Record{
		Time: w.opt.Now(), Kind: KindLog, rawData: data,
		Summary: fmt.Sprintf("an incomplete last line of %d bytes was cut off after a crash", len(torn)),
	}, nil
}
