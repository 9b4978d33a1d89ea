package command

import (
	"slices"
	"strings"

	"writ/internal/catalog"
	"writ/internal/effect"
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
