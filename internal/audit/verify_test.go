package audit

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var zeroHash = strings.Repeat("0", 64)

// Verify names the record that was touched.
func TestVerifyNamesTheRecord(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func([]string) []string
		line int
		seq  uint64
		what string
	}{
		{"text changed", func(l []string) []string { l[7] = strings.Replace(l[7], "echo", "ECHO", 1); return l }, 8, 7, "the record was changed"},
		{"first record changed", func(l []string) []string { l[0] = strings.Replace(l[0], `"time":"2`, `"time":"3`, 1); return l }, 1, 0, "the record was changed"},
		{"prev changed", func(l []string) []string { l[7] = flipHex(l[7]); return l }, 8, 7, "the record was changed"},
		{"last record changed", func(l []string) []string { l[20] = strings.Replace(l[20], "echo", "ECHO", 1); return l }, 21, 20, "this record was changed"},
		{"removed", func(l []string) []string { return append(l[:7], l[8:]...) }, 8, 7, "record 7 is missing"},
		{"inserted", func(l []string) []string { return append(l[:8:8], l[7:]...) }, 9, 8, "inserted, repeated or moved"},
		{"moved", func(l []string) []string { l[7], l[8] = l[8], l[7]; return l }, 8, 7, "record 7 is missing"},
		{"renumbered", func(l []string) []string { l[7] = strings.Replace(l[7], `"seq":7`, `"seq":17`, 1); return l }, 8, 7, "found 17"},
		{"blank line", func(l []string) []string { l[3] = ""; return l }, 4, 3, "no record of this log"},
		{"other JSON", func(l []string) []string { l[3] = `{"a":1}`; return l }, 4, 3, "no record of this log"},
		{"cut off", func(l []string) []string { return l[:15] }, 0, 15, "the end was cut off"},
		{"very long line", func(l []string) []string { l[3] = strings.Repeat("x", maxWhole+2); return l }, 4, 3, "longer than"},
	} {
		a := at(t.TempDir())
		a.write(t, 20, Options{})
		editLines(t, a, c.edit)
		p := a.verify(t, nil).Problem
		if p == nil || p.Line != c.line || p.Seq != c.seq || !strings.Contains(p.What, c.what) {
			t.Errorf("%s: got %v, want line %d, record %d, %q", c.name, p, c.line, c.seq, c.what)
		}
	}
}

func flipHex(line string) string {
	i := strings.Index(line, prevHead) + len(prevHead)
	c := byte('0')
	if line[i] == '0' {
		c = '1'
	}
	return line[:i] + string(c) + line[i+1:]
}

// A copy of a checkpoint kept elsewhere finds what somebody with the key and the folder can hide otherwise.
func TestExternalCheckpoint(t *testing.T) {
	a := at(t.TempDir())
	a.write(t, 10, Options{})
	early, err := os.ReadFile(filepath.Join(a.log(), checkpointFile))
	if err != nil {
		t.Fatal(err)
	}
	a.write(t, 10, Options{})
	late, err := os.ReadFile(filepath.Join(a.log(), checkpointFile))
	if err != nil {
		t.Fatal(err)
	}
	if r := a.verify(t, early); !r.OK || r.External == nil || *r.External != 11 || r.Checkpoints != 2 {
		t.Errorf("verify with an early checkpoint: %+v", r)
	}
	// The attack: cut the log back and put the checkpoint of that time in place.
	editLines(t, a, func(l []string) []string { return l[:11] })
	if err := os.WriteFile(filepath.Join(a.log(), checkpointFile), early, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := a.verify(t, nil); !r.OK {
		t.Fatalf("the attack is not what it should be: seen from inside, the log must look whole: %+v", r)
	}
	if r := a.verify(t, late); r.OK || !strings.Contains(r.Problem.What, "the end was cut off") {
		t.Errorf("cut off, verify with a late checkpoint: %+v", r)
	}
	// Another: rewrite everything with the real key.
	remove(t, a.log())
	a.write(t, 20, Options{})
	if r := a.verify(t, nil); !r.OK {
		t.Fatalf("rewritten log: %+v", r)
	}
	for _, external := range [][]byte{early, late} {
		if r := a.verify(t, external); r.OK || !strings.Contains(r.Problem.What, "from outside") {
			t.Errorf("rewritten, verify with a checkpoint: %+v", r)
		}
	}
}

func TestCheckpointOfAnotherLog(t *testing.T) {
	a, b := at(t.TempDir()), at(t.TempDir())
	a.write(t, 3, Options{})
	b.write(t, 3, Options{})
	foreign, err := os.ReadFile(filepath.Join(b.log(), checkpointFile))
	if err != nil {
		t.Fatal(err)
	}
	if r := a.verify(t, foreign); r.OK || !strings.Contains(r.Problem.What, ErrCheckpoint.Error()) {
		t.Errorf("verify: %+v, want the foreign checkpoint refused", r)
	}
	if r := a.verify(t, []byte("nonsense")); r.OK {
		t.Errorf("verify with nonsense as checkpoint: %+v", r)
	}
}

// An external checkpoint from before what retention kept cannot be compared, and that is not OK.
func TestCheckpointOlderThanRetention(t *testing.T) {
	a := at(t.TempDir())
	a.write(t, 5, Options{})
	early, err := os.ReadFile(filepath.Join(a.log(), checkpointFile))
	if err != nil {
		t.Fatal(err)
	}
	l := a.open(t, Options{SegmentBytes: 2_000})
	for range 60 {
		if _, err := l.Append(t.Context(), typical()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Retain(t.Context(), Retention{MaxBytes: 10_000}); err != nil {
		t.Fatal(err)
	}
	l.Close()
	if r := a.verify(t, early); r.OK || !strings.Contains(r.Problem.What, "use a newer one") {
		t.Errorf("verify: %+v", r)
	}
}

// No changed byte, in any file that matters, is ever reported as OK, and none makes Verify panic.
func TestNoFlippedBytePasses(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{SegmentBytes: 3_000})
	for range 30 {
		if _, err := l.Append(t.Context(), typical()); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	if r := a.verify(t, nil); !r.OK || r.Segments < 4 {
		t.Fatalf("before: %+v", r)
	}
	for name, text := range treeOf(t, a.log()) {
		if name == lockFile {
			continue
		}
		path := filepath.Join(a.log(), name)
		tries := 150
		if name == checkpointFile { // every bit of it
			tries = 8 * len(text)
		}
		for i := range tries {
			changed := []byte(text)
			place := rand.IntN(len(changed))
			if tries == 8*len(text) {
				place = i / 8
			}
			changed[place] ^= 1 << (i % 8)
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			if r, err := Verify(a.log(), VerifyOptions{KeyDir: a.keys()}); r.OK || err == nil && r.Problem == nil {
				t.Fatalf("%s: byte %d from %q to %q passes: %+v", name, place, text[place], changed[place], r)
			}
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if r := a.verify(t, nil); !r.OK {
		t.Fatalf("after: %+v", r)
	}
}

// Whatever bytes stand in the files, Verify and Read come back, and only the log as it was written is OK.
func FuzzVerify(f *testing.F) {
	a := at(f.TempDir())
	a.write(f, 4, Options{})
	good, err := os.ReadFile(segmentPath(a.log(), 0))
	if err != nil {
		f.Fatal(err)
	}
	checkpoint, err := os.ReadFile(filepath.Join(a.log(), checkpointFile))
	if err != nil {
		f.Fatal(err)
	}
	public, err := PublicKey(a.keys())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, checkpoint)
	f.Add(good[:len(good)-1], checkpoint)
	f.Add(bytes.Replace(good, []byte("echo"), []byte("ECHO"), 1), checkpoint)
	f.Add([]byte("{\"seq\":0,\"prev\":\""+zeroHash+"\",\"kind\":\"segment\",\"data\":{\"format\":1,\"size\":0,\"frontier\":[]}}\n\n"), []byte("x"))
	f.Fuzz(func(t *testing.T, segment, signed []byte) {
		dir := t.TempDir()
		for name, text := range map[string][]byte{segmentPath(dir, 0): segment, filepath.Join(dir, checkpointFile): signed} {
			if err := os.WriteFile(name, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		report, err := Verify(dir, VerifyOptions{Key: public})
		whole := bytes.HasPrefix(segment, good) && bytes.IndexByte(segment[len(good):], '\n') < 0 // plus a torn tail
		if report.OK && !(whole && bytes.Equal(signed, checkpoint)) {
			t.Errorf("a changed log is OK: %+v, %v", report, err)
		}
		n := 0
		for r, err := range Read(dir, Filter{}) {
			if err == nil && r.Kind == "" && r.Seq == 0 && r.Prev == "" && n > len(segment) {
				t.Fatal("more records than bytes")
			}
			n++
		}
	})
}

func ExampleProblem() {
	p := Problem{Segment: "0000000000000000000.jsonl", Line: 8, Seq: 7, What: "the record was changed"}
	fmt.Println(&p)
	// Output: 0000000000000000000.jsonl line 8, record 7: the record was changed
}
