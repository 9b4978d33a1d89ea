package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"writ/internal/durable"
)

// writer owns the files. Only one goroutine at a time uses it: Open's, then the log's writer. After the
// first error it does nothing more.
type writer struct {
	dir string
	opt Options
	key *signingKey

	file   *os.File
	bytes  int64     // written to the segment
	head   int64     // of these, its first record
	day    time.Time // the UTC day of the segment
	chain  *chain
	signed uint64 // size of the newest checkpoint
	line   []byte // reused for the lines of a batch
	broken error

	sync func(*os.File) error // fsync; tests make it fail
}

// write makes a batch durable and returns its first sequence number.
func (w *writer) write(b *batch) (uint64, error) {
	if err := w.turnover(len(b.bodies)); err != nil {
		return 0, err
	}
	first := w.chain.next
	out := w.line[:0]
	start := 0
	for _, end := range b.ends {
		at := len(out)
		out = append(appendHead(out, w.chain.next, w.chain.prev), b.bodies[start:end]...)
		w.chain.add(leafHash(out[at:]))
		out = append(out, '\n')
		start = end
	}
	w.line = out
	if cap(out) > 1<<20 {
		w.line = nil
	}
	return first, w.put(out)
}

// put writes and syncs.
func (w *writer) put(lines []byte) error {
	if w.broken != nil {
		return w.broken
	}
	if _, err := w.file.Write(lines); err != nil {
		return w.fail(err)
	}
	if err := w.sync(w.file); err != nil {
		return w.fail(err)
	}
	w.bytes += int64(len(lines))
	return nil
}

func (w *writer) fail(err error) error {
	if w.broken == nil {
		w.broken = err
	}
	return w.broken
}

// append writes one of the log's own records.
func (w *writer) append(r Record) error {
	body, err := appendBody(nil, &r)
	if err != nil {
		return w.fail(err)
	}
	_, err = w.write(&batch{bodies: body, ends: []int{len(body)}})
	return err
}

// turnover begins a new segment when this one is full or of another day.
func (w *writer) turnover(more int) error {
	if w.broken != nil {
		return w.broken
	}
	now := w.opt.Now().UTC()
	full := w.bytes > w.head && w.bytes+int64(more) > w.opt.SegmentBytes
	if !full && sameDay(now, w.day) {
		return nil
	}
	if err := w.seal(); err != nil {
		return w.fail(err)
	}
	if err := w.file.Close(); err != nil {
		return w.fail(err)
	}
	return w.begin(now)
}

// sameDay compares UTC days.
func sameDay(a, b time.Time) bool { return a.Unix()/86400 == b.Unix()/86400 }

// seal signs the finished segment's end, as the newest checkpoint and for good beside the segment.
func (w *writer) seal() error {
	signed, err := w.sign()
	if err != nil {
		return err
	}
	seg := segment{path: w.file.Name()}
	return durable.WriteFile(seg.sealPath(), signed, 0o600)
}

// begin starts a segment file with its head. The head appears whole or not at all.
func (w *writer) begin(now time.Time) error {
	data, err := json.Marshal(newHead(w.chain.tree, w.key.public))
	if err != nil {
		return w.fail(err)
	}
	line := appendHead(nil, w.chain.next, w.chain.prev)
	if line, err = appendBody(line, &Record{Time: now, Kind: KindSegment, rawData: data}); err != nil {
		return w.fail(err)
	}
	path := segmentPath(w.dir, w.chain.next)
	if err := durable.WriteFile(path, append(line, '\n'), 0o600); err != nil {
		return w.fail(err)
	}
	w.chain.add(leafHash(line))
	w.head, w.day = int64(len(line))+1, now
	w.bytes = w.head
	return w.open(path)
}

func (w *writer) open(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return w.fail(err)
	}
	w.file = f
	return nil
}

// checkpoint signs the log as it is, when something was written since the last one.
func (w *writer) checkpoint() error {
	if w.broken != nil || w.signed == w.chain.next {
		return w.broken
	}
	if _, err := w.sign(); err != nil {
		return w.fail(fmt.Errorf("sign a checkpoint: %w", err))
	}
	return nil
}

// sign replaces the newest checkpoint and returns it. Everything it covers is on disk already.
func (w *writer) sign() ([]byte, error) {
	c := Checkpoint{Origin: w.key.signer.Name(), Size: w.chain.next, Root: w.chain.tree.root()}
	signed, err := c.sign(w.key)
	if err != nil {
		return nil, err
	}
	if err := durable.WriteFile(filepath.Join(w.dir, checkpointFile), signed, 0o600); err != nil {
		return nil, err
	}
	w.signed = c.Size
	return signed, nil
}

func (w *writer) close() error {
	return errors.Join(w.checkpoint(), w.file.Close())
}
