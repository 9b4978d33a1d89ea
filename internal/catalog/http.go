package catalog

import (
	"strings"

	"writ/internal/effect"
)

// request is one HTTP request as a client's words describe it.
type request struct {
	url      Word
	method   string
	body     []Word // data given on the line
	files    []Word // local files sent
	stdin    bool   // standard input is sent
	headers  []Word
	user     bool // credentials given
	insecure bool
	proxy    string
	output   []Word // files written
	toFile   bool
	call     Call
}

// httpPrograms are clients for the web.
var httpPrograms = map[string]program{
	"curl": curls, "curlie": curls, "xh": httpies, "xhs": httpies, "http": httpies, "https": httpies, "httpie": httpies,
	"wget": wgets, "wget2": wgets, "aria2c": downloads, "axel": downloads, "lwp-download": downloads, "lwp-request": httpies, "fetch": downloads, "aria2": downloads,
	"get": lwp("GET"), "post": lwp("POST"), "head-http": nothing,
	"links": browsers, "lynx": browsers, "w3m": browsers, "elinks": browsers,
	"grpcurl": grpcurl, "websocat": websockets, "wscat": websockets, "ab": loadTests, "wrk": loadTests, "hey": loadTests, "siege": loadTests, "vegeta": loadTests, "k6": loadTests, "bombardier": loadTests, "oha": loadTests,
	"yt-dlp": downloads, "youtube-dl": downloads, "gallery-dl": downloads,
	"xdg-open": opensURL, "open": opensURL, "start": opensURL, "sensible-browser": opensURL,
}

var curlSpec = newSpec(`X,request= d,data= data-raw= data-binary= data-urlencode= data-ascii= json= F,form= form-string= T,upload-file= o,output= output-dir= O,remote-name J,remote-header-name remote-name-all
	H,header= A,user-agent= b,cookie= c,cookie-jar= e,referer= u,user= oauth2-bearer= U,proxy-user= x,proxy= preproxy= socks4= socks4a= socks5= socks5-hostname= noproxy= k,insecure proxy-insecure
	E,cert= key= cacert= capath= K,config= m,max-time= connect-timeout= retry= retry-delay= retry-max-time= r,range= C,continue-at= w,write-out= D,dump-header= url= G,get I,head i,include L,location location-trusted s,silent S,show-error f,fail v,verbose
	g,globoff N,no-buffer n,netrc netrc-file= netrc-optional t,telnet-option= z,time-cond= y= Y= Q,quote= P,ftp-port= resolve= connect-to= interface= dns-servers= doh-url= unix-socket= abstract-unix-socket= limit-rate= max-filesize= max-redirs= trace= trace-ascii= stderr= ciphers= tls-max= tlsv1.2 tlsv1.3 http1.1 http2 http3 compressed create-dirs
	proto= proto-default= proto-redir= mail-from= mail-rcpt= local-port= keepalive-time= expect100-timeout= engine= pinnedpubkey= aws-sigv4= variable= expand-data= libcurl= parallel-max= rate= hostpubsha256= pubkey= ftp-account= ftp-method= request-target= url-query= etag-save= etag-compare= alt-svc= hsts= happy-eyeballs-timeout-ms= haproxy-clientip= 0 1 2 3 4 6 a,append B j l M p q R Z,parallel next,:`)

func curls(c Call) Outcome {
	p := curlSpec.parse(c.Args[1:])
	var out Outcome
	if p.has("M", "V") && len(p.args) == 0 {
		return out
	}
	r := request{call: c, method: strings.ToUpper(p.text("request")), headers: p.values("header"), insecure: p.has("insecure")}
	for _, w := range p.values("data", "data-binary", "data-urlencode", "data-ascii", "json", "expand-data") {
		r.data(w)
	}
	r.body = append(r.body, p.values("data-raw", "form-string", "url-query")...)
	for _, w := range p.values("form") {
		r.form(w)
	}
	for _, w := range p.values("upload-file") {
		r.file(w)
	}
	for _, w := range p.values("cookie") {
		if !strings.Contains(w.Text, "=") {
			out.path(effect.FSRead, w)
		} else {
			r.headers = append(r.headers, w)
		}
	}
	for _, w := range p.values("user-agent", "referer") {
		r.headers = append(r.headers, Word{Text: "user-agent: " + w.Text, Known: w.Known, Raw: w.Raw})
	}
	r.user = p.has("user", "oauth2-bearer", "netrc")
	r.proxy = p.text("proxy", "socks5", "socks4", "socks5-hostname", "socks4a", "preproxy")
	r.output = p.values("output", "dump-header", "cookie-jar", "trace", "trace-ascii", "stderr", "etag-save", "libcurl")
	curlConfig(&out, p, c)
	curlMethod(&r, p)
	if p.has("doh-url") {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetConnect, Host: parseURL(p.text("doh-url"), "https").host, Flags: []string{"doh"}})
	}
	urls := append(p.values("url"), p.args...)
	r.toFile = len(p.values("output")) > 0 && p.text("output") != "-" && p.text("output") != "/dev/stdout" || p.has("remote-name", "remote-name-all")
	socket := p.text("unix-socket", "abstract-unix-socket")
	for _, u := range urls {
		if p.has("remote-name", "remote-name-all") {
			r.output = append(r.output, under(dirOr(p.text("output-dir")), urlFile(u)))
		}
		one := r
		one.url = u
		one.send(&out, socket)
	}
	out.paths(effect.FSWrite, r.output, "truncate", "download")
	out.paths(effect.FSRead, p.values("cert", "key", "netrc-file"), "credential")
	for _, h := range p.values("resolve", "connect-to") {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetConnect, Host: "", Target: h.Text, Flags: []string{"resolve"}})
	}
	if !r.toFile && len(urls) > 0 && out.Emits == "" {
		out.Emits = "network"
	}
	return out
}

func dirOr(dir string) Word { return known(dir) }

// urlFile is the name under which a download is saved.
func urlFile(u Word) Word {
	t, _, _ := strings.Cut(u.Text, "?")
	return Word{Text: t[strings.LastIndexByte(t, '/')+1:], Known: u.Known && !u.Glob}
}

// curlConfig follows -K, which may hold any option.
func curlConfig(out *Outcome, p parsed, c Call) {
	for _, w := range p.values("config") {
		if w.Text == "-" && c.Stdin != nil && c.Stdin.Known {
			var args []Word
			for _, line := range strings.Split(c.Stdin.Text, "\n") {
				name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
				if name = strings.TrimSpace(name); name == "" || name[0] == '#' {
					continue
				}
				args = append(args, known("--"+strings.TrimPrefix(name, "--")))
				if v := strings.Trim(strings.TrimSpace(value), `"`); v != "" {
					args = append(args, known(v))
				}
			}
			out.join(curls(Call{Args: append(words("curl"), args...)}))
			continue
		}
		out.path(effect.FSRead, w)
		out.unresolved("curl takes its options from "+w.Text, "script")
	}
}

func curlMethod(r *request, p parsed) {
	if r.method != "" {
		return
	}
	switch {
	case p.has("get"):
		r.method = "GET"
	case p.has("head"):
		r.method = "HEAD"
	case len(p.values("upload-file")) > 0:
		r.method = "PUT"
	case len(r.body)+len(r.files) > 0 || r.stdin || p.has("data", "form"):
		r.method = "POST"
	case len(p.values("quote")) > 0 && strings.Contains(strings.ToUpper(p.text("quote")), "DELE"):
		r.method = "DELETE"
	default:
		r.method = "GET"
	}
}

// send notes what one request does.
func (r request) send(out *Outcome, socket string) {
	a := parseURL(r.url.Text, "http")
	flags := r.flags(a)
	e := effect.Effect{Kind: effect.NetConnect, Host: a.host, Port: a.port, Scheme: a.scheme, Method: r.method, Target: a.path, Flags: flags}
	if a.scheme == "file" {
		out.path(effect.FSRead, Word{Text: "/" + strings.TrimLeft(strings.TrimPrefix(r.url.Text, "file://"), "/"), Known: r.url.Known}, "url")
		return
	}
	if isMetadataHost(a.host) {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.CloudSecret, Target: "metadata:" + a.path, Host: a.host, Flags: []string{"metadata"}})
		out.Emits = "secret"
	}
	out.Effects = append(out.Effects, e)
	r.upload(out, a)
	r.environment(out, a)
	if socket != "" {
		r.viaSocket(out, socket, a)
		return
	}
	restTwin(out, r, a)
}

// flags of the contact itself.
func (r request) flags(a address) []string {
	var flags []string
	flags = append(flags, flagIf(r.insecure, "insecure")...)
	flags = append(flags, flagIf(a.secret, "secret")...)
	flags = append(flags, flagIf(literalCredential(r.headers), "secret-header")...)
	flags = append(flags, flagIf(r.proxy != "", "proxy")...)
	flags = append(flags, flagIf(r.toFile, "download")...)
	flags = append(flags, flagIf(r.user, "user")...)
	flags = append(flags, flagIf(!r.url.Known, "computed")...)
	flags = append(flags, flagIf(urlLeaks(r.url), "secret-url")...)
	flags = append(flags, flagIf(strings.HasSuffix(a.host, ".onion"), "onion")...)
	flags = append(flags, flagIf(isInference(a), "model")...)
	flags = append(flags, flagIf(strings.HasSuffix(a.path, "/dns-query") && (strings.Contains(a.query, "dns=") || a.host == "doh.") || strings.Contains(strings.ToLower(oneWord(r.headers).Text), "application/dns-message"), "doh")...)
	flags = append(flags, flagIf(isRawIP(a.host) && !isPrivateHost(a.host), "ip")...)
	flags = append(flags, flagIf(isLocalHost(a.host), "local")...)
	return append(flags, flagIf(!isLocalHost(a.host) && isPrivateHost(a.host), "private")...)
}

func isRawIP(h string) bool {
	_, ok := parseIPv4(h)
	return ok || strings.Contains(h, ":")
}

// isInference tells whether the address is a model's API on a machine that is not a known provider's.
func isInference(a address) bool {
	return strings.HasSuffix(a.path, "/chat/completions") || strings.HasSuffix(a.path, "/api/generate") || strings.HasSuffix(a.path, "/api/chat") || strings.HasSuffix(a.path, "/v1/completions")
}

// urlLeaks tells whether a variable that holds a credential, or the output of a command, stands in the URL.
func urlLeaks(w Word) bool {
	return !w.Known && (secretVariable(w.Raw) || strings.Contains(w.Raw, "$(") || strings.Contains(w.Raw, "`"))
}

// literalCredential tells whether a header holds a credential written out.
func literalCredential(headers []Word) bool {
	for _, h := range headers {
		name, value, _ := strings.Cut(strings.ToLower(h.Text), ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(name) {
		case "authorization", "x-api-key", "api-key", "x-auth-token", "private-token", "x-vault-token", "proxy-authorization", "cookie", "x-amz-security-token":
			value = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(value, "bearer"), "token"), "basic")
			if h.Known && len(strings.TrimSpace(value)) >= 16 {
				return true
			}
		}
	}
	return false
}
