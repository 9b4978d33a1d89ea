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

// data is a -d value: text, @file, name@file or @- for standard input.
func (r *request) data(w Word) {
	at := strings.IndexByte(w.Text, '@')
	if at < 0 || at > 0 && strings.ContainsAny(w.Text[:at], "={}\" &:") {
		r.body = append(r.body, w)
		return
	}
	r.file(Word{Text: w.Text[at+1:], Known: w.Known, Raw: w.Raw, Glob: w.Glob})
}

// form is a -F value: name=text, name=@file, name=<file.
func (r *request) form(w Word) {
	_, value, ok := strings.Cut(w.Text, "=")
	if !ok || value == "" || value[0] != '@' && value[0] != '<' {
		r.body = append(r.body, w)
		return
	}
	value, _, _ = strings.Cut(value[1:], ";")
	for _, f := range strings.Split(value, ",") {
		r.file(Word{Text: strings.Trim(f, `"`), Known: w.Known})
	}
}

func (r *request) file(w Word) {
	switch w.Text {
	case "-", ".", "/dev/stdin", "/dev/fd/0":
		if w.Known {
			r.stdin = true
			return
		}
	}
	r.files = append(r.files, w)
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

// environment notes credentials that are set for a web client and no other program: it has no use for them
// but to send them.
func (r request) environment(out *Outcome, a address) {
	for _, v := range r.call.Assign {
		if credentialName(v.Name) && !isLocalHost(a.host) && strings.HasPrefix(r.call.Name(), "curl") {
			out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetUpload, Host: a.host, Port: a.port, Scheme: a.scheme, Flags: []string{"secret", "env", "header"}})
			return
		}
	}
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

// upload notes what leaves with the request.
func (r request) upload(out *Outcome, a address) {
	base := effect.Effect{Kind: effect.NetUpload, Host: a.host, Port: a.port, Scheme: a.scheme, Method: r.method}
	local := flagIf(isLocalHost(a.host), "local")
	local = append(local, flagIf(isDropSite(a.host), "paste")...)
	for _, f := range r.files {
		out.path(effect.FSRead, f, "upload")
		e := base
		e.Path, e.Flags = f.Text, with(local, "file")
		if !f.Known {
			e.Flags = with(e.Flags, "unknown-path")
		}
		out.Effects = append(out.Effects, e)
	}
	if r.stdin && r.call.Stdin != nil && r.call.Stdin.Known && r.call.Stdin.From == "" {
		r.stdin, r.body = false, append(r.body, known(r.call.Stdin.Text))
	}
	if r.stdin {
		e := base
		e.Flags = with(local, "stdin")
		e.Flags = append(e.Flags, stdinFlags(r.call)...)
		out.Effects = append(out.Effects, e)
	}
	if len(r.body) > 0 {
		e := base
		e.Flags = with(local, "data")
		for _, w := range r.body {
			e.Flags = append(e.Flags, bodyFlags(w)...)
		}
		e.Flags = unique(e.Flags)
		out.Effects = append(out.Effects, e)
	}
	if leaksHeader(r.headers) {
		e := base
		e.Flags = with(local, "secret", "header")
		out.Effects = append(out.Effects, e)
	}
}

// leaksHeader tells whether a header carries something that is no credential of the request: a command's
// output or a secret in a header that is not for authorization.
func leaksHeader(headers []Word) bool {
	for _, h := range headers {
		name, _, _ := strings.Cut(strings.ToLower(h.Text), ":")
		switch strings.TrimSpace(name) {
		case "authorization", "x-api-key", "api-key", "x-auth-token", "private-token", "x-vault-token", "job-token", "x-goog-api-key", "x-subscription-token", "apikey", "token", "x-token", "cookie", "x-amz-security-token", "x-csrf-token", "x-consul-token", "x-api-token", "x-n8n-api-key", "dd-api-key", "dd-application-key", "x-github-token", "x-figma-token", "xi-api-key":
			continue
		}
		if !h.Known && (secretVariable(h.Raw) || (strings.Contains(h.Raw, "$(") || strings.Contains(h.Raw, "`")) && substitutionFlags(h.Raw) != nil) {
			return true
		}
	}
	return false
}

// stdinFlags says what is known of data that is piped into an upload.
func stdinFlags(c Call) []string {
	if c.Stdin == nil {
		return nil
	}
	switch c.Stdin.From {
	case "secret", "env", "history", "source", "clipboard":
		if c.Stdin.From == "env" {
			return []string{"secret", "env"}
		}
		if c.Stdin.From == "source" {
			return []string{"source"}
		}
		return []string{"secret"}
	case "pipe", "file", "decode":
		return []string{c.Stdin.From}
	}
	if c.Stdin.Known && secretText(c.Stdin.Text) {
		return []string{"secret"}
	}
	return nil
}

// bodyFlags says what is known of data on the line.
func bodyFlags(w Word) []string {
	switch {
	case secretText(w.Text), !w.Known && secretVariable(w.Raw):
		return []string{"secret"}
	case !w.Known && (strings.Contains(w.Raw, "$(") || strings.Contains(w.Raw, "`")):
		return append([]string{"command-output"}, substitutionFlags(w.Raw)...)
	case !w.Known:
		return []string{"computed"}
	}
	return nil
}

// substitutionFlags looks at the text of a command substitution whose output is sent.
func substitutionFlags(raw string) []string {
	for _, word := range []string{"env", "printenv", "set", "export -p", "history", "cat ", "base64", "/etc/", "~/.", "$HOME/.", "whoami", "hostname", "id)", "id`", "uname", "find ", "ls ", "tar ", "xxd", "gzip", "head ", "tail ", "ps "} {
		if strings.Contains(raw, word) {
			return []string{"secret"}
		}
	}
	return nil
}

// isDropSite tells whether the host takes anonymous uploads or requests to look at later.
func isDropSite(h string) bool {
	for _, site := range dropSites {
		if h == site || strings.HasSuffix(h, "."+site) {
			return true
		}
	}
	return false
}

var dropSites = strings.Fields(`pastebin.com paste.ee hastebin.com ix.io sprunge.us termbin.com 0x0.st transfer.sh file.io bashupload.com temp.sh oshi.at catbox.moe litterbox.catbox.moe
	gofile.io anonfiles.com wetransfer.com ghostbin.com dpaste.org dpaste.com paste.rs clbin.com privatebin.net webhook.site requestbin.com requestbin.net pipedream.net hookbin.com beeceptor.com
	ngrok.io ngrok-free.app ngrok.app trycloudflare.com serveo.net loca.lt burpcollaborator.net oastify.com oast.fun oast.pro oast.live oast.site oast.online oast.me interact.sh interactsh.com canarytokens.com canarytokens.org dnslog.cn ceye.io postb.in
	requestcatcher.com ptsv2.com ptsv3.com discord.com discordapp.com api.telegram.org ntfy.sh filebin.net keep.sh send.vis.ee ufile.io tmpfiles.org uguu.se pixeldrain.com mega.nz rentry.co controlc.com paste.c-net.org ttm.sh x0.at envs.sh localhost.run bore.pub`)
