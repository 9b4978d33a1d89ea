package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"writ/internal/durable"
)

// Retention says how much of the log is kept. Zero fields keep everything.
type Retention struct {
	MaxAge   time.Duration // segments whose last record is older are removed
	MaxBytes int64         // the oldest segments are removed until the rest is at most this long
}

const eventRetention = "retention"

// retentionData is what a retention record says: every record before First was removed on purpose.
type retentionData struct {
	Event    string   `json:"event"`
	First    uint64   `json:"first"`
	Segments []string `json:"segments"`
	Bytes    int64    `json:"bytes"`
	Policy   string   `json:"policy"`
}

// Retain removes finished segments that the policy does not keep, oldest first, never the one in use. The
// removal is recorded before it happens; a log without its oldest segments and without such a record does
// not verify. It returns how many records are gone.
func (l *Log) Retain(ctx context.Context, keep Retention) (uint64, error) {
	found, err := segments(l.dir)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	remove, bytes, err := keep.choose(found, l.opt.Now())
	if err != nil || len(remove) == 0 {
		return 0, err
	}
	data := retentionData{Event: eventRetention, First: found[len(remove)].first, Bytes: bytes,
		Policy: fmt.Sprintf("max age %s, max bytes %d", keep.MaxAge, keep.MaxBytes)}
	for _, s := range remove {
		data.Segments = append(data.Segments, s.name())
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return 0, err
	}
	gone := data.First - found[0].first
	summary := fmt.Sprintf("%d records in %d segments removed by retention", gone, len(remove))
	if _, err := l.Append(ctx, Record{Kind: KindLog, Summary: summary, rawData: raw}); err != nil {
		return 0, err
	}
	for _, s := range remove {
		if err := os.Remove(s.path); err != nil {
			return 0, fmt.Errorf("retention: %w", err)
		}
		if err := os.Remove(s.sealPath()); err != nil {
			return 0, fmt.Errorf("retention: %w", err)
		}
	}
	return gone, durable.SyncDir(l.dir)
}

// choose picks the segments to remove. A segment's last record is as old as the head of the one after it.
func (keep Retention) choose(found []segment, now time.Time) ([]segment, int64, error) {
	var total, gone int64
	sizes := make([]int64, len(found))
	for i, s := range found {
		fi, err := os.Stat(s.path)
		if err != nil {
			return nil, 0, fmt.Errorf("retention: %w", err)
		}
		sizes[i] = fi.Size()
		total += fi.Size()
	}
	n := 0
	for ; n < len(found)-1; n++ {
		ended, err := segmentTime(found[n+1])
		if err != nil {
			return nil, 0, err
		}
		old := keep.MaxAge > 0 && now.Sub(ended) > keep.MaxAge
		large := keep.MaxBytes > 0 && total-gone > keep.MaxBytes
		if !old && !large {
			break
		}
		gone += sizes[n]
	}
	return found[:n], gone, nil
}

// segmentTime is when a segment began.
func segmentTime(s segment) (time.Time, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return time.Time{}, err
	}
	defer f.Close()
	line, _, err := newLineReader(f).next()
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w", s.path, err)
	}
	_, began, err := parseSegmentHead(line)
	return began, err
}
