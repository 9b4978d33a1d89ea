package catalog

import (
	"strings"

	"writ/internal/effect"
)

// gitHistoryVerbs are the subcommands that move refs away from commits, or rewrite commits.
var gitHistoryVerbs = map[string]gitVerb{
	"branch": {newSpec(`d,delete D f,force m,move M c,copy C a,all r,remotes l,list v,verbose q,quiet t,track? u,set-upstream-to= unset-upstream
		contains= no-contains= merged? no-merged? points-at= sort= format= color? column? abbrev= show-current edit-description i,ignore-case create-reflog`), gitBranch},
	"tag": {newSpec(`d,delete f,force a,annotate s,sign u,local-user= m,message= F,file= l,list n? v,verify contains= no-contains=
		merged? no-merged? points-at= sort= format= cleanup= create-reflog i,ignore-case e,edit trailer=`), gitTag},
	"reflog":        {newSpec("expire= expire-unreachable= all updateref rewrite stale-fix n,dry-run verbose single-worktree"), gitReflog},
	"gc":            {newSpec("prune? aggressive auto q,quiet force keep-largest-pack cruft detach"), gitGC},
	"prune":         {newSpec("n,dry-run v,verbose expire= progress"), gitPrune},
	"update-ref":    {newSpec("d m= no-deref z stdin create-reflog"), gitUpdateRef},
	"symbolic-ref":  {newSpec("d,delete q,quiet short m= recurse"), gitSymbolicRef},
	"filter-branch": {newSpec("f,force setup= subdirectory-filter= env-filter= tree-filter= index-filter= parent-filter= msg-filter= commit-filter= tag-name-filter= prune-empty original= d= state-branch="), gitFilterBranch},
	"filter-repo": {newSpec("f,force n,dry-run analyze path= path-glob= invert-paths replace-text= mailmap= subdirectory-filter= strip-blobs-bigger-than="),
		func(_ gitRun, p parsed) Outcome {
			if p.has("dry-run", "analyze") {
				return Outcome{}
			}
			return gitRewrite("filter-repo")
		}},
	"replace": {newSpec("d,delete f,force l,list g,graft e,edit raw format= convert-graft-file"),
		func(_ gitRun, p parsed) Outcome { return historyWhen(len(p.args) > 0 && !p.has("list"), "replace") }},
	"rebase": {newSpec(`abort continue quit skip i,interactive x,exec= onto= root m,merge s,strategy= X,strategy-option= f,force-rebase no-verify verify
		autosquash autostash r,rebase-merges? S,gpg-sign? q,quiet C= whitespace= empty= edit-todo show-current-patch keep-base update-refs apply n,no-stat stat ignore-date fork-point`), gitRebase},
	"commit": {newSpec(`m,message= F,file= C,reuse-message= c,reedit-message= fixup= squash= author= date= t,template= cleanup= u,untracked-files? S,gpg-sign? no-gpg-sign
		n,no-verify amend a,all p,patch v,verbose q,quiet s,signoff e,edit no-edit allow-empty allow-empty-message trailer= pathspec-from-file= i,include o,only
		dry-run short long porcelain branch status z,null reset-author no-post-rewrite U,unified= inter-hunk-context=`), gitCommit},
	"fast-import": {newSpec("force quiet import-marks= export-marks= date-format="),
		func(_ gitRun, p parsed) Outcome { return historyWhen(p.has("force"), "import", "force") }},
	"notes": {newSpec("ref= f,force m= F="),
		func(_ gitRun, p parsed) Outcome {
			return historyWhen(p.verb() == "remove" || p.verb() == "prune", "notes", "local")
		}},
}

func historyWhen(yes bool, what string, flags ...string) Outcome {
	var out Outcome
	if yes {
		out.add(effect.GitHistory, what, with([]string{what}, flags...)...)
	}
	return out
}

// refs notes an effect on each ref.
func refs(kind effect.Kind, ws []Word, flags ...string) Outcome {
	var out Outcome
	for _, w := range ws {
		out.add(kind, w.Text, flags...)
	}
	if len(ws) == 0 {
		out.add(kind, "", flags...)
	}
	return out
}

func gitBranch(g gitRun, p parsed) Outcome {
	deletes := p.on("delete")
	switch {
	case p.has("D"), deletes && p.on("force"):
		return refs(effect.GitHistory, p.args, "branch", "force", "delete")
	case p.has("M", "C"):
		return refs(effect.GitHistory, p.args, "branch", "local", "move")
	case p.has("force") && len(p.args) > 0:
		return refs(effect.GitHistory, p.args[:1], append([]string{"branch", "move"}, flagIf(!mainRefs[p.args[0].Text], "local")...)...)
	}
	return Outcome{}
}

func gitTag(g gitRun, p parsed) Outcome {
	switch {
	case p.on("delete"):
		return refs(effect.GitHistory, p.args, "tag", "delete")
	case p.has("force") && len(p.args) > 0:
		return refs(effect.GitHistory, p.args[:1], "tag", "force", "local")
	}
	return Outcome{}
}

func gitReflog(g gitRun, p parsed) Outcome {
	lost := p.verb() == "expire" || p.verb() == "delete" || p.verb() == "drop"
	return historyWhen(lost && !p.has("dry-run"), "reflog", "force")
}

// gitGC loses unreachable commits only when their grace period is taken away.
func gitGC(g gitRun, p parsed) Outcome {
	when := p.text("prune")
	lost := when == "now" || when == "all" || strings.Contains(when, "second") || strings.Contains(when, "minute")
	for _, s := range g.conf {
		lost = lost || strings.HasPrefix(s.key, "gc.") && strings.Contains(s.key, "expire") && s.value.Text != "never"
	}
	return historyWhen(lost, "gc", "force")
}

func gitPrune(g gitRun, p parsed) Outcome {
	return historyWhen(!p.has("dry-run"), "gc", flagIf(p.text("expire") == "" || p.text("expire") == "now", "force")...)
}

func gitUpdateRef(g gitRun, p parsed) Outcome {
	if p.has("stdin") {
		return historyWhen(true, "ref", "force")
	}
	return historyWhen(len(p.args) > 0, "ref", flagIf(p.has("d"), "delete")...)
}

func gitSymbolicRef(g gitRun, p parsed) Outcome {
	return historyWhen(p.has("delete"), "ref", "delete")
}

func gitFilterBranch(g gitRun, p parsed) Outcome {
	out := gitRewrite("filter-branch")
	for _, w := range p.values("setup", "env-filter", "tree-filter", "index-filter", "parent-filter", "msg-filter", "commit-filter", "tag-name-filter") {
		out.shell(w, "git filter-branch")
	}
	return out
}

func gitRebase(g gitRun, p parsed) Outcome {
	var out Outcome
	for _, w := range p.values("exec") {
		out.shell(w, "git rebase --exec")
	}
	switch {
	case p.has("abort"):
		out.add(effect.GitDiscard, "rebase", "abort")
	case p.has("continue", "quit", "edit-todo", "show-current-patch"):
	default:
		out.add(effect.GitHistory, p.verb(), append([]string{"rebase"}, flagIf(!p.has("root"), "local")...)...)
	}
	if p.has("no-verify") {
		out.add(effect.GitBypass, "rebase", "no-verify")
	}
	return out
}

func gitCommit(g gitRun, p parsed) Outcome {
	var out Outcome
	if p.has("dry-run") {
		return out
	}
	if p.on("amend") {
		out.add(effect.GitHistory, "HEAD", "amend", "local")
	}
	if p.has("no-verify") && !p.has("verify") {
		out.add(effect.GitBypass, "commit", "no-verify")
	}
	if p.has("no-gpg-sign") {
		out.add(effect.GitBypass, "commit", "sign")
	}
	for _, w := range p.values("file", "template") {
		out.path(effect.FSRead, g.path(w), "message")
	}
	out.add(effect.GitCommit, "", flagIf(p.has("author", "reset-author"), "author")...)
	for _, w := range p.args {
		out.path(effect.GitCommit, g.path(w), "add")
	}
	return out
}
