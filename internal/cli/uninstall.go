package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"writ/internal/claude"
)

func newUninstall(env *Env) *cobra.Command {
	var s scopeFlag
	c := &cobra.Command{
		Use:   "uninstall",
		Short: "Take writ out of Claude Code's settings",
		Long: `Uninstall restores the settings file byte for byte if nobody changed it since writ init, and else takes
out exactly what init added. The log, the policies and writ's programs stay in writ's folder.`,
		Example: "  writ uninstall\n  writ uninstall --scope user --dry-run",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return runUninstall(env, s) },
	}
	s.add(c)
	return c
}

func runUninstall(env *Env, s scopeFlag) error {
	h, err := env.home()
	if err != nil {
		return err
	}
	path, err := s.file(env)
	if err != nil {
		return err
	}
	change, err := claude.PlanRemoval(h, path)
	if errors.Is(err, claude.ErrNotInstalled) {
		return fail(ExitSetup, "writ uninstall --scope user|project|managed names another file", "%w", err)
	}
	if err != nil {
		return fail(ExitSetup, "repair the file by hand; writ left it as it is", "%w", err)
	}
	fmt.Fprint(env.Stdout, change.Diff)
	if s.dryRun {
		fmt.Fprintln(env.Stdout, "dry run: nothing was written")
		return nil
	}
	if err := change.Uninstall(h); err != nil {
		return fail(ExitSetup, "run writ uninstall again", "%w", err)
	}
	switch {
	case change.Removed:
		fmt.Fprintf(env.Stdout, "removed %s, which writ init had made\n", path)
	case change.Drifted:
		fmt.Fprintf(env.Stdout, "took writ out of %s; your later changes stay\n", path)
	default:
		fmt.Fprintf(env.Stdout, "restored %s\n", path)
	}
	return nil
}
