package inline

import (
	"strings"

	"writ/internal/effect"
)

func readNode(code string) Outcome {
	if out, ok := plainShell(code); ok {
		return out
	}
	return readCode(nodeDialect, code)
}

var nodeDialect = dialect{
	name: "node", syntax: syntax{slash: true, template: true, regex: true, nameExtra: "$", dot: "\x00"},
	calls: nodeCalls, reads: nodeReads, strip: []string{"globalThis.", "global.", "window.", "self.", "@of.", "root."},
}

// plainShell: text that is no code at all but a shell line, given to an interpreter by mistake or to slip by.
func plainShell(code string) (Outcome, bool) {
	text := strings.TrimSpace(code)
	first, rest, ok := strings.Cut(text, " ")
	if !ok || strings.ContainsAny(text, "(){}=;\"'`$") || !strings.HasPrefix(strings.TrimSpace(rest), "-") || len(rest) < 2 || !isName(first[0]) || isDigit(strings.TrimLeft(rest, " -")[:1][0]) || strings.HasPrefix(strings.TrimSpace(rest), "- ") {
		return Outcome{}, false
	}
	return Outcome{Nested: []Nested{{Kind: KindShell, Text: text, Via: "code"}}}, true
}

var nodeReads = map[string]value{
	"process.env": {ref: "process.env", from: fromEnv}, "process.argv": {from: fromInput}, "process.env.HOME": lit("~"), "process.env.USERPROFILE": lit("~"), "process.env.PWD": lit("."), "Deno.env": {ref: "Deno.env", from: fromEnv}, "__dirname": lit("."), "process.stdin": {ref: "@stdin", from: fromInput}, "process.mainModule": {ref: "process.mainModule"}, "require.main": {ref: "require.main"}, "Bun.env": {from: fromEnv}, "import.meta.dirname": lit("."),
}

var nodeCalls = map[string]action{
	"require": imported, "import": imported, "process.mainModule.require": imported, "module.require": imported, "require.main.require": imported, "module.constructor._load": imported, "process.mainModule.constructor._load": imported, "process.binding": imported, "Module._load": imported, "module.createRequire": returns(ref("require")), "createRequire": returns(ref("require")), "process.getBuiltinModule": imported,
	"fs.rm": nodeRemove, "fs.unlink": deletes(0), "fs.rmdir": nodeRemove, "rimraf": deletes(0, "recursive", "force"), "rimraf.sync": deletes(0, "recursive", "force"), "del": deletes(0, "recursive"), "fs-extra.remove": deletes(0, "recursive", "force"), "fs-extra.emptyDir": deletes(0, "recursive"), "fse.remove": deletes(0, "recursive", "force"), "shelljs.rm": shelljsRemove, "Deno.remove": nodeRemove, "trash": deletes(0),
	"fs.writeFile": nodeWrite("truncate"), "fs.appendFile": nodeWrite("append"), "fs.createWriteStream": nodeWrite("truncate"), "fs.truncate": nodeWrite("truncate"), "fs.mkdir": onArg(effect.FSWrite, 0, "folder"), "fs.mkdtemp": onArg(effect.FSWrite, 0, "folder"), "fs.open": func(r *reader, c call) value { return r.opened(c.arg(0), c.arg(1)) }, "fs.write": returns(value{}), "Deno.writeTextFile": nodeWrite("truncate"), "Deno.writeFile": nodeWrite("truncate"), "Bun.write": nodeWrite("truncate"), "fs-extra.outputFile": nodeWrite("truncate"), "fs-extra.writeJson": nodeWrite("truncate"),
	"fs.rename": moves, "fs.copyFile": copies, "fs.cp": copies, "fs-extra.copy": copies, "fs-extra.move": moves, "fs.symlink": links("symbolic"), "fs.link": links("hard"), "fs.chmod": chmods, "fs.chown": onArg(effect.FSChmod, 0, "owner"), "fs.utimes": onArg(effect.FSChmod, 0, "times"), "fs.readdir": onArg(effect.FSList, 0), "fs.stat": onArg(effect.FSList, 0), "fs.exists": returns(value{}), "fs.access": returns(value{}), "fs.watch": onArg(effect.FSList, 0), "fs.readFile": nodeRead, "fs.createReadStream": nodeRead, "Deno.readTextFile": nodeRead, "Deno.readFile": nodeRead, "Bun.file": nodeRead, "fs-extra.readJson": nodeRead, "shelljs.cat": nodeRead,
	"child_process.exec": runsShell("child_process.exec"), "child_process.spawn": nodeSpawn("child_process.spawn"), "child_process.execFile": nodeSpawn("child_process.execFile"), "child_process.fork": nodeFork, "execa": nodeSpawn("execa"), "execa.command": runsShell("execa.command"), "execa.execa": nodeSpawn("execa"), "shelljs.exec": runsShell("shelljs.exec"), "cross-spawn": nodeSpawn("cross-spawn"), "cross-spawn.spawn": nodeSpawn("cross-spawn"), "zx.$": runsShell("zx"), "Deno.run": denoRun, "Deno.Command": nodeSpawn("Deno.Command"), "Bun.spawn": bunSpawn, "Bun.$": runsShell("Bun.$"), "node-pty.spawn": nodeSpawn("node-pty"), "exec": nodeBare("exec"), "execSync": runsShell("execSync"), "spawn": nodeSpawn("spawn"), "spawnSync": nodeSpawn("spawnSync"), "process.dlopen": func(r *reader, c call) value {
		r.effect(effect.Effect{Kind: effect.ExecInline, Target: "process.dlopen", Flags: []string{"native"}})
		return value{}
	},
	"eval": evaluatesArg(0, "eval"), "Function": nodeFunction, "vm.runInThisContext": evaluatesArg(0, "vm"), "vm.runInNewContext": evaluatesArg(0, "vm"), "vm.runInContext": evaluatesArg(0, "vm"), "vm.Script": evaluatesArg(0, "vm"), "vm.compileFunction": evaluatesArg(0, "vm"), "setTimeout": timer, "setInterval": timer, "setImmediate": timer, "constructor.constructor": evaluatesArg(0, "constructor"), "this.constructor.constructor": evaluatesArg(0, "constructor"), "Reflect.construct": nodeReflect, "AsyncFunction": nodeFunction, "doShellScript": runsShell("doShellScript"), "app.doShellScript": runsShell("doShellScript"), "Application.currentApplication": returns(ref("app")), "$.system": runsShell("$.system"), "ObjC.import": returns(value{}),
	"http.get": nodeGet, "https.get": nodeGet, "http.request": nodeRequest, "https.request": nodeRequest, "fetch": nodeFetch, "node-fetch": nodeFetch, "undici.fetch": nodeFetch, "undici.request": nodeFetch, "axios": nodeAxios, "XMLHttpRequest": returns(ref("@xhr")), "@xhr.open": func(r *reader, c call) value { return r.request(c.arg(0).text, c.arg(1), 0) }, "WebSocket": func(r *reader, c call) value { return r.request("GET", c.arg(0), 0) }, "ws": func(r *reader, c call) value { return r.request("GET", c.arg(0), 0) }, "navigator.sendBeacon": func(r *reader, c call) value { return r.request("POST", c.arg(0), deep(c.arg(1))) }, "@noderequest.write": nodeSend, "@noderequest.end": nodeSend, "@noderequest.on": returns(value{}),
	"net.connect": nodeConnect, "net.createConnection": nodeConnect, "tls.connect": nodeConnect, "net.Socket": returns(ref("@socket")), "@socket.connect": nodeConnect, "@socket.write": socketSend, "@socket.pipe": nodePipe, "@socket.end": socketSend, "dgram.createSocket": returns(ref("@socket")), "dns.lookup": dnsLook, "dns.resolve": dnsLook, "dns.resolveTxt": dnsLook, "dns.resolve4": dnsLook, "dns.promises.resolve": dnsLook,
	"http.createServer": nodeServer, "https.createServer": nodeServer, "net.createServer": nodeServer, "express": returns(ref("@server")), "@server.listen": nodeListen, "Bun.serve": nodeListen, "Deno.serve": nodeListen, "Deno.listen": nodeListen,
	"Buffer.from": func(_ *reader, c call) value {
		if v := c.arg(0); v.isList {
			return characters(v.list)
		}
		return coded(c.arg(0), c.arg(1))
	},
	"Buffer": passes, "atob": decodeArg(base64Text), "btoa": encoded, "String.fromCharCode": func(_ *reader, c call) value { return characters(c.args) }, "String.fromCodePoint": func(_ *reader, c call) value { return characters(c.args) }, "unescape": passes, "decodeURIComponent": func(_ *reader, c call) value { return decoded(c.arg(0), percentText) }, "decodeURI": func(_ *reader, c call) value { return decoded(c.arg(0), percentText) }, "encodeURIComponent": passes, "encodeURI": passes, "String": passes, "JSON.stringify": passes, "JSON.parse": passes, "Object.assign": passes, "Object.entries": passes, "Object.keys": passes, "Object.values": passes, "String.raw": passes, "zlib.inflateSync": decodeUnknown, "zlib.gunzip": decodeUnknown, "zlib.inflate": decodeUnknown, "zlib.brotliDecompress": decodeUnknown, "Reflect.get": attribute, "Promise.resolve": passes, "Promise.all": passes, "Array.from": passes,
	"path.join": pathJoin, "path.resolve": pathJoin, "path.normalize": passes, "path.dirname": returns(value{}), "os.homedir": returns(lit("~")), "os.tmpdir": returns(lit("/tmp")), "process.cwd": returns(lit(".")), "console.log": prints, "console.error": returns(value{}), "Deno.env.get": envVar, "Deno.env.toObject": returns(from(fromEnv)),
	"process.kill": killed, "process.setuid": privileged("setuid"), "process.setgid": privileged("setgid"), "process.chdir": returns(value{}), "cluster.fork": forked, "process.on": returns(value{}), "v8.deserialize": returns(value{}), "node-serialize.unserialize": deserialised("node-serialize"), "serialize.unserialize": deserialised("node-serialize"), "keytar.getPassword": secretShown("keytar"), "clipboardy.read": secretShown("clipboard"), "AWS.S3": returns(ref("@aws.s3")), "aws-sdk.S3": returns(ref("@aws.s3")), "aws-sdk.EC2": returns(ref("@aws.ec2")), "AWS.EC2": returns(ref("@aws.ec2")), "aws-sdk.IAM": returns(ref("@aws.iam")), "Deno.chmod": chmods, "Deno.rename": moves, "Deno.copyFile": copies, "Deno.connect": nodeConnect,
}

func percentText(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			if t, ok := hexText(s[i+1 : i+3]); ok {
				b.WriteString(t)
			}
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String(), true
}

// nodeRemove is fs.rm and fs.rmdir, which may be recursive.
func nodeRemove(r *reader, c call) value {
	flags := []string{}
	if c.arg(1).dict["recursive"].ref == "true" {
		flags = append(flags, "recursive")
	}
	if c.arg(1).dict["force"].ref == "true" {
		flags = append(flags, "force")
	}
	r.onPath(effect.FSDelete, c.arg(0), flags...)
	return value{}
}

func shelljsRemove(r *reader, c call) value {
	for _, a := range c.args {
		if !strings.HasPrefix(a.text, "-") {
			r.onPath(effect.FSDelete, a, "recursive", "force")
		}
	}
	return value{}
}

func nodeWrite(flag string) action {
	return func(r *reader, c call) value {
		r.onPath(effect.FSWrite, c.arg(0), flag)
		return value{ref: "@file", path: pathText(c.arg(0))}
	}
}

// nodeRead reads a file; a callback's last parameter, or the value, carries where it is from.
func nodeRead(r *reader, c call) value {
	v := r.readPath(c.arg(0))
	if v.from&fromSecret != 0 {
		for _, a := range c.args[min(1, len(c.args)):] {
			if a.ref != "" && strings.Contains(a.ref, ".") && sends[strings.ToLower(lastName(a.ref))] {
				r.effect(effect.Effect{Kind: effect.NetUpload, Target: a.ref, Flags: []string{"secret"}})
			}
		}
	}
	return v
}

func nodeSpawn(via string) action {
	return func(r *reader, c call) value {
		opts := c.arg(len(c.args) - 1)
		if opts.dict["shell"].ref == "true" || opts.dict["shell"].known {
			v := c.arg(0)
			for _, e := range c.arg(1).list {
				v = join(join(v, lit(" ")), e)
			}
			r.shellLine(v, via)
			return from(fromCommand)
		}
		if isShellPath(c.arg(0).text) {
			if r.connected != "" {
				r.piped = true
			}
		}
		args := append([]value{c.arg(0)}, c.arg(1).list...)
		if !c.arg(0).known {
			r.shellLine(c.arg(0), via)
			return value{ref: "@process"}
		}
		if len(args) == 1 && strings.Contains(args[0].text, " ") {
			r.shellLine(args[0], via)
			return value{ref: "@process"}
		}
		if d := c.arg(1).dict["args"]; d.isList {
			args = append(args, d.list...)
		}
		r.argv(listOf(args), via)
		return value{ref: "@process", from: fromCommand}
	}
}

// nodeBare is exec by itself, mostly that of child_process; a pattern's exec has another receiver.
func nodeBare(via string) action { return runsShell(via) }

func nodeFork(r *reader, c call) value {
	r.nested(Nested{Kind: KindScript, Lang: "node", Path: c.arg(0).text, Via: "child_process.fork"})
	return value{}
}

func denoRun(r *reader, c call) value {
	r.argv(c.arg(0).dict["cmd"], "Deno.run")
	return value{}
}

func bunSpawn(r *reader, c call) value {
	v := c.arg(0)
	if d := v.dict["cmd"]; d.isList {
		v = d
	}
	r.argv(v, "Bun.spawn")
	return value{}
}

// nodeFunction is new Function(…, body).
func nodeFunction(r *reader, c call) value {
	if len(c.args) == 0 {
		return value{}
	}
	return r.evaluates(c.args[len(c.args)-1], "node", "Function")
}

func nodeReflect(r *reader, c call) value {
	if c.arg(0).ref == "Function" && c.arg(1).isList {
		return nodeFunction(r, call{args: c.arg(1).list})
	}
	return value{}
}

// timer takes code as text too.
func timer(r *reader, c call) value {
	if c.arg(0).known {
		return r.evaluates(c.arg(0), "node", "timer")
	}
	return value{}
}

func nodeGet(r *reader, c call) value {
	url := c.arg(0)
	if url.dict != nil && url.ref == "" {
		url = objectURL(url)
	}
	return r.request("GET", url, deep(c.arg(0)))
}

func objectURL(v value) value {
	host := v.dict["hostname"]
	if !host.known {
		host = v.dict["host"]
	}
	return value{text: "http://" + host.text + pathText(v.dict["path"]), known: host.known, from: deep(v)}
}

func nodeRequest(r *reader, c call) value {
	url, opts := c.arg(0), c.arg(1)
	if url.dict != nil && url.ref == "" {
		url, opts = objectURL(url), url
	}
	method := opts.dict["method"].text
	if method == "" {
		method = "GET"
	}
	r.request(method, url, deep(opts))
	host, _, _ := splitURL(url.text)
	return value{ref: "@noderequest", path: host}
}

// nodeSend is the body of a request that was opened before.
func nodeSend(r *reader, c call) value {
	if deep(c.arg(0))&(fromFile|fromSecret|fromEnv|fromCommand) != 0 {
		r.request("POST", lit("http://"+c.recv.path), deep(c.arg(0)))
	}
	return value{}
}

func nodeFetch(r *reader, c call) value {
	opts := c.arg(1)
	method := opts.dict["method"].text
	if method == "" {
		method = "GET"
	}
	return r.request(method, c.arg(0), deep(opts))
}

func nodeAxios(r *reader, c call) value {
	opts := c.arg(0)
	if opts.dict != nil && opts.ref == "" {
		return r.request(opts.dict["method"].text, opts.dict["url"], deep(opts))
	}
	return r.request("GET", opts, deep(c.arg(1)))
}

// nodeConnect is net.connect(port, host) or net.connect({host, port}).
func nodeConnect(r *reader, c call) value {
	if d := c.arg(0).dict; d != nil {
		return r.connectTo(d["host"], d["port"])
	}
	host := c.arg(1)
	if !host.known {
		host = lit("localhost")
	}
	return r.connectTo(host, c.arg(0))
}

// nodePipe: a socket piped into a program's input is a shell for whoever is at the other end.
func nodePipe(r *reader, c call) value {
	if strings.Contains(c.arg(0).ref, "stdin") || strings.Contains(c.arg(0).ref, "@process") || strings.HasSuffix(c.arg(0).ref, ".stdin") {
		r.piped = true
	}
	return value{}
}

func nodeServer(*reader, call) value { return ref("@server") }

func nodeListen(r *reader, c call) value {
	host := lit("0.0.0.0")
	for _, a := range c.args[min(1, len(c.args)):] {
		if a.known && !isNumber(a.text) {
			host = a
		}
	}
	if d := c.arg(0).dict; d != nil && (d["host"].known || d["hostname"].known) {
		host = d["host"]
		if !host.known {
			host = d["hostname"]
		}
	}
	return r.listening(host)
}
