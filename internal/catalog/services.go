package catalog

import (
	"strings"

	"writ/internal/effect"
)

// securityUnits are services that protect or record.
var securityUnits = []string{"auditd", "ufw", "firewalld", "fail2ban", "apparmor", "selinux", "clamav", "clamd", "falco", "crowdsec", "ossec", "wazuh", "osquery", "syslog", "rsyslog", "syslog-ng", "systemd-journald", "iptables", "nftables", "falcon-sensor", "crowdstrike", "sentinel", "mdatp", "defender", "auditbeat", "filebeat", "samhain", "aide", "tripwire", "suricata", "snort", "snoopy", "sysmon", "cbdaemon", "writ", "windefend", "mpssvc", "eventlog", "wscsvc", "sense", "usbguard", "firewall", "rkhunter", "splunk", "datadog", "newrelic", "carbonblack", "cylance", "sophos", "trellis", "sshguard"}

func isSecurityUnit(name string) bool {
	name = strings.ToLower(name)
	for _, u := range securityUnits {
		if strings.HasPrefix(name, u) || strings.Contains(name, "/"+u) {
			return true
		}
	}
	return false
}

func systemctls(c Call) Outcome {
	p := newSpec("H,host= M,machine= t,type= state= p,property= P= a,all l,full user system global now runtime f,force r,recursive no-pager q,quiet no-block s,signal= kill-who= n,lines= o,output= root= i no-ask-password no-legend no-wall plain job-mode= show-types failed reverse value check-inhibitors= preset-mode= what= message= dry-run").parse(c.Args[1:])
	var out Outcome
	if p.has("dry-run", "help", "version") {
		return out
	}
	user := flagIf(p.has("user"), "user")
	if u := p.arg(1).Text; (u == "stop" || u == "disable" || u == "mask") && p.verb() != "list-units" && len(p.args) == 2 && !strings.HasSuffix(p.verb(), "p") {
		p.args = []Word{p.args[1], p.args[0]} // systemctl UNIT stop: the order of service(8)
	}
	switch verb := p.verb(); verb {
	case "poweroff", "reboot", "halt", "kexec", "soft-reboot", "suspend", "hibernate", "hybrid-sleep", "suspend-then-hibernate", "rescue", "emergency", "exit", "switch-root":
		out.add(effect.SysPower, verb, flagIf(strings.Contains(verb, "s") && verb != "exit" && strings.HasPrefix(verb, "suspend"), "suspend")...)
	case "start", "restart", "try-restart", "reload-or-restart", "reload", "stop", "kill", "mask", "disable", "freeze", "isolate", "enable", "reenable", "preset", "unmask", "link", "edit", "revert", "set-property", "clean", "thaw":
		units := p.after(1)
		flags := append([]string{systemctlFlag(verb)}, user...)
		for _, u := range units {
			f := with(flags, flagIf(isSecurityUnit(u.Text), "security")...)
			out.add(effect.SysService, u.Text, f...)
			if verb == "enable" || verb == "link" || verb == "reenable" {
				out.add(effect.Persist, u.Text, append([]string{"service"}, unitFlags(u, user)...)...)
			}
			if verb == "edit" {
				out.add(effect.Persist, u.Text, with(user, "service")...)
			}
			if p.has("now") && strings.HasPrefix(u.Text, "/") {
				out.path(effect.FSRead, u)
			}
		}
	case "daemon-reload", "daemon-reexec", "reset-failed":
		out.add(effect.SysService, verb, with(user, "reload")...)
	case "set-default", "set-environment", "import-environment", "unset-environment", "add-wants", "add-requires":
		out.add(effect.SysConfig, verb, "service")
	}
	return out
}

func systemctlFlag(verb string) string {
	switch verb {
	case "kill", "freeze", "isolate", "stop":
		return "stop"
	case "start", "restart", "enable", "disable", "mask":
		return verb
	case "try-restart", "reload-or-restart":
		return "restart"
	case "reload":
		return "reload"
	case "reenable", "link", "preset", "unmask":
		return "enable"
	}
	return "change"
}

// unitFlags tells units that come from a path, or whose owner is the user's own systemd.
func unitFlags(u Word, user []string) []string {
	return with(user, flagIf(strings.HasPrefix(u.Text, "/") || strings.HasPrefix(u.Text, "./"), "path")...)
}

func services(c Call) Outcome {
	p := newSpec("+ status-all e,full-restart").parse(c.Args[1:])
	var out Outcome
	unit, verb := p.verb(), p.arg(1).Text
	if c.Name() == "initctl" {
		unit, verb = verb, unit
	}
	switch verb {
	case "stop", "start", "restart", "force-stop", "zap", "force-reload", "condrestart":
		out.add(effect.SysService, unit, append([]string{strings.TrimPrefix(verb, "force-")}, flagIf(isSecurityUnit(unit), "security")...)...)
	case "reload":
		out.add(effect.SysService, unit, "reload")
	}
	return out
}

func chkconfigs(c Call) Outcome {
	p := newSpec("f list add= del= level=").parse(c.Args[1:])
	var out Outcome
	if p.has("list") || len(p.args) < 2 && !p.has("add", "del") {
		return out
	}
	text := lineOf(c.Args[1:])
	unit := p.verb()
	off := strings.Contains(text, "off") || strings.Contains(text, "remove") || strings.Contains(text, "disable") || strings.Contains(text, "del")
	out.add(effect.SysService, unit, append(flagIf(off, "disable"), flagIf(isSecurityUnit(unit), "security")...)...)
	if !off {
		out.add(effect.Persist, unit, "service")
	}
	return out
}

func launchctls(c Call) Outcome {
	p := newSpec("+").parse(c.Args[1:])
	q := newSpec("w F S= D= k s").parse(p.after(1))
	var out Outcome
	switch verb := p.verb(); verb {
	case "load", "bootstrap", "enable", "submit", "start", "kickstart":
		if verb == "load" || verb == "bootstrap" || verb == "submit" || verb == "enable" {
			out.add(effect.Persist, lineOf(q.args), "service")
		} else {
			out.add(effect.SysService, lineOf(q.args), "start")
		}
	case "unload", "bootout", "disable", "stop", "remove", "kill":
		out.add(effect.SysService, lineOf(q.args), append([]string{"stop"}, flagIf(isSecurityUnit(strings.TrimPrefix(lineOf(q.args), "com.")), "security")...)...)
	case "setenv":
		out.join(Outcome{Effects: assignEffects([]Assign{{Name: p.arg(1).Text, Value: p.arg(2)}})})
		out.add(effect.Persist, p.arg(1).Text, "shell")
	case "asuser":
		out.add(effect.Privilege, p.arg(1).Text, "user")
		out.argv(p.after(2), "launchctl asuser")
	case "reboot":
		out.add(effect.SysPower, "launchctl reboot")
	}
	return out
}

func supervisors(c Call) Outcome {
	p := newSpec("+ c= s= u= p=").parse(c.Args[1:])
	var out Outcome
	switch v := p.verb(); v {
	case "stop", "down", "shutdown", "delete", "remove", "kill", "stopall", "d", "force-stop", "exit":
		out.add(effect.SysService, lineOf(p.after(1)), append([]string{"stop", "supervisor"}, flagIf(strings.Contains(lineOf(p.args), "all") || v == "kill", "all")...)...)
	case "startup", "save":
		if c.Name() == "pm2" && v == "startup" {
			out.add(effect.Persist, "pm2 startup", "service")
		}
	case "start", "restart", "reload", "up":
		if c.Name() == "pm2" || c.Name() == "forever" {
			if p.arg(1).Text != "" && strings.ContainsAny(p.arg(1).Text, "./") {
				out.script("node", p.arg(1), p.after(2), c.Name())
			}
		}
	}
	return out
}

func journals(c Call) Outcome {
	p := newSpec("u,unit= t,identifier= p,priority= n,lines? o,output= S,since= U,until= b,boot? D,directory= M,machine= vacuum-size= vacuum-time= vacuum-files= rotate flush k,dmesg f,follow e x,catalog no-pager r g,grep= F= list-boots disk-usage user system file= root= cursor= after-cursor= sync relinquish-var setup-keys header verify user-unit= a q m utc all").parse(c.Args[1:])
	out := Outcome{Emits: "log"}
	switch {
	case p.has("vacuum-size", "vacuum-files"), p.has("vacuum-time") && shortTime(p.text("vacuum-time")):
		out.add(effect.Evade, "journalctl --vacuum", "log")
	case p.has("rotate") && p.has("vacuum-time"):
		out.add(effect.Evade, "journalctl --vacuum", "log")
	}
	unit := strings.TrimSuffix(p.text("unit", "identifier"), ".service")
	exports := p.text("output") == "json" || p.text("output") == "export" || p.text("output") == "json-pretty" || p.text("output") == "json-sse" || p.text("output") == "verbose"
	if exports && (unit == "ssh" || unit == "sshd" || unit == "sudo" || unit == "su" || unit == "systemd-logind" || unit == "login" || unit == "auditd" || unit == "docker" || unit == "containerd" || unit == "kubelet") {
		out.add(effect.SecretRead, "log of "+unit, "log")
	}
	return out
}

// shortTime tells whether a time to keep is so short that it empties the log.
func shortTime(t string) bool {
	return strings.HasSuffix(t, "s") && !strings.HasSuffix(t, "days") && !strings.HasSuffix(t, "weeks") && !strings.HasSuffix(t, "months") && !strings.HasSuffix(t, "hours") && !strings.HasSuffix(t, "years") || strings.HasSuffix(t, "sec") || t == "0" || strings.HasSuffix(t, "min") || t == "1h"
}
