package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// VerifyOptions say what to verify a log against.
type VerifyOptions struct {
	// Key is the public key; empty: the one in KeyDir.
	Key    string
	KeyDir string
	// Checkpoint is a signed checkpoint kept elsewhere; nil: none. Only with it can a log that was cut off
	// or replaced by somebody who has the key be told from the real one.
	Checkpoint []byte
}

// Report is what Verify found. The log is as it was written when OK.
type Report struct {
	OK       bool   `json:"ok"`
	Dir      string `json:"dir"`
	Origin   string `json:"origin"` // the name of the log and of its key
	Key      string `json:"key"`    // the public key used
	First    uint64 `json:"first"`  // first record kept; those before were removed by retention
	Size     uint64 `json:"size"`   // records in the tree, removed ones included
	Root     string `json:"root"`   // base64, as in checkpoints
	Segments int    `json:"segments"`
	Bytes    int64  `json:"bytes"`
	// Signed is the size of the newest checkpoint; what came later is chained and not yet signed.
	Signed uint64 `json:"signed"`
	// Checkpoints is how many signed checkpoints were compared, External the size of the one from outside.
	Checkpoints int     `json:"checkpoints"`
	External    *uint64 `json:"external,omitempty"`
	// Unfinished is the length of an incomplete last line: a write in progress, or a crash.
	Unfinished int           `json:"unfinished_bytes,omitempty"`
	Problem    *Problem      `json:"problem,omitempty"`
	Took       time.Duration `json:"took_ns"`
}

// Problem is the first thing that is wrong. Segment, Line and Seq are set as far as they are known.
type Problem struct {
	Segment string `json:"segment,omitempty"`
	Line    int    `json:"line,omitempty"`
	Seq     uint64 `json:"seq"`
	What    string `json:"what"`
}

func (p *Problem) String() string {
	switch {
	case p.Segment == "":
		return p.What
	case p.Line == 0:
		return fmt.Sprintf("%s: %s", p.Segment, p.What)
	}
	return fmt.Sprintf("%s line %d, record %d: %s", p.Segment, p.Line, p.Seq, p.What)
}

// Verify reads the whole log in dir and checks every link of the chain, the tree over it, every segment's
// head, every checkpoint and its signature. An error means that it could not be read; what is wrong with
// the log itself is in the report. It may run while the log is written.
func Verify(dir string, opt VerifyOptions) (Report, error) {
	start := time.Now()
	v := &verifier{report: Report{Dir: dir, Key: opt.Key}, marks: map[uint64][]mark{}}
	err := v.verify(dir, opt)
	v.report.OK = err == nil && v.report.Problem == nil
	v.report.Took = time.Since(start)
	return v.report, err
}

// mark is a checkpoint to compare the tree with when it has that size.
type mark struct {
	name string
	root hash
}

type verifier struct {
	report  Report
	chain   *chain
	marks   map[uint64][]mark
	next    uint64 // the smallest size that has a mark still to come
	removed uint64 // records before this one were removed by retention, the log says
}

func (v *verifier) verify(dir string, opt VerifyOptions) error {
	if v.report.Key == "" {
		key, err := PublicKey(opt.KeyDir)
		if err != nil {
			return err
		}
		v.report.Key = key
	}
	if _, err := note.NewVerifier(v.report.Key); err != nil {
		return fmt.Errorf("public key %q: %w", v.report.Key, err)
	}
	// Checkpoints before segments: what they cover is on disk already, also while a writer goes on.
	if err := v.readCheckpoints(dir, opt); err != nil || v.report.Problem != nil {
		return err
	}
	found, err := segments(dir)
	if err != nil {
		v.report.Problem = &Problem{What: err.Error()}
		return nil
	}
	if len(found) == 0 {
		if len(v.marks) > 0 {
			v.report.Problem = &Problem{What: "there is no segment, and a checkpoint was signed for this log"}
			return nil
		}
		return fmt.Errorf("%s holds no log: want files *%s", dir, segmentExt)
	}
	for i, s := range found {
		if i+1 < len(found) {
			v.seal(s, found[i+1].first)
		}
		if v.report.Problem == nil {
			err = v.segment(s, i == 0, i == len(found)-1)
		}
		if err != nil || v.report.Problem != nil {
			return err
		}
	}
	v.finish(found[len(found)-1])
	return nil
}

// readCheckpoints opens the newest checkpoint and the one from outside.
func (v *verifier) readCheckpoints(dir string, opt VerifyOptions) error {
	newest, err := os.ReadFile(filepath.Join(dir, checkpointFile))
	if err == nil {
		if c := v.mark("the newest checkpoint", newest); c != nil {
			v.report.Signed, v.report.Origin = c.Size, c.Origin
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if opt.Checkpoint != nil && v.report.Problem == nil {
		if c := v.mark("the checkpoint from outside", opt.Checkpoint); c != nil {
			v.report.External, v.report.Origin = &c.Size, c.Origin
		}
	}
	return nil
}

// mark opens a checkpoint and remembers it for when the tree has its size.
func (v *verifier) mark(name string, signed []byte) *Checkpoint {
	c, err := OpenCheckpoint(signed, v.report.Key)
	if err != nil {
		v.report.Problem = &Problem{What: fmt.Sprintf("%s: %v", name, err)}
		return nil
	}
	v.marks[c.Size] = append(v.marks[c.Size], mark{name, c.Root})
	v.advance()
	return &c
}

// advance finds the next size at which there is something to compare.
func (v *verifier) advance() {
	v.next = ^uint64(0)
	for size := range v.marks {
		v.next = min(v.next, size)
	}
}

// compare checks the tree against the checkpoints of its present size.
func (v *verifier) compare(s segment, line int) {
	for _, m := range v.marks[v.chain.next] {
		if m.root != v.chain.tree.root() {
			v.fail(s, line, v.chain.next-1, fmt.Sprintf(
				"the chain holds, and the tree of %d records is not the one that %s was signed for: this record was changed, or the log was rewritten",
				v.chain.next, m.name))
			return
		}
		v.report.Checkpoints++
	}
	delete(v.marks, v.chain.next)
	v.advance()
}

func (v *verifier) fail(s segment, line int, seq uint64, what string) {
	if v.report.Problem == nil {
		v.report.Problem = &Problem{Segment: s.name(), Line: line, Seq: seq, What: what}
	}
}

// finish checks what only the end shows.
func (v *verifier) finish(last segment) {
	root := v.chain.tree.root()
	v.report.Size, v.report.Root = v.chain.next, base64.StdEncoding.EncodeToString(root[:])
	switch {
	case len(v.marks) > 0:
		v.fail(last, 0, v.chain.next, fmt.Sprintf("the log ends after %d records, and %s was signed for %d: the end was cut off",
			v.chain.next, v.marks[v.next][0].name, v.next))
	case (v.report.Signed < last.first || v.report.Signed == 0 && v.chain.next > 1) && !v.signedSince(last):
		v.fail(last, 0, v.chain.next, fmt.Sprintf("the newest checkpoint is gone or older (%d records) than the last segment", v.report.Signed))
	case v.report.First > v.removed:
		v.report.Problem = &Problem{Seq: 0, What: fmt.Sprintf("the records before %d are gone, and no record says that retention removed them", v.report.First)}
	}
}

// signedSince looks at the newest checkpoint once more: a writer may have begun the last segment between
// the first look and the listing of segments. It signs before it begins one.
func (v *verifier) signedSince(last segment) bool {
	_, c, err := NewestCheckpoint(v.report.Dir, v.report.Key)
	return err == nil && c.Size >= last.first && c.Size > v.report.Signed
}
