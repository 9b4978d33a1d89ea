package catalog

import "writ/internal/effect"

func sshAdds(c Call) Outcome {
	p := newSpec("l L d D e= s= t= x X k K A c C E= q T= v h= H= S= apple-use-keychain apple-load-keychain").parse(c.Args[1:])
	var out Outcome
	switch {
	case p.has("l"), p.has("T"):
	case p.has("L"):
		out.add(effect.SecretKey, "ssh-agent public keys", "list")
	case p.has("D", "d"):
		out.add(effect.SecretKey, "ssh-agent", "delete")
	case p.has("s"):
		out.add(effect.ExecTampered, p.text("s"), "plugin")
	default:
		out.add(effect.SecretKey, "ssh-agent", "agent")
		out.paths(effect.FSRead, p.args, "identity")
	}
	return out
}

func sshKeygens(c Call) Outcome {
	p := newSpec("t= b= f= C= N= P= m= D= I= s= n= V= O= F= R= Y= a= w= z= Z= E= T= M= G= S= W= l y p q e i c B L H r= U h A k u Q K= v x X g 1 2 0").parse(c.Args[1:])
	var out Outcome
	switch {
	case p.has("D"):
		out.path(effect.ExecTampered, Word{Text: p.text("D"), Known: true}, "plugin")
	case p.has("l", "F", "L", "B", "Q", "Y", "r", "H"):
		if p.text("Y") == "sign" {
			out.add(effect.SecretKey, "ssh key", "sign")
		}
	case p.has("R"):
		out.path(effect.FSWrite, known("~/.ssh/known_hosts"))
	case p.has("y", "e"):
		out.paths(effect.FSRead, p.values("f"), "identity")
	case p.has("p", "c"):
		out.paths(effect.FSWrite, p.values("f"), "inplace")
		out.add(effect.SecretKey, "ssh key", "change")
	case p.has("s", "k"):
		out.add(effect.SecretKey, "ssh certificate", "sign")
	default:
		file := known("~/.ssh/id_ed25519")
		if w, ok := p.value("f"); ok {
			file = w
		}
		out.path(effect.FSWrite, file, "key")
		out.add(effect.SecretKey, file.Text, "make")
	}
	return out
}

func kinits(c Call) Outcome {
	p := newSpec("k t= l= r= p= c= V f F A a C E n= S= T= s= X=").parse(c.Args[1:])
	var out Outcome
	out.add(effect.SecretKey, "kerberos ticket", append([]string{"agent"}, flagIf(p.has("k", "t"), "keytab")...)...)
	out.paths(effect.FSRead, p.values("t"), "credential")
	return out
}
