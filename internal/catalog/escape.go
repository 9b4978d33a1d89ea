package catalog

import (
	"strings"

	"writ/internal/effect"
)

// shellNames are command interpreters that take over the terminal when they are started bare.
var shellNames = nameSet("sh bash zsh dash ash ksh mksh fish csh tcsh rbash busybox-sh")

// ownShell are programs whose purpose it is to start a shell: for them it is no way around anything.
var ownShell = nameSet("exec command builtin tmux screen byobu dtach abduco sudo su doas runuser pkexec login chsh newgrp sg arch fakeroot nix-shell poetry pipenv direnv")

// noteEscapes notes a bare shell that a tool is made to start: what is then typed into it is judged by nobody.
func noteEscapes(out *Outcome, c Call) {
	name := c.Name()
	if c.Stdin != nil || ownShell[name] || shellNames[name] {
		return
	}
	for _, n := range out.Nested {
		if n.Remote || n.Stdin != nil && name != "xargs" {
			continue
		}
		words := n.Args
		if n.Kind == NestedShell && n.Text.Known {
			words = wordsOf(n.Text.Text)
		}
		if (n.Kind == NestedShell || n.Kind == NestedArgv) && bareShell(words) && !n.Appends {
			out.add(effect.Exec, name+" "+BaseName(words[0].Text), "escape")
			return
		}
	}
}

func wordsOf(text string) []Word { return words(strings.Fields(text)...) }

// bareShell tells whether the words start a shell without anything to run. Redirections do not count.
func bareShell(ws []Word) bool {
	if len(ws) == 0 || !ws[0].Known || !shellNames[BaseName(ws[0].Text)] {
		return false
	}
	for _, w := range ws[1:] {
		switch t := w.Text; {
		case t == "-i" || t == "-p" || t == "-l" || t == "--login" || t == "-il" || t == "-li" || t == "-ip" || t == "--norc" || t == "--noprofile":
		case strings.ContainsAny(t, "<>&") || t == "#" || t == ";":
		default:
			return false
		}
	}
	return true
}
