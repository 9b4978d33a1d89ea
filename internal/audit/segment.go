package audit

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Files in the log's folder.
const (
	segmentExt     = ".jsonl"
	sealExt        = ".checkpoint" // beside a finished segment: the checkpoint signed when it ended
	checkpointFile = "checkpoint"  // the newest checkpoint, replaced each second while records come
	lockFile       = "lock"
)

// segment is one file of the log, named by the sequence number of its first record.
type segment struct {
	first uint64
	path  string
}

func segmentPath(dir string, first uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%019d%s", first, segmentExt))
}

func (s segment) name() string { return filepath.Base(s.path) }

func (s segment) sealPath() string { return strings.TrimSuffix(s.path, segmentExt) + sealExt }

// segments lists the log's files in order. A file with the extension and another kind of name is an
// error: nobody but the log writes here.
func segments(dir string) ([]segment, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the log's folder: %w", err)
	}
	var out []segment
	for _, e := range entries {
		number, ok := strings.CutSuffix(e.Name(), segmentExt)
		if !ok {
			continue
		}
		first, err := strconv.ParseUint(number, 10, 63)
		path := filepath.Join(dir, e.Name())
		if err != nil || segmentPath(dir, first) != path || !e.Type().IsRegular() {
			return nil, fmt.Errorf("%s does not belong to the log: want files named by 19 digits%s", path, segmentExt)
		}
		out = append(out, segment{first, path})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].first < out[j].first })
	return out, nil
}

// segmentHead is the data of a segment's first record. It carries the tree as it was before that record,
// so that the segment can be checked when the older ones are gone.
type segmentHead struct {
	Format   int      `json:"format"`   // 1
	Size     uint64   `json:"size"`     // records before this one
	Root     string   `json:"root"`     // hex root of the tree of that size
	Frontier []string `json:"frontier"` // hex roots of its perfect subtrees, left to right
	Key      string   `json:"key"`      // the public key that signs the checkpoints
}

const format = 1

func newHead(t *tree, key string) segmentHead {
	root := t.root()
	h := segmentHead{Format: format, Size: t.size(), Root: hex.EncodeToString(root[:]), Frontier: []string{}, Key: key}
	for _, n := range t.frontier() {
		h.Frontier = append(h.Frontier, hex.EncodeToString(n))
	}
	return h
}

// parseSegmentHead reads a first record and the time it was written.
func parseSegmentHead(line []byte) (segmentHead, time.Time, error) {
	var r struct {
		Kind Kind        `json:"kind"`
		Time time.Time   `json:"time"`
		Data segmentHead `json:"data"`
	}
	if err := json.Unmarshal(line, &r); err != nil {
		return r.Data, r.Time, fmt.Errorf("the first record of a segment does not parse: %v", err)
	}
	if r.Kind != KindSegment || r.Data.Format != format {
		return r.Data, r.Time, fmt.Errorf("want a first record of kind %q, format %d; found kind %q, format %d",
			KindSegment, format, r.Kind, r.Data.Format)
	}
	return r.Data, r.Time, nil
}

// tree continues the tree that the head describes, after checking that its parts agree.
func (h segmentHead) tree() (*tree, error) {
	nodes := make([][]byte, len(h.Frontier))
	for i, s := range h.Frontier {
		n, err := hex.DecodeString(s)
		if err != nil {
			return nil, fmt.Errorf("frontier: %v", err)
		}
		nodes[i] = n
	}
	t, err := newTree(h.Size, nodes)
	if err != nil {
		return nil, fmt.Errorf("frontier: %v", err)
	}
	if root := t.root(); hex.EncodeToString(root[:]) != h.Root {
		return nil, errors.New("its frontier does not give its root")
	}
	return t, nil
}
