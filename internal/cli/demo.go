package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"writ/internal/demo"
)

func newDemo(env *Env) *cobra.Command {
	var keep bool
	var dir, part string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Watch a team at work under writ, with attacks that must not succeed",
		Long: `Demo makes a fresh git repository with a small program and a spec. Scripted agents build the program; some
of them attack. Their tool calls take the path of a real host's calls (payload, writ-hook, daemon, verdict)
and what is allowed is really run and written. Each attack is judged by its side effect, and was first seen to
succeed in a copy without a guard. No account and no network are needed; it takes a few seconds.

Exit code 0 when every expectation held, 1 otherwise. Your own daemon, log and files are not touched.`,
		Example: `  writ demo
  writ demo --keep      leave the folder behind, to look around`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if part != "" {
				return demo.Play(part, env.Stdin, env.Stdout)
			}
			return runDemo(cmd.Context(), env, dir, keep)
		},
	}
	cmd.Flags().BoolVar(&keep, "keep", false, "leave the folder behind and say where it is")
	cmd.Flags().StringVar(&dir, "dir", "", "where the folder is made (default: the system's temporary folder)")
	cmd.Flags().StringVar(&part, "play", "", "a part of the demonstration itself")
	cmd.Flags().Lookup("play").Hidden = true
	return cmd
}

func runDemo(ctx context.Context, env *Env, dir string, keep bool) error {
	self, err := os.Executable()
	if err != nil {
		return fail(ExitSetup, "", "find writ itself: %w", err)
	}
	hook := filepath.Join(filepath.Dir(self), "writ-hook")
	if _, err := os.Stat(hook); err != nil {
		return fail(ExitSetup, "make build", "writ-hook must lie beside writ: %w", err)
	}
	err = demo.Run(ctx, demo.Options{Writ: self, Hook: hook, Out: env.Stdout, Colour: bool(newPaint(env)), Dir: dir, Keep: keep})
	switch {
	case errors.Is(err, demo.ErrFailed):
		return fail(ExitFailed, "writ demo --keep leaves the folder to look at", "%w", err)
	case err != nil:
		return fail(ExitSetup, "", "%w", err)
	}
	return nil
}
