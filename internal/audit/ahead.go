package audit

import (
	"crypto/sha256"
	"io"
)

// hashAhead reads lines and hashes them in a goroutine of its own, so that verifying uses two cores:
// one for the leaves, one for chain and tree.
type hashAhead struct {
	full, free chan *hashed
	quit       chan struct{}
	now        *hashed
	i          int // next line of now
}

// hashed is a batch of lines with their leaf hashes. In buf each line stands behind the byte 0 that RFC 6962
// puts in front of a leaf.
type hashed struct {
	buf        []byte
	ends       []int
	leaves     []hash
	unfinished bool  // the last line has no newline
	err        error // after the last line
}

func newHashAhead(r io.Reader) *hashAhead {
	a := &hashAhead{full: make(chan *hashed, 3), free: make(chan *hashed, 3), quit: make(chan struct{}), now: &hashed{}}
	for range cap(a.free) {
		a.free <- &hashed{}
	}
	go a.run(newLineReader(r))
	return a
}

func (a *hashAhead) run(lines *lineReader) {
	for {
		select {
		case h := <-a.free:
			h.fill(lines)
			a.full <- h // never blocks: there is room for every batch
			if h.err != nil || h.unfinished {
				return
			}
		case <-a.quit:
			return
		}
	}
}

// fill reads and hashes the next lines, some 256 KiB.
func (h *hashed) fill(lines *lineReader) {
	h.buf, h.ends, h.leaves = h.buf[:0], h.ends[:0], h.leaves[:0]
	for len(h.buf) < 256<<10 && !h.unfinished {
		line, whole, err := lines.next()
		if err != nil {
			h.err = err
			return
		}
		start := len(h.buf)
		h.buf = append(append(h.buf, 0), line...)
		h.ends = append(h.ends, len(h.buf))
		h.leaves = append(h.leaves, sha256.Sum256(h.buf[start:]))
		h.unfinished = !whole
	}
}

// next is lineReader.next with the line's leaf hash; the line is valid until the following call.
func (a *hashAhead) next() (line []byte, leaf hash, whole bool, err error) {
	for a.i == len(a.now.ends) {
		if a.now.err != nil {
			return nil, leaf, false, a.now.err
		}
		if a.now.unfinished {
			return nil, leaf, false, io.EOF
		}
		if a.now.ends != nil {
			a.free <- a.now
		}
		a.now, a.i = <-a.full, 0
	}
	start := 0
	if a.i > 0 {
		start = a.now.ends[a.i-1]
	}
	end := a.now.ends[a.i]
	whole = !a.now.unfinished || a.i < len(a.now.ends)-1
	a.i++
	return a.now.buf[start+1 : end], a.now.leaves[a.i-1], whole, nil
}

// stop ends the goroutine.
func (a *hashAhead) stop() { close(a.quit) }
