package inline

import "strings"

// expr reads an expression with the signs that join it and returns what is known of its value. It always
// moves on by at least one token unless the expression is empty.
func (r *reader) expr() value {
	if r.depth > maxDepth {
		r.unresolved("the code is nested deeper than writ follows")
		r.pos++
		return value{}
	}
	r.depth++
	defer func() { r.depth-- }()
	v := r.operand()
	for !r.done() {
		r.steps++
		t := r.tok()
		switch {
		case t.kind == op && (t.text == "=" || t.text == ":=" || t.text == "||=" || t.text == "??="):
			v = r.assign(v)
		case t.kind == op && (t.text == "+=" || t.text == ".="):
			r.pos++
			v = r.store(v, join(v, r.expr()))
		case t.kind == op && (t.text == "+" || t.text == r.syntax.dot || t.text == ".." && r.name == "lua"):
			r.pos++
			r.skipLines()
			v = join(v, r.operand())
		case t.kind == str && v.known && !v.callee && (r.name == "python" || r.name == "awk") && r.tokens[r.pos-1].kind == str:
			v = join(v, r.operand())
		case t.kind == op && t.text == "%" && v.known && r.name != "perl":
			r.pos++
			v = format(v, r.operand())
		case t.kind == op && t.text == "/" && (v.ref == "@path" || v.path != ""):
			r.pos++
			v = joinPath(v, r.operand())
		case t.kind == op && t.text == "*" && v.known:
			r.pos++
			v = value{from: v.from | r.operand().from}
		case t.kind == ident && t.text == "as" && r.name == "python":
			r.pos++
			r.vars[r.tok().text] = v
			r.pos++
		case t.kind == ident && (t.text == "for" || t.text == "foreach") && r.name == "python":
			r.comprehension(v)
			v = value{from: v.from}
		case t.kind == ident && (t.text == "while" || t.text == "until") && r.name != "python":
			r.loops = true
			r.pos++
		case t.kind == op && binary[t.text], t.kind == ident && binary[t.text]:
			r.pos++
			r.skipLines()
			w := r.operand()
			v = either(t.text, v, w)
		default:
			return v
		}
	}
	return v
}

// binary are signs and words that join two expressions into something unknown.
var binary = map[string]bool{"-": true, "*": true, "/": true, "//": true, "**": true, "%": true, "==": true, "===": true, "!=": true, "!==": true, "<": true, ">": true, "<=": true, ">=": true, "&&": true, "||": true, "??": true,
	"&": true, "|": true, "^": true, "<<": true, ">>": true, "=>": true, "?": true, "=~": true, "!~": true, "<=>": true, "-=": true,
	"and": true, "or": true, "in": true, "is": true, "not": true, "if": true, "else": true, "unless": true, "x": false, "eq": true, "ne": true, "instanceof": true, "of": true, "then": true}

// either keeps the side that matters: of `a || b` and `x ? a : b` the one that is known.
func either(sign string, a, b value) value {
	o := a.from | b.from
	switch sign {
	case "||", "??", "or", "?", "=>", "&&", "and", "else":
		if b.ref != "" || b.known || b.isList {
			b.from |= o
			return b
		}
		if a.ref != "" || a.known {
			a.from |= o
			return a
		}
	case "if":
		a.from |= b.from
		return a
	}
	return value{from: o}
}

// comprehension reads `for x in LIST` behind an expression that was read before its variable was known, so
// the expression is read again.
func (r *reader) comprehension(value) {
	r.loops = true
	start := r.openBefore()
	r.pos++
	if r.tok().kind != ident {
		return
	}
	name := r.tok().text
	r.pos++
	if !r.accept("in") {
		return
	}
	e := element(r.operand())
	after := r.pos
	if old, ok := r.vars[name]; !ok || !old.known {
		r.vars[name] = e
		if len(e.alts) > 0 || e.ref != "" {
			r.pos = start
			r.operand()
		}
		r.pos = after
	}
}

// openBefore is where the innermost bracket before the position opens.
func (r *reader) openBefore() int {
	depth := 0
	for i := r.pos - 1; i >= max(0, r.pos-500); i-- {
		switch t := r.tokens[i]; {
		case t.kind != op:
		case t.text == ")" || t.text == "]" || t.text == "}":
			depth++
		case t.text == "(" || t.text == "[" || t.text == "{":
			if depth == 0 {
				return i + 1
			}
			depth--
		}
	}
	return r.pos
}

// assign reads the right side and keeps it under the name on the left.
func (r *reader) assign(left value) value {
	r.pos++
	r.skipLines()
	return r.store(left, r.expr())
}

// store keeps a value under the name that the left side refers to.
func (r *reader) store(left, v value) value {
	name := left.ref
	if left.callee || name == "" {
		return v
	}
	if v.ref == "" && !v.known && !v.isList && v.from == 0 && len(v.alts) == 0 && v.path == "" && v.dict == nil {
		v = value{ref: ""}
	}
	r.vars[plainName(name)] = v
	r.assigned(name, v)
	return v
}

// plainName drops perl's sigils, so that $x, @x and %x share their value.
func plainName(name string) string { return strings.TrimLeft(name, "$@%&") }

// maxText and maxList bound what is kept of one value: text that is put together may double at every step.
const (
	maxText = 64 << 10
	maxList = 4096
)

// join is the text of two values put together.
func join(a, b value) value {
	if a.ref == "@path" || b.ref == "@path" {
		a.text, b.text = pathText(a), pathText(b)
	}
	out := value{from: a.from | b.from}
	switch {
	case len(a.text)+len(b.text)+len(a.path) > maxText || len(a.list)+len(b.list) > maxList:
	case a.known && b.known:
		out.text, out.known = a.text+b.text, true
	case a.isList && b.isList:
		out = listOf(append(a.list[:len(a.list):len(a.list)], b.list...))
	case a.known && len(a.text) > 0:
		out.path = a.text // what is known of a path or URL that begins so
	case a.path != "" && a.ref == "":
		out.path = a.path
	}
	return out
}

func pathText(v value) string {
	if v.known {
		return v.text
	}
	return v.path
}

// joinPath is a path object divided by a name.
func joinPath(a, b value) value {
	return value{ref: "@path", path: strings.TrimSuffix(pathText(a), "/") + "/" + pathText(b), from: a.from | b.from}
}

// format fills %s into a literal.
func format(f, args value) value {
	vs := args.list
	if !args.isList {
		vs = []value{args}
	}
	out := lit("")
	rest := f.text
	for _, v := range vs {
		i := strings.Index(rest, "%")
		if i < 0 || i+1 >= len(rest) {
			break
		}
		out = join(out, lit(rest[:i]))
		out = join(out, v)
		rest = rest[i+2:]
	}
	return join(out, lit(rest))
}

// operand reads one operand with what follows it directly: calls, members, indexes.
func (r *reader) operand() value {
	r.steps++
	return r.postfix(r.primary())
}

// prefixWords stand before an operand and change nothing here.
var prefixWords = map[string]bool{"await": true, "new": true, "not": true, "return": true, "yield": true, "typeof": true, "void": true, "delete": true, "throw": true, "raise": true, "if": true, "elif": true, "else": true, "unless": true, "elsif": true, "print": false, "lambda": false,
	"assert": true, "async": true, "with": true, "try": true, "finally": true, "do": true, "then": true, "begin": true, "case": true, "when": true, "in": true, "and": true, "or": true, "echo": true, "let": true, "const": true, "var": true, "my": true, "our": true, "local": true, "del": true, "export": true, "default": true, "puts": false, "use": false, "end": true, "while": true, "until": true}

func (r *reader) primary() value {
	t := r.tok()
	switch t.kind {
	case str:
		r.pos++
		return r.filled(t)
	case shell:
		r.pos++
		v := r.filled(t)
		r.shellLine(v, "`…`")
		return from(fromCommand)
	case num:
		r.pos++
		return lit(t.text)
	case ident:
		return r.word(t)
	case op:
		return r.signed(t)
	}
	return value{}
}

// word reads a name: a keyword, a variable or a plain name.
func (r *reader) word(t token) value {
	switch {
	case t.text == "while" || t.text == "until":
		r.loops = true
		fallthrough
	case prefixWords[t.text] && !(r.at(1).kind == op && (r.at(1).text == "." || r.at(1).text == "=" || r.at(1).text == "=>")):
		r.pos++
		if r.tok().kind == nl || r.isOp(";") || r.isOp(")") || r.isOp("}") || r.isOp("]") || r.isOp(",") || r.done() {
			return value{}
		}
		return r.operand()
	case t.text == "lambda":
		for !r.done() && !r.isOp(":") && r.tok().kind != nl {
			r.pos++
		}
		r.pos++
		return r.expr()
	case t.text == "function" || t.text == "def" || t.text == "sub" || t.text == "class":
		r.definition()
		return value{}
	case t.text == "import" && r.name == "python":
		r.importing()
		return value{}
	}
	r.pos++
	name := plainName(t.text)
	if v, ok := r.vars[name]; ok && !(r.isOp("=") || r.isOp(":=")) {
		if v.ref == "" && !v.known {
			v.callee = false
		}
		return r.remember(v, name)
	}
	if v, ok := r.reads[r.normal(name)]; ok {
		return v
	}
	if star, ok := r.vars["*"]; ok && r.calls[r.normal(star.ref+"."+name)] != nil {
		return ref(star.ref + "." + name)
	}
	return ref(name)
}

// remember keeps a variable's own name on a value that has no other, so that it can be assigned again and its
// methods can be named.
func (r *reader) remember(v value, name string) value {
	if v.ref == "" && (r.isOp("+=") || r.isOp(".=")) {
		v.ref = name
	}
	return v
}

// signed reads groups, lists, maps and prefix signs.
func (r *reader) signed(t token) value {
	switch t.text {
	case "(":
		r.pos++
		vs := r.listUntil(")", nil)
		if len(vs) == 1 {
			return vs[0]
		}
		return listOf(vs)
	case "[":
		r.pos++
		return listOf(r.listUntil("]", nil))
	case "{":
		return r.braces()
	case "!", "~", "-", "+", "*", "**", "&", "...", "\\", "@", "<", "++", "--", "->", "$", "%", "?", ":", ".", "/":
		r.pos++
		if r.tok().kind == ident || r.tok().kind == str || r.tok().kind == num || r.isOp("(") || r.isOp("[") || r.isOp("{") {
			v := r.operand()
			if t.text == ":" && v.ref != "" { // ruby's :symbol
				return lit(v.ref)
			}
			return v
		}
		return value{}
	case ")", "]", "}", ",", ";":
		return value{}
	}
	r.pos++
	return value{}
}

// filled is a string with its fields filled in as far as they are known.
func (r *reader) filled(t token) value {
	if t.parts == nil {
		v := lit(t.text)
		if t.hidden {
			v.from = fromDecode
		}
		return v
	}
	out := lit("")
	for _, p := range t.parts {
		if p.expr == "" {
			out = join(out, lit(p.text))
			continue
		}
		out = join(out, r.sub(p.expr))
	}
	return out
}

// sub evaluates an expression inside a string.
func (r *reader) sub(code string) value {
	if r.depth > maxDepth/2 {
		return value{}
	}
	saved, at := r.tokens, r.pos
	r.tokens, r.pos = lex(code, r.syntax), 0
	var v value
	for !r.done() {
		before := r.pos
		v = r.expr()
		if r.pos == before {
			r.pos++
		}
	}
	r.tokens, r.pos = saved, at
	return v
}

// listUntil reads values separated by commas up to the closing sign; named ones go into kw.
func (r *reader) listUntil(close string, kw map[string]value) []value {
	var out []value
	for !r.done() {
		r.skipLines()
		if r.accept(close) {
			return out
		}
		if r.isOp(",") {
			r.pos++
			continue
		}
		before := r.pos
		if name, ok := r.keyword(); ok && kw != nil {
			kw[name] = r.expr()
		} else {
			out = append(out, r.expr())
		}
		if r.pos == before {
			r.pos++
		}
	}
	return out
}

// keyword reads name=, name: or name => before a value.
func (r *reader) keyword() (string, bool) {
	t, n := r.tok(), r.at(1)
	if (t.kind == ident || t.kind == str) && n.kind == op && (n.text == "=" && t.kind == ident || n.text == ":" && r.name != "perl" && r.name != "php" || n.text == "=>" && r.name != "node") {
		r.pos += 2
		r.skipLines()
		return plainName(t.text), true
	}
	return "", false
}

// pair reads name: or name => before a value; name= in braces is an assignment.
func (r *reader) pair() (string, bool) {
	if n := r.at(1); n.kind == op && n.text == "=" {
		return "", false
	}
	return r.keyword()
}

// braces reads a map or a block: pairs are kept, statements are read.
func (r *reader) braces() value {
	r.pos++
	out := value{dict: map[string]value{}}
	for !r.done() {
		r.skipLines()
		if r.accept("}") {
			break
		}
		if name, ok := r.pair(); ok {
			v := r.expr()
			out.dict[name] = v
			out.from |= v.from
			continue
		}
		before := r.pos
		if r.isOp("...") {
			r.pos++
			v := r.operand()
			out.from |= v.from
			continue
		}
		r.statement()
		if r.pos == before {
			r.pos++
		}
	}
	return out
}

// postfix reads what follows an operand directly.
func (r *reader) postfix(v value) value {
	for !r.done() {
		r.steps++
		t := r.tok()
		switch {
		case t.kind == op && (t.text == "." || t.text == "?." || t.text == "->" || t.text == "::" || t.text == ":" && r.name == "lua") && !(t.text == r.syntax.dot && (t.text != "." || r.name != "node" && r.name != "python")) && r.at(1).kind == ident && !(t.text == "." && r.syntax.dot == "."):
			r.pos += 2
			v = r.member(v, r.tokens[r.pos-1].text)
		case t.kind == nl && r.at(1).kind == op && (r.at(1).text == "." || r.at(1).text == "?.") && r.at(2).kind == ident && r.syntax.dot != ".":
			r.pos++
		case t.kind == op && (t.text == "?." || t.text == "->" || t.text == ".") && r.at(1).kind == op && (r.at(1).text == "[" || r.at(1).text == "(" || r.at(1).text == "{") && r.syntax.dot != t.text:
			r.pos++
		case t.kind == op && t.text == "(":
			if v.ref == "" && t.space && r.name != "python" && v.known {
				return v
			}
			if r.name == "php" && v.known && v.ref == "" { // a function by its name
				v = ref(v.text)
			}
			r.pos++
			c := call{recv: v, kw: map[string]value{}}
			c.args = r.listUntil(")", c.kw)
			v = r.invoke(v, c)
		case t.kind == str && r.tagged(v):
			r.pos++
			v = r.invoke(v, call{recv: v, args: []value{r.filled(t)}})
		case t.kind == op && t.text == "[" && !(t.space && r.syntax.commands):
			r.pos++
			v = r.index(v, r.listUntil("]", nil))
		case t.kind == op && t.text == "{" && (r.name == "perl") && !t.space && v.ref != "" && r.at(1).kind != op && r.at(2).text == "}":
			key := r.at(1)
			r.pos += 3
			v = r.index(v, []value{lit(key.text)})
		case r.syntax.commands && v.ref != "" && !v.callee && r.commandArgs(v, t):
			c := call{recv: v, kw: map[string]value{}}
			c.args = r.bareArgs(c.kw)
			v = r.invoke(v, c)
		default:
			return r.alone(v)
		}
	}
	return r.alone(v)
}

// alone: fork needs neither arguments nor parentheses where calls may go without.
func (r *reader) alone(v value) value {
	if r.syntax.commands && v.ref == "fork" {
		r.forks = true
	}
	if r.syntax.commands && bareActs[lastName(v.ref)] && strings.Contains(v.ref, ".") {
		return r.invoke(v, call{recv: v})
	}
	return v
}

// bareActs are methods that act without arguments and parentheses.
var bareActs = words("destroy_all delete_all flushall flushdb unlink rmtree")

// tagged: a template directly behind a name is a call in JavaScript.
func (r *reader) tagged(v value) bool {
	return r.syntax.template && v.ref != "" && !r.tok().space && r.tok().parts == nil && strings.Contains(r.normal(v.ref), ".") && r.calls[r.normal(v.ref)] != nil
}

// commandArgs tells whether a call without parentheses begins: a known name and something that starts a value.
func (r *reader) commandArgs(v value, t token) bool {
	name := r.normal(v.ref)
	if r.calls[name] == nil && r.calls[lastName(name)] == nil {
		return false
	}
	switch t.kind {
	case str, num, shell:
		return true
	case ident:
		return t.space && !binary[t.text] && t.text != "if" && t.text != "for" && t.text != "foreach" && t.text != "while" && t.text != "unless" && t.text != "do"
	case op:
		return t.space && (t.text == "[" || t.text == "\\" || t.text == "%" || t.text == "<" && r.name == "perl" || t.text == "*" && r.name == "ruby" || t.text == ":" && r.name == "ruby")
	}
	return false
}

// bareArgs reads arguments up to the end of the line or statement.
func (r *reader) bareArgs(kw map[string]value) []value {
	var out []value
	for !r.done() && r.tok().kind != nl && !r.isOp(";") && !r.isOp("}") && !r.isOp(")") {
		before := r.pos
		if name, ok := r.keyword(); ok {
			kw[name] = r.expr()
		} else {
			out = append(out, r.expr())
		}
		if r.pos == before || !r.accept(",") {
			break
		}
	}
	return out
}

func lastName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// member is a value's attribute: the name grows, known attributes are filled in.
func (r *reader) member(v value, name string) value {
	full := r.normal(v.ref + "." + name)
	if v.ref == "" || v.known || v.isList {
		full = "." + name
	}
	if got, ok := r.reads[full]; ok {
		got.from |= v.from
		return got
	}
	out := value{ref: full, from: v.from, path: v.path}
	if v.known || v.isList || v.ref == "@path" {
		out.dict = map[string]value{"": v} // the object a method is called on
	}
	if got, ok := v.dict[name]; ok && v.ref == "" {
		return got
	}
	return out
}

// index is a value's element: a name, a literal list's element, or something unknown of the same origin.
func (r *reader) index(v value, idx []value) value {
	i := value{}
	if len(idx) > 0 {
		i = idx[0]
	}
	switch {
	case v.isList && i.known && isNumber(i.text) && len(i.text) < 6:
		if n := atoi(i.text); n < len(v.list) {
			return v.list[n]
		}
	case i.known && !isNumber(i.text) && v.dict != nil && v.ref == "":
		return v.dict[i.text]
	case i.known && v.ref != "" && !isNumber(i.text):
		return r.member(v, i.text)
	case v.known && len(idx) >= 1 && r.reversed():
		return lit(reverse(v.text))
	}
	return value{from: v.from, path: v.path, alts: v.alts, ref: elementRef(v.ref)}
}

// reversed tells whether the index just read was [::-1].
func (r *reader) reversed() bool {
	i := r.pos
	return i >= 4 && r.tokens[i-2].text == "1" && r.tokens[i-3].text == "-" && (r.tokens[i-4].text == ":" || r.tokens[i-4].text == "::")
}

func reverse(s string) string {
	rs := []rune(s)
	for i, j := 0, len(rs)-1; i < j; i, j = i+1, j-1 {
		rs[i], rs[j] = rs[j], rs[i]
	}
	return string(rs)
}

func atoi(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if isDigit(s[i]) {
			n = n*10 + int(s[i]-'0')
		}
	}
	return n
}
