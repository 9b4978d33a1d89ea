package catalog

import (
	"slices"
	"strings"

	"writ/internal/effect"
)

// writPrograms are writ's own programs. What reads or explains is free; what approves, configures, starts
// or stops belongs to a person, and a subcommand that is not known here counts as that.
var writPrograms = map[string]program{
	"writ": writ,
	"writ-hook": func(c Call) Outcome {
		out := Outcome{}
		out.add(effect.WritControl, "writ-hook")
		return out
	},
}

// writReads are the subcommands that change nothing; a second word narrows one that also has others.
var writReads = map[string]string{
	"explain": "*", "check": "*", "log": "*", "report": "*", "replay": "*", "help": "*", "completion": "*", "version": "*",
	"audit": "verify reconcile export", "policy": "show validate test diff", "daemon": "status logs", "approvals": "*", "doctor": "*", "worktree": "list",
}

func writ(c Call) Outcome {
	out := Outcome{}
	sub, second := writWords(c.Args[1:])
	switch allowed, ok := writReads[sub]; {
	case sub == "" && len(c.Args) == 1, ok && allowed == "*", ok && slices.Contains(strings.Fields(allowed), second):
		out.add(effect.Exec, "writ "+sub)
	case sub == "restore":
		out.add(effect.GitDiscard, "writ restore", "worktree")
	default:
		out.add(effect.WritControl, strings.TrimSpace("writ "+sub+" "+second))
	}
	return out
}

// writWords finds the subcommand and the word after it; a word that is not known gives "?", which no list has.
func writWords(args []Word) (sub, second string) {
	var words []string
	for i := 0; i < len(args) && len(words) < 2; i++ {
		w := args[i]
		switch {
		case !w.Known:
			words = append(words, "?")
		case w.Text == "--home":
			i++
		case !strings.HasPrefix(w.Text, "-"):
			words = append(words, w.Text)
		case len(words) == 0 && (w.Text == "--help" || w.Text == "-h" || w.Text == "--version"):
			words = append(words, "help")
		}
	}
	words = append(words, "", "")
	return words[0], words[1]
}
