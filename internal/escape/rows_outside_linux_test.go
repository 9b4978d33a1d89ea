package escape

import (
	"net"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"writ/internal/level"
	"writ/internal/sandbox"
)

func heard(e *ear) effect { return func(word) bool { return e.heard.Load() } }

// to is an attack on a Unix socket outside that lies in folder rel.
func to(name, how, network, rel string) row {
	return row{name: name, fresh: true, before: func(a *arena) { os.MkdirAll(a.path(rel), 0o755); a.later(network, rel+"/"+name) },
		try: func(a *arena) ([]string, effect) { return []string{how, a.path(rel + "/" + name)}, heard(a.ear) }}
}

// late is one that appears after the sandbox was started.
func late(name, how, network, rel string) row {
	return row{name: name, try: func(a *arena) ([]string, effect) {
		os.MkdirAll(a.path(rel), 0o755)
		a.later(network, rel+"/"+name)
		return []string{how, a.path(rel + "/" + name)}, heard(a.ear)
	}}
}

func (a *arena) later(network, rel string) { a.ear = a.listen(network, a.path(rel)) }

// socketRows talk to somebody outside.
var socketRows = []row{
	to("socket-guard", "unix", "unix", "guard"),
	to("socket-docker", "unix", "unix", "sockets"),
	to("socket-seqpacket", "unix-seq", "unixpacket", "sockets"),
	to("socket-datagram", "unix-datagram", "unixgram", "sockets"),
	to("socket-datagram-pair", "unix-pair", "unixgram", "sockets"),
	to("socket-in-scope", "unix", "unix", "scope/sockets"),
	late("socket-late", "unix", "unix", "sockets"),
	late("socket-late-relative", "unix-relative", "unix", "sockets"),
	late("socket-late-datagram", "unix-datagram", "unixgram", "sockets"),
	late("socket-late-pair", "unix-pair", "unixgram", "sockets"),
	late("socket-late-in-scope", "unix", "unix", "scope/sockets"),
	{name: "socket-late-symlink", try: func(a *arena) ([]string, effect) {
		a.later("unix", "sockets/sym")
		return []string{"unix-symlink", a.path("sockets/sym"), a.in("link")}, heard(a.ear)
	}},
	{name: "socket-late-swap", try: func(a *arena) ([]string, effect) {
		a.later("unix", "sockets/swap")
		return []string{"unix-swap", a.in("mine"), a.path("sockets/swap")}, heard(a.ear)
	}},
	{name: "socket-restarted", fresh: true, before: func(a *arena) {
		l, err := net.Listen("unix", a.path("sockets/again"))
		if err != nil {
			a.t.Fatal(err)
		}
		a.t.Cleanup(func() { l.Close() })
	}, try: func(a *arena) ([]string, effect) { // a daemon that starts again has a new socket of the old name
		os.Remove(a.path("sockets/again"))
		a.later("unix", "sockets/again")
		return []string{"unix", a.path("sockets/again")}, heard(a.ear)
	}},
	{name: "socket-tmux", try: func(a *arena) ([]string, effect) {
		dir, err := os.MkdirTemp("/tmp", "tmux-")
		if err != nil {
			a.t.Fatal(err)
		}
		a.t.Cleanup(func() { os.RemoveAll(dir) })
		e := a.listen("unix", dir+"/default")
		return []string{"unix", dir + "/default"}, heard(e)
	}},
	{name: "socket-dbus-abstract", try: func(a *arena) ([]string, effect) {
		name := "@writ-escape-" + itoa(os.Getpid()) + a.l.String()
		e := a.listen("unix", name)
		return []string{"unix", name}, heard(e)
	}},
	{name: "socket-named", fair: true, landlock: "-", fresh: true, before: func(a *arena) { a.later("unix", "sockets/named") },
		profile: func(a *arena, p *sandbox.Profile) { p.Sockets = []string{a.path("sockets/named")} },
		try:     func(a *arena) ([]string, effect) { return []string{"unix", a.path("sockets/named")}, heard(a.ear) }},
	inet("tcp", "tcp", "127.0.0.1:0"), inet("tcp6", "tcp6", "[::1]:0"), inet("mptcp", "tcp", "127.0.0.1:0"), inet("udp", "udp", "127.0.0.1:0"),
	word1("ping", "the system lets this user send no echo requests"), word1("raw", "only root has raw sockets"),
	word1("packet", "only root has packet sockets"), word1("vsock", "no vsock in this kernel"), word1("alg", "no AF_ALG in this kernel"),
	word1("uevents", ""), word1("netlink-crypto", ""),
	{name: "own-loopback", fair: true, landlock: "-", try: func(*arena) ([]string, effect) { return []string{"serve-loopback"}, nil }},
	{name: "own-loopback6", fair: true, landlock: "-", try: func(*arena) ([]string, effect) { return []string{"serve-loopback6"}, nil }},
	{name: "own-socket", fair: true, landlock: "-", try: func(a *arena) ([]string, effect) { return []string{"serve-unix", a.in("s")}, nil }},
	{name: "own-abstract", fair: true, landlock: "-", try: func(*arena) ([]string, effect) { return []string{"serve-abstract"}, nil }},
}

func inet(how, network, addr string) row {
	return row{name: how, try: func(a *arena) ([]string, effect) {
		e := a.listen(network, addr)
		return []string{how, itoa(e.port)}, heard(e)
	}}
}

// on is an attack on a process outside; nil look: its exit status.
func on(how string, look func(v *victim) effect, args ...string) row {
	return row{name: how, try: func(a *arena) ([]string, effect) {
		v := a.victim()
		var e effect
		if look != nil {
			e = look(v)
		}
		return append([]string{how, itoa(v.pid)}, args...), e
	}}
}

func hurt(v *victim) effect { return func(word) bool { return v.hurt() } }

func tells(text string) func(*victim) effect { return func(*victim) effect { return said(text) } }

// processRows attack a process outside.
var processRows = []row{
	on("kill", hurt), on("stop", hurt), on("pidfd-kill", hurt), on("tgkill", hurt), on("queue", hurt), on("owner-signal", hurt),
	on("ptrace", nil), on("vm-read", nil), on("vm-write", nil), on("pidfd-getfd", nil),
	on("environ", tells(secret)), on("proc-mem", nil), on("proc-cwd", tells(secret), "key"), on("proc-fd", tells("/dev/null"), "0"),
	on("proc-root", tells("root:"), "/etc/passwd"),
	open(on("cmdline", tells("600000")), "without a pid namespace every process is listed, with its arguments"),
	on("oom", func(v *victim) effect {
		return func(word) bool { return strings.TrimSpace(content(procFile(v.pid, "oom_score_adj"))) == "900" }
	}),
	on("prlimit", func(v *victim) effect { return func(word) bool { return limitOf(v.pid) == 17 } }),
	on("setpriority", nil), on("affinity", nil), on("scheduler", nil), on("ioprio", nil),
	{name: "shared-memory", try: func(a *arena) ([]string, effect) {
		id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 4096, 0o600|unix.IPC_CREAT)
		if err != nil {
			a.t.Fatal(err)
		}
		mem, err := unix.SysvShmAttach(id, 0, 0)
		if err != nil {
			a.t.Fatal(err)
		}
		a.t.Cleanup(func() { unix.SysvShmDetach(mem); unix.SysvShmCtl(id, unix.IPC_RMID, nil) })
		return []string{"shm", itoa(id)}, func(word) bool { return mem[0] != 0 }
	}},
	atInit("init-kill", "kill"), atInit("init-stop", "stop"), atInit("init-abort", "abort"), atInit("init-kill-thread", "kill-thread"),
	atInit("init-abort-thread", "abort-thread"), atInit("init-tgkill", "tgkill"), atInit("init-queue", "queue"),
	atInit("init-owner-signal", "owner-signal"), atInit("init-pidfd-kill", "pidfd-kill"), atInit("init-prlimit", "prlimit"),
	initWord("init-ptrace", "ptrace"), initWord("init-environ", "environ"), initWord("init-memory", "proc-mem"),
	initWord("init-control-socket", "proc-fd", "0"), initWord("init-pidfd-getfd", "pidfd-getfd"), initWord("init-root", "proc-root", "/etc/passwd"),
}

// first is the process that keeps the sandbox, as a command sees it; without a sandbox, a process like it.
func (a *arena) first() (seen int, v *victim) {
	switch a.l {
	case level.Full:
		return 1, nil
	case level.Landlock:
		return a.s.PID(), nil
	}
	v = a.victim()
	return v.pid, v
}

// atInit attacks the process that keeps the sandbox; it got through when the sandbox works no more.
func atInit(name, how string) row {
	return row{name: name, fresh: true, settle: true, try: func(a *arena) ([]string, effect) {
		pid, v := a.first()
		if v != nil {
			return []string{how, itoa(pid)}, func(word) bool { return v.hurt() || how == "prlimit" && limitOf(v.pid) == 17 }
		}
		return []string{how, itoa(pid)}, func(word) bool {
			return !a.alive() || stateOf(a.s.PID()) == 'T' || how == "prlimit" && limitOf(a.s.PID()) == 17
		}
	}}
}

func initWord(name, how string, args ...string) row {
	return row{name: name, try: func(a *arena) ([]string, effect) {
		pid, _ := a.first()
		return append([]string{how, itoa(pid)}, args...), nil
	}}
}
