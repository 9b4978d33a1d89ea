package catalog

import (
	"strings"

	"writ/internal/effect"
)

func ftps(c Call) Outcome {
	p := newSpec("+ e= c= u= f= p= i n v g s= P= o= m R a").parse(c.Args[1:])
	var out Outcome
	host := p.args0Host()
	if h, _, ok := remotePlace(p.verb()); ok {
		host = h
	}
	out.Effects = append(out.Effects, connect(host, 21, "ftp", "cleartext"))
	for _, w := range append(p.values("e"), p.values("c")...) {
		transferCommands(&out, w.Text, host, "ftp")
	}
	if c.Name() == "ncftpput" || c.Name() == "ftpput" {
		for _, w := range p.after(2) {
			out.path(effect.FSRead, w, "upload")
			out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetUpload, Host: host, Scheme: "ftp", Path: w.Text, Flags: []string{"file"}})
		}
	}
	if text, ok := stdinText(c); ok {
		transferCommands(&out, text, host, "ftp")
	} else {
		uploadStdin(&out, c, host, 21, "ftp")
	}
	return out
}

func tftps(c Call) Outcome {
	p := newSpec("+ c m= l= r= p g v 4 6 b=").parse(c.Args[1:])
	var out Outcome
	host := p.args0Host()
	out.Effects = append(out.Effects, connect(host, 69, "tftp", "cleartext"))
	if w, ok := p.value("l"); ok && p.has("p") {
		out.path(effect.FSRead, w, "upload")
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetUpload, Host: host, Scheme: "tftp", Path: w.Text, Flags: []string{"file"}})
	}
	for i, w := range p.args {
		if w.Text == "put" && i+1 < len(p.args) {
			out.path(effect.FSRead, p.args[i+1], "upload")
			out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetUpload, Host: host, Scheme: "tftp", Path: p.args[i+1].Text, Flags: []string{"file"}})
		}
	}
	return out
}

func smbs(c Call) Outcome {
	p := newSpec("c= U= N L= I= p= W= A= D= k").parse(c.Args[1:])
	var out Outcome
	host := strings.Trim(p.verb(), `/\`)
	host, _, _ = strings.Cut(strings.ReplaceAll(host, `\`, "/"), "/")
	if w, ok := p.value("L"); ok {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetScan, Host: strings.Trim(w.Text, `/\`), Flags: []string{"host"}})
		return out
	}
	out.Effects = append(out.Effects, connect(host, 445, "smb"))
	if w, ok := p.value("c"); ok {
		transferCommands(&out, w.Text, host, "smb")
	}
	return out
}
