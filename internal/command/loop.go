package command

import (
	"mvdan.cc/sh/v3/syntax"

	"writ/internal/effect"
)

// forClause reads a loop: over known words once for each, over others once with an unknown value.
func (r *reader) forClause(sh *scope, c *syntax.ForClause, in *flow) flow {
	iter, ok := c.Loop.(*syntax.WordIter)
	if !ok {
		if style, ok := c.Loop.(*syntax.CStyleLoop); ok {
			return r.cLoop(sh, c, style, in)
		}
		return r.stmts(sh, c.Do, in)
	}
	items := sh.params
	known := sh.isSet
	if iter.InPos.IsValid() {
		items, known = r.fields(sh, iter.Items), true
	}
	if c.Select || !known {
		items = []field{{}}
	}
	out := flow{known: true}
	for i, item := range items {
		if i == maxIteration {
			sh.set(iter.Name.Value, variable{from: item.from})
			out = both(out, r.stmts(sh, c.Do, in))
			break
		}
		sh.set(iter.Name.Value, variable{text: item.Text, known: item.Known && !item.Glob, from: item.from})
		if item.Glob {
			// what a pattern finds lies in its folder: the variable keeps that much
			sh.set(iter.Name.Value, variable{text: item.Text, known: true, from: item.from})
		}
		out = both(out, r.stmts(sh, c.Do, in))
		if r.stopped {
			break
		}
	}
	return out
}

func (r *reader) cLoop(sh *scope, c *syntax.ForClause, l *syntax.CStyleLoop, in *flow) flow {
	for _, x := range []syntax.ArithmExpr{l.Init, l.Cond, l.Post} {
		if x != nil {
			r.arith(sh, x, 0)
		}
	}
	if b, ok := l.Init.(*syntax.BinaryArithm); ok {
		if w, ok := b.X.(*syntax.Word); ok && syntax.ValidName(w.Lit()) {
			sh.set(w.Lit(), variable{}) // a counter: a number, but which
		}
	}
	out := r.stmts(sh, c.Do, in)
	if l.Cond == nil {
		r.endless(sh, c.Do)
	}
	return flow{from: out.from}
}

func (r *reader) while(sh *scope, c *syntax.WhileClause, in *flow) flow {
	r.stmts(sh, c.Cond, in)
	out := r.stmts(sh, c.Do, in)
	if len(c.Cond) == 1 && !c.Cond[0].Negated {
		if c.Until && callsOne(c.Cond[0], "false") || !c.Until && (callsOne(c.Cond[0], "true", ":", "yes") || alwaysTrue(c.Cond[0])) {
			r.endless(sh, c.Do)
		}
	}
	return flow{from: out.from}
}

// alwaysTrue recognises (( 1 )), [ 1 ] and [[ 1 ]].
func alwaysTrue(s *syntax.Stmt) bool {
	switch c := s.Cmd.(type) {
	case *syntax.ArithmCmd:
		w, ok := c.X.(*syntax.Word)
		return ok && w.Lit() == "1"
	case *syntax.TestClause:
		w, ok := c.X.(*syntax.Word)
		return ok && w.Lit() != ""
	case *syntax.CallExpr:
		return len(c.Args) == 3 && c.Args[0].Lit() == "[" && c.Args[1].Lit() != ""
	}
	return false
}

// endless judges the body of a loop without an end: one that starts jobs without waiting for them, or fills
// files without a pause, exhausts the machine.
func (r *reader) endless(sh *scope, body []*syntax.Stmt) {
	jobs, writes, calls, pause := false, false, false, false
	for _, s := range body {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Stmt:
				jobs = jobs || n.Background
				if callsOne(n, "sleep", "wait", "break", "exit", "return", "read", "inotifywait", "usleep") {
					pause = true
				}
				calls = calls || callsOne(n, "curl", "wget", "http", "nc", "ncat", "xh", "claude", "codex", "gemini", "aider", "ollama", "llm")
			case *syntax.Redirect:
				writes = writes || n.Op == syntax.AppOut
			}
			return true
		})
	}
	if (jobs || writes || calls) && !pause {
		why := "an endless loop starts jobs without waiting for them"
		switch {
		case jobs:
		case writes:
			why = "an endless loop appends to a file without a pause"
		default:
			why = "an endless loop sends requests without a pause"
		}
		r.emit(effect.Effect{Kind: effect.SysExhaust, Target: "loop", Flags: []string{"loop"}, Reason: why, Via: sh.via})
	}
}
