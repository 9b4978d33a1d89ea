package command

import (
	"strings"

	"writ/internal/effect"
)

// aliased reads a command whose first word is an alias of the same line.
func (r *reader) aliased(sh *scope, text string, fields []field, in *flow) flow {
	var b strings.Builder
	b.WriteString(text)
	for _, f := range fields[1:] {
		b.WriteByte(' ')
		b.WriteString(quote(f))
	}
	inner := *sh
	inner.aliases = nil // an alias is not expanded within itself
	out := r.shellText(&inner, b.String(), in)
	sh.cwd, sh.vars, sh.funcs = inner.cwd, inner.vars, inner.funcs
	return out
}

// quote writes a field so that reading it again gives the same.
func quote(f field) string {
	if !f.Known {
		return f.asCode()
	}
	return "'" + strings.ReplaceAll(f.Text, "'", `'\''`) + "'"
}

// function reads a call of a function that the line defines. One that starts copies of itself in pipes or in
// the background is a fork bomb.
func (r *reader) function(sh *scope, f function, fields []field, in *flow) flow {
	name := fields[0].Text
	for _, fr := range r.frames {
		if fr.name != name {
			continue
		}
		if r.spawn > fr.spawn {
			r.emit(effect.Effect{Kind: effect.SysExhaust, Target: "fork-bomb", Flags: []string{"fork"}, Words: []string{name}, Via: sh.via,
				Reason: "a function starts copies of itself without end"})
		}
		return flow{}
	}
	if len(r.frames) >= maxDepth {
		r.bound("functions call each other too deeply")
		return flow{}
	}
	r.frames = append(r.frames, frame{name: name, spawn: r.spawn})
	src, params, isSet := r.src, sh.params, sh.isSet
	r.src = f.src
	sh.params, sh.isSet = fields[1:], true
	out := r.stmt(sh, f.body, in)
	sh.params, sh.isSet = params, isSet
	r.src = src
	r.frames = r.frames[:len(r.frames)-1]
	return out
}
