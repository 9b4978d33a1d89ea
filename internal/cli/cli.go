// Package cli is the writ command: one file per subcommand, no logic of its own beyond reading flags,
// calling the packages and printing. Main returns an exit code and never exits.
package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"
)

// Env is what the outside gives: environment look-up, streams.
type Env struct {
	Getenv         func(string) string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// commands lists the constructors of every subcommand, in the order help shows them.
var commands = []func(*Env) *cobra.Command{}

// Main runs one command line (without the program name) and returns its exit code.
func Main(ctx context.Context, env Env, args []string) int {
	root := newRoot(&env)
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		return report(env.Stderr, err)
	}
	return ExitOK
}

func newRoot(env *Env) *cobra.Command {
	root := &cobra.Command{
		Use:           "writ",
		Short:         "Every coding agent acts only under its writ",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	for _, c := range commands {
		root.AddCommand(c(env))
	}
	return root
}
