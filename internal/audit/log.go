package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Options of a log. The zero value is what the daemon uses.
type Options struct {
	// SegmentBytes is the size at which a new segment file begins; 0: 64 MiB. One begins each UTC day, too.
	SegmentBytes int64
	// CheckpointEvery is the time between checkpoints while records come; 0: one second.
	CheckpointEvery time.Duration
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	if o.SegmentBytes == 0 {
		o.SegmentBytes = 64 << 20
	}
	if o.CheckpointEvery == 0 {
		o.CheckpointEvery = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

var (
	// ErrFailed is the answer of every Append after a write or sync failed. What is on disk is not known
	// then, and a second fsync would lie about it, so the log is done; the process must deny from here on.
	ErrFailed = errors.New("the audit log has failed and takes no more records")
	// ErrClosed is the answer of Append after Close.
	ErrClosed = errors.New("the audit log is closed")
	// ErrLocked is Open's answer while another process writes the log.
	ErrLocked = errors.New("another process writes this audit log")
	// ErrDamaged is Open's answer to a log that is not what was written. It is left as it is.
	ErrDamaged = errors.New("the audit log is damaged")
)

// Log is the one writer of a log. Its methods may be called from many goroutines.
type Log struct {
	dir  string
	opt  Options
	key  *signingKey
	lock *os.File

	mu      sync.Mutex
	current *batch // collects while the writer works on the one before
	failed  error
	closed  bool

	wake    chan struct{} // one token: the current batch is not empty
	closing chan struct{}
	stopped chan struct{}

	size atomic.Uint64 // durable records

	w writer // the writer goroutine's own, after Open
}

// batch is what one fsync will make durable: the bodies of many records, joined.
type batch struct {
	bodies []byte
	ends   []int // end of each body in bodies
	done   chan struct{}
	first  uint64 // sequence number of the first record, set before done is closed
	err    error
}

// Open takes the log in dir for writing, making folder and key if there is none, and recovers from a
// crash: an incomplete last line (never acknowledged) is cut off, and a record says so. Anything else
// that does not fit — a line that does not chain, a log shorter than its newest checkpoint — is
// ErrDamaged: evidence, which Open does not touch. keyDir holds the signing key.
func Open(dir, keyDir string, opt Options) (*Log, error) {
	opt = opt.withDefaults()
	for _, d := range []string{dir, keyDir} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("make the log's folder: %w", err)
		}
	}
	lock, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	l := &Log{
		dir: dir, opt: opt, lock: lock, current: newBatch(),
		wake: make(chan struct{}, 1), closing: make(chan struct{}), stopped: make(chan struct{}),
	}
	if err := l.start(keyDir); err != nil {
		if l.w.file != nil {
			l.w.file.Close()
		}
		lock.Close()
		return nil, err
	}
	go l.run()
	return l, nil
}

// start recovers and leaves the log with a signed checkpoint of its whole content.
func (l *Log) start(keyDir string) error {
	found, err := segments(l.dir)
	if err != nil {
		return err
	}
	if l.key, err = loadKey(keyDir, len(found) == 0); err != nil {
		return err
	}
	l.w = writer{dir: l.dir, opt: l.opt, key: l.key, sync: (*os.File).Sync}
	if err := l.w.recover(found); err != nil {
		return err
	}
	l.size.Store(l.w.chain.next)
	l.sweep()
	return nil
}

// sweep removes what a crash in the middle of durable.WriteFile left behind: files that begin with a dot.
func (l *Log) sweep() {
	left, _ := filepath.Glob(filepath.Join(l.dir, ".*.*")) // the pattern is well-formed
	for _, path := range left {
		_ = os.Remove(path) // best effort: they do no harm
	}
}

func newBatch() *batch { return &batch{done: make(chan struct{})} }

// bodies are the buffers in which callers encode, outside every lock.
var bodies = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// Append writes a record and returns its sequence number when it is on disk. Errors: ErrFailed (for good),
// ErrClosed, ErrTooLong, or the context's; after the latter the record may still become durable.
func (l *Log) Append(ctx context.Context, r Record) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if r.Time.IsZero() {
		r.Time = l.opt.Now()
	}
	buf := bodies.Get().(*[]byte)
	defer bodies.Put(buf)
	body, err := appendBody((*buf)[:0], &r)
	*buf = body
	if err != nil {
		return 0, err
	}
	b, i, err := l.enqueue(body)
	if err != nil {
		return 0, err
	}
	select {
	case <-b.done:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if b.err != nil {
		return 0, b.err
	}
	return b.first + uint64(i), nil
}

// enqueue copies a body into the current batch and wakes the writer if it is the batch's first.
func (l *Log) enqueue(body []byte) (*batch, int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return nil, 0, l.failed
	}
	if l.closed {
		return nil, 0, ErrClosed
	}
	b := l.current
	b.bodies = append(b.bodies, body...)
	b.ends = append(b.ends, len(b.bodies))
	if len(b.ends) == 1 {
		l.wake <- struct{}{} // never blocks: the token of the batch before was taken with it
	}
	return b, len(b.ends) - 1, nil
}

// take gives the collected batch to the writer.
func (l *Log) take() *batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.current
	l.current = newBatch()
	l.current.bodies = make([]byte, 0, min(cap(b.bodies), 64<<10))
	return b
}

// run is the writer: everything that was queued while the fsync before ran becomes one write and fsync.
func (l *Log) run() {
	defer close(l.stopped)
	tick := time.NewTicker(l.opt.CheckpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-l.wake:
			runtime.Gosched() // lets callers that are ready join this batch
			l.commit(l.take())
		case <-tick.C:
			l.note(l.w.checkpoint())
		case <-l.closing:
			select {
			case <-l.wake:
				l.commit(l.take())
			default:
			}
			l.note(l.w.close())
			return
		}
	}
}

// commit makes a batch durable and answers its callers.
func (l *Log) commit(b *batch) {
	b.first, b.err = l.w.write(b)
	l.note(b.err)
	if b.err == nil {
		l.size.Store(b.first + uint64(len(b.ends)))
	} else {
		b.err = l.Err()
	}
	close(b.done)
}

// note keeps the first failure for good.
func (l *Log) note(err error) {
	if err == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil {
		l.failed = fmt.Errorf("%w: %v", ErrFailed, err)
	}
}

// Err tells why the log takes no more records; nil while it does.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// Size is the number of records on disk.
func (l *Log) Size() uint64 { return l.size.Load() }

// PublicKey checks the log's checkpoints.
func (l *Log) PublicKey() string { return l.key.public }

// Close waits for queued records, signs a last checkpoint and releases the lock.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.mu.Unlock()
	close(l.closing)
	<-l.stopped
	l.lock.Close()
	return l.Err()
}
