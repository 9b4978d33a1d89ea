package catalog

import (
	"strings"

	"writ/internal/effect"
)

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
	case reachesInside(w.Text):
		return []string{"metadata"}
	case strings.Contains(w.Text, "$(cat ") || strings.Contains(w.Text, "`cat "):
		return []string{"command-output", "secret"} // a command for the other side, or one that was meant to run here
	case !w.Known && (strings.Contains(w.Raw, "$(") || strings.Contains(w.Raw, "`")):
		return append([]string{"command-output"}, substitutionFlags(w.Raw)...)
	case !w.Known:
		return []string{"computed"}
	}
	return nil
}

// reachesInside tells whether data asks the receiver to fetch from inside: a file, or a metadata service.
func reachesInside(text string) bool {
	return strings.Contains(text, `"file://`) || strings.Contains(text, "=file:///") || strings.Contains(text, "169.254.169.254") || strings.Contains(text, "metadata.google.internal")
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
