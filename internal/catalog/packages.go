package catalog

import (
	"strings"

	"writ/internal/effect"
)

// packagePrograms are package managers: an install from the usual source is ordinary work; what changes the
// source, publishes, or runs what it fetches is told apart.
var packagePrograms = map[string]program{
	"vsce": twine, "ovsx": twine,
	"pip": pip, "pip2": pip, "pip3": pip, "easy_install": manager{install: "."}.look, "pipx": pipx, "uv": uv, "uvx": uvx, "poetry": poetry.look, "pdm": poetry.look, "hatch": poetry.look, "rye": poetry.look, "pipenv": pipenv.look, "flit": manager{publish: "publish", install: "install", read: "build init"}.look, "twine": twine,
	"conda": conda.look, "mamba": conda.look, "micromamba": conda.look, "pixi": conda.look,
	"npm": npm, "pnpm": npm, "yarn": npm, "bun": bun, "npx": npx, "pnpx": npx, "bunx": npx, "yarnpkg": npm, "cnpm": npm, "ni": npm, "lerna": manager{install: "bootstrap add", publish: "publish version", run: "run exec", read: "list changed diff info"}.look, "bower": manager{install: "install i update", remove: "uninstall", publish: "register unregister", read: "list search info"}.look, "jspm": manager{install: "install", remove: "uninstall"}.look, "jsr": manager{install: "add", publish: "publish", remove: "remove"}.look, "corepack": manager{read: "enable disable prepare use up pack hydrate"}.look,
	"gem": gem, "bundle": bundler, "bundler": bundler,
	"nuget": nuget, "paket": manager{install: "install add update restore", remove: "remove", publish: "push"}.look,
	"composer": composer, "pecl": manager{install: "install upgrade", remove: "uninstall", source: "channel-add channel-discover config-set", read: "list search info"}.look, "pear": manager{install: "install upgrade", remove: "uninstall", source: "channel-add channel-discover config-set", read: "list search info"}.look,
	"cpan": cpan, "cpanm": cpan, "cpanp": cpan, "cpm": manager{install: "install"}.look, "luarocks": manager{install: "install make build", remove: "remove purge", publish: "upload", read: "list search show path config which doc lint", sourceOpts: "server from"}.look, "opam": manager{install: "install upgrade reinstall", remove: "remove uninstall", publish: "publish", source: "repository repo pin", read: "list show search env switch init update exec config var"}.look,
	"cabal": manager{install: "install", publish: "upload", read: "build run test repl list update freeze init check haddock bench clean info sdist"}.look, "stack": manager{install: "install", publish: "upload", read: "build test run exec ghci setup new init clean path ls haddock bench"}.look, "hex": manager{publish: "publish retire"}.look, "rebar3": manager{publish: "hex", read: "compile ct eunit shell release deps dialyzer"}.look,
	"pub": dartPub, "dart": dart, "flutter": dart, "swift": swiftTool, "pod": manager{install: "install update", publish: "trunk push", source: "repo", read: "init outdated search spec list lib deintegrate cache"}.look, "carthage": manager{install: "bootstrap update checkout", read: "build outdated"}.look, "mint": manager{install: "install bootstrap", run: "run", remove: "uninstall"}.look,
	"conan": manager{install: "install", publish: "upload", remove: "remove", source: "remote config", read: "create build search list inspect info profile new graph cache download export test"}.look, "vcpkg": manager{install: "install upgrade", remove: "remove", source: "registry x-update-registry", read: "list search update integrate depend-info export"}.look, "xrepo": manager{install: "install", remove: "remove", source: "add-repo", read: "search info env"}.look, "spack": manager{install: "install", remove: "uninstall", source: "repo mirror", read: "find info list load spec env compilers"}.look,
	"asdf": toolchain, "mise": toolchain, "rtx": toolchain, "nvm": toolchain, "fnm": toolchain, "volta": toolchain, "n": toolchain, "rbenv": toolchain, "pyenv": toolchain, "nodenv": toolchain, "goenv": toolchain, "jenv": toolchain, "sdk": toolchain, "rustup": toolchain, "ghcup": toolchain, "elan": toolchain, "proto": toolchain, "tfenv-install": toolchain, "aqua": toolchain, "ghc-pkg": toolchain, "rvm": toolchain, "phpenv": toolchain, "juliaup": toolchain, "dotnet-install": toolchain, "xcodes": toolchain, "sdkmanager": toolchain,
	"code": editor, "cursor": editor, "windsurf": editor, "codium": editor, "code-insiders": editor, "vscodium": editor, "positron": editor, "trae": editor, "kiro": editor, "jupyter": jupyter, "jupyter-lab": jupyter, "jupyter-notebook": jupyter,
}

// manager describes a package manager by lists of its commands.
type manager struct {
	install, remove, publish, source, run, read string
	valued                                      string
	// sourceOpts are options that name another place to fetch from; globalOpts ones that install for everybody.
	sourceOpts, globalOpts string
}

func listed(list, word string) bool { return strings.Contains(" "+list+" ", " "+word+" ") }

func (m manager) look(c Call) Outcome {
	return m.judge(c, loosely(c.Args[1:], m.valued+" "+m.sourceOpts))
}

func (m manager) judge(c Call, l line) Outcome {
	op := l.word(0)
	switch {
	case len(l.words) > 0 && !l.words[0].Known:
		return one(unresolved(c, "the operation is computed"))
	case l.dry() && !l.help():
		return one(made(c, effect.Exec, c.Name()+":"+op, "dry-run"))
	case listed(m.publish, op) || m.publish != "" && listed(strings.ReplaceAll(m.publish, " ", "-"), l.word(0)+"-"+l.word(1)):
		return one(made(c, effect.PkgPublish, c.Name()+":"+op))
	case listed(m.source, op):
		return m.sourced(c, l)
	case listed(m.remove, op):
		return one(made(c, effect.PkgRemove, c.Name()+":"+strings.Join(texts(l.from(1)), " "), "env"))
	case listed(m.run, op):
		return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: runWords(l), Via: c.Name() + " " + op}}}
	case m.install == "." || listed(m.install, op):
		return m.installs(c, l)
	}
	return one(made(c, effect.Exec, strings.TrimSpace(c.Name()+" "+op)))
}

func runWords(l line) []Word {
	if l.rest != nil && len(l.words) < 2 {
		return l.rest
	}
	args := l.args
	for i, a := range args {
		if len(l.words) > 1 && a.Text == l.words[1].Text {
			return args[i:]
		}
	}
	return nil
}

// sourced is a command that changes where packages come from.
func (m manager) sourced(c Call, l line) Outcome {
	if listed("list ls show get", l.word(1)) || len(l.words) == 1 && len(l.opts) == 0 {
		return one(made(c, effect.Exec, c.Name()+" "+l.phrase(2)))
	}
	e := made(c, effect.PkgSource, c.Name()+":"+l.phrase(2))
	e.Host = urlHost(l.args)
	return one(e)
}

// installs notes what is installed and from where.
func (m manager) installs(c Call, l line) Outcome {
	n := 1
	if m.install == "." {
		n = 0
	}
	return installing(c, l, l.from(n), m.sourceOpts, m.globalOpts)
}

// installing is an install of the packages named.
func installing(c Call, l line, packages []Word, sourceOpts, globalOpts string) Outcome {
	e := made(c, effect.PkgInstall, c.Name()+":"+strings.Join(texts(packages), " "))
	host := ""
	for _, o := range strings.Fields(sourceOpts) {
		for _, v := range l.values(o) {
			if v.Text != "" {
				host = urlHost([]Word{v})
				e.Flags = append(e.Flags, "source", "index")
			}
		}
	}
	for _, p := range packages {
		if fromElsewhere(p.Text) {
			e.Flags = append(e.Flags, "source", "url")
			host = urlHost([]Word{p})
		}
		if !p.Known {
			e.Flags = append(e.Flags, "computed")
		}
		if lookalike(p.Text) {
			e.Flags = append(e.Flags, "lookalike")
		}
	}
	for _, o := range strings.Fields(globalOpts) {
		if l.on(o) {
			e.Flags = append(e.Flags, "global")
		}
	}
	for _, v := range l.values("target", "t", "prefix", "root", "install-dir", "bindir", "modules-folder", "dir", "i", "n") {
		if strings.HasPrefix(v.Text, "/tmp") || strings.HasPrefix(v.Text, "/var/tmp") || strings.HasPrefix(v.Text, "/dev/shm") {
			e.Flags = append(e.Flags, "target")
		}
	}
	if len(packages) == 0 {
		e.Flags = append(e.Flags, "lock")
	}
	e.Host = host
	return one(e)
}

// fromElsewhere tells whether a package is named by a URL or a repository in place of a registry's name.
func fromElsewhere(name string) bool {
	low := strings.ToLower(name)
	for _, s := range []string{"http://", "https://", "git+", "git://", "ssh://", "git@", "github:", "gitlab:", "bitbucket:", "gist:", "hg+", "svn+", "file+"} {
		if strings.HasPrefix(low, s) || strings.Contains(low, " @ "+s) || strings.Contains(low, "@"+s) {
			return true
		}
	}
	return false
}

var poetry = manager{install: "install add update sync self lock-install", remove: "remove", publish: "publish upload", source: "source", run: "run", read: "build lock show check", valued: "G group C directory P project source python p", globalOpts: ""}

var pipenv = manager{install: "install sync update upgrade", remove: "uninstall clean", run: "run", read: "lock graph check shell requirements verify scripts", sourceOpts: "index i pypi-mirror"}

var conda = manager{install: "install create update upgrade add global", remove: "remove uninstall", run: "run", valued: "n name p prefix f file", sourceOpts: "c-url channel-url", read: "list info env search activate deactivate init config clean shell init task"}

// twine uploads to a package index, as vsce and ovsx publish an editor's extension.
func twine(c Call) Outcome {
	l := loosely(c.Args[1:], "r repository repository-url u p")
	if listed("upload register publish unpublish", l.word(0)) {
		return one(made(c, effect.PkgPublish, c.Name()+":"+l.word(0)))
	}
	return one(made(c, effect.Exec, c.Name()+" "+l.word(0)))
}
