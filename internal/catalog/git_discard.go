package catalog

import (
	"strings"

	"writ/internal/effect"
)

// gitDiscardVerbs are the subcommands that can lose uncommitted work.
var gitDiscardVerbs = map[string]gitVerb{
	"checkout": {newSpec(`f,force b= B= track? t detach d orphan= ours theirs m,merge conflict= p,patch q,quiet U,unified= inter-hunk-context=
		pathspec-from-file= recurse-submodules? no-recurse-submodules guess no-guess l ignore-skip-worktree-bits overlay no-overlay`), gitCheckout},
	"switch":  {newSpec("f,force discard-changes c,create= C,force-create= t,track? d,detach orphan= conflict= q,quiet m,merge guess"), gitSwitch},
	"restore": {newSpec("s,source= S,staged W,worktree p,patch conflict= U,unified= inter-hunk-context= pathspec-from-file= ours theirs m,merge overlay q,quiet recurse-submodules ignore-unmerged"), gitRestore},
	"reset":   {newSpec("hard merge keep soft mixed q,quiet p,patch N,intent-to-add pathspec-from-file= U,unified= recurse-submodules"), gitReset},
	"clean":   {newSpec("f,force d n,dry-run x X i,interactive q,quiet e,exclude="), gitClean},
	"stash":   {newSpec("p,patch k,keep-index S,staged u,include-untracked a,all q,quiet m,message= index pathspec-from-file="), gitStash},
	"worktree": {newSpec("f,force b= B= d,detach checkout lock orphan q,quiet reason= expire= porcelain n,dry-run v,verbose"),
		func(_ gitRun, p parsed) Outcome {
			return discardWhen(p.verb() == "remove" && p.on("force") && len(p.args) > 1, "worktree", "untracked", "force")
		}},
	"rm":          {newSpec("f,force n,dry-run r cached ignore-unmatch q,quiet pathspec-from-file= sparse"), gitRm},
	"merge":       {newSpec("abort continue quit m= F,file= s,strategy= X,strategy-option= ff no-ff ff-only squash S,gpg-sign? no-verify into-name= cleanup= e,edit no-commit allow-unrelated-histories"), gitMerge},
	"cherry-pick": {newSpec("abort continue quit skip m,mainline= s,signoff n,no-commit x S,gpg-sign? X,strategy-option= strategy= e,edit"), gitMerge},
	"revert":      {newSpec("abort continue quit skip m,mainline= s,signoff n,no-commit S,gpg-sign? X,strategy-option= strategy= e,edit no-edit"), gitMerge},
	"am":          {newSpec("abort continue quit skip i,interactive 3,3way s,signoff C= p= directory= exclude= include= patch-format= n,no-verify S,gpg-sign? resolvemsg="), gitMerge},
	"checkout-index": {newSpec("f,force a,all u,index q,quiet n,no-create prefix= stage= temp z stdin"),
		func(_ gitRun, p parsed) Outcome {
			return discardWhen(p.has("force") && !p.has("prefix", "temp"), "worktree", "paths")
		}},
	"read-tree": {newSpec("m reset u i n,dry-run v prefix= index-output="),
		func(_ gitRun, p parsed) Outcome {
			return discardWhen(p.has("reset") && p.has("u") && !p.has("dry-run"), "worktree", "index")
		}},
	"submodule": {newSpec("f,force q,quiet a,all b,branch= name= reference= depth= recursive init remote checkout merge rebase cached"), gitSubmodule},
}

func discardWhen(yes bool, flags ...string) Outcome {
	var out Outcome
	if yes {
		out.add(effect.GitDiscard, "", flags...)
	}
	return out
}

// discardPaths notes the loss of uncommitted changes in files.
func discardPaths(g gitRun, ws []Word, flags ...string) Outcome {
	var out Outcome
	for _, w := range ws {
		out.path(effect.GitDiscard, g.path(w), with(flags, "paths")...)
	}
	if len(out.Effects) == 0 {
		out.add(effect.GitDiscard, "", with(flags, "paths")...)
	}
	return out
}

func gitCheckout(g gitRun, p parsed) Outcome {
	creates := p.has("b", "B", "orphan")
	switch {
	case p.on("force"):
		return discardWhen(true, "worktree", "branch", "force")
	case p.has("patch"):
		return discardWhen(true, "worktree", "interactive", "paths")
	case p.has("pathspec-from-file"):
		return discardPaths(g, nil, "worktree")
	case creates:
		return movedBranch(p)
	case p.dashes >= 0 && len(p.args) > p.dashes:
		return discardPaths(g, p.after(p.dashes), "worktree")
	case p.dashes >= 0:
		return Outcome{}
	case len(p.args) >= 2 && !p.has("detach", "d"):
		return discardPaths(g, p.after(1), "worktree")
	case len(p.args) == 1 && (looksLikePath(p.args[0]) || p.has("ours", "theirs")):
		return discardPaths(g, p.args, "worktree")
	}
	return Outcome{}
}

// movedBranch: -B puts an existing branch elsewhere; for the main one that is its history.
func movedBranch(p parsed) Outcome {
	var out Outcome
	if w, ok := p.value("B"); ok && mainRefs[w.Text] && len(p.args) > 0 {
		out.add(effect.GitHistory, w.Text, "branch", "move")
	}
	return out
}

// looksLikePath tells whether a word that could name a branch or a file is a file by its form.
func looksLikePath(w Word) bool {
	t := w.Text
	if w.Glob || t == "." || t == ".." || strings.HasPrefix(t, "./") || strings.HasPrefix(t, "../") ||
		strings.HasPrefix(t, "/") || strings.HasPrefix(t, ":") || len(t) > 1 && strings.HasSuffix(t, "/") {
		return true
	}
	i := strings.LastIndexByte(t, '.')
	return i >= 0 && fileEndings[t[i+1:]]
}

var fileEndings = nameSet(`go js jsx ts tsx mjs cjs py pyi rb rs c h cc cpp hpp cs java kt scala swift m php pl pm lua r jl ex exs erl hs ml clj dart
	sh bash zsh fish ps1 bat txt md rst adoc json jsonc json5 yaml yml toml ini cfg conf config xml html htm css scss sass less vue svelte
	sql proto graphql lock mod sum gradle tf tfvars hcl env ipynb csv tsv png jpg jpeg gif svg ico pdf dockerfile mk cmake patch diff log tex`)

func gitSwitch(g gitRun, p parsed) Outcome {
	return discardWhen(p.on("force") || p.on("discard-changes"), "worktree", "branch", "force")
}

func gitRestore(g gitRun, p parsed) Outcome {
	named := p.has("staged", "no-staged", "worktree", "no-worktree")
	worktree := p.on("worktree") || !named
	paths := p.args
	switch {
	case p.has("version"):
		return Outcome{}
	case !worktree:
		return Outcome{}
	case p.on("patch"):
		return discardWhen(true, "worktree", "interactive", "paths")
	case p.has("pathspec-from-file"):
		return discardPaths(g, nil, "worktree")
	case len(paths) == 0:
		return Outcome{}
	}
	return discardPaths(g, paths, "worktree")
}

func gitReset(g gitRun, p parsed) Outcome {
	switch {
	case p.has("hard"):
		return discardWhen(true, "worktree", "index")
	case p.has("merge"):
		return discardWhen(true, "index")
	}
	var out Outcome
	if len(p.args) > 0 && p.dashes < 0 && movesHead(p.args[0].Text) {
		out.add(effect.GitHistory, p.args[0].Text, "reset", "local")
	}
	return out
}

// movesHead tells whether a revision is another commit than the present one.
func movesHead(rev string) bool {
	return rev != "HEAD" && rev != "@" && (strings.ContainsAny(rev, "~^@") || strings.HasPrefix(rev, "origin/"))
}

func gitClean(g gitRun, p parsed) Outcome {
	forced := p.on("force") || p.has("interactive")
	for _, s := range g.conf {
		forced = forced || s.key == "clean.requireforce" && (!s.value.Known || s.value.Text == "false" || s.value.Text == "0" || s.value.Text == "no")
	}
	if !forced || p.on("dry-run") {
		return Outcome{}
	}
	flags := append([]string{"untracked"}, flagIf(p.has("x", "X"), "ignored")...)
	flags = append(flags, flagIf(p.has("interactive"), "interactive")...)
	if len(p.args) > 0 {
		return discardPaths(g, p.args, flags...)
	}
	return discardWhen(true, flags...)
}

func gitStash(g gitRun, p parsed) Outcome {
	return discardWhen(p.verb() == "drop" || p.verb() == "clear", "stash", p.verb())
}

func gitRm(g gitRun, p parsed) Outcome {
	if p.on("cached") || p.on("dry-run") {
		return Outcome{}
	}
	if p.on("force") && len(p.args)+len(p.values("pathspec-from-file")) > 0 {
		return discardPaths(g, p.args, "worktree", "force")
	}
	var out Outcome
	for _, w := range p.args {
		out.path(effect.FSDelete, g.path(w), "tracked")
	}
	return out
}

// gitMerge is merge, cherry-pick, revert and am: additive, unless they are given up.
func gitMerge(g gitRun, p parsed) Outcome {
	var out Outcome
	switch {
	case p.has("abort"):
		out.add(effect.GitDiscard, g.verb, "abort")
	case p.has("no-verify"):
		out.add(effect.GitBypass, g.verb, "no-verify")
	case !p.has("quit", "continue", "skip"):
		out.add(effect.GitCommit, g.verb)
	}
	return out
}

func gitSubmodule(g gitRun, p parsed) Outcome {
	var out Outcome
	switch p.verb() {
	case "foreach":
		if n := len(p.args); n > 1 {
			out.shell(oneWord(p.args[1:]), "git submodule foreach")
		}
	case "deinit", "update":
		return discardWhen(p.has("force"), "worktree", "force")
	case "add":
		gitURL(&out, p.arg(1), "submodule")
	}
	return out
}
