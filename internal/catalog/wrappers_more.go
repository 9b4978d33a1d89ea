package catalog

import (
	"strings"

	"writ/internal/effect"
)

// watches runs its words in a shell again and again.
func watches(c Call) Outcome {
	p := newSpec("+ n,interval= d,differences? b e g c t p x,exec q= w s= r").parse(c.Args[1:])
	var out Outcome
	switch {
	case len(p.args) == 0:
	case p.has("exec"):
		out.argv(p.args, "watch")
	default:
		out.shell(joinShell(p.args), "watch")
	}
	return out
}

// flocks is flock FILE COMMAND or flock FILE -c TEXT.
func flocks(c Call) Outcome {
	args := c.Args[1:]
	for i, w := range args {
		if (w.Text == "-c" || w.Text == "--command") && i+1 < len(args) {
			var out Outcome
			out.shell(args[i+1], "flock -c")
			return out
		}
	}
	p := newSpec("+ s,shared x,exclusive u,unlock n,nonblock w,timeout= E,conflict-exit-code= o,close F,no-fork verbose").parse(args)
	var out Outcome
	out.path(effect.FSWrite, p.arg(0), "lock")
	if len(p.args) > 1 {
		out.argv(p.args[1:], "flock")
	}
	return out
}

// scripts is script(1): it records a terminal session, and runs -c TEXT or (BSD) the words after the file.
func scripts(c Call) Outcome {
	p := newSpec("+ a,append c,command= e,return f,flush force I,log-in= O,log-out= B,log-io= m,logging-format= o,output-limit= q,quiet t,timing? T,log-timing= E,echo= d k p r").parse(c.Args[1:])
	var out Outcome
	args := p.args
	file := p.arg(0)
	for i, w := range args { // GNU script permutes
		if (w.Text == "-c" || w.Text == "--command") && i+1 < len(args) {
			out.shell(args[i+1], "script -c")
		}
	}
	for _, w := range p.values("command") {
		out.shell(w, "script -c")
	}
	if len(args) > 0 && file.Text != "/dev/null" {
		out.path(effect.FSWrite, file, "session")
		out.add(effect.SecretRead, "terminal session", "session")
	}
	if len(args) > 1 && len(out.Nested) == 0 {
		out.argv(args[1:], "script")
	}
	return out
}

func chroots(c Call) Outcome {
	p := newSpec("+ groups= userspec= skip-chdir u= g= G= n").parse(c.Args[1:])
	var out Outcome
	out.add(effect.Privilege, "chroot "+p.verb(), "chroot")
	if len(p.args) > 1 {
		out.argv(p.args[1:], "chroot")
	}
	return out
}

func nsenters(c Call) Outcome {
	p := newSpec("+ a,all t,target= m,mount? u,uts? i,ipc? n,net? p,pid? C,cgroup? U,user? T,time? S,setuid= G,setgid= r,root? w,wd? W= F,no-fork Z preserve-credentials").parse(c.Args[1:])
	var out Outcome
	out.add(effect.Privilege, "nsenter", append([]string{"namespace"}, flagIf(p.text("target") == "1", "host")...)...)
	if len(p.args) > 0 {
		out.argv(p.args, "nsenter")
	}
	return out
}

func unshares(c Call) Outcome {
	p := newSpec("+ m,mount? u,uts? i,ipc? n,net? p,pid? U,user? C,cgroup? T,time? f,fork r,map-root-user c,map-current-user map-user= map-group= map-users= map-groups= map-auto mount-proc? mount-binfmt? keep-caps kill-child? propagation= setgroups= R,root= w,wd= S,setuid= G,setgid= monotonic= boottime= l").parse(c.Args[1:])
	var out Outcome
	out.add(effect.Privilege, "unshare", append([]string{"namespace"}, flagIf(p.has("map-root-user"), "root")...)...)
	if len(p.args) > 0 {
		out.argv(p.args, "unshare")
	}
	return out
}

func startStop(c Call) Outcome {
	p := newSpec("S,start K,stop T,status x,exec= a,startas= n,name= p,pidfile= u,user= c,chuid= g,group= s,signal= R,retry= b,background m,make-pidfile C d,chdir= q o t,test N,nicelevel=").parse(c.Args[1:])
	var out Outcome
	if p.has("stop") {
		out.add(effect.ProcKill, p.text("name", "exec", "pidfile"), "name")
		return out
	}
	if w, ok := p.value("exec", "startas"); ok {
		out.argv(append([]Word{w}, p.args...), "start-stop-daemon")
	}
	if w, ok := p.value("startas"); ok && p.has("exec") {
		out.argv(append([]Word{w}, p.args...), "start-stop-daemon")
	}
	return out
}

// watchers run a command when files change.
func watchers(c Call) Outcome {
	p := newSpec("c,command= w,watch= e,exts= i,ignore= s,shell= p,patterns= R,recursive d,debounce= initial silent r,restart n f,filter= D,drop W,wait").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.values("command") {
		out.shell(w, c.Name())
	}
	if c.Name() == "watchmedo" && p.verb() == "auto-restart" || c.Name() == "watchexec" {
		rest := p.args
		if c.Name() == "watchmedo" {
			rest = p.after(1)
		}
		if len(rest) > 0 {
			out.shell(joinShell(rest), c.Name())
		}
	}
	return out
}

func runParts(c Call) Outcome {
	p := newSpec("test list a,arg= regex= lsbsysinit reverse report umask= u= exit-on-error new-session v").parse(c.Args[1:])
	var out Outcome
	if !p.has("test", "list") && len(p.args) > 0 {
		out.script("shell", Word{Text: strings.TrimSuffix(p.args[0].Text, "/") + "/*", Glob: true, Known: p.args[0].Known}, nil, "run-parts")
	}
	return out
}

// expects is expect -c SCRIPT: what it spawns runs.
func expects(c Call) Outcome {
	p := newSpec("+ c= f= b d i n N").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.values("c") {
		for _, line := range strings.FieldsFunc(w.Text, func(r rune) bool { return r == ';' || r == '\n' }) {
			line = strings.TrimSpace(line)
			for _, verb := range []string{"spawn ", "exec ", "system "} {
				if cmd, ok := strings.CutPrefix(line, verb); ok {
					out.shell(Word{Text: strings.TrimPrefix(cmd, "-noecho "), Known: w.Known}, "expect "+strings.TrimSpace(verb))
				}
			}
			if text, ok := strings.CutPrefix(line, "send "); ok {
				out.shell(Word{Text: strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(strings.Trim(text, `"`), `\n`), `\r`), `\n`), Known: w.Known}, "expect send")
			}
		}
	}
	for _, w := range append(p.values("f"), p.args...) {
		if w.Text != "-" {
			out.script("expect", w, nil, "expect")
			break
		}
	}
	return out
}

// atJobs is at and batch: something runs later; -l and -c only look, -r and -d remove.
func atJobs(c Call) Outcome {
	p := newSpec("c= d= r= f= l m M q= t= u= v V b").parse(c.Args[1:])
	var out Outcome
	if p.has("l", "c", "V") {
		return out
	}
	if p.has("d", "r") {
		out.add(effect.Persist, "at", "at", "remove")
		return out
	}
	out.add(effect.Persist, c.Name(), "at")
	if w, ok := p.value("f"); ok {
		out.script("shell", w, nil, "at")
		return out
	}
	readsShellInput(&out, c, "shell", "at")
	return out
}
