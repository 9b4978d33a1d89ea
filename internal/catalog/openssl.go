package catalog

import (
	"strings"

	"writ/internal/effect"
)

// openssls is openssl with its subcommand.
func openssls(c Call) Outcome {
	p := newSpec("- in= out= inkey= key= keyout= pass= passin= passout= k= K= kfile= iv= config= CA= CAfile= CApath= CAkey= cert= connect= host= port= engine= provider= provider-path= provider_path= propquery= subj= days= accept= www= newkey= name= signer= recip= sign= verify= signature= salt= md= bufsize= proxy= servername= certfile= extfile= extensions= export_path= d e a A base64 text noout pubout pubin quiet nodes noenc x509 req new rand= set_serial= S= starttls= dynamic_path= pkeyopt= algorithm=").parse(c.Args[1:])
	var out Outcome
	verb := p.verb()
	if w, ok := p.value("engine"); ok && strings.ContainsAny(w.Text, "/.") {
		out.path(effect.ExecTampered, w, "plugin")
	}
	if w, ok := p.value("provider-path", "provider_path"); ok && publicFolder(w) {
		out.path(effect.ExecTampered, w, "plugin")
	}
	out.paths(effect.FSRead, p.values("in", "inkey", "key", "signer", "certfile", "CAkey"))
	for _, w := range p.values("out", "keyout") {
		out.path(effect.FSWrite, w, "truncate")
	}
	switch verb {
	case "s_client":
		a := parseURL(orText(p.text("connect"), p.text("host")+":"+orText(p.text("port"), "443")), "tls")
		out.Effects = append(out.Effects, connect(a.host, a.port, "tls", append([]string{"tls"}, flagIf(p.has("quiet"), "raw")...)...))
		if c.Stdin != nil && !harmlessInput(c) {
			uploadStdin(&out, c, a.host, a.port, "tls")
		}
		out.Emits = "network"
	case "s_server":
		out.join(listens("", "files"))
	case "enc", "base64", "aes-256-cbc", "aes-128-cbc", "des3", "aes-256-ctr", "chacha20", "bf", "rc4":
		if p.has("d") {
			out.Emits = "decode"
			if text, ok := stdinText(c); ok && (p.has("base64", "a", "A") || verb == "base64") && !p.has("k", "K", "pass") {
				out.EmitText = base64s(Call{Args: words("base64", "-d"), Stdin: &Stdin{Text: text, Known: true}}).EmitText
			}
		}
	case "pkcs12":
		if !p.has("export") && !p.has("noout", "info") {
			out.add(effect.SecretKey, "pkcs12", "export")
		}
	case "rsa", "pkey", "ec", "dsa":
		if !p.has("pubin") && !p.has("noout") && !p.has("pubout") && !p.has("out") {
			out.add(effect.SecretRead, "private key", "key")
			out.Emits = "secret"
		}
	case "genrsa", "genpkey", "gendsa", "ecparam", "req":
		if verb != "req" || p.has("newkey", "keyout") {
			out.add(effect.SecretKey, lineOf(p.values("out", "keyout")), "make", "file")
		}
	case "ca":
		out.add(effect.SecretKey, "certificate", "sign")
	case "passwd":
	}
	return out
}

// harmlessInput tells whether standard input only ends or starts the conversation (</dev/null, echo | …).
func harmlessInput(c Call) bool {
	in := c.Stdin
	return in == nil || in.Path == "/dev/null" || in.Known && len(strings.TrimSpace(in.Text)) < 200 && !secretText(in.Text)
}

func certutils(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	var out Outcome
	switch {
	case strings.Contains(text, "urlcache") || strings.Contains(text, "http"):
		for _, w := range c.Args[1:] {
			if a := parseURL(w.Text, ""); strings.Contains(w.Text, "://") {
				out.Effects = append(out.Effects, connect(a.host, a.port, a.scheme, "download", "lolbin"))
			}
		}
		out.add(effect.Exec, "certutil", "escape")
	case strings.Contains(text, "decode") || strings.Contains(text, "encode"):
		out.Emits = "decode"
		out.add(effect.Evade, "certutil", "hide")
	case strings.Contains(text, "addstore") || strings.Contains(text, "-a ") && strings.Contains(text, "-t "):
		out.add(effect.SysConfig, "certutil", "cert")
	}
	return out
}
