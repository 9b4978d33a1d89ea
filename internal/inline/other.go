package inline

import "strings"

// others are languages that are read only so far as to tell code that computes from code that may act.
var others = words("julia elixir erlang haskell scala groovy clojure scheme lisp nim prolog java kotlin csharp fsharp tcl octave coffee ocaml swift crystal d v zig")

// acts are names by which such languages run programs, open files and sockets, or evaluate text.
var acts = words(`run system cmd exec execute shell popen spawn open write delete remove rm unlink rmdir rename eval evaluate process processbuilder runtime start call os file fs socket connect http download url
	getenv setenv load source require import include ccall dlopen readfile writefile spit slurp sh slurpfile with-open callprocess callcommand readprocess createprocess port open_port rmtree cp mv chmod uri request fetch post send`)

// readOther has nothing to say of code that only computes and prints, and cannot tell what other code does.
func readOther(lang, code string) Outcome {
	for _, t := range lex(code, syntax{hash: true, slash: true, backtick: true, dot: "\x00"}) {
		if t.kind == shell || t.kind == ident && acts[strings.ToLower(strings.TrimRight(t.text, "!"))] {
			return Outcome{Unresolved: []string{"code in a language that writ does not read: " + lang}}
		}
	}
	return Outcome{}
}
