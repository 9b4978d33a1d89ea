package catalog

import (
	"strings"

	"writ/internal/effect"
)

// sysctls sets kernel parameters with name=value, -w or -p; else it shows them.
func sysctls(c Call) Outcome {
	p := newSpec("a,all A w,write p,load? f n,values N,names e q system pattern= r= b h d").parse(c.Args[1:])
	var out Outcome
	if p.has("load", "system", "f") {
		out.add(effect.SysKernel, "sysctl -p", "parameter", "load")
		for _, w := range append(p.values("load"), p.args...) {
			out.path(effect.FSRead, w, "config")
		}
		return out
	}
	for _, w := range p.args {
		if strings.Contains(w.Text, "=") {
			out.add(effect.SysKernel, w.Text, "parameter")
		}
	}
	return out
}

func bootTools(c Call) Outcome {
	p := newSpec("v o,output= c= b= B= D= n= L= f,force l,list regenerate-all u k= H a status").parse(c.Args[1:])
	var out Outcome
	switch {
	case c.Name() == "bcdedit" && (len(p.args) == 0 || strings.EqualFold(p.verb(), "/enum")), c.Name() == "efibootmgr" && len(p.opts) == 0, c.Name() == "bootctl" && (p.verb() == "status" || p.verb() == "list" || p.verb() == ""):
		return out
	}
	out.add(effect.SysConfig, c.Name()+" "+lineOf(p.args), "boot")
	return out
}

// macSecurity is csrutil, spctl, nvram: system integrity and gatekeeper.
func macSecurity(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	var out Outcome
	if strings.Contains(text, "disable") || strings.Contains(text, "master-disable") || strings.Contains(text, "--add") || strings.Contains(text, "boot-args") || strings.Contains(text, "-c") && c.Name() == "nvram" {
		out.add(effect.Evade, c.Name()+" "+text, "av")
	}
	return out
}

func macUsers(c Call) Outcome {
	text := " " + strings.ToLower(lineOf(c.Args[1:])) + " "
	var out Outcome
	switch {
	case strings.Contains(text, "-create") || strings.Contains(text, "-append") || strings.Contains(text, "-adduser") || strings.Contains(text, "edit -a") || strings.Contains(text, "-o edit"):
		out.add(effect.SysUser, c.Name(), "add")
	case strings.Contains(text, "-passwd") || strings.Contains(text, "-resetpassword"):
		out.add(effect.SysUser, c.Name(), "password")
	case strings.Contains(text, " -delete") || strings.Contains(text, "-deleteuser"):
		out.add(effect.SysUser, c.Name(), "delete")
	case strings.Contains(text, "-authonly"):
		out.add(effect.SecretRead, "password check", "prompt")
	case strings.Contains(text, " list /users") || strings.Contains(text, "list /groups") || strings.Contains(text, "-read /users"):
		out.add(effect.Recon, "dscl", "user")
	}
	return out
}

func macBackup(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	var out Outcome
	if strings.Contains(text, "delete") || strings.Contains(text, "disable") || strings.HasPrefix(text, "-e") || strings.Contains(text, "-i off") {
		out.add(effect.SysConfig, c.Name()+" "+text, "backup")
	}
	return out
}

func macSetup(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	var out Outcome
	if strings.HasPrefix(text, "-set") || strings.Contains(text, "--ignore") || strings.Contains(text, "schedule off") {
		out.add(effect.SysConfig, c.Name()+" "+text, "setup")
	}
	return out
}

func ldconfigs(c Call) Outcome {
	p := newSpec("p,print-cache v N X f= C= r= n l V").parse(c.Args[1:])
	var out Outcome
	if p.has("print-cache", "N") && !p.has("f", "C") || p.has("V") {
		return out
	}
	if len(p.args) > 0 || p.has("f", "C", "r") {
		out.add(effect.ExecTampered, "ldconfig "+lineOf(p.args), "loader")
	} else {
		out.add(effect.SysConfig, "ldconfig", "loader")
	}
	return out
}

func setenforce(c Call) Outcome {
	var out Outcome
	v := strings.ToLower(newSpec("").parse(c.Args[1:]).verb())
	if v == "1" || v == "enforcing" {
		out.add(effect.SysConfig, "setenforce", "mac")
	} else {
		out.add(effect.SysConfig, "setenforce "+v, "mac", "off")
	}
	return out
}

func keyctls(c Call) Outcome {
	p := newSpec("+").parse(c.Args[1:])
	var out Outcome
	switch p.verb() {
	case "read", "pipe", "print", "search", "request", "request2", "prequest2", "dh_compute":
		out.add(effect.SecretRead, "kernel keyring", "key")
		out.Emits = "secret"
	case "add", "padd", "update", "pupdate", "unlink", "revoke", "invalidate", "purge", "clear", "chown", "setperm", "instantiate", "link", "move", "timeout", "new_session", "session", "reap", "negate", "reject":
		out.add(effect.SecretKey, "kernel keyring "+p.verb(), "import")
		if p.verb() == "session" && len(p.args) > 2 {
			out.argv(p.after(2), "keyctl session")
		}
	case "dump_certs":
	}
	return out
}

// dbuses is busctl, dbus-send, gdbus: calls to services that act with more rights.
func dbuses(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	var out Outcome
	if strings.Contains(text, "--session") && c.Name() == "dbus-monitor" || strings.Contains(text, "--user") && strings.Contains(text, "monitor") {
		return out
	}
	if c.Name() == "dbus-monitor" || strings.HasPrefix(text, "monitor") || strings.HasPrefix(text, "capture") {
		out.add(effect.NetScan, c.Name(), "sniff", "bus")
		return out
	}
	if !strings.Contains(text, "call") && c.Name() != "dbus-send" && c.Name() != "qdbus" {
		return out
	}
	switch {
	case strings.Contains(text, "systemd1") && hasPart(text, []string{"startunit", "stopunit", "restartunit", "starttransient", "maskunit", "enableunit", "disableunit", "linkunit", "reload", "killunit", "setenv"}):
		out.add(effect.SysService, text, "start", "bus")
		if strings.Contains(text, "starttransient") {
			out.add(effect.Persist, text, "service")
		}
	case hasPart(text, []string{"poweroff", "reboot", "halt", "suspend", "hibernate"}):
		out.add(effect.SysPower, text)
	case hasPart(text, []string{"policykit", "polkit"}):
		out.add(effect.Privilege, text, "root")
	case hasPart(text, []string{"accounts"}) && hasPart(text, []string{"create", "setpassword", "setaccounttype", "delete"}):
		out.add(effect.SysUser, text, "add")
	case hasPart(text, []string{"secrets", "keyring", "kwallet"}):
		out.add(effect.SecretRead, "secret service")
	case hasPart(text, []string{"udisks", "storaged"}) && hasPart(text, []string{"format", "mount", "loop", "unlock"}):
		out.add(effect.SysDisk, text, "mount")
	case hasPart(text, []string{"packagekit", "snapd"}) && hasPart(text, []string{"install", "remove", "createtransaction"}):
		out.add(effect.PkgInstall, text, "global", "system")
	case hasPart(text, []string{"networkmanager", "firewalld"}) && hasPart(text, []string{"add", "set", "deactivate", "delete", "disconnect", "update", "getsecrets"}):
		out.add(effect.SysNet, text, "interface")
	case hasPart(text, []string{"login1"}) && hasPart(text, []string{"terminate", "kill", "inhibit", "setuserlinger"}):
		out.add(effect.SysService, text, "stop")
	case hasPart(text, []string{"hostname1", "timedate1", "locale1"}) && strings.Contains(text, "set"):
		out.add(effect.SysConfig, text, "bus")
	}
	return out
}

// systemdRuns is systemd-run: a command as a unit, now or on a timer, beyond the sandbox of the caller.
func systemdRuns(c Call) Outcome {
	p := newSpec("+ user system scope u,unit= p,property= description= slice= remain-after-exit r send-sighup service-type= uid= gid= nice= working-directory= d,same-dir E,setenv= t,pty P,pipe q,quiet on-active= on-boot= on-startup= on-unit-active= on-unit-inactive= on-calendar= on-clock-change timer-property= path-property= socket-property= no-block wait G,collect S,shell H= M,machine=").parse(c.Args[1:])
	var out Outcome
	out.add(effect.SysService, "systemd-run", append([]string{"start", "transient"}, flagIf(p.has("user"), "user")...)...)
	for _, o := range p.opts {
		if strings.HasPrefix(o.name, "on-") {
			out.add(effect.Persist, "systemd-run --"+o.name, "service", "timer")
			break
		}
	}
	if !p.has("user") {
		out.add(effect.Privilege, "systemd-run", "root")
	}
	if p.has("shell") {
		out.add(effect.Privilege, "systemd-run --shell", "root", "shell")
	}
	if len(p.args) > 0 {
		out.argv(p.args, "systemd-run")
	}
	return out
}
