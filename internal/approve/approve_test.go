package approve

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"writ/internal/api"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func queue(t *testing.T) (*Queue, *clock, *[]string) {
	t.Helper()
	c, journal := &clock{time.Unix(1e9, 0)}, &[]string{}
	return New(c.now, func(a api.Approval) error {
		*journal = append(*journal, a.ID+" "+a.State)
		return nil
	}), c, journal
}

func ask(t *testing.T, q *Queue, digest string) api.Approval {
	t.Helper()
	a, err := q.Ask(api.Approval{Digest: digest, Session: "S", Rule: "r", Kind: KindAsk})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestOnce: approved, used once, never again.
func TestOnce(t *testing.T) {
	q, _, journal := queue(t)
	a := ask(t, q, "d")
	if _, ok, _ := q.Use("d"); ok {
		t.Fatal("used before it was approved")
	}
	if _, err := q.Answer(a.ID[:3], true, "dev", ""); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := q.Use("other"); ok {
		t.Error("used for another operation")
	}
	if got, ok, err := q.Use("d"); !ok || err != nil || got.By != "dev" {
		t.Errorf("use: %+v %t %v", got, ok, err)
	}
	if _, ok, _ := q.Use("d"); ok {
		t.Error("used twice")
	}
	if _, err := q.Answer(a.ID, true, "dev", ""); !errors.Is(err, ErrAnswered) {
		t.Errorf("answered again: %v", err)
	}
	want := []string{a.ID + " pending", a.ID + " approved", a.ID + " used"}
	if len(*journal) != 3 || (*journal)[0] != want[0] || (*journal)[1] != want[1] || (*journal)[2] != want[2] {
		t.Errorf("journal %q, want %q", *journal, want)
	}
}

// TestMergedAndGrouped: the same operation is asked once, related ones share a group.
func TestMergedAndGrouped(t *testing.T) {
	q, _, _ := queue(t)
	a, b, c := ask(t, q, "d"), ask(t, q, "d"), ask(t, q, "e")
	if a.ID != b.ID || b.Merged != 1 || c.ID == a.ID || c.Group != a.Group {
		t.Errorf("got %+v, %+v, %+v", a, b, c)
	}
	other, err := q.Ask(api.Approval{Digest: "f", Session: "S2", Rule: "r", Kind: KindAsk})
	if err != nil || other.Group == a.Group {
		t.Errorf("another session shares the group: %+v %v", other, err)
	}
	if n := len(q.List(false)); n != 3 || q.Pending() != 3 {
		t.Errorf("%d listed, %d pending, want 3", n, q.Pending())
	}
}

// TestExpires after ten minutes, answered or not.
func TestExpires(t *testing.T) {
	q, c, _ := queue(t)
	a, b := ask(t, q, "d"), ask(t, q, "e")
	if _, err := q.Answer(b.ID, true, "dev", ""); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(TTL)
	if _, err := q.Answer(a.ID, true, "dev", ""); !errors.Is(err, ErrAnswered) {
		t.Errorf("answered after expiry: %v", err)
	}
	if _, ok, _ := q.Use("e"); ok {
		t.Error("an expired approval was used")
	}
	c.t = c.t.Add(keep)
	if all := q.List(true); len(all) != 0 {
		t.Errorf("still remembered: %+v", all)
	}
}

// TestRejected is never used, and says who and why.
func TestRejected(t *testing.T) {
	q, _, _ := queue(t)
	a := ask(t, q, "d")
	got, err := q.Answer(a.ID, false, "dev", "not today")
	if err != nil || got.State != Rejected || got.Why != "not today" {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, ok, _ := q.Use("d"); ok {
		t.Error("a rejected operation was let through")
	}
}

// TestNotice: a refusal by policy is shown but cannot be approved.
func TestNotice(t *testing.T) {
	q, _, _ := queue(t)
	a, err := q.Ask(api.Approval{Digest: "d", Kind: KindStuck})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Answer(a.ID, true, "dev", ""); !errors.Is(err, ErrNotice) {
		t.Errorf("approve: %v, want ErrNotice", err)
	}
	if _, err := q.Answer(a.ID, false, "dev", ""); err != nil {
		t.Errorf("reject: %v", err)
	}
}

// TestNames refuses unknown and ambiguous ids, the empty one too.
func TestNames(t *testing.T) {
	q, _, _ := queue(t)
	ask(t, q, "d")
	for _, id := range []string{"", "0", "zzzzzzzz"} {
		if _, err := q.Answer(id, true, "dev", ""); !errors.Is(err, ErrNotFound) {
			t.Errorf("id %q: %v, want ErrNotFound", id, err)
		}
	}
}

// TestJournalFails: nothing is approved, asked or used that could not be recorded.
func TestJournalFails(t *testing.T) {
	broken := false
	q := New(time.Now, func(api.Approval) error {
		if broken {
			return errors.New("disk full")
		}
		return nil
	})
	a := ask(t, q, "d")
	broken = true
	if _, err := q.Answer(a.ID, true, "dev", ""); err == nil {
		t.Error("approved without a record")
	}
	if _, err := q.Ask(api.Approval{Digest: "e", Kind: KindAsk}); err == nil {
		t.Error("asked without a record")
	}
	broken = false
	if _, ok, _ := q.Use("d"); ok {
		t.Error("the failed approval counts")
	}
	if _, err := q.Answer(a.ID, true, "dev", ""); err != nil {
		t.Fatal(err)
	}
	broken = true
	if _, ok, err := q.Use("d"); ok || err == nil {
		t.Errorf("used without a record: %t %v", ok, err)
	}
}

// TestWait wakes at the answer, and at the caller's own deadline.
func TestWait(t *testing.T) {
	q := New(time.Now, func(api.Approval) error { return nil })
	a := ask(t, q, "d")
	var wg sync.WaitGroup
	for range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if got := q.Wait(context.Background(), a.ID); got.State != Approved {
				t.Errorf("woke with %s", got.State)
			}
		}()
	}
	time.Sleep(10 * time.Millisecond)
	if _, err := q.Answer(a.ID, true, "dev", ""); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	b := ask(t, q, "e")
	if got := q.Wait(ctx, b.ID); got.State != Pending {
		t.Errorf("at the deadline: %s, want pending", got.State)
	}
}

// TestOneUse: of many who come at once, one gets the approval.
func TestOneUse(t *testing.T) {
	q := New(time.Now, func(api.Approval) error { return nil })
	a := ask(t, q, "d")
	if _, err := q.Answer(a.ID, true, "dev", ""); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	n := 0
	for range 100 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, ok, _ := q.Use("d"); ok {
				mu.Lock()
				n++
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	if n != 1 {
		t.Errorf("used %d times, want once", n)
	}
}

// TestDigest changes with every part of the operation and with nothing else.
func TestDigest(t *testing.T) {
	base := Operation{Tool: "Bash", Input: json.RawMessage(`{"command":"make","timeout":1.0}`), Cwd: "/r", Agent: "main",
		Effects: []string{"exec make", "fs.write /r/a"}, Files: map[string]string{"/r/Makefile": "x"}}
	want := digest(t, base)
	same := base
	same.Input, same.Effects = json.RawMessage(`{ "timeout" : 1.0, "command" : "make" }`), []string{"fs.write /r/a", "exec make", "exec make"}
	if digest(t, same) != want {
		t.Error("order and blanks change the digest")
	}
	for name, change := range map[string]func(*Operation){
		"tool":    func(o *Operation) { o.Tool = "bash" },
		"input":   func(o *Operation) { o.Input = json.RawMessage(`{"command":"make all","timeout":1.0}`) },
		"number":  func(o *Operation) { o.Input = json.RawMessage(`{"command":"make","timeout":1}`) },
		"cwd":     func(o *Operation) { o.Cwd = "/r/sub" },
		"agent":   func(o *Operation) { o.Agent = "alice" },
		"effects": func(o *Operation) { o.Effects = o.Effects[:1] },
		"file":    func(o *Operation) { o.Files = map[string]string{"/r/Makefile": "y"} },
	} {
		o := base
		change(&o)
		if digest(t, o) == want {
			t.Errorf("%s: the digest stays", name)
		}
	}
	if _, err := (Operation{Input: json.RawMessage(`{`)}).Digest(); err == nil {
		t.Error("broken input has a digest")
	}
}

func digest(t *testing.T, o Operation) string {
	t.Helper()
	d, err := o.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestFileDigest sees a changed and a missing file.
func TestFileDigest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.sh")
	if FileDigest(path) != "unreadable" {
		t.Error("a missing file has a content")
	}
	if err := os.WriteFile(path, []byte("echo a"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := FileDigest(path)
	if err := os.WriteFile(path, []byte("echo b"), 0o600); err != nil {
		t.Fatal(err)
	}
	if b := FileDigest(path); a == b || len(b) != 64 {
		t.Errorf("digests %s, %s", a, b)
	}
}
