package egress

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

const secret = "tok_9f/Zq+7Lw?~ünïQ" // made up for these tests; holds characters that every encoding treats in its own way

func allPercent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02x", s[i])
	}
	return b.String()
}

func wrap(s string, n int) string {
	var b strings.Builder
	for len(s) > n {
		b.WriteString(s[:n] + "\n")
		s = s[n:]
	}
	return b.String() + s
}

func mixCase(s string) string {
	b := []byte(s)
	for i := range b {
		if i%3 == 0 {
			b[i] = bytes.ToUpper(b[i : i+1])[0]
		}
	}
	return string(b)
}

func TestExactScannerFinds(t *testing.T) {
	scan := ExactScanner([][]byte{[]byte("another-secret"), []byte(secret + "\n")})
	std := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	inJSON, _ := json.Marshal(map[string]string{"k": secret})
	forms := map[string]string{
		"as it is": secret, "in JSON": string(inJSON), "hex": hex.EncodeToString([]byte(secret)),
		"HEX": strings.ToUpper(hex.EncodeToString([]byte(secret))), "mixed hex": mixCase(hex.EncodeToString([]byte(secret))),
		"query": url.QueryEscape(secret), "path": url.PathEscape(secret), "all percent": allPercent(secret),
		"percent twice": url.QueryEscape(allPercent(secret)), "base64 in a query": url.QueryEscape(std("x" + secret + "y")),
		"basic": std("user:" + secret), "wrapped": wrap(std("some text before it "+secret+" and after"), 20),
		"url alphabet": base64.RawURLEncoding.EncodeToString([]byte("ab" + secret + "c")),
		"secret two":   "x=another-secret",
	}
	for before := range 7 {
		for after := range 4 {
			forms[fmt.Sprintf("base64 %d %d", before, after)] = std(strings.Repeat("\xff", before) + secret + strings.Repeat("\xee", after))
		}
	}
	for name, form := range forms {
		for pad := range 9 {
			window := strings.Repeat("-", pad) + form + strings.Repeat("=", pad)
			if _, found := scan([]byte(window)); !found {
				t.Errorf("%s after %d bytes is not found: %q", name, pad, window)
			}
		}
	}
}

func TestExactScannerPasses(t *testing.T) {
	scan := ExactScanner([][]byte{[]byte(secret), []byte("short"), {}})
	for _, s := range []string{"", "short", secret[:len(secret)-1], secret[1:], "100% sure %zz %", strings.Repeat("tok_9f/Z", 500),
		base64.StdEncoding.EncodeToString([]byte(secret[:12]))} {
		if kind, found := scan([]byte(s)); found {
			t.Errorf("%q is taken for a secret (%s)", s, kind)
		}
	}
	if _, found := ExactScanner(nil)([]byte("anything")); found {
		t.Error("no secrets, and one was found")
	}
}

func FuzzExactScanner(f *testing.F) {
	f.Add([]byte("before"), []byte("eightbyt"), []byte("after"), uint8(2))
	f.Fuzz(func(t *testing.T, before, value, after []byte, form uint8) {
		value = bytes.TrimSpace(value)
		if len(value) < MinSecret || len(value) > 5000 {
			return
		}
		whole := bytes.Join([][]byte{before, value, after}, nil)
		var window string
		switch form % 5 {
		case 0:
			window = string(whole)
		case 1:
			window = base64.StdEncoding.EncodeToString(whole)
		case 2:
			window = hex.EncodeToString(whole)
		case 3:
			window = url.QueryEscape(base64.URLEncoding.EncodeToString(whole))
		case 4:
			window = allPercent(string(whole))
		}
		if _, found := ExactScanner([][]byte{value})([]byte(window)); !found {
			t.Fatalf("%q is not found in %q", value, window)
		}
	})
}

func BenchmarkExactScanner(b *testing.B) {
	var secrets [][]byte
	for i := range 50 {
		secrets = append(secrets, fmt.Appendf(nil, "%d-made-up-secret-%d", i*7919, i))
	}
	scan := ExactScanner(secrets)
	window := bytes.Repeat([]byte("The quick brown fox, 123; jumps over\tthe lazy dog. "), 400)
	b.SetBytes(int64(len(window)))
	for b.Loop() {
		if _, found := scan(window); found {
			b.Fatal("found")
		}
	}
}
