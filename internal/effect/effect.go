// Package effect is the vocabulary of what a call would do to the world, one Effect per thing: a file
// read, a host contacted, uncommitted work discarded. The command reader and the tool readers produce
// effects; stages judge them; people read them in `writ explain`. It imports nothing of ours.
package effect

// Kind is the class of an effect. The same word is the Cedar action (Action::"fs.read").
type Kind string

// Kinds. A name's first part groups it; what the call needs beyond the kind stands in Effect.Flags.
const (
	FSRead   Kind = "fs.read"   // content of a file or folder leaves it
	FSList   Kind = "fs.list"   // names and metadata only (ls, stat, find without action)
	FSWrite  Kind = "fs.write"  // created, appended, truncated, replaced
	FSDelete Kind = "fs.delete" // unlinked, shredded, moved away
	FSChmod  Kind = "fs.chmod"  // mode, owner, ACL, attributes, times
	FSLink   Kind = "fs.link"   // symbolic or hard link; Path is the new name, Target what it points to

	Exec         Kind = "exec"          // a program runs; Target is its name
	ExecInline   Kind = "exec.inline"   // code in the argument or on stdin of an interpreter
	ExecDownload Kind = "exec.download" // code that comes from the network runs
	ExecTampered Kind = "exec.tampered" // a program runs with its loader, path, shell or plugins replaced (LD_PRELOAD, -fplugin, GIT_SSH_COMMAND …)

	NetConnect Kind = "net.connect" // a request leaves; Host, Port, Method, Scheme
	NetUpload  Kind = "net.upload"  // local data is sent out; flag "secret" when it is one
	NetListen  Kind = "net.listen"  // a port is opened; flag "public" when not loopback only
	NetTunnel  Kind = "net.tunnel"  // a tunnel, reverse shell, proxy or port forward
	NetScan    Kind = "net.scan"    // hosts, ports, names or credentials are probed

	GitDiscard Kind = "git.discard" // uncommitted work is lost (checkout --, reset --hard, clean, stash drop)
	GitHistory Kind = "git.history" // commits are rewritten or refs moved away from them (rebase, filter-branch, reflog expire, branch -D, tag -d)
	GitCommit  Kind = "git.commit"  // a commit, merge, tag: local and additive
	GitPush    Kind = "git.push"    // commits are published; flags "force", "delete", "mirror"
	GitConfig  Kind = "git.config"  // configuration that changes what git runs or trusts
	GitRemote  Kind = "git.remote"  // remotes added or changed; Host where known
	GitHook    Kind = "git.hook"    // a hook is installed or run
	GitBypass  Kind = "git.bypass"  // --no-verify, hooksPath=/dev/null, unsigned on purpose

	ProcKill  Kind = "proc.kill"  // signals; Target is the pid or name
	ProcTrace Kind = "proc.trace" // ptrace, memory of another process, core dumps

	SysPower   Kind = "sys.power"   // shutdown, reboot
	SysService Kind = "sys.service" // services stopped, started, masked
	SysKernel  Kind = "sys.kernel"  // modules, sysctl, /proc/sys, bpf
	SysUser    Kind = "sys.user"    // accounts, groups, passwords, sudoers
	SysNet     Kind = "sys.net"     // firewall, routes, interfaces, resolver
	SysDisk    Kind = "sys.disk"    // partitions, file systems, raw devices, mounts
	SysConfig  Kind = "sys.config"  // other machine-wide settings (time, hostname, certificates, package sources)
	SysExhaust Kind = "sys.exhaust" // fork bombs, disk filling, unbounded loops

	Privilege Kind = "privilege" // becoming another user, setuid, capabilities, namespaces
	Persist   Kind = "persist"   // something that runs later by itself: cron, at, units, profiles, launch agents, login items
	Evade     Kind = "evade"     // traces or controls removed: history, logs, audit, antivirus, obfuscation
	Bypass    Kind = "bypass"    // a prompt, check or sandbox is switched off by a flag or variable
	Recon     Kind = "recon"     // inventory of accounts, hosts, domains, privileges for its own sake

	PkgInstall Kind = "pkg.install" // packages from a registry; flags "global", "source" (own index or URL), "script"
	PkgRemove  Kind = "pkg.remove"
	PkgPublish Kind = "pkg.publish" // something is published to a registry, or yanked from it
	PkgSource  Kind = "pkg.source"  // where packages come from is changed

	ContainerRun    Kind = "container.run"    // flags "privileged", "host" (host namespaces, docker socket or / mounted)
	ContainerDelete Kind = "container.delete" // containers, images, volumes, networks removed or pruned
	ContainerOther  Kind = "container.other"  // build, pull, exec, logs …

	DBRead    Kind = "db.read"
	DBWrite   Kind = "db.write"
	DBDestroy Kind = "db.destroy" // drop, truncate, delete or update without where, flush
	DBAdmin   Kind = "db.admin"   // grants, users, server settings

	CloudRead    Kind = "cloud.read"    // any cloud or SaaS control plane, by CLI, SDK or REST; Target is "service:operation"
	CloudWrite   Kind = "cloud.write"   //
	CloudDestroy Kind = "cloud.destroy" //
	CloudPerm    Kind = "cloud.perm"    // permissions, keys, policies, sharing
	CloudControl Kind = "cloud.control" // a safety control (logging, protection, backup, alarm) is switched off
	CloudSecret  Kind = "cloud.secret"  // credentials or secret values are shown or made

	IaCPlan    Kind = "iac.plan"    // read only: plan, validate, synth, diff
	IaCApply   Kind = "iac.apply"   //
	IaCDestroy Kind = "iac.destroy" //
	IaCState   Kind = "iac.state"   // state rm, import, force-unlock, taint

	K8sRead   Kind = "k8s.read"
	K8sWrite  Kind = "k8s.write"
	K8sDelete Kind = "k8s.delete" // delete, drain, scale to zero, uninstall
	K8sExec   Kind = "k8s.exec"   // exec, attach, cp, port-forward, debug
	K8sSecret Kind = "k8s.secret"

	SecretRead Kind = "secret.read" // a stored credential is shown by a tool (keychain, vault, gpg, printenv of a token); files with secrets are fs.read with zone "secret"
	SecretKey  Kind = "secret.key"  // keys or credentials made, imported, exported, deleted

	AgentSpawn   Kind = "agent.spawn"   // another agent starts; flag "unguarded" for a nested CLI outside writ
	AgentMessage Kind = "agent.message" // words to another agent
	AgentControl Kind = "agent.control" // tasks, schedules, worktrees, questions to the user
	AgentWiring  Kind = "agent.wiring"  // hooks, settings, MCP servers, plugins, instructions of an agent are changed by a tool (files of that kind are fs.write with zone "wiring")
	WritControl  Kind = "writ.control"  // writ's own commands that approve, configure or stop it

	MCPCall Kind = "mcp.call" // Target is "server/tool"; flags "readonly", "destructive", "openworld" from annotations

	Unresolved Kind = "unresolved" // what it does cannot be known before it runs; Reason says why
)

// Effect is one thing a call would do, with the words that caused it.
type Effect struct {
	Kind Kind `json:"kind"`
	// Path is absolute and resolved as the kernel would, for effects on files. Empty elsewhere.
	Path string `json:"path,omitempty"`
	// Zones says where Path lies (package zone): project, temp, home, secret, wiring, system …
	Zones []string `json:"zones,omitempty"`
	// Host, Port, Scheme and Method describe a contact with the network.
	Host   string `json:"host,omitempty"`
	Port   int    `json:"port,omitempty"`
	Scheme string `json:"scheme,omitempty"`
	Method string `json:"method,omitempty"`
	// Target is the object that is no path: program, ref, package, service:operation, pid, table.
	Target string `json:"target,omitempty"`
	// Flags are lower-case words that refine the kind: recursive, force, secret, upload, dry-run, public …
	Flags []string `json:"flags,omitempty"`
	// Words are the words of the call that caused the effect, as written.
	Words []string `json:"words,omitempty"`
	// Via is the chain of wrappers that leads to it, outermost first: sudo, bash -c, xargs.
	Via []string `json:"via,omitempty"`
	// Reason says, for Unresolved and for uncertain effects, what could not be known.
	Reason string `json:"reason,omitempty"`
}

// Has tells whether the effect carries the flag.
func (e Effect) Has(flag string) bool {
	for _, f := range e.Flags {
		if f == flag {
			return true
		}
	}
	return false
}

// In tells whether the effect's path lies in the zone.
func (e Effect) In(zone string) bool {
	for _, z := range e.Zones {
		if z == zone {
			return true
		}
	}
	return false
}
