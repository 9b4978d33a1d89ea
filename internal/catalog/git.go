package catalog

import (
	"strings"

	"writ/internal/effect"
)

// gitPrograms are git and its companions.
var gitPrograms = map[string]program{
	"git":             gitCall,
	"git-filter-repo": func(c Call) Outcome { return gitRewrite("filter-repo") },
	"bfg":             func(c Call) Outcome { return gitRewrite("bfg") },
	"git-lfs":         nothing,
	"gitk":            nothing,
	"tig":             nothing,
	"lazygit":         nothing,
	"git-receive-pack": func(c Call) Outcome {
		return Outcome{}
	},
}

var gitGlobal = newSpec("+ C= c= config-env= git-dir= work-tree= namespace= exec-path? super-prefix= attr-source= list-cmds= p,paginate P,no-pager bare no-replace-objects literal-pathspecs glob-pathspecs noglob-pathspecs icase-pathspecs no-optional-locks no-lazy-fetch h,help v,version html-path man-path info-path")

// gitRun is one git command after its global options.
type gitRun struct {
	verb string
	args []Word // words after the verb
	dir  Word   // -C, --work-tree: where its paths are relative to
	conf []gitSetting
}

// path is a pathspec as a path of the file system.
func (g gitRun) path(w Word) Word { return under(g.dir, w) }

// gitVerb is a subcommand: its options and what it does.
type gitVerb struct {
	opts *spec
	does func(gitRun, parsed) Outcome
}

// gitVerbs are the subcommands that change or send something; those of gitPlain only look or add (a name that
// stands in neither table is an alias or an extension).
var gitVerbs = mergeVerbs(gitDiscardVerbs, gitHistoryVerbs, gitRemoteVerbs, gitLocalVerbs)

func mergeVerbs(tables ...map[string]gitVerb) map[string]gitVerb {
	all := map[string]gitVerb{}
	for _, t := range tables {
		for name, v := range t {
			all[name] = v
		}
	}
	return all
}

func gitCall(c Call) Outcome { return readGit(c, 0) }

func readGit(c Call, depth int) Outcome {
	p := gitGlobal.parse(c.Args[1:])
	g := gitRun{dir: known("")}
	var out Outcome
	for _, d := range p.values("C") {
		g.dir = under(g.dir, d)
	}
	if w, ok := p.value("work-tree"); ok {
		g.dir = under(g.dir, w)
	}
	g.conf = append(gitEnvSettings(c.Assign), gitOptionSettings(p)...)
	if p.has("exec-path") && gitExecPathSet(p) {
		out.add(effect.ExecTampered, "--exec-path", "git")
	}
	if len(p.args) == 0 || p.has("h", "v") && p.rest > 0 {
		return out
	}
	g.verb, g.args = p.args[0].Text, p.args[1:]
	if _, ok := gitVerbs[g.verb]; !ok && gitVerbs[strings.ToLower(g.verb)].opts != nil {
		g.verb = strings.ToLower(g.verb)
	}
	if !p.args[0].Known {
		out.unresolved("the git subcommand is not known", "eval")
		return out
	}
	settingEffects(&out, g)
	gitTransportEnv(&out, g, c.Assign)
	if v, ok := gitVerbs[g.verb]; ok {
		p := v.opts.parse(g.args)
		if !p.has("help") && !(p.has("h") && g.verb != "grep") {
			out.join(v.does(g, p))
		}
		return out
	}
	if !gitPlain[g.verb] {
		gitAlias(&out, g, c, depth)
	}
	return out
}

// gitTransportEnv notes programs that variables put in the place of ssh, for commands that talk to a remote.
func gitTransportEnv(out *Outcome, g gitRun, assigns []Assign) {
	for _, a := range assigns {
		switch a.Name {
		case "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_PROXY_COMMAND":
			if gitNetVerb(g) && !plainSSH(a.Value) {
				out.add(effect.ExecTampered, a.Name, "git")
				if a.Name != "GIT_SSH_VARIANT" {
					out.shell(a.Value, a.Name)
				}
			}
		}
	}
}

// plainSSH tells whether a command is ssh with options that run nothing else.
func plainSSH(w Word) bool {
	if !w.Known || strings.ContainsAny(w.Text, ";|&`$<>") {
		return false
	}
	fields := strings.Fields(w.Text)
	if len(fields) == 0 || fields[0] != "ssh" && fields[0] != "/usr/bin/ssh" {
		return false
	}
	return len(sshs(Call{Args: append(words(fields...), known("host"))}).Nested) == 0
}

func gitExecPathSet(p parsed) bool {
	_, ok := p.value("exec-path")
	return ok
}

// gitAlias follows an alias set on the same line, or reports an extension (git-foo) as unknown.
func gitAlias(out *Outcome, g gitRun, c Call, depth int) {
	for _, s := range g.conf {
		if s.key != "alias."+strings.ToLower(g.verb) {
			continue
		}
		if !s.value.Known {
			out.unresolved("a git alias with unknown text", "eval")
			return
		}
		if sh, ok := strings.CutPrefix(s.value.Text, "!"); ok {
			out.add(effect.ExecTampered, "git -c "+s.key, "git")
			out.shell(known(sh), "git alias")
			return
		}
		if depth > 3 {
			out.unresolved("git aliases that lead to each other", "bound")
			return
		}
		next := Call{Args: append(append(words("git"), words(strings.Fields(s.value.Text)...)...), g.args...)}
		if g.dir.Text != "" {
			next.Args = append(append(words("git", "-C"), g.dir), next.Args[1:]...)
		}
		out.join(readGit(next, depth+1))
		return
	}
	if strings.HasPrefix(g.verb, "-") || g.verb == "" {
		return
	}
	out.add(effect.Exec, "git-"+g.verb, "unknown")
}

func gitRewrite(what string) Outcome {
	var out Outcome
	out.add(effect.GitHistory, what, "filter", "force")
	return out
}

// gitPlain are the subcommands that only look, or add to the repository without losing anything.
var gitPlain = nameSet(`add annotate apply am archive bisect blame branch bundle cat-file check-attr check-ignore check-mailmap
	check-ref-format checkout-index cherry cherry-pick citool column commit-graph commit-tree count-objects describe diff diff-files
	diff-index diff-tree difftool fast-export fmt-merge-msg for-each-ref for-each-repo format-patch fsck get-tar-commit-id grep gui
	hash-object help index-pack init init-db instaweb interpret-trailers log ls-files ls-remote ls-tree mailinfo mailsplit
	maintenance merge-base merge-file merge-index merge-tree mergetool mktag mktree multi-pack-index mv name-rev notes
	pack-objects pack-redundant pack-refs patch-id prune-packed range-diff read-tree refs repack replay request-pull rerere rev-list
	rev-parse revert send-pack shell shortlog show show-branch show-index show-ref sparse-checkout stage status stripspace
	submodule symbolic-ref tag unpack-file unpack-objects update-index update-server-info upload-archive upload-pack var
	verify-commit verify-pack verify-tag version whatchanged write-tree lfs flow gitk scalar absorb up sync standup summary
	town machete branchless crypt secret annex svn p4 cvsimport bugreport diagnose backfill repo survey`)

// nameSet is a set of the space-separated names.
func nameSet(names string) map[string]bool {
	m := map[string]bool{}
	for _, n := range strings.Fields(names) {
		m[n] = true
	}
	return m
}

func nothing(Call) Outcome { return Outcome{} }
