package inline

import (
	"strings"

	"writ/internal/effect"
)

// readAppleScript looks for the phrases of AppleScript that act; the language has words in place of calls.
func readAppleScript(code string) Outcome {
	r := &reader{dialect: dialect{name: "osascript", syntax: syntax{dashes: true, dot: "&"}}, methods: methods, vars: map[string]value{}, seen: map[string]bool{}}
	r.tokens = lex(code, r.syntax)
	for !r.done() {
		before := r.pos
		r.apple()
		if r.pos == before {
			r.pos++
		}
	}
	return r.out
}

// phrase tells whether the words stand here.
func (r *reader) phrase(ws ...string) bool {
	for i, w := range ws {
		if t := r.at(i); t.kind != ident || !strings.EqualFold(t.text, w) {
			return false
		}
	}
	return true
}

func (r *reader) apple() {
	switch {
	case r.phrase("do", "shell", "script"):
		r.pos += 3
		v := r.appleText()
		r.shellLine(v, "do shell script")
		if r.phrase("with", "administrator", "privileges") {
			r.effect(effect.Effect{Kind: effect.Privilege, Target: "administrator privileges", Flags: []string{"root"}})
		}
	case r.phrase("do", "script"):
		r.pos += 2
		r.shellLine(r.appleText(), "do script")
	case r.phrase("run", "script"):
		r.pos += 2
		r.unresolved("a script is computed and run")
	case r.phrase("hidden", "answer"):
		r.effect(effect.Effect{Kind: effect.SecretRead, Target: "dialog", Flags: []string{"prompt"}})
	case r.phrase("keystroke"), r.phrase("key", "code"):
		r.effect(effect.Effect{Kind: effect.Evade, Target: "keystrokes", Flags: []string{"input"}})
	case r.phrase("the", "clipboard"), r.phrase("get", "clipboard"):
		r.effect(effect.Effect{Kind: effect.SecretRead, Target: "clipboard", Flags: []string{"clipboard"}})
	case r.phrase("login", "item"):
		r.effect(effect.Effect{Kind: effect.Persist, Target: "login item", Flags: []string{"login"}})
	case r.phrase("restart"), r.phrase("shut", "down"), r.phrase("log", "out"):
		r.effect(effect.Effect{Kind: effect.SysPower, Target: r.tok().text})
	case r.phrase("empty", "trash"), r.phrase("empty", "the", "trash"), r.phrase("delete", "every"), r.phrase("delete", "file"), r.phrase("delete", "folder"), r.phrase("delete", "POSIX"):
		r.effect(effect.Effect{Kind: effect.FSDelete, Flags: []string{"unknown-path"}, Reason: "the path is computed"})
	case r.phrase("set") && r.at(2).kind == ident && strings.EqualFold(r.at(2).text, "to"):
		name := r.at(1).text
		r.pos += 3
		if r.tok().kind == str {
			r.vars[name] = r.appleText()
		}
		return
	}
	r.pos++
}

// appleText is strings joined by &.
func (r *reader) appleText() value {
	out := lit("")
	for !r.done() {
		t := r.tok()
		switch {
		case t.kind == str:
			out = join(out, lit(t.text))
		case t.kind == ident && r.vars[t.text].known:
			out = join(out, r.vars[t.text])
		case t.kind == op && (t.text == "&" || t.text == "(" || t.text == ")"):
		case t.kind == op && t.text == "&&":
		case t.kind == ident && (strings.EqualFold(t.text, "with") || strings.EqualFold(t.text, "as") || strings.EqualFold(t.text, "in") || strings.EqualFold(t.text, "user")):
			return out
		case t.kind == ident:
			out = join(out, value{})
		default:
			return out
		}
		r.pos++
	}
	return out
}
