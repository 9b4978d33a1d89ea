package inline

import (
	"strings"

	"writ/internal/effect"
)

// readPowerShell reads cmdlets and their parameters, pipeline by pipeline; what is no cmdlet is a program.
func readPowerShell(code string) Outcome {
	r := &reader{dialect: dialect{name: "powershell", syntax: syntax{hash: true, sigils: "$", double: "$", nameExtra: "-", dot: "\x00"}, reads: map[string]value{"env": {from: fromEnv}}}, methods: methods, vars: map[string]value{}, seen: map[string]bool{}}
	low := strings.ToLower(code)
	downloads := strings.Contains(low, "downloadstring") || strings.Contains(low, "downloaddata") || strings.Contains(low, "invoke-webrequest") || strings.Contains(low, "iwr ") || strings.Contains(low, "invoke-restmethod") || strings.Contains(low, "irm ")
	r.powerSockets(low)
	r.tokens = lex(code, r.syntax)
	for !r.done() {
		if words := r.cmdlet(); len(words) > 0 {
			r.power(words, downloads)
		}
		r.pos++
	}
	r.conclude()
	return r.out
}

// powerSockets notes .NET calls by name.
func (r *reader) powerSockets(low string) {
	for name, e := range map[string]effect.Effect{
		"net.sockets.tcpclient": {Kind: effect.NetTunnel, Target: "TCPClient", Flags: []string{"reverse", "shell"}}, "frombase64string": {Kind: effect.ExecInline, Target: "FromBase64String", Flags: []string{"decode"}},
		"amsiutils": {Kind: effect.Evade, Target: "AMSI", Flags: []string{"av"}}, "downloadfile(": {Kind: effect.NetConnect, Target: "DownloadFile", Method: "GET", Flags: []string{"download"}}, "downloadstring(": {Kind: effect.NetConnect, Target: "DownloadString", Method: "GET"}, "uploadstring(": {Kind: effect.NetUpload, Target: "UploadString"}, "uploadfile(": {Kind: effect.NetUpload, Target: "UploadFile", Flags: []string{"file"}}, "[reflection.assembly]::load": {Kind: effect.ExecInline, Target: "Assembly.Load", Flags: []string{"native"}}, "virtualalloc": {Kind: effect.ExecInline, Target: "VirtualAlloc", Flags: []string{"native", "memory"}},
	} {
		if strings.Contains(low, name) {
			r.effect(e)
		}
	}
}

// cmdlet collects the words up to the next sign that ends a command.
func (r *reader) cmdlet() []Arg {
	var out []Arg
	for !r.done() {
		t := r.tok()
		switch {
		case t.kind == nl, t.kind == op && (t.text == ";" || t.text == "|" || t.text == "{" || t.text == "}" || t.text == "(" || t.text == ")" || t.text == "="):
			return out
		case t.kind == str:
			v := r.filled(t)
			out = append(out, Arg{Text: v.text, Known: v.known})
		case t.kind == ident && strings.HasPrefix(t.text, "$"):
			v := r.vars[plainName(t.text)]
			out = append(out, Arg{Text: v.text, Known: v.known})
		case !t.space && len(out) > 0 && t.kind != op:
			out[len(out)-1].Text += t.text
		case !t.space && len(out) > 0 && t.text != "&" && t.text != ",":
			out[len(out)-1].Text += t.text
		case t.text == "&" || t.text == ",":
		case len(out) > 0 && r.at(-1).kind == op && !t.space && r.at(-1).text != ",":
			out[len(out)-1].Text += t.text
		default:
			out = append(out, Arg{Text: t.text, Known: true})
		}
		r.pos++
	}
	return out
}

// power judges one cmdlet.
func (r *reader) power(words []Arg, downloads bool) {
	name := strings.ToLower(words[0].Text)
	rest := words[1:]
	paths := operands(rest)
	switch name {
	case "remove-item", "ri", "rm", "del", "erase", "rd", "rmdir", "clear-content", "clear-item":
		flags := []string{}
		if hasOption(rest, "-r") || hasOption(rest, "/s") {
			flags = append(flags, "recursive")
		}
		if hasOption(rest, "-fo") {
			flags = append(flags, "force")
		}
		r.onPath(effect.FSDelete, listOf(paths), flags...)
	case "set-content", "out-file", "add-content", "new-item", "tee-object", "sc", "ac", "ni":
		r.onPath(effect.FSWrite, listOf(paths[:min(1, len(paths))]))
	case "get-content", "gc", "cat", "type":
		r.onPath(effect.FSRead, listOf(paths))
	case "copy-item", "move-item", "cp", "mv", "copy", "move":
		for i, p := range paths {
			if i == 0 && strings.HasPrefix(name, "m") {
				r.onPath(effect.FSDelete, p, "move")
			} else if i == 0 {
				r.onPath(effect.FSRead, p)
			} else {
				r.onPath(effect.FSWrite, p)
			}
		}
	case "invoke-expression", "iex":
		r.powerEval(paths, downloads)
	case "invoke-webrequest", "iwr", "invoke-restmethod", "irm", "curl", "wget":
		r.request(optionValue(rest, "-method", "GET"), listOrText(paths[:min(1, len(paths))]), 0)
	case "start-process", "saps", "start", "invoke-item", "ii":
		r.nested(Nested{Kind: KindArgv, Args: args(paths), Via: name})
		if strings.EqualFold(optionValue(rest, "-verb", ""), "runas") {
			r.effect(effect.Effect{Kind: effect.Privilege, Target: "RunAs", Flags: []string{"root"}})
		}
	case "invoke-command", "icm", "enter-pssession", "new-pssession":
		r.effect(effect.Effect{Kind: effect.NetConnect, Host: optionValue(rest, "-computername", ""), Scheme: "winrm"})
	case "set-executionpolicy":
		r.effect(effect.Effect{Kind: effect.Bypass, Target: "execution policy"})
	case "set-mppreference", "add-mppreference", "disable-windowsoptionalfeature":
		r.effect(effect.Effect{Kind: effect.Evade, Target: name, Flags: []string{"av"}})
	case "clear-eventlog", "wevtutil", "remove-eventlog", "clear-history":
		r.effect(effect.Effect{Kind: effect.Evade, Target: name, Flags: []string{"log"}})
	case "stop-process", "kill", "spps", "taskkill":
		r.effect(effect.Effect{Kind: effect.ProcKill, Target: strings.Join(names(paths), " ")})
	case "stop-service", "set-service", "remove-service", "disable-service", "suspend-service":
		r.effect(effect.Effect{Kind: effect.SysService, Target: strings.Join(names(paths), " "), Flags: []string{"stop"}})
	case "stop-computer", "restart-computer":
		r.effect(effect.Effect{Kind: effect.SysPower})
	case "format-volume", "clear-disk", "initialize-disk", "remove-partition":
		r.effect(effect.Effect{Kind: effect.SysDisk, Target: name, Flags: []string{"format"}})
	case "register-scheduledtask", "new-scheduledtask", "schtasks", "new-service":
		r.effect(effect.Effect{Kind: effect.Persist, Target: name})
	case "new-localuser", "add-localgroupmember", "set-localuser", "remove-localuser":
		r.effect(effect.Effect{Kind: effect.SysUser, Target: name})
	case "get-clipboard":
		r.effect(effect.Effect{Kind: effect.SecretRead, Target: "clipboard", Flags: []string{"clipboard"}})
	case "set-itemproperty", "new-itemproperty", "remove-itemproperty", "reg":
		r.effect(effect.Effect{Kind: effect.SysConfig, Target: "registry"})
	case "install-module", "install-package", "install-script":
		r.effect(effect.Effect{Kind: effect.PkgInstall, Target: strings.Join(names(paths), " ")})
	default:
		if !strings.Contains(name, "-") && !strings.HasPrefix(name, "$") && !strings.HasPrefix(name, "[") && words[0].Known && isPlain(name) {
			r.nested(Nested{Kind: KindArgv, Args: words, Via: "powershell"})
		}
	}
}

func isPlain(name string) bool {
	return name != "" && isName(name[0]) && !strings.ContainsAny(name, ".:[]") && name != "if" && name != "foreach" && name != "while" && name != "function" && name != "param" && name != "return" && name != "try" && name != "catch" && name != "else" && name != "where" && name != "select" && name != "echo" && name != "new"
}

func (r *reader) powerEval(paths []value, downloads bool) {
	switch {
	case len(paths) > 0 && paths[0].known:
		r.nested(Nested{Kind: KindCode, Lang: "powershell", Text: paths[0].text, Via: "iex"})
	case downloads:
		r.effect(effect.Effect{Kind: effect.ExecDownload, Target: "Invoke-Expression"})
	default:
		r.effect(effect.Effect{Kind: effect.ExecInline, Target: "Invoke-Expression", Flags: []string{"eval"}})
	}
}

// valueless are parameters that take no value.
var valueless = words("-recurse -force -r -fo -confirm -whatif -verbose -append -nonewline -passthru -wait -usebasicparsing -rec")

// operands are the words that are no parameter names; values of named parameters count.
func operands(ws []Arg) []value {
	var out []value
	for _, w := range ws {
		if strings.HasPrefix(w.Text, "-") || strings.HasPrefix(w.Text, "/") && len(w.Text) == 2 {
			continue
		}
		out = append(out, value{text: w.Text, known: w.Known})
	}
	return out
}

func args(vs []value) []Arg { return listOf(vs).words() }

func names(vs []value) []string {
	var out []string
	for _, v := range vs {
		out = append(out, v.text)
	}
	return out
}

func hasOption(ws []Arg, prefix string) bool {
	for _, w := range ws {
		if strings.HasPrefix(strings.ToLower(w.Text), prefix) {
			return true
		}
	}
	return false
}

func optionValue(ws []Arg, name, otherwise string) string {
	for i, w := range ws {
		if strings.EqualFold(w.Text, name) && i+1 < len(ws) && !valueless[strings.ToLower(name)] {
			return ws[i+1].Text
		}
	}
	return otherwise
}
