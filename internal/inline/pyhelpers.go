package inline

import (
	"strings"

	"writ/internal/effect"
)

// globbed is a list of paths by a pattern.
func globbed(r *reader, c call) value {
	r.onPath(effect.FSList, c.arg(0))
	p := pathText(c.arg(0))
	if i := strings.IndexAny(p, "*?["); i >= 0 {
		p = p[:i]
	}
	return value{ref: "@paths", path: p}
}

// pathOf is a path object.
func pathOf(_ *reader, c call) value {
	if len(c.args) == 0 {
		return value{ref: "@path", path: "."}
	}
	out := value{ref: "@path", path: pathText(c.arg(0)), from: c.from()}
	for _, a := range c.args[1:] {
		out = joinPath(out, a)
	}
	if alts := c.arg(0).alts; len(alts) > 0 {
		out.alts = alts
	}
	return out
}

// thePath is the path object a method is called on.
func thePath(c call) value {
	v := c.recv.dict[""]
	if v.ref == "" {
		v = value{path: c.recv.path}
	}
	v.ref = "@path"
	return v
}

func pathDelete(flags ...string) action {
	return func(r *reader, c call) value {
		r.onPath(effect.FSDelete, thePath(c), flags...)
		return value{}
	}
}

func pathDo(kind effect.Kind, flags ...string) action {
	return func(r *reader, c call) value {
		r.onPath(kind, thePath(c), flags...)
		return value{}
	}
}

func pathMode(r *reader, c call) value {
	return chmods(r, call{args: []value{thePath(c), c.arg(0)}})
}

func pathRead(r *reader, c call) value { return r.readPath(thePath(c)) }

func pathMove(r *reader, c call) value {
	return moves(r, call{args: []value{thePath(c), c.arg(0)}})
}

func pathList(r *reader, c call) value {
	r.onPath(effect.FSList, thePath(c))
	return value{ref: "@paths", path: thePath(c).path + "/"}
}

func pathGlob(r *reader, c call) value {
	r.onPath(effect.FSList, thePath(c))
	return value{ref: "@paths", path: thePath(c).path + "/"}
}

func pathLink(r *reader, c call) value {
	return links("symbolic")(r, call{args: []value{c.arg(0), thePath(c)}})
}

func pathOpen(r *reader, c call) value { return r.opened(thePath(c), c.named("mode", 0)) }

func pathJoinTo(_ *reader, c call) value {
	out := thePath(c)
	for _, a := range c.args {
		out = joinPath(out, a)
	}
	return out
}

func passPath(_ *reader, c call) value { return thePath(c) }

func contentOf(_ *reader, c call) value {
	return value{ref: "@content", from: c.recv.from | fromFile, path: ""}
}

// written is a write to an open file or stream.
func written(*reader, call) value { return value{} }

func pathJoin(_ *reader, c call) value {
	var out value
	for i, a := range c.args {
		switch {
		case i == 0:
			out = a
		case a.known && strings.HasPrefix(a.text, "/"):
			out = a
		default:
			out = join(join(out, lit("/")), a)
		}
	}
	return out
}

// envVar is one variable of the environment: HOME is a path, names that speak of credentials are secrets.
func envVar(_ *reader, c call) value { return envNamed(c.arg(0).text) }

func envNamed(name string) value {
	low := strings.ToLower(name)
	switch {
	case name == "HOME" || name == "USERPROFILE":
		return lit("~")
	case name == "TMPDIR" || name == "TEMP":
		return lit("/tmp")
	case name == "PWD":
		return lit(".")
	}
	for _, s := range []string{"secret", "token", "password", "passwd", "api_key", "apikey", "access_key", "private_key", "credential"} {
		if strings.Contains(low, s) {
			return from(fromSecret)
		}
	}
	return value{}
}

func setEnv(r *reader, c call) value {
	r.assigned("os.environ."+c.arg(0).text, c.arg(1))
	return value{}
}

func urlOpen(r *reader, c call) value {
	url := c.arg(0)
	if c.kw["context"].ref == "@insecure" {
		r.effect(effect.Effect{Kind: effect.Bypass, Target: "tls"})
	}
	if url.ref == "@request" {
		return value{ref: "@response", from: fromNetwork}
	}
	method := "GET"
	data := c.named("data", 1)
	if data.known || data.from != 0 || data.ref != "" {
		method = "POST"
	}
	return r.request(method, url, deep(data))
}

// urlRequest is a request object; it is noted where it is made.
func urlRequest(r *reader, c call) value {
	method := c.kw["method"].text
	data := c.named("data", 1)
	if method == "" && (data.known || data.from != 0) {
		method = "POST"
	}
	if method == "" {
		method = "GET"
	}
	r.request(method, c.named("url", 0), deep(data)|deep(c.kw["headers"]))
	return ref("@request")
}

func urlSave(r *reader, c call) value {
	r.request("GET", c.arg(0), 0, "download")
	if len(c.args) > 1 {
		r.onPath(effect.FSWrite, c.arg(1))
	}
	return value{path: pathText(c.arg(1)), from: fromNetwork}
}

func httpConnection(_ *reader, c call) value {
	return value{ref: "@httpconn", path: pathText(c.arg(0))}
}

func httpConnRequest(r *reader, c call) value {
	sent := deep(c.named("body", 2)) | deep(c.named("headers", 3)) | deep(c.arg(1))
	return r.request(c.arg(0).text, lit("http://"+c.recv.path+c.arg(1).text), sent)
}

// socketConnect takes an address pair; what is sent later goes there.
func socketConnect(r *reader, c call) value {
	host, port := c.arg(0), value{}
	if host.isList && len(host.list) > 0 {
		host, port = host.list[0], second(host.list)
	}
	return r.connectTo(host, port)
}

func socketConnectPair(r *reader, c call) value { return r.connectTo(c.arg(0), c.arg(1)) }

func second(vs []value) value {
	if len(vs) > 1 {
		return vs[1]
	}
	return value{}
}

func (r *reader) connectTo(host, port value) value {
	name := host.text
	if !host.known {
		name = host.path
	}
	r.connected = name
	if name == "" {
		r.connected = "?"
	}
	e := effect.Effect{Kind: effect.NetConnect, Host: name, Port: atoi(port.text), Scheme: "tcp", Flags: []string{"raw"}}
	if name == "" {
		e.Reason = "the address is computed"
	}
	r.effect(e)
	return value{ref: "@socket", path: name}
}

func socketScan(r *reader, c call) value {
	if r.loops {
		r.effect(effect.Effect{Kind: effect.NetScan, Host: pathText(value{list: c.args}), Flags: []string{"host"}})
	}
	return socketConnect(r, c)
}

func socketBind(r *reader, c call) value {
	host := c.arg(0)
	if host.isList && len(host.list) > 0 {
		host = host.list[0]
	}
	r.listening(host)
	return value{}
}

func (r *reader) listening(host value) value {
	e := effect.Effect{Kind: effect.NetListen, Host: host.text, Target: r.name}
	if host.known && (host.text == "" || host.text == "0.0.0.0" || host.text == "::") {
		e.Flags = []string{"public"}
	}
	r.effect(e)
	return value{}
}

func listens(r *reader, c call) value {
	host := c.arg(0)
	if host.isList && len(host.list) > 0 {
		host = host.list[0]
	}
	return r.listening(host)
}

func appRun(r *reader, c call) value {
	host, ok := c.kw["host"]
	if !ok {
		host = lit("127.0.0.1")
	}
	return r.listening(host)
}

func socketSend(r *reader, c call) value {
	host := r.connected
	if host == "" {
		if a := c.arg(1); a.isList && len(a.list) > 0 {
			host = a.list[0].text
		}
	}
	o := deep(c.arg(0))
	if o&(fromFile|fromSecret|fromEnv|fromCommand) != 0 {
		var flags []string
		if o&(fromSecret|fromEnv) != 0 {
			flags = append(flags, "secret")
		}
		if o&fromFile != 0 {
			flags = append(flags, "file")
		}
		r.effect(effect.Effect{Kind: effect.NetUpload, Host: host, Scheme: "tcp", Flags: flags})
	}
	return value{}
}

// dup2 on a socket's descriptor makes it a program's input or output.
func dup2(r *reader, c call) value {
	if c.arg(0).ref == "@sockfd" || r.connected != "" {
		r.piped = true
	}
	return value{}
}

func dnsLook(r *reader, c call) value {
	host := c.arg(0)
	flags := []string{"dns"}
	if host.from&(fromFile|fromSecret|fromEnv|fromCommand) != 0 {
		r.effect(effect.Effect{Kind: effect.NetUpload, Host: pathText(host), Flags: []string{"dns", "secret"}})
	}
	r.effect(effect.Effect{Kind: effect.NetConnect, Host: pathText(host), Scheme: "dns", Flags: flags})
	return value{from: fromNetwork}
}

func connectOnly(scheme string) action {
	return func(r *reader, c call) value {
		r.effect(effect.Effect{Kind: effect.NetConnect, Host: pathText(c.arg(0)), Scheme: scheme, Port: atoi(c.arg(1).text)})
		return value{ref: "@" + scheme, path: pathText(c.arg(0))}
	}
}

func connectArg(scheme string) action {
	return func(r *reader, c call) value {
		r.effect(effect.Effect{Kind: effect.NetConnect, Host: pathText(c.named("hostname", 0)), Scheme: scheme})
		return value{}
	}
}

func bypassTLS(r *reader, _ call) value {
	r.effect(effect.Effect{Kind: effect.Bypass, Target: "tls"})
	return ref("@insecure")
}

func forked(r *reader, _ call) value {
	r.forks = true
	return value{}
}

func killed(r *reader, c call) value {
	return r.kills(c.arg(0))
}

// kills is a signal to a process: the first one of the machine and all of them are told apart.
func (r *reader) kills(pid value) value {
	var flags []string
	switch strings.TrimPrefix(pid.text, "+") {
	case "1":
		flags = []string{"init"}
	case "-1":
		flags = []string{"all"}
	}
	r.effect(effect.Effect{Kind: effect.ProcKill, Target: pid.text, Flags: flags})
	return value{}
}

func privileged(flag string) action {
	return func(r *reader, c call) value {
		r.effect(effect.Effect{Kind: effect.Privilege, Target: c.name, Flags: []string{flag}})
		return value{}
	}
}

// awsClient is boto3.client("s3").
func awsClient(_ *reader, c call) value { return ref("@aws." + c.named("service_name", 0).text) }
