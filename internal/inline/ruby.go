package inline

import (
	"strings"

	"writ/internal/effect"
)

func readRuby(code string) Outcome {
	if out, ok := plainShell(code); ok {
		return out
	}
	return readCode(rubyDialect, code)
}

var rubyDialect = dialect{
	name: "ruby", syntax: syntax{hash: true, backtick: true, sigils: "$@", double: "#", percent: true, regex: true, commands: true, nameExtra: "?!", dot: "\x00"},
	calls: rubyCalls, reads: rubyReads, strip: []string{"Kernel.", "Object.", "@of.", "self."},
}

var rubyReads = map[string]value{
	"ENV": {ref: "ENV", from: fromEnv}, "ENV.HOME": lit("~"), "ENV.to_h": from(fromEnv), "ENV.to_a": from(fromEnv), "ARGV": {from: fromInput}, "STDIN": {ref: "STDIN", from: fromInput}, "STDIN.read": from(fromInput), "Dir.home": lit("~"), "Dir.pwd": lit("."), "Dir.tmpdir": lit("/tmp"), "gets": from(fromInput),
}

var rubyCalls = map[string]action{
	"FileUtils.rm_rf": deletes(0, "recursive", "force"), "FileUtils.rm_r": deletes(0, "recursive"), "FileUtils.rm": deletes(0), "FileUtils.rm_f": deletes(0, "force"), "FileUtils.remove": deletes(0), "FileUtils.rmtree": deletes(0, "recursive", "force"), "FileUtils.remove_dir": deletes(0, "recursive"), "FileUtils.remove_entry": deletes(0, "recursive"), "FileUtils.remove_entry_secure": deletes(0, "recursive"), "FileUtils.rmdir": deletes(0, "empty-dir"), "FileUtils.remove_file": deletes(0), "rm_rf": deletes(0, "recursive", "force"),
	"File.delete": deleteAll(), "File.unlink": deleteAll(), "Dir.rmdir": deletes(0, "empty-dir"), "Dir.delete": deletes(0, "empty-dir"), "Dir.unlink": deletes(0, "empty-dir"),
	"File.write": onArg(effect.FSWrite, 0, "truncate"), "IO.write": onArg(effect.FSWrite, 0, "truncate"), "File.binwrite": onArg(effect.FSWrite, 0, "truncate"), "File.open": rubyOpen, "File.new": rubyOpen, "open": rubyOpen, "File.truncate": onArg(effect.FSWrite, 0, "truncate"), "FileUtils.touch": onArg(effect.FSWrite, 0, "append"), "FileUtils.mkdir_p": onArg(effect.FSWrite, 0, "folder"), "FileUtils.mkdir": onArg(effect.FSWrite, 0, "folder"), "Dir.mkdir": onArg(effect.FSWrite, 0, "folder"),
	"FileUtils.mv": moves, "FileUtils.move": moves, "File.rename": moves, "FileUtils.cp": copies, "FileUtils.cp_r": copies, "FileUtils.copy": copies, "FileUtils.ln_s": links("symbolic"), "File.symlink": links("symbolic"), "File.link": links("hard"), "FileUtils.ln": links("hard"), "File.chmod": rubyMode, "FileUtils.chmod": rubyMode, "FileUtils.chmod_R": rubyMode, "FileUtils.chown": onArg(effect.FSChmod, 2, "owner"), "FileUtils.chown_R": onArg(effect.FSChmod, 2, "owner", "recursive"), "File.chown": onArg(effect.FSChmod, 2, "owner"),
	"File.read": readsFile, "IO.read": readsFile, "File.readlines": readsFile, "IO.readlines": readsFile, "File.foreach": readsFile, "File.binread": readsFile, "IO.binread": readsFile, "YAML.load_file": readsFile, "CSV.read": readsFile, "Dir.glob": globbed, "Dir.entries": onArg(effect.FSList, 0), "Dir.children": onArg(effect.FSList, 0), "Dir.each_child": onArg(effect.FSList, 0), "File.exist?": returns(value{}), "File.expand_path": passes, "File.join": pathJoin, "File.basename": passes, "Pathname.new": pathOf, "Pathname": pathOf, "@path.delete": pathDelete(), "@path.unlink": pathDelete(), "@path.rmtree": pathDelete("recursive", "force"), "@path.write": pathDo(effect.FSWrite, "truncate"), "@path.read": pathRead,
	"system": runsShell("system"), "exec": runsShell("exec"), "spawn": runsShell("spawn"), "`": runsShell("`"), "IO.popen": rubyPopen, "Open3.capture2": runsShell("Open3"), "Open3.capture3": runsShell("Open3"), "Open3.capture2e": runsShell("Open3"), "Open3.popen3": runsShell("Open3"), "Open3.popen2": runsShell("Open3"), "Open3.popen2e": runsShell("Open3"), "Process.spawn": runsShell("Process.spawn"), "Process.exec": runsShell("Process.exec"), "PTY.spawn": runsShell("PTY.spawn"), "sh": runsShell("sh"), "fork": forked, "Process.fork": forked, "Process.kill": func(r *reader, c call) value {
		return r.kills(c.arg(1))
	},
	"eval": evaluatesArg(0, "eval"), "instance_eval": evaluatesArg(0, "instance_eval"), "class_eval": evaluatesArg(0, "class_eval"), "binding.eval": evaluatesArg(0, "eval"), "load": rubyLoad, "require_relative": rubyLoad, "Marshal.load": deserialised("Marshal"), "YAML.unsafe_load": deserialised("YAML"), "YAML.load": passes, "send": rubySend, "public_send": rubySend, "__send__": rubySend, "Object.const_get": imported, "const_get": imported, "method": passes, "syscall": privileged("native"),
	"Net.HTTP.get": rubyGet, "Net.HTTP.get_response": rubyGet, "Net.HTTP.get_print": rubyGet, "Net.HTTP.post": rubyPost, "Net.HTTP.post_form": rubyPost, "Net.HTTP.start": connectOnly("http"), "Net.HTTP.new": connectOnly("http"), "URI.open": rubyGet, "URI.parse": passes, "URI": passes, "OpenURI.open_uri": rubyGet, "RestClient.get": rubyGet, "RestClient.post": rubyPost, "HTTParty.get": rubyGet, "HTTParty.post": rubyPost, "Faraday.get": rubyGet, "Faraday.post": rubyPost, "URI.encode_www_form_component": passes, "CGI.escape": passes,
	"TCPSocket.open": socketConnectPair, "TCPSocket.new": socketConnectPair, "Socket.tcp": socketConnectPair, "UDPSocket.new": returns(ref("@socket")), "TCPServer.new": rubyServer, "TCPServer.open": rubyServer, "WEBrick.HTTPServer.new": rubyServer, "Resolv.getaddress": dnsLook, "@socket.puts": socketSend, "@socket.write": socketSend, "@socket.print": socketSend, "@socket.to_i": returns(ref("@sockfd")), "@socket.fileno": returns(ref("@sockfd")), "$stdin.reopen": dup2, "$stdout.reopen": dup2, "$stderr.reopen": dup2, "STDIN.reopen": dup2, "STDOUT.reopen": dup2,
	"Base64.decode64": decodeArg(base64Text), "Base64.strict_decode64": decodeArg(base64Text), "Base64.urlsafe_decode64": decodeArg(base64Text), "Base64.encode64": encoded, "Base64.strict_encode64": encoded, "Zlib.Inflate.inflate": decodeUnknown, "Zlib.inflate": decodeUnknown, "sprintf": perlSprintf, "format": perlSprintf, "puts": returns(value{}), "print": returns(value{}), "p": passes, "require": returns(value{}), "Integer": passes, "String": passes, "raise": returns(value{}), "attr_accessor": returns(value{}), "Fiddle.dlopen": returns(ref("@cdll")), "Fiddle.Function.new": func(r *reader, c call) value {
		r.effect(effect.Effect{Kind: effect.ExecInline, Target: "Fiddle", Flags: []string{"native"}})
		return value{}
	},
	"ENV.fetch": envVar, "Process.setuid": privileged("setuid"), "Process.UID.change_privilege": privileged("setuid"), "Process.Sys.setuid": privileged("setuid"), "Dir.chroot": privileged("chroot"),
}

// rubyOpen: a leading pipe is a command, a URL a download when open-uri is loaded, else a file.
func rubyOpen(r *reader, c call) value {
	path := c.arg(0)
	switch {
	case strings.HasPrefix(path.text, "|"):
		r.shellLine(value{text: path.text[1:], known: path.known}, "open")
		return from(fromCommand)
	case strings.Contains(path.text, "://"):
		return r.request("GET", path, 0)
	}
	return r.opened(path, c.arg(1))
}

func rubyMode(r *reader, c call) value {
	for _, a := range c.args[min(1, len(c.args)):] {
		chmods(r, call{args: []value{a, c.arg(0)}})
	}
	return value{}
}

func rubyPopen(r *reader, c call) value {
	r.shellLine(c.arg(0), "IO.popen")
	return from(fromCommand)
}

func rubyLoad(r *reader, c call) value {
	if c.arg(0).known {
		r.nested(Nested{Kind: KindScript, Lang: "ruby", Path: c.arg(0).text, Via: "load"})
	}
	return value{}
}

// rubySend calls a method by its name.
func rubySend(r *reader, c call) value {
	name := c.arg(0)
	if !name.known {
		r.unresolved("the method that is called is computed")
		return value{}
	}
	base := strings.TrimSuffix(strings.TrimSuffix(c.name, "."+lastName(c.name)), c.name)
	return r.invoke(ref(strings.TrimPrefix(base+"."+name.text, ".")), call{args: c.args[1:]})
}

func rubyGet(r *reader, c call) value { return r.request("GET", c.arg(0), deep(c.arg(1))) }

func rubyPost(r *reader, c call) value {
	return r.request("POST", c.arg(0), deep(c.arg(1))|deep(c.arg(2)))
}

func rubyServer(r *reader, c call) value {
	if len(c.args) > 1 {
		return r.listening(c.arg(0))
	}
	return r.listening(lit(""))
}
