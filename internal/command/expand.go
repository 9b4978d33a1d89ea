package command

import (
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"writ/internal/catalog"
)

// special are the characters that make a plain word need expansion.
const special = "\\~*?[{"

// fields expands the words of a command as the shell does: braces, then parameters, substitutions and
// arithmetic, then splitting, then patterns against the tree.
func (r *reader) fields(sh *scope, words []*syntax.Word) []field {
	out := make([]field, 0, len(words)+2)
	for _, w := range words {
		if lit := plain(w); lit != nil {
			out = append(out, field{Word: catalog.Word{Text: lit.Value, Known: true, Raw: lit.Value}, raw: true})
			continue
		}
		out = r.expandWord(sh, w, out)
		if len(out) > maxFields*4 {
			r.bound("a word expands to too many words")
			break
		}
	}
	return out
}

// plain gives the only part of a word that needs no expansion, nil for other words.
func plain(w *syntax.Word) *syntax.Lit {
	if len(w.Parts) != 1 {
		return nil
	}
	lit, ok := w.Parts[0].(*syntax.Lit)
	if !ok || strings.ContainsAny(lit.Value, special) || strings.Contains(lit.Value, unknownName) {
		return nil
	}
	return lit
}

func (r *reader) expandWord(sh *scope, w *syntax.Word, out []field) []field {
	raw := r.raw(w)
	braced := *w
	if !syntax.SplitBraces(&braced) {
		return r.expandOne(sh, w, raw, out)
	}
	n, before := 0, len(out)
	for one, err := range expand.BracesSeq(nil, &braced) {
		if n++; err != nil || n > maxFields {
			r.bound("braces expand to too many words")
			break
		}
		out = r.expandOne(sh, one, raw, out)
	}
	for i := before; n > 1 && i < len(out); i++ {
		out[i].from = worse(out[i].from, "shaped")
	}
	return out
}

func (r *reader) expandOne(sh *scope, w *syntax.Word, raw string, out []field) []field {
	s := splitter{raw: raw, ifs: r.ifs(sh)}
	for _, p := range r.pieces(sh, w.Parts, false) {
		s.add(p)
	}
	s.close()
	for _, pieces := range s.out {
		f := join(pieces, raw)
		f.split = len(s.out) > 1
		if pattern, meta := patternOf(pieces); meta {
			out = r.glob(sh, f, pattern, out)
			continue
		}
		out = append(out, f)
	}
	return out
}

// value expands a word to one field, as in an assignment or a redirection: nothing is split or globbed.
func (r *reader) value(sh *scope, w *syntax.Word) field {
	if w == nil {
		return field{Word: catalog.Word{Known: true}}
	}
	if lit := plain(w); lit != nil {
		return field{Word: catalog.Word{Text: lit.Value, Known: true, Raw: lit.Value}, raw: true}
	}
	return join(r.pieces(sh, w.Parts, false), r.raw(w))
}

// raw is the source of a node, as far as it lies in the text being read.
func (r *reader) raw(n syntax.Node) string {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if from < 0 || to > len(r.src) || from >= to {
		return ""
	}
	return r.src[from:to]
}

func (r *reader) ifs(sh *scope) string {
	if v, ok := sh.vars["IFS"]; ok {
		return v.text
	}
	return " \t\n"
}

// pieces expands the parts of a word. double is true inside double quotes and here-documents.
func (r *reader) pieces(sh *scope, parts []syntax.WordPart, double bool) []piece {
	out := make([]piece, 0, len(parts))
	for i, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			out = r.litPieces(sh, p.Value, double, i == 0, i == len(parts)-1, out)
		case *syntax.SglQuoted:
			text := p.Value
			if p.Dollar {
				text = ansiC(text)
			}
			out = marked(text, true, out)
		case *syntax.DblQuoted:
			if len(p.Parts) == 0 {
				out = append(out, piece{quoted: true})
				continue
			}
			out = append(out, r.pieces(sh, p.Parts, true)...)
		case *syntax.ParamExp:
			out = append(out, r.param(sh, p, double)...)
		case *syntax.CmdSubst:
			out = append(out, r.substPiece(sh, p, double))
		case *syntax.ArithmExp:
			out = append(out, r.arithPiece(sh, p.X, double))
		case *syntax.ProcSubst:
			out = append(out, piece{text: r.procSubst(sh, p), quoted: true})
		case *syntax.ExtGlob:
			first, _, _ := strings.Cut(p.Pattern.Value, "|")
			out = append(out, piece{text: first})
		}
	}
	return out
}

// litPieces resolves escapes and a leading tilde in literal text.
func (r *reader) litPieces(sh *scope, text string, double, first, last bool, out []piece) []piece {
	if first && !double && strings.HasPrefix(text, "~") {
		home, rest := r.tilde(sh, text, last)
		if home != "" {
			out = append(out, piece{text: home, quoted: true})
			text = rest
		}
	}
	if strings.IndexByte(text, '\\') < 0 {
		if text == "" {
			return out
		}
		return marked(text, double, out)
	}
	var plain strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 >= len(text) {
			plain.WriteByte(text[i])
			continue
		}
		next := text[i+1]
		if double && strings.IndexByte("$`\"\\\n", next) < 0 {
			plain.WriteByte('\\')
			continue
		}
		i++
		if next == '\n' {
			continue
		}
		if double {
			plain.WriteByte(next)
			continue
		}
		if plain.Len() > 0 {
			out = marked(plain.String(), false, out)
			plain.Reset()
		}
		out = append(out, piece{text: string(next), quoted: true})
	}
	if plain.Len() > 0 {
		out = marked(plain.String(), double, out)
	}
	return out
}

// marked makes pieces of literal text, in which an earlier reading may have left stand-ins for unknown values
// that quotes have since kept from being variables.
func marked(text string, quoted bool, out []piece) []piece {
	for {
		i := strings.Index(text, "${"+unknownName)
		if i < 0 {
			break
		}
		end := strings.IndexByte(text[i:], '}')
		if end < 0 {
			break
		}
		if i > 0 {
			out = append(out, piece{text: text[:i], quoted: quoted})
		}
		p := piece{unknown: true, quoted: quoted, from: text[i+2+len(unknownName) : i+end]}
		if pattern, ok := standIn(p.from); ok {
			p.text, p.stand, p.atom = pattern, true, true
		}
		out = append(out, p)
		text = text[i+end+1:]
		if text == "" {
			return out
		}
	}
	return append(out, piece{text: text, quoted: quoted})
}

// tilde gives the folder that a leading ~ stands for, and what follows it; "" when it stands for itself.
func (r *reader) tilde(sh *scope, text string, whole bool) (home, rest string) {
	name := text[1:]
	if i := strings.IndexByte(name, '/'); i >= 0 {
		name, rest = name[:i], name[i:]
	} else if !whole {
		return "", text // ~"x" and ~$x are not homes
	}
	switch {
	case sh.remote:
		return "", text
	case name == "":
		return r.home(sh), rest
	case name == "+":
		return sh.cwd, rest
	case name == "-":
		return sh.vars["OLDPWD"].text, rest
	case strings.ContainsAny(name, "\\*?[{$`'\""):
		return "", text
	case name == "root":
		return "/root", rest
	}
	if r.env.Home != "" && strings.HasSuffix(r.env.Home, "/"+name) {
		return r.env.Home, rest
	}
	return "/home/" + name, rest
}

func (r *reader) home(sh *scope) string {
	if v, ok := sh.vars["HOME"]; ok && v.known {
		return v.text
	}
	if r.env.Home != "" {
		return r.env.Home
	}
	return r.env.Vars["HOME"]
}

// patternOf gives the pattern that the pieces of one field make, and whether any of it is active.
func patternOf(pieces []piece) (string, bool) {
	meta := false
	for _, p := range pieces {
		if !p.quoted && !p.unknown && strings.ContainsAny(p.text, "*?[") {
			meta = true
			break
		}
	}
	if !meta {
		return "", false
	}
	var b strings.Builder
	for _, p := range pieces {
		if !p.quoted {
			b.WriteString(p.text)
			continue
		}
		for i := 0; i < len(p.text); i++ {
			if strings.IndexByte(`*?[\`, p.text[i]) >= 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(p.text[i])
		}
	}
	return b.String(), true
}
