package audit

import (
	"context"
	"strings"
	"testing"
	"time"
)

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
