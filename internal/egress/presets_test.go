package egress

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestPresets(t *testing.T) {
	for name, texts := range Presets {
		rules, err := ParseRules(texts)
		if err != nil || len(texts) == 0 {
			t.Errorf("%s: %v", name, err)
		}
		if !slices.Equal(rules.Strings(), texts) {
			t.Errorf("%s: %q is written %q", name, texts, rules.Strings())
		}
		for _, r := range rules.list {
			if r.sub || r.private || (r.port == 0 && !r.web) {
				t.Errorf("%s: %s is wider than one public host", name, r)
			}
		}
	}
	for _, m := range markers {
		if Presets[m.preset] == nil {
			t.Errorf("%s leads to %s, which is no preset", m.pattern, m.preset)
		}
	}
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPresetsFor(t *testing.T) {
	for name, c := range map[string]struct{ files, want []string }{
		"nothing":  {nil, nil},
		"go":       {[]string{"go.mod"}, []string{"go"}},
		"mixed":    {[]string{"package.json", "requirements-dev.txt", "Cargo.toml"}, []string{"npm", "python", "rust"}},
		"below":    {[]string{"web/package.json", "api/pyproject.toml"}, []string{"npm", "python"}},
		"others":   {[]string{"Gemfile", "build.gradle.kts", "pom.xml", "a.csproj", "composer.json"}, []string{"dotnet", "java", "php", "ruby"}},
		"vendored": {[]string{"node_modules/package.json", "vendor/go.mod", ".cache/Cargo.toml", "a/b/Gemfile"}, nil},
	} {
		dir := t.TempDir()
		for _, f := range c.files {
			put(t, dir, f, "")
		}
		if got := PresetsFor(dir); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := PresetsFor(filepath.Join(t.TempDir(), "missing")); len(got) != 0 {
		t.Errorf("a missing folder has %q", got)
	}
}

func TestRegistries(t *testing.T) {
	home := t.TempDir()
	put(t, home, ".config/go/env", "GOFLAGS=-mod=mod\nGOPROXY=https://goproxy.corp.example/repo|https://user:pw@second.example:8443,direct\n")
	put(t, home, ".npmrc", "; mine\nregistry = \"https://npm.corp.example/\"\n@team:registry=https://${TEAM}.example:4873/x\n//npm.corp.example/:_authToken=made-up\nfund=false\n")
	put(t, home, ".pip/pip.conf", "[global]\nindex-url = http://pip.corp.example/simple\nextra-index-url =\n  https://one.example/simple\n  https://two.example:444/simple\n# index-url = https://off.example\n")
	put(t, home, ".config/pip/pip.conf", "[install]\nindex_url=https://pip2.corp.example/simple\n")
	got := Registries([]string{"TEAM=team", "PIP_EXTRA_INDEX_URL=https://e1.example https://e2.example", "NO=1"}, home)
	want := []string{"e1.example:443", "e2.example:443", "goproxy.corp.example:443", "npm.corp.example:443", "one.example:443",
		"pip.corp.example:80", "pip2.corp.example:443", "second.example:8443", "team.example:4873", "two.example:444"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if _, err := ParseRules(got); err != nil {
		t.Error(err)
	}
	env := []string{"GOPROXY=https://env.example,off", "npm_config_registry=https://npmenv.example", "PIP_INDEX_URL=file:///srv/x"}
	if got := Registries(env, t.TempDir()); !slices.Equal(got, []string{"env.example:443", "npmenv.example:443"}) {
		t.Errorf("from the environment: %q", got)
	}
	if got := Registries(append(env, "GOENV=off"), home); slices.Contains(got, "goproxy.corp.example:443") {
		t.Errorf("GOPROXY of the environment does not replace the file's: %q", got)
	}
}
