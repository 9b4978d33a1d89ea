// Package scope says what a session may do in the kernel's terms: it turns "this project, this role, this
// worktree" into a sandbox.Profile. What may change is the project and caches of its own; what agents, git, editors
// and build servers would run later stays as it is; what holds credentials reads as empty.
//
// A profile is made outside the sandbox by whoever grants it. This package looks at the disk, runs git to learn
// which files are tracked, and starts nothing else.
package scope

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"writ/internal/sandbox"
)

// Of is what a profile is made for.
type Of struct {
	// Project is the root of the session's project: a folder, resolved. Empty: there is none, and nothing may change.
	Project string
	// Role is the principal's role; lead, review and sa change nothing by a shell.
	Role string
	// Home is the person's home folder, WritHome writ's own.
	Home, WritHome string
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
		p.Write = append(p.Write, o.Project)
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

// gitParts closes what makes git run programs or look elsewhere.
func gitParts(p *sandbox.Profile, root string) {
	git := filepath.Join(root, ".git")
	if !isDir(git) {
		return
	}
	p.Write = append(p.Write, git) // a mount of its own: it cannot be moved away
	for _, n := range []string{"config", "config.worktree", "hooks", "info", "commondir", "gitdir", "modules", "worktrees", "objects/info/alternates"} {
		if path := filepath.Join(git, n); exists(path) {
			p.ReadOnly = append(p.ReadOnly, path)
		} else {
			p.Absent = append(p.Absent, path)
		}
	}
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
