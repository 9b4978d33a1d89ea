package worktree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"writ/internal/durable"
	"writ/internal/gitsafe"
)

// AddOptions says what a new worktree starts from and may change.
type AddOptions struct {
	Name string
	// From is a commit, branch or tag; "" is HEAD.
	From string
	// Files are the files and folders that may change; All lets every path change. One of both is needed.
	Files []string
	All   bool
	// At is the folder to make, "" for <project>-worktrees/NAME.
	At string
}

// Add makes a worktree, or finishes making one that was interrupted.
func (r *Repo) Add(ctx context.Context, o AddOptions) (Record, error) {
	if err := checkName(o.Name); err != nil {
		return Record{}, err
	}
	lock, err := r.lock(ctx)
	if err != nil {
		return Record{}, err
	}
	defer lock.Close()
	rec, err := r.load(o.Name)
	switch {
	case errors.Is(err, ErrNotFound):
		if rec, err = r.agree(ctx, o); err != nil {
			return Record{}, err
		}
	case err != nil:
		return Record{}, err
	case rec.State != StateAdding:
		return Record{}, fmt.Errorf("%w: %s in %s", ErrExists, rec.Name, rec.Path)
	}
	return r.make(ctx, rec)
}

// agree writes the record, before anything is made.
func (r *Repo) agree(ctx context.Context, o AddOptions) (Record, error) {
	rec := Record{Name: o.Name, Root: r.root, Repo: r.common, Path: r.folder(o.Name), State: StateAdding, Branch: BranchPrefix + o.Name, All: o.All, Created: now()}
	var err error
	if rec.Files, err = cleanFiles(r.root, o.Files); err != nil {
		return rec, err
	}
	if o.All == (len(rec.Files) > 0) {
		return rec, fmt.Errorf("%w: say which files may change, or that all may, and not both", ErrName)
	}
	if o.At != "" {
		if rec.Path, err = r.elsewhere(o.At); err != nil {
			return rec, err
		}
	}
	if _, err := os.Lstat(rec.Path); err == nil {
		return rec, fmt.Errorf("%w: %s is there already", ErrExists, rec.Path)
	}
	if err := r.start(ctx, &rec, o.From); err != nil {
		return rec, err
	}
	return rec, r.save(rec)
}

// elsewhere checks a folder that a person chose: not in the project, whose git status would show it.
func (r *Repo) elsewhere(at string) (string, error) {
	abs, err := filepath.Abs(at)
	if err != nil {
		return "", err
	}
	parent, err := filepath.EvalSymlinks(filepath.Dir(abs))
	if err != nil {
		return "", err
	}
	abs = filepath.Join(parent, filepath.Base(abs))
	if within(r.root, abs) || within(r.common, abs) {
		return "", fmt.Errorf("%w: the folder %s lies in the project; want one outside", ErrName, abs)
	}
	return abs, nil
}

// start finds the commit to start from and the branch that the work is measured against.
func (r *Repo) start(ctx context.Context, rec *Record, from string) error {
	if r.git.Line(ctx, "config", "--get", "extensions.partialclone") != "" {
		return fmt.Errorf("%w with all its objects: %s is a partial clone", ErrNoRepo, r.root)
	}
	rec.Onto = r.from.Line(ctx, "symbolic-ref", "-q", "HEAD")
	if from == "" {
		from = "HEAD"
	} else if branch := "refs/heads/" + from; resolve(ctx, r.git, branch) != "" {
		rec.Onto = branch
	}
	if rec.Base = resolve(ctx, r.from, from); rec.Base == "" {
		return fmt.Errorf("%w: %q names no commit in %s", ErrNotFound, from, r.root)
	}
	if rec.Onto != "" && resolve(ctx, r.git, rec.Onto) == "" {
		rec.Onto = ""
	}
	return nil
}

// make builds the folder beside its place and renames it, so that it appears whole; every step may be repeated.
func (r *Repo) make(ctx context.Context, rec Record) (Record, error) {
	if _, err := r.git.Run(ctx, "update-ref", "-m", "writ worktree add", BasePrefix+rec.Name, rec.Base); err != nil {
		return rec, err
	}
	parent := filepath.Dir(rec.Path)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return rec, fmt.Errorf("make the folder for worktrees: %w (another place: --at)", err)
	}
	if _, err := os.Lstat(rec.Path); err != nil { // else it was renamed before the interruption
		tmp := filepath.Join(parent, "."+rec.Name+".adding")
		if err := os.RemoveAll(tmp); err != nil {
			return rec, err
		}
		if err := r.build(ctx, rec, tmp); err != nil {
			return rec, errors.Join(err, os.RemoveAll(tmp))
		}
		if err := os.Rename(tmp, rec.Path); err != nil {
			return rec, err
		}
		if err := durable.SyncDir(parent); err != nil {
			return rec, err
		}
	}
	rec.State = StateReady
	return rec, r.save(rec)
}

// build makes a repository without hooks, attributes or includes, and checks the base out.
func (r *Repo) build(ctx context.Context, rec Record, dir string) error {
	g := gitsafe.Git{Dir: filepath.Dir(dir), Env: []string{"GIT_DEFAULT_REF_FORMAT=files"}}
	if _, err := g.Run(ctx, "init", "-q", "--template=", "--object-format="+r.format, dir); err != nil {
		return err
	}
	git := filepath.Join(dir, ".git")
	for _, d := range []string{"hooks", "info", "objects/info", "refs/heads/agents"} {
		if err := os.MkdirAll(filepath.Join(git, d), 0o755); err != nil {
			return err
		}
	}
	refs, err := r.origin(ctx)
	if err != nil {
		return err
	}
	files := map[string]string{
		"info/exclude": "", "info/attributes": "", "packed-refs": refs,
		"objects/info/alternates": quoteAlternate(r.objects()) + "\n",
		"HEAD":                    "ref: " + rec.Branch + "\n", rec.Branch: rec.Base + "\n",
	}
	if shallow, err := durable.ReadFile(filepath.Join(r.common, "shallow"), maxRecord); err == nil {
		files["shallow"] = string(shallow)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(git, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := r.configure(ctx, filepath.Join(git, "config")); err != nil {
		return err
	}
	g = gitsafe.Git{Dir: dir, GitDir: git}
	_, err = g.Run(ctx, "--work-tree="+dir, "reset", "-q", "--hard", rec.Base)
	return err
}

// objects is the project's object store.
func (r *Repo) objects() string { return filepath.Join(r.common, "objects") }

// quoteAlternate writes a path for objects/info/alternates.
func quoteAlternate(path string) string {
	if strings.HasPrefix(path, "#") || strings.ContainsAny(path, "\"\n") {
		return gitsafe.Quote(path)
	}
	return path
}

// origin is the project's branches and tags as a packed-refs file: branches of a remote, so that the agent can
// compare with them and rebase onto them.
func (r *Repo) origin(ctx context.Context) (string, error) {
	out, err := r.git.Run(ctx, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
	return strings.ReplaceAll(out, " refs/heads/", " refs/remotes/origin/"), err
}

// carried are settings of the project that change how files read or who commits. None names a program or a file.
var carried = []string{"user.name", "user.email", "core.autocrlf", "core.eol", "core.safecrlf", "core.filemode",
	"core.ignorecase", "core.symlinks", "core.precomposeunicode", "init.defaultbranch", "pull.rebase"}

// configure adds to the configuration that git init wrote.
func (r *Repo) configure(ctx context.Context, file string) error {
	have, err := r.git.List(ctx, "config", "--local", "-z", "--list")
	if err != nil {
		return err
	}
	pairs := [][2]string{
		{"remote.origin.url", r.common}, {"remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"},
		{"gc.auto", "0"}, {"gc.writeCommitGraph", "false"}, {"maintenance.auto", "false"},
	}
	for _, item := range have {
		if key, value, ok := strings.Cut(item, "\n"); ok && slices.Contains(carried, key) {
			pairs = append(pairs, [2]string{key, value})
		}
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, p := range pairs {
		if _, err := f.WriteString(setting(p[0], p[1])); err != nil {
			return err
		}
	}
	return f.Close()
}

// setting writes one setting as git reads it: [section "sub"] and name = "value".
func setting(key, value string) string {
	parts := strings.Split(key, ".")
	section := parts[0]
	if len(parts) == 3 {
		section += " \"" + parts[1] + "\""
	}
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value)
	return fmt.Sprintf("[%s]\n\t%s = \"%s\"\n", section, parts[len(parts)-1], quoted)
}
