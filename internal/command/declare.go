package command

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"writ/internal/catalog"
)

// declare reads export, declare, local, readonly, typeset and nameref.
func (r *reader) declare(sh *scope, d *syntax.DeclClause, redirs []*syntax.Redirect, in *flow) flow {
	outer := r.in
	r.in = in
	defer func() { r.in = outer }()
	fields := []field{literal(d.Variant.Value)}
	options := ""
	for _, a := range d.Args {
		if a.Naked && a.Name == nil {
			for _, f := range r.fields(sh, []*syntax.Word{a.Value}) {
				if strings.HasPrefix(f.Text, "-") {
					options += f.Text[1:]
				}
				if name, text, ok := strings.Cut(f.Text, "="); ok && syntax.ValidName(name) {
					sh.set(name, variable{text: text, known: f.Known, from: f.from})
				}
				fields = append(fields, f)
			}
			continue
		}
		fields = append(fields, r.declareOne(sh, a, d.Variant.Value, options))
	}
	r.hiddenIndex(sh, fields)
	io := r.redirect(sh, redirs, in, fields)
	call := catalog.Call{Args: wordsOf(fields)}
	for _, e := range look(call).Effects {
		r.settle(sh, e, fields)
	}
	r.deliver(sh, io, flow{known: true})
	return flow{known: true}
}

func (r *reader) declareOne(sh *scope, a *syntax.Assign, variant, options string) field {
	name := a.Name.Value
	if a.Naked {
		if v, ok := sh.vars[name]; ok {
			v.exported = v.exported || variant == "export" || strings.Contains(options, "x")
			sh.vars[name] = v
		} else if variant == "local" || variant == "declare" {
			sh.set(name, variable{known: true})
		}
		return literal(name)
	}
	v := r.assign(sh, a)
	v.exported = variant == "export" || strings.Contains(options, "x")
	switch {
	case variant == "nameref" || strings.Contains(options, "n"):
		v = variable{ref: v.text}
		if v.ref == name || !syntax.ValidName(v.ref) {
			v = variable{}
		}
	case strings.Contains(options, "u"):
		v.text = strings.ToUpper(v.text)
	case strings.Contains(options, "l"):
		v.text = strings.ToLower(v.text)
	case strings.Contains(options, "i"):
		v = variable{known: v.known && strings.Trim(v.text, "0123456789") == "", text: v.text}
	}
	sh.set(name, v)
	return field{Word: catalog.Word{Text: name + "=" + v.text, Known: v.known && !v.isList, Raw: r.raw(a)}, from: v.from}
}
