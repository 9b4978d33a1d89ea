package command

import (
	"slices"
	"strings"

	"writ/internal/catalog"
	"writ/internal/effect"
	"writ/internal/inline"
)

// nested follows what a program runs or interprets.
func (r *reader) nested(sh *scope, n catalog.Nested, fields []field, in *flow) {
	if r.stopped {
		return
	}
	if r.depth >= maxDepth {
		r.bound("commands inside commands nest too deeply")
		return
	}
	r.depth++
	defer func() { r.depth-- }()
	inner := sh.sub()
	if n.Via != "" {
		inner.via = append(slices.Clip(slices.Clone(sh.via)), n.Via)
	}
	if n.Remote && !sh.remote {
		inner.remote, inner.cwd, inner.vars, inner.funcs, inner.aliases = true, "", nil, nil, nil
	}
	for _, a := range n.Assign {
		inner.set(a.Name, variable{text: a.Value.Text, known: a.Value.Known, exported: true})
	}
	switch n.Kind {
	case catalog.NestedArgv:
		r.nestedArgv(inner, n, fields, in)
	case catalog.NestedShell:
		r.nestedShell(sh, inner, n, fields, in)
	case catalog.NestedCode, catalog.NestedSQL:
		r.code(inner, n.Lang, origin(r.again(n.Text, fields, in), fields), shown(fields))
	case catalog.NestedScript:
		if n.Via == "source" || n.Via == "." {
			via := sh.via
			sh.via = inner.via // a sourced file acts on the shell itself
			r.script(sh, n, fields, in)
			sh.via = via
			return
		}
		r.script(inner, n, fields, in)
	case catalog.NestedTarget:
		r.target(inner, n, fields, in)
	default:
		r.unresolved("a nested piece of an unknown kind: "+string(n.Kind), shown(fields), inner.via)
	}
}

// again finds the field that a nested text was taken from, so that unknown parts keep their place in it. The
// catalog sees words without them.
func (r *reader) again(text catalog.Word, fields []field, in *flow) field {
	f := field{Word: text}
	if in != nil && in.known && in.stripped() == text.Text {
		f.from = in.from
		if in.partial() {
			f.Known, f.code = false, in.text
		}
		return f
	}
	if text.Known {
		return f
	}
	for _, c := range fields {
		if !c.Known && c.Text == text.Text {
			return c
		}
	}
	// several words joined by blanks, up to the end
	for i := range fields {
		var words, code []string
		from := ""
		for _, c := range fields[i:] {
			words, code = append(words, c.Text), append(code, c.asCode())
			from = worse(from, c.from)
		}
		if strings.Join(words, " ") == text.Text {
			f.code, f.from = strings.Join(code, " "), from
			return f
		}
	}
	for _, c := range fields {
		f.from = worse(f.from, c.from)
	}
	if in != nil {
		f.from = worse(f.from, taintOnly(in.from))
	}
	return f
}

// origin adds to a known nested text where it comes from: decoded text stays suspect wherever it is passed on.
func origin(f field, fields []field) field {
	for _, c := range fields {
		if f.Known && c.from != "" && c.Text == f.Text {
			f.from = c.from
		}
	}
	return f
}

// input is what a nested command reads: its own, or that of the wrapper.
func input(n catalog.Nested, in *flow) *flow {
	if n.Stdin == nil {
		return in
	}
	if in != nil && n.Stdin.Known && in.known && in.stripped() == n.Stdin.Text {
		return in
	}
	return &flow{text: n.Stdin.Text, known: n.Stdin.Known, from: n.Stdin.From, path: n.Stdin.Path}
}

// nestedArgv reads the command that a wrapper runs. Functions and aliases of the shell do not reach it.
func (r *reader) nestedArgv(sh *scope, n catalog.Nested, fields []field, in *flow) {
	sh.aliases = nil
	if n.Via != "eval" {
		sh.funcs = nil
	}
	args := make([]field, 0, len(n.Args)+1)
	for i, w := range n.Args {
		if i > maxFields*4 {
			r.bound("a command has too many words")
			break
		}
		f := r.again(w, fields, nil)
		if w.Glob && n.Via == "find -exec" && strings.HasSuffix(f.Text, "/*") {
			f.Text = strings.TrimSuffix(f.Text, "*") + picked(texts(fields)) // what find picked, not everything
		}
		args = append(args, f)
	}
	if len(args) > 0 && args[0].Known && strings.ContainsAny(args[0].Text, " \t;|&") && !strings.Contains(args[0].Text, "=") {
		// a whole line in one word: what runs it hands it to a shell
		r.shellText(sh, strings.Join(texts(args), " "), input(n, in))
		return
	}
	if n.Appends {
		args = append(args, r.appended(in)...)
	}
	if len(args) == 0 {
		return
	}
	if from := origin(args[0], fields).from; args[0].Known && (from == "shaped" || from == "decode") {
		r.obfuscated(sh, "the name of a program is decoded or cut out of a value", shown(fields))
	}
	if last := args[min(len(args), max(1, len(n.Args)))-1]; n.Appends && shells[catalog.BaseName(args[0].Text)] && len(n.Args) > 1 && strings.HasPrefix(last.Text, "-") && strings.HasSuffix(last.Text, "c") {
		r.computedShell(sh, "", shown(fields)) // what comes in is run as code
	}
	r.call(sh, args, n.Assign, input(n, in), nil)
	if n.Appends && in != nil && in.known && shells[catalog.BaseName(args[0].Text)] {
		// a shell may take a whole line as one word, as code or as a parameter of its code
		args = append(slices.Clip(args[:len(n.Args)]), literal(strings.TrimSpace(in.stripped())))
		r.call(sh, args, n.Assign, input(n, in), nil)
	}
}

func texts(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.asCode()
	}
	return out
}

// appended are the words that xargs and its kind add: those of a known input, else one that is unknown.
func (r *reader) appended(in *flow) []field {
	if in == nil {
		return []field{{Word: catalog.Word{}}}
	}
	if !in.known || in.partial() {
		f := field{from: taintOnly(in.from)}
		if pattern, ok := standIn(in.from); ok {
			f.Text, f.atom = pattern, true
		}
		return []field{f}
	}
	var out []field
	for _, w := range strings.FieldsFunc(in.text, func(c rune) bool { return c <= ' ' }) {
		out = append(out, literal(strings.Trim(w, `"'`)))
		if len(out) == maxMatches {
			break
		}
	}
	return out
}

// nestedShell reads shell text given to a wrapper.
func (r *reader) nestedShell(outer, sh *scope, n catalog.Nested, fields []field, in *flow) {
	text := origin(r.again(n.Text, fields, in), fields)
	if !text.Known && text.code == "" {
		if strings.TrimSpace(text.Text) == "" {
			r.computedShell(sh, text.from, shown(fields))
			return
		}
		r.unresolved("a part of the command line is computed", shown(fields), sh.via, "computed")
	}
	if text.from == "decode" || text.from == "shaped" {
		r.obfuscated(sh, "a decoded or cut up text is run as commands", shown(fields))
	}
	if len(n.Args) > 0 {
		sh.params, sh.isSet = nil, true
		for i, w := range n.Args {
			if i == 0 {
				sh.shell = w.Text
				continue
			}
			sh.params = append(sh.params, r.again(w, fields, nil))
		}
	} else if n.Via != "eval" && n.Via != "trap" {
		sh.params, sh.isSet = nil, false
	}
	if n.Via == "trap" {
		via := sh.via
		r.traps = append(r.traps, func() {
			outer.via = via // it acts on the shell itself, with the values that variables have at the end
			r.shellText(outer, text.asCode(), nil)
		})
		return
	}
	if n.Via == "eval" {
		via := outer.via
		outer.via = sh.via
		r.shellText(outer, text.asCode(), input(n, in))
		outer.via = via
		return
	}
	sh.aliases = nil
	r.shellText(sh, text.asCode(), input(n, in))
}

// computedShell reports shell text of which nothing is known.
func (r *reader) computedShell(sh *scope, from string, words []string) {
	if from == "network" {
		r.emit(effect.Effect{Kind: effect.ExecDownload, Words: words, Via: sh.via, Reason: "commands that come from the network are run"})
		return
	}
	why := "the commands are computed and known only when they run"
	if from == "decode" {
		why = "the commands are decoded from a text that cannot be read here"
	}
	r.unresolved(why, words, sh.via, "code")
}

// code reads interpreter code or a database statement.
func (r *reader) code(sh *scope, lang string, text field, words []string) {
	if !text.Known && strings.TrimSpace(text.Text) == "" && strings.TrimSpace(stripMarks(text.code)) == "" {
		r.computedShell(sh, text.from, words)
		return
	}
	if text.from == "decode" {
		r.obfuscated(sh, "a decoded text is run as code", words)
	}
	body := text.Text
	if len(body) > maxLine {
		r.unresolved("the code is longer than writ reads", words, sh.via, "bound")
		body = body[:maxLine]
	}
	if !text.Known {
		r.unresolved("a part of the code is computed", words, sh.via, "minor")
	}
	r.inlineCode(sh, lang, body, words)
}

func stripMarks(code string) string { return flow{text: code, known: true}.stripped() }

func (r *reader) inlineCode(sh *scope, lang, body string, words []string) {
	out := inline.Read(lang, body)
	for _, e := range out.Effects {
		if e.Words == nil {
			e.Words = words
		}
		r.settle(sh, e, nil)
	}
	for _, why := range out.Unresolved {
		r.unresolved(why, words, sh.via, "code")
	}
	for _, n := range out.Nested {
		r.inlineNested(sh, n, words)
	}
}

// inlineNested follows what a piece of code runs in turn.
func (r *reader) inlineNested(sh *scope, n inline.Nested, words []string) {
	if r.stopped || !r.step() {
		return
	}
	if r.depth >= maxDepth {
		r.bound("commands inside code nest too deeply")
		return
	}
	r.depth++
	defer func() { r.depth-- }()
	inner := sh.sub()
	inner.aliases, inner.funcs = nil, nil
	if n.Via != "" {
		inner.via = append(slices.Clip(slices.Clone(sh.via)), n.Via)
	}
	if n.Remote && !sh.remote {
		inner.remote, inner.cwd, inner.vars = true, "", nil
	}
	switch n.Kind {
	case inline.KindShell:
		r.shellText(inner, n.Text, nil)
	case inline.KindCode:
		r.inlineCode(inner, n.Lang, n.Text, words)
	case inline.KindArgv:
		args := make([]field, len(n.Args))
		for i, a := range n.Args {
			args[i] = field{Word: catalog.Word{Text: a.Text, Known: a.Known, Raw: a.Text}}
			if !a.Known {
				args[i].code = a.Text + unknownCode("")
			}
		}
		if len(args) > 0 {
			r.call(inner, args, nil, nil, nil)
		}
	case inline.KindScript:
		r.scriptFile(inner, literal(n.Path), n.Lang, nil, nil)
	default:
		r.unresolved("a nested piece of an unknown kind: "+string(n.Kind), words, inner.via)
	}
}
