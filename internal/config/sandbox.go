package config

import (
	"slices"
	"strings"
	"time"
)

// Sandbox is what holds for the sandboxes of shell commands. Paths are as written: see Resolve.
type Sandbox struct {
	// Level is the least level of confinement: observe (none is required), landlock or full.
	Level string
	// Sockets stay reachable, Show stays readable, Hide reads as empty, Write may change.
	Sockets, Show, Hide, Write []string
	// Caches lets package managers and compilers write caches.
	Caches bool
	// Missing is folder, placeholder, overlay or refuse.
	Missing string
	// Trace lets debuggers trace what they start.
	Trace bool
	// Processes, MemoryMB, FileMB and OpenFiles bound one sandbox, Wall one command; 0 is no bound.
	Processes        int
	MemoryMB, FileMB int64
	OpenFiles        int
	Wall             time.Duration
	// Warm is how long a sandbox is kept when nothing runs in it.
	Warm time.Duration
}

// Egress is what may leave a sandbox over the network.
type Egress struct {
	// Allow are rules of hosts and ports, Private hosts whose addresses may be of the inside.
	Allow, Private []string
	// Presets are ecosystems whose registries are allowed; nil: those of the files in the project.
	Presets []string
	// Ask puts a question to the human where a host is not on the list; else it is refused at once.
	Ask bool
	// Outer is how the agent's own program reaches the network: proxy or host.
	Outer string
}

// Inside tells whether a host is one of those whose names may mean addresses of the inside. *.example.com stands
// for the names below example.com.
func (e Egress) Inside(host string) bool {
	return slices.ContainsFunc(e.Private, func(n string) bool {
		n = strings.ToLower(strings.TrimSuffix(n, "."))
		below, wild := strings.CutPrefix(n, "*")
		return n == host || wild && strings.HasSuffix(host, below)
	})
}

var (
	levels   = []string{"observe", "landlock", "full"}
	missings = []string{"folder", "placeholder", "overlay", "refuse"}
	outers   = []string{"host", "proxy"}
)

var sandboxKeys = []Key{
	{Name: "sandbox.level", Doc: "The least level of confinement; where the host gives less, shell commands do not run. `observe` requires nothing. See [doctor.md](doctor.md).",
		Kind: Choice, Words: levels, Max: 2, Order: More, Repository: true,
		set: func(c *Config, v value) { c.Sandbox.Level = levels[v.n] }},
	{Name: "sandbox.sockets", Doc: "Unix sockets outside the project that stay within reach.",
		Kind: List, Items: paths, Order: Shorter,
		set: func(c *Config, v value) { c.Sandbox.Sockets = v.list }},
	{Name: "sandbox.show", Doc: "Files and folders that stay readable although they are taken for secrets.",
		Kind: List, Items: paths, Order: Shorter,
		set: func(c *Config, v value) { c.Sandbox.Show = v.list }},
	{Name: "sandbox.hide", Doc: "Further files and folders that read as empty.",
		Kind: List, Items: paths, Order: Longer, Repository: true,
		set: func(c *Config, v value) { c.Sandbox.Hide = v.list }},
	{Name: "sandbox.write", Doc: "Further folders that may change, for example a cache.",
		Kind: List, Items: paths, Order: Shorter,
		set: func(c *Config, v value) { c.Sandbox.Write = v.list }},
	{Name: "sandbox.caches", Doc: "Caches of Go, npm, pip, cargo and others can be written.",
		Kind: Switch, Default: 1, Max: 1, Repository: true,
		set: func(c *Config, v value) { c.Sandbox.Caches = v.n == 1 }},
	{Name: "sandbox.missing", Doc: "What a claim on a file that does not exist yet becomes: its folder, an empty file, a copy-on-write view ([overlay.md](overlay.md)), or a refusal.",
		Kind: Choice, Words: missings, Max: 3, Order: More, Repository: true,
		set: func(c *Config, v value) { c.Sandbox.Missing = missings[v.n] }},
	{Name: "sandbox.trace", Doc: "Debuggers (strace, gdb) may trace what they start.",
		Kind: Switch, Max: 1, Repository: true,
		set: func(c *Config, v value) { c.Sandbox.Trace = v.n == 1 }},
	{Name: "sandbox.processes", Doc: "Processes and threads in one sandbox; 0 is no bound.",
		Kind: Count, Order: LessOrZero, Default: 4096, Max: 1 << 22, Repository: true,
		set: func(c *Config, v value) { c.Sandbox.Processes = int(v.n) }},
	{Name: "sandbox.memory_mb", Doc: "Memory of one sandbox in MiB, where a cgroup is delegated ([doctor.md](doctor.md)); 0 is no bound.",
		Kind: Count, Order: LessOrZero, Max: 1 << 24, Repository: true,
		set: func(c *Config, v value) { c.Sandbox.MemoryMB = v.n }},
	{Name: "sandbox.file_mb", Doc: "The largest file that can be written, in MiB; 0 is no bound.",
		Kind: Count, Order: LessOrZero, Max: 1 << 24, Repository: true,
		set: func(c *Config, v value) { c.Sandbox.FileMB = v.n }},
	{Name: "sandbox.open_files", Doc: "Files that one process can hold open; 0 is no bound.",
		Kind: Count, Order: LessOrZero, Max: 1 << 20, Repository: true,
		set: func(c *Config, v value) { c.Sandbox.OpenFiles = int(v.n) }},
	{Name: "sandbox.wall", Doc: "How long one command may take; 0 is no bound.",
		Kind: Duration, Order: LessOrZero, Max: int64(24 * time.Hour), Repository: true,
		set: func(c *Config, v value) { c.Sandbox.Wall = time.Duration(v.n) }},
	{Name: "sandbox.warm_minutes", Doc: "Minutes that a session's sandbox is kept when nothing runs in it; then it is released.",
		Kind: Count, Default: 60, Min: 1, Max: 10_080, Repository: true,
		set: func(c *Config, v value) { c.Sandbox.Warm = time.Duration(v.n) * time.Minute }},
}

var egressKeys = []Key{
	{Name: "egress.allow", Doc: "Hosts that commands in a sandbox can reach through the proxy ([egress.md](egress.md)).",
		Kind: List, Items: hosts, Order: Shorter,
		set: func(c *Config, v value) { c.Egress.Allow = v.list }},
	{Name: "egress.private", Doc: "Hosts whose names may mean addresses of the inside: private, loopback, link-local.",
		Kind: List, Items: names, Order: Shorter,
		set: func(c *Config, v value) { c.Egress.Private = v.list }},
	{Name: "egress.presets", Doc: "Ecosystems whose public package registries are allowed.",
		Kind: List, Items: ecosystems, Order: Shorter, Unset: "by the project's files",
		set: func(c *Config, v value) { c.Egress.Presets = v.list }},
	{Name: "egress.ask", Doc: "A host that is not on the list puts a question to the human; `false` refuses it at once.",
		Kind: Switch, Default: 1, Max: 1, Repository: true,
		set: func(c *Config, v value) { c.Egress.Ask = v.n == 1 }},
	{Name: "egress.outer", Doc: "How the agent's own program reaches the network under `writ claude`: through the proxy, or as the host does.",
		Kind: Choice, Words: outers, Default: 1, Max: 1, Order: More, Repository: true,
		set: func(c *Config, v value) { c.Egress.Outer = outers[v.n] }},
}
