package egress

import (
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Registries returns, as rules and sorted, the hosts of the package registries that the user configured: GOPROXY
// (environment or go/env), npm's registries (npm_config_registry, ~/.npmrc) and pip's indexes (PIP_INDEX_URL,
// PIP_EXTRA_INDEX_URL, pip.conf). It reads files and the given environment and starts nothing.
//
// Never give it the environment of an agent or a project: what it returns may be reached. Files of a project
// (.npmrc, .pip.conf in its folder) are not read. What is not an http or https address is left out.
func Registries(env []string, home string) []string {
	r := reader{env: env, home: home}
	var out []string
	for _, text := range slices.Concat(r.golang(), r.npm(), r.pip()) {
		if rule, ok := registryRule(text); ok {
			out = append(out, rule)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// registryRule is the rule for the address of a registry.
func registryRule(text string) (string, bool) {
	u, err := url.Parse(strings.Trim(strings.TrimSpace(text), `"'`))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return "", false
	}
	host, port, err := authority(u.Host, defaultPort(u.Scheme))
	if err != nil {
		return "", false
	}
	return Target{Host: host, Port: port}.String(), true
}

type reader struct {
	env  []string
	home string
}

func (r reader) get(name string) string { return getenv(r.env, name) }

// configDir is the folder of the user's configuration, as XDG has it.
func (r reader) configDir() string {
	if dir := r.get("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(r.home, ".config")
}

func (r reader) golang() []string {
	v := r.get("GOPROXY")
	if v == "" {
		file := r.get("GOENV")
		if file == "" {
			file = filepath.Join(r.configDir(), "go", "env")
		}
		for _, kv := range settings(file) {
			if kv.key == "goproxy" {
				v = kv.value
			}
		}
	}
	return strings.FieldsFunc(v, func(c rune) bool { return c == ',' || c == '|' })
}

func (r reader) npm() []string {
	out := []string{r.get("NPM_CONFIG_REGISTRY")}
	file := r.get("NPM_CONFIG_USERCONFIG")
	if file == "" {
		file = filepath.Join(r.home, ".npmrc")
	}
	for _, kv := range settings(file) {
		if kv.key == "registry" || strings.HasPrefix(kv.key, "@") && strings.HasSuffix(kv.key, ":registry") {
			out = append(out, os.Expand(kv.value, r.get)) // npm knows ${NAME}
		}
	}
	return out
}

func (r reader) pip() []string {
	out := append(strings.Fields(r.get("PIP_INDEX_URL")), strings.Fields(r.get("PIP_EXTRA_INDEX_URL"))...)
	files := []string{filepath.Join(r.home, ".pip", "pip.conf"), filepath.Join(r.configDir(), "pip", "pip.conf"), r.get("PIP_CONFIG_FILE")}
	for _, file := range files {
		for _, kv := range settings(file) {
			if kv.key == "index-url" || kv.key == "extra-index-url" {
				out = append(out, strings.Fields(kv.value)...)
			}
		}
	}
	return out
}

type setting struct{ key, value string }

// settings reads lines of key = value. Sections do not matter here; a line that is indented continues the value
// before it; # and ; begin a comment. Keys come in lower case with hyphens. A missing file has none.
func settings(file string) []setting {
	var out []setting
	for line := range strings.Lines(readText(file)) {
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' || text[0] == ';' || text[0] == '[' {
			continue
		}
		if (line[0] == ' ' || line[0] == '\t') && len(out) > 0 {
			out[len(out)-1].value += " " + text
			continue
		}
		if k, v, ok := strings.Cut(text, "="); ok {
			key := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(k)), "_", "-")
			out = append(out, setting{key, strings.TrimSpace(v)})
		}
	}
	return out
}

// readText reads at most 1 MiB of a regular file; everything else is empty.
func readText(file string) string {
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, 1<<20))
	return string(b)
}
