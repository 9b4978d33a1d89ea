package worktree

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"writ/internal/durable"
	"writ/internal/gitsafe"
)

// Hazards looks for what an agent can leave in a checkout, although the kernel holds the rest fast, that harms a person
// who runs git there: it is for the moment after a command, before anybody does. None found is not a proof.
func (s Scope) Hazards(ctx context.Context) ([]Finding, error) {
	var out []Finding
	for _, p := range s.Absent {
		if _, err := os.Lstat(p); err == nil {
			out = append(out, Finding{Path: p, Why: "appeared; it changes what git runs or reads"})
		}
	}
	for _, p := range s.Replaced() {
		out = append(out, Finding{Path: p, Why: "was replaced while a sandbox held it"})
	}
	index, err := s.index(ctx)
	if err != nil {
		return out, err
	}
	return append(append(out, index...), s.todo()...), nil
}

// index looks at the names in the index, which git writes to disk unseen when a person types `git checkout .`, and at
// the repositories inside, which `git status` enters.
func (s Scope) index(ctx context.Context) ([]Finding, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	entries, err := gitsafe.Git{Dir: s.Root}.List(ctx, "ls-files", "-z", "--stage", "--full-name")
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, e := range entries {
		meta, name, _ := strings.Cut(e, "\t")
		if !inside(name) {
			out = append(out, Finding{Path: name, Why: "stands in the index; git checkout . would write it"})
		} else if strings.HasPrefix(meta, modeModule) {
			if key := inner(ctx, filepath.Join(s.Root, name)); key != "" {
				out = append(out, Finding{Path: name, Why: "is a repository inside the repository, whose setting " + key + " git status may run"})
			}
		}
	}
	return out, nil
}

// inner gives a setting of a nested repository that names a program, "" if there is none.
func inner(ctx context.Context, dir string) string {
	if _, err := os.Lstat(filepath.Join(dir, ".git")); err != nil {
		return ""
	}
	keys, err := gitsafe.Git{Dir: dir}.List(ctx, "config", "--local", "--includes", "-z", "--name-only", "--list")
	if err != nil {
		return "that cannot be read"
	}
	for _, k := range keys {
		if runs.MatchString(k) || includes.MatchString(k) || k == "extensions.worktreeconfig" {
			return k
		}
	}
	return ""
}

// todo looks at an interrupted rebase, whose list may hold commands.
func (s Scope) todo() []Finding {
	file := filepath.Join(s.GitDir, "rebase-merge", "git-rebase-todo")
	text, err := durable.ReadFile(file, maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []Finding{{Path: file, Why: "cannot be read: " + err.Error()}}
	}
	for in := bufio.NewScanner(strings.NewReader(string(text))); in.Scan(); {
		if word, rest, _ := strings.Cut(strings.TrimSpace(in.Text()), " "); word == "exec" || word == "x" {
			return []Finding{{Path: file, Why: "git rebase --continue would run: " + rest}}
		}
	}
	return nil
}

// own looks at what Add made and no agent's work changes: where the kernel did not hold it, it may be changed.
func (r *Repo) own(ctx context.Context, root string) ([]Finding, error) {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	s, err := ScopeOf(ctx, root)
	if err != nil {
		return nil, err
	}
	out, err := s.Hazards(ctx)
	if err != nil {
		return out, err
	}
	if s.Root != root || s.Linked || s.GitDir != filepath.Join(root, ".git") {
		out = append(out, Finding{Path: s.GitDir, Why: "is the repository that git uses there; want the agent's own"})
	}
	if key := inner(ctx, root); key != "" {
		out = append(out, Finding{Path: filepath.Join(s.Common, "config"), Why: "has the setting " + key + ", which writ did not make"})
	}
	if hooks, err := os.ReadDir(filepath.Join(s.Common, "hooks")); err != nil || len(hooks) > 0 {
		out = append(out, Finding{Path: filepath.Join(s.Common, "hooks"), Why: "is not the empty folder that writ made"})
	}
	for _, name := range []string{"config.worktree", "commondir", "branches", "remotes", "worktrees"} {
		if _, err := os.Lstat(filepath.Join(s.Common, name)); err == nil {
			out = append(out, Finding{Path: filepath.Join(s.Common, name), Why: "is there, although writ made none"})
		}
	}
	for _, name := range []string{"info/attributes", "info/grafts"} {
		if fi, err := os.Lstat(filepath.Join(s.Common, name)); err == nil && fi.Size() > 0 {
			out = append(out, Finding{Path: filepath.Join(s.Common, name), Why: "is not empty, as writ made it"})
		}
	}
	return out, nil
}
