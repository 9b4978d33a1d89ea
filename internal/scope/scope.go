// Package scope says what a session may do in the kernel's terms: it turns "this project, this role, this
// worktree" into a sandbox.Profile. What may change is the project and caches of its own; what agents, git, editors
// and build servers would run later stays as it is; what holds credentials reads as empty.
//
// A profile is made outside the sandbox by whoever grants it. This package looks at the disk, runs git to learn
// which files are tracked, and starts nothing else.
package scope

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"writ/internal/sandbox"
	"writ/internal/worktree"
)

// Of is what a profile is made for.
type Of struct {
	// Project is the root of the session's project: a folder, resolved. Empty: there is none, and nothing may change.
	Project string
	// Role is the principal's role; lead, review and sa change nothing by a shell.
	Role string
	// Home is the person's home folder, WritHome writ's own, State the part of it with the records of worktrees.
	Home, WritHome, State string
	// Env is the person's environment, for where their tools keep things.
	Env []string
	// Caches is where caches of sandboxes are kept; empty: they go into the private temporary folder.
	Caches string
	// Git lets a plain git command change what is otherwise closed to a shell: files of CI, editors and agents'
	// instructions come and go with commits.
	Git bool
	Settings
}

// Settings are what configuration may add.
type Settings struct {
	Write, Show, Hide, Sockets, Allow []string
	Limits                            sandbox.Limits
	Missing                           sandbox.Missing
	Trace                             bool
}

// Profile makes the profile.
func Profile(o Of) sandbox.Profile {
	p := sandbox.Profile{
		Name: name(o), Root: o.Project, Sockets: o.Sockets, Limits: o.Limits, Missing: o.Missing, Trace: o.Trace,
		Env: map[string]string{}, Net: sandbox.Net{Mode: "proxy", Allow: o.Allow},
		Show: slices.Clone(o.Show), Hide: append(slices.Clone(o.Hide), secrets(o)...),
	}
	switch {
	case o.Project == "":
	case writes(o.Role):
		p.Write = append(p.Write, claimed(o)...)
		p.Write = append(p.Write, o.Write...)
		closed(&p, o)
	case o.Role == "lead": // commits what others built, and changes none of it by a shell
		gitParts(&p, o.Project)
	}
	caches(&p, o)
	p.Show = append(p.Show, filepath.Join(o.WritHome, "bin"))
	p.Hide = append(p.Hide, o.WritHome)
	return p
}

// claimed is what of the project may change: all of it, or in a worktree that was made for certain files, those.
func claimed(o Of) []string {
	rec, found, err := worktree.Find(o.State, o.Project)
	if err != nil || !found || rec.All {
		return []string{o.Project} // landing checks again what a worktree may bring
	}
	var out []string
	for _, f := range rec.Files {
		out = append(out, filepath.Join(rec.Path, filepath.FromSlash(f)))
	}
	return out
}

func name(o Of) string {
	if o.Role == "" || o.Role == "solo" {
		return "project"
	}
	return o.Role
}

// writes tells whether a role changes files of the project by a shell at all.
func writes(role string) bool {
	role, _, _ = strings.Cut(role, "-")
	return role != "lead" && role != "review" && role != "sa"
}

// Widen gives a profile for one operation that was allowed or approved: these paths may change, these
// destinations may be reached, besides what the profile says already.
func Widen(p sandbox.Profile, paths, hosts []string) sandbox.Profile {
	p.Name += " and what was approved"
	p.Write, p.ReadOnly, p.Absent, p.Hide = slices.Clone(p.Write), slices.Clone(p.ReadOnly), slices.Clone(p.Absent), slices.Clone(p.Hide)
	for _, path := range paths {
		p.Write = append(p.Write, path)
		covers := func(closed string) bool { return closed == path || strings.HasPrefix(path, closed+"/") }
		p.ReadOnly, p.Absent, p.Hide = slices.DeleteFunc(p.ReadOnly, covers), slices.DeleteFunc(p.Absent, covers), slices.DeleteFunc(p.Hide, covers)
	}
	p.Net.Allow = append(slices.Clone(p.Net.Allow), hosts...)
	return p
}

// wiring is what an agent's host reads at start or during a session, in a project's root: never open to a shell.
var wiring = []string{".claude", ".mcp.json", ".writ", ".codex", ".gemini", ".cursor", ".windsurf", ".continue", ".aider.conf.yml", ".cline", ".roo"}

// later is what agents, editors, git and build servers would read or run later. A commit may bring it; a shell
// does not write it.
var later = []string{
	"CLAUDE.md", "CLAUDE.local.md", "AGENTS.md", "GEMINI.md", ".cursorrules", ".windsurfrules", ".goosehints",
	".github", ".gitlab-ci.yml", ".gitlab", ".circleci", ".buildkite", ".travis.yml", "Jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml",
	".drone.yml", ".woodpecker.yml", ".cirrus.yml", "appveyor.yml", "buildspec.yml", "cloudbuild.yaml",
	".vscode", ".idea", ".devcontainer", ".devcontainer.json", ".husky", ".githooks", ".pre-commit-config.yaml", "lefthook.yml",
	".envrc", ".npmrc", ".yarnrc", ".yarnrc.yml", ".gitmodules",
}

// closed keeps from changing what lies in the project and is not an agent's to change by a shell.
func closed(p *sandbox.Profile, o Of) {
	names := slices.Clone(wiring)
	if !o.Git {
		names = append(names, later...)
	}
	for _, n := range names {
		path := filepath.Join(o.Project, n)
		if _, err := os.Lstat(path); err == nil {
			p.ReadOnly = append(p.ReadOnly, path)
		} else {
			p.Absent = append(p.Absent, path)
		}
	}
	// The host makes its own worktrees there; a session in one has it as its project.
	if trees := filepath.Join(o.Project, ".claude", "worktrees"); isDir(trees) {
		p.Write = append(p.Write, trees)
	}
	gitParts(p, o.Project)
}

// gitTime bounds what git is asked about a checkout.
const gitTime = 10 * time.Second

// gitParts opens git's own folders, and closes what in them makes git run programs or look elsewhere. Where that
// cannot be told, nothing of them is opened.
func gitParts(p *sandbox.Profile, root string) {
	dot := filepath.Join(root, ".git")
	ctx, cancel := context.WithTimeout(context.Background(), gitTime)
	defer cancel()
	s, err := worktree.ScopeOf(ctx, root)
	switch {
	case errors.Is(err, worktree.ErrNoRepo) && !exists(dot):
		p.Absent = append(p.Absent, dot) // a repository made by an agent would run its settings for the person
		return
	case err != nil:
		p.ReadOnly = append(p.ReadOnly, dot)
		return
	}
	for _, path := range s.Write {
		if path != root {
			p.Write = append(p.Write, path)
		}
	}
	p.ReadOnly, p.Absent = append(p.ReadOnly, s.ReadOnly...), append(p.Absent, s.Absent...)
	maps.Copy(p.Env, s.Env)
}

func isDir(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.IsDir()
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Later tells whether a path is one that a commit may bring although a shell must not make it.
func Later(path string) bool { return slices.Contains(later, filepath.Base(path)) }

// sinks are files of a home that run by themselves, or decide what runs, when the person works next.
var sinks = []string{".bashrc", ".bash_profile", ".profile", ".zshrc", ".zshenv", ".zprofile", ".gitconfig", ".config/git/config", ".ssh/authorized_keys", ".ssh/config",
	".ssh/rc", ".claude/settings.json", ".claude/settings.local.json", ".npmrc", ".config/systemd/user", ".config/autostart", ".config/fish/config.fish", ".tmux.conf", ".vimrc"}

// gitWatched is what makes git run programs or look elsewhere.
var gitWatched = []string{".git/config", ".git/config.worktree", ".git/hooks", ".git/info", ".git/commondir", ".git/objects/info/alternates"}

// Watched are the places to look at after a command where nothing can be confined: what a sandbox would close in the
// project, and what runs by itself in the home.
func Watched(o Of) []string {
	if o.Project == "" {
		return nil
	}
	var out []string
	for _, name := range slices.Concat(wiring, later, gitWatched) { // by name alone: asking git would cost more than the command
		out = append(out, filepath.Join(o.Project, name))
	}
	for _, name := range sinks {
		out = append(out, filepath.Join(o.Home, name))
	}
	return out
}
