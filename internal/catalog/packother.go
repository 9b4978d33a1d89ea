package catalog

import (
	"strings"

	"writ/internal/effect"
)

func gem(c Call) Outcome {
	l := loosely(c.Args[1:], "v version s source i install-dir n bindir P trust-policy k key host")
	switch l.word(0) {
	case "install", "update", "i":
		out := installing(c, l, l.from(1), "s source", "")
		if strings.HasPrefix(l.value("s", "source"), "http://") {
			out.Effects = append(out.Effects, made(c, effect.Bypass, "tls"))
		}
		return out
	case "uninstall", "cleanup":
		return one(made(c, effect.PkgRemove, "gem:"+l.word(1)))
	case "push", "yank", "owner":
		return one(made(c, effect.PkgPublish, "gem:"+l.word(0)))
	case "signin", "signout":
		return one(made(c, effect.SecretKey, "gem:"+l.word(0)))
	case "sources", "source":
		if l.has("a", "add", "p", "prepend") {
			e := made(c, effect.PkgSource, "gem:sources")
			e.Host = urlHost(c.Args)
			return one(e)
		}
	}
	return one(made(c, effect.Exec, strings.TrimSpace("gem "+l.word(0))))
}

func bundler(c Call) Outcome {
	l := loosely(c.Args[1:], "gemfile path jobs j without")
	switch l.word(0) {
	case "exec", "e":
		return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: after(c.Args[1:], l, 1), Via: "bundle exec"}}}
	case "config":
		if l.says("mirror.", "rubygems.pkg", "ssl_verify_mode", "ssl_ca_cert") && len(l.words) > 2 {
			e := made(c, effect.PkgSource, "bundle:config")
			e.Host = urlHost(c.Args)
			return one(e)
		}
	case "install", "update", "add", "", "i":
		return installing(c, l, l.from(1), "source", "")
	case "remove", "clean":
		return one(made(c, effect.PkgRemove, "bundle:"+l.word(1)))
	}
	return one(made(c, effect.Exec, strings.TrimSpace("bundle "+l.word(0))))
}

// ownFeed tells whether a package source is another than the registry everybody uses.
func ownFeed(l line, options string, usual ...string) bool {
	for _, o := range strings.Fields(options) {
		for _, v := range l.values(o) {
			if v.Text == "" {
				continue
			}
			known := false
			for _, u := range usual {
				known = known || strings.Contains(strings.ToLower(v.Text), u)
			}
			if !known {
				return true
			}
		}
	}
	return false
}

func nuget(c Call) Outcome {
	l := loosely(c.Args[1:], "Source source s ApiKey k Version OutputDirectory name")
	switch l.word(0) {
	case "push", "delete":
		return one(made(c, effect.PkgPublish, "nuget:"+l.word(0)))
	case "sources", "setapikey", "add", "config":
		if l.word(1) == "list" {
			break
		}
		e := made(c, effect.PkgSource, "nuget:"+l.phrase(2))
		e.Host = urlHost(c.Args)
		return one(e)
	case "install", "restore", "update":
		return feedInstall(c, l, l.from(1), "Source source s", "nuget.org")
	}
	return one(made(c, effect.Exec, "nuget "+l.word(0)))
}

// feedInstall is an install whose source option may name the usual registry.
func feedInstall(c Call, l line, packages []Word, options, usual string) Outcome {
	if !ownFeed(l, options, usual) {
		options = ""
	}
	out := installing(c, l, packages, options, "")
	if options != "" {
		out.Effects[0].Flags = append(out.Effects[0].Flags, "feed")
	}
	return out
}

func composer(c Call) Outcome {
	l := loosely(c.Args[1:], "d working-dir repository")
	switch op := l.word(0); op {
	case "install", "update", "require", "i", "u", "upgrade", "create-project", "reinstall":
		return installing(c, l, l.from(1), "repository repository-url", "")
	case "global":
		l.words = l.from(1)
		out := installing(c, l, l.from(1), "repository", "")
		out.Effects[0].Flags = append(out.Effects[0].Flags, "global")
		return out
	case "remove", "uninstall":
		return one(made(c, effect.PkgRemove, "composer:"+l.word(1)))
	case "config":
		if l.says("repositories", "repo.", "secure-http", "disable-tls", "allow-plugins", "github-oauth", "http-basic") && len(l.words) > 2 {
			e := made(c, effect.PkgSource, "composer:config")
			e.Host = urlHost(c.Args)
			return one(e)
		}
	case "exec":
		return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: after(c.Args[1:], l, 1), Via: "composer exec"}}}
	case "run", "run-script":
		return Outcome{Nested: []Nested{{Kind: NestedTarget, Lang: "composer", Text: known(l.word(1)), Path: known("."), Via: "composer run"}}}
	}
	return one(made(c, effect.Exec, strings.TrimSpace("composer "+l.word(0))))
}

// cpan installs what it is told; -e of cpanm evaluates nothing, a URL comes from elsewhere.
func cpan(c Call) Outcome {
	l := loosely(c.Args[1:], "M mirror from l local-lib L")
	return installing(c, l, l.words, "mirror from M", "")
}

func dartPub(c Call) Outcome { return dartPackages(c, loosely(c.Args[1:], "C directory hosted-url")) }

// dart and flutter carry the package manager as a subcommand.
func dart(c Call) Outcome {
	l := loosely(c.Args[1:], "C directory hosted-url d device-id")
	if l.word(0) == "pub" {
		l.words = l.from(1)
		return dartPackages(c, l)
	}
	if l.word(0) == "run" && c.Name() == "dart" && strings.HasSuffix(l.word(1), ".dart") {
		return Outcome{Effects: []effect.Effect{made(c, effect.Exec, "dart run")}}
	}
	return one(made(c, effect.Exec, strings.TrimSpace(c.Name()+" "+l.word(0))))
}

func dartPackages(c Call, l line) Outcome {
	switch l.word(0) {
	case "publish", "uploader":
		if l.dry() {
			return one(made(c, effect.Exec, "pub publish", "dry-run"))
		}
		return one(made(c, effect.PkgPublish, "pub:"+l.word(0)))
	case "global":
		if l.word(1) == "activate" {
			return installing(c, l, l.from(2), "u hosted-url", "")
		}
	case "token":
		return one(made(c, effect.SecretKey, "pub:token"))
	case "add", "get", "upgrade":
		return installing(c, l, l.from(1), "hosted-url", "")
	}
	return one(made(c, effect.Exec, "pub "+l.word(0)))
}

func swiftTool(c Call) Outcome {
	l := loosely(c.Args[1:], "c configuration package-path")
	if l.word(0) == "package-registry" && (l.word(1) == "publish" || l.word(1) == "set") {
		return one(made(c, effect.PkgPublish, "swift:"+l.phrase(2)))
	}
	return one(made(c, effect.Exec, strings.TrimSpace("swift "+l.word(0))))
}

// toolchain are managers of language versions.
func toolchain(c Call) Outcome {
	l := loosely(c.Args[1:], "default-toolchain profile c component target")
	op := l.word(0)
	switch {
	case c.Name() == "rustup" && op == "run" && len(l.words) > 2:
		return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: after(c.Args[1:], l, 2), Via: "rustup run"}}}
	case op == "exec" || op == "x" || op == "run":
		args := l.rest
		if args == nil {
			args = after(c.Args[1:], l, 1)
		}
		return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: args, Via: c.Name() + " exec"}}}
	case op == "plugin" && (l.word(1) == "add" || l.word(1) == "install") || op == "plugin-add":
		return installing(c, l, l.from(2), "", "")
	case listed("install i use update upgrade add component target toolchain global local default set pin sync self", op):
		return one(made(c, effect.PkgInstall, c.Name()+":"+l.phrase(2)))
	case listed("uninstall remove rm prune implode", op):
		return one(made(c, effect.PkgRemove, c.Name()+":"+l.phrase(2)))
	}
	return one(made(c, effect.Exec, strings.TrimSpace(c.Name()+" "+op)))
}

// editor installs extensions, which run with all the editor's rights.
func editor(c Call) Outcome {
	l := loosely(c.Args[1:], "install-extension uninstall-extension user-data-dir extensions-dir profile g goto add-mcp folder-uri remote")
	out := Outcome{}
	for _, e := range l.values("install-extension") {
		eff := made(c, effect.PkgInstall, c.Name()+":"+e.Text, "extension")
		if strings.HasSuffix(strings.ToLower(e.Text), ".vsix") || byScheme(e.Text) {
			eff.Flags = append(eff.Flags, "source", "file")
		}
		if lookalike(e.Text) {
			eff.Flags = append(eff.Flags, "lookalike")
		}
		out.Effects = append(out.Effects, eff)
	}
	if l.has("add-mcp") {
		out.Effects = append(out.Effects, made(c, effect.AgentWiring, c.Name()+" --add-mcp"))
	}
	if l.word(0) == "tunnel" || l.word(0) == "serve-web" {
		out.Effects = append(out.Effects, made(c, effect.NetTunnel, c.Name()+" "+l.word(0)))
	}
	if l.has("disable-workspace-trust") {
		out.Effects = append(out.Effects, made(c, effect.Bypass, "permissions"))
	}
	if len(out.Effects) == 0 {
		return one(made(c, effect.Exec, c.Name()))
	}
	return out
}

// jupyter serves a shell over HTTP; without a token to everybody who reaches it.
func jupyter(c Call) Outcome {
	l := loosely(c.Args[1:], "ip port config")
	if l.word(0) == "kernelspec" && l.word(1) == "install" || l.word(0) == "labextension" && l.word(1) == "install" || l.word(0) == "serverextension" && l.word(1) == "enable" {
		e := made(c, effect.PkgInstall, "jupyter:"+l.phrase(2), "extension")
		if len(l.words) > 2 && fromOpenFolder(l.words[2].Text+"/") {
			e.Flags = append(e.Flags, "source", "file")
		}
		return one(e)
	}
	if l.word(0) == "nbconvert" || l.word(0) == "kernelspec" || l.word(0) == "--version" || l.word(0) == "list" {
		return one(made(c, effect.Exec, "jupyter "+l.word(0)))
	}
	flags := listenFlags(l.value("ip", "ServerApp.ip", "NotebookApp.ip"))
	if l.says("token=", "password=") && (l.value("NotebookApp.token", "ServerApp.token", "IdentityProvider.token") == "" && l.says(".token=")) {
		flags = append(flags, "open")
	}
	return one(made(c, effect.NetListen, "jupyter", flags...))
}
