package command

import (
	"slices"
	"strings"

	"writ/internal/catalog"
	"writ/internal/effect"
)

// program asks the catalog about a command, settles its effects and follows what it runs.
func (r *reader) program(sh *scope, fields []field, assigns []catalog.Assign, in *flow, io *stdio) flow {
	call := catalog.Call{Args: wordsOf(fields), Assign: r.exported(sh, assigns), Stdin: in.stdin()}
	out := look(call)
	name := call.Name()
	step := Step{Words: shown(fields), Via: sh.via, Cwd: sh.cwd}
	var settled []effect.Effect
	if !out.Known && len(out.Effects) == 0 && len(out.Nested) == 0 {
		e := effect.Effect{Kind: effect.Exec, Target: name, Path: programPath(fields[0].Text)}
		settled = append(settled, r.settle(sh, e, fields[:1]))
		step.Words = shown(fields)
	}
	for _, e := range out.Effects {
		settled = append(settled, r.settle(sh, e, fields))
	}
	r.at = sh.cwd
	settled = append(settled, r.carried(sh, fields, in, settled)...)
	r.delayed(sh, name, fields, settled)
	r.reverseShell(sh, name, fields, io)
	r.remember(name, fields, settled, in)
	step.Effects = settled
	if len(r.res.Steps) < 200 {
		r.res.Steps = append(r.res.Steps, step)
	}
	if sh.remote {
		r.at = ""
	}
	if out.Cd != nil && !changesDir[name] {
		r.cd(sh, *out.Cd)
	}
	if !out.Known {
		r.runsFile(sh, fields, in)
	}
	if !out.Known {
		r.afterColon(sh, fields, in)
	}
	if (name == "xargs" || name == "parallel") && inputIsCode(fields) {
		r.computedShell(sh, "", shown(fields))
	}
	for _, n := range out.Nested {
		r.nested(sh, n, fields, in)
	}
	if len(out.Nested) == 0 {
		r.fedShell(sh, name, fields, in)
	}
	return r.output(name, fields, in, out, settled)
}

// inputIsCode tells whether xargs or parallel hand what they read to a shell as code.
func inputIsCode(fields []field) bool {
	for i, f := range fields {
		if i == 0 || !shells[catalog.BaseName(f.Text)] || i+1 >= len(fields) {
			continue
		}
		option := fields[i+1].Text
		if !strings.HasPrefix(option, "-") || strings.HasPrefix(option, "--") || !strings.HasSuffix(option, "c") {
			return false
		}
		if i+2 >= len(fields) || fields[i+2].Text == ":::" {
			return true
		}
		code := strings.TrimSpace(fields[i+2].Text)
		return code == "{}" || strings.HasPrefix(code, "{} ") || code == "$1" || code == `"$1"` || code == "$@" || code == `"$@"` || code == "$0" ||
			strings.Contains(code, "eval ") || strings.Contains(code, `-c "$`) || strings.Contains(code, "-c $")
	}
	return false
}

// afterColon reads a command that prose introduces ("here it is: rm -rf x"), where the program that the
// line begins with is none that is known.
func (r *reader) afterColon(sh *scope, fields []field, in *flow) {
	for i := 1; i+1 < len(fields); i++ {
		if strings.HasSuffix(fields[i].Text, ":") && slices.Contains(guessed, fields[i+1].Text) {
			r.call(sh, fields[i+1:], nil, in, nil)
			return
		}
	}
}

// fedShell reads what is fed to a shell that another program starts somewhere else (docker exec -i c sh).
func (r *reader) fedShell(sh *scope, name string, fields []field, in *flow) {
	last := len(fields) - 1
	if last > 1 && fields[last].Text == "-s" || last > 1 && fields[last].Text == "-" {
		last--
	}
	if in == nil || shells[name] || last < 1 || !shells[catalog.BaseName(fields[last].Text)] || !remoteShells[name] {
		return
	}
	if !in.known {
		r.computedShell(sh, in.from, shown(fields))
		return
	}
	inner := sh.sub()
	inner.remote, inner.cwd, inner.vars, inner.funcs, inner.aliases = true, "", nil, nil, nil
	inner.via = append(slices.Clip(slices.Clone(sh.via)), name)
	r.shellText(inner, in.text, nil)
}

// remoteShells start the shell that their last word names.
var remoteShells = map[string]bool{"docker": true, "podman": true, "nerdctl": true, "kubectl": true, "oc": true, "lxc": true, "incus": true, "docker-compose": true,
	"ssh": true, "vagrant": true, "multipass": true, "wsl": true, "fly": true, "heroku": true, "gcloud": true, "az": true, "machinectl": true, "distrobox": true, "toolbox": true, "ctr": true, "crictl": true}

// changesDir are the programs that builtin has followed already.
var changesDir = map[string]bool{"cd": true, "chdir": true, "pushd": true, "popd": true}

// programPath is the path of a program that is named by path and not looked up.
func programPath(text string) string {
	if strings.Contains(text, "/") {
		return text
	}
	return ""
}

// exported joins the assignments before the command with the exported variables of the line.
func (r *reader) exported(sh *scope, assigns []catalog.Assign) []catalog.Assign {
	for name, v := range sh.vars {
		if !v.exported || !heeded(name) {
			continue
		}
		if slices.ContainsFunc(assigns, func(a catalog.Assign) bool { return a.Name == name }) {
			continue
		}
		assigns = append(slices.Clip(assigns), catalog.Assign{Name: name, Value: catalog.Word{Text: v.text, Known: v.known, Raw: name + "=" + v.text}})
	}
	return assigns
}

// heeded tells whether a variable may change what a program does; others are not handed on.
func heeded(name string) bool {
	return strings.Contains(name, "_") || name == "PATH" || name == "ENV" || name == "IFS" || name == "EDITOR" || name == "PAGER" || name == "VISUAL"
}

// output says what the command writes to a pipe or substitution.
func (r *reader) output(name string, fields []field, in *flow, out catalog.Outcome, settled []effect.Effect) flow {
	from := ""
	for _, f := range fields[1:] {
		from = worse(from, f.from)
	}
	if setsUpShell(fields) {
		return flow{known: true} // what it prints is for eval, and trusted as the program itself is
	}
	if text, ok := r.placeText(name, fields); ok {
		return flow{text: text, known: true}
	}
	if text, ok := r.textOf(name, fields, in); ok {
		if in != nil && (name != "echo" && name != "printf") {
			from = worse(from, in.from)
		}
		if decodes(name, fields, in, text) {
			from = worse(from, "decode")
		}
		return flow{text: text, known: true, from: taintOnly(from)}
	}
	if from := listing(name, fields, in); from != "" && (in == nil || rank(in.from) <= rank(from)) {
		return flow{from: from}
	}
	switch out.Emits {
	case "text":
		return flow{text: out.EmitText, known: true}
	case "":
	default:
		if in != nil && rank(in.from) > rank(out.Emits) {
			return flow{from: in.from}
		}
		return flow{from: out.Emits}
	}
	if counts[name] {
		return flow{}
	}
	content, reads := flow{from: taintOnly(from)}, false
	for _, e := range settled {
		if e.Kind != effect.FSRead {
			continue
		}
		reads = true
		if e.In("secret") {
			content.from = worse(content.from, "secret")
		}
		if f, ok := r.files[e.Path]; ok {
			if name == "cat" && len(fields) == 2 {
				return f
			}
			content.from = worse(content.from, f.from)
		} else if name == "cat" && len(fields) == 2 {
			content.path = e.Path
			content.from = worse(content.from, "file")
		}
	}
	if in != nil {
		content.from = worse(content.from, taintOnly(in.from))
	}
	if content.from == "" && (reads || in != nil && in.from == "file") {
		content.from = "data"
	}
	return content
}

// counts are filters whose output no longer holds what they read.
var counts = map[string]bool{"wc": true, "sha256sum": true, "md5sum": true, "sha1sum": true, "sha512sum": true, "shasum": true, "cksum": true,
	"b2sum": true, "test": true, "[": true, "stat": true, "file": true, "ls": true, "find": true, "pgrep": true}

func taintOnly(from string) string {
	if from == "pipe" || from == "file" {
		return ""
	}
	return from
}

// textOf computes the literal output of a text program; unknown words stay in it as stand-ins.
func (r *reader) textOf(name string, fields []field, in *flow) (string, bool) {
	if textPrograms[name] == nil {
		return "", false
	}
	plain := fields
	for i := range fields {
		if !fields[i].Known {
			if name != "echo" && name != "printf" && name != "print" {
				return "", false
			}
			if i > 0 {
				if &plain[0] == &fields[0] {
					plain = slices.Clone(fields)
				}
				plain[i].Text, plain[i].Known = fields[i].asCode(), true
			}
		}
	}
	if name == "cat" && len(fields) == 2 {
		if f, ok := r.files[fields[1].Text]; ok && f.known {
			return f.text, true
		}
	}
	if name != "cat" && name != "tee" && name != "head" && name != "tail" && in != nil && in.partial() {
		in = nil
	}
	return textOutput(name, plain, in)
}

// placeText answers for commands that print where the shell stands.
func (r *reader) placeText(name string, fields []field) (string, bool) {
	switch {
	case name == "pwd" && r.at != "":
		return r.at + "\n", true
	case name == "git" && len(fields) == 3 && fields[1].Text == "rev-parse" && fields[2].Text == "--show-toplevel" && r.env.Project != "":
		return r.env.Project + "\n", true
	}
	return "", false
}
