package command

import (
	"slices"
	"strconv"
	"strings"

	"writ/internal/catalog"
	"writ/internal/effect"
)

// carried looks for data that the catalog cannot see: a secret that was read into a variable or pipe and
// leaves in the words or on the input of a command that talks to the network.
func (r *reader) carried(sh *scope, fields []field, in *flow, settled []effect.Effect) []effect.Effect {
	secret := in != nil && in.from == "secret"
	for _, f := range fields {
		secret = secret || f.from == "secret"
	}
	flag, why := "secret", "a secret leaves in the words of the command"
	if !secret {
		if flag, why = leaving(fields); flag == "" {
			return nil
		}
	}
	for _, e := range settled {
		if e.Kind == effect.NetConnect || e.Kind == effect.NetUpload && !e.Has(flag) {
			up := e
			up.Kind = effect.NetUpload
			up.Flags = withFlag(slices.Clone(e.Flags), flag)
			up.Reason = why
			r.emit(up)
			return []effect.Effect{up}
		}
	}
	return nil
}

// delayed reports requests that a background job sends after a long wait, when nobody looks any more.
func (r *reader) delayed(sh *scope, name string, fields []field, settled []effect.Effect) {
	if name == "sleep" && len(fields) > 1 {
		digits := strings.TrimRight(fields[1].Text, "smhd")
		n, err := strconv.ParseFloat(digits, 64)
		r.slept = r.slept || err == nil && (n >= 30 || digits != fields[1].Text && !strings.HasSuffix(fields[1].Text, "s"))
		return
	}
	if !r.slept || r.spawn == 0 && !slices.Contains(sh.via, "nohup") && !slices.Contains(sh.via, "setsid") {
		return
	}
	for _, e := range settled {
		if (e.Kind == effect.NetConnect || e.Kind == effect.NetUpload) && !localHost(e.Host) {
			r.obfuscated(sh, "a background job sends a request after a long wait", shown(fields))
			return
		}
	}
}

func localHost(host string) bool {
	return host == "localhost" || host == "::1" || host == "0.0.0.0" || strings.HasPrefix(host, "127.") || strings.HasSuffix(host, ".localhost")
}

// lookups are programs whose host name alone tells its owner something.
var lookups = map[string]bool{"dig": true, "nslookup": true, "host": true, "drill": true, "kdig": true, "resolvectl": true, "ping": true, "ping6": true, "getent": true, "dog": true}

// leaving finds local data that is put into a request by expansion: file contents in an address, anything
// in a name that is looked up, a credential in a form. It gives the upload's flag, "" when there is none.
func leaving(fields []field) (flag, why string) {
	name := catalog.BaseName(fields[0].Text)
	for i, f := range fields[1:] {
		dotted := strings.Contains(f.Text, ".")
		switch {
		case lookups[name] && (f.from == "output" || f.from == "data" || f.from == "credential" || f.from == "shaped") && (dotted || !f.Known):
			return "dns", "what a command prints leaves in the name that is looked up"
		case f.from == "data" && strings.Contains(f.Text, "://"):
			return "file", "the content of a file leaves in the address"
		case f.from == "credential" && (formFlags[fields[i].Text] || strings.HasPrefix(f.Text, "--data") || strings.HasPrefix(f.Text, "--post-data") || strings.Contains(f.Text, "://")):
			return "env", "a credential leaves in the request"
		}
	}
	return "", ""
}

var formFlags = map[string]bool{"-d": true, "--data": true, "--data-raw": true, "--data-binary": true, "--data-urlencode": true, "-F": true, "--form": true, "--json": true, "--body-data": true, "--post-data": true}

// shells are the programs that read commands.
var shells = map[string]bool{"sh": true, "bash": true, "zsh": true, "dash": true, "ksh": true, "ash": true, "mksh": true,
	"fish": true, "rbash": true, "csh": true, "tcsh": true, "busybox": true, "yash": true, "pdksh": true}

// reverseShell recognises a shell or exec that is tied to a network connection.
func (r *reader) reverseShell(sh *scope, name string, fields []field, io *stdio) {
	if io == nil || !io.socket || !(shells[name] || name == "exec" || strings.HasPrefix(name, "python")) {
		return
	}
	for _, e := range io.effects {
		if e.Kind != effect.NetConnect {
			continue
		}
		e.Kind = effect.NetTunnel
		e.Flags = []string{"reverse", "shell"}
		if !shells[name] {
			e.Flags = []string{"raw"}
		}
		e.Words = shown(fields)
		r.emit(e)
	}
}
