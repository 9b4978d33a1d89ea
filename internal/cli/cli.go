// Package cli is the writ command: one file per subcommand, no logic of its own beyond reading flags,
// calling the packages and printing. Main returns an exit code and never exits.
package cli

import (
	"context"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"writ/internal/home"
	"writ/internal/level"
)

// Build is the version of this binary, set by the linker.
var Build = "devel"

// Env is what the outside gives: environment look-up, streams, and the flags that hold for every command.
type Env struct {
	Getenv         func(string) string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Level tells how strongly the kernel confines commands here; nil: it is probed.
	Level    func() level.Level
	homeFlag string
}

// commands lists the constructors of every subcommand, in the order help shows them.
var commands = []func(*Env) *cobra.Command{newInit, newClaude, newUninstall, newDoctor, newGate, newEnter, newTunnel, newExec, newDemo, newExplain, newCheck, newPolicy, newRestore, newWorktree, newLog, newAudit, newReport, newReplay, newApprovals, newApprove, newReject, newDaemon}

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
		Use:   "writ",
		Short: "Every coding agent acts only under its writ",
		Long: `writ decides on every tool call of a coding agent, records each decision in a log that cannot be
quietly changed, and asks a human only what a human must decide.`,
		Example: `  writ demo                       a team at work under writ, in a fresh repository
  writ init && writ claude        guard Claude Code in this repository
  writ explain -- rm -rf build    what a command would do, and what writ would say`,
		Version:       Build,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("writ version {{.Version}}\n")
	root.PersistentFlags().StringVar(&env.homeFlag, "home", "", "writ's own folder (default $WRIT_HOME, else ~/.writ)")
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	for _, c := range commands {
		root.AddCommand(c(env))
	}
	return root
}

// home is the folder that --home, $WRIT_HOME or the default names. Its error is ready to be returned.
func (e *Env) home() (home.Home, error) {
	h, err := e.namedHome()
	if err != nil {
		return "", fail(ExitUsage, "give --home", "%w", err)
	}
	return h, nil
}

func (e *Env) namedHome() (home.Home, error) {
	if e.homeFlag == "" {
		return home.Default()
	}
	abs, err := filepath.Abs(e.homeFlag)
	return home.Home(abs), err
}
