package command

import (
	"strconv"

	"mvdan.cc/sh/v3/syntax"
)

// arithPiece expands $((…)).
func (r *reader) arithPiece(sh *scope, x syntax.ArithmExpr, double bool) piece {
	n, ok := r.arith(sh, x, 0)
	if !ok {
		return piece{unknown: true, atom: true, quoted: double, split: !double}
	}
	return piece{text: strconv.Itoa(n), quoted: double, split: !double}
}

// number evaluates an expression that may be missing.
func (r *reader) number(sh *scope, x syntax.ArithmExpr, missing int) (int, bool) {
	if x == nil {
		return missing, true
	}
	return r.arith(sh, x, 0)
}

// arith evaluates an arithmetic expression as far as its operands are known. Substitutions in it are read
// on the way, since they run whatever the result is.
func (r *reader) arith(sh *scope, x syntax.ArithmExpr, depth int) (int, bool) {
	if depth > maxNesting {
		r.bound("arithmetic nests too deeply")
		return 0, false
	}
	switch x := x.(type) {
	case *syntax.Word:
		return r.arithWord(sh, x)
	case *syntax.ParenArithm:
		return r.arith(sh, x.X, depth+1)
	case *syntax.UnaryArithm:
		return r.arithUnary(sh, x, depth)
	case *syntax.BinaryArithm:
		return r.arithBinary(sh, x, depth)
	}
	return 0, false
}

func (r *reader) arithWord(sh *scope, w *syntax.Word) (int, bool) {
	f := r.value(sh, w)
	if !f.Known {
		return 0, false
	}
	text := f.Text
	for i := 0; i < 8 && syntax.ValidName(text); i++ {
		v := r.lookup(sh, text)
		if !v.known {
			return 0, false
		}
		text = v.text
	}
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseInt(text, 0, 64)
	return int(n), err == nil
}

func (r *reader) arithUnary(sh *scope, x *syntax.UnaryArithm, depth int) (int, bool) {
	n, ok := r.arith(sh, x.X, depth+1)
	if !ok {
		return 0, false
	}
	switch x.Op {
	case syntax.Plus:
		return n, true
	case syntax.Minus:
		return -n, true
	case syntax.BitNegation:
		return ^n, true
	case syntax.Not:
		return truth(n == 0), true
	case syntax.Inc, syntax.Dec:
		step := 1
		if x.Op == syntax.Dec {
			step = -1
		}
		r.setNumber(sh, x.X, n+step)
		if x.Post {
			return n, true
		}
		return n + step, true
	}
	return 0, false
}

func (r *reader) setNumber(sh *scope, target syntax.ArithmExpr, n int) {
	if w, ok := target.(*syntax.Word); ok {
		if name := w.Lit(); syntax.ValidName(name) {
			sh.set(name, variable{text: strconv.Itoa(n), known: true})
		}
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (r *reader) arithBinary(sh *scope, x *syntax.BinaryArithm, depth int) (int, bool) {
	if x.Op == syntax.TernQuest {
		return r.ternary(sh, x, depth)
	}
	b, okB := r.arith(sh, x.Y, depth+1)
	if x.Op == syntax.Assgn {
		if okB {
			r.setNumber(sh, x.X, b)
		}
		return b, okB
	}
	a, okA := r.arith(sh, x.X, depth+1)
	if x.Op == syntax.Comma {
		return b, okB
	}
	if !okA || !okB {
		return 0, false
	}
	switch x.Op {
	case syntax.AddAssgn, syntax.SubAssgn, syntax.MulAssgn:
		n, _ := compute(map[syntax.BinAritOperator]syntax.BinAritOperator{syntax.AddAssgn: syntax.Add, syntax.SubAssgn: syntax.Sub, syntax.MulAssgn: syntax.Mul}[x.Op], a, b)
		r.setNumber(sh, x.X, n)
		return n, true
	}
	return compute(x.Op, a, b)
}

func (r *reader) ternary(sh *scope, x *syntax.BinaryArithm, depth int) (int, bool) {
	cond, ok := r.arith(sh, x.X, depth+1)
	branches, isPair := x.Y.(*syntax.BinaryArithm)
	if !isPair {
		return 0, false
	}
	yes, ok1 := r.arith(sh, branches.X, depth+1)
	no, ok2 := r.arith(sh, branches.Y, depth+1)
	if cond != 0 {
		return yes, ok && ok1
	}
	return no, ok && ok2
}

func compute(op syntax.BinAritOperator, a, b int) (int, bool) {
	switch op {
	case syntax.Add:
		return a + b, true
	case syntax.Sub:
		return a - b, true
	case syntax.Mul:
		return a * b, true
	case syntax.Quo, syntax.Rem:
		if b == 0 || b == -1 {
			return -a, b == -1 && op == syntax.Quo
		}
		if op == syntax.Quo {
			return a / b, true
		}
		return a % b, true
	case syntax.Pow:
		n := 1
		for i := 0; i < b && i < 63; i++ {
			n *= a
		}
		return n, b >= 0
	case syntax.Shl:
		return a << uint(b&63), true
	case syntax.Shr:
		return a >> uint(b&63), true
	case syntax.And:
		return a & b, true
	case syntax.Or:
		return a | b, true
	case syntax.Xor:
		return a ^ b, true
	case syntax.AndArit:
		return truth(a != 0 && b != 0), true
	case syntax.OrArit:
		return truth(a != 0 || b != 0), true
	case syntax.Eql:
		return truth(a == b), true
	case syntax.Neq:
		return truth(a != b), true
	case syntax.Lss:
		return truth(a < b), true
	case syntax.Leq:
		return truth(a <= b), true
	case syntax.Gtr:
		return truth(a > b), true
	case syntax.Geq:
		return truth(a >= b), true
	}
	return 0, false
}
