package audit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// typical is a record of about 440 bytes, as a decision on a shell command makes it.
func typical() Record {
	return Record{
		Time: time.Date(2026, 11, 24, 12, 0, 0, 123456789, time.UTC), Kind: KindDecision,
		Session: "c50375ae-e1ed-4fd3-bef7-b23f554f2c75", Agent: "main",
		Cwd: "/home/user/work", Tool: "Bash", ToolUseID: "toolu_01Example0002",
		InputDigest: "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
		Summary:     "go test ./...", Effect: "allow", Rule: "inside", Took: 87,
	}
}

// BenchmarkAppend measures durable appends beside what they are made of: "bare" is one write and one
// fsync of a line of the same size. Compare ns/op: 16 callers must be at least 4 times as fast as bare.
func BenchmarkAppend(b *testing.B) {
	b.Run("bare", benchBare)
	for _, callers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) { benchAppend(b, callers) })
	}
}

func benchBare(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	r := typical()
	line, err := appendBody(appendHead(nil, 1, hash{}), &r)
	if err != nil {
		b.Fatal(err)
	}
	line = append(line, '\n')
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if _, err := f.Write(line); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}

func benchAppend(b *testing.B, callers int) {
	dir := b.TempDir()
	l, err := Open(filepath.Join(dir, "audit"), filepath.Join(dir, "keys"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	r := typical()
	b.ResetTimer()
	var wg sync.WaitGroup
	for c := range callers {
		n := b.N / callers
		if c < b.N%callers {
			n++
		}
		wg.Go(func() {
			for range n {
				if _, err := l.Append(context.Background(), r); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkVerify1M verifies a log of a million records; the figure that counts is s/1M.
func BenchmarkVerify1M(b *testing.B) {
	dir := b.TempDir()
	const records = 1_000_000
	fillLog(b, dir, records)
	b.ResetTimer()
	for b.Loop() {
		report, err := Verify(filepath.Join(dir, "audit"), VerifyOptions{KeyDir: filepath.Join(dir, "keys")})
		if err != nil || !report.OK || report.Size < records {
			b.Fatalf("verify: %v, %+v", err, report)
		}
		b.SetBytes(report.Bytes)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/1M")
}

// fillLog makes a log of n records by the writer itself, without an fsync a record.
func fillLog(tb testing.TB, dir string, n int) {
	l, err := Open(filepath.Join(dir, "audit"), filepath.Join(dir, "keys"), Options{})
	if err != nil {
		tb.Fatal(err)
	}
	r := typical()
	body, err := appendBody(nil, &r)
	if err != nil {
		tb.Fatal(err)
	}
	const each = 10_000
	for n > 0 {
		l.mu.Lock()
		for range min(each, n) {
			l.current.bodies = append(l.current.bodies, body...)
			l.current.ends = append(l.current.ends, len(l.current.bodies))
		}
		b := l.current
		l.wake <- struct{}{}
		l.mu.Unlock()
		if <-b.done; b.err != nil {
			tb.Fatal(b.err)
		}
		n -= each
	}
	if err := l.Close(); err != nil {
		tb.Fatal(err)
	}
}
