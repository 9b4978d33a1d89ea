package daemon

import (
	"os/exec"
	"strconv"
	"testing"
	"time"

	"writ/internal/audit"
	"writ/internal/snapshot"
)

// TestForgetsOld: records and snapshots that the configuration does not keep go, and what is left verifies.
func TestForgetsOld(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	for days := 40; days > 0; days -= 10 { // each day begins a segment
		log, err := audit.Open(w.home.Audit(), w.home.Keys(), audit.Options{Now: func() time.Time { return now.AddDate(0, 0, -days) }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := log.Append(t.Context(), audit.Record{Kind: audit.KindSession, Summary: strconv.Itoa(days)}); err != nil {
			t.Fatal(err)
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	d, err := open(options(w.home))
	if err != nil {
		t.Fatal(err)
	}
	defer d.log.Close()
	d.forgetRecords(t.Context())
	if r, err := audit.Verify(w.home.Audit(), audit.VerifyOptions{KeyDir: w.home.Keys()}); err != nil || r.First != 0 {
		t.Errorf("by default: first record %d, %v, want all", r.First, err)
	}
	w.put(".writ/config.json", `{"audit_keep_days": 15, "snapshot_keep": 2}`)
	d.forgetRecords(t.Context())
	if r, err := audit.Verify(w.home.Audit(), audit.VerifyOptions{KeyDir: w.home.Keys()}); err != nil || !r.OK || r.First == 0 {
		t.Errorf("15 days: %+v, %v, want a log without its oldest records that verifies", r, err)
	}

	if out, err := exec.Command("git", "init", "-q", w.project).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for i := range 4 {
		w.put("repo/notes.txt", "unsaved "+strconv.Itoa(i))
		if _, err := snapshot.Take(t.Context(), snapshot.Request{Project: w.project, StateDir: w.home.Snapshots(), Need: snapshot.Need{Whole: true}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct{ days, want int }{{1, 4}, {31, 2}} {
		d.forgetSnapshots(t.Context(), w.project, now.AddDate(0, 0, tc.days))
		left, err := snapshot.List(t.Context(), snapshot.Where{Project: w.project, StateDir: w.home.Snapshots()})
		if err != nil || len(left) != tc.want {
			t.Errorf("after %d days: %d snapshots, %v, want %d", tc.days, len(left), err, tc.want)
		}
	}
}
