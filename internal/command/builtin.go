package command

import (
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
