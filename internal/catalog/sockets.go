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
	if p.has("U") { // a socket that is a file: whoever serves it gets what is sent
		out.path(effect.FSWrite, p.arg(0), "socket")
		return out
	}
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
	runs, net, relay := false, "", 0
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
		case k == "UNIX-LISTEN" || k == "UNIX-L" || k == "ABSTRACT-LISTEN":
			relay++
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
	if relay > 0 && net == "" && !runs {
		out.add(effect.NetTunnel, "socat", "relay", "local") // between a client and its server
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
