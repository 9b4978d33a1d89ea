package catalog

import (
	"strings"

	"writ/internal/effect"
)

func reverseTools(c Call) Outcome {
	var out Outcome
	out.add(effect.NetTunnel, lineOf(c.Args[1:]), "reverse", "shell")
	return out
}

// tunnels are services that open this machine to the internet.
func tunnels(c Call) Outcome {
	args := c.Args[1:]
	text := " " + lineOf(args) + " "
	var out Outcome
	for _, harmless := range []string{" version ", " --version ", " help ", " --help ", " list ", " status ", " ls ", " -v ", " user show", " config check", " update ", " show ", " tunnel info", " overview "} {
		if strings.Contains(text, harmless) {
			return out
		}
	}
	if len(args) == 0 {
		return out
	}
	if strings.Contains(text, " authtoken ") || strings.Contains(text, " login ") || strings.Contains(text, " add-authtoken ") || strings.Contains(text, " enable ") {
		out.add(effect.SecretKey, c.Name(), "import")
		return out
	}
	if strings.Contains(text, " delete ") || strings.Contains(text, " cleanup ") {
		out.add(effect.CloudDestroy, c.Name()+":"+strings.TrimSpace(text))
		return out
	}
	flag := "public"
	if strings.Contains(text, " private ") {
		flag = "private"
	}
	if strings.Contains(text, " R:") || strings.Contains(text, " --reverse") || strings.Contains(text, " client ") {
		flag = "reverse"
	}
	out.add(effect.NetTunnel, strings.TrimSpace(text), flag)
	return out
}

func sharedShells(c Call) Outcome {
	var out Outcome
	out.add(effect.NetTunnel, c.Name(), "public", "shell")
	p := newSpec("+ p= i= c= u= U= g= s= a= t= T= m= w= b= I= P= W o O R").parse(c.Args[1:])
	if len(p.args) > 0 && (c.Name() == "ttyd" || c.Name() == "gotty" || c.Name() == "wetty") {
		out.argv(p.args, c.Name())
	}
	return out
}

func vpns(c Call) Outcome {
	var out Outcome
	p := newSpec("+").parse(c.Args[1:])
	if v := p.verb(); v == "status" || v == "show" || v == "" && c.Name() != "tor" {
		return out
	}
	out.add(effect.NetTunnel, c.Name(), "vpn")
	return out
}

func redirects(c Call) Outcome {
	var out Outcome
	out.add(effect.NetTunnel, c.Name(), "relay")
	return out
}

func sendsFiles(c Call) Outcome {
	p := newSpec("+ code= yes relay= out= v").parse(c.Args[1:])
	var out Outcome
	rest := p.args
	if len(rest) > 0 && (rest[0].Text == "receive" || rest[0].Text == "recv") {
		return out
	}
	if len(rest) > 0 && (rest[0].Text == "send" || rest[0].Text == "upload") {
		rest = newSpec("code= c= text= no-compress").parse(rest[1:]).args
	}
	for _, w := range rest {
		out.path(effect.FSRead, w, "upload")
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetUpload, Path: w.Text, Target: c.Name(), Flags: []string{"file", "paste"}})
	}
	return out
}
