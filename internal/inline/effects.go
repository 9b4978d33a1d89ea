package inline

import (
	"strings"

	"writ/internal/effect"
)

// onPath notes an effect on a file for every path that the value may be.
func (r *reader) onPath(kind effect.Kind, v value, flags ...string) {
	if v.isList {
		for _, e := range v.list {
			r.onPath(kind, e, flags...)
		}
		return
	}
	for _, c := range v.choices() {
		path, fl := c.text, flags
		switch {
		case c.known:
		case c.path != "":
			path, fl = c.path, append(flags[:len(flags):len(flags)], "unknown-path")
			if c.ref == "@path" || c.ref == "@file" {
				fl = flags
			}
		default:
			path, fl = "", append(flags[:len(flags):len(flags)], "unknown-path")
		}
		if c.known && (isNumber(path) || path == "") {
			continue
		}
		e := effect.Effect{Kind: kind, Path: path, Flags: fl}
		if path == "" {
			e.Reason = "the path is computed"
		}
		r.effect(e)
	}
}

// secretPath tells whether a path names a place of credentials.
func secretPath(p string) bool {
	low := strings.ToLower(p)
	for _, s := range []string{".ssh/", "id_rsa", "id_ed25519", "id_ecdsa", ".aws/", ".env", ".netrc", ".npmrc", ".pypirc", "credentials", "secret", "/etc/shadow", "/etc/passwd", ".kube/config", ".docker/config", ".git-credentials", "token", ".pem", ".p12", ".key", "login data", "cookies", "keychain", ".gnupg", "/environ", "password", ".config/gcloud", ".azure"} {
		if strings.Contains(low, s) {
			return !strings.HasSuffix(low, ".pub") && !strings.HasSuffix(low, ".example") && !strings.HasSuffix(low, ".sample")
		}
	}
	return false
}

// reads a file: the value that comes back carries where it is from.
func (r *reader) readPath(v value) value {
	r.onPath(effect.FSRead, v)
	out := value{ref: "@content", from: fromFile | v.from}
	for _, c := range v.choices() {
		if secretPath(c.text) || secretPath(c.path) {
			out.from |= fromSecret
		}
	}
	return out
}

// connects notes a request: method, address, and what is sent with it.
func (r *reader) request(method string, url value, sent origin, flags ...string) value {
	for _, c := range url.choices() {
		text := c.text
		if !c.known {
			text = c.path
		}
		host, scheme, port := splitURL(text)
		e := effect.Effect{Kind: effect.NetConnect, Host: host, Port: port, Scheme: scheme, Method: strings.ToUpper(method), Target: text, Flags: flags}
		if host == "" {
			e.Reason = "the address is computed"
		}
		r.effect(e)
		if o := sent | c.from; o&(fromFile|fromSecret|fromEnv|fromCommand) != 0 {
			up := effect.Effect{Kind: effect.NetUpload, Host: host, Port: port, Scheme: scheme, Method: e.Method, Target: text}
			if o&(fromSecret) != 0 {
				up.Flags = append(up.Flags, "secret")
			}
			if o&fromEnv != 0 {
				up.Flags = append(up.Flags, "secret", "env")
			}
			if o&fromFile != 0 {
				up.Flags = append(up.Flags, "file")
			}
			r.effect(up)
		}
	}
	return value{ref: "@response", from: fromNetwork}
}

// splitURL takes scheme, host and port out of a URL or host:port.
func splitURL(url string) (host, scheme string, port int) {
	rest := url
	if s, after, ok := strings.Cut(url, "://"); ok {
		scheme, rest = strings.ToLower(s), after
	}
	rest, _, _ = strings.Cut(rest, "/")
	rest, _, _ = strings.Cut(rest, "?")
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	if strings.HasPrefix(rest, "[") {
		if i := strings.IndexByte(rest, ']'); i > 0 {
			return rest[1:i], scheme, atoi(strings.TrimPrefix(rest[i+1:], ":"))
		}
	}
	host, p, _ := strings.Cut(rest, ":")
	if strings.ContainsAny(host, " \t\n'\"<>{}") {
		return "", scheme, 0
	}
	return host, scheme, atoi(p)
}

// opened reads the mode of an open call: "w" and "a" write, "r" reads.
func (r *reader) opened(path value, mode value) value {
	m := mode.text
	if path.known && strings.HasPrefix(path.text, "/dev/tcp/") {
		parts := strings.Split(path.text, "/")
		if len(parts) > 3 {
			r.connected, r.piped = parts[3], true
			r.effect(effect.Effect{Kind: effect.NetConnect, Host: parts[3], Scheme: "tcp"})
		}
	}
	out := value{ref: "@file", path: pathText(path), from: 0}
	switch {
	case strings.ContainsAny(m, "wxa+"):
		flags := []string{}
		if strings.Contains(m, "w") {
			flags = append(flags, "truncate")
		}
		if strings.Contains(m, "a") {
			flags = append(flags, "append")
		}
		r.onPath(effect.FSWrite, path, flags...)
	default:
		v := r.readPath(path)
		out.from = v.from
	}
	if out.path == "" && !path.known {
		out.alts = nil
	}
	return out
}

// helpers that make actions

// deletes is a call whose argument i is a path that goes away.
func deletes(i int, flags ...string) action {
	return func(r *reader, c call) value {
		r.onPath(effect.FSDelete, c.arg(i), flags...)
		return value{}
	}
}

func onArg(kind effect.Kind, i int, flags ...string) action {
	return func(r *reader, c call) value {
		r.onPath(kind, c.arg(i), flags...)
		return value{from: c.arg(i).from}
	}
}

// moves is a call that moves argument 0 to argument 1; copies leaves the first.
func moves(r *reader, c call) value {
	r.onPath(effect.FSDelete, c.arg(0), "move")
	r.onPath(effect.FSWrite, c.arg(1))
	return value{}
}

func copies(r *reader, c call) value {
	r.onPath(effect.FSRead, c.arg(0))
	r.onPath(effect.FSWrite, c.arg(1))
	return value{}
}

func links(flag string) action {
	return func(r *reader, c call) value {
		r.effect(effect.Effect{Kind: effect.FSLink, Path: pathText(c.arg(1)), Target: pathText(c.arg(0)), Flags: []string{flag}})
		return value{}
	}
}

func readsFile(r *reader, c call) value { return r.readPath(c.arg(0)) }

// chmods notes world-writable and setuid modes where the mode is a literal.
func chmods(r *reader, c call) value {
	var flags []string
	m := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(c.arg(1).text), "0o"), "0")
	if strings.HasSuffix(m, "7") || strings.HasSuffix(m, "6") || strings.HasSuffix(m, "2") {
		flags = append(flags, "world")
	}
	if len(m) == 4 && strings.ContainsAny(m[:1], "4567") {
		flags = append(flags, "setuid")
	}
	r.onPath(effect.FSChmod, c.arg(0), flags...)
	return value{}
}

// runsShell is a call whose argument 0 is a shell line.
func runsShell(via string) action {
	return func(r *reader, c call) value {
		v := c.arg(0)
		if len(c.args) > 1 && (r.name == "perl" || r.name == "ruby") && !hasHash(c) {
			v = listOf(c.args)
		}
		if strings.Contains(v.text, "<&") || isShellPath(v.text) && r.connected != "" {
			r.piped = true
		}
		if strings.Contains(v.path, "/bin/sh") || strings.Contains(v.path, "bash") || strings.HasPrefix(v.path, "sh ") {
			r.piped = r.piped || r.connected != ""
		}
		r.shellLine(v, via)
		return from(fromCommand)
	}
}

func hasHash(c call) bool {
	for _, a := range c.args {
		if a.dict != nil && a.ref == "" {
			return true
		}
	}
	return false
}

func isShellPath(s string) bool {
	for _, sh := range []string{"sh", "bash", "zsh", "dash", "ksh", "cmd.exe", "powershell"} {
		if s == sh || strings.HasSuffix(s, "/"+sh) || strings.HasPrefix(s, sh+" -i") || strings.Contains(s, "/"+sh+" -i") {
			return true
		}
	}
	return false
}

// runsProgram is a call with a program and its arguments: spawn("rm", ["-rf"]), execv("/bin/sh", […]).
func runsProgram(via string, spread bool) action {
	return func(r *reader, c call) value {
		args := []value{c.arg(0)}
		switch {
		case spread:
			args = append(args[:0], c.args...)
			if strings.Contains(via, "exec") && len(args) > 1 {
				args = append(args[:1], args[2:]...)
			}
		case c.arg(1).isList:
			rest := c.arg(1).list
			if strings.Contains(via, "exec") && !strings.Contains(via, "File") && len(rest) > 0 && r.name == "python" {
				rest = rest[1:]
			}
			args = append(args, rest...)
		}
		for len(args) > 0 && (args[len(args)-1].ref == "None" || args[len(args)-1].ref == "null" || args[len(args)-1].dict != nil) {
			args = args[:len(args)-1]
		}
		if len(args) > 0 && isShellPath(args[0].text) && r.connected != "" {
			r.piped = true
		}
		if strings.Contains(c.arg(0).path, "/proc/self/fd") || strings.Contains(c.arg(0).text, "/proc/self/fd") {
			r.effect(effect.Effect{Kind: effect.ExecInline, Target: via, Flags: []string{"memory"}})
		}
		r.argv(listOf(args), via)
		return from(fromCommand)
	}
}

func returns(v value) action { return func(*reader, call) value { return v } }

// passes hands on what is known of the object or the first argument.
func passes(_ *reader, c call) value {
	if inner, ok := c.recv.dict[""]; ok {
		return inner
	}
	v := c.arg(0)
	v.from |= c.from()
	return v
}
