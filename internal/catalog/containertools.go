package catalog

import (
	"strings"

	"writ/internal/effect"
)

func buildah(c Call) Outcome {
	l := loosely(c.Args[1:], "t tag f file build-arg v volume")
	switch l.word(0) {
	case "run":
		return Outcome{Effects: []effect.Effect{made(c, effect.ContainerRun, "buildah", runFlags(l)...)}, Nested: remoteWords(l, 2, "buildah run")}
	case "rm", "rmi", "prune":
		return dockerRemove(c, l.word(0), c.Args[2:])
	case "push":
		return one(made(c, effect.ContainerOther, "push", "push"))
	case "unshare":
		return Outcome{Effects: []effect.Effect{made(c, effect.Privilege, "buildah unshare")}, Nested: remoteWords(l, 1, "buildah unshare")}
	case "bud", "build":
		return dockerBuild(c, "build", c.Args[2:])
	}
	return one(made(c, effect.ContainerOther, l.word(0)))
}

func builds(c Call) Outcome { return one(made(c, effect.ContainerOther, c.Name(), "build")) }

func containerReads(c Call) Outcome { return one(made(c, effect.ContainerOther, c.Name(), "read")) }

// virsh removes machines with their disks, or cuts their power.
func virsh(c Call) Outcome {
	l := loosely(c.Args[1:], "c connect")
	op := l.word(0)
	switch {
	case op == "undefine" || strings.HasSuffix(op, "-delete") || strings.HasSuffix(op, "-undefine") || op == "vol-wipe":
		return one(made(c, effect.ContainerDelete, "virsh "+op, append([]string{"force"}, flagIf(l.on("remove-all-storage"), "volumes")...)...))
	case op == "list" || strings.HasPrefix(op, "dom") || strings.HasSuffix(op, "-list") || strings.HasSuffix(op, "info"):
		return one(made(c, effect.ContainerOther, "virsh "+op))
	}
	return one(made(c, effect.ContainerOther, "virsh "+op, flagIf(op == "destroy" || op == "shutdown", "stop")...))
}

// ctr is the low-level client of containerd: ctr [-n ns] GROUP VERB.
func ctr(c Call) Outcome {
	l := loosely(c.Args[1:], "n namespace a address mount")
	switch {
	case l.word(0) == "run" || l.phrase(2) == "containers create":
		return one(made(c, effect.ContainerRun, "ctr", runFlags(l)...))
	case l.word(1) == "exec":
		return Outcome{Effects: []effect.Effect{made(c, effect.ContainerOther, "exec", "exec")}, Nested: remoteWords(l, 3, "ctr exec")}
	case l.word(1) == "rm" || l.word(1) == "delete" || l.word(1) == "remove" || l.word(1) == "del" || l.word(1) == "kill":
		return one(made(c, effect.ContainerDelete, "ctr "+l.phrase(2)))
	case l.word(1) == "push":
		return one(made(c, effect.ContainerOther, "push", "push"))
	}
	return one(made(c, effect.ContainerOther, "ctr "+l.phrase(2)))
}

// lxc judges system containers; exec carries a command.
func lxc(c Call) Outcome {
	l := loosely(c.Args[1:], "c config p profile n network s storage t type")
	switch l.word(0) {
	case "delete", "rm":
		return one(made(c, effect.ContainerDelete, "lxc", forceFlag(l)...))
	case "exec", "shell":
		return Outcome{Effects: []effect.Effect{made(c, effect.ContainerOther, "exec", "exec")}, Nested: remoteWords(l, 2, c.Name()+" exec")}
	case "launch", "init", "create", "copy", "start":
		return one(made(c, effect.ContainerRun, "lxc", lxcFlags(l)...))
	case "config", "profile":
		if l.says("security.privileged=true", "raw.lxc", "source=/", "security.privileged") {
			return one(made(c, effect.ContainerRun, "lxc", "privileged", "host"))
		}
	case "image", "storage", "network", "snapshot", "project":
		if l.word(1) == "delete" || l.word(1) == "rm" {
			return one(made(c, effect.ContainerDelete, "lxc "+l.phrase(2)))
		}
	}
	return one(made(c, effect.ContainerOther, "lxc "+l.word(0)))
}

func forceFlag(l line) []string {
	if l.on("f", "force") {
		return []string{"force"}
	}
	return nil
}

func lxcFlags(l line) []string {
	if l.says("security.privileged=true", "security.nesting=true", "source=/") {
		return []string{"privileged"}
	}
	return nil
}

func lxcTools(c Call) Outcome {
	l := loosely(c.Args[1:], "n name")
	switch c.Name() {
	case "lxc-destroy":
		return one(made(c, effect.ContainerDelete, "lxc", forceFlag(l)...))
	case "lxc-attach":
		return Outcome{Effects: []effect.Effect{made(c, effect.ContainerOther, "exec", "exec")}, Nested: remoteWords(l, 0, "lxc-attach")}
	case "lxc-stop":
		return one(made(c, effect.ContainerOther, "stop", "stop"))
	}
	return one(made(c, effect.ContainerOther, c.Name()))
}

func lowRuntime(c Call) Outcome {
	l := loosely(c.Args[1:], "root b bundle")
	switch l.word(0) {
	case "run", "create":
		return one(made(c, effect.ContainerRun, c.Name()))
	case "delete", "kill":
		return one(made(c, effect.ContainerDelete, c.Name(), forceFlag(l)...))
	case "exec":
		return Outcome{Effects: []effect.Effect{made(c, effect.ContainerOther, "exec", "exec")}, Nested: remoteWords(l, 2, c.Name()+" exec")}
	}
	return one(made(c, effect.ContainerOther, c.Name()+" "+l.word(0)))
}

func dockerMachine(c Call) Outcome {
	l := loosely(c.Args[1:], "d driver")
	switch l.word(0) {
	case "rm", "kill":
		return one(made(c, effect.CloudDestroy, "docker-machine:rm", forceFlag(l)...))
	case "ssh":
		return Outcome{Effects: []effect.Effect{made(c, effect.CloudWrite, "docker-machine:ssh", "remote", "update")}, Nested: remoteWords(l, 2, "docker-machine ssh")}
	case "ls", "ip", "env", "inspect", "status", "url", "active", "config", "version":
		return one(made(c, effect.CloudRead, "docker-machine:"+l.word(0)))
	}
	return one(made(c, effect.CloudWrite, "docker-machine:"+l.word(0), "create"))
}

// nspawn boots a folder as a container, as root.
func nspawn(c Call) Outcome {
	l := loosely(c.Args[1:], "D directory i image M machine bind u user capability")
	flags := []string{}
	for _, b := range l.values("bind") {
		flags = append(flags, mountFlags(b.Text)...)
	}
	return Outcome{Effects: []effect.Effect{made(c, effect.ContainerRun, "systemd-nspawn", append(flags, "privileged")...)}, Nested: remoteWords(l, 0, "systemd-nspawn")}
}

func machinectl(c Call) Outcome {
	l := loosely(c.Args[1:], "M machine uid")
	switch l.word(0) {
	case "remove", "clean":
		return one(made(c, effect.ContainerDelete, "machinectl"))
	case "poweroff", "terminate", "kill", "reboot", "stop":
		return one(made(c, effect.ContainerOther, "machinectl", "stop"))
	case "shell", "login":
		return Outcome{Effects: []effect.Effect{made(c, effect.Privilege, "machinectl shell")}, Nested: remoteWords(l, 2, "machinectl shell")}
	case "list", "status", "show", "list-images", "":
		return one(made(c, effect.ContainerOther, "machinectl", "read"))
	}
	return one(made(c, effect.ContainerOther, "machinectl"))
}

func distrobox(c Call) Outcome {
	l := loosely(c.Args[1:], "n name i image")
	switch l.word(0) {
	case "rm":
		return one(made(c, effect.ContainerDelete, c.Name(), forceFlag(l)...))
	case "enter", "run":
		return Outcome{Effects: []effect.Effect{made(c, effect.ContainerOther, "exec", "exec")}, Nested: remoteWords(line{words: l.words, rest: l.rest}, 2, c.Name()+" "+l.word(0))}
	}
	return one(made(c, effect.ContainerOther, c.Name()+" "+l.word(0)))
}

func apptainer(c Call) Outcome {
	l := loosely(c.Args[1:], "B bind H home pwd")
	switch l.word(0) {
	case "exec", "run", "shell":
		return Outcome{Effects: []effect.Effect{made(c, effect.ContainerRun, c.Name())}, Nested: remoteWords(l, 2, c.Name()+" exec")}
	}
	return one(made(c, effect.ContainerOther, c.Name()+" "+l.word(0)))
}

func devcontainer(c Call) Outcome {
	l := loosely(c.Args[1:], "workspace-folder config")
	if l.word(0) == "exec" {
		return Outcome{Effects: []effect.Effect{made(c, effect.ContainerOther, "exec", "exec")}, Nested: remoteWords(l, 1, "devcontainer exec")}
	}
	return one(made(c, effect.ContainerOther, "devcontainer "+l.word(0)))
}
