package catalog

import (
	"strings"

	"writ/internal/effect"
)

func registries(c Call) Outcome {
	p := newSpec("/ v= t= d= s= f ve va").parse(lowerOptions(c.Args[1:]))
	key := strings.ToLower(p.arg(1).Text)
	var out Outcome
	switch verb := strings.ToLower(p.verb()); verb {
	case "add", "import", "restore", "load", "copy":
		if strings.Contains(key, `\run`) || strings.Contains(key, "winlogon") || strings.Contains(key, "image file execution") || strings.Contains(key, "services") {
			out.add(effect.Persist, key, "login")
			return out
		}
		if strings.Contains(key, "defender") || strings.Contains(key, "policies") {
			out.add(effect.Evade, key, "av")
			return out
		}
		out.add(effect.SysConfig, key, "registry")
	case "delete":
		out.add(effect.SysConfig, key, "registry", "delete")
	case "save", "export":
		if strings.Contains(key, "sam") || strings.Contains(key, "security") || strings.Contains(key, "system") {
			out.add(effect.SecretRead, key, "hashes")
		}
	case "query":
		if strings.Contains(key, "winlogon") || strings.Contains(lineOf(c.Args), "password") {
			out.add(effect.SecretRead, key, "registry")
		}
	}
	return out
}

func schtasks(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	var out Outcome
	switch {
	case strings.Contains(text, "/query"):
	case strings.Contains(text, "/delete"):
		out.add(effect.Persist, text, "cron", "remove")
	case strings.Contains(text, "/create") || strings.Contains(text, "/change") || strings.HasPrefix(c.Name(), "register") || strings.HasPrefix(c.Name(), "new"):
		out.add(effect.Persist, text, "cron")
	case strings.Contains(text, "/run"):
		out.add(effect.SysService, text, "start")
	}
	return out
}

func winServices(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	verb := headWord(text)
	var out Outcome
	switch {
	case verb == "query" || verb == "qc" || verb == "queryex" || text == "":
	case verb == "create" || c.Name() == "new-service":
		out.add(effect.Persist, text, "service")
	case verb == "stop" || verb == "delete" || verb == "config" || strings.HasPrefix(c.Name(), "stop") || strings.HasPrefix(c.Name(), "remove") || strings.HasPrefix(c.Name(), "set"):
		secured := false
		for _, w := range strings.Fields(text) {
			secured = secured || isSecurityUnit(w)
		}
		out.add(effect.SysService, text, append([]string{"stop"}, flagIf(secured, "security")...)...)
	default:
		out.add(effect.SysService, text, "start")
	}
	return out
}

func winLogs(c Call) Outcome {
	var out Outcome
	v := strings.ToLower(newSpec("").parse(c.Args[1:]).verb())
	if c.Name() != "wevtutil" || v == "cl" || v == "clear-log" || v == "sl" {
		out.add(effect.Evade, c.Name(), "log")
	}
	return out
}

func winKills(c Call) Outcome {
	p := newSpec("/ - im= pid= name= id= f t force").parse(lowerOptions(c.Args[1:]))
	var out Outcome
	for _, w := range append(p.values("im", "pid", "name", "id"), p.args...) {
		if name := strings.TrimSuffix(strings.ToLower(w.Text), ".exe"); winGuards[name] {
			out.add(effect.Evade, w.Text, "av")
			continue
		}
		out.add(effect.ProcKill, w.Text, "name")
	}
	return out
}

// winGuards are processes of products that protect a machine.
var winGuards = nameSet("msmpeng mssense sense nissrv securityhealthservice csfalconservice sentinelagent cylancesvc ekrn avp mcshield sysmon sysmon64")

func netshes(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	var out Outcome
	switch {
	case strings.Contains(text, "key=clear") || strings.Contains(text, "export profile"):
		out.add(effect.SecretRead, "wireless password")
	case strings.Contains(text, "portproxy"):
		out.add(effect.NetTunnel, text, "relay")
	case strings.Contains(text, "show"):
	case strings.Contains(text, "firewall") || strings.Contains(c.Name(), "firewall"):
		out.add(effect.SysNet, text, append([]string{"firewall"}, flagIf(strings.Contains(text, "off") || strings.Contains(text, "false") || strings.Contains(text, "reset"), "flush")...)...)
	default:
		out.add(effect.SysNet, text, "interface")
	}
	return out
}

func lolDownloads(c Call) Outcome {
	var out Outcome
	for _, w := range c.Args[1:] {
		if a := parseURL(w.Text, ""); strings.Contains(w.Text, "://") {
			out.Effects = append(out.Effects, connect(a.host, a.port, a.scheme, "download", "lolbin"))
		}
	}
	out.add(effect.Exec, c.Name(), "escape")
	return out
}

func wmics(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	var out Outcome
	switch {
	case strings.Contains(text, "shadowcopy") && strings.Contains(text, "delete"):
		out.add(effect.Evade, text, "backup")
	case strings.Contains(text, "call create") || strings.Contains(text, "process") && strings.Contains(text, "create"):
		out.add(effect.Exec, "wmic process call create", "escape")
	case strings.Contains(text, "delete") || strings.Contains(text, "terminate") || strings.Contains(text, "uninstall"):
		out.add(effect.ProcKill, text, "name")
	}
	return out
}

func setsEnv(c Call) Outcome {
	var out Outcome
	p := winSpec.parse(c.Args[1:])
	out.Effects = assignEffects([]Assign{{Name: p.verb(), Value: p.arg(1)}})
	out.add(effect.Persist, p.verb(), "shell")
	return out
}

// windowsNet is net.exe: users, groups, services, shares.
func windowsNet(c Call) Outcome {
	p := newSpec("/").parse(lowerOptions(c.Args[1:]))
	var out Outcome
	switch strings.ToLower(p.verb()) {
	case "user", "localgroup", "group":
		switch {
		case p.has("add"):
			out.add(effect.SysUser, lineOf(p.args), "add")
		case p.has("delete"):
			out.add(effect.SysUser, lineOf(p.args), "delete")
		case p.has("domain"):
			out.add(effect.Recon, lineOf(p.args), "ad")
		case len(p.args) > 2:
			out.add(effect.SysUser, lineOf(p.args), "password")
		}
	case "stop":
		out.add(effect.SysService, p.arg(1).Text, append([]string{"stop"}, flagIf(isSecurityUnit(p.arg(1).Text), "security")...)...)
	case "start":
		if len(p.args) > 1 {
			out.add(effect.SysService, p.arg(1).Text, "start")
		}
	case "use", "share":
		if len(p.args) > 1 {
			out.add(effect.SysDisk, lineOf(p.args), "mount", "remote")
		}
	case "view":
		out.add(effect.Recon, lineOf(p.args), "network")
	}
	return out
}
