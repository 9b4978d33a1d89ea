package command

import (
	"strings"

	"writ/internal/catalog"
)

// lexical reads a text that is no valid shell: it splits at the operators and reads each part as a plain
// command, so that a program with consequences is still seen. Quotes are honoured where they close.
func (r *reader) lexical(sh *scope, text string, in *flow) flow {
	if len(text) > maxLine {
		text = text[:maxLine]
	}
	sh = sh.sub()
	for _, words := range lexWords(text) {
		if r.stopped {
			break
		}
		fields := make([]field, 0, len(words))
		for _, w := range words {
			if len(fields) == 0 && isAssignment(w.Text) || keywords[w.Text] && len(fields) == 0 {
				continue
			}
			fields = append(fields, field{Word: w, raw: true})
		}
		if len(fields) == 0 || !fields[0].Known {
			continue
		}
		r.call(sh, fields, nil, &flow{from: "pipe"}, nil)
	}
	return flow{}
}

var keywords = map[string]bool{"if": true, "then": true, "else": true, "elif": true, "fi": true, "do": true, "done": true,
	"while": true, "until": true, "for": true, "case": true, "esac": true, "{": true, "}": true, "!": true, "time": true, "function": true}

func isAssignment(s string) bool {
	name, _, ok := strings.Cut(s, "=")
	return ok && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == ""
}

// lexWords cuts a text into commands and those into words.
func lexWords(text string) [][]catalog.Word {
	var out [][]catalog.Word
	var cur []catalog.Word
	var word strings.Builder
	open, known := false, true
	end := func() {
		if open {
			cur = append(cur, catalog.Word{Text: word.String(), Known: known, Raw: word.String()})
		}
		word.Reset()
		open, known = false, true
	}
	command := func() {
		end()
		if len(cur) > 0 {
			out = append(out, cur)
		}
		cur = nil
	}
	closers := lastOf(text)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text):
			i++
			if text[i] != '\n' {
				word.WriteByte(text[i])
				open = true
			}
		case (c == '\'' || c == '"') && closers[c] > i:
			n := strings.IndexByte(text[i+1:], c)
			inside := text[i+1 : i+1+n]
			word.WriteString(inside)
			known = known && (c == '\'' || !strings.ContainsAny(inside, "$`"))
			open = true
			i += n + 1
		case c == ' ' || c == '\t' || c == '\r':
			end()
		case strings.IndexByte(";&|\n(){}`", c) >= 0 && !(c == '{' && open) && !(c == '}' && open):
			command()
		case c == '<' || c == '>':
			end()
		case c == '$':
			known = false
			open = true
		default:
			if c != '\'' && c != '"' {
				word.WriteByte(c)
			}
			open = true
		}
	}
	command()
	return out
}

// lastOf gives the last position of either quote, so that an unclosed one can be told at once.
func lastOf(text string) map[byte]int {
	return map[byte]int{'\'': strings.LastIndexByte(text, '\''), '"': strings.LastIndexByte(text, '"')}
}
