package catalog

import (
	"strings"

	"writ/internal/effect"
)

// gitRemoteVerbs are the subcommands that talk to other repositories.
var gitRemoteVerbs = map[string]gitVerb{
	"push": {newSpec(`f,force force-with-lease? force-if-includes mirror d,delete tags all prune n,dry-run no-verify receive-pack,exec=
		repo= o,push-option= u,set-upstream follow-tags atomic signed? q,quiet v,verbose porcelain progress recurse-submodules= thin 4,ipv4 6,ipv6`), gitPush},
	"fetch": {newSpec(`f,force upload-pack= a,append all t,tags n,no-tags p,prune P,prune-tags depth= deepen= shallow-since= shallow-exclude= unshallow j,jobs=
		o,server-option= refmap= filter= q,quiet v,verbose recurse-submodules? dry-run multiple set-upstream negotiation-tip= k,keep`), gitFetch},
	"pull": {newSpec(`f,force upload-pack= a,append all t,tags p,prune depth= r,rebase? no-verify s,strategy= X,strategy-option= ff no-ff ff-only squash no-commit
		e,edit autostash j,jobs= o,server-option= q,quiet v,verbose S,gpg-sign? recurse-submodules? dry-run no-rebase allow-unrelated-histories`), gitFetch},
	"ls-remote": {newSpec("upload-pack,exec= h,heads,branches t,tags refs q,quiet exit-code get-url sort= symref o,server-option="), gitFetch},
	"clone": {newSpec(`u,upload-pack= c,config= b,branch= o,origin= depth= shallow-since= shallow-exclude= reference= reference-if-able= separate-git-dir= template=
		j,jobs= filter= recurse-submodules,recursive? mirror bare l,local no-hardlinks s,shared n,no-checkout q,quiet v,verbose single-branch no-tags
		server-option= bundle-uri= revision= ref-format= sparse`), gitClone},
	"remote":  {gitRemoteSpec, gitRemotes},
	"bundle":  {newSpec("q,quiet progress all-progress version= all branches tags"), gitBundle},
	"archive": {gitArchiveSpec, gitArchive},
	"daemon": {newSpec("export-all base-path= port= listen= enable= disable="),
		func(_ gitRun, p parsed) Outcome { return listens(p.text("listen"), "files") }},
	"instaweb":   {newSpec("l,local d,httpd= p,port= b,browser= start stop restart"), func(gitRun, parsed) Outcome { return Outcome{} }},
	"send-email": {newSpec("to= cc= bcc= from= smtp-server= subject= n,dry-run 8bit-encoding= suppress-cc="), gitSendEmail},
	"svn":        {newSpec("n,dry-run"), gitSVN},
}

// mainRefs are the names of branches that others build on.
var mainRefs = nameSet("main master trunk production prod release stable develop live gh-pages")

func gitPush(g gitRun, p parsed) Outcome {
	var out Outcome
	gitOtherSide(&out, g, p.values("receive-pack"), "git push --receive-pack")
	if p.has("no-verify") {
		out.add(effect.GitBypass, "push", "no-verify")
	}
	if p.on("dry-run") {
		return out
	}
	flags := pushFlags(p)
	var refs []Word
	if len(p.args) > 1 {
		refs = p.args[1:]
	} else if !p.has("all", "mirror", "tags") {
		flags = append(flags, "implicit")
	}
	for _, r := range refs {
		flags = append(flags, refFlags(r.Text, p.has("delete"))...)
	}
	e := effect.Effect{Kind: effect.GitPush, Target: lineOf(p.args), Flags: unique(flags)}
	if a, ok := remoteAddress(p.arg(0).Text); ok {
		e.Host, e.Port, e.Scheme = a.host, a.port, a.scheme
		e.Flags = append(e.Flags, "url")
	}
	if !p.arg(0).Known {
		e.Flags = append(e.Flags, "unknown-remote")
	}
	out.Effects = append(out.Effects, e)
	gitExt(&out, p.arg(0))
	return out
}

func pushFlags(p parsed) []string {
	var flags []string
	force := p.on("force")
	for _, name := range []string{"mirror", "delete", "tags", "all", "prune"} {
		flags = append(flags, flagIf(p.has(name), name)...)
	}
	flags = append(flags, flagIf(force, "force")...)
	return append(flags, flagIf(p.has("force-with-lease", "force-if-includes"), "lease")...)
}

// refFlags reads one refspec: +src:dst forces, :dst deletes.
func refFlags(ref string, deletes bool) []string {
	var flags []string
	bare := strings.TrimPrefix(ref, "+")
	if bare != ref || strings.Contains(ref, ":+") {
		flags = append(flags, "force")
	}
	src, dst, colon := strings.Cut(bare, ":")
	if !colon {
		dst = src
	}
	if colon && src == "" && dst != "" {
		flags = append(flags, "delete")
	}
	if mainRefs[strings.TrimPrefix(strings.TrimPrefix(dst, "+"), "refs/heads/")] {
		flags = append(flags, "main")
	}
	return flags
}

// gitOtherSide notes programs named for the other side of a transfer (--upload-pack): for local and ext
// transports they run here.
func gitOtherSide(out *Outcome, g gitRun, commands []Word, via string) {
	for _, w := range commands {
		if t := w.Text; w.Known && (strings.HasPrefix(BaseName(t), "git-") || t == "git upload-pack" || t == "git receive-pack") && !strings.ContainsAny(t, ";|&$`<>") {
			continue
		}
		out.add(effect.ExecTampered, via, "git")
		out.shell(w, via)
	}
}

// remoteAddress reads a remote written as a URL or user@host:path.
func remoteAddress(text string) (address, bool) {
	if strings.Contains(text, "://") {
		a := parseURL(text, "")
		return a, a.ok && a.scheme != "file"
	}
	if host, path, ok := scpHost(text); ok && !strings.Contains(text, "::") {
		return address{scheme: "ssh", host: host, port: 22, path: path, ok: true}, true
	}
	return address{}, false
}

// gitExt follows the ext:: transport, which runs a command.
func gitExt(out *Outcome, w Word) {
	if cmd, ok := strings.CutPrefix(w.Text, "ext::"); ok {
		out.add(effect.ExecTampered, "ext::", "git")
		out.shell(Word{Text: cmd, Known: w.Known}, "git ext::")
	}
}

// gitURL notes the contact with a repository.
func gitURL(out *Outcome, w Word, flags ...string) {
	gitExt(out, w)
	e := effect.Effect{Kind: effect.GitRemote, Target: w.Text, Flags: flags}
	if a, ok := remoteAddress(w.Text); ok {
		e.Host, e.Port, e.Scheme = a.host, a.port, a.scheme
		e.Flags = with(e.Flags, flagIf(a.secret, "secret")...)
		e.Flags = with(e.Flags, flagIf(a.scheme == "http" || a.scheme == "git", "insecure")...)
	}
	if !w.Known {
		e.Flags = with(e.Flags, "unknown-remote")
	}
	out.Effects = append(out.Effects, e)
}

func gitFetch(g gitRun, p parsed) Outcome {
	var out Outcome
	gitOtherSide(&out, g, p.values("upload-pack"), "git "+g.verb+" --upload-pack")
	if p.has("no-verify") && g.verb == "pull" {
		out.add(effect.GitBypass, "pull", "no-verify")
	}
	gitURL(&out, p.arg(0), "fetch")
	return out
}

func gitClone(g gitRun, p parsed) Outcome {
	var out Outcome
	gitOtherSide(&out, g, p.values("upload-pack"), "git clone --upload-pack")
	flags := []string{"clone"}
	flags = append(flags, flagIf(p.has("mirror"), "mirror")...)
	flags = append(flags, flagIf(p.has("bare"), "bare")...)
	gitURL(&out, p.arg(0), flags...)
	if len(p.args) > 1 {
		out.path(effect.FSWrite, g.path(p.args[1]), "clone")
	}
	if w, ok := p.value("template"); ok && w.Text != "" {
		out.add(effect.GitHook, w.Text, "install")
	}
	for _, w := range p.values("config") {
		key, value, _ := strings.Cut(w.Text, "=")
		configEffect(&out, strings.ToLower(key), Word{Text: value, Known: w.Known}, nil)
	}
	return out
}

func gitRemotes(g gitRun, p parsed) Outcome {
	var out Outcome
	switch p.verb() {
	case "add":
		gitURL(&out, p.arg(2), "add")
	case "set-url":
		gitURL(&out, p.arg(2), "set-url")
	case "remove", "rm":
		out.add(effect.GitRemote, p.arg(1).Text, "remove")
	case "update":
		out.add(effect.GitRemote, p.arg(1).Text, "fetch")
	}
	return out
}

func gitBundle(g gitRun, p parsed) Outcome {
	var out Outcome
	if p.verb() == "create" {
		out.Emits = "source"
		out.path(effect.FSWrite, g.path(p.arg(1)), "archive")
		out.add(effect.GitRemote, p.arg(1).Text, append([]string{"bundle"}, flagIf(p.has("all"), "all")...)...)
	}
	return out
}

func gitArchive(g gitRun, p parsed) Outcome {
	out := Outcome{Emits: "source"}
	gitOtherSide(&out, g, p.values("exec"), "git archive --exec")
	if w, ok := p.value("remote"); ok {
		gitURL(&out, w, "fetch")
	}
	if w, ok := p.value("output"); ok {
		out.path(effect.FSWrite, g.path(w), "truncate")
	}
	out.paths(effect.FSRead, p.values("add-file"))
	return out
}

func gitSendEmail(g gitRun, p parsed) Outcome {
	var out Outcome
	if !p.has("dry-run") {
		e := effect.Effect{Kind: effect.NetUpload, Host: p.text("smtp-server"), Scheme: "smtp", Target: p.text("to"), Flags: []string{"mail", "file"}}
		out.Effects = append(out.Effects, e)
	}
	return out
}

func gitSVN(g gitRun, p parsed) Outcome {
	var out Outcome
	if p.verb() == "dcommit" && !p.has("dry-run") {
		out.add(effect.GitPush, "svn")
	}
	return out
}

// listens is an opened port; an address that is not loopback makes it public.
func listens(addr string, flags ...string) Outcome {
	var out Outcome
	host := addr
	if a := parseURL(addr, "tcp"); a.ok {
		host = a.host
	}
	public := addr == "" || !isLocalHost(host) || host == "0.0.0.0" || host == "::"
	out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetListen, Host: host, Flags: append(flagIf(public, "public"), flags...)})
	return out
}

// lineOf is the words as one line.
func lineOf(ws []Word) string {
	parts := make([]string, len(ws))
	for i, w := range ws {
		parts[i] = w.Text
	}
	return strings.Join(parts, " ")
}

// oneWord is the words as one word of shell text.
func oneWord(ws []Word) Word {
	all := Word{Text: lineOf(ws), Known: true}
	for _, w := range ws {
		all.Known = all.Known && w.Known
	}
	return all
}

func unique(list []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
