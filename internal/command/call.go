package command

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"writ/internal/catalog"
	"writ/internal/effect"
)

// simple reads a simple command with its redirections and gives what it writes. Where an earlier branch
// left several values for a variable, the command is read with each.
func (r *reader) simple(sh *scope, c *syntax.CallExpr, redirs []*syntax.Redirect, in *flow) flow {
	others := r.others
	r.others = 0
	out := r.simpleOnce(sh, c, redirs, in)
	if r.alt == 0 {
		for r.alt = 1; r.alt <= r.others && !r.stopped; r.alt++ {
			r.simpleOnce(sh.sub(), c, redirs, in)
		}
		r.alt = 0
	}
	r.others = others
	return out
}

func (r *reader) simpleOnce(sh *scope, c *syntax.CallExpr, redirs []*syntax.Redirect, in *flow) flow {
	outer := r.in
	r.in = in
	defer func() { r.in = outer }()
	if len(c.Args) == 0 {
		return r.assignments(sh, c, redirs, in)
	}
	var assigns []catalog.Assign
	var fields []field
	if len(c.Assigns) > 0 {
		assigns = make([]catalog.Assign, 0, len(c.Assigns))
		for _, a := range c.Assigns {
			v := r.assign(sh, a)
			assigns = append(assigns, catalog.Assign{Name: a.Name.Value, Value: catalog.Word{Text: v.text, Known: v.known, Raw: r.raw(a)}})
		}
	}
	fields = r.fields(sh, c.Args)
	io := r.redirect(sh, redirs, in, fields)
	r.in = io.in
	if len(fields) == 0 {
		return r.deliver(sh, io, flow{known: true})
	}
	if fields[0].Glob && fields[0].Known {
		fields[0] = guessProgram(fields[0])
	}
	if !fields[0].Known {
		fields[0] = conventional(c.Args[0], fields[0])
	}
	r.hiddenWords(sh, c.Args, fields)
	if _, custom := sh.vars["IFS"]; custom && !fields[0].raw && fields[0].split {
		r.obfuscated(sh, "a changed IFS cuts a command out of a value", shown(fields))
	}
	out := r.call(sh, fields, assigns, io.in, &io)
	return r.deliver(sh, io, out)
}

// conventional resolves variables that by long custom name a certain program.
func conventional(w *syntax.Word, f field) field {
	name := ""
	for _, p := range w.Parts {
		if d, ok := p.(*syntax.DblQuoted); ok && len(d.Parts) == 1 && len(w.Parts) == 1 {
			p = d.Parts[0]
		}
		if pe, ok := p.(*syntax.ParamExp); ok && pe.Param != nil && len(w.Parts) == 1 {
			name = pe.Param.Value
		}
	}
	if program, ok := customary[name]; ok {
		f.Text, f.Known = program, true
	}
	return f
}

var customary = map[string]string{"EDITOR": "vi", "VISUAL": "vi", "PAGER": "less", "PYTHON": "python3", "PYTHON3": "python3",
	"CC": "cc", "CXX": "c++", "MAKE": "make", "GO": "go", "NODE": "node", "NPM": "npm", "PIP": "pip", "CARGO": "cargo",
	"BROWSER": "xdg-open", "KUBECTL": "kubectl", "DOCKER": "docker", "GIT": "git", "SUDO": "sudo", "RUBY": "ruby", "PERL": "perl"}

// assignments reads a command that only assigns, perhaps with redirections.
func (r *reader) assignments(sh *scope, c *syntax.CallExpr, redirs []*syntax.Redirect, in *flow) flow {
	for _, a := range c.Assigns {
		v := r.assign(sh, a)
		name := a.Name.Value
		if v.isList && v.assoc != nil {
			v.known = true
		}
		sh.set(name, v)
		r.environment(sh, name, v, r.raw(a))
	}
	io := r.redirect(sh, redirs, in, nil)
	return r.deliver(sh, io, flow{known: true})
}

// environment asks the catalog about a variable that other programs heed, such as PATH or LD_PRELOAD: the
// shell hands on the new value of a variable that it inherited.
func (r *reader) environment(sh *scope, name string, v variable, raw string) {
	if name != strings.ToUpper(name) {
		return
	}
	switch name {
	case "PS0", "PS1", "PS2", "PS4", "PROMPT", "RPROMPT":
		r.rescan(sh, v, true) // the shell runs the substitutions in its prompts
	}
	call := catalog.Call{Assign: []catalog.Assign{{Name: name, Value: catalog.Word{Text: v.text, Known: v.known, Raw: raw}}}}
	out := look(call)
	for _, e := range out.Effects {
		if len(e.Words) == 0 {
			e.Words = []string{raw}
		}
		r.settle(sh, e, nil)
	}
}

// call reads one command whose words are expanded.
func (r *reader) call(sh *scope, fields []field, assigns []catalog.Assign, in *flow, io *stdio) flow {
	if !r.step() {
		return flow{}
	}
	first := fields[0]
	if first.raw || first.Known {
		if text, ok := sh.aliases[first.Text]; ok && first.raw {
			return r.aliased(sh, text, fields, in)
		}
		if f, ok := sh.funcs[first.Text]; ok {
			return r.function(sh, f, fields, in)
		}
	}
	if !first.Known {
		fields, assigns = r.unknownProgram(sh, fields), nil
		if fields == nil {
			return flow{from: first.from}
		}
	}
	fields = r.plainName(sh, fields)
	if line := fields[0].Text; strings.ContainsAny(line, " \t") && !strings.HasPrefix(line, "/") && !strings.HasPrefix(line, ".") && r.depth < maxDepth {
		// a whole line quoted as one word: no program has such a name, but what it says is clear
		r.shellText(sh.sub(), line, in)
	}
	if rest := afterAssignment(fields); rest != nil {
		r.call(sh, rest, nil, in, nil)
	}
	if out, done := r.builtin(sh, fields, assigns, in); done {
		return out
	}
	return r.program(sh, fields, assigns, in, io)
}

// afterAssignment gives the words behind one that looks like an assignment and is none (1A=2 git …): the
// shell would look for a program of that name, and whoever wrote it meant the words behind it.
func afterAssignment(fields []field) []field {
	name, _, ok := strings.Cut(fields[0].Text, "=")
	if !ok || len(fields) < 2 || strings.ContainsAny(name, "/ ") || !fields[1].Known {
		return nil
	}
	return fields[1:]
}

// unknownProgram reports a command whose program is computed. What is known of its name may still tell: the
// last part of a path, or words that follow nothing. It gives fields to read on with, nil when there is no more.
func (r *reader) unknownProgram(sh *scope, fields []field) []field {
	first := fields[0]
	if i := strings.LastIndexByte(first.Text, '/'); i >= 0 && i+1 < len(first.Text) && strings.HasSuffix(first.code, first.Text[i:]) {
		fields = slices.Clone(fields)
		fields[0] = literal(first.Text) // ${DIR}/bin/tool: the name is known, only its folder is not
		fields[0].Raw = first.Raw
		return fields
	}
	words := shown(fields)
	if first.from == "network" {
		r.emit(effect.Effect{Kind: effect.ExecDownload, Words: words, Via: sh.via, Reason: "the command itself comes from the network"})
		return nil
	}
	r.unresolved("which program runs is computed: "+words[0], words, sh.via, "program")
	if first.Text == "" && len(fields) > 1 && fields[1].Known && !strings.HasPrefix(fields[1].Text, "-") {
		// $SUDO rm -rf /: a variable that may be empty or a wrapper
		return fields[1:]
	}
	return nil
}
