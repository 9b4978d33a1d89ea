package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/rfc6962"
)

// at is a log's two folders below one.
type at string

func (a at) log() string  { return filepath.Join(string(a), "audit") }
func (a at) keys() string { return filepath.Join(string(a), "keys") }

func (a at) open(t testing.TB, opt Options) *Log {
	t.Helper()
	l, err := Open(a.log(), a.keys(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// write makes a log of n records and closes it.
func (a at) write(t testing.TB, n int, opt Options) {
	t.Helper()
	l := a.open(t, opt)
	for i := range n {
		if _, err := l.Append(context.Background(), Record{Kind: KindDecision, Tool: "Bash", Effect: "allow", Summary: fmt.Sprint("echo ", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func (a at) verify(t testing.TB, external []byte) Report {
	t.Helper()
	r, err := Verify(a.log(), VerifyOptions{KeyDir: a.keys(), Checkpoint: external})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (a at) records(t testing.TB, f Filter) []Record {
	t.Helper()
	var out []Record
	for r, err := range Read(a.log(), f) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{})
	want := Record{
		Time: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Kind: KindDecision, Host: "claude", Event: "PreToolUse", Session: "s-1",
		Run: "r", Agent: "alice", AgentID: "a1", AgentKind: "subagent", AgentType: "rev", Role: "coding-1", Parent: "main", Task: "3",
		Cwd: "/w/\"odd\"\n\x01\u2028ü", Project: "/w", Tool: "Bash", ToolUseID: "toolu_1", InputDigest: Digest([]byte(`{"a": 1}`)),
		Summary: "git status", Effect: "deny", Rule: "floor", Reasons: []string{"because", "of\tthis"}, Effects: []string{"fs.read /w/x"},
		Took: 12, Approval: "ap-1", Data: map[string]any{"n": 1.0, "list": []any{"x", true, nil}},
	}
	seq, err := l.Append(context.Background(), want)
	if err != nil || seq != 1 {
		t.Fatalf("append: seq %d, %v; want 1", seq, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	got := a.records(t, Filter{})
	if len(got) != 1 {
		t.Fatalf("read %d records, want 1", len(got))
	}
	want.Seq, want.Prev = 1, got[0].Prev
	if !reflect.DeepEqual(got[0], want) {
		t.Errorf("got  %+v\nwant %+v", got[0], want)
	}
	if r := a.verify(t, nil); !r.OK || r.Size != 2 || r.Signed != 2 || r.Checkpoints != 1 {
		t.Errorf("verify: %+v", r)
	}
}

// The tree must be the one that others compute: RFC 6962 over the file's lines, by the definition.
func TestRootIsRFC6962(t *testing.T) {
	for _, n := range []int{0, 1, 2, 6, 7, 30} {
		a := at(t.TempDir())
		a.write(t, n, Options{})
		text, err := os.ReadFile(segmentPath(a.log(), 0))
		if err != nil {
			t.Fatal(err)
		}
		var leaves [][]byte
		for line := range bytes.Lines(text) {
			leaves = append(leaves, rfc6962.DefaultHasher.HashLeaf(bytes.TrimSuffix(line, []byte("\n"))))
		}
		public, err := PublicKey(a.keys())
		if err != nil {
			t.Fatal(err)
		}
		_, c, err := NewestCheckpoint(a.log(), public)
		if err != nil {
			t.Fatal(err)
		}
		if want := merkleRoot(leaves); !bytes.Equal(c.Root[:], want) || c.Size != uint64(n+1) {
			t.Errorf("%d records: checkpoint %d %x, want %d %x", n, c.Size, c.Root, n+1, want)
		}
	}
}

// merkleRoot is RFC 6962 §2.1, word by word.
func merkleRoot(leaves [][]byte) []byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	return rfc6962.DefaultHasher.HashChildren(merkleRoot(leaves[:k]), merkleRoot(leaves[k:]))
}

func TestManyCallers(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{SegmentBytes: 20_000, CheckpointEvery: time.Millisecond})
	const callers, each = 16, 100
	var mu sync.Mutex
	said := map[uint64]string{}
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for i := range each {
				text := fmt.Sprintf("caller %d call %d", c, i)
				seq, err := l.Append(context.Background(), Record{Kind: KindOutcome, Summary: text})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				if said[seq] != "" {
					t.Errorf("record %d was given out twice", seq)
				}
				said[seq] = text
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, r := range a.records(t, Filter{}) {
		if said[r.Seq] != r.Summary {
			t.Errorf("record %d is %q, its caller wrote %q", r.Seq, r.Summary, said[r.Seq])
		}
		delete(said, r.Seq)
	}
	if len(said) > 0 {
		t.Errorf("%d acknowledged records are not in the log", len(said))
	}
	if r := a.verify(t, nil); !r.OK || r.Segments < 3 {
		t.Errorf("verify: %+v, want OK and several segments", r)
	}
}

func TestReopenContinues(t *testing.T) {
	a := at(t.TempDir())
	for range 4 {
		a.write(t, 5, Options{})
	}
	if r := a.verify(t, nil); !r.OK || r.Size != 21 {
		t.Errorf("verify: %+v, want 21 records", r)
	}
}

func TestSegmentsByDay(t *testing.T) {
	a := at(t.TempDir())
	now := time.Date(2026, 5, 1, 23, 0, 0, 0, time.UTC)
	l := a.open(t, Options{Now: func() time.Time { return now }})
	for range 3 {
		if _, err := l.Append(context.Background(), Record{Kind: KindDaemon}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(24 * time.Hour)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if r := a.verify(t, nil); !r.OK || r.Segments != 3 {
		t.Errorf("verify: %+v, want 3 segments", r)
	}
}

func TestOneWriter(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{})
	if _, err := Open(a.log(), a.keys(), Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("second Open: %v, want ErrLocked", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(context.Background(), Record{}); !errors.Is(err, ErrClosed) {
		t.Errorf("Append after Close: %v, want ErrClosed", err)
	}
	a.open(t, Options{}).Close()
}

func TestFailedSyncIsFinal(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{})
	ctx := context.Background()
	if _, err := l.Append(ctx, Record{Kind: KindDaemon}); err != nil {
		t.Fatal(err)
	}
	syncs := 0
	l.w.sync = func(*os.File) error { syncs++; return errors.New("input/output error") } // the writer is idle
	for range 3 {
		if _, err := l.Append(ctx, Record{Kind: KindDaemon}); !errors.Is(err, ErrFailed) {
			t.Errorf("append: %v, want ErrFailed", err)
		}
	}
	if syncs != 1 {
		t.Errorf("fsync was called %d times, want 1: a failed fsync must not be tried again", syncs)
	}
	if err := l.Err(); !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), "input/output error") {
		t.Errorf("Err: %v, want ErrFailed with the reason", err)
	}
	if err := l.Close(); !errors.Is(err, ErrFailed) {
		t.Errorf("Close: %v, want ErrFailed", err)
	}
	if l.Size() != 2 {
		t.Errorf("Size %d, want 2: only what was synced counts", l.Size())
	}
}

func TestTooLongIsNotFinal(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{})
	defer l.Close()
	big := map[string]any{}
	for i := range 400 {
		big[fmt.Sprint(i)] = strings.Repeat("x ", 1000)
	}
	if _, err := l.Append(context.Background(), Record{Kind: KindDaemon, Data: big}); !errors.Is(err, ErrTooLong) {
		t.Errorf("append: %v, want ErrTooLong", err)
	}
	if _, err := l.Append(context.Background(), Record{Kind: KindDaemon, Summary: strings.Repeat("ü", 4000)}); err != nil {
		t.Errorf("append of a long summary: %v, want it cut", err)
	}
}

// Every line is JSON that others can parse, whatever bytes callers put in.
func TestLinesAreJSON(t *testing.T) {
	for range 200 {
		junk := make([]byte, rand.IntN(60))
		for i := range junk {
			junk[i] = byte(rand.IntN(256))
		}
		r := Record{Kind: KindDecision, Agent: string(junk), Summary: string(junk), Reasons: []string{string(junk)}, Data: map[string]any{string(junk): string(junk)}}
		line, err := appendBody(appendHead(nil, 9, hash{1}), &r)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(line) || bytes.ContainsAny(line, "\n\x1b\x07") {
			t.Errorf("not one clean line of JSON: %q", line)
		}
		if seq, prev, ok := parseHead(line); !ok || seq != 9 || prev != (hash{1}) {
			t.Errorf("parseHead: %d %x %v", seq, prev, ok)
		}
	}
}

// Verify may run at any moment while the log is written, and is never wrong about it.
func TestVerifyWhileWriting(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{SegmentBytes: 3_000, CheckpointEvery: 2 * time.Millisecond})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 300 {
			if _, err := l.Append(context.Background(), typical()); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for n := 0; ; n++ {
		r, err := Verify(a.log(), VerifyOptions{KeyDir: a.keys()})
		if err != nil || !r.OK {
			t.Fatalf("run %d: %v, %v", n, err, r.Problem)
		}
		select {
		case <-done:
			t.Logf("%d runs while %d segments were written", n, r.Segments)
			l.Close()
			return
		default:
		}
	}
}

func TestSweep(t *testing.T) {
	a := at(t.TempDir())
	a.write(t, 1, Options{})
	left := filepath.Join(a.log(), ".checkpoint.123")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.write(t, 1, Options{})
	if _, err := os.Stat(left); err == nil {
		t.Error("a file left by a crash is still there")
	}
	if r := a.verify(t, nil); !r.OK {
		t.Errorf("%+v", r)
	}
}
