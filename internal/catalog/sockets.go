package catalog

import (
	"strconv"
	"strings"

	"writ/internal/effect"
)

var netcatSpec = newSpec("e,exec= c,sh-exec= lua-exec= l,listen p,source-port= s,source= w,wait= i,interval= q= X= x= T= I= O= P= V= M= m= g= G= o,output= k,keep-open n u,udp v z d D t C h r 4 6 N S U b ssl proxy= proxy-type= proxy-auth= allow= deny= chat broker send-only recv-only no-shutdown append-output hex-dump= ssl-cert= ssl-key= max-conns=")

// netcats is nc and ncat: a program behind a connection, a listener, a port probe, or bytes in and out.
func netcats(c Call) Outcome {
	p := netcatSpec.parse(c.Args[1:])
	var out Outcome
	host, port := netcatPlace(p)
	for _, w := range p.values("exec", "sh-exec", "lua-exec") {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: host, Port: port, Target: w.Text, Flags: []string{"reverse", "shell"}})
		out.shell(w, c.Name()+" -e")
	}
	switch {
	case p.has("z"):
		flags := append([]string{"host"}, flagIf(isPrivateHost(host) && !strings.Contains(p.arg(1).Text, "-"), "local")...)
		flags = unique(append(flags, flagIf(!strings.Contains(lineOf(p.after(1)), "-") && len(p.after(1)) <= 3, "local")...))
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetScan, Host: host, Port: port, Flags: flags})
		return out
	case p.has("listen"):
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetListen, Host: p.text("source"), Port: port, Flags: flagIf(!isLocalHost(p.text("source")), "public")})
		if c.Stdin != nil && stdinFlags(c) != nil {
			out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetUpload, Port: port, Flags: append([]string{"stdin"}, stdinFlags(c)...)})
		}
		out.Emits = "network"
		return out
	case host == "":
		return out
	}
	out.Effects = append(out.Effects, connect(host, port, "tcp", "raw"))
	uploadStdin(&out, c, host, port, "tcp")
	out.paths(effect.FSWrite, p.values("output", "hex-dump"), "truncate")
	out.Emits = "network"
	return out
}

func netcatPlace(p parsed) (string, int) {
	if p.has("U") {
		return "", 0
	}
	args := p.args
	if p.has("listen") {
		port, _ := strconv.Atoi(p.text("source-port"))
		if len(args) > 0 && port == 0 {
			port, _ = strconv.Atoi(args[len(args)-1].Text)
		}
		return "", port
	}
	host := canonicalHost(p.verb())
	port, _ := strconv.Atoi(p.arg(1).Text)
	return host, port
}

// socats is socat: two addresses, each of which may run a program, open a file, connect or listen.
func socats(c Call) Outcome {
	p := newSpec("+ b= d D h v x r= R= s t= T= u U L= W= g lf= lp= ls ly=").parse(c.Args[1:])
	var out Outcome
	runs, net := false, ""
	for _, w := range p.args {
		if strings.HasPrefix(w.Text, "/") || strings.HasPrefix(w.Text, "./") {
			if !asksOnly(c) {
				out.path(effect.FSWrite, w, "socket")
			}
			continue
		}
		kind, rest, _ := strings.Cut(w.Text, ":")
		value, _, _ := strings.Cut(rest, ",")
		switch k := strings.ToUpper(kind); {
		case k == "EXEC" || k == "SYSTEM" || k == "SHELL":
			runs = true
			out.shell(Word{Text: value, Known: w.Known}, "socat "+k)
		case strings.Contains(k, "LISTEN") || strings.HasSuffix(k, "-RECVFROM") || strings.HasSuffix(k, "-L"):
			if !strings.HasPrefix(k, "UNIX") {
				port, _ := strconv.Atoi(value)
				public := !strings.Contains(rest, "bind=127.") && !strings.Contains(rest, "bind=localhost")
				out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetListen, Port: port, Flags: flagIf(public, "public")})
				net = "listen"
			}
		case strings.HasPrefix(k, "TCP") || strings.HasPrefix(k, "UDP") || strings.HasPrefix(k, "OPENSSL") || strings.HasPrefix(k, "SSL") || strings.HasPrefix(k, "SOCKS") || strings.HasPrefix(k, "PROXY") || strings.HasPrefix(k, "SCTP"):
			a := parseURL(value, "tcp")
			out.Effects = append(out.Effects, connect(a.host, a.port, "tcp", "raw"))
			net = a.host
		case k == "FILE" || k == "OPEN" || k == "GOPEN":
			out.path(effect.FSRead, Word{Text: value, Known: w.Known}, "socat")
		case k == "CREATE":
			out.path(effect.FSWrite, Word{Text: value, Known: w.Known}, "truncate")
		case k == "UNIX-CONNECT" || k == "UNIX-CLIENT" || k == "UNIX":
			if strings.Contains(value, "docker") || strings.Contains(value, "podman") {
				out.add(effect.ContainerRun, value, "docker-socket", "privileged")
			}
			out.path(effect.FSWrite, Word{Text: value, Known: w.Known}, "socket")
		}
	}
	if runs && net != "" {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: net, Flags: []string{"reverse", "shell"}})
	} else if net != "" {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetTunnel, Host: net, Flags: append([]string{"relay"}, flagIf(isLocalHost(net), "local")...)})
		uploadStdin(&out, c, net, 0, "tcp")
	}
	return out
}

// asksOnly tells whether the literal input is a question to a server (HAProxy, memcached …).
func asksOnly(c Call) bool {
	text, ok := stdinText(c)
	verb := headWord(strings.ToLower(strings.TrimSpace(text)))
	return ok && (verb == "show" || verb == "help" || verb == "stats" || verb == "version" || verb == "info" || verb == "prompt")
}

func telnets(c Call) Outcome {
	p := newSpec("8 E F K L a c d e= l= n= S= X= b= r f x 4 6").parse(c.Args[1:])
	var out Outcome
	if len(p.args) == 0 {
		return out
	}
	port := 23
	if n, err := strconv.Atoi(p.arg(1).Text); err == nil {
		port = n
	}
	host := canonicalHost(p.verb())
	out.Effects = append(out.Effects, connect(host, port, "telnet", "raw"))
	uploadStdin(&out, c, host, port, "telnet")
	out.Emits = "network"
	return out
}

func reverseTools(c Call) Outcome {
	var out Outcome
	out.add(effect.NetTunnel, lineOf(c.Args[1:]), "reverse", "shell")
	return out
}

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

// dnsLookups asks for names; a name that carries data is a channel.
func dnsLookups(c Call) Outcome {
	p := newSpec("b= c= f= k= p= q= t,type= v= x= y= 4 6 m u i a C d l r s T w R= W= N= debug querytype= query=").parse(c.Args[1:])
	var out Outcome
	record := strings.ToUpper(p.text("type", "q", "querytype", "query"))
	for _, w := range p.args {
		t := w.Text
		switch {
		case strings.HasPrefix(t, "ixfr="), strings.HasPrefix(t, "IXFR="):
			record = "IXFR"
		case strings.HasPrefix(t, "+"), isDNSWord(t):
			if u := strings.ToUpper(t); dnsTypes[u] {
				record = u
			}
		case strings.HasPrefix(t, "@"):
			out.Effects = append(out.Effects, connect(canonicalHost(t[1:]), 53, "dns", "dns", "resolver"))
		default:
			e := connect(strings.ToLower(strings.TrimSuffix(t, ".")), 53, "dns", "dns")
			e.Method = record
			e.Flags = append(e.Flags, nameFlags(w, record)...)
			out.Effects = append(out.Effects, e)
		}
	}
	if record == "AXFR" || record == "IXFR" {
		out.add(effect.NetScan, lineOf(p.args), "name")
	}
	return out
}

var dnsTypes = nameSet("A AAAA MX NS TXT SOA CNAME PTR SRV CAA ANY AXFR IXFR NULL DNSKEY DS NAPTR TLSA HTTPS SVCB IN")

func isDNSWord(t string) bool { return dnsTypes[strings.ToUpper(t)] }

// nameFlags tells names that carry data: computed parts, or long labels that read like an encoding.
func nameFlags(w Word, record string) []string {
	var flags []string
	if !w.Known {
		flags = append(flags, "computed")
		if secretVariable(w.Raw) || strings.Contains(w.Raw, "$(") || strings.Contains(w.Raw, "`") {
			flags = append(flags, "data")
		}
	}
	for _, label := range strings.Split(w.Text, ".") {
		if len(label) >= 30 && !strings.Contains(label, "-") {
			flags = append(flags, "data")
			break
		}
	}
	if record == "TXT" && !strings.HasPrefix(w.Text, "_") {
		flags = append(flags, "txt")
	}
	return flags
}

func pings(c Call) Outcome {
	p := newSpec("c= i= I= l= m= M= n O p= Q= s= S= t= T= w= W= F= g= z= a A b B d D f h L q r R U v V 4 6 e= N= report r report-cycles= G= o=").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.args {
		e := connect(strings.ToLower(w.Text), 0, "icmp", "ping")
		e.Flags = append(e.Flags, nameFlags(w, "")...)
		e.Flags = append(e.Flags, flagIf(p.has("f"), "flood")...)
		if pattern, ok := p.value("p"); ok && (!pattern.Known || len(pattern.Text) >= 8) {
			e.Flags = append(e.Flags, "data")
		}
		out.Effects = append(out.Effects, e)
	}
	if n, err := strconv.Atoi(p.text("s")); err == nil && n > 1400 && n >= 60000 {
		out.add(effect.NetScan, "ping -s", "exploit")
	}
	return out
}

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

func whoises(c Call) Outcome {
	var out Outcome
	p := newSpec("h= p=").parse(c.Args[1:])
	if len(p.args) > 0 {
		out.Effects = append(out.Effects, connect("whois", 43, "whois", "lookup"))
	}
	return out
}
