package cli

import (
	"strings"
	"testing"
	"time"

	"writ/internal/audit"
)

func TestParseTime(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		in   string
		want time.Time // zero: an error
	}{
		{"30m", now.Add(-30 * time.Minute)},
		{"7d", now.AddDate(0, 0, -7)},
		{"0d", now},
		{"2026-11-01", time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)},
		{"2026-11-01 10:30", time.Date(2026, 11, 1, 10, 30, 0, 0, time.UTC)},
		{"2026-11-01T10:30:00+02:00", time.Date(2026, 11, 1, 8, 30, 0, 0, time.UTC)},
		{"-5m", time.Time{}}, {"-1d", time.Time{}}, {"yesterday", time.Time{}}, {"d", time.Time{}}, {"2026-13-01", time.Time{}},
	} {
		got, err := parseTime(c.in, now)
		if (err != nil) != c.want.IsZero() || !got.Equal(c.want) {
			t.Errorf("parseTime(%q) = %v, %v; want %v", c.in, got, err, c.want)
		}
	}
	if got, err := parseTime("", now); err != nil || !got.IsZero() {
		t.Errorf("no time: %v, %v", got, err)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", []string{""}},
		{"one two three", []string{"one two", "three"}},
		{"abcdefghijklm", []string{"abcdefgh", "ijklm"}},
		{"ab abcdefghijklm c", []string{"ab", "abcdefgh", "ijklm c"}},
		{"äöü äöü äöü", []string{"äöü äöü", "äöü"}},
	} {
		if got := wrap(c.in, 8); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("wrap(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// An agent chooses what stands in the log; it must not steer the terminal of whoever reads it.
func TestLogTableObeysNoControlCharacters(t *testing.T) {
	var out strings.Builder
	table := &recordTable{w: &out, width: 80}
	evil := "\x1b[2J\x1b]0;title\x07\r\u202e\u2028" + strings.Repeat("x", 300)
	r := audit.Record{Time: time.Now(), Kind: audit.KindDecision, Effect: "deny", Agent: evil, Tool: evil, Rule: evil, Summary: evil, Reasons: []string{evil}}
	if err := table.row(r); err != nil {
		t.Fatal(err)
	}
	for _, c := range out.String() {
		if c < ' ' && c != '\n' || c == '\u202e' || c == '\u2028' {
			t.Fatalf("the table prints %q: %q", c, out.String())
		}
	}
	for line := range strings.Lines(out.String()) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
			t.Errorf("a line of %d characters: %q", n, line)
		}
	}
}

func TestLastRecords(t *testing.T) {
	dir := t.TempDir()
	l, err := audit.Open(dir+"/audit", dir+"/keys", audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 25 {
		if _, err := l.Append(t.Context(), audit.Record{Kind: audit.KindDaemon}); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	for _, c := range []struct {
		n           int
		first, last uint64
		count       int
	}{{0, 1, 25, 25}, {5, 21, 25, 5}, {25, 1, 25, 25}, {100, 1, 25, 25}, {12, 14, 25, 12}} {
		filter := audit.Filter{}
		var got []uint64
		for r, err := range lastRecords(dir+"/audit", &filter, c.n) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r.Seq)
		}
		if len(got) != c.count || got[0] != c.first || got[len(got)-1] != c.last || filter.From != 26 {
			t.Errorf("last %d: %v, then from %d; want %d to %d", c.n, got, filter.From, c.first, c.last)
		}
	}
}
