package command

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"writ/internal/catalog"
	"writ/internal/effect"
)

// picked marks a listing of the environment that is piped into a search for one plain name: what is shown
// then is that variable, not all of them.
func (r *reader) picked(from int, filter *syntax.Stmt) {
	if !picksOne(filter) {
		return
	}
	for i := from; i < len(r.res.Effects); i++ {
		e := &r.res.Effects[i]
		if e.Kind == effect.SecretRead && e.Has("env") && !e.Has("one") {
			e.Flags = append(e.Flags[:len(e.Flags):len(e.Flags)], "one")
		}
	}
}

// picksOne tells whether a statement is grep with a literal pattern that is no name of a credential, or a count.
func picksOne(s *syntax.Stmt) bool {
	if !callsOne(s, "grep", "egrep", "fgrep", "rg", "wc") || len(s.Redirs) > 0 {
		return false
	}
	call := s.Cmd.(*syntax.CallExpr)
	pattern := ""
	for _, w := range call.Args[1:] {
		text := literalWord(w)
		if text == "" {
			return false
		}
		if text[0] != '-' && pattern == "" {
			pattern = text
		} else if text[0] == '-' && strings.Contains(text, "v") {
			return false
		}
	}
	return call.Args[0].Lit() == "wc" || len(pattern) > 2 && !catalog.CredentialPattern(pattern)
}

// literalWord is the text of a word that is literal throughout, also in quotes; "" otherwise.
func literalWord(w *syntax.Word) string {
	text := ""
	for _, p := range w.Parts {
		switch p := p.(type) {
		case *syntax.Lit:
			text += p.Value
		case *syntax.SglQuoted:
			text += p.Value
		case *syntax.DblQuoted:
			for _, q := range p.Parts {
				lit, ok := q.(*syntax.Lit)
				if !ok {
					return ""
				}
				text += lit.Value
			}
		default:
			return ""
		}
	}
	return text
}

// detached marks the contacts of a coprocess: they go on beside the shell, unseen.
func (r *reader) detached(from int) {
	for i := from; i < len(r.res.Effects); i++ {
		if e := &r.res.Effects[i]; e.Kind == effect.NetConnect && !e.Has("background") {
			e.Flags = append(e.Flags[:len(e.Flags):len(e.Flags)], "background")
		}
	}
}
