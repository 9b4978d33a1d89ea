package command

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Writing a command so that it does not look like itself has no use but to pass a reader. The reader still
// says what it would do; these marks say that it was hidden, so that a person looks at it.

// obfuscated reports a command or code that was written to hide what it is.
func (r *reader) obfuscated(sh *scope, how string, words []string) {
	r.unresolved("the command is hidden: "+how, words, sh.via, "obfuscated")
}

// hiddenWords looks at how the words of a command are written.
func (r *reader) hiddenWords(sh *scope, words []*syntax.Word, fields []field) {
	first := words[0]
	if how := hiddenName(first, fields[0]); how != "" {
		r.obfuscated(sh, how, shown(fields))
		return
	}
	for i, w := range words {
		if len(w.Parts) == 1 {
			if _, ok := w.Parts[0].(*syntax.Lit); ok {
				continue
			}
		}
		if how := hiddenPart(w.Parts, i == 0); how != "" {
			r.obfuscated(sh, how, shown(fields))
			return
		}
	}
}

// hiddenName tells how the name of a program is hidden, "" when it is plain.
func hiddenName(w *syntax.Word, f field) string {
	if f.pattern != "" && strings.ContainsAny(f.pattern, "?[*") {
		return "a pattern in place of a program"
	}
	if len(w.Parts) == 1 {
		switch p := w.Parts[0].(type) {
		case *syntax.Lit:
			return hiddenLiteral(p.Value, f)
		case *syntax.ParamExp:
			return hiddenExpansion(p, f)
		case *syntax.CmdSubst:
			return hiddenSubst(p, f)
		}
		return ""
	}
	if !isName(f.Text) || !f.Known {
		return ""
	}
	expansions := 0
	for _, p := range w.Parts {
		switch p.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			return "quotes inside the name of a program"
		case *syntax.ParamExp, *syntax.CmdSubst, *syntax.ArithmExp:
			expansions++
		}
	}
	if expansions > 0 && !versioned(w) {
		return "the name of a program is put together from pieces"
	}
	return ""
}

// versioned tells names such as python$VERSION or clang-$V: a plain name with a variable behind it.
func versioned(w *syntax.Word) bool {
	lit, ok := w.Parts[0].(*syntax.Lit)
	return ok && len(lit.Value) > 3
}

func hiddenLiteral(text string, f field) string {
	if i := strings.LastIndexByte(text, '\\'); i > 0 && i+1 < len(text) && isName(f.Text) && text[i+1] != '\n' {
		return "backslashes inside the name of a program"
	}
	if strings.ContainsAny(text, "{") && strings.Contains(text, ",") && f.Text != text {
		return "braces that make a command"
	}
	return ""
}

func hiddenExpansion(p *syntax.ParamExp, f field) string {
	if p.Slice != nil || p.Repl != nil || p.Excl {
		return "the name of a program is cut out of a value"
	}
	if f.from == "decode" || f.from == "shaped" {
		return "the name of a program is decoded or cut out of a value"
	}
	return ""
}

// hiddenIndex reports commands in the index of an array, where no reader expects them.
func (r *reader) hiddenIndex(sh *scope, fields []field) {
	for _, f := range fields {
		if strings.Contains(f.Raw, "[$(") || strings.Contains(f.Raw, "[`") {
			r.obfuscated(sh, "a command in the index of an array", shown(fields))
			return
		}
	}
}

// hiddenSubst accepts $(which x), and reports names that are printed or decoded.
func hiddenSubst(c *syntax.CmdSubst, f field) string {
	if !f.Known || len(c.Stmts) == 0 {
		return ""
	}
	if f.from == "decode" {
		return "the name of a program is decoded"
	}
	if _, ok := c.Stmts[0].Cmd.(*syntax.BinaryCmd); ok {
		return "the name of a program is made by a pipe"
	}
	return ""
}

// hiddenPart finds spelled-out letters and characters cut out of the environment in any word.
func hiddenPart(parts []syntax.WordPart, first bool) string {
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.SglQuoted:
			if n := spelledLetters(p.Value); p.Dollar && (n > 1 || n > 0 && first) {
				return "letters are spelled by their codes"
			}
		case *syntax.DblQuoted:
			if how := hiddenPart(p.Parts, false); how != "" {
				return how
			}
		case *syntax.ParamExp:
			if p.Slice != nil && p.Param != nil && environmentNames[p.Param.Value] && oneLong(p.Slice) {
				return "characters are cut out of the environment"
			}
		}
	}
	return ""
}

// oneLong tells slices of a single character.
func oneLong(s *syntax.Slice) bool {
	w, ok := s.Length.(*syntax.Word)
	return ok && w.Lit() == "1"
}

var environmentNames = map[string]bool{"PATH": true, "HOME": true, "PWD": true, "SHELL": true, "BASH": true, "USER": true,
	"OLDPWD": true, "TERM": true, "LANG": true, "HOSTNAME": true, "OSTYPE": true, "LOGNAME": true, "BASH_VERSION": true, "SHELLOPTS": true, "BASHOPTS": true}

// spelledLetters counts escapes by number that stand for plain letters, digits or path characters, which
// nobody needs to spell.
func spelledLetters(text string) int {
	n := 0
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		c := text[i+1]
		if c != 'x' && c != 'u' && c != 'U' && (c < '0' || c > '7') {
			i++
			continue
		}
		end := min(len(text), i+10)
		if j := strings.IndexByte(text[i+1:end], '\\'); j >= 0 {
			end = i + 1 + j
		}
		out := ansiC(text[i:end])
		if out != "" && out[0] < 0x7f && (out[0] >= 'a' && out[0] <= 'z' || out[0] >= 'A' && out[0] <= 'Z' || out[0] >= '0' && out[0] <= '9' || out[0] == '/') {
			n++
		}
		i++
	}
	return n
}

// isName tells the plain names that programs have.
func isName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-.") == "" && s[0] >= 'a' && s[0] <= 'z'
}

// decodes tells whether a text program turned an unreadable text into a readable one.
func decodes(name string, fields []field, in *flow, out string) bool {
	switch name {
	case "rev", "xxd", "gunzip", "zcat", "gzip":
		return true
	case "base64", "gbase64", "base32", "openssl":
		return in != nil && len(out) < len(in.text)
	case "tr":
		return len(fields) > 2 && strings.ContainsAny(fields[1].Text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") &&
			!strings.EqualFold(fields[1].Text, fields[2].Text) && !strings.HasPrefix(fields[1].Text, "[:")
	case "printf", "echo", "print":
		for _, f := range fields[1:] {
			if spelledLetters(f.Text) > 1 {
				return true
			}
		}
	}
	return false
}
