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
		"rlwrap":    {opts: newSpec("+ a? c C= f= H= p?")}, "winpty": {opts: newSpec("+")}, "arch": {opts: newSpec("+ x86_64 arm64 arm64e i386 e= d= c h")}, "rtk": {opts: newSpec("+")}, "choom": {opts: newSpec("+ n= p=")}, "numactl": {opts: newSpec("+ m,membind= N,cpunodebind= C,physcpubind= i,interleave= p,preferred= l H s")}, "prlimit": {opts: newSpec("+ p,pid= n? u? v?")}, "eatmydata": {opts: newSpec("+")}, "fakeroot": {opts: newSpec("+ l= s= i= u b= f=")}, "fakechroot": {opts: newSpec("+")}, "proot": {opts: newSpec("+ r= b= w= R= S= 0")}, "cpulimit": {opts: newSpec("+ l,limit= p= e= P= b i z c=")}, "sg": {opts: newSpec("+ c="), skip: 1}, "newgrp": {opts: newSpec("+")},
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

var sudoSpec = newSpec("+ A,askpass b,background B,bell C,close-from= D,chdir= E,preserve-env? e,edit g,group= H,set-home h,host= i,login K,remove-timestamp k,reset-timestamp l,list n,non-interactive P p,prompt= R,chroot= r,role= S,stdin s,shell T,command-timeout= t,type= U,other-user= u,user= V,version v,validate")

func sudos(c Call) Outcome {
	p := sudoSpec.parse(c.Args[1:])
	var out Outcome
	user := p.text("user")
	flags := []string{"root"}
	if user != "" && user != "root" && user != "#0" {
		flags = []string{"user"}
	}
	assigns, rest := leadingAssigns(p.args)
	switch {
	case p.has("version"):
		return out
	case p.has("list"):
		out.add(effect.Recon, "sudo -l", "privilege")
		out.add(effect.Privilege, "sudo", "list")
		return out
	case p.has("validate", "reset-timestamp", "remove-timestamp") && len(rest) == 0:
		out.add(effect.Privilege, "sudo", "validate")
		return out
	case p.has("edit"):
		out.add(effect.Privilege, "sudo", with(flags, "edit")...)
		out.paths(effect.FSWrite, rest, "edit")
		return out
	}
	if p.has("shell", "login") || len(rest) == 0 {
		flags = append(flags, "shell")
	}
	if p.has("stdin") && c.Stdin != nil {
		flags = append(flags, "password")
	}
	if isEveryday(rest) {
		flags = append(flags, "everyday")
	}
	out.add(effect.Privilege, "sudo", flags...)
	runs := rest
	if d, ok := p.value("chroot"); ok {
		out.add(effect.Privilege, "chroot "+d.Text, "chroot")
	}
	if len(runs) == 0 {
		return out
	}
	if p.has("shell", "login") {
		out.shell(oneWord(runs), "sudo -s").Assign = assigns
		return out
	}
	out.argv(runs, "sudo").Assign = assigns
	return out
}

// everyday are programs that people run with sudo in the course of ordinary work; what they do is judged by
// itself. Of packageTools only the verbs that change no package count.
var (
	everyday     = nameSet("git brew npm pnpm yarn pip pip3 gem cargo systemctl service docker ls env")
	packageTools = nameSet("apt apt-get dnf yum apk pacman zypper snap flatpak")
	packageLooks = nameSet("update list search show info policy check-update")
)

func isEveryday(command []Word) bool {
	if len(command) == 0 || !command[0].Known {
		return false
	}
	name := BaseName(command[0].Text)
	return everyday[name] || packageTools[name] && len(command) > 1 && packageLooks[command[1].Text]
}

func doas(c Call) Outcome {
	p := newSpec("+ C= L n s u= a=").parse(c.Args[1:])
	var out Outcome
	out.add(effect.Privilege, "doas", append([]string{"root"}, flagIf(p.has("s"), "shell")...)...)
	if len(p.args) > 0 {
		out.argv(p.args, "doas")
	}
	return out
}

func sudoedit(c Call) Outcome {
	var out Outcome
	out.add(effect.Privilege, "sudoedit", "root", "edit")
	out.paths(effect.FSWrite, sudoSpec.parse(c.Args[1:]).args, "edit")
	return out
}

// sus is su and runuser: [-] [user] [-c command].
func sus(c Call) Outcome {
	p := newSpec("c,command= session-command= f,fast g,group= G,supp-group= l,login m,p,preserve-environment P,pty s,shell= T u,user= w,whitelist-environment=").parse(c.Args[1:])
	var out Outcome
	args := p.args
	if len(args) > 0 && args[0].Text == "-" {
		args = args[1:]
	}
	user := p.text("user")
	if user == "" && len(args) > 0 {
		user = args[0].Text
	}
	flag := "root"
	if user != "" && user != "root" {
		flag = "user"
	}
	commands := p.values("command", "session-command")
	out.add(effect.Privilege, c.Name(), append([]string{flag}, flagIf(len(commands) == 0, "shell")...)...)
	for _, w := range commands {
		out.shell(w, c.Name()+" -c")
	}
	if p.has("user") && len(args) > 0 {
		out.argv(args, c.Name())
	}
	return out
}

func pkexecs(c Call) Outcome {
	p := newSpec("+ user= disable-internal-agent keep-cwd u= k m d").parse(c.Args[1:])
	var out Outcome
	out.add(effect.Privilege, c.Name(), append([]string{"root"}, flagIf(len(p.args) == 0, "shell")...)...)
	if len(p.args) > 0 {
		out.argv(p.args, c.Name())
	}
	return out
}

var envSpec = newSpec("+ i,ignore-environment 0,null u,unset= C,chdir= S,split-string= P= a,argv0= block-signal? default-signal? ignore-signal? list-signal-handling v,debug")

// envs is env: without a command it prints the environment.
func envs(c Call) Outcome {
	p := envSpec.parse(c.Args[1:])
	var out Outcome
	rest := p.args
	if w, ok := p.value("split-string"); ok {
		split := strings.Fields(w.Text)
		ws := words(split...)
		for i := range ws {
			ws[i].Known = w.Known
		}
		rest = append(ws, rest...)
		return envs(Call{Args: append([]Word{c.Args[0]}, rest...), Stdin: c.Stdin})
	}
	if len(rest) > 0 && rest[0].Text == "-" {
		rest = rest[1:]
	}
	for len(rest) > 0 && len(rest[0].Text) > 1 && rest[0].Text[0] == '-' {
		rest = rest[1:] // options after VAR=value words or a lone dash
	}
	assigns, rest := leadingAssigns(rest)
	if len(rest) == 0 {
		if !p.has("ignore-environment") && len(p.args) == len(assigns) && len(assigns) == 0 {
			out.add(effect.SecretRead, "environment", "env")
			out.Emits = "env"
		}
		return out
	}
	if dir, ok := p.value("chdir"); ok {
		out.shell(oneWord(append(words("cd", quoteWord(dir.Text), "&&"), quoteAll(rest)...)), "env -C")
		return out
	}
	if p.has("ignore-environment") || len(p.args) > 0 && p.args[0].Text == "-" {
		if name := BaseName(rest[0].Text); guardedShell[name] {
			out.add(effect.Bypass, "environment", "environment")
		}
	}
	out.argv(rest, "env").Assign = assigns
	return out
}

// quoteWord quotes a word for shell text.
func quoteWord(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func quoteAll(ws []Word) []Word {
	out := make([]Word, len(ws))
	for i, w := range ws {
		w.Text = quoteWord(w.Text)
		out[i] = w
	}
	return out
}

var xargsSpec = newSpec("+ 0,null a,arg-file= d,delimiter= E= e,eof? I= i,replace? L= l,max-lines? n,max-args= o,open-tty P,max-procs= p,interactive process-slot-var= r,no-run-if-empty s,max-chars= t,verbose x,exit J= R= S=")

// xargses runs a command with words from its input; where the input is literal they are known.
func xargses(c Call) Outcome {
	p := xargsSpec.parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSRead, p.values("arg-file"))
	if len(p.args) == 0 {
		return out
	}
	replace := p.text("I", "J")
	if p.has("replace") {
		replace = orText(p.text("replace"), "{}")
	}
	args, appends := p.args, true
	if replace != "" && strings.Contains(lineOf(args), replace) {
		appends = false
		if text, ok := stdinText(c); ok && !p.has("arg-file") {
			args = xargsFilled(args, text, replace)
		} else {
			args = placeholders(args, replace)
		}
		if guardedShell[BaseName(args[0].Text)] && placedInCode(p.args, replace) {
			out.unresolved("what is read becomes part of the code of "+args[0].Text, "eval")
		}
	}
	if p.has("arg-file") && appends {
		args, appends = append(args[:len(args):len(args)], Word{}), false // the words of a file, not of the input
	}
	n := out.argv(args, "xargs")
	n.Appends, n.Stdin = appends, &Stdin{}
	return out
}

// placedInCode tells whether a placeholder stands in the code word of a shell.
func placedInCode(args []Word, mark string) bool {
	for i, w := range args {
		if strings.Contains(w.Text, mark) && i > 0 && strings.HasPrefix(args[i-1].Text, "-") && strings.HasSuffix(args[i-1].Text, "c") {
			return true
		}
	}
	return false
}

// xargsFilled puts the first line of a literal input where the placeholder stands.
func xargsFilled(args []Word, text, replace string) []Word {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	out := make([]Word, len(args))
	for i, a := range args {
		a.Text = strings.ReplaceAll(a.Text, replace, strings.Trim(first, `"'`))
		out[i] = a
	}
	return out
}

// placeholders makes words with a placeholder unknown.
func placeholders(args []Word, mark string) []Word {
	out := make([]Word, len(args))
	for i, a := range args {
		if strings.Contains(a.Text, mark) {
			a.Text, a.Known = strings.ReplaceAll(a.Text, mark, ""), false
		}
		out[i] = a
	}
	return out
}

var parallelSpec = newSpec("+ j,jobs= a,arg-file= colsep= C= d,delimiter= 0,null I= N,max-args= n= L= P,max-procs= S,sshlogin= slf= q,quote k,keep-order X m pipe block= recstart= recend= results= joblog= progress bar eta dry-run tmpdir= timeout= retries= halt= delay= load= memfree= nice= wd,workdir= env= will-cite tag linebuffer group u,ungroup tty t,verbose v shuf rpl= trim= header= cat fifo resume xapply link trc= transferfile= return= cleanup basefile= bf=")

// parallels is GNU parallel: command words, then ::: and inputs. Without a command the inputs are commands.
func parallels(c Call) Outcome {
	p := parallelSpec.parse(c.Args[1:])
	var out Outcome
	if p.has("dry-run") {
		return out
	}
	command, inputs := splitAt(p.args, ":::", ":::+", "::::", "-")
	remote := p.has("sshlogin", "slf")
	switch {
	case len(command) == 0 && len(inputs) > 0:
		for _, in := range inputs {
			out.shell(in, "parallel").Remote = remote
		}
	case len(command) == 0 && p.has("arg-file"):
		out.unresolved("parallel runs the lines of "+p.text("arg-file"), "script")
	case len(command) == 0:
		readsShellInput(&out, c, "shell", "parallel")
	case len(inputs) > 0:
		parallelShell(&out, command)
		for _, in := range inputs {
			out.shell(filled(command, in), "parallel").Remote = remote
		}
	default:
		if text, ok := stdinText(c); ok {
			parallelShell(&out, command)
			for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
				out.shell(filled(command, known(line)), "parallel").Remote = remote
			}
			return out
		}
		n := out.argv(placeholders(command, "{}"), "parallel")
		n.Appends, n.Remote = true, remote
		if len(command) == 1 {
			n.Kind, n.Text = NestedShell, command[0]
		}
	}
	return out
}

// parallelShell notes that the inputs become code of a shell.
func parallelShell(out *Outcome, command []Word) {
	last := command[len(command)-1]
	if guardedShell[BaseName(command[0].Text)] && (placedInCode(command, "{") || len(command) > 1 && strings.HasPrefix(last.Text, "-") && strings.HasSuffix(last.Text, "c")) {
		out.unresolved("the inputs become code of "+command[0].Text, "eval")
	}
}

func splitAt(ws []Word, marks ...string) (before, after []Word) {
	for i, w := range ws {
		for _, m := range marks {
			if w.Text == m {
				rest := ws[i+1:]
				if m == "::::" {
					rest = nil
				}
				var inputs []Word
				for _, r := range rest {
					if !strings.HasPrefix(r.Text, ":::") {
						inputs = append(inputs, r)
					}
				}
				return ws[:i], inputs
			}
		}
	}
	return ws, nil
}

// filled is the command as parallel would run it in a shell for one input.
func filled(command []Word, in Word) Word {
	w := oneWord(command)
	if len(command) > 1 {
		w = joinShell(command)
	}
	text := w.Text
	if strings.Contains(text, "{") && strings.Contains(text, "}") {
		for _, mark := range []string{"{}", "{.}", "{/}", "{//}", "{1}"} {
			text = strings.ReplaceAll(text, mark, in.Text)
		}
	} else {
		text += " " + in.Text
	}
	return Word{Text: text, Known: w.Known && in.Known}
}

// joinShell joins words into shell text, quoting those that hold spaces.
func joinShell(ws []Word) Word {
	if len(ws) == 1 {
		return ws[0] // shell text as it stands
	}
	all := make([]Word, len(ws))
	for i, w := range ws {
		if strings.ContainsAny(w.Text, " \t\n;|&") {
			w.Text = quoteWord(w.Text)
		}
		all[i] = w
	}
	return oneWord(all)
}
