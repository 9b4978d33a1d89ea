package inline

import (
	"strings"
	"testing"
	"time"
)

// Text made to keep the reader busy ends soon all the same.
func TestReadEndsSoon(t *testing.T) {
	for name, code := range map[string]string{
		"comprehensions": strings.Repeat("[x for x in ", 5000), "flat": strings.Repeat("a for x in b ", 8000), "brackets": strings.Repeat("(", 60000), "fields": `f"` + strings.Repeat("{a", 20000) + `"`,
		"templates": strings.Repeat("`${", 20000), "evals": strings.Repeat("eval('", 9000), "quotes": strings.Repeat(`"'`, 30000), "dollars": strings.Repeat("$a1$ ", 12000), "braces": strings.Repeat("{a:", 20000),
		"names": strings.Repeat("a.b.c(", 10000), "regex": strings.Repeat("s/a/", 16000), "words": strings.Repeat("qw(", 20000), "assign": strings.Repeat("a=a+a;", 10000), "doubling": "a='x';" + strings.Repeat("a=a+a;", 60) + "eval(a)",
	} {
		for _, lang := range []string{"python", "node", "perl", "ruby", "php", "awk", "powershell", "postgres", "osascript", "lua"} {
			start := time.Now()
			Read(lang, code)
			if d := time.Since(start); d > 3*time.Second {
				t.Errorf("%s in %s took %v", name, lang, d)
			}
		}
	}
}
