package egress

import (
	"os"
	"path/filepath"
	"slices"
)

// Presets are the public registries of each ecosystem, as rules. They are places to read from. A host where anybody can
// store anything without an account of the user's is left out, whoever else uses it (object stores, for one).
// The registries also take uploads from those who log in; in the sandbox there is no login to find.
var Presets = map[string][]string{
	"go":     {"proxy.golang.org:443", "sum.golang.org:443", "go.dev:443", "dl.google.com:443"},
	"npm":    {"registry.npmjs.org:443", "registry.yarnpkg.com:443", "nodejs.org:443"},
	"python": {"pypi.org:443", "files.pythonhosted.org:443"},
	"rust":   {"index.crates.io:443", "static.crates.io:443", "crates.io:443", "static.rust-lang.org:443"},
	"ruby":   {"rubygems.org:443", "index.rubygems.org:443"},
	"java": {"repo.maven.apache.org:443", "repo1.maven.org:443", "plugins.gradle.org:443", "plugins-artifacts.gradle.org:443",
		"services.gradle.org:443", "downloads.gradle.org:443"},
	"php":    {"repo.packagist.org:443", "packagist.org:443", "getcomposer.org:443"},
	"dotnet": {"api.nuget.org:443"},
	"elixir": {"hex.pm:443", "repo.hex.pm:443"},
	"debian": {"deb.debian.org", "security.debian.org", "archive.ubuntu.com", "security.ubuntu.com", "ports.ubuntu.com"},
	"alpine": {"dl-cdn.alpinelinux.org"},
	"github": {"github.com:443", "codeload.github.com:443", "raw.githubusercontent.com:443",
		"objects.githubusercontent.com:443", "release-assets.githubusercontent.com:443"},
}

// markers are the files by which an ecosystem is known; patterns of filepath.Match.
var markers = []struct{ pattern, preset string }{
	{"go.mod", "go"}, {"go.work", "go"},
	{"package.json", "npm"},
	{"pyproject.toml", "python"}, {"requirements*.txt", "python"}, {"setup.py", "python"}, {"Pipfile", "python"},
	{"Cargo.toml", "rust"},
	{"Gemfile", "ruby"},
	{"pom.xml", "java"}, {"build.gradle", "java"}, {"build.gradle.kts", "java"},
	{"composer.json", "php"},
	{"*.csproj", "dotnet"}, {"*.fsproj", "dotnet"}, {"*.sln", "dotnet"},
	{"mix.exs", "elixir"},
}

// maxLook bounds the folders that PresetsFor opens: it runs when a session starts.
const maxLook = 100

// PresetsFor names the ecosystems of a project, sorted, from the names of files in its folder and in the folders
// right below it. Systems' packages and sources (debian, alpine, github) are never among them: these are asked for.
func PresetsFor(dir string) []string {
	var found []string
	folders := []string{dir}
	for i := 0; i < len(folders) && i < maxLook; i++ {
		entries, _ := os.ReadDir(folders[i])
		for _, e := range entries {
			if i == 0 && e.IsDir() && e.Name()[0] != '.' && e.Name() != "node_modules" && e.Name() != "vendor" {
				folders = append(folders, filepath.Join(dir, e.Name()))
			}
			found = append(found, presetsOf(e.Name())...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func presetsOf(file string) []string {
	var out []string
	for _, m := range markers {
		if ok, _ := filepath.Match(m.pattern, file); ok {
			out = append(out, m.preset)
		}
	}
	return out
}

// Destinations joins what a project's commands reach without a question: the rules that are given, and the
// registries of the named ecosystems (nil: those that the project's files name) with those that the person
// configured for their package managers.
func Destinations(allow, presets []string, project string, env []string, home string) []string {
	out := slices.Clone(allow)
	if presets == nil {
		presets = PresetsFor(project)
	}
	for _, name := range presets {
		out = append(out, Presets[name]...)
	}
	if len(presets) > 0 {
		out = append(out, Registries(env, home)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
