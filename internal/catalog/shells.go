package catalog

import (
	"strings"

	"writ/internal/effect"
)

// shellPrograms are shells and the builtins that run or define something.
var shellPrograms = merge([]map[string]program{
	same("bash sh zsh dash ash ksh ksh93 mksh pdksh lksh rbash rzsh yash posh osh busybox-sh sash git-shell", shells),
	same("fish nu xonsh elvish ion rc es", shells),
	same("csh tcsh", shells),
	same("cmd", cmdExe),
	same("wsl", wsl),
	same("eval", evals),
	same("source .", sources),
	same("exec", execs),
	same("command builtin", commands),
	same("trap", traps),
	same("export declare typeset local readonly", declares),
	same("alias", aliases),
	same("unalias", unaliases),
	same("unset", unsets),
	same("set shopt setopt unsetopt", shellOptions),
	same("enable", enables),
	same("history fc", histories),
	same("hash", hashes),
	same("echo printf print", prints),
	same("mapfile readarray", mapfiles),
	same("complete compgen compopt", completes),
	same("bind bindkey", binds),
	same("coproc", func(c Call) Outcome { var o Outcome; o.argv(c.Args[1:], "coproc"); return o }),
	same("test [ [[ true false : let read return break continue shift getopts umask times wait jobs fg suspend logout exit caller type which where whereis whence pwd help", nothing),
	same("bg", nothing),
	same("ulimit", nothing),
	same("clear reset tput stty tty cal uname nproc hostid locale getconf sleep pwdx", plainOutput),
	same("date gdate", dates), same("logger", loggers),
})

var shellSpec = newSpec("+ c o= O= rcfile,init-file= l,login i s r x e u v n f h m p a k t b B C E H P T D norc noprofile posix restricted verbose command= init-command= C=")

// shells is bash and its kin: -c text, a script, or what stands on standard input.
func shells(c Call) Outcome {
	args := make([]Word, 0, len(c.Args))
	for _, w := range c.Args[1:] {
		if len(w.Text) > 1 && w.Text[0] == '+' && len(args) == 0 {
			continue // +x, +e: options switched off
		}
		args = append(args, w)
	}
	p := shellSpec.parse(args)
	var out Outcome
	name := c.Name()
	if w, ok := p.value("rcfile"); ok && w.Text != "/dev/null" {
		out.script("shell", w, nil, name+" --rcfile")
	}
	for _, w := range p.values("command", "init-command") {
		out.shell(w, name+" -c")
	}
	switch {
	case p.has("n") && !p.has("c"):
		return out // syntax check only
	case p.has("c"):
		if len(p.args) > 0 {
			n := out.shell(p.args[0], name+" -c")
			n.Args = p.after(1)
		}
	case p.has("command"):
	case len(p.args) > 0 && !p.has("s"):
		runsScript(&out, c, "shell", p.args[0], p.after(1), name)
	default:
		readsShellInput(&out, c, "shell", name)
	}
	return out
}

// runsScript notes a script; "-" and /dev/stdin mean standard input.
func runsScript(out *Outcome, c Call, lang string, w Word, args []Word, via string) {
	switch w.Text {
	case "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0":
		readsShellInput(out, c, lang, via)
		return
	}
	if strings.HasPrefix(w.Text, "http://") || strings.HasPrefix(w.Text, "https://") {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.ExecDownload, Target: w.Text, Host: parseURL(w.Text, "").host, Flags: []string{"url"}})
		return
	}
	out.script(lang, w, args, via)
}

// readsShellInput says what an interpreter that reads its program from standard input would run.
func readsShellInput(out *Outcome, c Call, lang, via string) {
	in := c.Stdin
	if in == nil {
		return
	}
	switch in.From {
	case "network":
		out.add(effect.ExecDownload, via, "pipe")
	case "decode":
		out.add(effect.ExecInline, via, "decode", "stdin")
	case "secret":
		out.add(effect.ExecInline, via, "stdin")
	}
	switch {
	case in.Known && lang == "shell":
		out.shell(known(in.Text), via+" (stdin)")
	case in.Known:
		out.code(lang, known(in.Text), via+" (stdin)")
	case in.Path != "":
		out.script(lang, Word{Text: in.Path, Known: true}, nil, via)
	case in.From != "network":
		out.unresolved("the program that "+via+" reads on its standard input is not known", "stdin")
	}
}

func cmdExe(c Call) Outcome {
	var out Outcome
	for i, w := range c.Args[1:] {
		if t := strings.ToLower(w.Text); t == "/c" || t == "/k" || t == "/r" {
			out.shell(oneWord(c.Args[i+2:]), "cmd "+t)
			break
		}
	}
	return out
}

func wsl(c Call) Outcome {
	p := newSpec("+ d,distribution= u,user= e,exec cd= l,list s,set-default= t,terminate= unregister= shutdown export= import= install update status").parse(c.Args[1:])
	var out Outcome
	if w, ok := p.value("unregister"); ok {
		out.add(effect.ContainerDelete, w.Text, "all")
	}
	if len(p.args) > 0 {
		out.argv(p.args, "wsl")
	}
	return out
}

func evals(c Call) Outcome {
	var out Outcome
	if len(c.Args) > 1 {
		out.shell(oneWord(c.Args[1:]), "eval")
	}
	return out
}

func sources(c Call) Outcome {
	var out Outcome
	if len(c.Args) > 1 {
		runsScript(&out, c, "shell", c.Args[1], c.Args[2:], "source")
	}
	return out
}

func execs(c Call) Outcome {
	p := newSpec("+ a= c l").parse(c.Args[1:])
	var out Outcome
	if len(p.args) > 0 {
		out.argv(p.args, "exec")
		if text := lineOf(p.args[1:]); guardedShell[BaseName(p.args[0].Text)] && (text == "--norc" || text == "--norc --noprofile" || text == "--noprofile --norc") {
			out.add(effect.Bypass, "shell profile", "profile")
		}
	}
	return out
}

// commands is command and builtin; -v and -V only look up, unless the program would run as well.
func commands(c Call) Outcome {
	p := newSpec("+ p v V").parse(c.Args[1:])
	var out Outcome
	if len(p.args) == 0 || c.Name() == "command" && p.has("v", "V") {
		return out
	}
	out.argv(p.args, c.Name())
	return out
}
