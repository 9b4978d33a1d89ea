package command

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shellText reads a text as shell in the given scope and gives what it would write.
func (r *reader) shellText(sh *scope, text string, in *flow) flow {
	if r.stopped {
		return flow{}
	}
	if r.depth >= maxDepth {
		r.bound("commands inside commands nest too deeply")
		return flow{}
	}
	if r.late() {
		r.bound("reading took too long")
		return flow{}
	}
	file, err := parse(text, r.deadline)
	if err != nil {
		if again, ok := spelledLines(text); ok && !isBound(err) {
			if file, err2 := parse(again, r.deadline); err2 == nil {
				return r.parsed(sh, again, file, in)
			}
		}
		switch {
		case isBound(err):
			r.unresolved(err.Error(), nil, sh.via, "bound")
		case openQuote(err):
			r.unresolved("the shell would not run this: "+err.Error(), nil, sh.via, "syntax", "minor")
		default:
			r.unresolved("the shell would not read this as it stands: "+err.Error(), nil, sh.via, "syntax")
		}
		return r.lexical(sh, text, in)
	}
	return r.parsed(sh, text, file, in)
}

// spelledLines replaces line ends that are spelled \n by real ones, as a line may come to us from a program
// that escaped it once too often.
func spelledLines(text string) (string, bool) {
	if !strings.Contains(text, `\n`) || strings.Contains(text, "\n") {
		return "", false
	}
	return strings.ReplaceAll(text, `\n`, "\n"), true
}

func (r *reader) parsed(sh *scope, text string, file *syntax.File, in *flow) flow {
	src := r.src
	r.src = text
	r.depth++
	out := r.stmts(sh, file.Stmts, in)
	r.depth--
	r.src = src
	return out
}

// stmts reads statements one after the other; what they write comes out in that order.
func (r *reader) stmts(sh *scope, list []*syntax.Stmt, in *flow) flow {
	if len(list) == 1 {
		return r.stmt(sh, list[0], in)
	}
	all := flow{known: true}
	for _, s := range list {
		all = both(all, r.stmt(sh, s, in))
	}
	return all
}

// both joins the outputs of two commands.
func both(a, b flow) flow {
	if a.known && b.known {
		if len(a.text)+len(b.text) > maxValue {
			return flow{}
		}
		return flow{text: a.text + b.text, known: true, from: worse(a.from, b.from)}
	}
	return flow{from: worse(a.from, b.from)}
}

func (r *reader) stmt(sh *scope, s *syntax.Stmt, in *flow) flow {
	if r.stopped || s == nil {
		return flow{}
	}
	if r.nest >= maxNesting {
		r.bound("statements nest too deeply")
		return flow{}
	}
	r.nest++
	defer func() { r.nest-- }()
	if s.Background || s.Coprocess {
		r.spawn++
		defer func() { r.spawn-- }()
		sh = sh.sub()
	}
	if call, ok := s.Cmd.(*syntax.CallExpr); ok {
		return r.simple(sh, call, s.Redirs, in)
	}
	if d, ok := s.Cmd.(*syntax.DeclClause); ok {
		return r.declare(sh, d, s.Redirs, in)
	}
	io := r.redirect(sh, s.Redirs, in, nil)
	out := r.command(sh, s.Cmd, io.in)
	return r.deliver(sh, io, out)
}

func (r *reader) command(sh *scope, cmd syntax.Command, in *flow) flow {
	switch c := cmd.(type) {
	case nil:
		return flow{known: true}
	case *syntax.Block:
		return r.stmts(sh, c.Stmts, in)
	case *syntax.Subshell:
		return r.stmts(sh.sub(), c.Stmts, in)
	case *syntax.BinaryCmd:
		return r.binary(sh, c, in)
	case *syntax.IfClause:
		return r.ifClause(sh, c, in)
	case *syntax.WhileClause:
		return r.while(sh, c, in)
	case *syntax.ForClause:
		return r.forClause(sh, c, in)
	case *syntax.CaseClause:
		return r.caseClause(sh, c, in)
	case *syntax.FuncDecl:
		r.declareFunc(sh, c)
		return flow{known: true}
	case *syntax.TimeClause:
		if c.Stmt == nil {
			return flow{}
		}
		return r.stmt(sh, c.Stmt, in)
	case *syntax.CoprocClause:
		r.spawn++
		before := len(r.res.Effects)
		out := r.stmt(sh.sub(), c.Stmt, &flow{from: "pipe"})
		r.spawn--
		r.detached(before)
		return flow{from: out.from}
	case *syntax.TestClause:
		r.inside(sh, c.X)
		return flow{known: true}
	case *syntax.ArithmCmd:
		r.arith(sh, c.X, 0)
		return flow{known: true}
	case *syntax.LetClause:
		for _, x := range c.Exprs {
			r.arith(sh, x, 0)
		}
		return flow{known: true}
	case *syntax.TestDecl:
		return r.stmt(sh.sub(), c.Body, in)
	}
	r.unresolved("a kind of statement that writ does not read", []string{r.raw(cmd)}, sh.via)
	return flow{}
}

// inside reads the substitutions in a node whose own result does not matter here.
func (r *reader) inside(sh *scope, n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		if w, ok := n.(*syntax.Word); ok {
			r.value(sh, w)
			return false
		}
		return true
	})
}

func (r *reader) binary(sh *scope, c *syntax.BinaryCmd, in *flow) flow {
	switch c.Op {
	case syntax.Pipe, syntax.PipeAll:
		r.spawn++
		before := len(r.res.Effects)
		out := r.stmt(sh.sub(), c.X, in)
		if out.from == "env" {
			r.picked(before, c.Y)
		}
		if out.from == "" && !out.known {
			out.from = "pipe"
		}
		// the last command of a pipe runs in the same shell in zsh, and `| read x` is written for it
		last := r.stmt(sh, c.Y, &out)
		r.spawn--
		return last
	case syntax.OrStmt:
		before := sh.cwd
		out := r.stmt(sh, c.X, in)
		after := sh.cwd
		sh.cwd = before
		branch := sh.sub()
		other := r.stmt(branch, c.Y, in)
		sh.merge(branch)
		sh.cwd = after
		if leaves(c.Y) || noOutput(c.Y) {
			return out
		}
		if out.known && out.text == "" {
			return other
		}
		return flow{from: worse(out.from, other.from)}
	}
	return both(r.stmt(sh, c.X, in), r.stmt(sh, c.Y, in))
}

// leaves tells whether a statement ends the shell, so that what follows only runs if it was not reached.
func leaves(s *syntax.Stmt) bool { return callsOne(s, "exit", "return", "break", "continue") }

func noOutput(s *syntax.Stmt) bool { return callsOne(s, "true", "false", ":") }

func callsOne(s *syntax.Stmt, names ...string) bool {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		return false
	}
	lit := call.Args[0].Lit()
	for _, n := range names {
		if lit == n {
			return true
		}
	}
	return false
}

func (r *reader) ifClause(sh *scope, c *syntax.IfClause, in *flow) flow {
	out := r.stmts(sh, c.Cond, in)
	if out.known && out.text == "" {
		out = flow{known: true}
	}
	yes := sh.sub()
	first := r.stmts(yes, c.Then, in)
	var second flow
	no := sh.sub()
	if c.Else != nil {
		if len(c.Else.Cond) > 0 {
			second = r.ifClause(no, c.Else, in)
		} else {
			second = r.stmts(no, c.Else.Then, in)
		}
	}
	sh.merge(no)
	sh.merge(yes)
	return flow{from: worse(out.from, worse(first.from, second.from))}
}

func (r *reader) caseClause(sh *scope, c *syntax.CaseClause, in *flow) flow {
	r.value(sh, c.Word)
	before := sh.sub()
	out := flow{}
	for _, item := range c.Items {
		for _, p := range item.Patterns {
			r.value(sh, p)
		}
		branch := before.sub()
		out.from = worse(out.from, r.stmts(branch, item.Stmts, in).from)
		sh.merge(branch)
	}
	return out
}

func (r *reader) declareFunc(sh *scope, c *syntax.FuncDecl) {
	f := function{body: c.Body, src: r.src}
	if c.Name != nil {
		sh.define(c.Name.Value, f)
		r.shadow(sh, c.Name.Value, f)
	}
	for _, n := range c.Names {
		sh.define(n.Value, f)
	}
	if c.Name == nil && len(c.Names) == 0 { // zsh's () { … } runs at once
		r.stmt(sh, c.Body, nil)
	}
}
