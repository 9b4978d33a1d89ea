package audit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

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
