package catalog

import (
	"strings"

	"writ/internal/effect"
)

const pipValued = "r requirement c constraint i index-url extra-index-url f find-links t target prefix root trusted-host e editable proxy python python-version platform log cache-dir src timeout retries index keyring-provider"

// pip judges pip and what speaks its language (uv pip).
func pip(c Call) Outcome { return pipJudge(c, loosely(c.Args[1:], pipValued)) }

func pipJudge(c Call, l line) Outcome {
	switch l.word(0) {
	case "install", "download", "wheel", "sync":
		if l.dry() {
			return one(made(c, effect.Exec, "pip:"+l.word(0), "dry-run"))
		}
		out := installing(c, l, append(l.from(1), l.values("e", "editable")...), "i index-url extra-index-url f find-links index", "")
		if l.has("r", "requirement") {
			out.Effects[0].Flags = append(without(out.Effects[0].Flags, "lock"), "file")
			for _, f := range l.values("r", "requirement", "c", "constraint") {
				if fromElsewhere(f.Text) {
					out.Effects[0].Flags = append(without(out.Effects[0].Flags, "source"), "source")
				}
			}
		}
		if l.has("trusted-host") || strings.HasPrefix(l.value("i", "index-url", "extra-index-url"), "http://") {
			out.Effects[0].Flags = append(out.Effects[0].Flags, "insecure")
			out.Effects = append(out.Effects, made(c, effect.Bypass, "tls"))
		}
		if l.on("break-system-packages") {
			out.Effects[0].Flags = append(out.Effects[0].Flags, "global")
		}
		return out
	case "uninstall":
		return one(made(c, effect.PkgRemove, "pip:"+strings.Join(texts(l.from(1)), " "), append(pipYes(l), "env")...))
	case "config":
		return pipConfig(c, l)
	case "cache":
		return one(made(c, effect.Exec, "pip:cache"))
	}
	return one(made(c, effect.Exec, strings.TrimSpace("pip "+l.word(0))))
}

func pipYes(l line) []string {
	if l.on("y", "yes") {
		return []string{"yes"}
	}
	return nil
}

func pipConfig(c Call, l line) Outcome {
	switch l.word(1) {
	case "set", "unset", "edit":
		e := made(c, effect.PkgSource, "pip:config "+l.word(2))
		e.Host = urlHost(l.words)
		return one(e)
	}
	return one(made(c, effect.Exec, "pip config"))
}

// pipx installs programs apart, or fetches and runs one at once.
func pipx(c Call) Outcome {
	l := loosely(c.Args[1:], "spec python index-url i pip-args suffix")
	switch l.word(0) {
	case "run":
		return fetchRun(c, l.from(1), l, "pipx run")
	case "install", "inject", "upgrade", "reinstall", "install-all":
		return installing(c, l, l.from(1), "index-url i", "x")
	case "uninstall", "uninstall-all":
		return one(made(c, effect.PkgRemove, "pipx:"+l.word(1)))
	}
	return one(made(c, effect.Exec, "pipx "+l.word(0)))
}

// fetchRun is a package that is fetched, if it is not there yet, and run at once; known tools of everyday
// work are usually there. What it runs is looked at as if it were on the path.
func fetchRun(c Call, args []Word, l line, via string) Outcome {
	out := Outcome{}
	if len(args) == 0 {
		return one(made(c, effect.Exec, via))
	}
	name := args[0].Text
	e := made(c, effect.PkgInstall, via+":"+name, "run")
	switch {
	case fromElsewhere(name):
		e.Flags = append(e.Flags, "source", "url")
		e.Host = urlHost(args[:1])
	case !args[0].Known:
		e.Flags = append(e.Flags, "computed")
	}
	if lookalike(name) {
		e.Flags = append(e.Flags, "lookalike")
	}
	out.Effects = []effect.Effect{e}
	out.Nested = []Nested{{Kind: NestedArgv, Args: append([]Word{known(packageProgram(name))}, args[1:]...), Via: via}}
	return out
}

// packageProgram is the program that a package brings: its name without scope and version.
func packageProgram(name string) string {
	if p, ok := packageBins[stripVersion(name)]; ok {
		return p
	}
	name = stripVersion(name)
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return name
}

func stripVersion(name string) string {
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		name = name[:i]
	}
	name, _, _ = strings.Cut(name, "==")
	return name
}

// packageBins are packages whose program has another name.
var packageBins = map[string]string{
	"@anthropic-ai/claude-code": "claude", "@openai/codex": "codex", "@google/gemini-cli": "gemini", "aws-cdk": "cdk", "typescript": "tsc", "@angular/cli": "ng", "firebase-tools": "firebase", "netlify-cli": "netlify", "serverless": "serverless",
	"@railway/cli": "railway", "sequelize-cli": "sequelize", "@nestjs/cli": "nest", "aider-chat": "aider", "awscli": "aws", "azure-cli": "az", "ansible-core": "ansible", "@sourcegraph/amp": "amp", "opencode-ai": "opencode", "@qwen-code/qwen-code": "qwen", "@cloudflare/wrangler": "wrangler", "@sentry/cli": "sentry-cli", "@github/copilot": "copilot", "localtunnel": "lt", "http-server": "http-server", "supabase": "supabase",
}

const uvValued = "with p python index-url i extra-index-url index default-index f find-links project directory config-file python-platform refresh-package from group extra target prefix r requirement c constraint env-file package with-requirements cache-dir"

// uv is a package manager, an installer of tools and a runner.
func uv(c Call) Outcome {
	l := loosely(c.Args[1:], uvValued)
	sub := func(n int) line {
		s := loosely(after(c.Args[1:], l, n), uvValued+" "+pipValued)
		return s
	}
	switch l.word(0) {
	case "pip":
		return pipJudge(c, sub(1))
	case "run":
		return uvRun(c, l)
	case "tool", "x":
		if l.word(1) == "run" {
			return fetchRun(c, after(c.Args[1:], l, 2), l, "uv tool run")
		}
		if l.word(1) == "install" || l.word(1) == "upgrade" {
			return installing(c, l, l.from(2), "index-url i extra-index-url index default-index", "x")
		}
	case "add", "sync", "lock":
		if l.word(0) != "lock" {
			return installing(c, l, l.from(1), "index-url i extra-index-url index default-index", "")
		}
	case "remove":
		return one(made(c, effect.PkgRemove, "uv:"+l.word(1)))
	case "publish":
		return one(made(c, effect.PkgPublish, "uv:publish"))
	}
	return one(made(c, effect.Exec, strings.TrimSpace("uv "+l.phrase(2))))
}

// after are the words of args behind the n-th word that is no option.
func after(args []Word, l line, n int) []Word {
	if n == 0 || len(l.words) < n {
		return args
	}
	seen := 0
	for i, a := range args {
		if seen < n && a.Text == l.words[seen].Text {
			seen++
		}
		if seen == n {
			return args[i+1:]
		}
	}
	return nil
}

// uvRun runs a program or script in the project's environment.
func uvRun(c Call, l line) Outcome {
	_, rest := beforeOperand(after(c.Args[1:], l, 1), uvValued+" m module s script")
	out := Outcome{}
	if len(l.values("with")) > 0 {
		out.Effects = installing(c, l, l.values("with"), "index-url i extra-index-url index", "").Effects
	}
	if l.has("m", "module") {
		rest = append([]Word{known("python"), known("-m")}, rest...)
	}
	if len(rest) > 0 && strings.HasSuffix(rest[0].Text, ".py") {
		rest = append([]Word{known("python")}, rest...)
	}
	if len(rest) > 0 {
		out.Nested = []Nested{{Kind: NestedArgv, Args: rest, Via: "uv run"}}
	}
	return out
}

// uvx fetches and runs.
func uvx(c Call) Outcome {
	_, rest := beforeOperand(c.Args[1:], uvValued)
	return fetchRun(c, rest, loosely(c.Args[1:], uvValued), "uvx")
}
