package inline

import "writ/internal/effect"

func readLua(code string) Outcome {
	return readCode(dialect{name: "lua", syntax: syntax{dashes: true, commands: true, dot: ".."}, calls: luaCalls, reads: luaReads, strip: []string{"_G.", "@of."}}, code)
}

var luaReads = map[string]value{"arg": {from: fromInput}}

var luaCalls = map[string]action{
	"os.execute": runsShell("os.execute"), "io.popen": runsShell("io.popen"), "os.remove": deletes(0), "os.rename": moves, "io.open": func(r *reader, c call) value { return r.opened(c.arg(0), c.arg(1)) }, "io.lines": readsFile, "io.input": readsFile, "io.output": onArg(effect.FSWrite, 0, "truncate"), "dofile": luaFile, "loadfile": luaFile, "loadstring": evaluatesArg(0, "loadstring"), "load": evaluatesArg(0, "load"), "require": imported, "string.char": func(_ *reader, c call) value { return characters(c.args) }, "string.reverse": reversedCall, "table.concat": func(_ *reader, c call) value { return joined(c.arg(1).text, c.arg(0)) }, "string.format": perlSprintf, "os.getenv": envVar, "socket.connect": socketConnectPair, "socket.tcp": returns(ref("@socket")), "@socket.connect": socketConnectPair, "socket.http.request": func(r *reader, c call) value { return r.request("GET", c.arg(0), deep(c.arg(1))) }, "http.request": func(r *reader, c call) value { return r.request("GET", c.arg(0), deep(c.arg(1))) }, "vim.fn.system": runsShell("vim.fn.system"), "vim.fn.delete": deletes(0), "vim.cmd": returns(value{}), "package.loadlib": privileged("native"), "lfs.rmdir": deletes(0, "empty-dir"), "lfs.mkdir": onArg(effect.FSWrite, 0, "folder"), "redis.call": redisCall, "redis.pcall": redisCall,
}

func luaFile(r *reader, c call) value {
	r.nested(Nested{Kind: KindScript, Lang: "lua", Path: c.arg(0).text, Via: "dofile"})
	return value{}
}

// redisCall is a command that a script sends to its server.
func redisCall(r *reader, c call) value {
	text := ""
	for _, a := range c.args {
		text += a.text + " "
	}
	for _, e := range readRedis(text).Effects {
		r.effect(e)
	}
	return value{}
}

func readR(code string) Outcome {
	return readCode(dialect{name: "r", syntax: syntax{hash: true, nameExtra: ".", dot: "\x00"}, calls: rCalls, reads: map[string]value{}, strip: []string{"base.", "utils.", "@of."}}, code)
}

var rCalls = map[string]action{
	"system": runsShell("system"), "system2": func(r *reader, c call) value {
		args := append([]value{c.arg(0)}, c.arg(1).list...)
		if c.arg(1).known {
			args = append(args, c.arg(1))
		}
		r.argv(listOf(args), "system2")
		return value{}
	},
	"shell": runsShell("shell"), "unlink": deletes(0), "file.remove": deleteAll(), "file.rename": moves, "file.copy": copies, "writeLines": onArg(effect.FSWrite, 1, "truncate"), "write.csv": onArg(effect.FSWrite, 1, "truncate"), "readLines": readsFile, "read.csv": readsFile, "readRDS": readsFile, "source": luaFile, "eval": evaluatesArg(0, "eval"), "parse": func(_ *reader, c call) value { return c.kw["text"] }, "download.file": urlSave, "url": passes, "socketConnection": socketConnectPair, "Sys.getenv": envVar, "Sys.chmod": chmods, "c": func(_ *reader, c call) value { return listOf(c.args) }, "paste0": func(_ *reader, c call) value { return joined("", listOf(c.args)) }, "paste": func(_ *reader, c call) value { return joined(" ", listOf(c.args)) }, "intToUtf8": charOf, "rawToChar": passes, "dyn.load": privileged("native"), "install.packages": func(r *reader, c call) value {
		r.effect(effect.Effect{Kind: effect.PkgInstall, Target: "cran:" + c.arg(0).text})
		return value{}
	},
}
