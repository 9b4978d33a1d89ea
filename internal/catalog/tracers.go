package catalog

import (
	"strings"

	"writ/internal/effect"
)

// tracerPrograms look into other processes, or run a program under them.
var tracerPrograms = map[string]program{
	"strace": straces, "dtruss": straces,
	"gdb": gdbs, "lldb": gdbs, "gdbserver": gdbServer, "rr": gdbServer, "cgdb": gdbs, "ddd": gdbs,
	"gcore": dumpsProcess, "procdump": dumpsProcess, "jmap": dumpsProcess, "createdump": dumpsProcess,
	"jstack": nothing, "jps": nothing, "jcmd": nothing,
	"reptyr": attaches, "injcode": attaches, "pyrasite": attaches, "py-spy": attaches, "rbspy": attaches, "frida": attaches, "frida-trace": attaches, "conspy": attaches, "ttysnoop": attaches, "ttyspy": attaches,
	"coredumpctl": coreDumps,
	"valgrind":    wrapper{opts: newSpec("+")}.program("valgrind"),
	"perf":        perfs,
	"bpftrace":    kernelProbe, "bpftool": bpfTool, "dtrace": kernelProbe, "stap": kernelProbe, "opensnoop": kernelProbe, "execsnoop": kernelProbe, "trace-cmd": kernelProbe, "kprobe": kernelProbe,
	"writevt": attaches, "crash": attaches, "drgn": attaches, "volatility": attaches, "vol.py": attaches, "avml": attaches, "lime": attaches, "memdump": attaches, "mimikatz": attaches, "mimipenguin": attaches,
}

var ltraceSpec = newSpec("+ p= e= l= n= o= s= u= x= a= A= D= F= X= w= c f i r S t T")

func (w wrapper) program(name string) program {
	return func(c Call) Outcome { return w.look(name, c) }
}

// traceLaunch notes attaching to a process (-p).
func traceLaunch(out *Outcome, p parsed, c Call) {
	if w, ok := p.value("p"); ok {
		out.add(effect.ProcTrace, w.Text, "attach")
	}
	out.paths(effect.FSWrite, p.values("o"), "truncate")
}

func straces(c Call) Outcome {
	p := newSpec("+ p,attach= e,trace= o,output= s,string-limit= u,user= E,env= a,columns= b,detach-on= I= O= P,trace-path= S= X= f,follow-forks c C d D i k n q r t T v V x y z Z ff").parse(c.Args[1:])
	var out Outcome
	traceLaunch(&out, parsed{opts: append([]opt{}, shortened(p.opts)...)}, c)
	if len(p.args) > 0 {
		assigns, rest := leadingAssigns(p.args)
		if len(rest) > 0 {
			out.argv(rest, "strace").Assign = assigns
		}
	}
	return out
}

func shortened(opts []opt) []opt {
	out := make([]opt, len(opts))
	for i, o := range opts {
		switch o.name {
		case "attach":
			o.name = "p"
		case "output":
			o.name = "o"
		}
		out[i] = o
	}
	return out
}

// gdbs is gdb and lldb: commands given on the line may call functions or a shell in or beside the program.
func gdbs(c Call) Outcome {
	p := newSpec("- p,pid,attach-pid= ex,eval-command= x,command= iex,init-eval-command= ix,init-command= batch q,quiet,silent nx nh args s,source= o,one-line= O,one-line-before-file= S,source-before-file= b,no-lldbinit n,attach-name= f,file= c,core= d,directory= cd= e,exec= se= symbols= P,python? w,wait-for tty= write k,one-line-on-crash= l=").parse(c.Args[1:])
	var out Outcome
	attached := p.has("pid", "attach-pid", "attach-name", "p")
	if attached {
		out.add(effect.ProcTrace, p.text("pid", "attach-pid", "attach-name", "p"), "attach")
	}
	for _, w := range p.values("eval-command", "init-eval-command", "one-line", "one-line-before-file", "ex", "iex", "o") {
		debuggerCommand(&out, w)
	}
	for _, w := range p.values("command", "init-command", "source", "source-before-file", "x", "s") {
		foreignScript(&out, w)
	}
	if p.has("args") && len(p.args) > 0 {
		out.argv(p.args, c.Name()+" --args")
	}
	if text, ok := stdinText(c); ok {
		for _, line := range strings.Split(text, "\n") {
			debuggerCommand(&out, known(line))
		}
	}
	return out
}

// foreignScript notes a script of a debugger or editor that lies where anybody may put files.
func foreignScript(out *Outcome, w Word) {
	for _, dir := range []string{"/tmp/", "/dev/shm/", "/var/tmp/"} {
		if strings.HasPrefix(w.Text, dir) {
			out.path(effect.ExecTampered, w, "plugin")
		}
	}
}

// debuggerCommand reads one command of gdb or lldb.
func debuggerCommand(out *Outcome, w Word) {
	verb, rest, _ := strings.Cut(strings.TrimSpace(w.Text), " ")
	switch verb {
	case "shell", "!", "make":
		out.shell(Word{Text: rest, Known: w.Known}, "gdb shell")
	case "python", "py", "pi", "python-interactive", "script":
		out.code("python", Word{Text: rest, Known: w.Known}, "gdb python")
	case "call", "print", "p", "expr", "expression", "set", "compile", "jump", "eval":
		if strings.Contains(rest, "(") {
			out.add(effect.ProcTrace, rest, "inject")
			debuggerCall(out, rest)
		}
	case "dump", "generate-core-file", "gcore", "save-core":
		out.add(effect.ProcTrace, rest, "dump")
	case "attach", "process":
		if verb == "attach" || strings.HasPrefix(rest, "attach") {
			out.add(effect.ProcTrace, rest, "attach")
		}
	case "source":
		foreignScript(out, Word{Text: rest, Known: w.Known})
	case "platform":
		if cmd, ok := strings.CutPrefix(rest, "shell "); ok {
			out.shell(Word{Text: cmd, Known: w.Known}, "lldb platform shell")
		}
	default:
		if cmd, ok := strings.CutPrefix(verb, "!"); ok && cmd != "" {
			out.shell(Word{Text: cmd + " " + rest, Known: w.Known}, "gdb !")
		}
	}
}

// debuggerCall follows call system("…").
func debuggerCall(out *Outcome, expr string) {
	i := strings.Index(expr, "system(")
	if i < 0 {
		return
	}
	text := expr[i+len("system("):]
	out.shell(known(strings.Trim(strings.TrimSuffix(strings.TrimSpace(text), ")"), `"`)), "gdb call system")
}

func gdbServer(c Call) Outcome {
	p := newSpec("+ attach multi once debug no-startup-with-shell wrapper").parse(c.Args[1:])
	var out Outcome
	if c.Name() == "gdbserver" {
		out.join(listens(p.verb(), "debug"))
	}
	if p.has("attach") {
		out.add(effect.ProcTrace, p.arg(1).Text, "attach")
	} else if len(p.args) > 1 {
		out.argv(p.args[1:], c.Name())
	}
	return out
}

func dumpsProcess(c Call) Outcome {
	p := newSpec("+ a o= d p= dump= histo F").parse(c.Args[1:])
	var out Outcome
	if c.Name() == "jmap" && !strings.Contains(lineOf(c.Args), "dump") {
		return out
	}
	out.add(effect.ProcTrace, p.verb(), "dump")
	return out
}

func attaches(c Call) Outcome {
	var out Outcome
	out.add(effect.ProcTrace, c.Name(), "attach")
	return out
}

func coreDumps(c Call) Outcome {
	p := newSpec("o,output= n= 1 r S= U= D= F= debugger= A=").parse(c.Args[1:])
	var out Outcome
	switch p.verb() {
	case "dump", "debug", "gdb":
		out.add(effect.ProcTrace, p.arg(1).Text, "dump")
		out.paths(effect.FSWrite, p.values("output"), "truncate")
	}
	return out
}

func perfs(c Call) Outcome {
	p := newSpec("+ a,all-cpus p,pid= e,event= o,output= F= g C,cpu= t,tid= c= i,input= call-graph=").parse(c.Args[1:])
	var out Outcome
	sub := newSpec("+ a,all-cpus p,pid= e,event= o,output= F,freq= g C,cpu= t,tid= c,count= i,input= call-graph= r,repeat= d s,summary").parse(p.after(1))
	if w, ok := sub.value("pid", "tid"); ok {
		out.add(effect.ProcTrace, w.Text, "attach")
	}
	switch p.verb() {
	case "record", "stat", "trace":
		if len(sub.args) > 0 {
			out.argv(sub.args, "perf")
		}
	case "probe":
		out.add(effect.SysKernel, "perf probe", "debug")
	}
	return out
}

func kernelProbe(c Call) Outcome {
	p := newSpec("+ e= p= c= l v d o= n= s=").parse(c.Args[1:])
	var out Outcome
	if p.has("l") {
		return out
	}
	out.add(effect.SysKernel, c.Name(), "debug")
	if w, ok := p.value("e"); ok && strings.Contains(w.Text, "system(") {
		out.add(effect.Exec, "bpftrace system()", "escape")
	}
	if w, ok := p.value("c"); ok {
		out.shell(w, c.Name()+" -c")
	}
	return out
}

func bpfTool(c Call) Outcome {
	p := newSpec("+ j p f m n d").parse(c.Args[1:])
	var out Outcome
	switch p.arg(1).Text {
	case "load", "loadall", "attach", "update", "pin", "create", "detach", "delete", "run", "tracelog":
		out.add(effect.SysKernel, "bpftool "+p.verb()+" "+p.arg(1).Text, "bpf")
	}
	return out
}
