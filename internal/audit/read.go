package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Filter chooses records; zero fields choose all. The heads of segments come only when Kinds names them.
type Filter struct {
	Kinds     []Kind
	Session   string // whole id, or its beginning
	Agent     string // the agent's name or id
	Tool      string // with a trailing * a beginning: mcp__github__*
	Effect    string
	Rule      string
	ToolUseID string
	Run       string
	Since     time.Time // at or after
	Until     time.Time // before
	From      uint64    // sequence number at or after
}

// Match tells whether the filter chooses a record.
func (f Filter) Match(r *Record) bool {
	switch {
	case len(f.Kinds) == 0 && r.Kind == KindSegment, len(f.Kinds) > 0 && !slices.Contains(f.Kinds, r.Kind):
		return false
	case !strings.HasPrefix(r.Session, f.Session), f.Agent != "" && r.Agent != f.Agent && r.AgentID != f.Agent:
		return false
	case f.Tool != "" && !matchTool(f.Tool, r.Tool), f.Effect != "" && r.Effect != f.Effect:
		return false
	case f.Rule != "" && r.Rule != f.Rule, f.ToolUseID != "" && r.ToolUseID != f.ToolUseID, f.Run != "" && r.Run != f.Run:
		return false
	case !f.Since.IsZero() && r.Time.Before(f.Since), !f.Until.IsZero() && !r.Time.Before(f.Until):
		return false
	}
	return r.Seq >= f.From
}

func matchTool(want, tool string) bool {
	if head, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(tool, head)
	}
	return tool == want
}

// needle is a text that every chosen line contains, to pass over the others without decoding them.
func (f Filter) needle() []byte {
	switch {
	case f.ToolUseID != "":
		return appendString([]byte(`"tool_use_id":`), f.ToolUseID)
	case f.Session != "":
		b := appendString([]byte(`"session":`), f.Session)
		return b[:len(b)-1] // a beginning of the id will do
	}
	return nil
}

// Read gives the chosen records in order, as far as the log reaches now. It decodes and does not verify:
// that is Verify's job. A log that does not exist yet has no records.
func Read(dir string, f Filter) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		found, err := segments(dir)
		if err != nil {
			yield(Record{}, err)
			return
		}
		for i, s := range found {
			if i+1 < len(found) && f.skips(found[i+1]) {
				continue
			}
			if _, more := readSegment(s, 0, f, yield); !more {
				return
			}
		}
	}
}

// skips tells that nothing before the segment next is wanted.
func (f Filter) skips(next segment) bool {
	if next.first <= f.From {
		return true
	}
	if f.Since.IsZero() {
		return false
	}
	began, err := segmentTime(next)
	return err == nil && began.Before(f.Since)
}

// readSegment yields the chosen records of one file from an offset on; it returns the offset behind the
// last whole line and whether the caller wants more.
func readSegment(s segment, from int64, f Filter, yield func(Record, error) bool) (int64, bool) {
	file, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) { // removed by retention meanwhile
		return from, true
	}
	if err != nil {
		return from, yield(Record{}, fmt.Errorf("read the log: %w", err))
	}
	defer file.Close()
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		return from, yield(Record{}, err)
	}
	lines, needle := newLineReader(file), f.needle()
	for {
		line, whole, err := lines.next()
		if err == io.EOF || err == nil && !whole {
			return from + lines.offset, true
		}
		if err != nil {
			return from + lines.offset, yield(Record{}, fmt.Errorf("read %s: %w", s.path, err)) && false
		}
		if needle != nil && !bytes.Contains(line, needle) {
			continue
		}
		var r Record
		if err := json.Unmarshal(line, &r); err != nil {
			if !yield(Record{}, fmt.Errorf("%s: a line is no record: %w", s.name(), err)) {
				return from + lines.offset, false
			}
			continue
		}
		if f.Match(&r) && !yield(r, nil) {
			return from + lines.offset, false
		}
	}
}

// Follow gives the chosen records that are there and then those that come, until the context ends. It
// looks for new ones five times a second.
func Follow(ctx context.Context, dir string, f Filter) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		at, offset := uint64(0), int64(0) // first record of the segment being read, place in it
		for {
			found, err := segments(dir)
			if err != nil {
				yield(Record{}, err)
				return
			}
			for i, s := range found {
				if s.first < at || at == 0 && i+1 < len(found) && f.skips(found[i+1]) {
					continue
				}
				if s.first > at {
					at, offset = s.first, 0
				}
				var more bool
				if offset, more = readSegment(s, offset, f, yield); !more {
					return
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}
}

// NewestCheckpoint returns the newest signed checkpoint of the log in dir, checked against the key.
func NewestCheckpoint(dir, publicKey string) ([]byte, Checkpoint, error) {
	signed, err := os.ReadFile(filepath.Join(dir, checkpointFile))
	if err != nil {
		return nil, Checkpoint{}, fmt.Errorf("read the newest checkpoint: %w", err)
	}
	c, err := OpenCheckpoint(signed, publicKey)
	return signed, c, err
}
