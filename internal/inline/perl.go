package inline

import (
	"strings"

	"writ/internal/effect"
)

func readPerl(code string) Outcome {
	if out, ok := plainShell(code); ok {
		return out
	}
	return readCode(perlDialect, code)
}

var perlDialect = dialect{
	name: "perl", syntax: syntax{hash: true, backtick: true, sigils: "$@%&", double: "$", quoteOps: true, regex: true, commands: true, dot: "."},
	calls: perlCalls, reads: perlReads, strip: []string{"CORE.", "GLOBAL.", "@of."},
}

var perlReads = map[string]value{
	"ENV": {ref: "ENV", from: fromEnv}, "ENV.HOME": lit("~"), "ENV.PWD": lit("."), "ARGV": {from: fromInput}, "STDIN": {from: fromInput}, "ENV.TMPDIR": lit("/tmp"),
}

var perlCalls = map[string]action{
	"unlink": deleteAll(), "rmdir": deleteAll("empty-dir"), "rmtree": deletes(0, "recursive", "force"), "remove_tree": deletes(0, "recursive", "force"), "File.Path.rmtree": deletes(0, "recursive", "force"), "File.Path.remove_tree": deletes(0, "recursive", "force"),
	"rename": moves, "move": moves, "copy": copies, "link": links("hard"), "symlink": links("symbolic"), "mkdir": onArg(effect.FSWrite, 0, "folder"), "truncate": onArg(effect.FSWrite, 0, "truncate"), "chmod": perlMode, "chown": perlOwner, "utime": onArg(effect.FSChmod, 2, "times"), "opendir": onArg(effect.FSList, 1), "glob": globbed, "write_file": onArg(effect.FSWrite, 0, "truncate"), "read_file": readsFile, "slurp": readsFile, "do": perlDo, "require": perlDo,
	"open": perlOpen, "sysopen": onArg(effect.FSWrite, 1), "system": runsShell("system"), "exec": runsShell("exec"), "qx": runsShell("qx"), "readpipe": runsShell("readpipe"), "eval": evaluatesArg(0, "eval"), "syscall": privileged("native"), "fork": forked, "kill": func(r *reader, c call) value { return r.kills(c.arg(1)) }, "chroot": privileged("chroot"),
	"IO.Socket.INET.new": perlSocket, "IO.Socket.new": perlSocket, "IO.Socket.SSL.new": perlSocket, "socket": returns(value{}), "connect": func(r *reader, c call) value { return r.connectTo(value{}, value{}) }, "sockaddr_in": passes, "inet_aton": passes, "fileno": returns(ref("@sockfd")), "IO.Socket.INET6.new": perlSocket, "Net.FTP.new": connectOnly("ftp"), "Net.SMTP.new": connectOnly("smtp"),
	"get": perlGet, "getstore": urlSave, "getprint": perlGet, "LWP.Simple.get": perlGet, "LWP.Simple.getstore": urlSave, "LWP.UserAgent.new": returns(ref("@session")), "HTTP.Tiny.new": returns(ref("@session")), "mirror": urlSave,
	"pack": perlPack, "unpack": decodeUnknown, "decode_base64": decodeArg(base64Text), "MIME.Base64.decode_base64": decodeArg(base64Text), "MIME.Base64.decode": decodeArg(base64Text), "encode_base64": encoded, "hex": passes, "chr": charOf, "join": perlJoin, "reverse": reversedCall, "sprintf": perlSprintf, "lc": passes, "print": perlPrint, "printf": perlPrint, "say": perlPrint, "split": passes, "map": passes, "grep": passes, "die": returns(value{}), "ord": returns(value{}), "File.Spec.catfile": pathJoin, "catfile": pathJoin, "uncompress": decodeUnknown, "memfd_create": func(r *reader, c call) value {
		r.effect(effect.Effect{Kind: effect.ExecInline, Target: "memfd_create", Flags: []string{"memory"}})
		return value{path: "/proc/self/fd/"}
	},
	"thaw": deserialised("Storable"), "Storable.retrieve": deserialised("Storable"), "retrieve": deserialised("Storable"), "setuid": privileged("setuid"), "POSIX.setuid": privileged("setuid"), "setresuid": privileged("setuid"), "dup2": dup2, "POSIX.dup2": dup2,
}

func deleteAll(flags ...string) action {
	return func(r *reader, c call) value {
		for _, a := range c.args {
			r.onPath(effect.FSDelete, a, flags...)
		}
		return value{}
	}
}

func perlMode(r *reader, c call) value {
	for _, a := range c.args[min(1, len(c.args)):] {
		chmods(r, call{args: []value{a, c.arg(0)}})
	}
	return value{}
}

func perlOwner(r *reader, c call) value {
	for _, a := range c.args[min(2, len(c.args)):] {
		r.onPath(effect.FSChmod, a, "owner")
	}
	return value{}
}

// perlDo runs a file; as a block it is no call.
func perlDo(r *reader, c call) value {
	if v := c.arg(0); v.known && strings.ContainsAny(v.text, "/.") {
		r.nested(Nested{Kind: KindScript, Lang: "perl", Path: v.text, Via: "do"})
	}
	return value{}
}

// perlOpen: the mode stands in the second argument, with the file or before it; a pipe runs a command.
func perlOpen(r *reader, c call) value {
	mode, path := c.arg(1), c.arg(2)
	m := strings.TrimSpace(mode.text)
	if !mode.known {
		m = strings.TrimSpace(mode.path)
	}
	if len(c.args) < 3 {
		return perlTwoArgs(r, m, mode, c)
	}
	switch {
	case strings.Contains(m, "|"):
		r.shellLine(listOrText(c.args[2:]), "open")
	case strings.HasPrefix(m, "<&") || strings.HasPrefix(m, ">&"):
		r.piped = r.piped || r.connected != ""
	case strings.HasPrefix(m, ">"), strings.HasPrefix(m, "+"):
		r.onPath(effect.FSWrite, path, flagFor(m)...)
	default:
		return perlHandle(r, c, r.readPath(path))
	}
	return value{}
}

// perlHandle keeps where a handle's content is from, for <F>.
func perlHandle(r *reader, c call, v value) value {
	if name := plainName(c.arg(0).ref); name != "" {
		r.vars[name] = value{from: v.from, ref: "@content"}
	}
	return v
}

func flagFor(mode string) []string {
	if strings.HasPrefix(mode, ">>") {
		return []string{"append"}
	}
	return []string{"truncate"}
}

func listOrText(vs []value) value {
	if len(vs) == 1 {
		return vs[0]
	}
	return listOf(vs)
}

func perlTwoArgs(r *reader, m string, mode value, c call) value {
	plain := func(s string) value {
		return value{text: strings.TrimSpace(s), known: mode.known, path: strings.TrimSpace(s)}
	}
	switch {
	case strings.HasPrefix(m, "|"):
		r.shellLine(plain(m[1:]), "open")
	case strings.HasSuffix(m, "|"):
		r.shellLine(plain(m[:len(m)-1]), "open")
		return from(fromCommand)
	case strings.HasPrefix(m, ">&"), strings.HasPrefix(m, "<&"):
		r.piped = r.piped || r.connected != ""
	case strings.HasPrefix(m, ">"), strings.HasPrefix(m, "+"):
		r.onPath(effect.FSWrite, plain(strings.TrimLeft(m, "+><")), flagFor(m)...)
	case m != "":
		return perlHandle(r, c, r.readPath(plain(strings.TrimLeft(m, "<"))))
	}
	return value{}
}

func perlSocket(r *reader, c call) value {
	if len(c.args) == 1 && c.arg(0).known {
		host, _, port := splitURL(c.arg(0).text)
		return r.connectTo(lit(host), value{text: itoa(port), known: true})
	}
	host := c.kw["PeerAddr"]
	if !host.known {
		host = c.kw["PeerHost"]
	}
	if h, _, p := splitURL(host.text); p > 0 {
		return r.connectTo(lit(h), lit(itoa(p)))
	}
	if c.kw["LocalPort"].known || c.kw["Listen"].known {
		return r.listening(lit(""))
	}
	return r.connectTo(host, c.kw["PeerPort"])
}

func itoa(n int) string {
	if n == 0 {
		return "0"
	}
	var b []byte
	for ; n > 0; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

func perlGet(r *reader, c call) value {
	if v := c.arg(0); !v.known && v.path == "" && v.from == 0 {
		return value{}
	}
	return r.request("GET", c.arg(0), 0)
}

func perlPack(_ *reader, c call) value {
	switch f := c.arg(0).text; {
	case strings.HasPrefix(f, "H"):
		return decoded(c.arg(1), hexText)
	case strings.HasPrefix(f, "C") || strings.HasPrefix(f, "c") || strings.HasPrefix(f, "U") || strings.HasPrefix(f, "W"):
		if c.arg(1).isList {
			return characters(c.arg(1).list)
		}
		return characters(c.args[1:])
	case strings.HasPrefix(f, "A") || strings.HasPrefix(f, "a"):
		return c.arg(1)
	}
	return value{from: c.from() | fromDecode}
}

func perlJoin(_ *reader, c call) value {
	if len(c.args) < 2 {
		return value{}
	}
	if len(c.args) == 2 && c.arg(1).isList {
		return joined(c.arg(0).text, c.arg(1))
	}
	return joined(c.arg(0).text, listOf(c.args[1:]))
}

func perlSprintf(_ *reader, c call) value {
	v := format(c.arg(0), listOf(c.args[min(1, len(c.args)):]))
	if !v.known {
		v.path = c.arg(0).text
	}
	return v
}

// perlPrint to a socket sends.
func perlPrint(r *reader, c call) value {
	if r.connected != "" && c.from()&(fromFile|fromSecret|fromEnv|fromCommand) != 0 {
		r.effect(effect.Effect{Kind: effect.NetUpload, Host: r.connected, Scheme: "tcp", Flags: []string{"file"}})
	}
	return value{from: c.from()}
}
