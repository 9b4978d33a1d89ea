package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"writ/internal/worktree"
)

// worktreeCommand holds what the subcommands of `writ worktree` share.
type worktreeCommand struct {
	env     *Env
	project string
	asJSON  bool
}

func newWorktree(env *Env) *cobra.Command {
	o := &worktreeCommand{env: env}
	cmd := &cobra.Command{
		Use:   "worktree",
		Short: "Give an agent a repository of its own, and take over what was agreed",
		Long: `A worktree is a checkout beside the project with a .git of its own over the project's objects. The agent
commits, amends, branches and rebases there; the project's .git stays as it is. land checks every commit
against the agreed files and moves refs of the project, never its working tree. remove keeps what did not land.`,
		Example: `  writ worktree add alice --files src docs
  writ worktree list
  writ worktree land alice --dry-run
  writ worktree land alice
  writ worktree remove alice`,
	}
	cmd.PersistentFlags().StringVar(&o.project, "project", "", "a folder in the project's repository (default: the current one)")
	cmd.PersistentFlags().BoolVar(&o.asJSON, "json", false, "print JSON")
	cmd.AddCommand(o.newAdd(), o.newLand(), o.newList(), o.newRemove())
	return cmd
}

// open finds the project's repository and writ's records.
func (o *worktreeCommand) open(ctx context.Context) (*worktree.Repo, error) {
	h, err := o.env.home()
	if err != nil {
		return nil, err
	}
	if err := h.Ensure(); err != nil {
		return nil, fail(ExitSetup, "", "%w", err)
	}
	dir := o.project
	if dir == "" {
		if dir, err = os.Getwd(); err != nil {
			return nil, fail(ExitUsage, "name it with --project", "find the current folder: %w", err)
		}
	}
	repo, err := worktree.Open(ctx, h.State(), dir)
	if err != nil {
		return nil, worktreeError(err)
	}
	return repo, nil
}

func (o *worktreeCommand) newAdd() *cobra.Command {
	var add worktree.AddOptions
	cmd := &cobra.Command{
		Use:   "add NAME [--from REF] [--files PATH…]",
		Short: "Make a worktree for an agent",
		Long: `Add makes the folder PROJECT-worktrees/NAME with the branch agents/NAME checked out. --files names the files and
folders that its commits may change when they land; further paths may follow it. Without --files all may,
except files that tell git what to run (.gitmodules, .gitattributes), which are always agreed on by name.
An add that was interrupted is finished by the same command.`,
		Example: `  writ worktree add alice
  writ worktree add bob --from v1.2 --files src/parser docs/parser.md
  writ worktree add carol --at /srv/agents/carol`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 && len(add.Files) == 0 {
				return fail(ExitUsage, "writ worktree add NAME --files PATH…", "one name makes one worktree, got %d", len(args))
			}
			add.Name, add.Files = args[0], append(add.Files, args[1:]...)
			add.All = len(add.Files) == 0
			return o.add(cmd.Context(), add)
		},
	}
	f := cmd.Flags()
	f.StringVar(&add.From, "from", "", "the commit, branch or tag to start from (default: HEAD)")
	f.StringArrayVar(&add.Files, "files", nil, "a file or folder that may change; repeatable, further paths may follow")
	f.StringVar(&add.At, "at", "", "the folder to make, outside the project")
	return cmd
}

func (o *worktreeCommand) add(ctx context.Context, add worktree.AddOptions) error {
	repo, err := o.open(ctx)
	if err != nil {
		return err
	}
	rec, err := repo.Add(ctx, add)
	if err != nil {
		return worktreeError(err)
	}
	if o.asJSON {
		return o.json(rec)
	}
	w := o.env.Stdout
	fmt.Fprintf(w, "made %s on branch %s, from %.12s\n", rec.Path, shortRef(rec.Branch), rec.Base)
	fmt.Fprintf(w, "may change: %s\n", agreed(rec))
	return nil
}

// agreed says in words which paths a record lets change.
func agreed(rec worktree.Record) string {
	if rec.All {
		return "every file"
	}
	return plain(strings.Join(rec.Files, " "))
}

func shortRef(ref string) string { return strings.TrimPrefix(ref, "refs/heads/") }

func (o *worktreeCommand) newLand() *cobra.Command {
	var land worktree.LandOptions
	cmd := &cobra.Command{
		Use:   "land NAME",
		Short: "Check an agent's commits and take them over",
		Long: `Land copies the commits of agents/NAME into quarantine, verifies every object, and holds each commit against the
agreed files: renames count with both names; repositories inside the repository, links that lead out, names
that do not show or differ by case only are refused. Then the project's refs/heads/agents/NAME moves, and
nothing else. With --onto, BRANCH is fast-forwarded too where that is possible and no checkout has it; a
checkout is never touched: land prints the command that merges. Exit code 3: refused.`,
		Example: `  writ worktree land alice --dry-run
  writ worktree land alice
  writ worktree land alice --onto main`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return o.land(cmd.Context(), args[0], land) },
	}
	f := cmd.Flags()
	f.StringVar(&land.Onto, "onto", "", "the branch to measure against and to fast-forward (default: measure against where it started)")
	f.BoolVar(&land.DryRun, "dry-run", false, "check everything, change nothing")
	return cmd
}

func (o *worktreeCommand) land(ctx context.Context, name string, land worktree.LandOptions) error {
	repo, err := o.open(ctx)
	if err != nil {
		return err
	}
	done, err := repo.Land(ctx, name, land)
	refused := errors.Is(err, worktree.ErrRefused)
	if err != nil && !refused {
		return worktreeError(err)
	}
	if o.asJSON {
		if err := o.json(done); err != nil {
			return err
		}
	} else {
		o.landed(done, land.DryRun)
	}
	if refused {
		return silent(ExitDenied)
	}
	return nil
}

func (o *worktreeCommand) landed(done worktree.Landing, dry bool) {
	w := o.env.Stdout
	if len(done.Refused) > 0 {
		fmt.Fprintf(w, "refused: %s at %.12s stays where it is\n", shortRef(done.Branch), done.Tip)
		for _, f := range done.Refused {
			fmt.Fprintf(w, "  %s\n", plain(f.String()))
		}
		return
	}
	for _, n := range done.Notes {
		fmt.Fprintf(w, "note: %s\n", plain(n))
	}
	what := count(done.Commits, "commit") + ", " + count(len(done.Changes), "path")
	switch {
	case done.Commits == 0:
		fmt.Fprintf(w, "nothing to land: %.12s is there already\n", done.Tip)
	case dry:
		fmt.Fprintf(w, "would land %s; all agreed\n", what)
	case len(done.Moved) == 0:
		fmt.Fprintf(w, "landed before: %s\n", what)
	default:
		fmt.Fprintf(w, "landed %s\n", what)
	}
	for _, m := range done.Moved {
		fmt.Fprintf(w, "  %s is now %.12s\n", m.Ref, m.New)
	}
	if len(done.Next) > 0 {
		fmt.Fprintln(w, "to have it in a checkout:")
	}
	for _, n := range done.Next {
		fmt.Fprintf(w, "  %s\n", n)
	}
}

// count writes a number with its word.
func count(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}

func (o *worktreeCommand) newList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Show the worktrees of the project",
		Long: `List shows each worktree: its branch and tip, how many commits it is ahead of and behind the branch it is
measured against, whether files are uncommitted, whether the tip has landed, and what may change.`,
		Example: `  writ worktree list
  writ worktree list --json | jq '.[] | select(.has_landed | not)'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.list(cmd.Context()) },
	}
}

func (o *worktreeCommand) list(ctx context.Context) error {
	repo, err := o.open(ctx)
	if err != nil {
		return err
	}
	all, err := repo.List(ctx)
	if err != nil {
		return worktreeError(err)
	}
	if o.asJSON {
		return o.json(all)
	}
	if len(all) == 0 {
		fmt.Fprintf(o.env.Stdout, "no worktree of %s\n", repo.Root())
	}
	p := newPaint(o.env)
	for _, s := range all {
		fmt.Fprintf(o.env.Stdout, "%s  %.12s  %s  %s\n", p.bold(s.Name), s.Tip, stands(s), p.dim(plain(s.Path)))
		fmt.Fprintf(o.env.Stdout, "  may change: %s\n", agreed(s.Record))
		for _, h := range s.Hazards {
			fmt.Fprintf(o.env.Stdout, "  do not run git in it: %s\n", plain(h.String()))
		}
		if s.Trouble != "" {
			fmt.Fprintf(o.env.Stdout, "  trouble: %s\n", plain(oneLine(s.Trouble)))
		}
	}
	return nil
}

// stands says in words how a worktree stands.
func stands(s worktree.Status) string {
	if s.State != worktree.StateReady {
		return s.State
	}
	if s.Trouble != "" {
		return "unknown"
	}
	words := []string{fmt.Sprintf("%d ahead, %d behind", s.Ahead, s.Behind)}
	if s.Dirty {
		words = append(words, "uncommitted files")
	}
	if !s.HasLanded {
		words = append(words, "not landed")
	}
	return strings.Join(words, ", ")
}

func (o *worktreeCommand) newRemove() *cobra.Command {
	var remove worktree.RemoveOptions
	cmd := &cobra.Command{
		Use:   "remove NAME",
		Short: "Take a worktree away, after keeping what did not land",
		Long: `Remove first makes a commit that holds the uncommitted files (not the ignored ones) and every commit that has
not landed, reachable from refs/writ/kept/NAME/TIME in the project; then the folder goes. The agent must have
ended. Where the work cannot be kept as commits (broken objects, a repository inside the repository) nothing
is removed; --force then moves the whole folder below writ's home.`,
		Example: `  writ worktree remove alice
  writ worktree remove mallory --force`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return o.remove(cmd.Context(), args[0], remove) },
	}
	cmd.Flags().BoolVar(&remove.Force, "force", false, "move aside what cannot be kept as commits")
	return cmd
}

func (o *worktreeCommand) remove(ctx context.Context, name string, opts worktree.RemoveOptions) error {
	repo, err := o.open(ctx)
	if err != nil {
		return err
	}
	done, err := repo.Remove(ctx, name, opts)
	if err != nil {
		return worktreeError(err)
	}
	if o.asJSON {
		return o.json(done)
	}
	w := o.env.Stdout
	fmt.Fprintf(w, "removed %s\n", done.Path)
	if done.Aside != "" {
		fmt.Fprintf(w, "moved aside to %s: %s\n", done.Aside, plain(oneLine(done.Why)))
	}
	for _, h := range done.Holds {
		fmt.Fprintf(w, "  %s\n", plain(h))
	}
	if done.Kept != "" {
		fmt.Fprintf(w, "kept as %s; bring it back with:\n  git branch %s-again %s\n", done.Kept, done.Name, done.Kept)
	}
	return nil
}

func (o *worktreeCommand) json(v any) error {
	enc := json.NewEncoder(o.env.Stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// worktreeHints are what to type next, by error.
var worktreeHints = []struct {
	is   error
	code int
	hint string
}{
	{worktree.ErrName, ExitUsage, "writ worktree add --help shows names and paths"},
	{worktree.ErrNoRepo, ExitUsage, "name a folder in a git repository with --project"},
	{worktree.ErrNotFound, ExitUsage, "writ worktree list shows the worktrees"},
	{worktree.ErrExists, ExitFailed, "take another name, or writ worktree remove first"},
	{worktree.ErrBusy, ExitFailed, "wait for it to end"},
	{worktree.ErrBranch, ExitFailed, "writ worktree land --help says which branches move"},
	{worktree.ErrNotKept, ExitFailed, "end the agent and repeat; --force moves the folder aside"},
	{worktree.ErrObjects, ExitFailed, "git fsck in the agent's folder shows more; nothing was taken over"},
}

func worktreeError(err error) error {
	for _, h := range worktreeHints {
		if errors.Is(err, h.is) {
			return fail(h.code, h.hint, "%w", err)
		}
	}
	return fail(ExitFailed, "", "%w", err)
}
