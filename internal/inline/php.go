package inline

import (
	"strings"

	"writ/internal/effect"
)

func readPHP(code string) Outcome {
	code = strings.NewReplacer("<?php", " ", "<?=", " ", "<?", " ", "?>", ";").Replace(code)
	return readCode(phpDialect, code)
}

var phpDialect = dialect{
	name: "php", syntax: syntax{hash: true, slash: true, backtick: true, sigils: "$", double: "$", dot: ".", commands: false},
	calls: phpCalls, reads: phpReads, strip: []string{"\\", "@of."},
}

var phpReads = map[string]value{
	"_ENV": {ref: "_ENV", from: fromEnv}, "_SERVER": {from: fromEnv}, "_GET": {from: fromInput}, "_POST": {from: fromInput}, "_REQUEST": {from: fromInput}, "argv": {from: fromInput}, "STDIN": {from: fromInput}, "__DIR__": lit("."),
}

var phpCalls = map[string]action{
	"unlink": deletes(0), "rmdir": deletes(0, "empty-dir"), "rename": moves, "copy": copies, "move_uploaded_file": moves, "symlink": links("symbolic"), "link": links("hard"), "chmod": chmods, "chown": onArg(effect.FSChmod, 0, "owner"), "chgrp": onArg(effect.FSChmod, 0, "owner"), "mkdir": onArg(effect.FSWrite, 0, "folder"), "touch": onArg(effect.FSWrite, 0, "append"), "file_put_contents": onArg(effect.FSWrite, 0, "truncate"), "fopen": phpOpen, "file_get_contents": phpGet, "file": phpGet, "readfile": phpGet, "show_source": readsFile, "highlight_file": readsFile, "parse_ini_file": readsFile, "scandir": onArg(effect.FSList, 0), "glob": globbed, "opendir": onArg(effect.FSList, 0), "fwrite": phpWrite, "fputs": phpWrite, "fread": passes, "fgets": passes, "stream_get_contents": passes,
	"exec": runsShell("exec"), "shell_exec": runsShell("shell_exec"), "system": runsShell("system"), "passthru": runsShell("passthru"), "popen": runsShell("popen"), "proc_open": phpProc, "pcntl_exec": runsProgram("pcntl_exec", false), "expect_popen": runsShell("expect_popen"), "mail": connectOnly("smtp"),
	"eval": evaluatesArg(0, "eval"), "assert": phpAssert, "create_function": evaluatesArg(1, "create_function"), "call_user_func": phpCall, "call_user_func_array": phpCall, "array_map": phpCall, "include": phpInclude, "include_once": phpInclude, "require": phpInclude, "require_once": phpInclude, "unserialize": deserialised("unserialize"), "preg_replace": returns(value{}), "dl": privileged("native"), "FFI.cdef": returns(ref("@cdll")),
	"fsockopen": socketConnectPair, "pfsockopen": socketConnectPair, "stream_socket_client": func(r *reader, c call) value {
		host, _, port := splitURL(c.arg(0).text)
		return r.connectTo(value{text: host, known: c.arg(0).known}, lit(itoa(port)))
	},
	"socket_connect": func(r *reader, c call) value { return r.connectTo(c.arg(1), c.arg(2)) }, "stream_socket_server": listens, "socket_bind": func(r *reader, c call) value { return r.listening(c.arg(1)) }, "curl_init": func(r *reader, c call) value {
		if len(c.args) == 0 {
			return ref("@curl")
		}
		r.request("GET", c.arg(0), 0)
		return ref("@curl")
	},
	"curl_setopt": phpCurl, "curl_exec": returns(from(fromNetwork)), "gethostbyname": dnsLook, "dns_get_record": dnsLook, "base64_decode": decodeArg(base64Text), "hex2bin": decodeArg(hexText), "str_rot13": decodeArg(rot13), "gzinflate": decodeUnknown, "gzuncompress": decodeUnknown, "gzdecode": decodeUnknown, "convert_uudecode": decodeUnknown, "base64_encode": encoded, "bin2hex": encoded, "chr": charOf, "strrev": reversedCall, "implode": perlJoin, "join": perlJoin, "sprintf": perlSprintf, "urldecode": passes, "rawurldecode": passes, "urlencode": passes, "trim": passes, "strtolower": passes, "json_encode": passes, "json_decode": passes, "pack": perlPack, "str_replace": func(_ *reader, c call) value {
		if c.arg(0).known && c.arg(1).known && c.arg(2).known && strings.Count(c.arg(2).text, c.arg(0).text)*len(c.arg(1).text) <= maxText {
			return lit(strings.ReplaceAll(c.arg(2).text, c.arg(0).text, c.arg(1).text))
		}
		return value{from: c.from()}
	},
	"getenv": func(r *reader, c call) value {
		if len(c.args) == 0 {
			return from(fromEnv)
		}
		return envVar(r, c)
	},
	"print_r": passes, "var_dump": passes, "echo": passes, "print": passes, "phpinfo": returns(from(fromEnv)), "posix_kill": killed, "posix_setuid": privileged("setuid"), "pcntl_fork": forked, "chroot": privileged("chroot"), "putenv": setEnv, "mysqli_query": func(r *reader, c call) value { return executes(r, call{args: c.args[min(1, len(c.args)):]}) }, "mysql_query": executes, "pg_query": func(r *reader, c call) value { return executes(r, call{args: c.args[min(1, len(c.args)):]}) },
}

func phpOpen(r *reader, c call) value {
	if p := c.arg(0); strings.HasPrefix(p.text, "http") || strings.HasPrefix(p.text, "ftp:") {
		return r.request("GET", p, 0)
	}
	if strings.HasPrefix(c.arg(0).text, "php://") {
		return from(fromInput)
	}
	return r.opened(c.arg(0), c.arg(1))
}

func phpGet(r *reader, c call) value {
	if p := c.arg(0); strings.Contains(p.text+p.path, "://") && !strings.HasPrefix(p.text, "file://") {
		if strings.HasPrefix(p.text, "php://") || strings.HasPrefix(p.text, "data:") {
			return from(fromInput)
		}
		return r.request("GET", p, 0)
	}
	return r.readPath(c.arg(0))
}

func phpWrite(r *reader, c call) value {
	if r.connected != "" {
		return socketSend(r, call{args: c.args[min(1, len(c.args)):]})
	}
	return value{}
}

// phpProc: a process whose descriptors are a socket is a reverse shell.
func phpProc(r *reader, c call) value {
	if r.connected != "" {
		r.piped = true
	}
	r.shellLine(c.arg(0), "proc_open")
	return value{}
}

func phpAssert(r *reader, c call) value {
	if c.arg(0).known || c.arg(0).from != 0 {
		return r.evaluates(c.arg(0), "php", "assert")
	}
	return value{}
}

// phpCall calls a function by its name.
func phpCall(r *reader, c call) value {
	if !c.arg(0).known {
		if c.arg(0).from != 0 {
			r.unresolved("the function that is called is computed")
		}
		return value{from: c.from()}
	}
	args := c.args[1:]
	if len(args) > 0 && args[0].isList {
		args = args[0].list
	}
	return r.invoke(ref(c.arg(0).text), call{args: args})
}

func phpInclude(r *reader, c call) value {
	v := c.arg(0)
	switch {
	case strings.Contains(v.text, "://") || v.from&(fromNetwork|fromInput) != 0:
		r.effect(effect.Effect{Kind: effect.ExecDownload, Target: "include"})
	case v.known:
		r.nested(Nested{Kind: KindScript, Lang: "php", Path: v.text, Via: "include"})
	}
	return value{}
}

func phpCurl(r *reader, c call) value {
	switch c.arg(1).ref {
	case "CURLOPT_URL":
		r.request("GET", c.arg(2), 0)
	case "CURLOPT_POSTFIELDS":
		r.request("POST", value{path: "?"}, deep(c.arg(2)))
	case "CURLOPT_SSL_VERIFYPEER", "CURLOPT_SSL_VERIFYHOST":
		r.effect(effect.Effect{Kind: effect.Bypass, Target: "tls"})
	}
	return value{}
}
