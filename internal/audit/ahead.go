package audit

import (
	"bytes"
	"crypto/sha256"
	"io"
	"runtime"
)

// hashAhead reads lines and hashes them on every processor while its caller follows chain and tree, which
// cannot be divided. One goroutine reads and cuts the stream into batches of whole lines, several hash, and
// next hands the lines out in order.
type hashAhead struct {
	order chan *hashed // in the stream's order, perhaps not hashed yet
	free  chan *hashed
	work  chan *hashed
	quit  chan struct{}
	now   *hashed
	i     int // next line of now
}

// hashed is a batch of lines with their leaf hashes.
type hashed struct {
	buf        []byte // one spare byte, then lines, each with its newline but for an unfinished last one
	starts     []int  // where the lines begin in buf; one more for the end
	leaves     []hash
	unfinished bool          // the last line has no newline
	err        error         // after the last line
	done       chan struct{} // closed when hashed
}

const batchBytes = 256 << 10

func newHashAhead(r io.Reader) *hashAhead {
	hashers := runtime.GOMAXPROCS(0)
	n := hashers + 3
	a := &hashAhead{order: make(chan *hashed, n), free: make(chan *hashed, n), work: make(chan *hashed, n),
		quit: make(chan struct{}), now: &hashed{starts: []int{1}}}
	for range n {
		a.free <- &hashed{}
	}
	go a.read(r)
	for range hashers {
		go func() {
			for h := range a.work {
				h.hash()
				close(h.done)
			}
		}()
	}
	return a
}

// read fills batches until the stream ends or the caller does. No send blocks: every channel has room for
// all batches.
func (a *hashAhead) read(r io.Reader) {
	defer close(a.work)
	var rest []byte // the beginning of a line whose end is in the next batch
	for {
		select {
		case h := <-a.free:
			rest = h.fill(r, rest)
			h.done = make(chan struct{})
			last := h.err != nil // looked at before others own h
			a.order <- h
			a.work <- h
			if last {
				return
			}
		case <-a.quit:
			return
		}
	}
}

// fill takes the rest of the batch before and reads to the end of at least one line; it returns what
// follows the last newline.
func (h *hashed) fill(r io.Reader, rest []byte) []byte {
	if h.buf == nil {
		h.buf = make([]byte, 1, batchBytes)
	}
	h.buf = append(h.buf[:1], rest...)
	h.unfinished = false
	for searched := 1; ; {
		if h.err == io.EOF {
			h.unfinished = len(h.buf) > 1 && h.buf[len(h.buf)-1] != '\n'
			return nil
		}
		if h.err != nil {
			h.buf = h.buf[:max(1, bytes.LastIndexByte(h.buf, '\n')+1)]
			return nil
		}
		if i := bytes.LastIndexByte(h.buf[searched:], '\n'); i >= 0 {
			end := searched + i + 1
			rest = append(rest[:0], h.buf[end:]...)
			h.buf = h.buf[:end]
			return rest
		}
		searched = len(h.buf)
		if len(h.buf)-1 > maxWhole {
			h.buf, h.err = h.buf[:1], errLong
			return nil
		}
		if len(h.buf) == cap(h.buf) {
			h.buf = append(h.buf, make([]byte, len(h.buf))...)[:len(h.buf)]
		}
		var n int
		n, h.err = r.Read(h.buf[len(h.buf):cap(h.buf)])
		h.buf = h.buf[:len(h.buf)+n]
	}
}

// hash finds the lines and hashes them. The byte before a line, a newline that is not needed any more,
// becomes the 0 that RFC 6962 puts in front of a leaf, so that nothing is copied.
func (h *hashed) hash() {
	h.starts, h.leaves = h.starts[:0], h.leaves[:0]
	at := 1
	for at < len(h.buf) {
		end := bytes.IndexByte(h.buf[at:], '\n')
		if end < 0 {
			end = len(h.buf) - at
		}
		if end > maxWhole {
			h.err, h.unfinished = errLong, false
			break
		}
		h.buf[at-1] = 0
		h.starts = append(h.starts, at)
		h.leaves = append(h.leaves, sha256.Sum256(h.buf[at-1:at+end]))
		at += end + 1
	}
	h.starts = append(h.starts, at)
}

// next is lineReader.next with the line's leaf hash; the line is valid until the following call.
func (a *hashAhead) next() (line []byte, leaf hash, whole bool, err error) {
	for a.i == len(a.now.leaves) {
		if a.now.err != nil {
			return nil, leaf, false, a.now.err
		}
		if a.now.buf != nil {
			a.free <- a.now
		}
		a.now, a.i = <-a.order, 0
		<-a.now.done
	}
	i := a.i
	a.i++
	whole = !a.now.unfinished || i < len(a.now.leaves)-1
	return a.now.buf[a.now.starts[i] : a.now.starts[i+1]-1], a.now.leaves[i], whole, nil
}

// stop ends the goroutines.
func (a *hashAhead) stop() { close(a.quit) }
