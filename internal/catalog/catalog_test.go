package catalog

import (
	"slices"
	"strings"
	"testing"

	"writ/internal/effect"
)

// split cuts a line into words at spaces; quotes group, and $ makes a word unknown (its text up to there
// and after the name stays). It is far less than a shell: enough for tables of tests.
func split(line string) Call {
	var c Call
	var cur strings.Builder
	in, known, quote := false, true, byte(0)
	flush := func() {
		if in {
			c.Args = append(c.Args, Word{Text: cur.String(), Known: known})
		}
		cur.Reset()
		in, known = false, true
	}
	for i := 0; i < len(line); i++ {
		ch := line[i]
		switch {
		case quote == 0 && ch == ' ':
			flush()
		case quote == 0 && (ch == '\'' || ch == '"'):
			quote, in = ch, true
		case quote != 0 && ch == quote:
			quote = 0
		case quote != '\'' && ch == '$' && i+1 < len(line) && 'A' <= line[i+1] && line[i+1] <= 'Z':
			known, in = false, true
			for i+1 < len(line) && 'A' <= line[i+1] && line[i+1] <= 'Z' {
				i++
			}
		default:
			in = true
			cur.WriteByte(ch)
		}
	}
	flush()
	for len(c.Args) > 0 {
		name, value, ok := strings.Cut(c.Args[0].Text, "=")
		if !ok || strings.ContainsAny(name, "-/.") {
			break
		}
		c.Assign = append(c.Assign, Assign{name, Word{Text: value, Known: c.Args[0].Known}})
		c.Args = c.Args[1:]
	}
	return c
}

// brief is an outcome in one line: each effect as "kind path|target +flags", each nested piece as "→kind text".
func brief(o Outcome) string {
	var parts []string
	for _, e := range o.Effects {
		s := string(e.Kind)
		for _, f := range []string{e.Path, e.Host, e.Method} {
			if f != "" {
				s += " " + f
			}
		}
		if len(e.Flags) > 0 {
			s += " +" + strings.Join(e.Flags, "+")
		}
		parts = append(parts, s)
	}
	for _, n := range o.Nested {
		parts = append(parts, "→"+string(n.Kind)+" "+strings.TrimSpace(n.Lang+" "+n.Text.Text+n.Path.Text+lineOf(n.Args)))
	}
	return strings.Join(parts, "; ")
}

// rows runs a table: each line is "command ⇒ what must be in the brief outcome" ("nothing" for an empty one).
func rows(t *testing.T, table string) {
	t.Helper()
	for _, row := range strings.Split(strings.TrimSpace(table), "\n") {
		line, want, ok := strings.Cut(strings.TrimSpace(row), " ⇒ ")
		if !ok {
			t.Fatalf("row without ⇒: %s", row)
		}
		got := brief(Look(split(line)))
		if want == "nothing" && got != "" || want != "nothing" && !strings.Contains(got, want) {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}

func TestEveryProgramStandsInOneTableOnly(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range domains {
		for name := range d {
			if seen[name] {
				t.Errorf("%s stands in two tables", name)
			}
			if name != strings.ToLower(name) {
				t.Errorf("%s is not lower-case: it is never found", name)
			}
			seen[name] = true
		}
	}
}

func TestLookKnowsFamiliesAndHelp(t *testing.T) {
	rows(t, `
git --version ⇒ nothing
git reset --help ⇒ nothing
/usr/bin/GIT.exe reset --hard ⇒ git.discard`)
	if Look(split("no-such-program-anywhere x")).Known {
		t.Error("an unknown program is said to be known")
	}
	out := Look(split("git push -f"))
	if !slices.Equal(out.Effects[0].Words, []string{"git", "push", "-f"}) || out.Effects[0].Kind != effect.GitPush {
		t.Errorf("words of %+v", out.Effects[0])
	}
}
