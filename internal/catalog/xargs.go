package catalog

import (
	"strings"

	"writ/internal/effect"
)

var xargsSpec = newSpec("+ 0,null a,arg-file= d,delimiter= E= e,eof? I= i,replace? L= l,max-lines? n,max-args= o,open-tty P,max-procs= p,interactive process-slot-var= r,no-run-if-empty s,max-chars= t,verbose x,exit J= R= S=")

// xargses runs a command with words from its input; where the input is literal they are known.
func xargses(c Call) Outcome {
	p := xargsSpec.parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSRead, p.values("arg-file"))
	if len(p.args) == 0 {
		return out
	}
	replace := p.text("I", "J")
	if p.has("replace") {
		replace = orText(p.text("replace"), "{}")
	}
	args, appends := p.args, true
	if replace != "" && strings.Contains(lineOf(args), replace) {
		appends = false
		if text, ok := stdinText(c); ok && !p.has("arg-file") {
			args = xargsFilled(args, text, replace)
		} else {
			args = placeholders(args, replace)
		}
		if guardedShell[BaseName(args[0].Text)] && placedInCode(p.args, replace) {
			out.unresolved("what is read becomes part of the code of "+args[0].Text, "eval")
		}
	}
	if p.has("arg-file") && appends {
		args, appends = append(args[:len(args):len(args)], Word{}), false // the words of a file, not of the input
	}
	n := out.argv(args, "xargs")
	n.Appends, n.Stdin = appends, &Stdin{}
	return out
}

// placedInCode tells whether a placeholder stands in the code word of a shell.
func placedInCode(args []Word, mark string) bool {
	for i, w := range args {
		if strings.Contains(w.Text, mark) && i > 0 && strings.HasPrefix(args[i-1].Text, "-") && strings.HasSuffix(args[i-1].Text, "c") {
			return true
		}
	}
	return false
}

// xargsFilled puts the first line of a literal input where the placeholder stands.
func xargsFilled(args []Word, text, replace string) []Word {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	out := make([]Word, len(args))
	for i, a := range args {
		a.Text = strings.ReplaceAll(a.Text, replace, strings.Trim(first, `"'`))
		out[i] = a
	}
	return out
}

// placeholders makes words with a placeholder unknown.
func placeholders(args []Word, mark string) []Word {
	out := make([]Word, len(args))
	for i, a := range args {
		if strings.Contains(a.Text, mark) {
			a.Text, a.Known = strings.ReplaceAll(a.Text, mark, ""), false
		}
		out[i] = a
	}
	return out
}

var parallelSpec = newSpec("+ j,jobs= a,arg-file= colsep= C= d,delimiter= 0,null I= N,max-args= n= L= P,max-procs= S,sshlogin= slf= q,quote k,keep-order X m pipe block= recstart= recend= results= joblog= progress bar eta dry-run tmpdir= timeout= retries= halt= delay= load= memfree= nice= wd,workdir= env= will-cite tag linebuffer group u,ungroup tty t,verbose v shuf rpl= trim= header= cat fifo resume xapply link trc= transferfile= return= cleanup basefile= bf=")

// parallels is GNU parallel: command words, then ::: and inputs. Without a command the inputs are commands.
func parallels(c Call) Outcome {
	p := parallelSpec.parse(c.Args[1:])
	var out Outcome
	if p.has("dry-run") {
		return out
	}
	command, inputs := splitAt(p.args, ":::", ":::+", "::::", "-")
	remote := p.has("sshlogin", "slf")
	switch {
	case len(command) == 0 && len(inputs) > 0:
		for _, in := range inputs {
			out.shell(in, "parallel").Remote = remote
		}
	case len(command) == 0 && p.has("arg-file"):
		out.unresolved("parallel runs the lines of "+p.text("arg-file"), "script")
	case len(command) == 0:
		readsShellInput(&out, c, "shell", "parallel")
	case len(inputs) > 0:
		parallelShell(&out, command)
		for _, in := range inputs {
			out.shell(filled(command, in), "parallel").Remote = remote
		}
	default:
		if text, ok := stdinText(c); ok {
			parallelShell(&out, command)
			for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
				out.shell(filled(command, known(line)), "parallel").Remote = remote
			}
			return out
		}
		n := out.argv(placeholders(command, "{}"), "parallel")
		n.Appends, n.Remote = true, remote
		if len(command) == 1 {
			n.Kind, n.Text = NestedShell, command[0]
		}
	}
	return out
}

// parallelShell notes that the inputs become code of a shell.
func parallelShell(out *Outcome, command []Word) {
	last := command[len(command)-1]
	if guardedShell[BaseName(command[0].Text)] && (placedInCode(command, "{") || len(command) > 1 && strings.HasPrefix(last.Text, "-") && strings.HasSuffix(last.Text, "c")) {
		out.unresolved("the inputs become code of "+command[0].Text, "eval")
	}
}

func splitAt(ws []Word, marks ...string) (before, after []Word) {
	for i, w := range ws {
		for _, m := range marks {
			if w.Text == m {
				rest := ws[i+1:]
				if m == "::::" {
					rest = nil
				}
				var inputs []Word
				for _, r := range rest {
					if !strings.HasPrefix(r.Text, ":::") {
						inputs = append(inputs, r)
					}
				}
				return ws[:i], inputs
			}
		}
	}
	return ws, nil
}

// filled is the command as parallel would run it in a shell for one input.
func filled(command []Word, in Word) Word {
	w := oneWord(command)
	if len(command) > 1 {
		w = joinShell(command)
	}
	text := w.Text
	if strings.Contains(text, "{") && strings.Contains(text, "}") {
		for _, mark := range []string{"{}", "{.}", "{/}", "{//}", "{1}"} {
			text = strings.ReplaceAll(text, mark, in.Text)
		}
	} else {
		text += " " + in.Text
	}
	return Word{Text: text, Known: w.Known && in.Known}
}

// joinShell joins words into shell text, quoting those that hold spaces.
func joinShell(ws []Word) Word {
	if len(ws) == 1 {
		return ws[0] // shell text as it stands
	}
	all := make([]Word, len(ws))
	for i, w := range ws {
		if strings.ContainsAny(w.Text, " \t\n;|&") {
			w.Text = quoteWord(w.Text)
		}
		all[i] = w
	}
	return oneWord(all)
}
