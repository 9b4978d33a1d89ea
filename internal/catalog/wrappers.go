package catalog

import (
	"strings"

	"writ/internal/effect"
)

// wrapper is a program that runs the command that follows its own options.
type wrapper struct {
	opts *spec
	// skip is the number of operands before the command (timeout's duration).
	skip int
	// flags of a privilege effect, nil when it gives none.
	privilege []string
	// more adds what the wrapper's own options do.
	more func(*Outcome, parsed, Call)
}

// wrapperPrograms run another program.
var wrapperPrograms = merge([]map[string]program{
	wraps(map[string]wrapper{
		"nohup":     {opts: newSpec("+"), more: backgrounds},
		"setsid":    {opts: newSpec("+ c f w ctty fork wait"), more: backgrounds},
		"daemonize": {opts: newSpec("+ a c= e= E= l= o= p= u= v"), more: backgrounds},
		"nice":      {opts: newSpec("+ n,adjustment=")}, "gnice": {opts: newSpec("+ n,adjustment=")},
		"ionice": {opts: newSpec("+ c,class= n,classdata= p,pid= P,pgid= u,uid= t,ignore")},
		"chrt":   {opts: newSpec("+ a b d f i m o r p,pid R T= P= D="), skip: 1}, "taskset": {opts: newSpec("+ a c,cpu-list p,pid"), skip: 1},
		"timeout": {opts: newSpec("+ k,kill-after= s,signal= foreground preserve-status v,verbose p f"), skip: 1}, "gtimeout": {opts: newSpec("+ k,kill-after= s,signal= foreground preserve-status v,verbose"), skip: 1},
		"stdbuf": {opts: newSpec("+ i,input= o,output= e,error=")}, "unbuffer": {opts: newSpec("+ p")},
		"time": {opts: newSpec("+ f,format= o,output= a,append p,portability v,verbose q,quiet h l"), more: outputFile}, "gtime": {opts: newSpec("+ f,format= o,output= a,append p v")},
		"setarch": {opts: newSpec("+ R,addr-no-randomize v,verbose u,uname-2.6 3,3gb 4,4gb B,32bit F I L S T X Z show? list"), skip: 1, more: noRandomize},
		"linux32": {opts: newSpec("+ R,addr-no-randomize"), more: noRandomize}, "linux64": {opts: newSpec("+ R,addr-no-randomize"), more: noRandomize},
		"faketime":   {opts: newSpec("+ f m p= exclude-monotonic"), skip: 1},
		"caffeinate": {opts: newSpec("+ d i m s u t= w=")}, "systemd-inhibit": {opts: newSpec("+ what= who= why= mode= list")},
		"firejail": {opts: newSpec("+")}, "bwrap": {opts: newSpec("+ ro-bind=")},
		"catchsegv": {opts: newSpec("+")}, "proxychains": {opts: newSpec("+ f= q"), more: proxied}, "proxychains4": {opts: newSpec("+ f= q"), more: proxied}, "torsocks": {opts: newSpec("+ i u= p="), more: proxied}, "torify": {opts: newSpec("+"), more: proxied}, "tsocks": {opts: newSpec("+"), more: proxied},
		"chronic": {opts: newSpec("+ v e")}, "ts": {opts: newSpec("")}, "ifne": {opts: newSpec("+ n")}, "errno": {opts: newSpec("")}, "ltrace": {opts: ltraceSpec, more: traceLaunch}, "softlimit": {opts: newSpec("+ a= c= d= f= l= m= o= p= r= s= t=")},
		"lockf": {opts: newSpec("+ k n s t="), skip: 1}, "with-contenv": {opts: newSpec("+")}, "dotenv": {opts: newSpec("+ e= f= c o v")}, "dotenvx": {opts: newSpec("+ f=")}, "direnv": {opts: newSpec("+")}, "envdir": {opts: newSpec("+"), skip: 1}, "tini": {opts: newSpec("+ s g v w")}, "dumb-init": {opts: newSpec("+ c r= v")},
		"hyperfine": {opts: newSpec("w,warmup= r,runs= m= M= n= export-json= export-markdown= i S,shell= N")},
		"rlwrap":    {opts: newSpec("+ a? c C= f= H= p?")}, "winpty": {opts: newSpec("+")}, "arch": {opts: newSpec("+ x86_64 arm64 arm64e i386 e= d= c h")}, "rtk": {opts: newSpec("+")}, "choom": {opts: newSpec("+ n= p=")}, "numactl": {opts: newSpec("+ m,membind= N,cpunodebind= C,physcpubind= i,interleave= p,preferred= l H s")}, "eatmydata": {opts: newSpec("+")}, "fakeroot": {opts: newSpec("+ l= s= i= u b= f=")}, "fakechroot": {opts: newSpec("+")}, "proot": {opts: newSpec("+ r= b= w= R= S= 0")}, "cpulimit": {opts: newSpec("+ l,limit= p= e= P= b i z c=")}, "sg": {opts: newSpec("+ c="), skip: 1}, "newgrp": {opts: newSpec("+")},
		"capsh":   {opts: newSpec("+ print drop= inh= caps= user= uid= gid= groups= keep= secbits= chroot= has-p= has-i= c=")},
		"setpriv": {opts: newSpec("+ reuid= regid= ruid= euid= rgid= egid= groups= clear-groups keep-groups init-groups inh-caps= ambient-caps= bounding-set= securebits= no-new-privs nnp apparmor-profile= selinux-label= d,dump"), privilege: []string{"user"}},
		"busybox": {opts: newSpec("+ list list-full install s")}, "toybox": {opts: newSpec("+")}, "coreutils": {opts: newSpec("+ coreutils-prog=")}, "ld.so": {opts: newSpec("+ library-path= preload= audit= list verify inhibit-cache argv0="), more: loaded},
		"ld-linux-x86-64.so.2": {opts: newSpec("+ library-path= preload= audit= list verify inhibit-cache argv0="), more: loaded}, "ld-linux.so.2": {opts: newSpec("+ library-path= preload= list"), more: loaded}, "ld-linux-aarch64.so.1": {opts: newSpec("+ library-path= preload= list"), more: loaded}, "ld-musl-x86_64.so.1": {opts: newSpec("+ library-path= preload= list"), more: loaded},
		"cgexec": {opts: newSpec("+ g= sticky")}, "schroot": {opts: newSpec("+ c= u= d= p b r e"), privilege: []string{"chroot"}}, "chpst": {opts: newSpec("+ u= U= e= n= l= L= m= d= o= p= f= c= v P 0 1 2"), privilege: []string{"user"}}, "setuidgid": {opts: newSpec("+"), skip: 1, privilege: []string{"user"}}, "gosu": {opts: newSpec("+"), skip: 1, privilege: []string{"user"}}, "su-exec": {opts: newSpec("+"), skip: 1, privilege: []string{"user"}},
		"runcon": {opts: newSpec("+ c t= u= r= l="), skip: 1}, "aa-exec": {opts: newSpec("+ p,profile= n= i d v f")}, "dbus-launch": {opts: newSpec("+ sh-syntax exit-with-session auto-syntax close-stderr")}, "dbus-run-session": {opts: newSpec("+ config-file= dbus-daemon=")},
		"xvfb-run": {opts: newSpec("+ a e= f= l n= p= s= w= auto-servernum server-args= server-num=")}, "startx": {opts: newSpec("+")}, "ssh-agent": {opts: newSpec("+ a= t= c s k d D P= E= O="), more: agentKill}, "chpasswd-run": {opts: newSpec("+")},
		"logsave": {opts: newSpec("+ a s v"), skip: 1}, "cronic": {opts: newSpec("+")}, "retry": {opts: newSpec("+ t,times= d,delay= u= m= r=")}, "entr": {opts: newSpec("+ c d n p r s z a x"), more: watchShell}, "reflex": {opts: newSpec("+ r= R= g= G= d= s v all")},
	}),
	same("sudo", sudos), same("doas", doas), same("su runuser", sus), same("pkexec gksudo gksu kdesudo beesu", pkexecs), same("sudoedit", sudoedit),
	same("env genv", envs),
	same("xargs gxargs", xargses),
	same("parallel", parallels),
	same("find gfind bfs", finds),
	same("fd fdfind", fds),
	same("watch", watches), same("viddy", watches),
	same("flock", flocks),
	same("script", scripts), same("scriptreplay asciinema ttyrec", nothing),
	same("chroot", chroots), same("nsenter", nsenters), same("unshare", unshares), same("ip-netns", nothing),
	same("start-stop-daemon", startStop),
	same("watchexec entrr chokidar onchange watchmedo", watchers),
	same("run-parts", runParts),
	same("expect", expects),
	same("at batch", atJobs), same("atq atrm", nothing),
})

// wraps makes programs of wrappers.
func wraps(table map[string]wrapper) map[string]program {
	m := map[string]program{}
	for name, w := range table {
		m[name] = func(c Call) Outcome { return w.look(name, c) }
	}
	return m
}

func (w wrapper) look(name string, c Call) Outcome {
	p := w.opts.parse(c.Args[1:])
	var out Outcome
	if w.privilege != nil {
		out.add(effect.Privilege, name, w.privilege...)
	}
	rest := p.args
	for i := 0; i < w.skip && len(rest) > 0; i++ {
		rest = rest[1:]
	}
	assigns, rest := leadingAssigns(rest)
	if len(rest) > 0 {
		out.argv(rest, name).Assign = assigns
	}
	if w.more != nil {
		w.more(&out, p, c)
	}
	return out
}

// leadingAssigns splits VAR=value words from the command that follows.
func leadingAssigns(ws []Word) ([]Assign, []Word) {
	var assigns []Assign
	for len(ws) > 0 {
		name, value, ok := strings.Cut(ws[0].Text, "=")
		if !ok || name == "" || strings.ContainsAny(name, "-/. :") {
			break
		}
		assigns = append(assigns, Assign{Name: name, Value: Word{Text: value, Known: ws[0].Known}})
		ws = ws[1:]
	}
	return assigns, ws
}

func backgrounds(out *Outcome, p parsed, c Call) {
	out.add(effect.Exec, c.Name(), "background")
	if len(out.Nested) > 0 && len(out.Nested[0].Args) > 0 && networkNames[BaseName(out.Nested[0].Args[0].Text)] {
		out.add(effect.NetConnect, out.Nested[0].Args[0].Text, "background")
	}
}

func proxied(out *Outcome, p parsed, c Call) { out.add(effect.NetTunnel, c.Name(), "proxy") }

// noRandomize is setarch: its options may stand before or after the architecture.
func noRandomize(out *Outcome, p parsed, c Call) {
	rest := p.args
	if c.Name() == "setarch" && len(rest) > 0 && archNames[rest[0].Text] || len(rest) > 0 && !rest[0].Known {
		q := newSpec("+ R,addr-no-randomize X,read-implies-exec Z,mmap-page-zero v B,32bit F I L S T 3 4 u").parse(rest[1:])
		p.opts = append(p.opts, q.opts...)
		if len(out.Nested) > 0 && len(q.args) > 0 {
			out.Nested[0].Args = q.args
		}
	}
	if p.has("addr-no-randomize", "R", "X", "Z", "read-implies-exec", "mmap-page-zero") {
		out.add(effect.Bypass, "address randomization", "aslr")
	}
	if len(p.args) == 1 && c.Name() == "setarch" && len(out.Nested) == 0 && !archNames[p.args[0].Text] {
		out.argv(p.args, "setarch")
	}
}

var archNames = nameSet("x86_64 i386 i486 i586 i686 linux32 linux64 aarch64 arm armv7l ppc ppc64 s390 s390x sparc mips riscv64 amd64 uname26")

func outputFile(out *Outcome, p parsed, c Call) {
	out.paths(effect.FSWrite, p.values("output"), "truncate")
}

func loaded(out *Outcome, p parsed, c Call) {
	if p.has("list", "verify") {
		out.Nested = nil
		return
	}
	if p.has("preload", "audit", "library-path") {
		out.add(effect.ExecTampered, "ld.so", "loader")
	}
}

func agentKill(out *Outcome, p parsed, c Call) {
	if !p.has("s", "c", "k") && len(p.args) == 0 {
		out.Emits, out.EmitText = "", ""
	}
}

func watchShell(out *Outcome, p parsed, c Call) {
	if p.has("s") && len(out.Nested) > 0 {
		n := out.Nested[0]
		out.Nested = []Nested{{Kind: NestedShell, Text: oneWord(n.Args), Via: "entr -s"}}
	}
}
