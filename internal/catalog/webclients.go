package catalog

import (
	"path"
	"strings"

	"writ/internal/effect"
)

var wgetSpec = newSpec(`O,output-document= o,output-file= a,append-output= P,directory-prefix= post-data= post-file= body-data= body-file= method= header= user= password= http-user= http-password= ask-password no-check-certificate
	e,execute= i,input-file= B,base= U,user-agent= referer= load-cookies= save-cookies= T,timeout= t,tries= w,wait= Q,quota= limit-rate= ca-certificate= certificate= private-key= proxy-user= proxy-password= D,domains= A,accept= R,reject= I,include-directories= X,exclude-directories= l,level= cut-dirs= default-page= bind-address= dns-timeout= connect-timeout= read-timeout=
	config= use-askpass= warc-file= exclude-domains= accept-regex= reject-regex= q,quiet c,continue N,timestamping r,recursive m,mirror k p,page-requisites np,no-parent b,background S,server-response spider v nv,no-verbose x nc,no-clobber nd,no-directories nH show-progress no-proxy progress= retry-connrefused waitretry= start-pos= compression= content-disposition trust-server-names`)

func wgets(c Call) Outcome {
	p := wgetSpec.parse(c.Args[1:])
	var out Outcome
	r := request{call: c, method: strings.ToUpper(p.text("method")), headers: p.values("header"), insecure: p.has("no-check-certificate")}
	for _, w := range p.values("post-data", "body-data") {
		if w.Text == "-" && w.Known {
			r.stdin = true
			continue
		}
		r.body = append(r.body, w)
	}
	for _, w := range p.values("post-file", "body-file") {
		r.file(w)
	}
	r.user = p.has("user", "password", "http-user", "http-password")
	if r.method == "" {
		r.method = "GET"
		if len(r.body)+len(r.files) > 0 || r.stdin {
			r.method = "POST"
		}
	}
	wgetExecute(&out, &r, p)
	document, named := p.value("output-document")
	toStdout := named && (document.Text == "-" || document.Text == "/dev/stdout")
	r.toFile = !toStdout
	if !named && p.has("post-data") {
		r.toFile = true
	}
	for _, u := range p.args {
		one := r
		one.url = u
		one.send(&out, "")
		if !named && !p.has("spider") {
			out.path(effect.FSWrite, under(known(p.text("directory-prefix")), urlFile(u)), "download")
		}
	}
	if named && !toStdout {
		out.path(effect.FSWrite, document, "truncate", "download")
	}
	for _, w := range p.values("input-file") {
		out.path(effect.FSRead, w)
		out.unresolved("wget takes its addresses from "+w.Text, "script")
	}
	out.paths(effect.FSWrite, p.values("output-file", "append-output", "save-cookies", "warc-file"), "append")
	if w, ok := p.value("use-askpass"); ok {
		out.script("shell", w, nil, "wget --use-askpass")
	}
	if toStdout && out.Emits == "" {
		out.Emits = "network"
	}
	return out
}

// wgetExecute reads -e settings: proxies, and programs to run.
func wgetExecute(out *Outcome, r *request, p parsed) {
	for _, w := range p.values("execute") {
		name, value, _ := strings.Cut(strings.ReplaceAll(w.Text, " ", ""), "=")
		switch strings.ReplaceAll(strings.ToLower(name), "-", "_") {
		case "http_proxy", "https_proxy", "ftp_proxy":
			r.proxy = value
		case "use_askpass":
			out.script("shell", known(value), nil, "wget use_askpass")
		case "check_certificate":
			r.insecure = r.insecure || value == "off"
		case "post_file", "body_file":
			r.file(known(value))
		}
	}
}

// downloads save what an address holds.
func downloads(c Call) Outcome {
	p := newSpec("o,out,output= d,dir= x,max-connection-per-server= s,split= i,input-file= j= header= n= P= f,format= exec= on-download-complete= check-certificate= all-proxy= c,continue q,quiet cookies= cookies-from-browser= u,username= p,password=").parse(c.Args[1:])
	var out Outcome
	r := request{call: c, method: "GET", headers: p.values("header"), toFile: true, proxy: p.text("all-proxy"), insecure: p.text("check-certificate") == "false"}
	for _, u := range p.args {
		if !strings.Contains(u.Text, "://") && u.Known && !strings.Contains(u.Text, ".") {
			continue
		}
		r.url = u
		r.send(&out, "")
		if name := path.Base(parseURL(u.Text, "http").path); u.Known && !p.has("out") && name != "/" && name != "." {
			out.path(effect.FSWrite, under(known(p.text("dir")), known(name)), "download")
		}
	}
	for _, w := range p.values("out") {
		out.path(effect.FSWrite, under(known(p.text("dir")), w), "download")
	}
	for _, w := range p.values("exec", "on-download-complete") {
		out.shell(w, c.Name()+" --exec")
	}
	if p.has("cookies-from-browser") {
		out.add(effect.SecretRead, "browser cookies", "browser")
	}
	return out
}

// httpies is http METHOD URL [Header:value name=value name@file name:=json …].
func httpies(c Call) Outcome {
	p := newSpec("a,auth= A,auth-type= o,output= verify= proxy= s,style= p,print= session= session-read-only= cert= cert-key= timeout= f,form j,json multipart d,download v,verbose b,body h,headers raw= I,ignore-stdin check-status follow offline m= pretty= S,stream F x,compress").parse(c.Args[1:])
	var out Outcome
	r := request{call: c, user: p.has("auth"), insecure: p.text("verify") == "no" || p.text("verify") == "false", proxy: p.text("proxy"), body: p.values("raw")}
	args := p.args
	if p.has("offline") || len(args) == 0 {
		return out
	}
	if t := args[0].Text; t == strings.ToUpper(t) && strings.Trim(t, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && len(args) > 1 {
		r.method, args = t, args[1:]
	} else if len(args) > 1 && (strings.EqualFold(t, "delete") || strings.EqualFold(t, "post") || strings.EqualFold(t, "put") || strings.EqualFold(t, "patch") || strings.EqualFold(t, "get")) {
		r.method, args = strings.ToUpper(t), args[1:]
	}
	r.url = args[0]
	if strings.HasPrefix(r.url.Text, ":") {
		r.url.Text = "localhost" + r.url.Text
	}
	for _, item := range args[1:] {
		r.item(item)
	}
	if c.Stdin != nil && !p.has("ignore-stdin") && (c.Stdin.From != "" || c.Stdin.Known) {
		r.stdin = true
	}
	if r.method == "" {
		r.method = "GET"
		if len(r.body)+len(r.files) > 0 || r.stdin {
			r.method = "POST"
		}
	}
	r.output = p.values("output")
	r.toFile = p.has("download", "output")
	r.send(&out, "")
	out.paths(effect.FSWrite, r.output, "download")
	if !r.toFile && out.Emits == "" {
		out.Emits = "network"
	}
	return out
}

func (r *request) item(w Word) {
	i := strings.IndexAny(w.Text, ":=@")
	if i <= 0 {
		return
	}
	rest := w.Text[i:]
	switch {
	case strings.HasPrefix(rest, "=="):
	case rest[0] == '@':
		r.file(Word{Text: rest[1:], Known: w.Known})
	case strings.HasPrefix(rest, "=@"):
		r.file(Word{Text: rest[2:], Known: w.Known})
	case strings.HasPrefix(rest, ":=@"):
		r.file(Word{Text: rest[3:], Known: w.Known})
	case rest[0] == '=', strings.HasPrefix(rest, ":="):
		r.body = append(r.body, w)
	default:
		r.headers = append(r.headers, w)
	}
}

func lwp(method string) program {
	return func(c Call) Outcome {
		var out Outcome
		for _, w := range c.Args[1:] {
			if strings.Contains(w.Text, "://") {
				request{call: c, method: method, url: w, stdin: method == "POST" && c.Stdin != nil}.send(&out, "")
				out.Emits = "network"
			}
		}
		return out
	}
}

func browsers(c Call) Outcome {
	p := newSpec("dump source post_data get_data cfg= cmd_script= cookie_file= auth= o= cols= T= I=").parse(c.Args[1:])
	var out Outcome
	for _, u := range p.args {
		if !strings.Contains(u.Text, "://") && !strings.Contains(u.Text, ".") {
			continue
		}
		r := request{call: c, method: "GET", url: u, stdin: p.has("post_data")}
		r.send(&out, "")
		out.Emits = "network"
	}
	return out
}

func grpcurl(c Call) Outcome {
	p := newSpec("- d= H= plaintext insecure cacert= cert= key= import-path= proto= protoset= authority= max-time= rpc-header= v").parse(c.Args[1:])
	var out Outcome
	if len(p.args) == 0 {
		return out
	}
	r := request{call: c, method: "POST", url: p.args[0], body: p.values("d"), headers: p.values("H"), insecure: p.has("insecure")}
	if p.text("d") == "@" {
		r.body, r.stdin = nil, true
	}
	a := parseURL(r.url.Text, "grpc")
	out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetConnect, Host: a.host, Port: a.port, Scheme: "grpc", Method: p.arg(1).Text, Flags: r.flags(a)})
	r.upload(&out, a)
	out.Emits = "network"
	return out
}

func websockets(c Call) Outcome {
	p := newSpec("c,connect= l,listen= x,execute= H,header= s= k b t E n u 1").parse(c.Args[1:])
	var out Outcome
	for _, u := range append(p.values("connect"), p.args...) {
		if strings.HasPrefix(u.Text, "ws") {
			r := request{call: c, method: "GET", url: u, headers: p.values("header"), stdin: c.Stdin != nil}
			r.send(&out, "")
		}
		if cmd, ok := strings.CutPrefix(u.Text, "sh-c:"); ok {
			out.shell(known(cmd), "websocat sh-c:")
			out.add(effect.NetTunnel, "websocat", "shell")
		}
		if cmd, ok := strings.CutPrefix(u.Text, "cmd:"); ok {
			out.shell(known(cmd), "websocat cmd:")
		}
	}
	return out
}

func loadTests(c Call) Outcome {
	p := newSpec("n= c= t= d= k s= z= m= D= T= H= q= p= r= A= f= o= duration= rate= targets=").parse(c.Args[1:])
	var out Outcome
	for _, u := range p.args {
		if a := parseURL(u.Text, ""); strings.Contains(u.Text, "://") && a.ok {
			flags := append([]string{"load"}, flagIf(isPrivateHost(a.host), "local")...)
			out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetConnect, Host: a.host, Port: a.port, Scheme: a.scheme, Method: "GET", Flags: flags})
		}
	}
	return out
}

func opensURL(c Call) Outcome {
	p := newSpec("a= b= n t e g j W F R args").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.args {
		if a := parseURL(w.Text, ""); strings.Contains(w.Text, "://") {
			out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetConnect, Host: a.host, Port: a.port, Scheme: a.scheme, Method: "GET", Flags: []string{"browser"}})
			continue
		}
		out.path(effect.FSRead, w, "open")
	}
	return out
}
