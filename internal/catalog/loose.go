package catalog

import "strings"

// line is a command line taken apart without the program's whole option table: what is no option is a
// word, and an option's value is known where the table, an equals sign or the caller says so.
type line struct {
	words []Word            // what is no option, in order
	opts  map[string][]Word // option without its dashes → values; a bare option has one empty, known value
	args  []Word            // all words as written
	rest  []Word            // after --
}

// loosely splits args. valued names, separated by spaces and without dashes, the options that take the
// next word as their value.
func loosely(args []Word, valued string) line {
	l := line{opts: map[string][]Word{}, args: args}
	takes := map[string]bool{}
	for _, v := range strings.Fields(valued) {
		takes[v] = true
	}
	for i := 0; i < len(args); i++ {
		w := args[i]
		switch {
		case w.Text == "--" && w.Known:
			l.rest = args[i+1:]
			return l
		case len(w.Text) < 2 || w.Text[0] != '-':
			l.words = append(l.words, w)
		default:
			name, value, joined := strings.Cut(strings.TrimLeft(w.Text, "-"), "=")
			switch {
			case joined:
				l.add(name, Word{Text: value, Known: w.Known, Raw: w.Raw})
			case takes[name] && i+1 < len(args):
				i++
				l.add(name, args[i])
			default:
				l.add(name, Word{Known: true})
				l.cluster(w.Text, takes)
			}
		}
	}
	return l
}

func (l *line) add(name string, value Word) { l.opts[name] = append(l.opts[name], value) }

// cluster takes -rf apart into r and f, and -pSECRET into p with its value where p takes one.
func (l *line) cluster(text string, takes map[string]bool) {
	if strings.HasPrefix(text, "--") || len(text) < 3 {
		return
	}
	if takes[text[1:2]] {
		l.add(text[1:2], Word{Text: text[2:], Known: true})
		return
	}
	for i := 1; i < len(text); i++ {
		if !isLetter(text[i]) {
			return
		}
		if i+1 < len(text) && takes[text[i:i+1]] && i > 1 {
			l.add(text[i:i+1], Word{Text: text[i+1:], Known: true})
			return
		}
		l.add(text[i:i+1], Word{Known: true})
	}
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// has tells whether one of the options stands on the line.
func (l line) has(names ...string) bool {
	for _, n := range names {
		if _, ok := l.opts[n]; ok {
			return true
		}
	}
	return false
}

// on is has, but an option that is set to false, no, 0 or none does not count.
func (l line) on(names ...string) bool {
	for _, n := range names {
		for _, v := range l.opts[n] {
			if !isOff(v.Text) {
				return true
			}
		}
	}
	return false
}

func isOff(value string) bool {
	switch strings.ToLower(value) {
	case "false", "no", "0", "none", "off", "disabled", "disable", "suspended":
		return true
	}
	return false
}

// values are all values of the options.
func (l line) values(names ...string) []Word {
	var out []Word
	for _, n := range names {
		out = append(out, l.opts[n]...)
	}
	return out
}

// value is the last value of the first option that is present, "" when there is none.
func (l line) value(names ...string) string {
	for _, n := range names {
		if v := l.opts[n]; len(v) > 0 {
			return v[len(v)-1].Text
		}
	}
	return ""
}

// word is the i-th word's text, lower-cased, "" when there are fewer.
func (l line) word(i int) string {
	if i >= len(l.words) {
		return ""
	}
	return strings.ToLower(l.words[i].Text)
}

// from are the words from the i-th on.
func (l line) from(i int) []Word {
	if i >= len(l.words) {
		return nil
	}
	return l.words[i:]
}

// phrase joins the first n words, lower-cased.
func (l line) phrase(n int) string {
	var b strings.Builder
	for i := 0; i < n && i < len(l.words); i++ {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.ToLower(l.words[i].Text))
	}
	return b.String()
}

// says tells whether any argument holds the text, whatever its case.
func (l line) says(texts ...string) bool {
	for _, a := range l.args {
		low := strings.ToLower(a.Text)
		for _, t := range texts {
			if strings.Contains(low, t) {
				return true
			}
		}
	}
	return false
}

// dry tells whether the line only shows what it would do: a dry run, help or the version.
func (l line) dry() bool {
	return l.on("dry-run", "dryrun", "dry_run", "dry", "what-if", "whatif", "preview", "simulate", "validate-only",
		"no-execute-changeset", "no-op", "noop", "check-only", "plan-only") || l.help()
}

// help tells whether the line only asks for help or the version.
func (l line) help() bool {
	return l.has("help", "h?") || l.word(0) == "help" || (len(l.args) == 1 && l.has("h", "version", "v", "V")) ||
		(len(l.words) > 1 && l.words[len(l.words)-1].Text == "help" && len(l.opts) == 0)
}

// texts are the words as text, for Effect.Words.
func texts(words []Word) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		if w.Raw != "" && !w.Known {
			out = append(out, w.Raw)
			continue
		}
		out = append(out, w.Text)
	}
	return out
}
