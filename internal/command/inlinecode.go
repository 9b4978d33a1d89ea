package command

import (
	"slices"
	"strings"

	"writ/internal/catalog"
	"writ/internal/inline"
)

// code reads interpreter code or a database statement.
func (r *reader) code(sh *scope, lang string, text field, words []string) {
	if !text.Known && strings.TrimSpace(text.Text) == "" && strings.TrimSpace(stripMarks(text.code)) == "" {
		r.computedShell(sh, text.from, words)
		return
	}
	if text.from == "decode" {
		r.obfuscated(sh, "a decoded text is run as code", words)
	}
	body := text.Text
	if len(body) > maxLine {
		r.unresolved("the code is longer than writ reads", words, sh.via, "bound")
		body = body[:maxLine]
	}
	if !text.Known {
		r.unresolved("a part of the code is computed", words, sh.via, "minor")
	}
	r.inlineCode(sh, lang, body, words)
}

func stripMarks(code string) string { return flow{text: code, known: true}.stripped() }

func (r *reader) inlineCode(sh *scope, lang, body string, words []string) {
	out := inline.Read(lang, body)
	for _, e := range out.Effects {
		if e.Words == nil {
			e.Words = words
		}
		r.settle(sh, e, nil)
	}
	for _, why := range out.Unresolved {
		r.unresolved(why, words, sh.via, "code")
	}
	for _, n := range out.Nested {
		r.inlineNested(sh, n, words)
	}
}

// inlineNested follows what a piece of code runs in turn.
func (r *reader) inlineNested(sh *scope, n inline.Nested, words []string) {
	if r.stopped || !r.step() {
		return
	}
	if r.depth >= maxDepth {
		r.bound("commands inside code nest too deeply")
		return
	}
	r.depth++
	defer func() { r.depth-- }()
	inner := sh.sub()
	inner.aliases, inner.funcs = nil, nil
	if n.Via != "" {
		inner.via = append(slices.Clip(slices.Clone(sh.via)), n.Via)
	}
	if n.Remote && !sh.remote {
		inner.remote, inner.cwd, inner.vars = true, "", nil
	}
	switch n.Kind {
	case inline.KindShell:
		r.shellText(inner, n.Text, nil)
	case inline.KindCode:
		r.inlineCode(inner, n.Lang, n.Text, words)
	case inline.KindArgv:
		args := make([]field, len(n.Args))
		for i, a := range n.Args {
			args[i] = field{Word: catalog.Word{Text: a.Text, Known: a.Known, Raw: a.Text}}
			if !a.Known {
				args[i].code = a.Text + unknownCode("")
			}
		}
		if len(args) > 0 {
			r.call(inner, args, nil, nil, nil)
		}
	case inline.KindScript:
		r.scriptFile(inner, literal(n.Path), n.Lang, nil, nil)
	default:
		r.unresolved("a nested piece of an unknown kind: "+string(n.Kind), words, inner.via)
	}
}
