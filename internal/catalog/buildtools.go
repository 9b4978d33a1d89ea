package catalog

import (
	"strings"

	"writ/internal/effect"
)

// buildPrograms build, test and run projects: their targets are looked up by the reader.
var buildPrograms = map[string]program{
	"make": makeTool, "gmake": makeTool, "bmake": makeTool, "remake": makeTool, "nmake": makeTool, "mingw32-make": makeTool, "cmake": cmakeTool, "ctest": buildOnly, "ninja": buildOnly, "samu": buildOnly, "meson": buildOnly, "scons": buildOnly, "waf": buildOnly, "bazel": bazel, "bazelisk": bazel, "buck": bazel, "buck2": bazel, "pants": bazel, "please": bazel, "ccache": ccache, "sccache": ccache, "distcc": ccache, "bear": ccache, "scan-build": ccache, "icecc": ccache,
	"just": targets("just", "f justfile d working-directory set"), "task": taskTool, "go-task": targets("task", "t taskfile d dir"), "mage": buildOnly, "invoke": buildOnly, "inv": buildOnly, "nox": buildOnly, "tox": buildOnly, "doit": buildOnly, "earthly": buildOnly, "dagger": buildOnly, "gulp": buildOnly, "grunt": buildOnly, "nx": buildOnly, "turbo": buildOnly, "rush": buildOnly, "vite": serverTool, "webpack": buildOnly, "webpack-dev-server": serverTool, "esbuild": buildOnly, "rollup": buildOnly, "parcel": buildOnly, "next": serverTool, "nuxt": serverTool, "astro": serverTool, "ng": serverTool, "vue-cli-service": serverTool, "react-scripts": buildOnly, "gatsby": serverTool, "hugo": serverTool, "jekyll": serverTool, "mkdocs": serverTool, "eleventy": buildOnly, "expo-cli": buildOnly, "tsc": buildOnly, "tsup": buildOnly, "swc": buildOnly, "babel": buildOnly,
	"go": goTool, "gofmt": buildOnly, "gotestsum": buildOnly, "golangci-lint": buildOnly, "goreleaser": releaser, "ko-build": buildOnly, "dlv": buildOnly, "staticcheck": buildOnly, "air": buildOnly, "buf": releaser,
	"cargo": cargo, "cross": cargo, "rustc": compilerArgs, "trunk": serverTool, "wasm-pack": releaser, "maturin": releaser, "cargo-nextest": buildOnly,
	"mvn": maven, "mvnw": maven, "mvnd": maven, "gradle": gradle, "gradlew": gradle, "gradle.bat": gradle, "ant": buildOnly, "sbt": sbt, "lein": sbt, "mill": sbt, "bleep": buildOnly, "javac": buildOnly, "kotlinc-jvm": buildOnly,
	"dotnet": dotnet, "msbuild": buildOnly, "xcodebuild": buildOnly, "xcrun": xcrun, "gcc-ar": buildOnly, "zig": zigTool, "crystal": buildOnly, "nimble": releaser, "shards": buildOnly, "dub": releaser, "v": buildOnly, "gleam": releaser,
	"semantic-release": releaser, "release-it": releaser, "np": releaser, "changeset": releaser, "standard-version": buildOnly, "release-please": releaser, "jreleaser": releaser, "cibuildwheel": buildOnly, "electron-builder": releaser,
	"pytest": buildOnly, "jest": buildOnly, "vitest": buildOnly, "mocha": buildOnly, "ava": buildOnly, "playwright": buildOnly, "cypress": buildOnly, "eslint": buildOnly, "prettier": buildOnly, "black": buildOnly, "ruff": buildOnly, "mypy": buildOnly, "flake8": buildOnly, "pylint": buildOnly, "isort": buildOnly, "rspec": buildOnly, "rubocop": buildOnly, "phpunit": buildOnly, "pre-commit": preCommit, "lefthook": preCommit, "husky": preCommit, "stylelint": buildOnly, "biome": buildOnly, "oxlint": buildOnly, "shellcheck": buildOnly, "shfmt": buildOnly, "yamllint": buildOnly, "markdownlint": buildOnly, "clang-format": buildOnly, "clang-tidy": buildOnly, "cppcheck": buildOnly, "pyright": buildOnly, "bandit": buildOnly, "semgrep": buildOnly, "coverage": buildOnly, "act": actTool, "storybook": serverTool, "docusaurus": serverTool, "autoconf": buildOnly, "automake": buildOnly, "autoreconf": buildOnly, "pkg-config": buildOnly, "protoc": compilerArgs, "flutter_test": buildOnly,
	"uvicorn": serverTool, "gunicorn": serverTool, "flask": serverTool, "hypercorn": serverTool, "daphne": serverTool, "fastapi": serverTool, "streamlit": serverTool, "puma": serverTool, "http-server": fileServer, "serve": fileServer, "live-server": fileServer, "httpd": serverTool, "json-server": serverTool, "caddy": serverTool, "lt": tunnel, "localtunnel": tunnel,
}

func buildOnly(c Call) Outcome { return withTampering(c, one(made(c, effect.Exec, c.Name()))) }

// tampering are variables that replace the program or plug something into it.
var tampering = setOf("shell make cc cxx cpp ld ar as fc ranlib rustc rustc_wrapper cargo_build_rustc_wrapper goflags cgo_cflags cgo_ldflags cflags cxxflags cppflags ldflags ccache_prefix makeflags mflags")

// withTampering adds what VAR=value words and prefixes replace: CC=/tmp/cc, CFLAGS=-fplugin=x.so, SHELL=….
func withTampering(c Call, out Outcome) Outcome {
	for _, a := range c.Assign {
		if flag := tampers(a.Name, a.Value.Text); flag != "" {
			out.Effects = append(out.Effects, made(c, effect.ExecTampered, a.Name, flag))
		}
	}
	for _, w := range c.Args[1:] {
		name, value, ok := strings.Cut(strings.TrimPrefix(w.Text, "-D"), "=")
		if !ok {
			continue
		}
		if i := strings.IndexByte(name, ':'); i > 0 {
			name = name[:i]
		}
		if flag := tampers(name, value); flag != "" {
			out.Effects = append(out.Effects, made(c, effect.ExecTampered, name, flag))
		}
	}
	return out
}

// tampers tells how an assignment changes what a build runs; "" when it does not.
func tampers(name, value string) string {
	low := strings.ToLower(name)
	switch {
	case strings.Contains(value, "-fplugin") || strings.Contains(value, "-Wl,--wrap") || strings.Contains(value, "-Xclang -load") || strings.Contains(value, "-fpass-plugin") || strings.Contains(value, "-specs=") || strings.Contains(value, "-B/tmp") || strings.Contains(value, "-toolexec") || strings.Contains(value, "-C linker="):
		return "plugin"
	case low == "goflags" && strings.Contains(value, "-insecure"):
		return "insecure"
	case low == "shell" && (strings.ContainsAny(value, " ;|") || fromOpenFolder(value)):
		return "shell"
	case (tampering[low] || strings.HasPrefix(low, "cmake_") && (strings.HasSuffix(low, "_compiler") || strings.HasSuffix(low, "_launcher") || strings.HasSuffix(low, "linker") || strings.HasSuffix(low, "make_program"))) && fromOpenFolder(value):
		return "program"
	}
	return ""
}

// fromOpenFolder tells whether a program lies where anybody may have put it.
func fromOpenFolder(p string) bool {
	for _, dir := range []string{"/tmp/", "/var/tmp/", "/dev/shm/", "/private/tmp/", "/run/user/", "/Users/Shared/"} {
		if strings.Contains(p, dir) {
			return true
		}
	}
	return false
}

const makeValued = "C directory f file makefile I include-dir o old-file W what-if assume-new eval l load-average O"

// makeTool runs targets of a makefile; VAR=value words change what the recipes run.
func makeTool(c Call) Outcome {
	l := loosely(c.Args[1:], makeValued)
	out := withTampering(c, Outcome{})
	for _, e := range l.values("eval", "E") {
		if e.Text != "" {
			out.Nested = append(out.Nested, makeEval(e))
		}
	}
	path := known(".")
	if v := l.values("C", "directory"); len(v) > 0 {
		path = v[len(v)-1]
	}
	if v := l.values("f", "file", "makefile"); len(v) > 0 {
		path = v[len(v)-1]
	}
	if path.Text == "-" && c.Stdin != nil && c.Stdin.Known {
		return withTampering(c, Outcome{Nested: []Nested{{Kind: NestedShell, Text: known(recipes(c.Stdin.Text)), Via: "make -f -"}}})
	}
	var named []Word
	for _, w := range l.words {
		if !strings.Contains(w.Text, "=") && !isNumber(w.Text) {
			named = append(named, w)
		}
	}
	if len(named) == 0 {
		named = []Word{known("")}
	}
	for _, w := range named {
		out.Nested = append(out.Nested, Nested{Kind: NestedTarget, Lang: "make", Text: w, Path: path, Via: "make"})
	}
	out.Effects = append(out.Effects, made(c, effect.Exec, "make"))
	return out
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// recipes are the lines of a makefile that begin with a tab, as shell text.
func recipes(text string) string {
	var b strings.Builder
	for _, line := range strings.Split(text, "\n") {
		if rest, ok := strings.CutPrefix(line, "\t"); ok {
			b.WriteString(strings.TrimLeft(rest, "@-+"))
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// makeEval is `make --eval 'x:; cmd'`: what stands behind the semicolon, or in $(shell …), runs.
func makeEval(e Word) Nested {
	text := e.Text
	if i := strings.Index(text, "$(shell "); i >= 0 {
		text = strings.TrimSuffix(text[i+8:], ")")
	} else if _, cmd, ok := strings.Cut(text, ";"); ok {
		text = cmd
	}
	return Nested{Kind: NestedShell, Text: Word{Text: strings.TrimLeft(text, "\t @-+"), Known: e.Known}, Via: "make --eval"}
}

func cmakeTool(c Call) Outcome {
	l := loosely(c.Args[1:], "S B G T A P C build install open preset E t target j config prefix")
	out := withTampering(c, Outcome{})
	switch {
	case len(l.values("E")) > 0 && l.value("E") != "":
		return Outcome{Nested: cmakeCommand(l)}
	case l.has("P"):
		out.path(effect.FSRead, lastWord(l.values("P")))
	}
	return plainExec(out, c)
}

// cmakeCommand is `cmake -E`: a portable rm, copy and env.
func cmakeCommand(l line) []Nested {
	renamed := map[string][]string{"rm": {"rm"}, "remove": {"rm", "-f"}, "remove_directory": {"rm", "-rf"}, "copy": {"cp"}, "copy_directory": {"cp", "-r"}, "rename": {"mv"}, "make_directory": {"mkdir", "-p"}, "touch": {"touch"}, "env": {"env"}, "time": {"time"}, "create_symlink": {"ln", "-s"}, "cat": {"cat"}}
	args, ok := renamed[strings.ToLower(l.value("E"))]
	if !ok {
		return nil
	}
	inner := words(args...)
	for i, a := range l.args {
		if a.Text == "-E" && i+2 <= len(l.args) {
			inner = append(inner, l.args[i+2:]...)
		}
	}
	return []Nested{{Kind: NestedArgv, Args: inner, Via: "cmake -E"}}
}

// ccache and its kin run the compiler that follows.
func ccache(c Call) Outcome {
	args := c.Args[1:]
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		args = args[1:]
	}
	if len(args) == 0 {
		return one(made(c, effect.Exec, c.Name()))
	}
	return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: args, Via: c.Name()}}}
}

// targets is a runner of named recipes.
func targets(lang, valued string) program {
	return func(c Call) Outcome {
		l := loosely(c.Args[1:], valued)
		out := one(made(c, effect.Exec, c.Name()))
		path := known(".")
		if v := l.values(strings.Fields(valued)[:1]...); len(v) > 0 {
			path = v[0]
		}
		for _, w := range l.words {
			if !strings.Contains(w.Text, "=") {
				out.Nested = append(out.Nested, Nested{Kind: NestedTarget, Lang: lang, Text: w, Path: path, Via: c.Name()})
			}
		}
		return out
	}
}

// taskTool tells the runner from the to-do list of the same name.
func taskTool(c Call) Outcome {
	l := loosely(c.Args[1:], "t taskfile d dir")
	if isNumber(l.word(0)) || listed("add list next done modify", l.word(0)) {
		return one(made(c, effect.Exec, "task"))
	}
	return targets("task", "t taskfile d dir")(c)
}

func bazel(c Call) Outcome {
	l := loosely(c.Args[1:], "output_base config c")
	if l.word(0) == "clean" && l.on("expunge") {
		return one(made(c, effect.Exec, "bazel clean --expunge"))
	}
	for _, v := range l.values("run_under") {
		return Outcome{Nested: []Nested{{Kind: NestedShell, Text: v, Via: "bazel --run_under"}}}
	}
	return buildOnly(c)
}

// goTool: the go command; env -w and mod edit change where modules come from and how they are checked.
func goTool(c Call) Outcome {
	l := loosely(c.Args[1:], "C o tags ldflags gcflags run timeout p mod modfile toolexec overlay exec")
	op := l.word(0)
	out := withTampering(c, one(made(c, effect.Exec, strings.TrimSpace("go "+op))))
	for _, v := range append(l.values("toolexec"), l.values("exec")...) {
		if v.Text != "" {
			out.Nested = append(out.Nested, Nested{Kind: NestedShell, Text: v, Via: "go -toolexec"})
			out.add(effect.ExecTampered, "-toolexec", "plugin")
		}
	}
	switch {
	case op == "env" && l.has("w"):
		return goEnv(c, l)
	case op == "install" || op == "get":
		return goGet(c, l, op)
	case op == "mod" && l.word(1) == "edit":
		return goModEdit(c, l)
	case op == "run" && len(l.words) > 1 && strings.Contains(l.words[1].Text, "@") && strings.Contains(l.words[1].Text, "."):
		return one(made(c, effect.PkgInstall, "go run:"+l.words[1].Text, "run"))
	case op == "generate":
		out.add(effect.Exec, "go generate")
	case op == "clean" && l.on("modcache"):
		out.Effects[0].Target = "go clean -modcache"
	}
	return out
}

func goGet(c Call, l line, op string) Outcome {
	out := installing(c, l, l.from(1), "", "")
	if op == "install" {
		out.Effects[0].Flags = without(out.Effects[0].Flags, "lock")
		if len(l.words) < 2 || !strings.Contains(l.words[1].Text, "@") {
			out.Effects[0] = made(c, effect.Exec, "go install")
		}
	}
	if l.on("insecure") {
		out.Effects = append(out.Effects, made(c, effect.Bypass, "tls"))
	}
	return withTampering(c, out)
}

// goEnv judges go env -w NAME=value.
func goEnv(c Call, l line) Outcome {
	out := one(made(c, effect.Exec, "go env -w"))
	for _, w := range l.words[1:] {
		name, value, _ := strings.Cut(w.Text, "=")
		switch strings.ToUpper(name) {
		case "GOPROXY":
			if !usualProxy(value) {
				e := made(c, effect.PkgSource, "go:GOPROXY")
				e.Host = urlHost([]Word{known(value)})
				out.Effects = append(out.Effects, e)
			}
		case "GONOSUMDB", "GONOSUMCHECK", "GOINSECURE", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GOVCS", "GOAUTH", "GOTOOLCHAIN":
			if value != "" && value != "sum.golang.org" && strings.ToUpper(name) != "GOTOOLCHAIN" {
				out.Effects = append(out.Effects, made(c, effect.PkgSource, "go:"+name, "insecure"))
			}
		case "CC", "CXX", "GOFLAGS":
			if flag := tampers(name, value); flag != "" {
				out.Effects = append(out.Effects, made(c, effect.ExecTampered, name, flag))
			}
		}
	}
	return out
}

func usualProxy(value string) bool {
	for _, part := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '|' }) {
		if part != "direct" && part != "off" && !publicSource(parseURL(part, "https").host) {
			return false
		}
	}
	return true
}

// goModEdit: replacing a module by another path from the network changes what is built.
func goModEdit(c Call, l line) Outcome {
	for i, a := range c.Args {
		var value string
		switch {
		case strings.HasPrefix(strings.TrimLeft(a.Text, "-"), "replace=") && a.Text[0] == '-':
			_, value, _ = strings.Cut(a.Text, "=")
		case (a.Text == "-replace" || a.Text == "--replace") && i+1 < len(c.Args):
			value = c.Args[i+1].Text
		}
		if _, to, ok := strings.Cut(value, "="); ok && !strings.HasPrefix(to, ".") && !strings.HasPrefix(to, "/") {
			return one(made(c, effect.PkgSource, "go:replace "+value))
		}
	}
	return one(made(c, effect.Exec, "go mod edit"))
}

// cargo runs builds; publish, yank and owner reach the registry.
func cargo(c Call) Outcome {
	l := loosely(c.Args[1:], "p package features target target-dir manifest-path bin example git branch tag rev version root index registry path config token Z j")
	out := Outcome{}
	for _, v := range l.values("config") {
		if strings.Contains(v.Text, "linker") || strings.Contains(v.Text, "wrapper") || strings.Contains(v.Text, "runner") || strings.Contains(v.Text, "replace-with") {
			out.Effects = append(out.Effects, made(c, effect.ExecTampered, v.Text, "plugin"))
		}
	}
	switch op := l.word(0); op {
	case "publish", "yank", "owner":
		if l.dry() || op == "owner" && l.on("list", "l") {
			return one(made(c, effect.Exec, "cargo "+op, "dry-run"))
		}
		return one(made(c, effect.PkgPublish, "cargo:"+op))
	case "login", "logout":
		return one(made(c, effect.SecretKey, "cargo:"+op))
	case "install", "add", "update", "fetch", "binstall":
		return cargoInstall(out, c, l)
	case "uninstall", "remove", "rm":
		return one(made(c, effect.PkgRemove, "cargo:"+l.word(1)))
	}
	out.Effects = append(out.Effects, made(c, effect.Exec, strings.TrimSpace("cargo "+l.word(0))))
	return withTampering(c, out)
}

func cargoInstall(out Outcome, c Call, l line) Outcome {
	more := installing(c, l, l.from(1), "index registry", "")
	if v := l.value("git"); v != "" {
		more.Effects[0].Flags = append(more.Effects[0].Flags, "source", "url")
		more.Effects[0].Host = urlHost([]Word{known(v)})
	}
	out.Effects = append(out.Effects, more.Effects...)
	return out
}

// compilerArgs are compilers with plugins named on the line.
func compilerArgs(c Call) Outcome {
	for _, a := range c.Args {
		if strings.Contains(a.Text, "-Zplugin") || strings.HasPrefix(a.Text, "--plugin=") && fromOpenFolder(a.Text) || strings.Contains(a.Text, "-Clinker=/tmp") || strings.HasPrefix(a.Text, "linker=") && fromOpenFolder(a.Text) {
			return one(made(c, effect.ExecTampered, a.Text, "plugin"))
		}
	}
	return buildOnly(c)
}

// maven: goals deploy and release publish; repositories and caches may be named on the line.
func maven(c Call) Outcome {
	l := loosely(c.Args[1:], "f file P pl s settings gs D")
	for _, w := range l.words {
		low := strings.ToLower(w.Text)
		switch {
		case low == "deploy" || strings.HasPrefix(low, "deploy:") || low == "release:perform" || low == "site-deploy" || strings.Contains(low, "maven-deploy-plugin") || low == "nexus-staging:release" || strings.Contains(low, ":deploy-file"):
			return one(made(c, effect.PkgPublish, "mvn:"+low))
		case strings.HasPrefix(low, "exec:exec"):
			return one(made(c, effect.Exec, "mvn exec"))
		}
	}
	out := one(made(c, effect.Exec, strings.TrimSpace("mvn "+l.word(0))))
	for _, a := range c.Args {
		low := strings.ToLower(a.Text)
		switch {
		case strings.Contains(low, "repourl=") || strings.Contains(low, "remoterepositories=") || strings.HasPrefix(low, "-dmaven.repo.local=") && fromOpenFolder(a.Text):
			e := made(c, effect.PkgInstall, "mvn", "source", "index")
			e.Host = urlHost([]Word{a})
			out.Effects = append(out.Effects, e)
		case strings.Contains(low, "ssl.insecure=true") || strings.Contains(low, "wagon.http.ssl.allowall=true"):
			out.Effects = append(out.Effects, made(c, effect.Bypass, "tls"))
		}
	}
	return out
}

func gradle(c Call) Outcome {
	l := loosely(c.Args[1:], "p project-dir I init-script b build-file x exclude-task g c")
	for _, w := range l.words {
		name := w.Text[strings.LastIndexByte(w.Text, ':')+1:]
		if (strings.HasPrefix(name, "publish") || name == "uploadArchives" || name == "closeAndReleaseRepository" || name == "release") && !strings.Contains(name, "Local") {
			return one(made(c, effect.PkgPublish, "gradle:"+name))
		}
	}
	out := buildOnly(c)
	for _, v := range l.values("I", "init-script") {
		if fromOpenFolder(v.Text) {
			out.Effects = append(out.Effects, made(c, effect.ExecTampered, v.Text, "plugin"))
		}
	}
	return out
}

func sbt(c Call) Outcome {
	for _, a := range c.Args[1:] {
		low := strings.ToLower(a.Text)
		if strings.HasPrefix(low, "publish") && !strings.HasPrefix(low, "publishlocal") && !strings.HasPrefix(low, "publishm2") || low == "deploy" || low == "sonatyperelease" || low == "+publish" {
			return one(made(c, effect.PkgPublish, c.Name()+":"+low))
		}
	}
	return buildOnly(c)
}

func dotnet(c Call) Outcome {
	l := loosely(c.Args[1:], "s source p project c configuration f framework r runtime o output k api-key v version add-source name")
	switch l.phrase(2) {
	case "nuget push", "nuget delete":
		return one(made(c, effect.PkgPublish, "dotnet:"+l.phrase(2)))
	case "nuget add", "nuget update", "nuget remove", "nuget enable", "nuget disable":
		e := made(c, effect.PkgSource, "dotnet:"+l.phrase(2))
		e.Host = urlHost(c.Args)
		return one(e)
	case "tool install", "tool update", "new install", "workload install", "tool restore":
		return feedInstall(c, l, l.from(2), "add-source source s", "nuget.org")
	case "ef database":
		if l.word(2) == "drop" {
			return one(made(c, effect.DBDestroy, "dotnet:ef database drop"))
		}
		return one(made(c, effect.DBWrite, "dotnet:ef database "+l.word(2)))
	case "user-secrets list":
		return one(made(c, effect.SecretRead, "dotnet user-secrets"))
	}
	switch op := l.word(0); {
	case op == "add" && l.has("s", "source") || op == "add" || op == "restore" || op == "package":
		return feedInstall(c, l, l.from(1), "s source add-source", "nuget.org")
	case op == "remove":
		return one(made(c, effect.PkgRemove, "dotnet:"+l.word(2)))
	}
	return one(made(c, effect.Exec, strings.TrimSpace("dotnet "+l.word(0))))
}

func xcrun(c Call) Outcome {
	if len(c.Args) > 1 && !strings.HasPrefix(c.Args[1].Text, "-") {
		l := loosely(c.Args[1:], "")
		if l.word(0) == "simctl" && (l.word(1) == "erase" || l.word(1) == "delete") {
			return one(made(c, effect.Exec, "simctl "+l.word(1), "erase"))
		}
		if l.word(0) == "altool" || l.word(0) == "notarytool" {
			return one(made(c, effect.PkgPublish, l.word(0)))
		}
		return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: c.Args[1:], Via: "xcrun"}}}
	}
	return one(made(c, effect.Exec, "xcrun"))
}

func zigTool(c Call) Outcome {
	l := loosely(c.Args[1:], "")
	if l.word(0) == "fetch" && len(l.words) > 1 {
		return installing(c, l, l.from(1), "", "")
	}
	return buildOnly(c)
}

// releaser publishes unless told to only show or check.
func releaser(c Call) Outcome {
	l := loosely(c.Args[1:], "f config t token p")
	op := l.word(0)
	switch {
	case l.dry() || l.on("snapshot", "skip-publish", "no-publish") || strings.Contains(l.value("skip"), "publish"):
		return one(made(c, effect.Exec, c.Name(), "dry-run"))
	case listed("check build init healthcheck schema man jsonschema lint format fmt generate breaking dep mod test new add status version develop run clean deps docs export ls", op), op == "" && (c.Name() == "changeset" || c.Name() == "buf" || c.Name() == "goreleaser" || c.Name() == "electron-builder"):
		return one(made(c, effect.Exec, strings.TrimSpace(c.Name()+" "+op)))
	}
	return one(made(c, effect.PkgPublish, strings.TrimSpace(c.Name()+":"+op)))
}

func preCommit(c Call) Outcome {
	l := loosely(c.Args[1:], "c config t hook-type")
	switch l.word(0) {
	case "uninstall":
		return one(made(c, effect.GitBypass, c.Name()+" uninstall", "hooks"))
	case "install", "add", "set", "init":
		return one(made(c, effect.GitHook, c.Name()+" "+l.word(0), "install"))
	}
	return one(made(c, effect.Exec, strings.TrimSpace(c.Name()+" "+l.word(0))))
}

// actTool runs a CI pipeline in containers here.
func actTool(c Call) Outcome {
	l := loosely(c.Args[1:], "j job W workflows s secret secret-file env-file P platform e eventpath")
	if l.on("l", "list", "n", "dryrun", "g") {
		return one(made(c, effect.Exec, "act"))
	}
	out := one(made(c, effect.ContainerRun, "act", flagIf(l.on("privileged"), "privileged")...))
	for _, v := range l.values("secret-file") {
		out.path(effect.FSRead, v)
	}
	return out
}

// serverTool opens a port when it serves; which address decides who reaches it.
func serverTool(c Call) Outcome {
	l := loosely(c.Args[1:], "H host hostname bind b address a ip p port addr i server.address")
	for _, v := range l.values("host", "hostname", "H", "bind", "b", "address", "ip", "addr", "server.address") {
		if publicAddress(v.Text) || v.Text == "" && l.has("host") && c.Name() == "vite" {
			return Outcome{Effects: []effect.Effect{made(c, effect.Exec, c.Name()), made(c, effect.NetListen, c.Name(), "public")}}
		}
	}
	return buildOnly(c)
}

// fileServer serves a folder to everybody unless an address is named.
func fileServer(c Call) Outcome {
	l := loosely(c.Args[1:], "p port a address host l listen")
	a := l.value("a", "address", "host")
	if a == "127.0.0.1" || a == "localhost" {
		return one(made(c, effect.NetListen, c.Name(), "files"))
	}
	return one(made(c, effect.NetListen, c.Name(), "files", "public"))
}

func tunnel(c Call) Outcome { return one(made(c, effect.NetTunnel, c.Name(), "public")) }
