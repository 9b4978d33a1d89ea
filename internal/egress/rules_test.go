package egress

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		rule, host string
		port       uint16
		want       bool
	}{
		{"api.example:443", "api.example", 443, true},
		{"api.example:443", "API.Example.", 443, true},
		{"API.example.:443", "api.example", 443, true},
		{"api.example:443", "api.example", 80, false},
		{"api.example:443", "xapi.example", 443, false},
		{"api.example:443", "api.example.evil", 443, false},
		{"api.example:443", "sub.api.example", 443, false},
		{"api.example", "api.example", 443, true},
		{"api.example", "api.example", 80, true},
		{"api.example", "api.example", 8080, false},
		{"api.example:*", "api.example", 22, true},
		{"api.example:*", "api.example", 0, false},
		{"*.api.example:443", "a.api.example", 443, true},
		{"*.api.example:443", "b.a.api.example", 443, true},
		{"*.api.example:443", "api.example", 443, false},
		{"*.api.example:443", "xapi.example", 443, false},
		{"*.api.example:443", ".api.example", 443, false},
		{"192.0.2.1:443", "192.0.2.1", 443, true},
		{"192.0.2.1:443", "::ffff:192.0.2.1", 443, true},
		{"192.0.2.1:443", "3221225985", 443, false},
		{"127.0.0.1:80", "0x7f.1", 80, false},
		{"127.0.0.1:80", "0177.0.0.1", 80, false},
		{"[::1]:80", "::1", 80, true},
		{"[::1]:80", "[0:0:0:0:0:0:0:1]", 80, true},
		{"[::1]", "::1", 443, true},
		{"[::1]:*", "::2", 443, false},
		{"xn--bcher-kva.example:443", "XN--bcher-kva.example", 443, true},
		{"api.example:443", "", 443, false},
	} {
		rules, err := ParseRules([]string{c.rule})
		if err != nil {
			t.Errorf("%s: %v", c.rule, err)
			continue
		}
		if text, got := rules.Match(c.host, c.port); got != c.want || (got && text != rules.Strings()[0]) {
			t.Errorf("%s matches %s:%d: %t (%s), want %t", c.rule, c.host, c.port, got, text, c.want)
		}
	}
}

func TestParseRulesRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "empty",
		"  ":                                  "empty",
		"*":                                   "everything",
		"*:443":                               "everything",
		"*.":                                  "empty",
		"*.com:443":                           "two labels",
		"a.*.example":                         "star",
		"*a.example":                          "star",
		"api.example:*0":                      "star",
		"**.example.com":                      "star",
		"https://a.example":                   "scheme",
		"a.example/path":                      "paths",
		"10.0.0.0/8":                          "ranges",
		"a.example:":                          "port",
		"a.example:0":                         "port",
		"a.example:65536":                     "port",
		"a.example:+443":                      "port",
		"a.example:0443":                      "port",
		"a.example:https":                     "port",
		"::1":                                 "brackets",
		"::1:443":                             "brackets",
		"[::1":                                "brackets",
		"[a.example]:443":                     "brackets",
		"[::1]443":                            "after the bracket",
		"[fe80::1%eth0]:443":                  "zone",
		"*.127.0.0.1:443":                     "names below",
		"0x7f.1:80":                           "decimal",
		"2130706433:80":                       "decimal",
		"010.0.0.1:80":                        "decimal",
		"1.2.3.4.5:80":                        "decimal",
		"bücher.example:443":                  "xn--",
		"a b.example":                         "does not belong",
		"user@a.example:443":                  "does not belong",
		"a..example":                          "no label",
		".a.example":                          "no label",
		"-a.example":                          "no label",
		"a.example..":                         "no label",
		strings.Repeat("a", 64):               "no label",
		strings.Repeat("a.", 140) + "example": "at most 253",
	} {
		rules, err := ParseRules([]string{"good.example:443", text})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseRules(%q) = %v, want an error with %q", text, err, want)
		}
		if _, ok := rules.Match("good.example", 443); ok {
			t.Errorf("ParseRules(%q): an error came with rules that allow", text)
		}
	}
}

func TestPrivateRules(t *testing.T) {
	rules, err := ParseRules([]string{"127.0.0.1:8080", "203.0.113.7:443", "git.example:443"})
	if err != nil {
		t.Fatal(err)
	}
	decide := ByRules(rules, nil)
	for target, want := range map[Target]Ruling{
		{Host: "127.0.0.1", Port: 8080}:  {Allow: true, Rule: "127.0.0.1:8080", Private: true},
		{Host: "203.0.113.7", Port: 443}: {Allow: true, Rule: "203.0.113.7:443"},
		{Host: "git.example", Port: 443}: {Allow: true, Rule: "git.example:443"},
		{Host: "127.0.0.1", Port: 8081}:  {Rule: RuleList},
	} {
		if got := decide(t.Context(), target); got != want {
			t.Errorf("%s: %+v, want %+v", target, got, want)
		}
	}
	marked := rules.Join(Rules{}).AllowPrivate()
	if got := ByRules(marked, nil)(t.Context(), Target{Host: "git.example", Port: 443}); !got.Private {
		t.Errorf("AllowPrivate: %+v", got)
	}
	if got := decide(t.Context(), Target{Host: "git.example", Port: 443}); got.Private {
		t.Error("AllowPrivate changed the rules it was called on")
	}
}

func FuzzParseRules(f *testing.F) {
	for _, s := range []string{"a.example:443", "*.a.example", "[::1]:80", "h.example:*", "0x7f.1", "*.1.2.3.4:1", "a.example.:80", "[::ffff:1.2.3.4]:1"} {
		f.Add(s, "x.a.example", uint16(443))
	}
	f.Fuzz(func(t *testing.T, text, host string, port uint16) {
		rules, err := ParseRules([]string{text})
		if err != nil {
			if _, ok := rules.Match(host, port); ok {
				t.Fatalf("%q did not parse and allows", text)
			}
			return
		}
		again, err := ParseRules(rules.Strings())
		if err != nil || !slices.Equal(again.Strings(), rules.Strings()) {
			t.Fatalf("%q became %q, which parses to %q, %v", text, rules.Strings(), again.Strings(), err)
		}
		r := rules.list[0]
		own := r.port
		if own == 0 {
			own = 443
		}
		if _, ok := rules.Match(r.host, own); ok == r.sub {
			t.Fatalf("%q: its own host matches: %t, want %t", text, ok, !r.sub)
		}
		if _, ok := rules.Match(host, port); ok {
			norm, err := normalHost(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
			if err != nil || (norm != r.host && !(r.sub && strings.HasSuffix(norm, "."+r.host))) {
				t.Fatalf("%q allows %q", text, host)
			}
		}
	})
}

// FuzzAuthority holds what all checks rest on: a host has one spelling, and what programs could read as an
// address is one.
func FuzzAuthority(f *testing.F) {
	for _, s := range []string{"a.example:443", "[::1]:80", "127.1:80", "0x7f000001:80", "1.2.3.4:1", "a.0x1:1", "A.Example.:443", "[::ffff:127.0.0.1]:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, port, err := authority(s, 0)
		if err != nil {
			return
		}
		if again, err := normalHost(host); err != nil || again != host || port == 0 {
			t.Fatalf("%q: %q becomes %q, %v", s, host, again, err)
		}
		if strings.ContainsAny(host, "@/\\?#% \r\n\x00[]") || host != strings.ToLower(host) {
			t.Fatalf("%q: host %q", s, host)
		}
		if _, err := netip.ParseAddr(host); err != nil && numeric(host) {
			t.Fatalf("%q: %q may be read as an address", s, host)
		}
	})
}
