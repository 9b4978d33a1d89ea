package catalog

import (
	"strings"

	"writ/internal/effect"
)

// processPrograms signal, list and steer processes, sessions and terminals.
var processPrograms = merge([]map[string]program{
	same("kill", kills), same("fuser", fusers), same("prlimit", limits), same("pkill killall killall5 skill xkill fkill zkill", killsByName),
	same("ps pgrep pidof pstree top htop btop atop glances procs pidstat iotop nvtop w who users uptime last lastlog finger vmstat iostat mpstat sar free slabtop dstat lscpu lsmem nvidia-smi lsb_release hostnamectl-show sw_vers system_profiler-show", processLists),
	same("screen", screens), same("tmux byobu", tmuxes), same("dtach abduco", detachers), same("zellij", zellijs), same("disown", nothing), same("renice", nothing),
	same("write wall mesg talk", writesTerminal), same("chvt openvt", writesTerminal),
	same("lsns lsipc ipcs cgroup systemd-cgls systemd-cgtop", nothing), same("ipcrm", ipcRemove),
	same("stress stress-ng", stresses),
	same("yes-never", nothing),
})

func kills(c Call) Outcome {
	var out Outcome
	args := c.Args[1:]
	zero, freeze := false, false
	for i := 0; i < len(args); i++ {
		switch t := args[i].Text; {
		case t == "-l" || t == "-L" || t == "--list" || t == "--table":
			return out
		case (t == "-s" || t == "--signal" || t == "-n") && i+1 < len(args):
			i++
			zero = args[i].Text == "0"
			freeze = isFreeze(args[i].Text)
		case i == 0 && len(t) > 1 && t[0] == '-' && t != "--" && len(args) > 1:
			zero = t == "-0"
			freeze = isFreeze(t[1:])
		case t == "--":
		default:
			out.add(effect.ProcKill, t, append(killFlags(args[i], zero), flagIf(freeze, "freeze")...)...)
		}
	}
	return out
}

// isFreeze tells signals that stop a process without ending it.
func isFreeze(signal string) bool {
	switch strings.TrimPrefix(strings.ToUpper(signal), "SIG") {
	case "STOP", "TSTP", "CONT", "19", "20", "18":
		return true
	}
	return false
}

func killFlags(w Word, zero bool) []string {
	t := w.Text
	flags := flagIf(zero, "zero")
	flags = append(flags, flagIf(t == "-1", "all")...)
	flags = append(flags, flagIf(t == "1", "init")...)
	flags = append(flags, flagIf(strings.HasPrefix(t, "-") && t != "-1" || t == "0", "group")...)
	flags = append(flags, flagIf(strings.HasPrefix(t, "%"), "job")...)
	flags = append(flags, flagIf(!w.Known, "computed")...)
	flags = append(flags, flagIf(!w.Known && strings.Contains(w.Raw, "PPID"), "guard")...) // the host that runs the shell
	for _, name := range guardNames {
		flags = append(flags, flagIf(!w.Known && strings.Contains(w.Raw, name), "guard")...)
	}
	return unique(flags)
}

// guardNames are processes that keep watch.
var guardNames = []string{"writ", "claude", "auditd", "sshd", "systemd", "falco", "osquery", "crowdstrike", "clamd", "fail2ban", "wazuh", "ossec", "rsyslog", "syslog", "journald", "agentshield", "defender", "sentinel", "falcon-sensor", "suricata", "snort"}

// securityNames are products that watch a machine; looking for them comes before switching them off.
var securityNames = nameSet("falco osqueryd crowdstrike falcon-sensor clamd wazuh ossec mdatp sentinelone sentinelagent carbonblack cbdaemon cylance sophos auditd sysmon suricata snort aide samhain rkhunter tripwire")

var fuserSpec = newSpec("k,kill i,interactive m,mount M,ismountpoint n,namespace= s,silent u,user v,verbose a,all l,list-signals w 4 6")

// fusers lists, or with -k ends, the processes that hold a file, a socket or a port.
func fusers(c Call) Outcome {
	p := fuserSpec.parse(withoutSignal(c.Args[1:]))
	var out Outcome
	kind := effect.FSList
	if p.has("kill") {
		kind = effect.FSWrite
		out.add(effect.ProcKill, lineOf(p.args))
	}
	for _, w := range p.args {
		if !strings.HasSuffix(w.Text, "/tcp") && !strings.HasSuffix(w.Text, "/udp") {
			out.path(kind, w)
		}
	}
	return out
}

// limits changes the limits of a running process, or runs a program under others.
func limits(c Call) Outcome {
	p := newSpec("+ p,pid= n? u? v?").parse(c.Args[1:])
	var out Outcome
	for _, pid := range p.values("pid") {
		out.add(effect.ProcTrace, pid.Text)
	}
	if len(p.args) > 0 {
		out.argv(p.args, "prlimit")
	}
	return out
}

func killsByName(c Call) Outcome {
	p := newSpec("+ u,user,euid= U,uid= g,pgroup= G,group= P,parent= s,session= t,terminal= signal= F,pidfile= o,older-than= y,younger-than= n ns= f,full x,exact i,ignore-case v l q e c r w I V L").parse(withoutSignal(c.Args[1:]))
	var out Outcome
	if p.has("l") {
		return out
	}
	flags := []string{"name"}
	for _, w := range c.Args[1:] {
		flags = append(flags, flagIf(strings.HasPrefix(w.Text, "-") && isFreeze(w.Text[1:]), "freeze")...)
	}
	flags = append(flags, flagIf(p.has("user", "uid", "parent", "group") && len(p.args) == 0 || c.Name() == "killall5", "all")...)
	for _, w := range p.args {
		f := with(flags, flagIf(w.Text == "." || w.Text == ".*" || w.Text == "", "all")...)
		for _, name := range guardNames {
			f = with(f, flagIf(w.Text == name || p.has("f") && strings.Contains(w.Text, name) && name == "writ", "guard")...)
		}
		out.add(effect.ProcKill, w.Text, unique(f)...)
	}
	if len(p.args) == 0 {
		out.add(effect.ProcKill, p.text("user", "uid", "parent"), flags...)
	}
	return out
}

// withoutSignal drops -9, -KILL and the like.
func withoutSignal(ws []Word) []Word {
	var out []Word
	for _, w := range ws {
		t := strings.TrimPrefix(w.Text, "-")
		if t != w.Text && (strings.Trim(t, "0123456789") == "" || t == strings.ToUpper(t) && len(t) > 2) {
			continue
		}
		out = append(out, w)
	}
	return out
}

// processLists only look; ps e shows the environments of others.
func processLists(c Call) Outcome {
	var out Outcome
	if c.Name() == "pgrep" || c.Name() == "pidof" {
		for _, w := range c.Args[1:] {
			if securityNames[strings.ToLower(w.Text)] {
				out.add(effect.Recon, "process "+w.Text, "process")
			}
		}
	}
	if c.Name() == "ps" {
		for _, w := range c.Args[1:] {
			t := w.Text
			if strings.HasPrefix(t, "-") && t != "-E" {
				continue
			}
			if strings.Contains(t, "e") && strings.Trim(t, "auxefwlsjvrSTtN") == "" || t == "-E" {
				out.add(effect.SecretRead, "environment of processes", "env", "process")
			}
		}
	}
	return out
}

func ipcRemove(c Call) Outcome {
	var out Outcome
	out.add(effect.ProcKill, "shared memory", "ipc")
	return out
}

// stresses loads the machine; without a short time limit, or with much memory or disk, it may bring it down.
func stresses(c Call) Outcome {
	p := newSpec("c,cpu= i,io= m,vm= d,hdd= t,timeout= vm-bytes= vm-hang= hdd-bytes= vm-keep n,dry-run all= a= fork= class= sequential= q v").parse(c.Args[1:])
	var out Outcome
	if !p.has("dry-run") && len(p.opts) > 0 {
		flag := "cpu"
		if p.has("vm", "hdd", "fork", "all", "vm-bytes") {
			flag = "memory"
		}
		out.add(effect.SysExhaust, c.Name(), append([]string{flag}, flagIf(p.has("timeout"), "timeout")...)...)
	}
	return out
}
