package inline

import "strings"

// statement reads one statement as far as it matters: imports, loops and expressions.
func (r *reader) statement() {
	r.steps++
	t := r.tok()
	if t.kind == ident {
		switch t.text {
		case "import", "from":
			if r.importing() {
				return
			}
		case "for", "foreach":
			r.loops = true
			r.loop()
			return
		case "while", "until", "loop", "repeat":
			r.loops = true
			r.pos++
			return
		case "def", "function", "sub", "class", "fn":
			r.definition()
			return
		case "const", "let", "var", "my", "our", "local", "global", "nonlocal", "static", "public", "private":
			r.pos++
			return
		}
	}
	switch {
	case t.kind == nl, t.kind == op && (t.text == ";" || t.text == "}" || t.text == ")" || t.text == "]" || t.text == ":" || t.text == ","):
		r.pos++
		return
	case t.kind == op && t.text == "{" && r.destructures():
		return
	case t.kind == ident && r.tupleAssign():
		return
	}
	r.expr()
}

// importing reads the import forms of python and JavaScript.
func (r *reader) importing() bool {
	switch r.name {
	case "python":
		return r.pythonImport()
	case "node":
		return r.jsImport()
	}
	return false
}

func (r *reader) pythonImport() bool {
	if r.accept("from") {
		module := r.dotted()
		if !r.accept("import") {
			return true
		}
		for !r.done() && r.tok().kind != nl && !r.isOp(";") {
			r.importedName(module + ".")
		}
		return true
	}
	if r.at(1).kind != ident {
		return false
	}
	r.pos++
	for !r.done() && r.tok().kind != nl && !r.isOp(";") {
		r.importedName("")
	}
	return true
}

// importedName reads "a.b as c" and a comma.
func (r *reader) importedName(prefix string) {
	if r.tok().kind != ident {
		if r.isOp("*") {
			r.vars["*"] = ref(strings.TrimSuffix(prefix, "."))
		}
		r.pos++
		return
	}
	name := r.dotted()
	as := name
	if r.accept("as") {
		as = r.tok().text
		r.pos++
	}
	if prefix == "" && as == name {
		first, _, _ := strings.Cut(name, ".")
		r.vars[first] = ref(first)
		return
	}
	r.vars[as] = ref(prefix + name)
}

func (r *reader) dotted() string {
	var b strings.Builder
	for !r.done() {
		t := r.tok()
		if t.kind == ident && t.text != "import" && t.text != "as" || t.kind == op && t.text == "." {
			b.WriteString(t.text)
			r.pos++
			if t.kind == ident && !r.isOp(".") {
				break
			}
			continue
		}
		break
	}
	return b.String()
}

// jsImport reads import x, {a as b} from "m"; import("m") is a call.
func (r *reader) jsImport() bool {
	if r.at(1).kind == op && (r.at(1).text == "(" || r.at(1).text == ".") {
		return false
	}
	r.pos++
	type pair struct{ name, as string }
	var names []pair
	for !r.done() && r.tok().kind != str && r.tok().kind != nl && !r.isOp(";") {
		t := r.tok()
		r.pos++
		switch {
		case t.kind == ident && t.text == "from":
		case t.kind == ident && t.text == "as" && len(names) > 0:
			names[len(names)-1].as = r.tok().text
			r.pos++
		case t.kind == ident:
			names = append(names, pair{t.text, t.text})
		case t.kind == op && t.text == "*":
			names = append(names, pair{"*", "*"})
		}
	}
	if r.tok().kind != str {
		return true
	}
	module := r.tok().text
	r.pos++
	braces := r.hadBrace(len(names))
	for _, n := range names {
		if n.name == "*" || n.name == "default" || !braces {
			r.vars[n.as] = ref(module)
		} else {
			r.vars[n.as] = ref(module + "." + n.name)
		}
	}
	return true
}

// hadBrace looks back for a brace in the import just read.
func (r *reader) hadBrace(names int) bool {
	for i := r.pos - 1; i >= 0 && i > r.pos-4*names-8; i-- {
		t := r.tokens[i]
		if t.kind == op && t.text == "}" {
			return true
		}
		if t.kind == ident && t.text == "import" {
			return false
		}
	}
	return false
}

// destructures reads const {a, b: c} = VALUE.
func (r *reader) destructures() bool {
	depth, i := 0, r.pos
	for ; i < len(r.tokens) && i < r.pos+200; i++ {
		if t := r.tokens[i]; t.kind == op && t.text == "{" {
			depth++
		} else if t.kind == op && t.text == "}" {
			if depth--; depth == 0 {
				break
			}
		}
	}
	if i+1 >= len(r.tokens) || r.tokens[i+1].kind != op || r.tokens[i+1].text != "=" {
		return false
	}
	inside := r.tokens[r.pos+1 : i]
	r.pos = i + 2
	v := r.expr()
	for j := 0; j < len(inside); j++ {
		if inside[j].kind != ident {
			continue
		}
		name, as := inside[j].text, inside[j].text
		if j+2 < len(inside) && inside[j+1].text == ":" && inside[j+2].kind == ident {
			as = inside[j+2].text
			j += 2
		}
		if v.ref != "" {
			r.vars[as] = ref(v.ref + "." + name)
		} else {
			r.vars[as] = value{from: v.from}
		}
	}
	return true
}

// tupleAssign reads a, b = x, y.
func (r *reader) tupleAssign() bool {
	var names []string
	i := r.pos
	for i+1 < len(r.tokens) && r.tokens[i].kind == ident && r.tokens[i+1].kind == op && r.tokens[i+1].text == "," {
		names = append(names, r.tokens[i].text)
		i += 2
	}
	if len(names) == 0 || i+1 >= len(r.tokens) || r.tokens[i].kind != ident || r.tokens[i+1].kind != op || r.tokens[i+1].text != "=" {
		return false
	}
	names = append(names, r.tokens[i].text)
	r.pos = i + 2
	var vs []value
	for {
		vs = append(vs, r.expr())
		if !r.accept(",") {
			break
		}
	}
	if len(vs) == 1 && vs[0].isList {
		vs = vs[0].list
	}
	for j, n := range names {
		if j < len(vs) {
			r.vars[n] = vs[j]
		} else {
			delete(r.vars, n)
		}
	}
	return true
}

// loop reads the head of a for: its variable takes the elements of a literal list.
func (r *reader) loop() {
	r.pos++
	for r.tok().kind == ident && (r.tok().text == "const" || r.tok().text == "let" || r.tok().text == "var" || r.tok().text == "my" || r.tok().text == "each") || r.isOp("(") && r.tok().text == "(" {
		r.pos++
	}
	if r.tok().kind != ident {
		return
	}
	name := r.tok().text
	next := r.at(1)
	switch {
	case next.kind == ident && (next.text == "in" || next.text == "of"):
		r.pos += 2
		r.vars[name] = element(r.expr())
	case next.kind == op && next.text == "(" && strings.HasPrefix(name, "$"):
		r.pos++
		r.vars[name] = element(r.expr())
	}
}

// element is one of a list's values.
func element(v value) value {
	if v.isList && len(v.list) > 0 {
		return value{alts: v.list, from: v.from}
	}
	return value{from: v.from, path: v.path, ref: elementRef(v.ref)}
}

// elementRef: iterating over a folder's paths gives paths.
func elementRef(ref string) string {
	if ref == "@paths" {
		return "@path"
	}
	return ""
}

// definition skips a function's head; its body is read where it stands, as if it were called.
func (r *reader) definition() {
	r.pos++
	if r.tok().kind == ident {
		r.pos++
	}
	if r.isOp("(") {
		r.skipGroup("(", ")")
	}
}

func (r *reader) skipGroup(open, close string) {
	depth := 0
	for !r.done() {
		switch {
		case r.isOp(open):
			depth++
		case r.isOp(close):
			depth--
		}
		r.pos++
		if depth == 0 {
			return
		}
	}
}
