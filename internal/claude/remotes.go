package claude

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Remotes are the hosts, with ports, of the git remotes that a project has before anything of an agent runs in
// it. A clone does not bring its remotes along: the person named them.
func Remotes(project string) []string {
	text, err := os.ReadFile(filepath.Join(gitFolder(project), "config"))
	if err != nil {
		return nil // no repository, or none that can be read: no remotes
	}
	var out []string
	remote := false
	for _, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			remote = strings.HasPrefix(line, `[remote "`)
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if name = strings.TrimSpace(strings.ToLower(name)); !remote || !ok || name != "url" && name != "pushurl" {
			continue
		}
		if host := remoteHost(strings.Trim(strings.TrimSpace(value), `"`)); host != "" && !slices.Contains(out, host) {
			out = append(out, host)
		}
	}
	return out
}

// gitFolder is where the configuration lies, also for a worktree.
func gitFolder(project string) string {
	dir := filepath.Join(project, ".git")
	text, err := os.ReadFile(dir)
	to, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
	if err != nil || !ok {
		return dir
	}
	dir = absolute(to, project)
	if common, err := os.ReadFile(filepath.Join(dir, "commondir")); err == nil {
		dir = absolute(strings.TrimSpace(string(common)), dir)
	}
	return dir
}

func absolute(path, from string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(from, path)
}

// remotePorts are those of the schemes that git knows.
var remotePorts = map[string]string{"https": "443", "http": "80", "ssh": "22", "git+ssh": "22", "ssh+git": "22", "git": "9418"}

// remoteHost is host:port of a remote's address, empty for a path and for this machine.
func remoteHost(address string) string {
	if !strings.Contains(address, "://") { // user@host:path, unless a slash comes first
		host, _, ok := strings.Cut(address, ":")
		if !ok || strings.Contains(host, "/") {
			return ""
		}
		return remote(host[strings.LastIndexByte(host, '@')+1:], "22")
	}
	u, err := url.Parse(address)
	if err != nil || remotePorts[u.Scheme] == "" {
		return ""
	}
	if u.Port() != "" {
		return remote(u.Hostname(), u.Port())
	}
	return remote(u.Hostname(), remotePorts[u.Scheme])
}

func remote(host, port string) string {
	if host == "" || loopback(host) {
		return ""
	}
	return net.JoinHostPort(host, port)
}
