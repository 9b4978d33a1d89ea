package catalog

import (
	"strings"

	"writ/internal/effect"
)

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
	off := strings.Contains(text, "+o history") || c.Name() == "shopt" && strings.Contains(text, "-u -o history") || strings.Contains(text, "-uo history") || strings.Contains(text, "-ou history") || strings.Contains(text, "-u cmdhist") || strings.Contains(text, "-u histappend") || strings.Contains(text, "+h ") && c.Name() == "set"
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
