package catalog

import (
	"strings"

	"writ/internal/effect"
)

var envSpec = newSpec("+ i,ignore-environment 0,null u,unset= C,chdir= S,split-string= P= a,argv0= block-signal? default-signal? ignore-signal? list-signal-handling v,debug")

// envs is env: without a command it prints the environment.
func envs(c Call) Outcome {
	p := envSpec.parse(c.Args[1:])
	var out Outcome
	rest := p.args
	if w, ok := p.value("split-string"); ok {
		split := strings.Fields(w.Text)
		ws := words(split...)
		for i := range ws {
			ws[i].Known = w.Known
		}
		rest = append(ws, rest...)
		return envs(Call{Args: append([]Word{c.Args[0]}, rest...), Stdin: c.Stdin})
	}
	if len(rest) > 0 && rest[0].Text == "-" {
		rest = rest[1:]
	}
	for len(rest) > 0 && len(rest[0].Text) > 1 && rest[0].Text[0] == '-' {
		rest = rest[1:] // options after VAR=value words or a lone dash
	}
	assigns, rest := leadingAssigns(rest)
	if len(rest) == 0 {
		if !p.has("ignore-environment") && len(p.args) == len(assigns) && len(assigns) == 0 {
			out.add(effect.SecretRead, "environment", "env")
			out.Emits = "env"
		}
		return out
	}
	if dir, ok := p.value("chdir"); ok {
		out.shell(oneWord(append(words("cd", quoteWord(dir.Text), "&&"), quoteAll(rest)...)), "env -C")
		return out
	}
	if p.has("ignore-environment") || len(p.args) > 0 && p.args[0].Text == "-" {
		if name := BaseName(rest[0].Text); guardedShell[name] {
			out.add(effect.Bypass, "environment", "environment")
		}
	}
	out.argv(rest, "env").Assign = assigns
	return out
}

// quoteWord quotes a word for shell text.
func quoteWord(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func quoteAll(ws []Word) []Word {
	out := make([]Word, len(ws))
	for i, w := range ws {
		w.Text = quoteWord(w.Text)
		out[i] = w
	}
	return out
}
