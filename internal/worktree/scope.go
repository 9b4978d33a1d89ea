package worktree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"writ/internal/gitsafe"
)

// Scope says what a sandbox that may write a checkout must hold fast, so that nothing written there makes git run a
// program, or read another repository, when a person later runs git in it. Paths are absolute and resolved. The
// reasons, name by name, are in docs/reference/worktree.md.
type Scope struct {
	// Linked tells of a checkout whose .git is a file leading to a shared repository (git worktree, Claude Code's
	// worktrees). Its agent shares objects and refs with all others; only Add's worktrees have their own.
	Linked bool
	Root   string
	GitDir string
	Common string
	// Write may change: the folder asked about and the git folders. Each must be a mount of its own, or the agent renames
	// a git folder together with what is held fast in it and puts another in its place.
	Write []string
	// ReadOnly stays although it lies below Write, and comes after it.
	ReadOnly []string
	// Absent does not exist and must not appear. Nobody else makes these names in the course of normal work.
	Absent []string
	// Env are variables to set; there are none to set today.
	Env map[string]string
	// held are the files of ReadOnly as they were. See Replaced.
	held map[string]fs.FileInfo
}

// holdFast are names in a git folder that stay as they are.
var holdFast = []string{
	"config",                       // programs, includes, filters, hooksPath, fsmonitor
	"config.worktree",              // the same
	"hooks",                        // programs
	"info",                         // attributes (which filter runs), grafts, exclude (what status hides)
	"objects/info/alternates",      // another repository's objects
	"objects/info/http-alternates", // the same
	"commondir",                    // the repository that git really reads
	"shallow",                      // where history seems to end
	"branches",                     // an old way of saying where fetch goes
	"remotes",                      // the same
	"modules",                      // configuration of submodules
	"worktrees",                    // other checkouts: where they lead, HEAD, index
	"refs/replace",                 // other objects in the place of those shown
	"refs/writ",                    // what writ keeps
	"logs/refs/writ",               // its history
}

// mustNotAppear are those of holdFast, and names below them, that no person's normal work makes in a repository that does
// not have them. The others (worktrees, modules, refs/writ) a person or writ may make at any time; in a main git
// folder they have no effect by themselves.
var mustNotAppear = []string{"config.worktree", "hooks", "info", "objects/info/alternates", "objects/info/http-alternates", "commondir", "shallow", "branches", "remotes"}

// holdFastLinked are names in the git folder of a linked checkout.
var holdFastLinked = []string{"commondir", "gitdir", "config.worktree"}

// ScopeOf looks at the checkout that dir lies in, whether it is a main one, a linked one or one that Add made. It is
// for the moment before a sandbox starts: what is held is what exists then.
func ScopeOf(ctx context.Context, dir string) (Scope, error) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return Scope{}, err
	}
	g := gitsafe.Git{Dir: real}
	out, err := g.Run(ctx, "rev-parse", "--path-format=absolute", "--show-toplevel", "--git-dir", "--git-common-dir")
	if err != nil {
		return Scope{}, fmt.Errorf("%w around %s: %v", ErrNoRepo, dir, err)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != 3 {
		return Scope{}, fmt.Errorf("%w that writ can name: the path of %q holds a line break", ErrNoRepo, dir)
	}
	for i := range lines {
		if lines[i], err = filepath.EvalSymlinks(lines[i]); err != nil {
			return Scope{}, err
		}
	}
	s := Scope{Root: lines[0], GitDir: lines[1], Common: lines[2], Linked: lines[1] != lines[2], Env: map[string]string{}}
	s.Write = []string{real, s.Common}
	if err := s.hold(); err != nil {
		return Scope{}, err
	}
	if err := s.programs(ctx, g); err != nil {
		return Scope{}, err
	}
	return s, s.note()
}

// hold lists the fixed names.
func (s *Scope) hold() error {
	dotGit, err := os.Lstat(filepath.Join(s.Root, ".git"))
	if err != nil {
		return fmt.Errorf("%w in %s: %v", ErrNoRepo, s.Root, err)
	}
	if dotGit.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("%w that can be held fast: %s/.git is a symbolic link, which no mount can keep in place; want a folder or a file", ErrNoRepo, s.Root)
	}
	if dotGit.Mode().IsRegular() {
		s.ReadOnly = append(s.ReadOnly, filepath.Join(s.Root, ".git"))
	}
	if err := s.names(s.Common, holdFast, mustNotAppear); err != nil || !s.Linked {
		return err
	}
	s.Write = append(s.Write, s.GitDir)
	return s.names(s.GitDir, holdFastLinked, holdFastLinked)
}

func (s *Scope) names(dir string, fast, absent []string) error {
	for _, name := range fast {
		path := filepath.Join(dir, name)
		switch fi, err := os.Lstat(path); {
		case err == nil && fi.Mode()&fs.ModeSymlink != 0:
			return fmt.Errorf("%w that can be held fast: %s is a symbolic link, which no mount can keep in place", ErrNoRepo, path)
		case err == nil:
			s.ReadOnly = append(s.ReadOnly, path)
		case slices.Contains(absent, name):
			s.Absent = append(s.Absent, path)
		}
	}
	return nil
}

// runs are settings whose value names a program or a file of settings.
var runs = regexp.MustCompile(`^(core\.(fsmonitor|hookspath|editor|pager|sshcommand|askpass|gitproxy|alternaterefscommand|attributesfile|excludesfile)` +
	`|sequence\.editor|gpg\..*|credential\..*|diff\..*|filter\..*|merge\..*|mergetool\..*|difftool\..*|alias\..*|pager\..*|interactive\.difffilter` +
	`|remote\..*\.(uploadpack|receivepack|vcs)|trailer\..*|submodule\..*\.update|uploadpack\..*|gc\.recentobjectshook|blame\.ignorerevsfile|commit\.template|sendemail\..*|browser\..*|man\..*)$`)

// includes are settings that read another file of settings.
var includes = regexp.MustCompile(`^include(if\..*)?\.path$`)

// paths are settings whose value is a path even without a slash.
var paths = regexp.MustCompile(`^core\.(hookspath|attributesfile|excludesfile)$`)

// programs adds the files and folders of the checkout that the repository's configuration includes or runs.
func (s *Scope) programs(ctx context.Context, g gitsafe.Git) error {
	out, err := g.List(ctx, "config", "-z", "--show-origin", "--includes", "--list")
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(out); i += 2 {
		file, ok := strings.CutPrefix(out[i], "file:")
		if !ok {
			continue // writ's own settings
		}
		if !filepath.IsAbs(file) {
			file = filepath.Join(s.Root, file)
		}
		s.keepIfWritable(file)
		key, value, _ := strings.Cut(out[i+1], "\n")
		if includes.MatchString(key) && !strings.HasPrefix(value, "~") {
			if !filepath.IsAbs(value) {
				value = filepath.Join(filepath.Dir(file), value)
			}
			s.keepOrAbsent(filepath.Clean(value)) // one without settings, or that does not exist yet, shows nowhere else
		}
		if !runs.MatchString(key) {
			continue
		}
		for _, word := range strings.FieldsFunc(value, func(c rune) bool { return strings.ContainsRune(" \t\n\"'`;|&()<>=!$", c) }) {
			if strings.Contains(word, "/") || paths.MatchString(key) {
				s.program(key, word)
			}
		}
	}
	return nil
}

// program notes one path in a setting.
func (s *Scope) program(key, word string) {
	path := word
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.Root, path)
	}
	path = filepath.Clean(path)
	if filepath.Base(path) == "_" {
		s.keepIfWritable(filepath.Dir(path)) // husky's generated folder runs the scripts beside it
	}
	if paths.MatchString(key) {
		s.keepOrAbsent(path)
		return
	}
	s.keepIfWritable(path)
}

func (s *Scope) keepOrAbsent(path string) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) && s.writable(path) && !slices.Contains(s.Absent, path) {
		s.Absent = append(s.Absent, path)
	}
	s.keepIfWritable(path)
}

func (s *Scope) writable(path string) bool {
	return slices.ContainsFunc(s.Write, func(w string) bool { return within(w, path) && w != path })
}

func (s *Scope) keepIfWritable(path string) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil && s.writable(real) && real != s.Root && !slices.Contains(s.ReadOnly, real) {
		s.ReadOnly = append(s.ReadOnly, real)
	}
}

// note remembers the files that are held, to see later whether they were replaced.
func (s *Scope) note() error {
	s.held = map[string]fs.FileInfo{}
	for _, p := range s.ReadOnly {
		fi, err := os.Lstat(p)
		if err != nil {
			return err
		}
		s.held[p] = fi
	}
	return nil
}

// Replaced lists what is held fast but is another file now than when the scope was made. A read-only mount stands on
// the file, not on its name: when somebody outside replaces the file by a rename, as every `git config` does, the
// kernel takes the mount away and the sandbox can write the new file. A sandbox whose scope was replaced must end.
func (s Scope) Replaced() []string {
	var out []string
	for _, p := range s.ReadOnly {
		if fi, err := os.Lstat(p); err != nil || s.held[p] == nil || !os.SameFile(fi, s.held[p]) {
			out = append(out, p)
		}
	}
	return out
}
