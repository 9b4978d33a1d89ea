package catalog

import (
	"strings"

	"writ/internal/effect"
)

func mails(c Call) Outcome {
	p := newSpec("s= a= A= c= b= r= f= F= t E= S= v n i q= C= to= from= server= attach= body= h= H= header= data= auth-user= auth-password= m= u= e=").parse(c.Args[1:])
	var out Outcome
	if len(p.args) == 0 && len(p.opts) == 0 {
		return out
	}
	e := effect.Effect{Kind: effect.NetUpload, Scheme: "smtp", Target: lineOf(p.args) + p.text("to"), Host: p.text("server"), Flags: append([]string{"mail"}, stdinFlags(c)...)}
	out.Effects = append(out.Effects, e)
	for _, w := range append(p.values("a", "A"), p.values("attach")...) {
		if strings.ContainsAny(w.Text, "/.~") {
			out.path(effect.FSRead, Word{Text: strings.TrimPrefix(w.Text, "@"), Known: w.Known}, "upload")
		}
	}
	for _, w := range p.args {
		if strings.HasPrefix(w.Text, "~!") {
			out.shell(known(w.Text[2:]), "mail ~!")
		}
	}
	return out
}

func clipboards(c Call) Outcome {
	p := newSpec("selection,sel= i,in o,output,out b,clipboard s,secondary p,primary d= t= l= f r n k x a c,clear").parse(c.Args[1:])
	for _, w := range c.Args[1:] {
		if w.Text == "-o" || w.Text == "-out" || w.Text == "--output" {
			return pastes(c)
		}
	}
	var out Outcome
	if c.Stdin != nil && !p.has("clear") {
		e := effect.Effect{Kind: effect.NetUpload, Target: "clipboard", Flags: append([]string{"file"}, stdinFlags(c)...)}
		out.Effects = append(out.Effects, e)
	}
	return out
}

func pastes(c Call) Outcome {
	var out Outcome
	out.Emits = "clipboard"
	return out
}
