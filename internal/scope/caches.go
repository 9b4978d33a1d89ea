package scope

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"

	"writ/internal/sandbox"
)

// caches gives the package managers folders of their own, per project. The person's caches stay readable and
// unchanged: what an agent put there, the person's next build would run.
func caches(p *sandbox.Profile, o Of) {
	dir := "/tmp/cache"
	if o.Caches != "" && o.Project != "" {
		sum := sha256.Sum256([]byte(o.Project))
		dir = filepath.Join(o.Caches, hex.EncodeToString(sum[:8]))
		if err := os.MkdirAll(dir, 0o700); err == nil {
			p.Write = append(p.Write, dir) // it may lie below writ's hidden folder
		} else {
			dir = "/tmp/cache"
		}
	}
	for name, sub := range map[string]string{
		"XDG_CACHE_HOME": "xdg", "GOCACHE": "go-build", "GOPATH": "go", "GOMODCACHE": "go/pkg/mod", "npm_config_cache": "npm", "YARN_CACHE_FOLDER": "yarn",
		"PIP_CACHE_DIR": "pip", "UV_CACHE_DIR": "uv", "CARGO_HOME": "cargo", "GRADLE_USER_HOME": "gradle", "BUN_INSTALL_CACHE_DIR": "bun", "DENO_DIR": "deno", "COREPACK_HOME": "corepack",
	} {
		p.Env[name] = filepath.Join(dir, sub)
	}
	p.Env["GOPROXY"] = goProxy(o)
	p.Env["npm_config_update_notifier"] = "false"
	p.Env["PYTHONDONTWRITEBYTECODE"] = "1" // beside system packages it could not be written anyway
}

// goProxy reads modules that the person has already, before asking the network.
func goProxy(o Of) string {
	env := map[string]string{}
	for _, kv := range append(goEnvFile(o.Home), o.Env...) {
		name, value, _ := strings.Cut(kv, "=")
		env[name] = value
	}
	next := env["GOPROXY"]
	if next == "" {
		next = "https://proxy.golang.org,direct"
	}
	mod := env["GOMODCACHE"]
	if mod == "" && env["GOPATH"] != "" {
		mod = filepath.Join(filepath.SplitList(env["GOPATH"])[0], "pkg", "mod")
	}
	if mod == "" {
		mod = filepath.Join(o.Home, "go", "pkg", "mod")
	}
	if have := filepath.Join(mod, "cache", "download"); isDir(have) {
		return "file://" + have + "," + next
	}
	return next
}

// goEnvFile is what `go env -w` wrote.
func goEnvFile(home string) []string {
	b, err := os.ReadFile(filepath.Join(home, ".config", "go", "env"))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}
