package audit

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestRatios holds the log to its promised speed, in one run on one machine: `make bench` sets WRIT_BENCH.
func TestRatios(t *testing.T) {
	if os.Getenv("WRIT_BENCH") == "" {
		t.Skip("speed is measured by make bench (WRIT_BENCH=1), where nothing else runs")
	}
	bare := testing.Benchmark(benchBare)
	t.Logf("bare write+fsync  %10.0f /s", perSecond(bare))
	for _, c := range []struct {
		callers int
		want    float64 // times the bare loop
	}{{1, 0.25}, {16, 4}, {64, 8}} {
		got := testing.Benchmark(func(b *testing.B) { benchAppend(b, c.callers) })
		ratio := perSecond(got) / perSecond(bare)
		t.Logf("%2d callers        %10.0f /s  %6.2f × bare, want ≥ %.2f", c.callers, perSecond(got), ratio, c.want)
		if ratio < c.want {
			t.Errorf("%d callers: %.2f times a bare write and fsync, want at least %.2f", c.callers, ratio, c.want)
		}
	}
	dir := t.TempDir()
	fillLog(t, dir, 1_000_000)
	best := time.Hour
	for range 3 {
		r, err := Verify(filepath.Join(dir, "audit"), VerifyOptions{KeyDir: filepath.Join(dir, "keys")})
		if err != nil || !r.OK {
			t.Fatalf("verify: %v %+v", err, r)
		}
		best = min(best, r.Took)
	}
	t.Logf("verify 1M records %10.3f s, want ≤ 0.6", best.Seconds())
	if best > 600*time.Millisecond {
		t.Errorf("verify of 1M records took %v, want at most 0.6 s", best)
	}
}

func perSecond(r testing.BenchmarkResult) float64 { return float64(r.N) / r.T.Seconds() }
