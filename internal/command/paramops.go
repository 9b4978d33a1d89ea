package command

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

func (r *reader) operator(sh *scope, pe *syntax.ParamExp, name string, v variable, double bool) []piece {
	// an unknown variable may be unset: then the word given for that case counts
	empty := v.text == "" && v.known || !v.known && !atoms[name] && rank(sh.vars[name].from) < taints["shaped"] && !strings.HasPrefix(sh.vars[name].from, namesFrom)
	switch op := pe.Exp.Op; op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		if !empty || v.known && sh.vars[name].known && !sh.vars[name].unset && (op == syntax.DefaultUnset || op == syntax.AssignUnset) {
			break
		}
		word := r.operand(sh, pe.Exp.Word, double)
		if !v.known && (len(word) == 0 || len(word) == 1 && word[0].text == "" && !word[0].unknown) {
			return []piece{{unknown: true, from: v.from, quoted: double, split: !double}}
		}
		if op == syntax.AssignUnset || op == syntax.AssignUnsetOrNull {
			f := join(word, "")
			sh.set(name, variable{text: f.Text, known: f.Known, from: f.from})
		}
		return word
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if v.known && v.text == "" {
			if _, set := sh.vars[name]; op == syntax.AlternateUnsetOrNull || !set {
				return one("", true, false, "", double)
			}
		}
		return r.operand(sh, pe.Exp.Word, double)
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		if !v.known {
			return []piece{{text: "$" + name, unknown: true, stand: true, from: v.from, quoted: double}}
		}
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		pat := join(r.operand(sh, pe.Exp.Word, false), "")
		if !v.known || !pat.Known {
			return one("", false, atoms[name], v.from, double)
		}
		text, ok := trimPattern(v.text, patternText(pe.Exp.Word, pat.Text), op)
		return one(text, ok, false, v.from, double)
	case syntax.UpperFirst, syntax.UpperAll, syntax.LowerFirst, syntax.LowerAll:
		return one(changeCase(v.text, op), v.known, atoms[name], v.from, double)
	case syntax.OtherParamOps:
		switch arg := pe.Exp.Word.Lit(); arg {
		case "U":
			return one(strings.ToUpper(v.text), v.known, false, v.from, double)
		case "L":
			return one(strings.ToLower(v.text), v.known, false, v.from, double)
		case "E":
			return one(ansiC(v.text), v.known, false, v.from, double)
		case "P":
			// prompt expansion runs the substitutions in the value
			return r.rescan(sh, v, double)
		}
		return one("", false, false, v.from, double)
	}
	return one(v.text, v.known, atoms[name], v.from, double)
}

// rescan expands a value as a here-document would be, as ${x@P} does.
func (r *reader) rescan(sh *scope, v variable, double bool) []piece {
	if v.known && strings.ContainsAny(v.text, "$`") {
		r.shellText(sh.sub(), "echo \""+strings.ReplaceAll(v.text, `"`, `\"`)+"\"", nil)
	}
	return one(v.text, v.known && !strings.ContainsAny(v.text, "$`\\"), false, v.from, double)
}

func (r *reader) operand(sh *scope, w *syntax.Word, double bool) []piece {
	if w == nil {
		return nil
	}
	out := r.pieces(sh, w.Parts, double)
	if !double {
		for i := range out {
			out[i].split = out[i].split || !out[i].quoted
		}
	}
	return out
}

// patternText prefers the source of a literal pattern, whose escapes matter to matching.
func patternText(w *syntax.Word, text string) string {
	if w != nil {
		if lit := w.Lit(); lit != "" {
			return lit
		}
	}
	return text
}

func changeCase(text string, op syntax.ParExpOperator) string {
	first, size := utf8.DecodeRuneInString(text)
	switch op {
	case syntax.UpperAll:
		return strings.ToUpper(text)
	case syntax.LowerAll:
		return strings.ToLower(text)
	case syntax.UpperFirst:
		return strings.ToUpper(string(first)) + text[size:]
	}
	return strings.ToLower(string(first)) + text[size:]
}

// trimPattern removes a matching prefix or suffix, the shortest or the longest.
func trimPattern(text, pat string, op syntax.ParExpOperator) (string, bool) {
	mode := pattern.Mode(0)
	if op == syntax.RemSmallPrefix {
		mode = pattern.Shortest
	}
	expr, err := pattern.Regexp(pat, mode)
	if err != nil || len(text) > 4096 || len(expr) > 1024 {
		return "", false
	}
	form := map[syntax.ParExpOperator]string{
		syntax.RemSmallPrefix: "(?s)^()(?:%s)",
		syntax.RemLargePrefix: "(?s)^()(?:%s)",
		syntax.RemSmallSuffix: "(?s)^(.*)(?:%s)$", // a greedy start leaves the shortest end
		syntax.RemLargeSuffix: "(?s)^(.*?)(?:%s)$",
	}[op]
	re, err := regexp.Compile(strings.Replace(form, "%s", expr, 1))
	if err != nil {
		return "", false
	}
	if op == syntax.RemLargePrefix {
		re.Longest()
	}
	m := re.FindStringSubmatchIndex(text)
	switch {
	case m == nil:
		return text, true
	case op == syntax.RemSmallPrefix || op == syntax.RemLargePrefix:
		return text[m[1]:], true
	}
	return text[:m[3]], true
}

// slice gives ${x:offset:length} of a known value; of paths that are not known it knows the first slash.
func (r *reader) slice(sh *scope, s *syntax.Slice, name string, v variable) (string, bool) {
	offset, ok1 := r.number(sh, s.Offset, 0)
	length, ok2 := r.number(sh, s.Length, 1<<30)
	if !ok1 || !ok2 {
		return "", false
	}
	if !v.known {
		switch name {
		case "PATH", "PWD", "OLDPWD", "HOME", "SHELL", "BASH", "TMPDIR":
			return "/", offset == 0 && length == 1
		}
		return "", false
	}
	runes := []rune(v.text)
	if offset < 0 {
		offset += len(runes)
	}
	if offset < 0 || offset > len(runes) {
		return "", true
	}
	end := offset + length
	if length < 0 {
		end = len(runes) + length
	}
	if end = min(end, len(runes)); end < offset {
		return "", true
	}
	return string(runes[offset:end]), true
}

func (r *reader) replace(sh *scope, repl *syntax.Replace, v variable) (string, bool) {
	orig := r.value(sh, repl.Orig)
	with := field{}
	with.Known = true
	if repl.With != nil {
		with = r.value(sh, repl.With)
	}
	if !v.known || !orig.Known || !with.Known || len(v.text) > 4096 {
		return "", false
	}
	pat, anchor := patternText(repl.Orig, orig.Text), ""
	if pat != "" && (pat[0] == '#' || pat[0] == '%') && !repl.All {
		pat, anchor = pat[1:], pat[:1]
	}
	if pat == "" {
		switch anchor {
		case "#":
			return with.Text + v.text, true
		case "%":
			return v.text + with.Text, true
		}
		return v.text, true
	}
	expr, err := pattern.Regexp(pat, 0)
	if err != nil || len(expr) > 1024 {
		return "", false
	}
	switch anchor {
	case "#":
		expr = "^(?:" + expr + ")"
	case "%":
		expr = "(?:" + expr + ")$"
	}
	re, err := regexp.Compile("(?s)" + expr)
	if err != nil {
		return "", false
	}
	if repl.All {
		return re.ReplaceAllLiteralString(v.text, with.Text), true
	}
	loc := re.FindStringIndex(v.text)
	if loc == nil {
		return v.text, true
	}
	return v.text[:loc[0]] + with.Text + v.text[loc[1]:], true
}

// indirect expands ${!x}; the lists of names that ${!x*} and ${!x[@]} give are not known.
func (r *reader) indirect(sh *scope, pe *syntax.ParamExp, v variable, double bool) []piece {
	if pe.Names != 0 || pe.Index != nil || !v.known || !syntax.ValidName(v.text) {
		return one("", false, pe.Names != 0, v.from, double)
	}
	named := r.lookup(sh, v.text)
	named.from = worse(named.from, "shaped")
	return r.operate(sh, pe, v.text, named, double)
}
