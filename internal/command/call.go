package command

import (
	"path"
	"slices"
	"strconv"
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
	call := catalog.Call{Assign: []catalog.Assign{{Name: name, Value: catalog.Word{Text: v.text, Known: v.known, Raw: raw}}}}
	out := look(call)
	for _, e := range out.Effects {
		if e.Words == nil || len(e.Words) == 0 {
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

// carried looks for data that the catalog cannot see: a secret that was read into a variable or pipe and
// leaves in the words or on the input of a command that talks to the network.
func (r *reader) carried(sh *scope, fields []field, in *flow, settled []effect.Effect) []effect.Effect {
	secret := in != nil && in.from == "secret"
	for _, f := range fields {
		secret = secret || f.from == "secret"
	}
	flag, why := "secret", "a secret leaves in the words of the command"
	if !secret {
		if flag, why = leaving(fields); flag == "" {
			return nil
		}
	}
	for _, e := range settled {
		if e.Kind == effect.NetConnect || e.Kind == effect.NetUpload && !e.Has(flag) {
			up := e
			up.Kind = effect.NetUpload
			up.Flags = withFlag(slices.Clone(e.Flags), flag)
			up.Reason = why
			r.emit(up)
			return []effect.Effect{up}
		}
	}
	return nil
}

// delayed reports requests that a background job sends after a long wait, when nobody looks any more.
func (r *reader) delayed(sh *scope, name string, fields []field, settled []effect.Effect) {
	if name == "sleep" && len(fields) > 1 {
		digits := strings.TrimRight(fields[1].Text, "smhd")
		n, err := strconv.ParseFloat(digits, 64)
		r.slept = r.slept || err == nil && (n >= 30 || digits != fields[1].Text && !strings.HasSuffix(fields[1].Text, "s"))
		return
	}
	if !r.slept || r.spawn == 0 && !slices.Contains(sh.via, "nohup") && !slices.Contains(sh.via, "setsid") {
		return
	}
	for _, e := range settled {
		if (e.Kind == effect.NetConnect || e.Kind == effect.NetUpload) && !localHost(e.Host) {
			r.obfuscated(sh, "a background job sends a request after a long wait", shown(fields))
			return
		}
	}
}

func localHost(host string) bool {
	return host == "localhost" || host == "::1" || host == "0.0.0.0" || strings.HasPrefix(host, "127.") || strings.HasSuffix(host, ".localhost")
}

// lookups are programs whose host name alone tells its owner something.
var lookups = map[string]bool{"dig": true, "nslookup": true, "host": true, "drill": true, "kdig": true, "resolvectl": true, "ping": true, "ping6": true, "getent": true, "dog": true}

// leaving finds local data that is put into a request by expansion: file contents in an address, anything
// in a name that is looked up, a credential in a form. It gives the upload's flag, "" when there is none.
func leaving(fields []field) (flag, why string) {
	name := catalog.BaseName(fields[0].Text)
	for i, f := range fields[1:] {
		dotted := strings.Contains(f.Text, ".")
		switch {
		case lookups[name] && (f.from == "output" || f.from == "data" || f.from == "credential" || f.from == "shaped") && (dotted || !f.Known):
			return "dns", "what a command prints leaves in the name that is looked up"
		case f.from == "data" && strings.Contains(f.Text, "://"):
			return "file", "the content of a file leaves in the address"
		case f.from == "credential" && (formFlags[fields[i].Text] || strings.HasPrefix(f.Text, "--data") || strings.HasPrefix(f.Text, "--post-data") || strings.Contains(f.Text, "://")):
			return "env", "a credential leaves in the request"
		}
	}
	return "", ""
}

var formFlags = map[string]bool{"-d": true, "--data": true, "--data-raw": true, "--data-binary": true, "--data-urlencode": true, "-F": true, "--form": true, "--json": true, "--body-data": true, "--post-data": true}

// shells are the programs that read commands.
var shells = map[string]bool{"sh": true, "bash": true, "zsh": true, "dash": true, "ksh": true, "ash": true, "mksh": true,
	"fish": true, "rbash": true, "csh": true, "tcsh": true, "busybox": true, "yash": true, "pdksh": true}

// reverseShell recognises a shell or exec that is tied to a network connection.
func (r *reader) reverseShell(sh *scope, name string, fields []field, io *stdio) {
	if io == nil || !io.socket || !(shells[name] || name == "exec" || strings.HasPrefix(name, "python")) {
		return
	}
	for _, e := range io.effects {
		if e.Kind != effect.NetConnect {
			continue
		}
		e.Kind = effect.NetTunnel
		e.Flags = []string{"reverse", "shell"}
		if !shells[name] {
			e.Flags = []string{"raw"}
		}
		e.Words = shown(fields)
		r.emit(e)
	}
}

// remember notes what files the command wrote, so that running one of them later in the line is understood.
func (r *reader) remember(name string, fields []field, settled []effect.Effect, in *flow) {
	content := flow{}
	keep := false
	for _, e := range settled {
		switch e.Kind {
		case effect.NetConnect:
			if e.Method == "" || e.Method == "GET" {
				content, keep = flow{from: "network"}, true
			}
		case effect.FSRead:
			if f, ok := r.files[e.Path]; ok && (name == "cp" || name == "mv" || name == "install" || name == "ln") {
				content, keep = f, true
			}
		case effect.FSDelete:
			if f, ok := r.files[e.Path]; ok && name == "mv" {
				content, keep = f, true
			}
		}
	}
	r.fetch(name, fields, settled, in)
	if name == "tee" && in != nil {
		content, keep = *in, true
	}
	for _, e := range settled {
		switch {
		case e.Kind == effect.FSWrite && e.Path != "" && keep:
			r.wrote(e.Path, content)
		}
	}
}

// fetch notes folders that the command fills with what comes from the network.
func (r *reader) fetch(name string, fields []field, settled []effect.Effect, in *flow) {
	for _, e := range settled {
		switch {
		case e.Kind == effect.GitRemote && e.Has("clone"):
			last := strings.TrimSuffix(strings.TrimSuffix(fields[len(fields)-1].Text, "/"), ".git")
			if i := strings.LastIndexAny(last, "/:"); i >= 0 && remoteLike(last) {
				last = last[i+1:]
			}
			if strings.HasPrefix(last, "/") {
				r.fetched = append(r.fetched, last)
			} else if r.at != "" && last != "" {
				r.fetched = append(r.fetched, path.Join(r.at, last))
			}
		case e.Kind == effect.FSWrite && e.Has("extract") && in != nil && in.from == "network":
			r.fetched = append(r.fetched, e.Path)
		}
	}
}

// remoteLike tells addresses of repositories from folders.
func remoteLike(s string) bool {
	return strings.Contains(s, "://") || strings.Contains(s, "@") && strings.Contains(s, ":") || strings.Count(s, ":") == 1 && !strings.HasPrefix(s, "/")
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
