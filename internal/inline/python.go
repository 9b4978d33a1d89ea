package inline

import (
	"strings"

	"writ/internal/effect"
)

// readPython reads a text as python; text that is plainly a shell line is read as one.
func readPython(code string) Outcome {
	return readCode(dialect{
		name: "python", syntax: syntax{hash: true, triple: true, dot: "\x00"},
		calls: pythonCalls, reads: pythonReads, strip: []string{"@of.", "@globals.", "builtins.", "__builtins__."},
	}, code)
}

var pythonReads = map[string]value{
	"os.environ": {ref: "os.environ", from: fromEnv}, "sys.argv": {from: fromInput}, "sys.stdin": {ref: "@stdin", from: fromInput}, "os.sep": lit("/"), "os.curdir": lit("."),
}

// openPython is open(path, mode) and its kin.
func openPython(r *reader, c call) value { return r.opened(c.named("file", 0), c.named("mode", 1)) }

var pythonCalls = map[string]action{
	"open": openPython, "io.open": openPython, "codecs.open": openPython, "os.fdopen": returns(ref("@file")), "gzip.open": openPython, "bz2.open": openPython, "aiofiles.open": openPython,
	"os.open": func(r *reader, c call) value {
		r.onPath(effect.FSRead, c.arg(0))
		return ref("@fd")
	},
	"os.remove": deletes(0), "os.unlink": deletes(0), "os.rmdir": deletes(0, "empty-dir"), "os.removedirs": deletes(0, "empty-dir"), "shutil.rmtree": deletes(0, "recursive", "force"), "send2trash": deletes(0), "send2trash.send2trash": deletes(0), "os.truncate": onArg(effect.FSWrite, 0, "truncate"), "pathlib.Path.unlink": pathDelete(), "distutils.dir_util.remove_tree": deletes(0, "recursive", "force"),
	"os.rename": moves, "os.replace": moves, "os.renames": moves, "shutil.move": moves, "shutil.copy": copies, "shutil.copy2": copies, "shutil.copyfile": copies, "shutil.copytree": copies,
	"os.link": links("hard"), "os.symlink": links("symbolic"), "os.chmod": chmods, "os.chown": onArg(effect.FSChmod, 0, "owner"), "os.lchown": onArg(effect.FSChmod, 0, "owner"), "shutil.chown": onArg(effect.FSChmod, 0, "owner"), "os.mkdir": onArg(effect.FSWrite, 0, "folder"), "os.makedirs": onArg(effect.FSWrite, 0, "folder"), "os.mknod": onArg(effect.FSWrite, 0), "os.mkfifo": onArg(effect.FSWrite, 0), "os.setxattr": onArg(effect.FSChmod, 0, "attribute"), "os.utime": onArg(effect.FSChmod, 0, "times"),
	"os.listdir": onArg(effect.FSList, 0), "os.scandir": onArg(effect.FSList, 0), "os.walk": func(r *reader, c call) value {
		r.onPath(effect.FSList, c.arg(0))
		return value{ref: "@paths", path: pathText(c.arg(0)) + "/"}
	},
	"glob.glob": globbed, "glob.iglob": globbed, "shutil.make_archive": onArg(effect.FSRead, 2, "archive"), "zipfile.ZipFile": openPython, "tarfile.open": openPython, "linecache.getlines": readsFile, "fileinput.input": readsFile,
	"os.system": runsShell("os.system"), "os.popen": runsShell("os.popen"), "commands.getoutput": runsShell("commands.getoutput"), "commands.getstatusoutput": runsShell("commands"), "popen2.popen2": runsShell("popen2"), "platform.popen": runsShell("platform.popen"), "asyncio.create_subprocess_shell": runsShell("create_subprocess_shell"), "pty.spawn": ptySpawn, "pexpect.spawn": runsShell("pexpect.spawn"), "pexpect.run": runsShell("pexpect.run"), "subprocess.getoutput": runsShell("subprocess.getoutput"), "subprocess.getstatusoutput": runsShell("subprocess.getstatusoutput"), "timeit.timeit": evaluatesArg(0, "timeit"), "timeit.Timer": evaluatesArg(0, "timeit"),
	"subprocess.run": subprocess, "subprocess.call": subprocess, "subprocess.Popen": subprocess, "subprocess.check_call": subprocess, "subprocess.check_output": subprocess, "asyncio.create_subprocess_exec": runsProgram("create_subprocess_exec", true), "multiprocessing.popen": runsShell("popen"), "sh.bash": runsProgram("sh", true), "invoke.run": runsShell("invoke.run"), "fabric.api.local": runsShell("fabric"),
	"os.execv": runsProgram("os.execv", false), "os.execve": runsProgram("os.execve", false), "os.execvp": runsProgram("os.execvp", false), "os.execvpe": runsProgram("os.execvpe", false), "os.execl": runsProgram("os.execl", true), "os.execlp": runsProgram("os.execlp", true), "os.execle": runsProgram("os.execle", true), "os.posix_spawn": runsProgram("os.posix_spawn", false), "os.posix_spawnp": runsProgram("os.posix_spawnp", false), "os.startfile": runsShell("os.startfile"),
	"os.spawnl": func(r *reader, c call) value {
		return runsProgram("os.spawnl exec", true)(r, call{args: c.args[min(1, len(c.args)):]})
	},
	"os.spawnv": func(r *reader, c call) value {
		return runsProgram("os.spawnv exec", false)(r, call{args: c.args[min(1, len(c.args)):]})
	},
	"exec": evaluatesArg(0, "exec"), "eval": evaluatesArg(0, "eval"), "compile": passes, "execfile": func(r *reader, c call) value {
		r.nested(Nested{Kind: KindScript, Lang: "python", Path: c.arg(0).text, Via: "execfile"})
		return value{}
	},
	"runpy.run_path": func(r *reader, c call) value {
		r.nested(Nested{Kind: KindScript, Lang: "python", Path: c.arg(0).text, Via: "runpy"})
		return value{}
	},
	"code.interact": func(r *reader, c call) value {
		r.unresolved("an interactive interpreter is opened")
		return value{}
	},
	"types.FunctionType": evaluatesArg(0, "FunctionType"), "marshal.loads": deserialised("marshal"),
	"pickle.load": deserialised("pickle"), "pickle.loads": deserialised("pickle"), "cPickle.loads": deserialised("pickle"), "_pickle.loads": deserialised("pickle"), "dill.load": deserialised("dill"), "dill.loads": deserialised("dill"), "cloudpickle.load": deserialised("cloudpickle"), "cloudpickle.loads": deserialised("cloudpickle"), "joblib.load": deserialised("joblib"), "shelve.open": deserialised("shelve"), "jsonpickle.decode": deserialised("jsonpickle"), "torch.load": torchLoad, "yaml.unsafe_load": deserialised("yaml"), "yaml.load": yamlLoad, "pandas.read_pickle": deserialised("pickle"), "pd.read_pickle": deserialised("pickle"), "numpy.load": returns(from(fromFile)), "keras.models.load_model": returns(from(fromFile)),
	"__import__": imported, "importlib.import_module": imported, "importlib.__import__": imported, "getattr": attribute, "globals": returns(ref("@globals")), "vars": passes, "locals": returns(ref("@globals")), "operator.attrgetter": returns(value{}), "operator.methodcaller": returns(value{}),
	"sqlalchemy.text": passes, "sqlalchemy.sql.text": passes, "str": passes, "bytes": bytesOf, "bytearray": bytesOf, "repr": passes, "print": prints, "list": passes, "tuple": passes, "set": passes, "sorted": passes, "iter": passes, "next": passes, "dict": passes, "chr": charOf, "ord": returns(value{}), "map": mapped, "reversed": reversedCall, "len": returns(value{}), "int": passes, "input": returns(from(fromInput)), "sys.stdin.read": returns(from(fromInput)), "@stdin.read": returns(from(fromInput)), "json.load": passes, "json.loads": passes, "json.dumps": passes, "codecs.encode": passes, "zip": passes, "enumerate": passes,
	"json.dump":     returns(value{}),
	"bytes.fromhex": decodeArg(hexText), "bytearray.fromhex": decodeArg(hexText), "binascii.unhexlify": decodeArg(hexText), "binascii.a2b_hex": decodeArg(hexText), "binascii.a2b_base64": decodeArg(base64Text), "base64.b64decode": decodeArg(base64Text), "base64.standard_b64decode": decodeArg(base64Text), "base64.urlsafe_b64decode": decodeArg(base64Text), "base64.decodebytes": decodeArg(base64Text), "base64.b16decode": decodeArg(hexText), "base64.b32decode": decodeUnknown, "base64.b85decode": decodeUnknown, "base64.a85decode": decodeUnknown, "zlib.decompress": decodeUnknown, "gzip.decompress": decodeUnknown, "lzma.decompress": decodeUnknown, "bz2.decompress": decodeUnknown, "base64.b64encode": encoded, "base64.encodebytes": encoded, "binascii.hexlify": encoded, "urllib.parse.unquote": passes, "urllib.parse.quote": passes, "urllib.parse.urlencode": passes, "codecs.decode": func(_ *reader, c call) value { return coded(c.arg(0), c.arg(1)) },
	"os.path.join": pathJoin, "os.path.expanduser": passes, "os.path.expandvars": passes, "os.path.abspath": passes, "os.path.realpath": passes, "os.path.normpath": passes, "os.path.dirname": returns(value{}), "os.getenv": envVar, "os.environ.get": envVar, "os.environ.copy": returns(from(fromEnv)), "os.environ.items": returns(from(fromEnv)), "os.getcwd": returns(lit(".")), "os.path.exists": returns(value{}), "os.path.isfile": returns(value{}), "os.environ.update": returns(value{}), "tempfile.mkdtemp": returns(value{path: "/tmp/"}), "tempfile.gettempdir": returns(lit("/tmp")), "tempfile.mktemp": returns(value{path: "/tmp/"}),
	"os.putenv": setEnv, "os.environ.setdefault": setEnv, "os.environ.__setitem__": setEnv,
	"pathlib.Path": pathOf, "Path": pathOf, "pathlib.PosixPath": pathOf, "pathlib.PurePath": pathOf, "pathlib.Path.home": returns(value{ref: "@path", path: "~"}), "Path.home": returns(value{ref: "@path", path: "~"}), "pathlib.Path.cwd": returns(value{ref: "@path", path: "."}), "@path.home": returns(value{ref: "@path", path: "~"}),
	"@path.unlink": pathDelete(), "@path.rmdir": pathDelete("empty-dir"), "@path.rmtree": pathDelete("recursive", "force"), "@path.write_text": pathDo(effect.FSWrite, "truncate"), "@path.write_bytes": pathDo(effect.FSWrite, "truncate"), "@path.touch": pathDo(effect.FSWrite, "append"), "@path.mkdir": pathDo(effect.FSWrite, "folder"), "@path.chmod": pathMode, "@path.read_text": pathRead, "@path.read_bytes": pathRead, "@path.rename": pathMove, "@path.replace": pathMove, "@path.iterdir": pathList, "@path.glob": pathGlob, "@path.rglob": pathGlob, "@path.symlink_to": pathLink, "@path.open": pathOpen, "@path.joinpath": pathJoinTo, "@path.expanduser": passPath, "@path.resolve": passPath, "@path.absolute": passPath, "@path.exists": returns(value{}), "@path.is_file": returns(value{}), "@path.with_suffix": passPath,
	"@file.read": contentOf, "@file.readlines": contentOf, "@file.readline": contentOf, "@file.write": written, "@file.writelines": written, "@file.close": returns(value{}), "@content.decode": contentOf, "@content.strip": contentOf, "@content.splitlines": contentOf, "@content.encode": contentOf, "@content.read": contentOf,
	"urllib.request.urlopen": urlOpen, "urllib.urlopen": urlOpen, "urllib2.urlopen": urlOpen, "urlopen": urlOpen, "urllib.request.Request": urlRequest, "urllib2.Request": urlRequest, "urllib.request.urlretrieve": urlSave, "urllib.urlretrieve": urlSave, "wget.download": urlSave, "http.client.HTTPConnection": httpConnection, "http.client.HTTPSConnection": httpConnection, "httplib.HTTPConnection": httpConnection, "httplib.HTTPSConnection": httpConnection, "@httpconn.request": httpConnRequest, "requests.request": func(r *reader, c call) value { return httpCall(r, c, "request") }, "requests.Session": returns(ref("@session")), "requests.session": returns(ref("@session")), "httpx.Client": returns(ref("@session")), "httpx.AsyncClient": returns(ref("@session")), "aiohttp.ClientSession": returns(ref("@session")), "aiohttp.request": func(r *reader, c call) value { return httpCall(r, c, "request") },
	"socket.socket": returns(ref("@socket")), "socket.create_connection": socketConnect, "@socket.connect": socketConnect, "@socket.connect_ex": socketScan, "@socket.bind": socketBind, "@socket.fileno": returns(ref("@sockfd")), "@socket.makefile": returns(ref("@sockfd")), "@socket.send": socketSend, "@socket.sendall": socketSend, "@socket.sendto": socketSend, "@socket.recv": returns(from(fromNetwork)), "os.dup2": dup2, "socket.gethostbyname": dnsLook, "socket.getaddrinfo": dnsLook, "dns.resolver.resolve": dnsLook, "dns.resolver.query": dnsLook, "telnetlib.Telnet": socketConnectPair, "ssl.wrap_socket": passes, "ssl._create_unverified_context": bypassTLS, "ssl.create_default_context": returns(value{}),
	"smtplib.SMTP": connectOnly("smtp"), "smtplib.SMTP_SSL": connectOnly("smtp"), "ftplib.FTP": connectOnly("ftp"), "paramiko.SSHClient": returns(ref("@ssh")), "@ssh.connect": connectArg("ssh"), "@ssh.exec_command": func(r *reader, c call) value {
		r.nested(Nested{Kind: KindShell, Text: c.arg(0).text, Via: "paramiko", Remote: true})
		return from(fromNetwork)
	},
	"http.server.HTTPServer": listens, "http.server.ThreadingHTTPServer": listens, "socketserver.TCPServer": listens, "HTTPServer": listens, "TCPServer": listens, "http.server.test": listens, "app.run": appRun, "uvicorn.run": appRun, "xmlrpc.server.SimpleXMLRPCServer": listens,
	"ctypes.CDLL": returns(ref("@cdll")), "CDLL": returns(ref("@cdll")), "ctypes.cdll.LoadLibrary": returns(ref("@cdll")), "cdll.LoadLibrary": returns(ref("@cdll")), "ctypes.PyDLL": returns(ref("@cdll")), "ctypes.windll.LoadLibrary": returns(ref("@cdll")), "cffi.FFI": returns(ref("@ffi")), "@ffi.dlopen": returns(ref("@cdll")),
	"os.fork": forked, "os.kill": killed, "os.killpg": killed, "os.setuid": privileged("setuid"), "os.setgid": privileged("setgid"), "os.seteuid": privileged("setuid"), "os.setreuid": privileged("setuid"), "os.chroot": privileged("chroot"), "os.unshare": privileged("namespace"), "os.setns": privileged("namespace"), "os.memfd_create": func(r *reader, c call) value {
		r.effect(effect.Effect{Kind: effect.ExecInline, Target: "memfd_create", Flags: []string{"memory"}})
		return value{path: "/proc/self/fd/"}
	},
	"os.reboot": func(r *reader, _ call) value { r.effect(effect.Effect{Kind: effect.SysPower}); return value{} }, "sys.settrace": returns(value{}), "atexit.register": returns(value{}), "os.nice": returns(value{}),
	"boto3.client": awsClient, "boto3.resource": awsClient, "boto3.session.Session": returns(ref("@aws.session.")), "boto3.Session": returns(ref("@awssession")), "@awssession.client": awsClient, "@awssession.resource": awsClient, "botocore.session.get_session": returns(ref("@awssession")), "@aws.s3.Bucket": returns(ref("@aws.s3")), "keyring.get_password": secretShown("keyring"), "getpass.getpass": returns(from(fromInput)), "winreg.OpenKey": returns(value{}), "psycopg2.connect": returns(ref("@db")), "sqlite3.connect": func(r *reader, c call) value { r.onPath(effect.FSRead, c.arg(0), "database"); return ref("@db") }, "mysql.connector.connect": returns(ref("@db")), "pymysql.connect": returns(ref("@db")), "redis.Redis": returns(ref("@redis")), "redis.StrictRedis": returns(ref("@redis")), "pymongo.MongoClient": returns(ref("@mongo")), "pip.main": func(r *reader, c call) value {
		r.argv(listOf(append([]value{lit("pip")}, c.arg(0).list...)), "pip.main")
		return value{}
	},
	"keyboard.on_press": recorded, "keyboard.record": recorded, "pynput.keyboard.Listener": recorded, "keyboard.Listener": recorded, "ImageGrab.grab": recorded, "PIL.ImageGrab.grab": recorded, "pyautogui.screenshot": recorded, "pyperclip.paste": secretShown("clipboard"), "mss.mss": recorded,
}

func recorded(r *reader, c call) value {
	r.effect(effect.Effect{Kind: effect.SecretRead, Target: c.name, Flags: []string{"capture"}})
	return from(fromSecret)
}

func secretShown(store string) action {
	return func(r *reader, c call) value {
		r.effect(effect.Effect{Kind: effect.SecretRead, Target: store})
		return from(fromSecret)
	}
}

// subprocess.run and kin: a list is an argv, a text with shell=True a shell line.
func subprocess(r *reader, c call) value {
	cmd := c.named("args", 0)
	for _, name := range []string{"stdin", "stdout", "stderr"} {
		if v := c.kw[name]; v.ref == "@sockfd" || v.ref == "@socket" || v.ref == "@fd" && r.connected != "" || strings.HasPrefix(v.path, "/dev/tcp") || v.ref == "@file" && strings.HasPrefix(v.path, "/dev/tcp") {
			r.piped = true
		}
	}
	if cmd.isList && len(cmd.list) > 0 && c.kw["shell"].ref == "True" {
		cmd = cmd.list[0]
	}
	if cmd.isList && len(cmd.list) > 1 && isShellPath(cmd.list[0].text) && cmd.list[1].text == "-i" && r.connected != "" {
		r.piped = true
	}
	r.shellLine(cmd, lastTwo(c.name))
	return from(fromCommand)
}

func lastTwo(name string) string {
	i := strings.LastIndexByte(name, '.')
	if j := strings.LastIndexByte(name[:max(i, 0)], '.'); j >= 0 {
		return name[j+1:]
	}
	return name
}

// ptySpawn gives a shell a terminal, which a reverse shell wants.
func ptySpawn(r *reader, c call) value {
	if r.connected != "" {
		r.piped = true
	}
	if c.arg(0).isList {
		r.argv(c.arg(0), "pty.spawn")
	} else {
		r.shellLine(c.arg(0), "pty.spawn")
	}
	return value{}
}

func evaluatesArg(i int, via string) action {
	return func(r *reader, c call) value { return r.evaluates(c.arg(i), r.name, via) }
}

// deserialised: loading such data runs code that it names.
func deserialised(what string) action {
	return func(r *reader, c call) value {
		e := effect.Effect{Kind: effect.ExecInline, Target: what, Flags: []string{"deserialise"}}
		if c.from()&fromNetwork != 0 {
			e.Kind = effect.ExecDownload
		}
		for _, a := range c.args {
			if a.path != "" && e.Path == "" && a.ref == "@file" {
				e.Path = a.path
			}
		}
		if a := c.arg(0); a.known && strings.Contains(a.text, "://") {
			host, scheme, port := splitURL(a.text)
			e.Kind, e.Host, e.Scheme, e.Port = effect.ExecDownload, host, scheme, port
		} else if a.known && e.Path == "" && strings.Contains(a.text, ".") && len(a.text) < 200 {
			e.Path = a.text
		}
		r.effect(e)
		return value{from: c.from() | fromDecode}
	}
}

func torchLoad(r *reader, c call) value {
	if c.kw["weights_only"].ref == "True" {
		r.onPath(effect.FSRead, c.arg(0))
		return value{}
	}
	return deserialised("torch")(r, c)
}

func yamlLoad(r *reader, c call) value {
	loader := c.named("Loader", 1).ref
	if strings.Contains(loader, "Unsafe") || strings.HasSuffix(loader, "yaml.Loader") || strings.HasSuffix(loader, ".UnsafeLoader") {
		return deserialised("yaml")(r, c)
	}
	return value{from: c.from()}
}

func imported(r *reader, c call) value {
	if c.arg(0).known {
		return ref(c.arg(0).text)
	}
	r.unresolved("the module that is imported is computed")
	return value{}
}

// attribute is getattr(object, "name").
func attribute(r *reader, c call) value {
	switch {
	case c.arg(1).known && c.arg(0).ref != "":
		return r.member(c.arg(0), c.arg(1).text)
	case !c.arg(1).known && modules[c.arg(0).ref]:
		r.unresolved("the attribute of " + c.arg(0).ref + " is computed")
	}
	return value{from: c.from()}
}

// modules are those whose computed attribute could be anything that acts.
var modules = words("os subprocess shutil socket sys builtins __builtins__ ctypes pty importlib posix nt fs child_process process")

func bytesOf(_ *reader, c call) value {
	if v := c.arg(0); v.isList {
		return characters(v.list)
	}
	return passes(nil, c)
}

func charOf(_ *reader, c call) value { return characters(c.args[:min(1, len(c.args))]) }

// mapped is map(chr, [..]).
func mapped(_ *reader, c call) value {
	if c.arg(0).ref == "chr" && c.arg(1).isList {
		return listOf(chars(c.arg(1).list))
	}
	return value{from: c.from()}
}

func decodeArg(how func(string) (string, bool)) action {
	return func(_ *reader, c call) value { return decoded(c.arg(0), how) }
}

func decodeUnknown(_ *reader, c call) value { return value{from: c.from() | fromDecode} }

func encoded(_ *reader, c call) value { return value{from: c.from(), ref: "@content"} }
