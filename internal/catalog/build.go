package catalog

import (
	"strings"

	"writ/internal/effect"
)

// known is a word with a literal text.
func known(text string) Word { return Word{Text: text, Known: true} }

// words are known words.
func words(texts ...string) []Word {
	ws := make([]Word, len(texts))
	for i, t := range texts {
		ws[i] = known(t)
	}
	return ws
}

// add notes an effect without a path.
func (o *Outcome) add(kind effect.Kind, target string, flags ...string) {
	o.Effects = append(o.Effects, effect.Effect{Kind: kind, Target: target, Flags: flags})
}

// unresolved notes that something cannot be known before it runs.
func (o *Outcome) unresolved(reason string, flags ...string) {
	o.Effects = append(o.Effects, effect.Effect{Kind: effect.Unresolved, Reason: reason, Flags: flags})
}

// path notes an effect on a file or folder. A word that is not fully known gets the flag unknown-path (Path
// holds what is known of it), one with a pattern the flag glob.
func (o *Outcome) path(kind effect.Kind, w Word, flags ...string) {
	if w.Known && w.Text == "" {
		return
	}
	if w.Known && w.Text == "-" && kind != effect.FSDelete {
		return // standard input or output
	}
	e := effect.Effect{Kind: kind, Path: w.Text, Flags: flags}
	if !w.Known {
		e.Flags = with(e.Flags, "unknown-path")
	}
	if w.Glob {
		e.Flags = with(e.Flags, "glob")
	}
	o.Effects = append(o.Effects, e)
}

// paths notes the same effect on each word.
func (o *Outcome) paths(kind effect.Kind, ws []Word, flags ...string) {
	for _, w := range ws {
		o.path(kind, w, flags...)
	}
}

// link notes a link from a new name to a target.
func (o *Outcome) link(name, target Word, flags ...string) {
	n := len(o.Effects)
	o.path(effect.FSLink, name, flags...)
	if len(o.Effects) > n {
		o.Effects[n].Target = target.Text
	}
}

// with adds flags to a copy of the list.
func with(flags []string, more ...string) []string {
	return append(append(make([]string, 0, len(flags)+len(more)), flags...), more...)
}

// join puts two outcomes together; what is said of pipes comes from the second where it says something.
func (o *Outcome) join(more Outcome) {
	o.Effects = append(o.Effects, more.Effects...)
	o.Nested = append(o.Nested, more.Nested...)
	if more.Cd != nil {
		o.Cd = more.Cd
	}
	if more.Emits != "" {
		o.Emits, o.EmitText = more.Emits, more.EmitText
	}
}

// under joins a relative word to a folder; an unknown folder makes the word unknown.
func under(dir, w Word) Word {
	if dir.Text == "" && dir.Known || strings.HasPrefix(w.Text, "/") {
		return w
	}
	joined := w
	joined.Text = strings.TrimSuffix(dir.Text, "/") + "/" + w.Text
	if dir.Text == "/" {
		joined.Text = "/" + w.Text
	}
	joined.Known = w.Known && dir.Known
	return joined
}

// argv notes another simple command that runs in place of this one.
func (o *Outcome) argv(args []Word, via string) *Nested {
	return o.nest(Nested{Kind: NestedArgv, Args: args, Via: via})
}

// shell notes shell text that runs.
func (o *Outcome) shell(text Word, via string) *Nested {
	return o.nest(Nested{Kind: NestedShell, Text: text, Via: via})
}

// code notes code of an interpreter that runs.
func (o *Outcome) code(lang string, text Word, via string) *Nested {
	return o.nest(Nested{Kind: NestedCode, Lang: lang, Text: text, Via: via})
}

// script notes a file of code that runs.
func (o *Outcome) script(lang string, path Word, args []Word, via string) *Nested {
	return o.nest(Nested{Kind: NestedScript, Lang: lang, Path: path, Args: args, Via: via})
}

func (o *Outcome) nest(n Nested) *Nested {
	o.Nested = append(o.Nested, n)
	return &o.Nested[len(o.Nested)-1]
}

// flagIf returns the flag when the condition holds, for building flag lists.
func flagIf(cond bool, flag string) []string {
	if cond {
		return []string{flag}
	}
	return nil
}

// same makes a table in which every one of the space-separated names has the same meaning.
func same(names string, p program) map[string]program {
	m := map[string]program{}
	for _, n := range strings.Fields(names) {
		m[n] = p
	}
	return m
}
