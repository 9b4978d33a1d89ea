package command

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// subst reads a command substitution and gives its output.
func (r *reader) subst(sh *scope, c *syntax.CmdSubst) flow {
	in := r.in
	if out, ok := r.fileSubst(sh, c); ok {
		return out
	}
	out := r.stmts(sh.sub(), c.Stmts, nil)
	r.in = in
	return out
}

// fileSubst handles $(<file), which reads a file without a command.
func (r *reader) fileSubst(sh *scope, c *syntax.CmdSubst) (flow, bool) {
	if len(c.Stmts) != 1 || c.Stmts[0].Cmd != nil || len(c.Stmts[0].Redirs) != 1 {
		return flow{}, false
	}
	io := r.redirect(sh, c.Stmts[0].Redirs, nil, nil)
	if io.in == nil {
		return flow{}, true
	}
	return *io.in, true
}

func (r *reader) substPiece(sh *scope, c *syntax.CmdSubst, double bool) piece {
	out := r.subst(sh, c)
	if out.from == "" || out.from == "pipe" {
		out.from = "output"
	}
	if out.from == "file" {
		out.from = "data"
	}
	if pattern, ok := standIn(out.from); ok && !out.known {
		return piece{text: pattern, stand: true, atom: true, unknown: true, quoted: double, split: !double, from: out.from}
	}
	if !out.known {
		return piece{unknown: true, quoted: double, split: !double, from: out.from, atom: numberOutput(c)}
	}
	return piece{text: strings.TrimRight(out.text, "\n"), quoted: double, split: !double, from: out.from}
}

// numbers are programs whose output is a number, a date, a hash or a plain name.
var numbers = map[string]bool{"date": true, "nproc": true, "id": true, "wc": true, "hostname": true, "whoami": true,
	"uname": true, "arch": true, "pgrep": true, "pidof": true, "uuidgen": true, "expr": true, "bc": true, "getconf": true, "logname": true}

// numberOutput tells whether a substitution gives no more than a number or name, so that no path can be in it.
func numberOutput(c *syntax.CmdSubst) bool {
	if len(c.Stmts) == 0 {
		return true
	}
	s := c.Stmts[len(c.Stmts)-1]
	cmd := s.Cmd
	for {
		b, ok := cmd.(*syntax.BinaryCmd)
		if !ok {
			break
		}
		cmd = b.Y.Cmd
	}
	call, ok := cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		return false
	}
	name := call.Args[0].Lit()
	if name == "git" && len(call.Args) > 2 {
		return call.Args[1].Lit() == "rev-parse" && call.Args[2].Lit() != "--show-toplevel" && call.Args[2].Lit() != "--git-dir"
	}
	return numbers[name]
}

// procSubst reads <(…) or >(…) and gives the name under which the command sees it.
func (r *reader) procSubst(sh *scope, p *syntax.ProcSubst) string {
	r.fds++
	name := "/dev/fd/" + fdName(r.fds)
	r.spawn++
	defer func() { r.spawn-- }()
	if p.Op == syntax.CmdOut {
		in := r.in
		if in == nil {
			in = &flow{from: "pipe"}
		}
		r.stmts(sh.sub(), p.Stmts, in)
		r.in = in
		return name
	}
	in := r.in
	out := r.stmts(sh.sub(), p.Stmts, nil)
	r.in = in
	if !out.known && out.from == "" {
		out.from = "pipe"
	}
	r.wrote(name, out)
	return name
}

func fdName(n int) string {
	const digits = "0123456789"
	n += 62
	if n > 99 {
		n = 99 - n%10
	}
	return string([]byte{digits[n/10], digits[n%10]})
}

// wrote remembers what a file holds that the line itself writes.
func (r *reader) wrote(path string, content flow) {
	if r.files == nil {
		r.files = map[string]flow{}
	}
	r.files[path] = content
}
