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

func TestTornTail(t *testing.T) {
	for _, torn := range []string{"{", `{"seq":6,"prev":"00`, strings.Repeat("\x00", 4096)} {
		a := at(t.TempDir())
		a.write(t, 5, Options{})
		appendTo(t, segmentPath(a.log(), 0), torn)
		if r := a.verify(t, nil); !r.OK || r.Unfinished != len(torn) {
			t.Errorf("verify before recovery: %+v", r)
		}
		a.write(t, 1, Options{})
		if r := a.verify(t, nil); !r.OK || r.Size != 8 || r.Unfinished != 0 {
			t.Errorf("verify after recovery: %+v, want 8 records: head, 5, recovery, 1", r)
		}
		got := a.records(t, Filter{Kinds: []Kind{KindLog}})
		if len(got) != 1 || got[0].Data["event"] != "recovery" || got[0].Data["cut_bytes"] != float64(len(torn)) {
			t.Errorf("recovery record: %+v", got)
		}
	}
}

func appendTo(t testing.TB, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// A damaged log is evidence: Open refuses it and changes nothing.
func TestOpenRefusesDamage(t *testing.T) {
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			a := at(t.TempDir())
			a.write(t, 20, Options{})
			damage(t, a)
			before := treeOf(t, a.log())
			l, err := Open(a.log(), a.keys(), Options{})
			if err == nil {
				l.Close()
			}
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "writ audit verify") {
				t.Errorf("Open: %v, want ErrDamaged with what to do", err)
			}
			if after := treeOf(t, a.log()); !reflect.DeepEqual(before, after) {
				t.Error("Open changed a damaged log")
			}
			if r := a.verify(t, nil); r.OK || r.Problem == nil {
				t.Errorf("verify: %+v, want a problem", r)
			}
		})
	}
}

var damages = map[string]func(t testing.TB, a at){
	"edit": func(t testing.TB, a at) {
		editLines(t, a, func(l []string) []string { l[7] = strings.Replace(l[7], "echo", "ECHO", 1); return l })
	},
	"delete": func(t testing.TB, a at) {
		editLines(t, a, func(l []string) []string { return append(l[:7], l[8:]...) })
	},
	"repeat": func(t testing.TB, a at) {
		editLines(t, a, func(l []string) []string { return append(l[:8:8], l[7:]...) })
	},
	"swap": func(t testing.TB, a at) {
		editLines(t, a, func(l []string) []string { l[7], l[8] = l[8], l[7]; return l })
	},
	"cut": func(t testing.TB, a at) { editLines(t, a, func(l []string) []string { return l[:15] }) },
	"last": func(t testing.TB, a at) {
		editLines(t, a, func(l []string) []string { l[20] = strings.Replace(l[20], "echo", "ECHO", 1); return l })
	},
	"blank":  func(t testing.TB, a at) { editLines(t, a, func(l []string) []string { l[3] = ""; return l }) },
	"empty":  func(t testing.TB, a at) { editLines(t, a, func([]string) []string { return nil }) },
	"forget": func(t testing.TB, a at) { remove(t, filepath.Join(a.log(), checkpointFile)) },
	"resign": func(t testing.TB, a at) {
		remove(t, a.keys())
		other := at(t.TempDir())
		other.write(t, 20, Options{})
		moveKeys(t, other, a)
	},
	"replace": func(t testing.TB, a at) {
		other := at(t.TempDir())
		other.write(t, 20, Options{})
		moveLog(t, other, a)
	},
	"gone": func(t testing.TB, a at) { remove(t, segmentPath(a.log(), 0)) },
}

func editLines(t testing.TB, a at, edit func([]string) []string) {
	t.Helper()
	path := segmentPath(a.log(), 0)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := edit(strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"))
	out := strings.Join(lines, "\n")
	if len(lines) > 0 {
		out += "\n"
	}
	if err := os.WriteFile(path, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

func moveKeys(t testing.TB, from, to at) {
	t.Helper()
	if err := os.Rename(from.keys(), to.keys()); err != nil {
		t.Fatal(err)
	}
}

// moveLog puts another log's segment in place, keeping checkpoint and keys.
func moveLog(t testing.TB, from, to at) {
	t.Helper()
	if err := os.Rename(segmentPath(from.log(), 0), segmentPath(to.log(), 0)); err != nil {
		t.Fatal(err)
	}
}

// treeOf reads every file of a folder.
func treeOf(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(text)
	}
	return out
}

func TestRetentionStaysVerifiable(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{SegmentBytes: 4_000})
	ctx := context.Background()
	for range 200 {
		if _, err := l.Append(ctx, typical()); err != nil {
			t.Fatal(err)
		}
	}
	before := l.Size()
	gone, err := l.Retain(ctx, Retention{MaxBytes: 20_000})
	if err != nil || gone == 0 {
		t.Fatalf("Retain: %d, %v; want some removed", gone, err)
	}
	again, err := l.Retain(ctx, Retention{MaxBytes: 12_000})
	if err != nil || again == 0 {
		t.Fatalf("second Retain: %d, %v; want some removed", again, err)
	}
	if none, err := l.Retain(ctx, Retention{}); none != 0 || err != nil {
		t.Errorf("Retain without limits: %d, %v; want nothing removed", none, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r := a.verify(t, nil)
	if !r.OK || r.First != gone+again || r.Size < before+2 {
		t.Errorf("verify: %+v, want first %d", r, gone+again)
	}
	a.write(t, 3, Options{SegmentBytes: 4_000})
	if r := a.verify(t, nil); !r.OK {
		t.Errorf("verify after reopening: %+v", r)
	}
	found, err := segments(a.log())
	if err != nil {
		t.Fatal(err)
	}
	remove(t, found[0].path)
	if r := a.verify(t, nil); r.OK || !strings.Contains(r.Problem.What, "no record says") {
		t.Errorf("verify after a removal by hand: %+v, want it noticed", r.Problem)
	}
}

func TestRetentionByAge(t *testing.T) {
	a := at(t.TempDir())
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	l := a.open(t, Options{Now: func() time.Time { return now }})
	for range 10 {
		if _, err := l.Append(context.Background(), Record{Kind: KindDaemon}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(24 * time.Hour)
	}
	gone, err := l.Retain(context.Background(), Retention{MaxAge: 72 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if r := a.verify(t, nil); !r.OK || r.First != gone || gone != 12 {
		t.Errorf("gone %d, verify %+v; want the 6 days that ended more than 72 h ago removed (12 records)", gone, r)
	}
}

func TestReadFilters(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{})
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for i := range 10 {
		r := Record{Time: start.Add(time.Duration(i) * time.Minute), Kind: KindDecision, Session: fmt.Sprintf("s-%d", i%2), Agent: "main", Tool: "Bash", Effect: "allow"}
		if i == 3 {
			r.Kind, r.Agent, r.Tool, r.Effect, r.ToolUseID = KindIncident, "alice", "mcp__fs__echo", "deny", "toolu_3"
		}
		if _, err := l.Append(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	for _, c := range []struct {
		name string
		f    Filter
		want int
	}{
		{"all", Filter{}, 10},
		{"kind", Filter{Kinds: []Kind{KindIncident}}, 1},
		{"segment heads", Filter{Kinds: []Kind{KindSegment}}, 1},
		{"session", Filter{Session: "s-1"}, 5},
		{"session's beginning", Filter{Session: "s-"}, 10},
		{"agent", Filter{Agent: "alice"}, 1},
		{"tool", Filter{Tool: "Bash"}, 9},
		{"tool's beginning", Filter{Tool: "mcp__*"}, 1},
		{"effect", Filter{Effect: "deny"}, 1},
		{"id", Filter{ToolUseID: "toolu_3"}, 1},
		{"since", Filter{Since: start.Add(4 * time.Minute)}, 6},
		{"until", Filter{Until: start.Add(4 * time.Minute)}, 4},
		{"from", Filter{From: 8}, 3},
		{"nothing", Filter{Agent: "bob"}, 0},
	} {
		if got := len(a.records(t, c.f)); got != c.want {
			t.Errorf("%s: %d records, want %d", c.name, got, c.want)
		}
	}
}

func TestFollow(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{SegmentBytes: 2_000})
	defer l.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	go func() {
		for i := range 50 {
			if _, err := l.Append(ctx, Record{Kind: KindDaemon, Took: int64(i + 1)}); err != nil {
				return
			}
			time.Sleep(time.Duration(rand.IntN(10)) * time.Millisecond)
		}
	}()
	want := int64(1)
	for r, err := range Follow(ctx, a.log(), Filter{}) {
		if err != nil || r.Took != want {
			t.Fatalf("followed to %d (%v), want %d", r.Took, err, want)
		}
		if want++; want > 50 {
			return
		}
	}
	t.Fatalf("the context ended at record %d of 50", want)
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
