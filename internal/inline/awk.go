package inline

import (
	"strings"

	"writ/internal/effect"
)

// readAwk looks for what an awk program does besides computing: system(), pipes to and from commands, and
// files that print writes or getline reads.
func readAwk(code string) Outcome {
	r := &reader{dialect: dialect{name: "awk", syntax: syntax{hash: true, regex: true, dot: "\x00"}, calls: awkCalls, reads: awkReads}, methods: methods, vars: map[string]value{}, seen: map[string]bool{}}
	r.tokens = lex(code, r.syntax)
	r.awkProgram()
	r.conclude()
	return r.out
}

var awkReads = map[string]value{"ENVIRON": {ref: "ENVIRON", from: fromEnv}, "ARGV": {from: fromInput}}

var awkCalls = map[string]action{"system": runsShell("system"), "sprintf": perlSprintf, "tolower": passes, "toupper": passes, "close": returns(value{}), "substr": passes, "gsub": returns(value{}), "sub": returns(value{})}

// awkProgram walks statement by statement; within one, the sign > behind print is a file, | a command.
func (r *reader) awkProgram() {
	printing := false
	for !r.done() {
		t := r.tok()
		before := r.pos
		switch {
		case t.kind == ident && (t.text == "print" || t.text == "printf"):
			printing = true
			r.pos++
		case t.kind == nl || t.kind == op && (t.text == ";" || t.text == "}" || t.text == "{"):
			printing = false
			r.pos++
		case t.kind == op && (t.text == ">" || t.text == ">>") && printing:
			r.pos++
			r.awkFile(effect.FSWrite, t.text)
		case t.kind == op && t.text == "|":
			r.awkPipe(printing)
		case t.kind == op && t.text == "<" && r.at(-1).text == "getline" || t.kind == op && t.text == "<" && r.at(-2).text == "getline":
			r.pos++
			r.awkFile(effect.FSRead, "")
		case t.kind == ident && r.at(1).kind == op && r.at(1).text == "=":
			r.pos += 2
			r.vars[t.text] = r.awkTerm()
		case t.kind == ident && t.text == "system" && r.at(1).text == "(":
			r.pos += 2
			r.shellLine(r.awkTerm(), "system")
		default:
			r.pos++
		}
		if r.pos == before {
			r.pos++
		}
	}
}

// awkTerm is strings and variables put together by standing side by side.
func (r *reader) awkTerm() value {
	out, any := lit(""), false
	for !r.done() {
		t := r.tok()
		switch {
		case t.kind == str:
			out, any = join(out, lit(t.text)), true
		case t.kind == num:
			out, any = join(out, lit(t.text)), true
		case t.kind == ident && binary[t.text], t.kind == ident && t.text == "getline":
			return out
		case t.kind == ident:
			v, ok := r.vars[t.text]
			if got, isRead := r.reads[t.text]; isRead {
				v, ok = got, true
			}
			if !ok {
				v = value{}
			}
			out, any = join(out, v), true
		case t.kind == op && (t.text == "(" || t.text == "$"):
			if t.text == "$" {
				out = value{path: out.text, from: out.from | fromInput}
				r.pos++
			}
			any = true
		default:
			if !any {
				return value{}
			}
			return out
		}
		r.pos++
	}
	return out
}

func (r *reader) awkFile(kind effect.Kind, sign string) {
	v := r.awkTerm()
	if v.known && strings.HasPrefix(v.text, "/inet/") {
		parts := strings.Split(v.text, "/")
		r.effect(effect.Effect{Kind: effect.NetConnect, Host: parts[len(parts)-2], Scheme: "tcp", Flags: []string{"raw"}})
		return
	}
	if v.known && (v.text == "/dev/stderr" || v.text == "/dev/stdout" || v.text == "-") {
		return
	}
	if sign == ">>" {
		r.onPath(kind, v, "append")
		return
	}
	r.onPath(kind, v)
}

// awkPipe: print | "cmd" runs a command, and so does "cmd" | getline.
func (r *reader) awkPipe(printing bool) {
	r.accept("|")
	r.accept("&")
	if r.tok().kind == ident && r.tok().text == "getline" {
		start := r.pos
		r.pos = r.awkBack()
		v := r.awkTerm()
		r.pos = start + 1
		r.awkCommand(v)
		return
	}
	if printing || r.tok().kind == str {
		r.awkCommand(r.awkTerm())
	}
}

func (r *reader) awkCommand(v value) {
	if host, ok := strings.CutPrefix(v.text, "/inet/"); ok {
		parts := strings.Split(host, "/")
		r.connected = parts[max(0, len(parts)-2)]
		r.effect(effect.Effect{Kind: effect.NetConnect, Host: r.connected, Scheme: "tcp", Flags: []string{"raw"}})
		return
	}
	if r.connected != "" {
		r.piped = true
	}
	if isShellPath(v.text) { // what is printed runs, and is not known
		r.effect(effect.Effect{Kind: effect.ExecInline, Target: "awk pipe", Flags: []string{"eval"}})
		return
	}
	r.shellLine(v, "pipe")
}

// awkBack is where the text before a pipe begins.
func (r *reader) awkBack() int {
	i := r.pos - 2
	for i >= 0 && (r.tokens[i].kind == str || r.tokens[i].kind == ident && r.tokens[i].text != "print" && r.tokens[i].text != "while" || r.tokens[i].kind == num) {
		i--
	}
	return i + 1
}
