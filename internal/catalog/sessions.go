package catalog

import (
	"strings"

	"writ/internal/effect"
)

// screens is GNU screen: a command to start, or text to stuff into a session.
func screens(c Call) Outcome {
	p := newSpec("+ S= c= e= h= p= s= t= T= d D m R r x X ls list wipe L U q a A f l o i O v dmS= L=").parse(joinedScreen(c.Args[1:]))
	var out Outcome
	if p.has("ls", "list", "wipe", "v") {
		return out
	}
	if w, ok := p.value("c"); ok {
		out.path(effect.FSRead, w, "config")
	}
	if p.has("X") || strings.Contains(lineOf(p.args), "stuff ") {
		out.join(stuffs(p.args, "stuff", "screen -X stuff"))
		if p.verb() == "exec" {
			out.argv(p.after(1), "screen -X exec")
		}
		return out
	}
	if len(p.args) > 0 && !p.has("r", "x", "R") {
		if p.has("d", "m", "D") {
			out.add(effect.Exec, "screen", "background")
		}
		out.argv(p.args, "screen")
	}
	return out
}

// joinedScreen splits -dmS name, screen's usual cluster.
func joinedScreen(ws []Word) []Word {
	var out []Word
	for _, w := range ws {
		if len(w.Text) > 2 && w.Text[0] == '-' && w.Text[1] != '-' && strings.Trim(w.Text[1:], "dDmSRrxXLUqaAfi") == "" && strings.Contains(w.Text, "S") {
			out = append(out, known("-"+strings.ReplaceAll(w.Text[1:], "S", "")), known("-S"))
			continue
		}
		out = append(out, w)
	}
	return out
}

// stuffs follows text typed into another session.
func stuffs(ws []Word, verb, via string) Outcome {
	var out Outcome
	for i, w := range ws {
		if w.Text == verb && i+1 < len(ws) {
			text := oneWord(ws[i+1:])
			text.Text = strings.NewReplacer("^M", "\n", `\n`, "\n", `\r`, "\n", `\015`, "\n").Replace(text.Text)
			out.shell(text, via)
		}
	}
	return out
}

var tmuxSpec = newSpec("+ 2 C D l N u U v V c= f= L= S= T=")

// tmuxes is tmux: a command to start in a window, or keys sent to one.
func tmuxes(c Call) Outcome {
	p := tmuxSpec.parse(c.Args[1:])
	var out Outcome
	if w, ok := p.value("c"); ok {
		out.shell(w, "tmux -c")
	}
	if len(p.args) == 0 {
		return out
	}
	for _, command := range splitWords(p.args, ";", `\;`) {
		tmuxCommand(&out, command[0].Text, command[1:])
	}
	return out
}

func splitWords(ws []Word, marks ...string) [][]Word {
	var all [][]Word
	var cur []Word
	for _, w := range ws {
		mark := false
		for _, m := range marks {
			mark = mark || w.Text == m
		}
		if mark {
			if len(cur) > 0 {
				all = append(all, cur)
			}
			cur = nil
			continue
		}
		cur = append(cur, w)
	}
	if len(cur) > 0 {
		all = append(all, cur)
	}
	return all
}

func tmuxCommand(out *Outcome, verb string, args []Word) {
	switch verb {
	case "new-session", "new", "new-window", "neww", "split-window", "splitw", "respawn-pane", "respawn-window", "respawnp", "respawnw", "display-popup", "popup":
		p := newSpec("+ A d D E P X a b k K S f h v I Z B C c= e= F= n= s= t= x= y= l= p= w= T= N").parse(args)
		if len(p.args) > 0 {
			n := out.shell(joinShell(p.args), "tmux "+verb)
			if p.has("d") {
				out.add(effect.Exec, "tmux "+n.Via, "background")
			}
		}
	case "run-shell", "run", "if-shell", "if", "pipe-pane", "pipep":
		p := newSpec("+ b C c= d= t= F I O o").parse(args)
		for i, w := range p.args {
			if i == 0 || verb == "run-shell" || verb == "run" {
				out.shell(w, "tmux "+verb)
			}
		}
	case "send-keys", "send":
		p := newSpec("+ F H K l M R X c= N= t=").parse(args)
		out.shell(typedKeys(p.args), "tmux send-keys")
	case "set-option", "set", "set-hook", "bind-key", "bind":
		if text := lineOf(args); strings.Contains(text, "default-command") || strings.Contains(text, "run-shell") || verb == "set-hook" {
			out.add(effect.Persist, "tmux "+verb, "shell")
		}
	case "source-file", "source":
		if len(args) > 0 {
			out.path(effect.FSRead, args[len(args)-1], "config")
		}
	case "kill-server":
		out.add(effect.ProcKill, "tmux server", "name")
	case "capture-pane", "capturep", "save-buffer", "saveb", "show-buffer":
		if verb == "save-buffer" || verb == "saveb" {
			out.path(effect.FSWrite, args[max(0, len(args)-1)], "truncate")
		}
	}
}

// typedKeys is the text that send-keys types: key names become what they type.
func typedKeys(ws []Word) Word {
	all := Word{Known: true}
	for _, w := range ws {
		switch w.Text {
		case "Enter", "C-m", "KPEnter", "C-j":
			all.Text += "\n"
		case "Space":
			all.Text += " "
		case "Tab", "C-c", "C-d", "C-u", "Escape", "C-l", "C-z", "Up", "Down", "q":
		default:
			all.Text += w.Text
		}
		all.Known = all.Known && w.Known
	}
	return all
}

func detachers(c Call) Outcome {
	p := newSpec("+ A= a= c= n= N= e= E r= z p=").parse(c.Args[1:])
	var out Outcome
	if len(p.args) > 0 {
		out.argv(p.args, c.Name())
	}
	return out
}

func zellijs(c Call) Outcome {
	var out Outcome
	args := c.Args[1:]
	for i, w := range args {
		if w.Text == "--" {
			out.argv(args[i+1:], "zellij")
			return out
		}
		if w.Text == "write-chars" && i+1 < len(args) {
			out.shell(args[i+1], "zellij write-chars")
		}
	}
	return out
}

func writesTerminal(c Call) Outcome {
	var out Outcome
	if c.Name() != "mesg" {
		out.add(effect.ProcTrace, c.Name(), "terminal")
	}
	return out
}
