package catalog

import (
	"strings"

	"writ/internal/effect"
)

const dockerRunValued = `v volume mount e env env-file p publish expose name w workdir u user h hostname network net pid ipc uts userns cgroupns cap-add cap-drop device device-cgroup-rule security-opt
	entrypoint l label label-file restart m memory memory-swap cpus cpuset-cpus c cpu-shares a attach add-host dns dns-search dns-option ip ip6 link log-driver log-opt platform pull rm-after runtime
	shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit gpus volumes-from volume-driver group-add health-cmd health-interval isolation kernel-memory mac-address network-alias oom-score-adj pids-limit
	cidfile blkio-weight annotation secret pod requires systemd cgroup-parent cgroups authfile preserve-fds init-path tz umask arch os variant hooks-dir seccomp-policy`

// dockerRun judges docker run: how much of the host the container is given, and what runs in it.
func dockerRun(c Call, op string, args []Word) Outcome {
	opts, rest := beforeOperand(args, dockerRunValued)
	l := loosely(opts, dockerRunValued)
	image := ""
	if len(rest) > 0 {
		image = rest[0].Text
	}
	out := one(made(c, effect.ContainerRun, image, runFlags(l)...))
	out.Effects = append(out.Effects, runMounts(c, l)...)
	for _, e := range l.values("e", "env") {
		if name, value, ok := strings.Cut(e.Text, "="); ok && secretName(name) && !e.Known && value == "" {
			out.Effects[0].Flags = append(out.Effects[0].Flags, "secret-env")
		}
	}
	for _, f := range l.values("env-file") {
		out.path(effect.FSRead, f)
	}
	if len(rest) > 0 && !rest[0].Known {
		out.Effects[0].Flags = append(out.Effects[0].Flags, "computed")
	}
	out.Nested = insideContainer(l, rest, "docker "+op)
	if v := l.values("v", "volume"); len(v) > 0 && len(out.Nested) > 0 && hostRooted(l) {
		out.Nested[0].Remote = true
	}
	return out
}

// beforeOperand splits args where the first operand stands: options of run before it, the image and its
// command from it on.
func beforeOperand(args []Word, valued string) (opts, rest []Word) {
	takes := setOf(valued)
	for i := 0; i < len(args); i++ {
		t := args[i].Text
		if t == "--" {
			return args[:i], args[i+1:]
		}
		if len(t) < 2 || t[0] != '-' {
			return args[:i], args[i:]
		}
		name, _, joined := strings.Cut(strings.TrimLeft(t, "-"), "=")
		if joined {
			continue
		}
		short := !strings.HasPrefix(t, "--")
		if takes[name] || short && len(name) > 1 && takes[name[len(name)-1:]] && !takes[name[:1]] && isBoolCluster(name[:len(name)-1]) {
			i++
		}
	}
	return args, nil
}

// isBoolCluster: d, i, t, q, P may stand before a letter that takes a value (-itv).
func isBoolCluster(s string) bool { return strings.Trim(s, "ditqP") == "" }

func runFlags(l line) []string {
	var flags []string
	add := func(yes bool, f string) {
		if yes {
			flags = append(flags, f)
		}
	}
	add(l.on("privileged"), "privileged")
	add(isHost(l, "pid", "ipc", "uts", "userns", "cgroupns") || isHost(l, "network", "net"), "host")
	add(len(l.values("device", "device-cgroup-rule")) > 0, "device")
	add(strongCaps(l), "caps")
	add(l.says("seccomp=unconfined", "apparmor=unconfined", "seccomp:unconfined", "apparmor:unconfined", "label=disable", "label:disable", "systempaths=unconfined", "no-new-privileges=false"), "unconfined")
	for _, v := range append(l.values("v", "volume"), l.values("mount")...) {
		flags = append(flags, mountFlags(mountSource(v.Text))...)
	}
	return flags
}

func isHost(l line, names ...string) bool {
	for _, v := range l.values(names...) {
		if v.Text == "host" {
			return true
		}
	}
	return false
}

// strongCaps are capabilities with which a container leaves its box.
func strongCaps(l line) bool {
	for _, v := range l.values("cap-add") {
		switch strings.TrimPrefix(strings.ToUpper(v.Text), "CAP_") {
		case "ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "DAC_OVERRIDE", "NET_ADMIN", "SYS_BOOT", "SYS_CHROOT", "BPF", "PERFMON", "MAC_ADMIN", "SYSLOG", "NET_RAW", "SYS_TIME", "MKNOD":
			return true
		}
	}
	return false
}

// mountSource is the host's side of a mount: /src:/dst:ro or type=bind,source=/src,target=/dst.
func mountSource(v string) string {
	for _, part := range strings.Split(v, ",") {
		for _, key := range []string{"source=", "src="} {
			if s, ok := strings.CutPrefix(part, key); ok {
				return s
			}
		}
	}
	if strings.Contains(v, "type=") {
		return ""
	}
	src, _, ok := strings.Cut(v, ":")
	if !ok {
		return ""
	}
	return src
}

func mountFlags(src string) []string {
	switch {
	case strings.HasSuffix(src, "docker.sock") || strings.HasSuffix(src, "podman.sock") || strings.HasSuffix(src, "containerd.sock") || strings.HasSuffix(src, "crio.sock"):
		return []string{"docker-socket", "host"}
	case src == "/" || src == "/etc" || src == "/root" || src == "/home" || src == "/proc" || src == "/sys" || src == "/dev" || src == "/boot" || src == "/var" || src == "/usr" || src == "/var/run" || src == "/run" || src == "/lib" || src == "/Users" || src == "/var/lib" || strings.HasPrefix(src, "/etc/") || strings.HasPrefix(src, "/proc/") || strings.HasPrefix(src, "/var/lib/docker") || strings.HasPrefix(src, "/dev/") && src != "/dev/shm":
		return []string{"host"}
	}
	return nil
}

// runMounts notes the host folders that the container may read and write.
func runMounts(c Call, l line) []effect.Effect {
	var o Outcome
	for _, v := range append(l.values("v", "volume"), l.values("mount")...) {
		src := mountSource(v.Text)
		if !strings.ContainsAny(src, "/.~") {
			continue
		}
		o.path(effect.FSRead, Word{Text: src, Known: v.Known || src != ""}, "mount")
		if !strings.HasSuffix(v.Text, ":ro") && !strings.Contains(v.Text, "readonly") && !strings.Contains(v.Text, "ro=true") {
			o.path(effect.FSWrite, Word{Text: src, Known: v.Known || src != ""}, "mount")
		}
	}
	for i := range o.Effects {
		o.Effects[i].Words = texts(c.Args)
	}
	return o.Effects
}

func hostRooted(l line) bool {
	for _, v := range l.values("v", "volume") {
		if mountSource(v.Text) == "/" {
			return true
		}
	}
	return false
}

// insideContainer is the command that runs in the container: the entrypoint with the words after the image.
func insideContainer(l line, rest []Word, via string) []Nested {
	var args []Word
	if ep := l.values("entrypoint"); len(ep) > 0 && ep[len(ep)-1].Text != "" {
		args = append(args, ep[len(ep)-1])
	}
	if len(rest) > 1 {
		args = append(args, rest[1:]...)
	}
	if len(args) == 0 {
		return nil
	}
	return []Nested{{Kind: NestedArgv, Args: args, Remote: true, Via: via}}
}

// dockerExec runs a command in a container that exists.
func dockerExec(c Call, args []Word) Outcome {
	const valued = "e env env-file u user w workdir detach-keys n index"
	opts, rest := beforeOperand(args, valued)
	l := loosely(opts, valued)
	out := one(made(c, effect.ContainerOther, "exec", "exec"))
	if l.on("privileged") {
		out.Effects[0] = made(c, effect.ContainerRun, "exec", "privileged")
	}
	if len(rest) < 2 {
		return out
	}
	inner := rest[1:]
	if inner[0].Text == "--" {
		inner = inner[1:]
	}
	if len(inner) == 1 && isShell(inner[0].Text) {
		out.Effects[0].Flags = append(out.Effects[0].Flags, "shell")
		return out
	}
	out.Nested = []Nested{{Kind: NestedArgv, Args: inner, Remote: true, Via: c.Name() + " exec"}}
	return out
}

// composeProgram is docker-compose by itself.
func composeProgram(c Call) Outcome { return compose(c, c.Args[1:]) }

// composeRemovesVolumes finds -v in a bundle of rm's own options: rm -fsv.
func composeRemovesVolumes(args []Word) bool {
	for _, a := range args {
		if strings.HasPrefix(a.Text, "-") && !strings.HasPrefix(a.Text, "--") && strings.Trim(a.Text[1:], "fsv") == "" && strings.Contains(a.Text, "v") {
			return true
		}
	}
	return false
}

const composeValued = "f file p project-name profile env-file project-directory parallel progress ansi"

func compose(c Call, args []Word) Outcome {
	if len(args) > 0 && args[0].Text == "compose" {
		args = args[1:]
	}
	l := loosely(args, composeValued)
	op := l.word(0)
	switch op {
	case "down", "rm":
		flags := []string{op}
		if l.on("v", "volumes") || op == "rm" && composeRemovesVolumes(args) {
			flags = append(flags, "volumes")
		}
		if l.has("rmi") {
			flags = append(flags, "all")
		}
		if op == "rm" || l.on("v", "volumes") || l.has("rmi") {
			return one(made(c, effect.ContainerDelete, "compose "+op, flags...))
		}
		return one(made(c, effect.ContainerOther, "compose down", "stop"))
	case "exec", "run":
		return composeRun(c, op, args)
	case "push":
		return one(made(c, effect.ContainerOther, "compose push", "push"))
	case "up", "start", "restart", "create", "build", "pull", "watch", "scale", "unpause":
		return one(made(c, effect.ContainerOther, "compose "+op))
	case "kill", "stop", "pause":
		return one(made(c, effect.ContainerOther, "compose "+op, "stop"))
	}
	return one(made(c, effect.ContainerOther, "compose "+op, "read"))
}

// composeRun finds the command behind the service's name.
func composeRun(c Call, op string, args []Word) Outcome {
	const valued = composeValued + " e env u user w workdir index name l label v volume entrypoint publish"
	out := one(made(c, effect.ContainerOther, "compose "+op, "exec"))
	for i, a := range args {
		if a.Text != op {
			continue
		}
		opts, rest := beforeOperand(args[i+1:], valued)
		l := loosely(opts, valued)
		if flags := runFlags(l); len(flags) > 0 {
			out.Effects = append(out.Effects, made(c, effect.ContainerRun, "compose run", flags...))
		}
		if len(rest) > 1 && !(len(rest) == 2 && isShell(rest[1].Text)) {
			out.Nested = []Nested{{Kind: NestedArgv, Args: rest[1:], Remote: true, Via: "compose " + op}}
		}
		break
	}
	return out
}
