package command

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
	"writ/internal/catalog"
	"writ/internal/effect"
)

// builtin carries out the shell's own commands that change what later commands mean. It tells whether the
// command is done with; otherwise the catalog is asked about it like about any program.
func (r *reader) builtin(sh *scope, fields []field, assigns []catalog.Assign, in *flow) (flow, bool) {
	args := fields[1:]
	switch fields[0].Text {
	case "cd", "chdir", "pushd", "popd":
		r.changeDir(sh, fields)
	case "eval":
		return r.eval(sh, fields, in), true
	case "alias":
		for _, f := range args {
			if name, text, ok := strings.Cut(f.Text, "="); ok && f.Known {
				sh.alias(name, text)
			}
		}
	case "unalias":
		for _, f := range args {
			delete(sh.aliases, f.Text)
		}
	case "export", "readonly", "typeset", "declare", "local":
		for _, f := range args {
			if name, text, ok := strings.Cut(f.Text, "="); ok && syntax.ValidName(name) {
				sh.set(name, variable{text: text, known: f.Known, from: f.from, exported: fields[0].Text == "export"})
			}
		}
	case "unset":
		r.hiddenIndex(sh, fields)
		for _, f := range args {
			delete(sh.funcs, f.Text)
			if _, ok := sh.vars[f.Text]; ok || r.env.Vars[f.Text] != "" {
				sh.set(f.Text, variable{known: true, unset: true})
			}
		}
	case "set":
		r.setParams(sh, args)
	case "shift":
		if len(sh.params) > 0 {
			sh.params = sh.params[1:]
		}
	case "read":
		r.hiddenIndex(sh, fields)
		r.read(sh, args, in)
	case "mapfile", "readarray":
		r.mapfile(sh, args, in)
	case "printf":
		if len(args) > 1 && args[0].Text == "-v" && args[0].Known {
			text, ok := textOutput("printf", append([]field{fields[0]}, args[2:]...), nil)
			sh.set(args[1].Text, variable{text: text, known: ok, from: "shaped"})
			return flow{known: true}, true
		}
	case "getopts":
		if len(args) > 1 {
			sh.set(args[1].Text, variable{})
		}
	}
	return flow{}, false
}

func (r *reader) setParams(sh *scope, args []field) {
	for i, f := range args {
		if f.Text == "--" || !strings.HasPrefix(f.Text, "-") && !strings.HasPrefix(f.Text, "+") {
			if f.Text == "--" {
				i++
			}
			sh.params, sh.isSet = args[i:], true
			return
		}
		if f.Text == "-o" || f.Text == "+o" {
			return
		}
	}
}

// eval reads its words, joined by blanks, once more in the same shell.
func (r *reader) eval(sh *scope, fields []field, in *flow) flow {
	parts := make([]string, 0, len(fields))
	from, unknown, words := "", false, fields[1:]
	if len(words) > 0 && words[0].Text == "--" {
		words = words[1:]
	}
	for _, f := range words {
		parts = append(parts, f.asCode())
		from = worse(from, f.from)
		unknown = unknown || !f.Known
	}
	if len(r.res.Steps) < 200 {
		r.res.Steps = append(r.res.Steps, Step{Words: shown(fields), Via: sh.via, Cwd: sh.cwd})
	}
	if unknown && from == "network" {
		r.emit(effect.Effect{Kind: effect.ExecDownload, Words: shown(fields), Via: sh.via, Reason: "eval of text that comes from the network"})
		return flow{from: "network"}
	}
	_, custom := sh.vars["IFS"]
	if from == "decode" || from == "shaped" || slices.ContainsFunc(words, func(f field) bool { return custom && f.split || f.pattern != "" || f.Glob }) {
		r.obfuscated(sh, "eval of text that is decoded or cut up", shown(fields))
	}
	via := sh.via
	sh.via = append(append([]string{}, via...), "eval")
	out := r.shellText(sh, strings.Join(parts, " "), in)
	sh.via = via
	return out
}

// read gives variables the words of a known input line.
func (r *reader) read(sh *scope, args []field, in *flow) {
	var names []string
	array, from := false, ""
	for i := 0; i < len(args); i++ {
		a := args[i].Text
		if strings.HasPrefix(a, "-") && len(a) > 1 {
			if strings.Contains(a, "a") {
				array = true
			}
			if strings.ContainsAny(a[len(a)-1:], "dinNptu") {
				i++
			}
			continue
		}
		names = append(names, a)
	}
	if len(names) == 0 {
		names = []string{"REPLY"}
	}
	if in == nil || !in.known || in.partial() {
		if in != nil {
			from = taintOnly(in.from)
		}
		for _, n := range names {
			sh.set(n, variable{from: from})
		}
		return
	}
	line, _, _ := strings.Cut(in.text, "\n")
	words := strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(r.ifs(sh), c) })
	if array {
		list := make([]field, len(words))
		for i, w := range words {
			list[i] = literal(w)
		}
		sh.set(names[0], variable{isList: true, known: true, list: list})
		return
	}
	for i, n := range names {
		switch {
		case i >= len(words):
			sh.set(n, variable{known: true})
		case i == len(names)-1 && len(names) == 1:
			sh.set(n, variable{text: strings.Trim(line, r.ifs(sh)), known: true})
		case i == len(names)-1:
			sh.set(n, variable{text: strings.Join(words[i:], " "), known: true})
		default:
			sh.set(n, variable{text: words[i], known: true})
		}
	}
	if strings.Contains(strings.TrimRight(in.text, "\n"), "\n") && r.nest > 1 {
		// in a loop the variable takes the other lines too
		for i, n := range names {
			v := sh.vars[n]
			for _, l := range strings.Split(strings.TrimSpace(in.text), "\n")[1:] {
				f := strings.Fields(l)
				if i < len(f) && len(v.others) < 8 {
					v.others = append(v.others, strings.Join(f[i:min(len(f), cond(i == len(names)-1, len(f), i+1))], " "))
				}
			}
			sh.vars[n] = v
		}
	}
}

func cond(b bool, yes, no int) int {
	if b {
		return yes
	}
	return no
}

func (r *reader) mapfile(sh *scope, args []field, in *flow) {
	name := "MAPFILE"
	if n := len(args); n > 0 && !strings.HasPrefix(args[n-1].Text, "-") {
		name = args[n-1].Text
	}
	if in == nil || !in.known || in.partial() {
		sh.set(name, variable{})
		return
	}
	v := variable{isList: true, known: true}
	for _, l := range strings.Split(strings.TrimSuffix(in.text, "\n"), "\n") {
		v.list = append(v.list, literal(l))
		if len(v.list) > maxFields {
			break
		}
	}
	sh.set(name, v)
}

// changeDir follows cd, pushd and popd.
func (r *reader) changeDir(sh *scope, fields []field) {
	var to *field
	for i := range fields[1:] {
		f := &fields[i+1]
		if f.Text == "--" || f.Known && len(f.Text) > 1 && f.Text[0] == '-' && strings.Trim(f.Text[1:], "LPe@nq") == "" {
			continue
		}
		to = f
		break
	}
	old := sh.cwd
	switch name := fields[0].Text; {
	case name == "popd":
		sh.cwd = ""
		if n := len(sh.dirs); n > 0 {
			sh.cwd, sh.dirs = sh.dirs[n-1], sh.dirs[:n-1]
		}
		return
	case name == "pushd":
		sh.dirs = append(append([]string{}, sh.dirs...), old)
		if to == nil {
			sh.cwd = ""
			return
		}
	}
	switch {
	case to == nil:
		sh.cwd = r.home(sh)
	case to.Known && to.Text == "-":
		sh.cwd = sh.vars["OLDPWD"].text
	default:
		r.cd(sh, to.Word)
	}
	sh.set("OLDPWD", variable{text: old, known: old != ""})
}

// cd moves the scope to a folder; one that is not known leaves the scope without a folder.
func (r *reader) cd(sh *scope, to catalog.Word) {
	if !to.Known || to.Glob || to.Text == "" && to.Raw != `""` && to.Raw != "''" {
		sh.cwd = ""
		return
	}
	if sh.remote {
		if path.IsAbs(to.Text) {
			sh.cwd = path.Clean(to.Text)
		} else {
			sh.cwd = path.Join(sh.cwd, to.Text)
		}
		return
	}
	abs := r.absolute(sh, to.Text)
	if abs == "" {
		sh.cwd = ""
		return
	}
	// the shell cleans ".." by the names and follows links afterwards
	sh.cwd = path.Clean(r.unproc(abs))
}

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

// aliased reads a command whose first word is an alias of the same line.
func (r *reader) aliased(sh *scope, text string, fields []field, in *flow) flow {
	var b strings.Builder
	b.WriteString(text)
	for _, f := range fields[1:] {
		b.WriteByte(' ')
		b.WriteString(quote(f))
	}
	inner := *sh
	inner.aliases = nil // an alias is not expanded within itself
	out := r.shellText(&inner, b.String(), in)
	sh.cwd, sh.vars, sh.funcs = inner.cwd, inner.vars, inner.funcs
	return out
}

// quote writes a field so that reading it again gives the same.
func quote(f field) string {
	if !f.Known {
		return f.asCode()
	}
	return "'" + strings.ReplaceAll(f.Text, "'", `'\''`) + "'"
}

// function reads a call of a function that the line defines. One that starts copies of itself in pipes or in
// the background is a fork bomb.
func (r *reader) function(sh *scope, f function, fields []field, in *flow) flow {
	name := fields[0].Text
	for _, fr := range r.frames {
		if fr.name != name {
			continue
		}
		if r.spawn > fr.spawn {
			r.emit(effect.Effect{Kind: effect.SysExhaust, Target: "fork-bomb", Flags: []string{"fork"}, Words: []string{name}, Via: sh.via,
				Reason: "a function starts copies of itself without end"})
		}
		return flow{}
	}
	if len(r.frames) >= maxDepth {
		r.bound("functions call each other too deeply")
		return flow{}
	}
	r.frames = append(r.frames, frame{name: name, spawn: r.spawn})
	src, params, isSet := r.src, sh.params, sh.isSet
	r.src = f.src
	sh.params, sh.isSet = fields[1:], true
	out := r.stmt(sh, f.body, in)
	sh.params, sh.isSet = params, isSet
	r.src = src
	r.frames = r.frames[:len(r.frames)-1]
	return out
}
