package catalog

import (
	"strings"

	"writ/internal/effect"
)

// interpreters run code given as an argument, in a file or on standard input.
var interpreters = map[string]program{
	"python": python, "pypy": python, "pythonw": python, "ipython": python, "python3": python, "pypy3": python, "py": python, "micropython": python, "jython": python,
	"node":   interp{lang: "node", eval: "e eval p print pe", run: "r require import loader experimental-loader", valued: "input-type env-file C conditions title max-old-space-size inspect-port import watch-path test-name-pattern test-reporter"}.look,
	"nodejs": interp{lang: "node", eval: "e eval p print pe", run: "r require import loader experimental-loader", valued: "input-type env-file"}.look, "ts-node": interp{lang: "node", eval: "e eval p print", run: "r require", valued: "P project O"}.look, "tsx": interp{lang: "node", eval: "e eval p print", run: "r require import", valued: "tsconfig"}.look, "esr": interp{lang: "node"}.look, "babel-node": interp{lang: "node", eval: "e p"}.look, "coffee": interp{lang: "node", eval: "e"}.look, "qjs": interp{lang: "node", eval: "e"}.look, "d8": interp{lang: "node", eval: "e"}.look, "jsc": interp{lang: "node", eval: "e"}.look, "phantomjs": interp{lang: "node"}.look, "nodemon": nodemon,
	"deno": deno,
	"perl": perl, "ruby": ruby, "jruby": ruby, "irb": ruby, "php": interp{lang: "php", eval: "r run B E R", valued: "c d f z S t file", file: "f file"}.look, "php-cgi": interp{lang: "php", valued: "d"}.look, "lua": interp{lang: "lua", eval: "e", run: "l"}.look, "luajit": interp{lang: "lua", eval: "e", run: "l"}.look, "tclsh": interp{lang: "tcl"}.look, "wish": interp{lang: "tcl"}.look,
	"rscript": interp{lang: "r", eval: "e"}.look, "r": interp{lang: "r", eval: "e", file: "f file"}.look, "julia": interp{lang: "julia", eval: "e eval E print", valued: "J t p L load project"}.look, "octave": interp{lang: "octave", eval: "eval"}.look, "elixir": interp{lang: "elixir", eval: "e eval"}.look, "iex": interp{lang: "elixir", eval: "e eval"}.look, "erl": interp{lang: "erlang", eval: "eval"}.look, "escript": interp{lang: "erlang"}.look, "ghci": interp{lang: "haskell", eval: "e"}.look, "runghc": interp{lang: "haskell"}.look, "scala": interp{lang: "scala", eval: "e"}.look, "groovy": interp{lang: "groovy", eval: "e"}.look, "clojure": interp{lang: "clojure", eval: "e eval"}.look, "clj": interp{lang: "clojure", eval: "e eval"}.look, "bb": interp{lang: "clojure", eval: "e"}.look, "guile": interp{lang: "scheme", eval: "c"}.look, "sbcl": interp{lang: "lisp", eval: "eval"}.look, "emacs": interp{lang: "lisp", eval: "eval", valued: "l load q"}.look, "racket": interp{lang: "scheme", eval: "e"}.look, "nim": interp{lang: "nim", eval: "eval"}.look, "swipl": interp{lang: "prolog", eval: "g t"}.look, "jshell": interp{lang: "java"}.look,
	"osascript": osascript, "powershell": powershell, "pwsh": powershell, "pwsh-preview": powershell,
	"java": java, "kotlin": interp{lang: "kotlin", eval: "e"}.look, "kotlinc": interp{lang: "kotlin", eval: "e"}.look, "dotnet-script": interp{lang: "csharp", eval: "e"}.look, "csi": interp{lang: "csharp"}.look, "fsi": interp{lang: "fsharp"}.look,
}

// consoles are scripts of frameworks whose commands are known.
var consoles = map[string]migrator{"artisan": artisanCommands, "console": consoleCommands}

// interp describes an interpreter: options whose value is code, options whose value is a module to load first.
type interp struct{ lang, eval, run, valued, file string }

func (p interp) look(c Call) Outcome {
	args := c.Args[1:]
	opts, rest := beforeOperand(args, p.eval+" "+p.run+" "+p.valued+" "+p.file)
	l := loosely(opts, p.eval+" "+p.run+" "+p.valued+" "+p.file)
	out := Outcome{}
	for _, code := range evalValues(opts, rest, p.eval) {
		out.Nested = append(out.Nested, Nested{Kind: NestedCode, Lang: p.lang, Text: code, Via: c.Name()})
	}
	for _, m := range l.values(strings.Fields(p.run)...) {
		if strings.ContainsAny(m.Text, "/.") {
			out.Nested = append(out.Nested, Nested{Kind: NestedScript, Lang: p.lang, Path: m, Via: c.Name()})
		}
	}
	if p.lang == "node" {
		out.Effects = append(out.Effects, nodeInspect(c, l)...)
	}
	if p.lang == "php" && len(l.values("S")) > 0 {
		out.Effects = append(out.Effects, made(c, effect.NetListen, "php", listenFlags(l.value("S"))...))
	}
	if p.lang == "php" && len(rest) > 1 {
		if m, ok := consoles[BaseName(rest[0].Text)]; ok {
			if found, ok := m.judge(Call{Args: rest}, rest[1:]); ok {
				return found
			}
		}
	}
	for _, f := range l.values(strings.Fields(p.file)...) {
		out.Nested = append(out.Nested, Nested{Kind: NestedScript, Lang: p.lang, Path: f, Via: c.Name()})
	}
	if len(out.Nested) > 0 || l.help() || l.has("v", "V", "version", "check", "c", "l") && p.lang != "lua" {
		return plainExec(out, c)
	}
	return scriptOrStdin(out, c, p.lang, rest)
}

// evalValues are the words that follow an option of the list, also at the end of a cluster (-we CODE, -pe CODE).
func evalValues(opts, rest []Word, eval string) []Word {
	set := setOf(eval)
	var out []Word
	all := append(opts[:len(opts):len(opts)], rest[:min(1, len(rest))]...)
	for i := 0; i < len(opts); i++ {
		name, value, joined := strings.Cut(strings.TrimLeft(opts[i].Text, "-"), "=")
		short := !strings.HasPrefix(opts[i].Text, "--") && len(opts[i].Text) > 1 && opts[i].Text[0] == '-'
		switch {
		case set[name] && joined && (!short || len(name) > 1):
			out = append(out, Word{Text: value, Known: opts[i].Known})
		case (set[name] || short && len(name) > 1 && set[name[len(name)-1:]] && isBoolish(name[:len(name)-1])) && i+1 < len(all):
			i++
			out = append(out, all[i])
		case short && len(name) > 1 && set[name[:1]] && !isLetterOnly(name):
			out = append(out, Word{Text: opts[i].Text[2:], Known: opts[i].Known})
		}
	}
	return out
}

func isLetterOnly(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isLetter(s[i]) {
			return false
		}
	}
	return true
}

// isBoolish: letters that take no value and may stand before the one that does.
func isBoolish(s string) bool { return len(s) <= 5 && isLetterOnly(s) }

// agentScripts are programs of agents that are often started as files of an interpreter.
var agentScripts = nameSet("claude codex gemini qwen aider opencode cline cursor-agent")

// scriptOrStdin is the script file that is run, or code on standard input.
func scriptOrStdin(out Outcome, c Call, lang string, rest []Word) Outcome {
	if len(rest) > 0 && rest[0].Text != "-" {
		out.Nested = append(out.Nested, Nested{Kind: NestedScript, Lang: lang, Path: rest[0], Args: rest[1:], Via: c.Name()})
		if _, agent := agentScripts[BaseName(rest[0].Text)]; agent { // the same agent, started by its file
			out.argv(rest, c.Name())
		}
		return out
	}
	more := stdinCode(c, lang)
	out.Effects = append(out.Effects, more.Effects...)
	out.Nested = append(out.Nested, more.Nested...)
	return out
}

// stdinCode is code that comes on standard input: known text, a file, or something that cannot be known.
func stdinCode(c Call, lang string) Outcome {
	var out Outcome
	readsShellInput(&out, c, lang, c.Name())
	return plainExec(out, c)
}

func plainExec(out Outcome, c Call) Outcome {
	if len(out.Nested) == 0 && len(out.Effects) == 0 {
		return one(made(c, effect.Exec, c.Name()))
	}
	return out
}

// nodeInspect: a debugger port takes any code from whoever reaches it.
func nodeInspect(c Call, l line) []effect.Effect {
	for _, v := range l.values("inspect", "inspect-brk", "inspect-wait") {
		return []effect.Effect{made(c, effect.NetListen, "node inspector", listenFlags(v.Text)...)}
	}
	return nil
}

func nodemon(c Call) Outcome {
	l := loosely(c.Args[1:], "x exec w watch e ext i ignore")
	for _, v := range l.values("x", "exec") {
		if v.Text != "" {
			return Outcome{Nested: []Nested{{Kind: NestedShell, Text: v, Via: "nodemon --exec"}}}
		}
	}
	return one(made(c, effect.Exec, "nodemon"))
}

const pythonValued = "W X m c check-hash-based-pycs Q"

// python runs code (-c), a module (-m) or a file.
func python(c Call) Outcome {
	opts, rest := beforeOperand(c.Args[1:], pythonValued)
	if code := evalValues(opts, rest, "c"); len(code) > 0 {
		return Outcome{Nested: []Nested{{Kind: NestedCode, Lang: "python", Text: code[0], Via: c.Name() + " -c"}}}
	}
	if mod := evalValues(opts, rest, "m"); len(mod) > 0 {
		return pythonModule(c, mod[0])
	}
	l := loosely(opts, pythonValued)
	if len(rest) == 0 && (l.has("V", "version", "h", "help", "VV")) {
		return one(made(c, effect.Exec, c.Name()))
	}
	if len(rest) > 1 && BaseName(rest[0].Text) == "manage.py" {
		if code, ok := frameworkCode(rest[1:]); ok {
			return Outcome{Nested: []Nested{{Kind: NestedCode, Lang: "python", Text: code, Via: "manage.py shell"}}}
		}
		if out, ok := djangoCommands.judge(Call{Args: append([]Word{known("manage.py")}, rest[1:]...)}, rest[1:]); ok {
			out.Effects[0].Words = texts(c.Args)
			return out
		}
	}
	out := Outcome{}
	if len(rest) > 1 {
		out.Effects = servingArgs(c, rest[1:])
	}
	return scriptOrStdin(out, c, "python", rest)
}

// pythonModule is python -m MODULE: many modules are programs of their own.
func pythonModule(c Call, mod Word) Outcome {
	var args []Word
	for i, a := range c.Args {
		if a.Text == mod.Text || strings.HasSuffix(a.Text, "m"+mod.Text) && strings.HasPrefix(a.Text, "-") {
			args = c.Args[i+1:]
			break
		}
	}
	name := strings.ToLower(mod.Text)
	switch name {
	case "http.server", "simplehttpserver":
		l := loosely(args, "b bind d directory p")
		flags := []string{"public", "files"}
		if b := l.value("b", "bind"); b == "127.0.0.1" || b == "localhost" || b == "::1" {
			flags = []string{"files"}
		}
		return one(made(c, effect.NetListen, "http.server", flags...))
	case "pip", "twine", "pipx", "uv", "poetry", "pipenv", "virtualenv", "conda", "black", "pytest", "alembic", "jupyter", "celery", "ansible", "awscli", "flask", "gunicorn", "uvicorn", "aider":
		return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: append([]Word{known(name)}, args...), Via: c.Name() + " -m"}}}
	case "smtpd", "pyftpdlib", "http", "xmlrpc.server", "wsgiref.simple_server":
		return one(made(c, effect.NetListen, name, "public"))
	case "this", "json.tool", "venv", "unittest", "py_compile", "compileall", "timeit", "doctest", "site", "platform", "sysconfig", "tabnanny", "calendar", "ensurepip", "zipfile", "tarfile", "base64", "ast", "dis", "pdb", "cprofile", "trace", "mypy", "ruff", "flake8", "isort", "build", "coverage", "tox", "nox", "pylint", "pyflakes", "django":
		return one(made(c, effect.Exec, c.Name()+" -m "+name))
	}
	out := one(made(c, effect.Exec, c.Name()+" -m "+mod.Text))
	out.Effects = append(out.Effects, servingArgs(c, args)...)
	if !mod.Known {
		out = one(unresolved(c, "the module is computed"))
	}
	return out
}

// servingArgs are options by which a program says that it serves everybody, or runs code that a model brings.
func servingArgs(c Call, args []Word) []effect.Effect {
	l := loosely(args, "host bind address listen ip server-name")
	var out []effect.Effect
	for _, v := range l.values("host", "bind", "address", "listen", "ip", "server-name") {
		if publicAddress(v.Text) {
			out = append(out, made(c, effect.NetListen, c.Name(), "public"))
			break
		}
	}
	if l.on("trust-remote-code", "trust_remote_code") {
		out = append(out, made(c, effect.ExecDownload, "trust-remote-code"))
	}
	return out
}

const perlValued = "I M m e E C"

// perl: -e code, with -i it rewrites the files that follow.
func perl(c Call) Outcome {
	opts, rest := beforeOperand(c.Args[1:], "I e E")
	out := Outcome{}
	codes := evalValues(opts, rest, "e E")
	for _, code := range codes {
		out.Nested = append(out.Nested, Nested{Kind: NestedCode, Lang: "perl", Text: code, Via: "perl -e"})
	}
	inPlace := false
	for _, o := range opts {
		if t := o.Text; len(t) > 1 && t[0] == '-' && t[1] != '-' && t[1] != 'M' && t[1] != 'I' && t[1] != 'm' && strings.Contains(strings.SplitN(t, "e", 2)[0], "i") {
			inPlace = true
		}
		if strings.HasPrefix(o.Text, "-d:") || strings.HasPrefix(o.Text, "-I/tmp") || strings.HasPrefix(o.Text, "-I/dev/shm") {
			out.Effects = append(out.Effects, made(c, effect.ExecTampered, "perl "+o.Text))
		}
	}
	if inPlace {
		for _, f := range rest {
			out.path(effect.FSWrite, f, "edit")
		}
	}
	if len(codes) > 0 {
		return out
	}
	if l := loosely(opts, perlValued); l.has("v", "V", "version", "c", "h") {
		return plainExec(out, c)
	}
	return scriptOrStdin(out, c, "perl", rest)
}

// ruby: -e code; -run turns file tools into one-liners (-e httpd).
func ruby(c Call) Outcome {
	const valued = "e I r C E F T W x"
	opts, rest := beforeOperand(c.Args[1:], "e I C E F")
	codes := evalValues(opts, rest, "e")
	l := loosely(opts, valued)
	if l.says("run") && len(codes) > 0 && codes[0].Text == "httpd" {
		return one(made(c, effect.NetListen, "ruby httpd", "public", "files"))
	}
	if len(codes) > 0 {
		out := Outcome{}
		for _, code := range codes {
			out.Nested = append(out.Nested, Nested{Kind: NestedCode, Lang: "ruby", Text: code, Via: "ruby -e"})
		}
		return out
	}
	if l.has("v", "version", "c", "h") {
		return one(made(c, effect.Exec, c.Name()))
	}
	return scriptOrStdin(Outcome{}, c, "ruby", rest)
}

// deno runs files and URLs; eval takes code.
func deno(c Call) Outcome {
	l := loosely(c.Args[1:], "config c import-map lock env-file seed v8-flags location root n name cert o output")
	op := l.word(0)
	switch {
	case op == "eval" && len(l.words) > 1:
		return Outcome{Nested: []Nested{{Kind: NestedCode, Lang: "node", Text: l.words[1], Via: "deno eval"}}}
	case op == "run" || op == "serve" || op == "test" || op == "bench" || strings.HasSuffix(op, ".ts") || strings.HasSuffix(op, ".js"):
		return denoRun(c, l, op)
	case op == "install" || op == "i" || op == "add":
		return installing(c, l, l.from(1), "", "g global")
	case op == "publish":
		return one(made(c, effect.PkgPublish, "deno:publish"))
	case op == "uninstall" || op == "remove":
		return one(made(c, effect.PkgRemove, "deno:"+l.word(1)))
	case op == "task" && len(l.words) > 1:
		return Outcome{Nested: []Nested{{Kind: NestedTarget, Lang: "npm", Text: l.words[1], Path: known("."), Via: "deno task"}}}
	case op == "":
		return stdinCode(c, "node")
	}
	return one(made(c, effect.Exec, "deno "+op))
}

func denoRun(c Call, l line, op string) Outcome {
	i := 1
	if strings.Contains(op, ".") {
		i = 0
	}
	if len(l.words) <= i {
		return one(made(c, effect.Exec, "deno "+op))
	}
	w := l.words[i]
	switch {
	case w.Text == "-":
		return stdinCode(c, "node")
	case byScheme(w.Text) && !strings.HasPrefix(w.Text, "https://deno.land/std") && !strings.HasPrefix(w.Text, "https://jsr.io/@std"):
		e := made(c, effect.ExecDownload, w.Text)
		e.Host = urlHost([]Word{w})
		return one(e)
	case strings.HasPrefix(w.Text, "npm:") || strings.HasPrefix(w.Text, "jsr:"):
		return fetchRun(c, []Word{{Text: w.Text[4:], Known: w.Known}}, l, "deno run")
	}
	return Outcome{Nested: []Nested{{Kind: NestedScript, Lang: "node", Path: w, Via: "deno run"}}}
}

// osascript runs AppleScript or JavaScript; several -e make one program.
func osascript(c Call) Outcome {
	l := loosely(c.Args[1:], "e l s")
	lang := "osascript"
	if strings.EqualFold(l.value("l"), "JavaScript") {
		lang = "jxa"
	}
	text := Word{Known: true}
	for _, e := range l.values("e") {
		text.Text += e.Text + "\n"
		text.Known = text.Known && e.Known
	}
	if text.Text != "" {
		return Outcome{Nested: []Nested{{Kind: NestedCode, Lang: lang, Text: text, Via: "osascript -e"}}}
	}
	return scriptOrStdin(Outcome{}, c, lang, l.words)
}

// java runs archives; some are command lines of services.
func java(c Call) Outcome {
	for i, a := range c.Args {
		if strings.HasPrefix(a.Text, "-agentpath") || strings.HasPrefix(a.Text, "-agentlib:jdwp") && strings.Contains(a.Text, "address=*") || strings.HasPrefix(a.Text, "-javaagent:/tmp") || strings.HasPrefix(a.Text, "-javaagent:/dev/shm") {
			return one(made(c, effect.ExecTampered, a.Text))
		}
		if a.Text != "-jar" || i+1 >= len(c.Args) {
			continue
		}
		jar := BaseName(c.Args[i+1].Text)
		if strings.Contains(jar, "cli") {
			inner := Call{Args: append([]Word{known(strings.TrimSuffix(jar, ".jar"))}, c.Args[i+2:]...)}
			return service{valued: "s auth i"}.look(inner)
		}
		return Outcome{Effects: []effect.Effect{made(c, effect.Exec, jar)}}
	}
	return one(made(c, effect.Exec, "java"))
}
