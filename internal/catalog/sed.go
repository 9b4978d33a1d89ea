package catalog

import (
	"strings"

	"writ/internal/effect"
)

var sedSpec = newSpec("e,expression= f,file= i,in-place? n,quiet,silent E,r,regexp-extended s,separate u l,line-length= z b posix debug sandbox a follow-symlinks")

// seds reads the script for commands that write files (w) or run programs (e, s///e), then the files.
func seds(c Call) Outcome {
	p := sedSpec.parse(c.Args[1:])
	var out Outcome
	scripts, files := p.values("expression"), p.args
	for _, w := range p.values("file") {
		out.path(effect.FSRead, w)
	}
	if len(scripts) == 0 && !p.has("file") && len(files) > 0 {
		scripts, files = files[:1], files[1:]
	}
	if len(p.args) > 1 && p.has("in-place") && files[0].Text == "" {
		files = files[1:] // sed -i '' of the BSDs
	}
	for _, s := range scripts {
		sedScript(&out, s)
		out.join(hunts(c, s))
	}
	if p.has("in-place") {
		out.paths(effect.FSWrite, files, "inplace")
		return out
	}
	out.paths(effect.FSRead, files)
	return out
}

// sedScript looks for e and w at the places where sed takes a command: at the start of a command after its
// address, or as a flag of s.
func sedScript(out *Outcome, script Word) {
	for _, command := range strings.FieldsFunc(sedStrip(script.Text), func(r rune) bool { return r == '\n' || r == ';' || r == '{' || r == '}' }) {
		text := sedAddress(strings.TrimSpace(command))
		if len(text) > 1 && text[0] == 'e' && text[1] != ' ' {
			continue
		}
		if text == "" {
			continue
		}
		switch rest := strings.TrimSpace(text[1:]); text[0] {
		case 'e':
			if rest == "" {
				out.unresolved("sed runs its input as a command", "eval")
				continue
			}
			escape(out, "sed e", Word{Text: rest, Known: script.Known})
		case 'w', 'W':
			out.path(effect.FSWrite, Word{Text: rest, Known: script.Known}, "truncate")
		case 'r', 'R':
			out.path(effect.FSRead, Word{Text: rest, Known: script.Known})
		case 's':
			sedSubstitute(out, text, script.Known)
		}
	}
}

// sedStrip leaves a script without separators inside s and y commands alone: they are cut out by replacing
// separators within their delimiters, and in the text of a, i and c, with a sign that means nothing.
func sedStrip(s string) string {
	b := []byte(s)
	for i := 0; i+1 < len(b); i++ {
		if (b[i] == 'a' || b[i] == 'i' || b[i] == 'c') && (i == 0 || strings.IndexByte("0123456789$/;{} \n!", b[i-1]) >= 0) && (b[i+1] == ' ' || b[i+1] == '\\') {
			for i < len(b) && (b[i] != '\n' || b[i-1] == '\\') { // text to the end of the line
				if strings.IndexByte(";{}\n", b[i]) >= 0 {
					b[i] = '.'
				}
				i++
			}
			continue
		}
		if b[i] != 's' && b[i] != 'y' || i > 0 && !strings.ContainsRune("0123456789$;{} \n/!,", rune(b[i-1])) || isLetter(b[i+1]) || b[i+1] == ' ' {
			continue
		}
		delimiter, seen, j := b[i+1], 0, i+2
		for ; j < len(b) && seen < 2; j++ {
			switch {
			case b[j] == '\\':
				j++
			case b[j] == delimiter:
				seen++
			case strings.IndexByte(";{}\n", b[j]) >= 0:
				b[j] = '.'
			}
		}
		i = j - 1
	}
	return string(b)
}

// sedAddress drops the address before a command: numbers, $, /regex/, \cregexc, ranges, steps and !.
func sedAddress(s string) string {
	for s != "" {
		switch c := s[0]; {
		case c == '/':
			s = afterDelimiter(s[1:], '/')
		case c == '\\' && len(s) > 1:
			s = afterDelimiter(s[2:], s[1])
		case strings.IndexByte("0123456789$,~+! \tI", c) >= 0:
			s = s[1:]
		default:
			return s
		}
	}
	return s
}

func afterDelimiter(s string, d byte) string {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if s[i] == d {
			return s[i+1:]
		}
	}
	return ""
}

func sedSubstitute(out *Outcome, text string, known bool) {
	if len(text) < 4 {
		return
	}
	rest := afterDelimiter(text[2:], text[1])
	replacement := strings.TrimSuffix(rest, "")
	flags := afterDelimiter(rest, text[1])
	name, file, writes := strings.Cut(flags, "w")
	if strings.Contains(name, "e") && strings.Trim(name, "0123456789gpiIemM") == "" {
		command := strings.SplitN(replacement, string(text[1]), 2)[0]
		out.unresolved("sed runs the replaced text as a command", "eval")
		out.shell(Word{Text: command, Known: known}, "sed s///e")
	}
	if writes && strings.HasPrefix(file, " ") {
		out.path(effect.FSWrite, Word{Text: strings.TrimSpace(file), Known: known}, "truncate")
	}
}

// hunts notes a search for credentials in a log or a history that is piped in.
func hunts(c Call, program Word) Outcome {
	var out Outcome
	if c.Stdin == nil || !secretPattern(program.Text) && !strings.Contains(strings.ToLower(program.Text), "bearer") {
		return out
	}
	switch c.Stdin.From {
	case "log", "history", "env":
		out.add(effect.SecretRead, c.Stdin.From, "pattern")
		out.Emits = "secret"
	}
	return out
}

// awks gives the program to the code reader; -i inplace changes the files.
func awks(c Call) Outcome {
	p := newSpec("+ F,field-separator= v,assign= f,file= e,source= i,include= l,load= E,exec= o,pretty-print? d,dump-variables? b c n r S,sandbox P t").parse(c.Args[1:])
	var out Outcome
	files := p.args
	for _, w := range p.values("file", "exec") {
		out.script("awk", w, nil, "awk -f")
	}
	for _, w := range p.values("source") {
		out.code("awk", w, "awk")
	}
	if !p.has("file", "exec", "source") && len(files) > 0 {
		out.code("awk", files[0], "awk")
		out.join(hunts(c, files[0]))
		files = files[1:]
	}
	if w, ok := p.value("load"); ok {
		out.add(effect.ExecTampered, w.Text, "plugin")
	}
	for _, w := range files {
		if name, _, ok := strings.Cut(w.Text, "="); ok && !strings.ContainsAny(name, "/.") {
			continue
		}
		if p.text("include") == "inplace" || p.text("include") == "/usr/share/awk/inplace.awk" {
			out.path(effect.FSWrite, w, "inplace")
			continue
		}
		out.path(effect.FSRead, w)
	}
	return out
}
