package catalog

import "writ/internal/effect"

func fileServers(c Call) Outcome {
	p := newSpec("+ p,port= a,address= l,listen= H,host= S= t= o c= s").parse(c.Args[1:])
	return listens(p.text("address", "listen", "host"), "files")
}

func spoofers(c Call) Outcome {
	var out Outcome
	out.add(effect.NetScan, c.Name(), "spoof")
	return out
}

func sniffers(c Call) Outcome {
	p := newSpec("r,read-file= w= i,interface= c= f= Y= T= e= s= C= G= W= Z= z,postrotate-command= D,list-interfaces n A X v q").parse(c.Args[1:])
	var out Outcome
	if w, ok := p.value("postrotate-command"); ok && c.Name() == "tcpdump" {
		out.script("shell", w, nil, "tcpdump -z")
		out.add(effect.Exec, "tcpdump -z", "escape")
	}
	if w, ok := p.value("read-file"); ok {
		out.path(effect.FSRead, w)
		return out
	}
	if p.has("list-interfaces") {
		return out
	}
	out.add(effect.NetScan, p.text("interface"), "sniff")
	out.paths(effect.FSWrite, p.values("w"), "truncate")
	return out
}
