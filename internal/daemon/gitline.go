package daemon

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/gitsafe"
	"writ/internal/guard"
	"writ/internal/level"
	"writ/internal/verdict"
	"writ/internal/zone"
)

// gitOnly tells of a line that is git and nothing else, and was understood.
func gitOnly(effects []effect.Effect) bool {
	some := false
	for _, e := range effects {
		switch {
		case strings.HasPrefix(string(e.Kind), "git.") && e.Kind != effect.GitConfig && e.Kind != effect.GitHook:
			some = true
		case e.Kind == effect.Exec && e.Target == "git", e.Kind == effect.FSList, e.Kind == effect.FSRead && !e.In(zone.Secret):
		case (e.Kind == effect.FSWrite || e.Kind == effect.FSDelete) && e.In(zone.Git):
		default:
			return false
		}
	}
	return some
}

// speaks tells of a line in which git talks to another machine, which it cannot without the person's credentials.
func speaks(effects []effect.Effect) bool {
	return slices.ContainsFunc(effects, func(e effect.Effect) bool { return e.Kind == effect.GitPush || e.Kind == effect.GitRemote })
}

// gitTime bounds the questions to git about one repository.
const gitTime = 5 * time.Second

// runsPrograms are settings of a repository by which git starts programs, or asks another place than it says.
var runsPrograms = regexp.MustCompile(`^(core\.(hookspath|fsmonitor|sshcommand|gitproxy|askpass|editor|pager|alternaterefscommand)|include(if)?\..*|alias\..*|filter\..*|diff\..*\.(command|textconv)|merge\..*\.driver|credential\..*|gpg\..*|remote\..*\.(receivepack|uploadpack|vcs|proxy)|url\..*|submodule\..*\.update|protocol\..*|http\..*|uploadpack\..*|receive\..*|sequence\.editor|extensions\.(?:worktreeconfig))$`)

// hooksOf are the hooks that git runs for a kind of work; every kind moves refs.
var hooksOf = map[effect.Kind][]string{
	effect.GitPush:    {"pre-push"},
	effect.GitRemote:  {"post-merge", "post-checkout", "post-rewrite", "pre-merge-commit", "pre-rebase", "pre-auto-gc", "commit-msg", "prepare-commit-msg"},
	effect.GitCommit:  {"pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "pre-merge-commit", "post-merge", "post-checkout", "post-rewrite"},
	effect.GitDiscard: {"post-checkout", "post-index-change"},
	effect.GitHistory: {"pre-rebase", "post-rewrite", "post-checkout", "pre-commit", "commit-msg", "applypatch-msg", "pre-applypatch", "post-applypatch"},
}

// plainRepository tells whether git, doing this in this project, runs nothing that lies in the project: no hooks of
// that work, and no settings that name programs. Then a push carries no code of an agent along with the person's
// credentials. What cannot be told is no.
func plainRepository(project string, effects []effect.Effect) bool {
	ctx, cancel := context.WithTimeout(context.Background(), gitTime)
	defer cancel()
	g := gitsafe.Git{Dir: project}
	common, err := g.Run(ctx, "rev-parse", "--path-format=absolute", "--git-common-dir")
	if err != nil {
		return false
	}
	keys, err := g.Run(ctx, "config", "--local", "--list", "--name-only", "-z", "--includes")
	if err != nil {
		return false
	}
	for key := range strings.SplitSeq(keys, "\x00") {
		if runsPrograms.MatchString(strings.ToLower(key)) {
			return false
		}
	}
	for _, name := range append([]string{"reference-transaction", "fsmonitor-watchman"}, hooksNeeded(effects)...) {
		if _, err := os.Lstat(filepath.Join(strings.TrimSpace(common), "hooks", name)); !os.IsNotExist(err) {
			return false
		}
	}
	return true
}

func hooksNeeded(effects []effect.Effect) (out []string) {
	for _, e := range effects {
		out = append(out, hooksOf[e.Kind]...)
	}
	return out
}

// hooked asks about a line that does nothing but speak to another machine, in a repository whose hooks or settings
// would run programs of the project beside the person's credentials. One that does more runs in the sandbox, where
// it fails to reach the other machine, and the agent is told to take the steps one by one.
func (d *Daemon) hooked(ev event.Event, dec guard.Decision) verdict.Verdict {
	if d.confined(ev) == level.Observe || !speaks(dec.Effects) || !gitOnly(dec.Effects) || plainRepository(ev.Project, dec.Effects) {
		return verdict.None()
	}
	for _, e := range dec.Effects {
		if e.Kind != effect.GitPush && e.Kind != effect.GitRemote {
			return verdict.None()
		}
	}
	return verdict.New(verdict.Ask, "sandbox", "git-hooks", "git would run hooks or programs that this repository names, outside the sandbox and beside your credentials", "let the person push")
}

// committed tells whether a file is one of the last commit.
func committed(project, path string) bool {
	rel, err := filepath.Rel(project, path)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), gitTime)
	defer cancel()
	_, err = gitsafe.Git{Dir: project}.Run(ctx, "cat-file", "-e", "HEAD:"+filepath.ToSlash(rel))
	return err == nil
}
