package sandbox

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write golden files anew")

// TestSeatbelt compares the text with testdata/seatbelt.sb. It has not been run on macOS.
func TestSeatbelt(t *testing.T) {
	got, err := Seatbelt(Profile{
		Name: "project", Root: "/Users/u/app",
		Write:    []string{"/Users/u/app", "/Users/u/app/.git", "/private/tmp/writ-1", "/Users/u/.writ/caches/a"},
		ReadOnly: []string{"/Users/u/app/.git/config", "/Users/u/app/.claude"},
		Absent:   []string{"/Users/u/app/.git/info/attributes"},
		Hide:     []string{"/Users/u/.ssh", "/Users/u/.writ", "/Users/u/app/conf/.env"},
		Show:     []string{"/Users/u/.ssh/known_hosts"},
		Sockets:  []string{"/private/var/run/a \"b\".sock"},
		Net:      Net{Mode: "proxy"},
	}, 4711)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/seatbelt.sb", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/seatbelt.sb")
	if err != nil || got != string(want) {
		t.Errorf("%v: got\n%s", err, got)
	}
	if n, m := strings.Count(got, "("), strings.Count(got, ")"); n != m {
		t.Errorf("%d opening and %d closing brackets", n, m)
	}
}

// TestSeatbeltOrder holds what must come after what: the later rule is the one that holds.
func TestSeatbeltOrder(t *testing.T) {
	p := Profile{Root: "/a", Write: []string{"/a", "/a/h/w"}, ReadOnly: []string{"/a/r"}, Hide: []string{"/a/h"}, Show: []string{"/a/h/s"}}
	text, err := Seatbelt(p, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{
		{`(deny default)`, `(allow file-read*)`},
		{`(deny file-write*)`, `(allow file-read* file-write* (subpath "/a"))`},
		{`(allow file-read* file-write* (subpath "/a"))`, `(deny file-write* (subpath "/a/r"))`},
		{`(deny file-read* file-write* (subpath "/a/h"))`, `(allow file-read* (subpath "/a/h/s"))`},
		{`(deny file-read* file-write* (subpath "/a/h"))`, `(allow file-read* file-write* (subpath "/a/h/w"))`},
		{`(allow file-read* file-write* (subpath "/a"))`, `(deny file-write-unlink (literal "/a"))`},
	} {
		first, second := strings.Index(text, pair[0]), strings.Index(text, pair[1])
		if first < 0 || second < first {
			t.Errorf("%s (%d) must come before %s (%d) in\n%s", pair[0], first, pair[1], second, text)
		}
	}
	if strings.Contains(text, "network-outbound") || strings.Contains(text, "(allow network") {
		t.Errorf("a network that nobody gave:\n%s", text)
	}
}

// TestSeatbeltRefuses gives no text where it would say less than the profile.
func TestSeatbeltRefuses(t *testing.T) {
	for name, p := range map[string]Profile{
		"a relative path": {Write: []string{"a"}},
		"everything":      {Write: []string{"/"}},
		"a line break":    {Write: []string{"/a\n(allow default)"}},
		"tracing":         {Trace: true},
		"no port":         {Net: Net{Mode: "proxy"}},
		"no such network": {Net: Net{Mode: "some"}},
	} {
		if text, err := Seatbelt(p, 0); err == nil {
			t.Errorf("%s: %s", name, text)
		}
	}
	text, err := Seatbelt(Profile{Write: []string{`/a") (allow default) ("`}}, 0)
	if err != nil || !strings.Contains(text, `(subpath "/a\") (allow default) (\"")`) {
		t.Errorf("a path that ends its quotes: %v\n%s", err, text)
	}
}
