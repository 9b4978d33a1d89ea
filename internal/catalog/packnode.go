package catalog

import (
	"slices"
	"strings"

	"writ/internal/effect"
)

const npmValued = "registry prefix C userconfig cache w workspace tag otp modules-folder dir cwd filter F globalconfig loglevel omit include save-prefix store-dir reporter access config"

// npm judges npm, pnpm and yarn: installs, publications, settings and the scripts of package.json.
func npm(c Call) Outcome {
	l := loosely(c.Args[1:], npmValued)
	op := l.word(0)
	if op == "global" && c.Name() == "yarn" {
		l.words = l.from(1)
		op = l.word(0)
		l.add("global", Word{Known: true})
	}
	switch {
	case len(l.words) > 0 && !l.words[0].Known:
		return one(unresolved(c, "the operation is computed"))
	case op == "" && c.Name() != "npm" && !l.has("version", "v", "help", "h"), listed("install i add ci in isntall clean-install update up upgrade install-test it link dedupe rebuild import", op):
		return npmInstall(c, l)
	case listed("uninstall un remove rm r unlink prune", op):
		return one(made(c, effect.PkgRemove, c.Name()+":"+strings.Join(texts(l.from(1)), " ")))
	case listed("publish unpublish deprecate owner author dist-tag access team hook star undeprecate stage", op) || op == "npm" && l.word(1) == "publish":
		return npmPublish(c, l, op)
	case op == "config" || op == "set" || op == "c":
		return npmConfig(c, l)
	case listed("run run-script rum urn test t tst start stop restart", op):
		return npmScript(c, l, op)
	case listed("exec x dlx create init innit", op):
		return npmExec(c, l, op)
	case listed("login adduser add-user logout token profile whoami", op):
		return npmAccount(c, l, op)
	case listed("audit outdated ls list ll la view info show v search why explain pack version fund doctor root prefix bin bugs docs repo home ping help cache pkg licenses diff query sbom completion edit explore find-dupes env store patch patch-commit workspaces workspace plugin node versions policies check autoclean", op):
		return npmOther(c, l, op)
	}
	return yarnScript(c, l, op)
}

func npmInstall(c Call, l line) Outcome {
	if l.dry() {
		return one(made(c, effect.Exec, c.Name()+":install", "dry-run"))
	}
	n := 1
	if len(l.words) == 0 {
		n = 0
	}
	out := installing(c, l, l.from(n), "registry", "g global location-global")
	if strings.HasPrefix(l.value("registry"), "http://") || l.value("strict-ssl") == "false" {
		out.Effects = append(out.Effects, made(c, effect.Bypass, "tls"))
	}
	if l.value("ignore-scripts") == "false" {
		out.Effects[0].Flags = append(out.Effects[0].Flags, "script")
	}
	for _, w := range l.from(n) {
		if repositoryName(w.Text) && !slices.Contains(out.Effects[0].Flags, "source") {
			out.Effects[0].Flags = append(out.Effects[0].Flags, "source")
		}
	}
	return out
}

// repositoryName tells owner/repository, which npm and its kin fetch from GitHub; @scope/name and paths are not.
func repositoryName(text string) bool {
	owner, repo, ok := strings.Cut(text, "/")
	return ok && owner != "" && repo != "" && !strings.ContainsAny(owner, "@.~:$ ") && !strings.ContainsAny(repo, "/:$ ")
}

func npmPublish(c Call, l line, op string) Outcome {
	switch {
	case l.dry():
		return one(made(c, effect.Exec, c.Name()+":"+op, "dry-run"))
	case listed("owner dist-tag access team hook", op) && listed("ls list get list-packages list-collaborators", l.word(1)):
		return one(made(c, effect.Exec, c.Name()+" "+op))
	case op == "unpublish" || op == "deprecate":
		return one(made(c, effect.PkgPublish, c.Name()+":"+op, "yank"))
	case op == "owner" || op == "access" || op == "team":
		return one(made(c, effect.PkgPublish, c.Name()+":"+op, "owner"))
	}
	return one(made(c, effect.PkgPublish, c.Name()+":"+op))
}

// npmConfig: settings of the registry, scripts and certificates decide what runs on the next install.
func npmConfig(c Call, l line) Outcome {
	words := l.words
	if l.word(0) == "set" {
		words = append([]Word{known("config")}, words...)
	}
	if len(words) > 2 && words[1].Text == "get" && strings.Contains(strings.ToLower(plainWords(words[2:])), "_auth") {
		return one(made(c, effect.SecretRead, c.Name()+":config _auth", "credential"))
	}
	if len(words) < 3 || !listed("set delete rm edit", strings.ToLower(words[1].Text)) {
		return one(made(c, effect.Exec, c.Name()+" config"))
	}
	text := plainWords(words[2:])
	for _, key := range []string{"registry", "ignore-scripts", "script-shell", "strict-ssl", "cafile", "proxy", "shell", "node-options", "_auth", "npmregistryserver", "enablescripts", "globalconfig", "userconfig", "node-gyp", "git", "onload-script"} {
		if strings.Contains(text, key) {
			e := made(c, effect.PkgSource, c.Name()+":config "+key)
			e.Host = urlHost(words)
			if strings.Contains(text, "false") || strings.Contains(text, "http://") {
				e.Flags = append(e.Flags, "insecure")
			}
			return one(e)
		}
	}
	return one(made(c, effect.Exec, c.Name()+" config set"))
}

// npmScript runs a script of package.json.
func npmScript(c Call, l line, op string) Outcome {
	target := op
	if listed("run run-script rum urn", op) {
		if len(l.words) < 2 {
			return one(made(c, effect.Exec, c.Name()+" run"))
		}
		target = l.words[1].Text
	}
	if op == "t" || op == "tst" {
		target = "test"
	}
	return Outcome{Nested: []Nested{{Kind: NestedTarget, Lang: "npm", Text: known(target), Path: npmFolder(l), Args: l.rest, Via: c.Name() + " run"}}}
}

func npmFolder(l line) Word {
	for _, v := range l.values("prefix", "C", "cwd", "dir") {
		if v.Text != "" {
			return v
		}
	}
	return known(".")
}

// yarnScript: yarn and pnpm run a script, or a program of node_modules, by its bare name.
func yarnScript(c Call, l line, op string) Outcome {
	if c.Name() == "npm" || op == "" {
		return one(made(c, effect.Exec, strings.TrimSpace(c.Name()+" "+op)))
	}
	out := Outcome{Nested: []Nested{{Kind: NestedTarget, Lang: "npm", Text: known(op), Path: npmFolder(l), Args: l.rest, Via: c.Name()}}}
	if p := packageBins[op]; p != "" || wellKnownTool[op] {
		out.Nested = []Nested{{Kind: NestedArgv, Args: after(c.Args, line{words: append([]Word{c.Args[0]}, l.words...)}, 1), Via: c.Name()}}
	}
	return out
}

// wellKnownTool are programs of node_modules that are in the catalog under their own name.
var wellKnownTool = setOf("prisma sequelize sequelize-cli knex typeorm cdk serverless sls sst wrangler firebase vercel netlify supabase drizzle-kit nx turbo lerna")

func npmExec(c Call, l line, op string) Outcome {
	if listed("init create innit", op) {
		if len(l.words) < 2 {
			return one(made(c, effect.Exec, c.Name()+" init"))
		}
		return one(made(c, effect.PkgInstall, c.Name()+" create:"+l.word(1), "run"))
	}
	if v := l.values("c", "call"); len(v) > 0 && v[0].Text != "" {
		return Outcome{Nested: []Nested{{Kind: NestedShell, Text: v[0], Via: c.Name() + " exec"}}}
	}
	args := l.rest
	if args == nil {
		_, args = beforeOperand(after(c.Args[1:], l, 1), "p package w workspace registry")
	}
	return fetchRun(c, args, l, c.Name()+" "+op)
}

func npmAccount(c Call, l line, op string) Outcome {
	switch {
	case op == "token" && (l.word(1) == "create" || l.word(1) == "revoke" || l.word(1) == "delete"):
		return one(made(c, effect.PkgPublish, c.Name()+":token", "token"))
	case op == "whoami" || op == "profile" && l.word(1) == "get" || op == "token" && l.word(1) != "":
		return one(made(c, effect.Exec, c.Name()+" "+op))
	}
	return one(made(c, effect.SecretKey, c.Name()+":"+op))
}

func npmOther(c Call, l line, op string) Outcome {
	switch {
	case op == "audit" && l.word(1) == "fix":
		return installing(c, l, nil, "registry", "")
	case op == "workspace" && len(l.words) > 2:
		inner := append([]Word{c.Args[0]}, after(c.Args[1:], l, 2)...)
		return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: inner, Via: "yarn workspace"}}}
	case op == "plugin" && l.word(1) == "import":
		return one(made(c, effect.PkgInstall, c.Name()+":plugin", "source"))
	}
	return one(made(c, effect.Exec, c.Name()+" "+op))
}

// npx fetches a package when it is not there and runs it.
func npx(c Call) Outcome {
	const valued = "p package c call registry cache userconfig prefix"
	opts, rest := beforeOperand(c.Args[1:], valued)
	l := loosely(opts, valued)
	if v := l.values("c", "call"); len(v) > 0 && v[0].Text != "" {
		return Outcome{Nested: []Nested{{Kind: NestedShell, Text: v[0], Via: c.Name()}}}
	}
	out := fetchRun(c, rest, l, c.Name())
	if l.has("registry") && len(out.Effects) > 0 {
		out.Effects[0].Flags = append(out.Effects[0].Flags, "source", "index")
		out.Effects[0].Host = urlHost(l.values("registry"))
	}
	for _, p := range l.values("p", "package") {
		if fromElsewhere(p.Text) && len(out.Effects) > 0 {
			out.Effects[0].Flags = append(out.Effects[0].Flags, "source", "url")
		}
	}
	if l.on("y", "yes") && len(out.Effects) > 0 {
		out.Effects[0].Flags = append(out.Effects[0].Flags, "yes")
	}
	return out
}

// bun is a package manager, a runner and an interpreter.
func bun(c Call) Outcome {
	l := loosely(c.Args[1:], "cwd c config registry e eval p print r preload")
	if code := l.values("e", "eval", "p", "print"); len(code) > 0 && code[0].Text != "" {
		return Outcome{Nested: []Nested{{Kind: NestedCode, Lang: "node", Text: code[0], Via: "bun -e"}}}
	}
	switch op := l.word(0); {
	case op == "":
		return stdinCode(c, "node")
	case op == "x":
		_, rest := beforeOperand(after(c.Args[1:], l, 1), "")
		return fetchRun(c, rest, l, "bun x")
	case op == "run" && len(l.words) > 1:
		return bunRun(c, l.words[1], l)
	case listed("install i add a remove rm update link pm init create publish test build outdated why audit upgrade", op):
		return npm(c)
	default:
		return bunRun(c, l.words[0], l)
	}
}

func bunRun(c Call, w Word, l line) Outcome {
	if strings.Contains(w.Text, ".") {
		return Outcome{Nested: []Nested{{Kind: NestedScript, Lang: "node", Path: w, Args: l.rest, Via: "bun"}}}
	}
	return Outcome{Nested: []Nested{{Kind: NestedTarget, Lang: "npm", Text: w, Path: known("."), Args: l.rest, Via: "bun run"}}}
}
