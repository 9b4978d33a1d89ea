package claude

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"writ/internal/outer"
)

// Room is what of the machine stays within reach of the session, beyond files.
type Room struct {
	// Net puts the session on a network of its own, with writ's egress proxy as the only way out.
	Net bool
	// Sockets are Unix sockets of others that may be connected to.
	Sockets []string
	// Forward are ports of the machine's loopback that are the same inside.
	Forward []int
}

// proxyPort is where the egress proxy is found inside, or the next port that is not forwarded.
const proxyPort = 47418

func (r Room) proxyPort() int {
	p := proxyPort
	for slices.Contains(r.Forward, p) {
		p++
	}
	return p
}

func loopbackAt(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// proxyVariables name the proxy to programs. Their values are pinned: a project's settings cannot change them.
func (r Room) proxyVariables() [][2]string {
	if !r.Net {
		return nil
	}
	at, none := "http://"+loopbackAt(r.proxyPort()), "localhost,127.0.0.1,::1"
	return [][2]string{
		{"HTTP_PROXY", at}, {"HTTPS_PROXY", at}, {"http_proxy", at}, {"https_proxy", at}, {"NO_PROXY", none}, {"no_proxy", none},
		{"ALL_PROXY", ""}, {"all_proxy", ""}, {"NODE_USE_ENV_PROXY", "1"},
	}
}

// loopbackServices are the ports on the machine's own loopback that the CLI is configured to speak to: the API
// base URLs and collectors of its environment, and the person's MCP servers.
func (l *Launch) loopbackServices(state string) []int {
	var out []int
	for _, u := range append(endpoints(l.Env, l.settings), serverURLs(state, l.around)...) {
		port, err := strconv.Atoi(portOf(u))
		if err == nil && loopback(u.Hostname()) && !slices.Contains(out, port) {
			out = append(out, port)
		}
	}
	return out
}

// endpoints are the URLs of services that the person names to the CLI by environment or settings.
func endpoints(env []string, own map[string]string) []*url.URL {
	all := slices.Clone(env)
	for name, value := range own {
		all = append(all, name+"="+value)
	}
	slices.Sort(all)
	var out []*url.URL
	for _, kv := range all {
		name, value, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, "ANTHROPIC_") && !strings.HasPrefix(name, "OTEL_EXPORTER_") || !strings.HasSuffix(name, "_URL") && !strings.HasSuffix(name, "ENDPOINT") {
			continue
		}
		if u, err := url.Parse(value); err == nil && u.Host != "" {
			out = append(out, u)
		}
	}
	return out
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}

// Unix sockets by which programs look up users and groups; without them some accounts have no name.
var nameService = list(`/run/nscd/ /var/run/nscd/ /run/systemd/userdb/ /var/lib/sss/pipes/nss`)

// keptInRun are things below /run without which ordinary programs fail.
var keptInRun = list(`/run/current-system /run/booted-system /run/wrappers /run/opengl-driver /run/nscd /run/systemd/userdb
	/run/systemd/resolve/stub-resolv.conf /run/systemd/resolve/resolv.conf /run/NetworkManager/resolv.conf /run/resolvconf
	/run/media /run/mount /run/host`)

// orders says what the session's walls are.
func (l *Launch) orders() outer.Orders {
	o := outer.Orders{
		Walls: outer.Walls{PID: true, IPC: true, Net: l.room.Net},
		Lay:   &outer.Lay{From: l.layer(), At: managedDir},
		Keep:  l.kept(), Private: l.privates(), Pinned: l.pinned(),
		ReadOnly: append([]string{string(l.home)}, closed(l.person, l.own)...),
		Hide:     append([]string{l.home.Keys(), l.home.Admin()}, l.foreign()...),
		Needed:   []string{string(l.home), l.home.Keys(), l.home.Admin()},
		Program:  l.CLI, Args: append([]string{l.CLI}, l.Args...), Env: l.insideEnv(),
	}
	if l.room.Net {
		o.Listen = []string{loopbackAt(l.room.proxyPort())}
		for _, port := range l.room.Forward {
			o.Listen = append(o.Listen, loopbackAt(port))
		}
	}
	return o
}

// privates: /run holds other programs' sockets, and the CLI's own terminal server needs its folder.
func (l *Launch) privates() []outer.Private {
	uid := strconv.Itoa(os.Getuid())
	out := []outer.Private{{Path: "/run", Mode: 0o755}, {Path: "/run/lock", Mode: 0o1777}, {Path: "/run/user/" + uid, Mode: 0o700}}
	if dir := l.variable("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) && !within("/run", dir) && !within(dir, l.person) {
		out = append(out, outer.Private{Path: dir, Mode: 0o700})
	}
	return append(out, outer.Private{Path: terminals(uid), Mode: 0o700})
}

// terminals is where tmux keeps its sockets.
func terminals(uid string) string { return "/tmp/tmux-" + uid }

// kept are the things below /run that stay: what programs need, what is allowed, and whatever of the session
// itself lies there.
func (l *Launch) kept() []string {
	out := append(slices.Clone(keptInRun), l.room.Sockets...)
	for _, path := range append(l.around, string(l.home), l.person, l.own, l.CLI) {
		if within("/run", path) {
			out = append(out, path)
		}
	}
	return out
}

// pinned are the folders that hold what is closed. ~/.local is not: tools link files between it and projects,
// which a mount would end.
func (l *Launch) pinned() []string {
	return []string{l.person, filepath.Join(l.person, ".config"), l.own}
}

// foreign are the sockets that exist and are neither writ's nor allowed.
func (l *Launch) foreign() []string {
	var out []string
	for _, path := range outer.Sockets() {
		named := slices.ContainsFunc(nameService, func(p string) bool { return strings.HasPrefix(path, p) })
		if !within(l.home.Run(), path) && !named && !slices.Contains(l.room.Sockets, path) {
			out = append(out, path)
		}
	}
	return out
}

// callers are variables that name a socket of somebody else's; they are passed on only with their socket.
var callers = words(`SSH_AUTH_SOCK DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS DOCKER_HOST CONTAINER_HOST GPG_AGENT_INFO
	VSCODE_IPC_HOOK_CLI VSCODE_GIT_IPC_HANDLE NVIM NVIM_LISTEN_ADDRESS TMUX_TMPDIR`)

// insideEnv is the environment inside: what names the outside is left out, the proxy stands in it.
func (l *Launch) insideEnv() []string {
	proxy := map[string]string{}
	for _, kv := range l.room.proxyVariables() {
		proxy[kv[0]] = kv[1]
	}
	var out []string
	for _, kv := range l.Env {
		name, value, _ := strings.Cut(kv, "=")
		_, pinned := proxy[name]
		foreign := callers[name] && !slices.ContainsFunc(l.room.Sockets, func(s string) bool { return strings.Contains(value, s) })
		if !pinned && !foreign {
			out = append(out, kv)
		}
	}
	for _, kv := range l.room.proxyVariables() {
		if kv[1] != "" {
			out = append(out, kv[0]+"="+kv[1])
		}
	}
	return out
}

func (l *Launch) variable(name string) string {
	for _, kv := range l.Env {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}

// CheckSocket resolves a socket that a person allows.
func CheckSocket(path string) (string, error) {
	if !filepath.IsAbs(path) {
		return "", fmt.Errorf("found %q, want an absolute path", path)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	fi, err := os.Stat(real)
	if err != nil {
		return "", err
	}
	if fi.Mode()&os.ModeSocket == 0 {
		return "", fmt.Errorf("%s is no socket (%s)", real, fi.Mode())
	}
	return real, nil
}

// PersonEnv is the person's environment with the variables of their settings behind it, which go before.
func (l *Launch) PersonEnv() []string {
	out := slices.Clone(l.Env)
	for name, value := range l.settings {
		out = append(out, name+"="+value)
	}
	return out
}

// Forwarded are the ports of the machine's loopback that are the same inside, the person's and those that the
// CLI is configured to use.
func (l *Launch) Forwarded() []int { return l.room.Forward }
