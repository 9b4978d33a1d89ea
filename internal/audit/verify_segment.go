package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// seal reads the checkpoint beside a finished segment, which was signed at its very end.
func (v *verifier) seal(s segment, end uint64) {
	signed, err := os.ReadFile(s.sealPath())
	if err != nil {
		v.fail(s, 0, 0, "the checkpoint beside the segment is gone: "+err.Error())
		return
	}
	if c := v.mark("the checkpoint beside "+s.name(), signed); c != nil && c.Size != end {
		v.fail(s, 0, 0, fmt.Sprintf("the checkpoint beside the segment was signed for %d records, the segment ends with %d", c.Size, end))
	}
}

// segment checks one file. An unreadable file is an error, a damaged one a problem.
func (v *verifier) segment(s segment, first, last bool) error {
	f, err := os.Open(s.path)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	defer f.Close()
	lines := newHashAhead(f)
	defer lines.stop()
	n, err := v.lines(s, lines, first)
	v.report.Segments++
	if v.report.Problem != nil || err == nil {
		return nil
	}
	switch {
	case errors.Is(err, errLong):
		v.fail(s, n, v.chainNext(), err.Error())
	case errors.Is(err, errUnfinished) && (!last || n == 1):
		v.fail(s, n, v.chainNext(), "the line is incomplete")
	case err != io.EOF && !errors.Is(err, errUnfinished):
		return fmt.Errorf("read %s: %w", s.path, err)
	case n == 1:
		v.fail(s, 1, s.first, "the segment has no first record")
	}
	return nil
}

func (v *verifier) chainNext() uint64 {
	if v.chain == nil {
		return 0
	}
	return v.chain.next
}

var errUnfinished = errors.New("incomplete last line")

// lines accepts a segment's lines until the end or the first problem. It returns the number of the line
// it stopped at and why; io.EOF is the good end.
func (v *verifier) lines(s segment, lines *hashAhead, first bool) (int, error) {
	for n := 1; ; n++ {
		line, leaf, whole, err := lines.next()
		if err != nil {
			return n, err
		}
		v.report.Bytes += int64(len(line)) + 1
		if !whole {
			v.report.Unfinished = len(line)
			return n, errUnfinished
		}
		if n == 1 {
			err = v.head(s, line, first)
		}
		if err == nil {
			err = v.chain.accept(line, leaf)
		}
		if err != nil {
			v.blame(s, n, leaf, lines, err)
			return n, nil
		}
		if v.report.First > 0 && bytes.Contains(line, []byte(`"kind":"log"`)) {
			v.retention(line)
		}
		if v.chain.next >= v.next {
			if v.compare(s, n); v.report.Problem != nil {
				return n, nil
			}
		}
	}
}

// head checks a segment's first record before it is accepted.
func (v *verifier) head(s segment, line []byte, first bool) error {
	if !first {
		if s.first != v.chain.next {
			return fmt.Errorf("the segment begins with record %d, want %d: a segment is missing or misnamed", s.first, v.chain.next)
		}
		return v.chain.checkHead(line)
	}
	c, _, err := startChain(s, line)
	if err != nil {
		return err
	}
	v.chain, v.report.First = c, c.next
	if size := c.next; v.next <= size { // checkpoints from before the first record kept
		if v.next == size {
			v.compare(s, 1)
		}
		if v.next < size {
			return fmt.Errorf("%s covers %d records, and retention has removed the first %d: it cannot be compared any more; use a newer one",
				v.marks[v.next][0].name, v.next, size)
		}
	}
	return nil
}

// blame names the record that is wrong. When a link does not hold, the line after tells which side was
// changed: if that one still carries this line's hash, this line is as it was and the one before is not.
func (v *verifier) blame(s segment, n int, mine hash, lines *hashAhead, err error) {
	var link *linkError
	if !errors.As(err, &link) {
		seq := v.chainNext()
		if v.chain == nil {
			seq = s.first
		}
		v.fail(s, n, seq, err.Error())
		return
	}
	after, _, whole, nextErr := lines.next()
	if nextErr == nil && whole {
		if seq, prev, ok := parseHead(after); ok && seq == link.seq+1 && prev != mine {
			v.fail(s, n, link.seq, fmt.Sprintf("the record was changed: it carries neither the hash of record %d nor the one that record %d expects", link.seq-1, seq))
			return
		}
	}
	if n > 1 {
		v.fail(s, n-1, link.seq-1, fmt.Sprintf("the record was changed: record %d carries another hash of it", link.seq))
		return
	}
	v.fail(s, n, link.seq, err.Error())
}

// retention reads a record that says which segments were removed.
func (v *verifier) retention(line []byte) {
	var r struct {
		Kind Kind          `json:"kind"`
		Data retentionData `json:"data"`
	}
	if json.Unmarshal(line, &r) == nil && r.Kind == KindLog && r.Data.Event == eventRetention {
		v.removed = max(v.removed, r.Data.First)
	}
}
