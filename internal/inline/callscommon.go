package inline

import (
	"strings"

	"writ/internal/effect"
	"writ/internal/verb"
)

// client is a family of names that belong to one library.
type client struct {
	prefix string
	act    func(r *reader, c call, rest string) value
}

// clients are libraries whose calls are judged by the verb in their name.
var clients = []client{
	{"@aws.", sdkCall}, {"@cloud.", sdkCall},
	{"@cdll.", nativeCall},
	{"requests.", httpCall}, {"httpx.", httpCall}, {"@session.", httpCall}, {"axios.", httpCall}, {"got.", httpCall}, {"needle.", httpCall}, {"superagent.", httpCall}, {"ky.", httpCall}, {"aiohttp.", httpCall}, {"Faraday.", httpCall}, {"HTTParty.", httpCall}, {"RestClient.", httpCall}, {"Typhoeus.", httpCall}, {"Excon.", httpCall},
}

// sdkCall judges a call of a cloud's library by its verb.
func sdkCall(r *reader, c call, rest string) value {
	service, op, ok := strings.Cut(rest, ".")
	if !ok {
		return value{ref: "@aws." + rest + ".", from: c.from()}
	}
	if strings.Contains(op, ".") {
		op = lastName(op)
	}
	kinds := map[verb.Class]effect.Kind{verb.Read: effect.CloudRead, verb.Create: effect.CloudWrite, verb.Change: effect.CloudWrite, verb.Disrupt: effect.CloudWrite, verb.Destroy: effect.CloudDestroy, verb.Grant: effect.CloudPerm, verb.Off: effect.CloudControl, verb.Secret: effect.CloudSecret}
	kind, known := kinds[verb.Operation(op)]
	if !known {
		return value{ref: "@aws." + service, from: c.from()}
	}
	e := effect.Effect{Kind: kind, Target: "sdk:" + service + " " + strings.Join(verb.Split(op), "-")}
	r.effect(e)
	if strings.HasPrefix(op, "upload") || strings.HasPrefix(op, "put_object") {
		for _, a := range append([]value{c.named("Filename", 0)}, c.kw["Body"]) {
			if a.known && !strings.Contains(op, "put") {
				r.readPath(a)
				r.effect(effect.Effect{Kind: effect.NetUpload, Path: a.text, Target: service, Flags: []string{"file"}})
			}
		}
	}
	out := value{ref: "@aws." + service, from: c.from() | fromNetwork}
	return out
}

// nativeCall is a function of the C library called directly.
func nativeCall(r *reader, c call, rest string) value {
	name := lastName(rest)
	switch name {
	case "LoadLibrary":
		return ref("@cdll")
	case "system", "popen":
		r.shellLine(c.arg(0), "libc "+name)
	case "execve", "execl", "execlp", "execle", "execv", "execvp", "fexecve", "posix_spawn":
		if !c.arg(0).known || name == "fexecve" {
			r.effect(effect.Effect{Kind: effect.ExecInline, Target: name, Flags: []string{"memory", "native"}})
			return value{}
		}
		r.effect(effect.Effect{Kind: effect.ExecInline, Target: "libc " + name, Flags: []string{"native"}})
		args := c.args
		if name == "execl" || name == "execlp" || name == "execle" {
			runsProgram("libc "+name, true)(r, call{args: args})
		} else {
			r.argv(listOf(args[:1]), "libc "+name)
		}
	case "memfd_create":
		r.effect(effect.Effect{Kind: effect.ExecInline, Target: name, Flags: []string{"memory", "native"}})
	case "ptrace", "process_vm_readv", "process_vm_writev":
		r.effect(effect.Effect{Kind: effect.ProcTrace, Target: name})
	case "setuid", "setgid", "seteuid", "setresuid", "capset", "unshare", "setns", "personality", "chroot", "pivot_root":
		r.effect(effect.Effect{Kind: effect.Privilege, Target: name, Flags: []string{"native"}})
	case "mount", "umount", "init_module", "finit_module", "kexec_load", "bpf", "fanotify_init", "fanotify_mark", "perf_event_open", "reboot", "syscall", "swapon", "ioperm", "iopl", "userfaultfd", "keyctl", "add_key", "io_uring_setup", "prctl", "seccomp", "mprotect", "mmap", "VirtualAlloc", "CreateRemoteThread", "WriteProcessMemory", "RtlMoveMemory":
		r.effect(effect.Effect{Kind: effect.SysKernel, Target: name, Flags: []string{"native"}})
	case "unlink", "remove", "rmdir":
		r.onPath(effect.FSDelete, c.arg(0))
	case "kill":
		r.effect(effect.Effect{Kind: effect.ProcKill, Target: c.arg(0).text})
	}
	return value{from: c.from()}
}

// httpCall is a call of an HTTP library whose name ends in the method.
func httpCall(r *reader, c call, rest string) value {
	method, url := lastName(rest), c.named("url", 0)
	switch strings.ToLower(method) {
	case "get", "head", "options":
	case "post", "put", "patch", "delete", "del":
	case "request", "stream":
		method, url = c.arg(0).text, c.named("url", 1)
	case "session", "client", "clientsession", "asyncclient", "create", "new", "extend", "instance":
		return ref("@session")
	default:
		return value{ref: c.name, from: c.from()}
	}
	sent := origin(0)
	for i, a := range c.args {
		if i > 0 {
			sent |= deep(a)
		}
	}
	for name, a := range c.kw {
		if name != "url" {
			sent |= deep(a)
		}
	}
	var flags []string
	if c.kw["verify"].ref == "False" || c.kw["verify"].text == "False" {
		r.effect(effect.Effect{Kind: effect.Bypass, Target: "tls"})
	}
	return r.request(method, url, sent, flags...)
}

// deep are the origins of a value and all it holds.
func deep(v value) origin {
	o := v.from
	for _, e := range v.list {
		o |= deep(e)
	}
	for _, e := range v.dict {
		o |= deep(e)
	}
	return o
}

// methods are methods of objects that are known by their name alone: of strings, lists, files, paths.
var methods = map[string]action{
	"join": func(_ *reader, c call) value {
		recv, ok := c.recv.dict[""]
		switch {
		case ok && recv.isList: // [..].join("")
			return joined(c.arg(0).text, recv)
		case ok && recv.known:
			return joined(recv.text, c.arg(0))
		}
		return value{from: c.from()}
	},
	"format": func(_ *reader, c call) value {
		f, ok := c.recv.dict[""]
		if !ok || !f.known {
			return value{from: c.from()}
		}
		return braceFormat(f.text, c.args)
	},
	"replace": replaced, "gsub": replaced, "sub": replaced, "replaceAll": replaced, "tr": replaced, "delete": func(r *reader, c call) value {
		if grave("delete", c.name) {
			r.effect(effect.Effect{Kind: effect.CloudDestroy, Target: "sdk:" + c.name, Flags: []string{"generic"}})
		}
		return value{from: c.from()}
	},
	"encode": passes, "toString": toStringed, "strip": passes, "trim": passes, "rstrip": passes, "lstrip": passes, "chomp": passes, "to_s": passes, "lower": lowered, "downcase": lowered, "toLowerCase": lowered, "upper": passes, "valueOf": passes, "toArray": passes, "flat": passes, "freeze": passes, "dup": passes, "absolute": passes, "resolve": passes, "expanduser": passes, "as_posix": passes,
	"decode": func(_ *reader, c call) value {
		v, ok := c.recv.dict[""]
		if !ok {
			return value{from: c.from()}
		}
		return coded(v, c.arg(0))
	},
	"reverse": reversedCall, "reversed": reversedCall,
	"split": func(_ *reader, c call) value {
		v, ok := c.recv.dict[""]
		if !ok || !v.known {
			return value{from: c.from()}
		}
		sep := c.arg(0)
		switch {
		case len(c.args) == 0:
			return listOf(lits(strings.Fields(v.text)))
		case sep.known:
			return listOf(lits(strings.Split(v.text, sep.text)))
		}
		return value{from: c.from()}
	},
	"concat": func(_ *reader, c call) value {
		v := c.recv.dict[""]
		for _, a := range c.args {
			v = join(v, a)
		}
		return v
	},
	"map": func(_ *reader, c call) value {
		if v, ok := c.recv.dict[""]; ok && v.isList {
			for _, a := range c.args {
				if strings.HasSuffix(a.ref, "chr") || strings.HasSuffix(a.ref, "fromCharCode") || a.text == "chr" {
					return listOf(chars(v.list))
				}
			}
			return v
		}
		return value{from: c.from()}
	},
	"pack": func(_ *reader, c call) value {
		if v, ok := c.recv.dict[""]; ok && v.isList {
			switch {
			case strings.HasPrefix(c.arg(0).text, "H") && len(v.list) > 0:
				return decoded(v.list[0], hexText)
			case strings.HasPrefix(strings.ToUpper(c.arg(0).text), "C") || strings.HasPrefix(c.arg(0).text, "U"):
				return characters(v.list)
			case strings.HasPrefix(c.arg(0).text, "m") && len(v.list) > 0:
				return value{}
			}
		}
		return value{from: c.from() | fromDecode}
	},
	"unpack1": func(_ *reader, c call) value {
		if v, ok := c.recv.dict[""]; ok && strings.HasPrefix(c.arg(0).text, "m") {
			return decoded(v, base64Text)
		}
		return value{from: c.from() | fromDecode}
	},
	"unpack": func(_ *reader, c call) value {
		if v, ok := c.recv.dict[""]; ok && strings.HasPrefix(c.arg(0).text, "m") {
			return listOf([]value{decoded(v, base64Text)})
		}
		return value{from: c.from() | fromDecode}
	},
	"execSync": runsShell("execSync"), "execFileSync": nodeSpawn("execFileSync"), "spawnSync": nodeSpawn("spawnSync"), // of child_process, however it came by
	"then": func(_ *reader, c call) value { return value{from: c.from()} },
	"constructor": func(r *reader, c call) value {
		return r.evaluates(c.arg(len(c.args)-1), r.name, "constructor")
	},
	"execute": executes, "executemany": executes, "executescript": executes, "exec_driver_sql": executes, "raw": executes, "rawquery": executes, "query": executes, "exec_query": executes,
	"flushall": dbEffect(effect.DBDestroy, "redis:flushall"), "flushdb": dbEffect(effect.DBDestroy, "redis:flushdb"), "flushAll": dbEffect(effect.DBDestroy, "redis:flushall"), "flushDb": dbEffect(effect.DBDestroy, "redis:flushdb"), "dropDatabase": dbEffect(effect.DBDestroy, "mongo:drop database"), "drop_database": dbEffect(effect.DBDestroy, "mongo:drop database"), "dropCollection": dbEffect(effect.DBDestroy, "mongo:drop collection"), "drop_collection": dbEffect(effect.DBDestroy, "mongo:drop collection"), "drop_all": dbEffect(effect.DBDestroy, "sql:drop all"), "destroy_all": dbEffect(effect.DBDestroy, "sql:delete all"), "delete_all": dbEffect(effect.DBDestroy, "sql:delete all"), "truncate_tables": dbEffect(effect.DBDestroy, "sql:truncate"), "drop_table": dbEffect(effect.DBDestroy, "sql:drop table"), "dropTable": dbEffect(effect.DBDestroy, "sql:drop table"), "deleteMany": deletesMany, "delete_many": deletesMany,
	"lpush": pushes, "rpush": pushes, "publish": pushes, "send_task": pushes, "apply_async": pushes,
}

// pushes puts work into a queue; text that is a dangerous shell line may be run by whoever takes it.
func pushes(r *reader, c call) value {
	for _, a := range c.args {
		if a.known && strings.Contains(a.text, " ") && (strings.Contains(a.text, "rm -") || strings.Contains(a.text, "curl ") || strings.Contains(a.text, "| sh") || strings.Contains(a.text, "|bash") || strings.Contains(a.text, "wget ")) {
			r.nested(Nested{Kind: KindShell, Text: a.text, Via: "queue", Remote: true})
		}
	}
	return value{}
}

func dbEffect(kind effect.Kind, target string) action {
	return func(r *reader, c call) value {
		r.effect(effect.Effect{Kind: kind, Target: target})
		return value{}
	}
}

// deletesMany is everything of a collection when its filter is empty.
func deletesMany(r *reader, c call) value {
	e := effect.Effect{Kind: effect.DBWrite, Target: "mongo:delete many"}
	if len(c.args) == 0 || c.arg(0).dict != nil && len(c.arg(0).dict) == 0 {
		e = effect.Effect{Kind: effect.DBDestroy, Target: "mongo:delete many", Flags: []string{"all"}}
	}
	r.effect(e)
	return value{}
}

// executes judges a statement given to a database.
func executes(r *reader, c call) value {
	v := c.arg(0)
	if inner, ok := v.dict[""]; ok {
		v = inner
	}
	text := v.text
	if !v.known {
		text = v.path
	}
	if looksSQL(text) {
		more := readSQL("sql", text)
		for _, e := range more.Effects {
			r.effect(e)
		}
	}
	return value{from: fromFile | c.from()}
}

func lits(ss []string) []value {
	out := make([]value, len(ss))
	for i, s := range ss {
		out[i] = lit(s)
	}
	return out
}

func chars(vs []value) []value {
	out := make([]value, len(vs))
	for i, v := range vs {
		out[i] = characters([]value{v})
	}
	return out
}

func lowered(_ *reader, c call) value {
	v := c.recv.dict[""]
	v.text = strings.ToLower(v.text)
	return v
}

// toStringed: Buffer.toString() is its text, with an encoding it is encoded.
func toStringed(_ *reader, c call) value {
	v, ok := c.recv.dict[""]
	switch {
	case !ok:
		return value{from: c.from(), ref: c.recv.ref}
	case c.arg(0).text == "base64" || c.arg(0).text == "hex":
		return value{from: v.from}
	}
	return v
}

func reversedCall(_ *reader, c call) value {
	v, ok := c.recv.dict[""]
	if !ok {
		v = c.arg(0)
	}
	switch {
	case v.isList:
		out := make([]value, len(v.list))
		for i, e := range v.list {
			out[len(out)-1-i] = e
		}
		return listOf(out)
	case v.known:
		return lit(reverse(v.text))
	}
	return value{from: v.from}
}

func replaced(_ *reader, c call) value {
	v, ok := c.recv.dict[""]
	if !ok || !v.known || !c.arg(0).known || !c.arg(1).known || c.arg(0).text == "/" {
		return value{from: c.from()}
	}
	if strings.Count(v.text, c.arg(0).text)*len(c.arg(1).text) > maxText {
		return value{from: c.from()}
	}
	return lit(strings.ReplaceAll(v.text, c.arg(0).text, c.arg(1).text))
}

// braceFormat fills "{}" and "{0}" into a literal.
func braceFormat(f string, args []value) value {
	out, next := lit(""), 0
	for f != "" {
		i := strings.IndexByte(f, '{')
		j := strings.IndexByte(f[max(i, 0):], '}')
		if i < 0 || j < 0 {
			break
		}
		out = join(out, lit(f[:i]))
		n := next
		if inside := f[i+1 : i+j]; isNumber(inside) {
			n = atoi(inside)
		}
		next++
		if n < len(args) {
			out = join(out, args[n])
		} else {
			out = value{from: out.from}
		}
		f = f[i+j+1:]
	}
	return join(out, lit(f))
}
