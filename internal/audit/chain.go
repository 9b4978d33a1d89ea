package audit

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// chain follows the log line by line: it knows which record must come next and grows the tree.
type chain struct {
	next uint64 // sequence number wanted next
	prev hash   // leaf hash of the line before
	tree *tree
}

// startChain begins at the first line of a segment, which it does not accept yet. Where older segments
// exist no more, prev is taken from the line: the tree's root vouches for the line itself.
func startChain(s segment, line []byte) (*chain, segmentHead, error) {
	seq, prev, ok := parseHead(line)
	if !ok {
		return nil, segmentHead{}, errNoRecord
	}
	head, _, err := parseSegmentHead(line)
	if err != nil {
		return nil, head, err
	}
	if seq != s.first || head.Size != seq {
		return nil, head, fmt.Errorf("the file is named %d, its first record is %d, and says that %d came before", s.first, seq, head.Size)
	}
	if seq == 0 && prev != (hash{}) {
		return nil, head, errors.New("record 0 has a predecessor")
	}
	t, err := head.tree()
	if err != nil {
		return nil, head, err
	}
	return &chain{next: seq, prev: prev, tree: t}, head, nil
}

var errNoRecord = errors.New(`is no record of this log (want {"seq":…,"prev":"…",…})`)

// accept checks one line against the chain and adds it. leaf is its hash.
func (c *chain) accept(line []byte, leaf hash) error {
	seq, prev, ok := parseHead(line)
	switch {
	case !ok:
		return errNoRecord
	case seq > c.next:
		return fmt.Errorf("record %d is missing: found %d in its place (removed or moved)", c.next, seq)
	case seq < c.next:
		return fmt.Errorf("record %d stands where %d belongs (inserted, repeated or moved)", seq, c.next)
	case prev != c.prev:
		return &linkError{seq}
	}
	c.add(leaf)
	return nil
}

// add takes a line without checking it.
func (c *chain) add(leaf hash) {
	c.prev = leaf
	c.next++
	_ = c.tree.add(c.prev) // the range begins at 0 and grows by one: it cannot be corrupt
}

// linkError says that a record does not carry the hash of the one before it: one of the two was changed.
type linkError struct{ seq uint64 }

func (e *linkError) Error() string {
	return fmt.Sprintf("record %d does not carry the hash of record %d: one of them was changed", e.seq, e.seq-1)
}

// checkHead compares a later segment's head with the chain that leads to it.
func (c *chain) checkHead(line []byte) error {
	head, _, err := parseSegmentHead(line)
	if err != nil {
		return err
	}
	if root := c.tree.root(); head.Size != c.next || head.Root != hex.EncodeToString(root[:]) {
		return fmt.Errorf("the segment's head says %d records with root %s before it; the log has %d with %x", head.Size, head.Root, c.next, root)
	}
	return nil
}

// lineReader cuts a stream into lines without copying. It bounds the line, since files may be damaged.
type lineReader struct {
	r          io.Reader
	buf        []byte
	start, end int
	err        error
	offset     int64 // of buf[start] in the stream
}

// errLong is the answer to a line longer than any record.
var errLong = fmt.Errorf("a line is longer than %d bytes, the longest record", maxWhole)

// maxWhole bounds a line with its head.
const maxWhole = MaxLine + 256

func newLineReader(r io.Reader) *lineReader { return &lineReader{r: r, buf: make([]byte, 128<<10)} }

// next returns the next line without its newline, valid until the following call. whole is false for a
// last line that has no newline: the writer was cut off, or is writing just now. At the end: io.EOF.
func (l *lineReader) next() (line []byte, whole bool, err error) {
	searched := 0
	for {
		if i := bytes.IndexByte(l.buf[l.start+searched:l.end], '\n'); i >= 0 {
			line = l.buf[l.start : l.start+searched+i]
			if len(line) > maxWhole {
				return nil, false, errLong
			}
			l.start += len(line) + 1
			l.offset += int64(len(line)) + 1
			return line, true, nil
		}
		searched = l.end - l.start
		if searched > maxWhole {
			return nil, false, errLong
		}
		if l.err != nil {
			if l.err == io.EOF && searched > 0 {
				return l.buf[l.start:l.end], false, nil
			}
			return nil, false, l.err
		}
		l.fill()
	}
}

// fill reads more, moving what is left to the front of the buffer.
func (l *lineReader) fill() {
	copy(l.buf, l.buf[l.start:l.end])
	l.end -= l.start
	l.start = 0
	if l.end == len(l.buf) { // one line fills it; next gives up beyond maxWhole
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := l.r.Read(l.buf[l.end:])
	l.end += n
	l.err = err
}
