package command

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"writ/internal/catalog"
)

// listPieces expands "$@", $*, ${a[@]} and their slices.
func (r *reader) listPieces(sh *scope, list []field, known bool, pe *syntax.ParamExp, at, double bool) []piece {
	if !known {
		return []piece{{unknown: true, quoted: double, split: !double}}
	}
	if pe.Slice != nil {
		list, known = r.sliceList(sh, list, pe)
		if !known {
			return []piece{{unknown: true, quoted: double}}
		}
	}
	if len(list) == 0 && pe.Exp != nil {
		return r.operator(sh, pe, "", variable{known: true}, double)
	}
	var out []piece
	for i, f := range list {
		if i > 0 {
			if at || !double {
				out = append(out, piece{brk: true})
			} else {
				out = append(out, piece{text: firstByte(r.ifs(sh)), quoted: true})
			}
		}
		p := piece{text: f.Text, quoted: double, split: !double, from: f.from, unknown: !f.Known, stand: !f.Known, atom: f.atom}
		if pe.Repl != nil || pe.Exp != nil {
			changed := r.operate(sh, pe, "", variable{text: f.Text, known: f.Known, from: f.from}, double)
			out = append(out, changed...)
			continue
		}
		out = append(out, p)
	}
	return out
}

func firstByte(s string) string {
	if s == "" {
		return ""
	}
	return s[:1]
}

func (r *reader) sliceList(sh *scope, list []field, pe *syntax.ParamExp) ([]field, bool) {
	offset, ok1 := r.number(sh, pe.Slice.Offset, 0)
	length, ok2 := r.number(sh, pe.Slice.Length, 1<<30)
	if !ok1 || !ok2 {
		return nil, false
	}
	if pe.Param.Value == "@" || pe.Param.Value == "*" {
		if offset == 0 {
			list = append([]field{literal("bash")}, list...)
		} else if offset > 0 {
			offset--
		}
	}
	if offset < 0 {
		offset += len(list)
	}
	if offset < 0 || offset >= len(list) || length < 0 {
		return nil, true
	}
	return list[offset:min(offset+length, len(list))], true
}

// element gives one entry of an array; without an index it is the first.
func (r *reader) element(sh *scope, v variable, index syntax.ArithmExpr) variable {
	if !v.isList && v.assoc == nil {
		if n, ok := r.number(sh, index, 0); ok && n == 0 {
			return v
		}
		return variable{from: v.from}
	}
	if v.assoc != nil {
		if w, ok := index.(*syntax.Word); ok {
			key := r.value(sh, w)
			text, has := v.assoc[key.Text]
			return variable{text: text, known: key.Known && has, from: v.from}
		}
		return variable{from: v.from}
	}
	n, ok := r.number(sh, index, 0)
	if n < 0 {
		n += len(v.list)
	}
	if !ok || n < 0 || n >= len(v.list) {
		return variable{from: v.from, known: ok}
	}
	f := v.list[n]
	return variable{text: f.Text, known: f.Known, from: f.from}
}

// assign gives a variable the value of an assignment.
func (r *reader) assign(sh *scope, a *syntax.Assign) variable {
	name := a.Name.Value
	old := sh.vars[name]
	if w, ok := a.Index.(*syntax.Word); ok && len(w.Parts) > 0 {
		if _, ok := w.Parts[0].(*syntax.CmdSubst); ok {
			r.obfuscated(sh, "a command in the index of an array", []string{r.raw(a)})
		}
	}
	if a.Array != nil {
		return r.array(sh, a, old)
	}
	f := r.value(sh, a.Value)
	if a.Index != nil {
		return r.assignElement(sh, a, old, f)
	}
	v := variable{text: f.Text, known: f.Known, from: f.from}
	if a.Append {
		before := r.lookup(sh, name)
		v = variable{text: before.text + f.Text, known: before.known && f.Known, from: worse(before.from, f.from)}
		if !before.known && before.from == "" && f.Known && !old.isList {
			if _, had := sh.vars[name]; !had {
				v.known = true // nothing before in the usual case
			}
		}
		if len(v.text) > maxValue {
			v = variable{}
		}
	}
	if a.Value != nil && !f.Known && f.Text != "" {
		v.text = f.Text
	}
	return v
}

func (r *reader) array(sh *scope, a *syntax.Assign, old variable) variable {
	v := variable{isList: true, known: true}
	if a.Append && old.isList {
		v.list = append(v.list, old.list...)
	}
	for _, e := range a.Array.Elems {
		if e.Value == nil {
			continue
		}
		if w, ok := e.Index.(*syntax.Word); ok {
			key := r.value(sh, w)
			val := r.value(sh, e.Value)
			if v.assoc == nil {
				v.assoc = map[string]string{}
			}
			if key.Known && val.Known {
				v.assoc[key.Text] = val.Text
			}
			v.list = append(v.list, val)
			continue
		}
		v.list = append(v.list, r.fields(sh, []*syntax.Word{e.Value})...)
		if len(v.list) > maxFields {
			r.bound("an array has too many elements")
			break
		}
	}
	if v.assoc != nil && numeric(v.assoc) {
		v.assoc = nil
	}
	return v
}

func numeric(m map[string]string) bool {
	for k := range m {
		if strings.Trim(k, "0123456789") != "" {
			return false
		}
	}
	return true
}

func (r *reader) assignElement(sh *scope, a *syntax.Assign, old variable, f field) variable {
	v := old
	w, isWord := a.Index.(*syntax.Word)
	n, ok := r.number(sh, a.Index, 0)
	if old.assoc != nil || !ok && isWord {
		key := r.value(sh, w)
		m := map[string]string{}
		for k, t := range old.assoc {
			m[k] = t
		}
		if key.Known && f.Known {
			m[key.Text] = f.Text
		}
		v.assoc, v.known = m, true
		return v
	}
	if !ok || n < 0 || n > maxFields {
		return variable{isList: true}
	}
	list := append([]field{}, old.list...)
	for len(list) <= n {
		list = append(list, field{Word: catalog.Word{Known: true}})
	}
	list[n] = f
	return variable{isList: true, known: true, list: list, exported: old.exported}
}
