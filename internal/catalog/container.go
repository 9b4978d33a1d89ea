package catalog

import (
	"strings"

	"writ/internal/effect"
)

// containerPrograms are container engines, builders and their helpers.
var containerPrograms = map[string]program{
	"docker": docker, "podman": docker, "nerdctl": docker, "finch": docker, "docker.io": docker, "podman-remote": docker, "com.docker.cli": docker, "container": docker,
	"docker-compose": composeProgram, "podman-compose": composeProgram,
	"buildah": buildah, "kaniko": builds, "buildctl": builds, "img": builds, "pack": builds, "ko": builds, "nixpacks": builds, "buildkitd": builds,
	"virsh": virsh, "ctr": ctr, "lxc": lxc, "incus": lxc, "lxc-destroy": lxcTools, "lxc-stop": lxcTools, "lxc-attach": lxcTools, "lxc-start": lxcTools, "lxc-create": lxcTools, "lxd": lxcTools,
	"runc": lowRuntime, "crun": lowRuntime, "youki": lowRuntime, "docker-machine": dockerMachine, "dive": containerReads, "hadolint": containerReads, "grype": containerReads, "syft": containerReads, "systemd-nspawn": nspawn, "machinectl": machinectl, "distrobox": distrobox, "toolbox": distrobox, "apptainer": apptainer, "singularity": apptainer, "devcontainer": devcontainer,
}

const dockerGlobals = "H host c context config l log-level tlscacert tlscert tlskey n namespace address connection url root a"

// docker judges an engine's command: run and exec carry another command inside.
func docker(c Call) Outcome {
	args, host := dockerArgs(c.Args[1:])
	if len(args) == 0 {
		return Outcome{}
	}
	if !args[0].Known {
		return one(unresolved(c, "the operation is computed"))
	}
	op, rest := dockerVerb(args)
	out := dockerJudge(c, op, rest)
	if host != "" && !strings.HasPrefix(host, "unix:") && !strings.Contains(host, "localhost") && !strings.Contains(host, "127.0.0.1") {
		for i := range out.Effects {
			out.Effects[i].Host = strings.TrimPrefix(strings.TrimPrefix(host, "tcp://"), "ssh://")
			out.Effects[i].Flags = append(out.Effects[i].Flags, flagIf(strings.HasPrefix(host, "tcp://"), "docker-socket")...)
		}
	}
	return out
}

// dockerArgs skips the engine's own options; host is the engine's address.
func dockerArgs(args []Word) (rest []Word, host string) {
	for i := 0; i < len(args); i++ {
		t := args[i].Text
		if len(t) < 2 || t[0] != '-' {
			return args[i:], host
		}
		name, value, joined := strings.Cut(strings.TrimLeft(t, "-"), "=")
		takes := strings.Contains(" "+dockerGlobals+" ", " "+name+" ")
		if takes && !joined && i+1 < len(args) {
			i++
			value = args[i].Text
		}
		if name == "H" || name == "host" {
			host = value
		}
	}
	return nil, host
}

// dockerVerb drops the group word: docker container rm is docker rm.
func dockerVerb(args []Word) (string, []Word) {
	op := strings.ToLower(args[0].Text)
	if len(args) > 1 {
		switch op {
		case "container":
			return strings.ToLower(args[1].Text), args[2:]
		case "image":
			if sub := strings.ToLower(args[1].Text); sub == "rm" || sub == "remove" {
				return "rmi", args[2:]
			}
			return "image " + strings.ToLower(args[1].Text), args[2:]
		case "compose", "volume", "network", "system", "builder", "buildx", "context", "plugin", "swarm", "service", "stack", "node", "secret", "config", "manifest", "trust", "machine", "pod", "kube", "checkpoint", "scout", "sandbox", "model", "mcp", "namespace":
			return op + " " + strings.ToLower(firstWord(args[1:])), args[1:]
		}
	}
	return op, args[1:]
}

// firstWord is the first word that is no option.
func firstWord(args []Word) string {
	for _, a := range args {
		if !strings.HasPrefix(a.Text, "-") {
			return a.Text
		}
	}
	return ""
}

func dockerJudge(c Call, op string, rest []Word) Outcome {
	group, sub, _ := strings.Cut(op, " ")
	switch op {
	case "run", "create":
		return dockerRun(c, op, rest)
	case "exec":
		return dockerExec(c, rest)
	case "rm", "rmi", "remove", "image prune", "prune", "image remove":
		return dockerRemove(c, op, rest)
	case "build", "buildx build", "buildx bake", "image build", "builder build":
		return dockerBuild(c, op, rest)
	case "push", "image push", "manifest push":
		return one(made(c, effect.ContainerOther, "push "+lastOperand(rest), "push"))
	case "login", "logout":
		return dockerLogin(c, op, rest)
	case "kill", "stop":
		return one(made(c, effect.ContainerOther, op, "stop"))
	case "cp":
		return dockerCopy(c, rest)
	case "inspect", "image inspect":
		return dockerInspect(c, op, rest)
	case "save", "export", "image save":
		return dockerSave(c, op, rest)
	case "load", "import", "image load", "image import":
		return one(made(c, effect.ContainerOther, op))
	case "commit", "update", "rename", "restart", "start", "pause", "unpause", "tag", "attach", "wait":
		return one(made(c, effect.ContainerOther, op))
	}
	switch {
	case group == "compose":
		return compose(c, rest)
	case strings.HasPrefix(sub, "rm") || sub == "remove" || sub == "prune" || sub == "delete" || sub == "leave" || sub == "reset" || sub == "destroy":
		return dockerRemove(c, op, rest)
	case group == "plugin" && (sub == "install" || sub == "enable"), group == "swarm" && sub != "join-token" || group == "stack" && sub == "deploy" || group == "service" && (sub == "create" || sub == "update"):
		return dockerService(c, op, rest)
	case group == "secret" && sub == "inspect" || op == "swarm join-token" || op == "swarm unlock-key":
		return one(made(c, effect.SecretRead, "docker:"+op))
	case op == "trust revoke":
		return one(made(c, effect.Bypass, "signature"))
	}
	return one(made(c, effect.ContainerOther, op))
}

func lastOperand(args []Word) string {
	for i := len(args) - 1; i >= 0; i-- {
		if !strings.HasPrefix(args[i].Text, "-") {
			return args[i].Text
		}
	}
	return ""
}

func dockerRemove(c Call, op string, rest []Word) Outcome {
	l := loosely(rest, "filter t time")
	var flags []string
	if l.on("f", "force", "a", "all") || l.on("yes") {
		flags = append(flags, "force")
	}
	if l.on("a", "all") || anyUnknown(l.words) {
		flags = append(flags, "all")
	}
	if l.on("v", "volumes") || strings.HasPrefix(op, "volume") {
		flags = append(flags, "volumes")
	}
	if strings.HasPrefix(op, "stack") || strings.HasPrefix(op, "service") || strings.HasPrefix(op, "secret") || strings.HasPrefix(op, "node") || strings.HasPrefix(op, "swarm") || strings.HasPrefix(op, "config") {
		flags = append(flags, "all", "remote")
	}
	if strings.HasSuffix(op, "prune") {
		flags = append(flags, "prune")
	}
	return one(made(c, effect.ContainerDelete, op, flags...))
}

// anyUnknown tells whether what is removed is a list made by another command.
func anyUnknown(ws []Word) bool {
	for _, w := range ws {
		if !w.Known {
			return true
		}
	}
	return false
}

// dockerBuild notes what enters the build: secrets as arguments, mounts of key files, host networking.
func dockerBuild(c Call, op string, rest []Word) Outcome {
	l := loosely(rest, "t tag f file build-arg target platform secret ssh cache-from cache-to network add-host o output progress label iidfile")
	out := one(made(c, effect.ContainerOther, op, "build"))
	for _, a := range l.values("build-arg") {
		name, value, _ := strings.Cut(a.Text, "=")
		if secretName(name) && (value != "" || !a.Known) {
			out.add(effect.ContainerOther, "build-arg "+name, "build", "secret")
		}
	}
	for _, s := range l.values("secret") {
		if _, src, ok := strings.Cut(s.Text, "src="); ok {
			src, _, _ = strings.Cut(src, ",")
			if src != "" && src[0] != '/' && src[0] != '~' && !strings.HasPrefix(src, "..") && s.Known {
				out.add(effect.ContainerOther, "build secret "+src, "build") // the project's own, passed as such
				continue
			}
			out.path(effect.FSRead, Word{Text: src, Known: s.Known})
		}
	}
	if l.has("ssh") {
		out.Effects[0].Flags = append(out.Effects[0].Flags, "ssh")
	}
	if l.on("push") {
		out.add(effect.ContainerOther, "push", "push")
	}
	if l.value("network") == "host" || l.says("security.insecure", "network.host") {
		out.Effects[0].Flags = append(out.Effects[0].Flags, "host")
	}
	for _, w := range l.words {
		if byScheme(w.Text) || strings.HasPrefix(w.Text, "git@") {
			out.add(effect.ContainerOther, w.Text, "build", "source")
		}
	}
	return out
}

// secretName tells whether a variable's name speaks of a credential.
func secretName(name string) bool {
	low := strings.ToLower(name)
	for _, s := range []string{"secret", "password", "passwd", "token", "api_key", "apikey", "access_key", "private_key", "credential"} {
		if strings.Contains(low, s) {
			return true
		}
	}
	return false
}

func dockerLogin(c Call, op string, rest []Word) Outcome {
	if op == "logout" {
		return one(made(c, effect.ContainerOther, op))
	}
	return one(made(c, effect.ContainerOther, op, "login"))
}

func dockerCopy(c Call, rest []Word) Outcome {
	out := one(made(c, effect.ContainerOther, "cp"))
	l := loosely(rest, "")
	if len(l.words) < 2 {
		return out
	}
	from, to := l.words[0], l.words[1]
	if strings.Contains(from.Text, ":") && !strings.Contains(to.Text, ":") {
		out.path(effect.FSWrite, to)
	} else {
		out.path(effect.FSRead, from)
	}
	return out
}

func dockerInspect(c Call, op string, rest []Word) Outcome {
	l := loosely(rest, "f format")
	if strings.Contains(l.value("f", "format"), ".Env") {
		return one(made(c, effect.ContainerOther, op, "env"))
	}
	return one(made(c, effect.ContainerOther, op, "read"))
}

func dockerSave(c Call, op string, rest []Word) Outcome {
	out := one(made(c, effect.ContainerOther, op))
	l := loosely(rest, "o output")
	for _, o := range l.values("o", "output") {
		out.path(effect.FSWrite, o)
	}
	return out
}

// dockerService starts things on a swarm, which may mount the host as run does.
func dockerService(c Call, op string, rest []Word) Outcome {
	l := loosely(rest, "mount name replicas network p publish e env c compose-file")
	out := one(made(c, effect.ContainerRun, op))
	for _, m := range l.values("mount") {
		out.Effects[0].Flags = append(out.Effects[0].Flags, mountFlags(mountSource(m.Text))...)
	}
	return out
}
