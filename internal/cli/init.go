package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"writ/internal/claude"
	"writ/internal/guard"
	"writ/internal/home"
)

// scopeFlag is shared by init and uninstall.
type scopeFlag struct {
	scope  string
	dryRun bool
}

func (s *scopeFlag) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.scope, "scope", string(claude.Project), "whose settings: project, user or managed")
	cmd.Flags().BoolVar(&s.dryRun, "dry-run", false, "show the change and write nothing")
}

// file is the settings file of the scope, seen from the current folder.
func (s *scopeFlag) file(env *Env) (string, error) {
	user, err := os.UserHomeDir()
	if err != nil {
		return "", fail(ExitSetup, "set HOME", "%w", err)
	}
	cwd, err := os.Getwd()
	if err != nil {
		return "", fail(ExitSetup, "", "%w", err)
	}
	project := guard.ProjectOf(cwd, guard.Canonical(user))
	if project == "" && s.scope == string(claude.Project) {
		return "", fail(ExitUsage, "go into a repository, or use --scope user", "%s is no project", cwd)
	}
	path, err := claude.SettingsPath(claude.Scope(s.scope), project, user, env.Getenv("CLAUDE_CONFIG_DIR"))
	if err != nil {
		return "", fail(ExitUsage, "writ init --scope project", "%w", err)
	}
	return path, nil
}

func newInit(env *Env) *cobra.Command {
	var s scopeFlag
	c := &cobra.Command{
		Use:   "init",
		Short: "Wire writ into Claude Code's settings",
		Long: `Init adds writ's hooks, an ask rule for every tool and pinned environment to a settings file of Claude
Code, shows the difference, and keeps everything that was there. It copies writ and writ-hook into writ's
own folder, where the hooks find them. A second run changes nothing; writ uninstall takes it all out
again, byte for byte. A file that does not parse is refused and left untouched.

  --scope project   .claude/settings.local.json of this repository, for you alone (the default)
  --scope user      ~/.claude/settings.json, for you everywhere
  --scope managed   /etc/claude-code/managed-settings.d, for everybody on this machine (needs root)

With the ask rules in place, claude -p without writ denies what nobody answers; use writ claude -p.`,
		Example: "  writ init --dry-run\n  writ init && writ claude\n  writ init --scope user",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return runInit(env, s) },
	}
	s.add(c)
	return c
}

func runInit(env *Env, s scopeFlag) error {
	h, err := env.home()
	if err != nil {
		return err
	}
	path, err := s.file(env)
	if err != nil {
		return err
	}
	change, err := claude.Plan(h, claude.Scope(s.scope), path)
	if err != nil {
		return fail(ExitSetup, "repair the file by hand; writ left it as it is", "%w", err)
	}
	fmt.Fprint(env.Stdout, change.Diff)
	if s.dryRun {
		fmt.Fprintln(env.Stdout, "dry run: nothing was written")
		return nil
	}
	if err := installPrograms(h); err != nil {
		return err
	}
	if change.Diff == "" {
		fmt.Fprintf(env.Stdout, "nothing to do: %s carries writ already\n", path)
		return nil
	}
	if err := change.Install(h); err != nil {
		return fail(ExitSetup, "run writ init again", "%w", err)
	}
	fmt.Fprintf(env.Stdout, "wired %s (undo: writ uninstall --scope %s)\nnext: writ claude\n", path, s.scope)
	return nil
}

// installPrograms brings the programs of this build to where the hooks look for them.
func installPrograms(h home.Home) error {
	self, err := os.Executable()
	if err != nil {
		return fail(ExitSetup, "", "%w", err)
	}
	if err := claude.InstallPrograms(h, guard.Canonical(self)); err != nil {
		return fail(ExitSetup, "make build puts both programs into bin", "%w", err)
	}
	return nil
}
