package catalog

import (
	"strings"

	"writ/internal/effect"
)

var scpSpec = newSpec("3 4 6 A B C O p q R r s T v c= D= F= i= J= l= o= P= S= X=")

// scps copies between machines: what has host: before it is there, the rest is here.
func scps(c Call) Outcome {
	p := scpSpec.parse(c.Args[1:])
	var out Outcome
	for _, w := range p.values("o") {
		sshOption(&out, w, "")
	}
	if w, ok := p.value("S"); ok {
		out.argv([]Word{w}, "scp -S")
	}
	out.paths(effect.FSRead, p.values("i"), "identity")
	copyBetween(&out, p.args, "ssh", flagIf(p.has("r"), "recursive"))
	return out
}

// copyBetween notes uploads and downloads of sources to the last word.
func copyBetween(out *Outcome, args []Word, scheme string, flags []string) {
	if len(args) == 0 {
		return
	}
	sources, target := args[:len(args)-1], args[len(args)-1]
	host, _, remote := remotePlace(target.Text)
	for _, s := range sources {
		from, _, away := remotePlace(s.Text)
		switch {
		case remote && !away:
			out.path(effect.FSRead, s, with(flags, "upload")...)
			e := effect.Effect{Kind: effect.NetUpload, Host: host, Scheme: scheme, Path: s.Text, Flags: with(flags, "file")}
			if !s.Known {
				e.Flags = with(e.Flags, "unknown-path")
			}
			out.Effects = append(out.Effects, e)
		case away:
			out.Effects = append(out.Effects, connect(from, 22, scheme, "download"))
		}
	}
	if !remote {
		if len(sources) == 1 && strings.HasSuffix(sources[0].Text, "/") {
			out.path(effect.FSWrite, target, with(flags, "copy")...) // the content, not the folder
			return
		}
		for _, w := range landings(sources, target) {
			out.path(effect.FSWrite, w, with(flags, "copy")...)
		}
	}
}

// remotePlace reads host:path, user@host::module, or a URL.
func remotePlace(text string) (host, path string, ok bool) {
	if strings.Contains(text, "://") {
		a := parseURL(text, "")
		return a.host, a.path, a.ok
	}
	return scpHost(text)
}

func sftps(c Call) Outcome {
	p := newSpec("+ b= B= c= D= F= i= J= l= o= P= R= S= s= X= a f p q r v C N 1 2 4 6 A").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.values("o") {
		sshOption(&out, w, "")
	}
	for _, w := range append(p.values("S"), p.values("D")...) {
		out.shell(w, "sftp -S")
	}
	host := p.args0Host()
	if h, _, ok := remotePlace(p.verb()); ok {
		host = h
	}
	out.Effects = append(out.Effects, connect(host, 22, "ssh"))
	if w, ok := p.value("b"); ok && w.Text != "-" {
		out.path(effect.FSRead, w)
		out.unresolved("sftp takes its commands from "+w.Text, "script")
	}
	if text, ok := stdinText(c); ok {
		transferCommands(&out, text, host, "ssh")
	} else {
		uploadStdin(&out, c, host, 22, "ssh")
	}
	return out
}

// transferCommands reads the commands of ftp, sftp, lftp and smbclient.
func transferCommands(out *Outcome, text, host, scheme string) {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' }) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		switch verb := strings.ToLower(words[0]); {
		case (verb == "put" || verb == "mput" || verb == "send" || verb == "append" || verb == "mirror" && strings.Contains(line, "-R")) && len(words) > 1:
			file := known(words[len(words)-1])
			if verb == "put" {
				file = known(lastNonOption(words[1:]))
			}
			out.path(effect.FSRead, file, "upload")
			out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetUpload, Host: host, Scheme: scheme, Path: file.Text, Flags: []string{"file"}})
		case strings.HasPrefix(verb, "!"):
			out.shell(known(strings.TrimPrefix(strings.TrimSpace(line), "!")), scheme+" !")
		case verb == "rm" || verb == "mdelete" || verb == "delete" || verb == "rmdir":
			out.Effects = append(out.Effects, effect.Effect{Kind: effect.FSDelete, Path: words[len(words)-1], Flags: []string{"remote"}})
		}
	}
}

func lastNonOption(ws []string) string {
	for _, w := range ws {
		if !strings.HasPrefix(w, "-") {
			return w
		}
	}
	return ""
}
