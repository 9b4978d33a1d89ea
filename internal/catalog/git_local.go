package catalog

import (
	"strings"

	"writ/internal/effect"
)

// gitLocalVerbs are settings, credentials, and the subcommands that run programs or read files.
var gitLocalVerbs = map[string]gitVerb{
	"config": {newSpec(`global system local worktree f,file= blob= get get-all get-regexp get-urlmatch= l,list add unset unset-all replace-all
		rename-section remove-section e,edit type= bool int path z,null name-only show-origin show-scope includes default= value= all regexp fixed-value append comment= get-color get-colorbool`), gitConfig},
	"credential":             {newSpec(""), gitCredential},
	"credential-store":       {newSpec("file="), gitCredential},
	"credential-cache":       {newSpec("timeout= socket="), gitCredential},
	"credential-osxkeychain": {newSpec(""), gitCredential},
	"credential-libsecret":   {newSpec(""), gitCredential},
	"credential-manager":     {newSpec(""), gitCredential},
	"add":                    {newSpec("A,all u,update p,patch i,interactive n,dry-run f,force N,intent-to-add v,verbose e,edit chmod= pathspec-from-file= renormalize ignore-errors"), gitAdd},
	"stage":                  {newSpec("A,all u,update p,patch n,dry-run f,force"), gitAdd},
	"log":                    {gitLogSpec, gitLog},
	"show":                   {gitLogSpec, gitShow},
	"diff":                   {gitLogSpec, gitDiff},
	"whatchanged":            {gitLogSpec, gitLog},
	"cat-file":               {newSpec("p t s e batch? batch-check? batch-all-objects filters textconv path="), gitShow},
	"blame":                  {newSpec("L= s M? C? contents= date="), gitShow},
	"rev-list":               {gitLogSpec, gitLog},
	"format-patch":           {newSpec("o,output-directory= n,numbered stdout start-number= k s,signoff attach? inline? thread? to= cc= from? cover-letter v,reroll-count= output="), gitFormatPatch},
	"apply":                  {newSpec("check stat numstat summary index cached R,reverse p= 3,3way unsafe-paths directory= exclude= include= reject whitespace= recount allow-empty"), gitApply},
	"bisect":                 {newSpec("+"), gitBisect},
	"difftool":               {newSpec("x,extcmd= t,tool= d,dir-diff y,no-prompt g,gui cached staged"), gitExtCmd},
	"mergetool":              {newSpec("t,tool= y,no-prompt g,gui"), gitExtCmd},
	"grep":                   {newSpec("O,open-files-in-pager? e= f= A= B= C= i I n l L c q v E F P w no-index untracked cached and or not threads= max-depth= m="), gitGrep},
	"init":                   {newSpec("template= separate-git-dir= b,initial-branch= shared? bare q,quiet object-format= ref-format="), gitInit},
	"hash-object":            {newSpec("t= w path= stdin stdin-paths literally no-filters"), func(g gitRun, p parsed) Outcome { var o Outcome; o.paths(effect.FSRead, p.args); return o }},
	"maintenance":            {newSpec("auto schedule= task= scheduler= quiet"), gitMaintenance},
	"hook":                   {newSpec("ignore-missing to-stdin="), func(_ gitRun, p parsed) Outcome { var o Outcome; o.add(effect.GitHook, p.arg(1).Text, "run"); return o }},
	"upload-pack":            {newSpec("strict timeout="), func(gitRun, parsed) Outcome { return Outcome{} }},
	"help":                   {newSpec("+"), func(gitRun, parsed) Outcome { return Outcome{} }},
	"mv": {newSpec("f,force n,dry-run k v,verbose"), func(g gitRun, p parsed) Outcome {
		return discardWhen(p.on("force") && !p.has("dry-run") && len(p.args) > 1, "worktree", "paths", "force")
	}},
	"for-each-repo": {newSpec("+ config= keep-going"), func(_ gitRun, p parsed) Outcome {
		var o Outcome
		o.argv(append(words("git"), p.args...), "git for-each-repo")
		return o
	}},
}

var gitLogSpec = newSpec(`p,u,patch S= G= n,max-count= L= O= U,unified= since= until= after= before= author= committer= grep= format= pretty? date= all oneline
	graph stat? follow branches? tags? remotes? no-index ext-diff textconv output= cached,staged name-only name-status diff-filter= color? word-diff? M? C? B? R a i E F P z s q w b m c r t pickaxe-regex skip= inter-hunk-context= src-prefix= dst-prefix= line-prefix= ignore-matching-lines,I= g,walk-reflogs`)

func gitConfig(g gitRun, p parsed) Outcome {
	var out Outcome
	args := p.args
	if p.has("get", "get-all", "get-regexp", "get-urlmatch", "list", "get-color", "get-colorbool") {
		return out
	}
	unset := p.has("unset", "unset-all", "remove-section", "rename-section")
	switch p.verb() {
	case "list", "get", "edit":
		return out
	case "set":
		args = args[1:]
	case "unset", "remove-section", "rename-section":
		args, unset = args[1:], true
	}
	if w, ok := p.value("file"); ok && (unset || len(args) > 1) {
		out.path(effect.FSWrite, g.path(w))
	}
	if len(args) == 0 || !unset && len(args) < 2 {
		return out
	}
	flags := append(flagIf(p.has("global"), "global"), flagIf(p.has("system"), "system")...)
	flags = append(flags, flagIf(unset, "unset")...)
	value := known("")
	if len(args) > 1 {
		value = args[1]
	}
	configEffect(&out, strings.ToLower(args[0].Text), value, flags)
	return out
}

// configEffect notes a lasting setting.
func configEffect(out *Outcome, key string, value Word, flags []string) {
	kind, _ := configKind(key)
	unset := len(flags) > 0 && flags[len(flags)-1] == "unset"
	switch {
	case unset && kind == "hooks":
		flags = with(flags, "plain")
	case kind == "hooks":
		flags = with(flags, flagIf(!projectHooks(value), "exec")...)
		flags = with(flags, "hooks")
	case kind == "exec" && !harmlessCommand(key, value) && !unset:
		flags = with(flags, "exec")
	case strings.HasPrefix(key, "alias.") && strings.HasPrefix(value.Text, "!"):
		flags = with(flags, "exec", "alias")
	case strings.HasPrefix(key, "alias."):
		flags = with(flags, "alias")
	case kind == "trust" && !unset && !harmlessTrust(key, value):
		flags = with(flags, "trust")
	case kind == "identity":
		flags = with(flags, "identity")
	default:
		flags = with(flags, "plain")
	}
	out.add(effect.GitConfig, key+"="+value.Text, flags...)
}

// projectHooks tells whether hooks stay inside the project, as hook managers set them up.
func projectHooks(w Word) bool {
	t := strings.TrimPrefix(w.Text, "./")
	switch strings.TrimSuffix(t, "/") {
	case ".githooks", ".husky", ".husky/_", "githooks", "hooks", ".hooks", "scripts/hooks", ".config/git/hooks", "tools/hooks", "scripts/githooks", "scripts/git-hooks", ".git/hooks", ".lefthook", "dev/hooks":
		return w.Known
	}
	return false
}

// harmlessTrust tells whether the value tightens, or stays on this side.
func harmlessTrust(key string, w Word) bool {
	if !w.Known {
		return false
	}
	v := strings.ToLower(w.Text)
	switch {
	case key == "safe.directory":
		return v != "*" && v != "/*"
	case strings.HasSuffix(key, "sslverify"), strings.HasSuffix(key, "fsckobjects"), strings.Contains(key, "deny"), strings.HasPrefix(key, "core.protect"):
		return v == "true" || v == "1" || v == "yes" || v == "on"
	case strings.HasSuffix(key, ".insteadof"), strings.HasSuffix(key, ".pushinsteadof"):
		return sameForge(key, v)
	case strings.HasPrefix(key, "protocol."):
		return v == "never" || v == "user" || !strings.HasPrefix(key, "protocol.ext")
	case key == "http.sslbackend":
		return true
	}
	return false
}

// sameForge tells whether a rewrite of addresses leads to the same host (https to ssh of the same forge).
func sameForge(key, from string) bool {
	to := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(key, "url."), ".insteadof"), ".pushinsteadof")
	a, ok1 := remoteAddress(to)
	b, ok2 := remoteAddress(from)
	return ok1 && ok2 && a.host == b.host
}

func gitCredential(g gitRun, p parsed) Outcome {
	var out Outcome
	switch p.verb() {
	case "fill", "get":
		out.add(effect.SecretRead, "git credential")
		out.Emits = "secret"
	case "approve", "store":
		out.add(effect.SecretKey, "git credential", "import")
	case "reject", "erase":
		out.add(effect.SecretKey, "git credential", "delete")
	}
	return out
}

// gitAdd notes what goes into the next commit: policy looks at the zones (a secret file in a commit leaks).
func gitAdd(g gitRun, p parsed) Outcome {
	var out Outcome
	if p.has("dry-run") {
		return out
	}
	for _, w := range p.args {
		out.path(effect.GitCommit, g.path(w), append([]string{"add"}, flagIf(p.has("force"), "force")...)...)
	}
	return out
}

func gitLog(g gitRun, p parsed) Outcome {
	var out Outcome
	for _, w := range p.values("S", "G") {
		if secretPattern(w.Text) {
			out.add(effect.Recon, "git history", "secret")
		}
	}
	if p.has("patch") {
		out.Emits = "history"
		if p.dashes >= 0 {
			for _, w := range p.after(p.dashes) {
				out.path(effect.FSRead, g.path(w), "history")
			}
		}
	}
	gitOutput(&out, g, p)
	return out
}

func gitOutput(out *Outcome, g gitRun, p parsed) {
	if w, ok := p.value("output"); ok {
		out.path(effect.FSWrite, g.path(w), "truncate")
	}
}

// gitShow notes the files named as revision:path or after --.
func gitShow(g gitRun, p parsed) Outcome {
	var out Outcome
	for i, w := range p.args {
		rev, path, colon := strings.Cut(w.Text, ":")
		switch {
		case colon && path != "" && rev != "" && !strings.Contains(w.Text, "://"):
			out.path(effect.FSRead, g.path(Word{Text: path, Known: w.Known}), "history")
		case p.dashes >= 0 && i >= p.dashes, strings.HasPrefix(w.Text, ".") && len(w.Text) > 2 && w.Text[1] != '.':
			out.path(effect.FSRead, g.path(w))
		}
	}
	gitOutput(&out, g, p)
	return out
}

func gitDiff(g gitRun, p parsed) Outcome {
	out := gitShow(g, p)
	for _, w := range p.args {
		if p.has("no-index") || strings.HasPrefix(w.Text, "/") || strings.HasPrefix(w.Text, "~") {
			out.path(effect.FSRead, g.path(w))
		}
	}
	return out
}

func gitFormatPatch(g gitRun, p parsed) Outcome {
	var out Outcome
	for _, w := range p.values("output-directory", "output") {
		out.path(effect.FSWrite, g.path(w))
	}
	return out
}

func gitApply(g gitRun, p parsed) Outcome {
	var out Outcome
	if p.has("unsafe-paths") {
		out.add(effect.Bypass, "git apply --unsafe-paths")
	}
	for _, w := range p.args {
		out.path(effect.FSRead, g.path(w))
	}
	return out
}

func gitBisect(g gitRun, p parsed) Outcome {
	var out Outcome
	if p.verb() == "run" && len(p.args) > 1 {
		out.argv(p.args[1:], "git bisect run")
	}
	return out
}

func gitExtCmd(g gitRun, p parsed) Outcome {
	var out Outcome
	if w, ok := p.value("extcmd"); ok && !harmlessCommand("", w) {
		out.argv(words(strings.Fields(w.Text)...), "git difftool --extcmd").Appends = true
	}
	return out
}

func gitGrep(g gitRun, p parsed) Outcome {
	var out Outcome
	if w, ok := p.value("open-files-in-pager"); ok && !harmlessCommand("", w) {
		out.shell(w, "git grep --open-files-in-pager")
	}
	if p.has("no-index") {
		for _, w := range p.after(1) {
			out.path(effect.FSRead, g.path(w))
		}
	}
	return out
}

func gitInit(g gitRun, p parsed) Outcome {
	var out Outcome
	if w, ok := p.value("template"); ok && w.Text != "" {
		out.add(effect.GitHook, w.Text, "install")
	}
	return out
}

func gitMaintenance(g gitRun, p parsed) Outcome {
	var out Outcome
	if v := p.verb(); v == "start" || v == "register" {
		out.add(effect.Persist, "git maintenance", "cron")
	}
	return out
}
