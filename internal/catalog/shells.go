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

func traps(c Call) Outcome {
	p := newSpec("+ l p").parse(c.Args[1:])
	var out Outcome
	if len(p.args) < 2 || p.has("l", "p") || p.args[0].Text == "-" {
		return out
	}
	if p.args[0].Known && p.args[0].Text == "" {
		out.add(effect.Bypass, "signals "+lineOf(p.args[1:]), "signal")
		return out
	}
	n := out.shell(p.args[0], "trap")
	for _, s := range p.args[1:] {
		if s.Text == "DEBUG" || s.Text == "RETURN" || s.Text == "ERR" && strings.Contains(n.Text.Text, "$BASH_COMMAND") {
			out.add(effect.Evade, "trap "+s.Text, "trap")
		}
	}
	return out
}

// declares is export and its kin: an assignment counts as if it stood before every later command.
func declares(c Call) Outcome {
	var out Outcome
	for _, w := range c.Args[1:] {
		name, value, ok := strings.Cut(w.Text, "=")
		if !ok || strings.HasPrefix(name, "-") {
			continue
		}
		if (name == "GIT_SSH" || name == "GIT_SSH_COMMAND") && !plainSSH(Word{Text: value, Known: w.Known}) {
			out.add(effect.ExecTampered, name, "git")
		}
		out.Effects = append(out.Effects, assignEffects([]Assign{{Name: strings.TrimSuffix(name, "+"), Value: Word{Text: value, Known: w.Known}}})...)
	}
	p := newSpec("+ p x f n r i a A l u g F t").parse(c.Args[1:])
	if p.has("f") && (p.has("x") || c.Name() == "export") {
		for _, w := range p.args {
			if guarded[w.Text] {
				out.add(effect.ExecTampered, "function "+w.Text, "define")
			}
		}
	}
	if len(p.args) == 0 && (p.has("p", "x") && !p.has("f") || c.Name() == "export") {
		out.add(effect.SecretRead, "environment", "env")
		out.Emits = "env"
	}
	return out
}

// guarded are programs that a definition of the same name would hide from a reader of the line.
var guarded = nameSet(`sudo su ssh scp sftp git gpg rm ls cd cat cp mv ps top kill login passwd doas curl wget docker kubectl aws gcloud az npm pip
	python python3 node sh bash zsh vim nano less crontab systemctl history exit which type command test echo read terraform gh claude codex gemini writ ping grep find make go cargo chmod chown`)

func aliases(c Call) Outcome {
	var out Outcome
	for _, w := range c.Args[1:] {
		name, value, ok := strings.Cut(w.Text, "=")
		if !ok {
			continue
		}
		hides(&out, name, Word{Text: value, Known: w.Known})
	}
	return out
}

// hides notes a definition that takes the place of a known program, unless it only adds options to it.
func hides(out *Outcome, name string, body Word) {
	first, rest, _ := strings.Cut(strings.TrimSpace(body.Text), " ")
	first = strings.TrimPrefix(first, "\\")
	harmless := body.Known && !strings.ContainsAny(rest, ";|&`$<>") && (first == name || harmlessTools[first] || aliasTwins[name+"="+first])
	if (guarded[name] || reachesOut(body.Text)) && !harmless {
		out.add(effect.ExecTampered, "alias "+name, "define")
	}
	if harmless || strings.ContainsAny(body.Text, "|;&`$") || !body.Known || strings.Contains(body.Text, " ") {
		if !harmless {
			out.shell(body, "alias "+name)
		}
	}
}

// reachesOut tells whether shell text names a program that talks to the network.
func reachesOut(text string) bool {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ;|&`$()", r) }) {
		if networkNames[BaseName(w)] {
			return true
		}
	}
	return false
}

var networkNames = nameSet("curl wget nc ncat netcat socat telnet ftp tftp")

var aliasTwins = nameSet(`ls=exa ls=eza ls=lsd ls=gls cat=bat cat=batcat vim=nvim vi=vim vi=nvim vim=vi python=python3 pip=pip3 grep=rg grep=ggrep find=fd rm=trash rm=trash-put
	rm=gio rm=rip ps=procs top=htop top=btop kubectl=minikube docker=podman sudo=doas make=gmake git=hub ping=prettyping less=bat sed=gsed npm=pnpm node=nodejs cd=z curl=curlie cp=rsync diff=colordiff`)

func unaliases(c Call) Outcome { return Outcome{} }

func unsets(c Call) Outcome {
	var out Outcome
	for _, w := range c.Args[1:] {
		switch w.Text {
		case "HISTFILE", "HISTSIZE", "HISTFILESIZE", "HISTCONTROL", "SAVEHIST":
			out.add(effect.Evade, w.Text, "history")
		case "PROMPT_COMMAND":
			out.add(effect.Evade, w.Text, "log")
		}
		if name := strings.ToUpper(w.Text); strings.HasPrefix(name, "WRIT_") || strings.HasPrefix(name, "CLAUDE_CODE_") {
			out.add(effect.Bypass, w.Text, "guard")
		}
	}
	return out
}

func shellOptions(c Call) Outcome {
	var out Outcome
	text := strings.ToLower(lineOf(c.Args[1:]))
	off := strings.Contains(text, "+o history") || strings.Contains(text, "-u cmdhist") || strings.Contains(text, "-u histappend") || strings.Contains(text, "+h ") && c.Name() == "set"
	if off || strings.Contains(text, "histignorespace") && c.Name() == "unsetopt" {
		out.add(effect.Evade, "shell history", "history")
	}
	if c.Name() == "set" && len(c.Args) == 1 {
		out.add(effect.SecretRead, "environment", "env")
		out.Emits = "env"
	}
	return out
}

// enables loads a builtin from a file (-f) or hides one (-n).
func enables(c Call) Outcome {
	p := newSpec("a d n p s f=").parse(c.Args[1:])
	var out Outcome
	if w, ok := p.value("f"); ok {
		out.path(effect.ExecTampered, w, "plugin")
	}
	return out
}

func histories(c Call) Outcome {
	p := newSpec("c d= a n r w p s e= l").parse(c.Args[1:])
	var out Outcome
	if c.Name() == "fc" {
		if !p.has("l") {
			out.unresolved("an earlier command is edited and run again", "eval")
		}
		return out
	}
	if p.has("c", "d") || p.has("w") && p.verb() == "/dev/null" {
		out.add(effect.Evade, "shell history", "history")
	} else if len(p.opts) == 0 {
		out.Emits = "log"
	}
	return out
}

// hashes is hash -p PATH NAME, which makes the shell run another file for a name.
func hashes(c Call) Outcome {
	p := newSpec("p= d r l t").parse(c.Args[1:])
	var out Outcome
	if w, ok := p.value("p"); ok {
		out.path(effect.ExecTampered, w, "define")
	}
	return out
}

// mapfiles is mapfile -C CALLBACK, which evaluates the callback with each line.
func mapfiles(c Call) Outcome {
	p := newSpec("d= n= O= s= t u= C= c=").parse(c.Args[1:])
	var out Outcome
	w, ok := p.value("C")
	if !ok {
		return out
	}
	first, _, _ := strings.Cut(w.Text, " ")
	if first == "eval" || guardedShell[BaseName(first)] {
		out.unresolved("each line of the input is run by "+w.Text, "eval")
		if c.Stdin != nil && c.Stdin.Known {
			out.shell(known(w.Text+" 0 "+c.Stdin.Text), "mapfile -C")
		}
		return out
	}
	n := out.shell(w, "mapfile -C")
	n.Appends = true
	return out
}

var guardedShell = nameSet("sh bash zsh dash ksh fish python python3 perl ruby node php source .")

// completes is complete -C COMMAND, which runs it at each Tab.
func completes(c Call) Outcome {
	p := newSpec("a b c d e f g j k s u v D E I p r o= A= G= W= F= C= X= P= S=").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.values("C") {
		base, _, _ := strings.Cut(w.Text, " ")
		switch {
		case c.Name() == "compgen":
			out.shell(w, "compgen -C")
		case strings.HasSuffix(BaseName(base), "_completer") || p.arg(0).Text == BaseName(base) || strings.HasSuffix(base, "-completion"):
		default:
			out.add(effect.Persist, "complete -C", "shell")
			out.shell(w, "complete -C")
		}
	}
	for _, w := range p.values("W") {
		if strings.Contains(w.Text, "$(") || strings.Contains(w.Text, "`") {
			out.shell(known("echo "+w.Text), c.Name()+" -W")
		}
	}
	return out
}

// binds is bind -x '"key": command', which runs it at a keystroke.
func binds(c Call) Outcome {
	p := newSpec("m= q= u= r= f= x= l p P s S v V X").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.values("x") {
		out.add(effect.Persist, "bind -x", "shell")
		if _, cmd, ok := strings.Cut(w.Text, ":"); ok {
			out.shell(Word{Text: strings.Trim(strings.TrimSpace(cmd), `"'`), Known: w.Known}, "bind -x")
		}
	}
	for _, w := range p.args {
		if _, text, ok := strings.Cut(w.Text, ":"); ok && (strings.Contains(text, `\n`) || strings.Contains(text, `\C-m`) || strings.Contains(text, `\r`)) {
			out.add(effect.Persist, "bind", "shell")
		}
	}
	return out
}

// dates is date; -s sets the clock.
func dates(c Call) Outcome {
	p := newSpec("d,date= f,file= r,reference= s,set= u,utc,universal I? R rfc-3339= j v= n").parse(c.Args[1:])
	var out Outcome
	digits := p.verb()
	if p.has("set") || len(digits) >= 8 && strings.Trim(digits, "0123456789.") == "" {
		out.add(effect.SysConfig, "date -s", "time")
	}
	out.paths(effect.FSRead, p.values("file"))
	return out
}

// loggers is logger; -f sends a file into the log.
func loggers(c Call) Outcome {
	p := newSpec("f,file= p,priority= t,tag= n,server= P,port= i? s u,socket= d T size= id? rfc5424? msgid=").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSRead, p.values("file"))
	if host := p.text("server"); host != "" {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetUpload, Host: host, Scheme: "syslog", Flags: []string{"data"}})
	}
	return out
}

func plainOutput(Call) Outcome { return Outcome{} }
