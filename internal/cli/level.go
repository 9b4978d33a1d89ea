package cli

import (
	"github.com/spf13/cobra"

	"writ/internal/home"
	"writ/internal/level"
	"writ/internal/sandbox"
)

// levelFlag is the flag of commands that judge calls as if the kernel confined their shell commands.
type levelFlag struct{ word string }

func (f *levelFlag) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.word, "level", level.Observe.String(), "judge as if the kernel confined shell commands that strongly: observe, landlock, full")
}

func (f *levelFlag) level() (level.Level, error) {
	l, err := level.Parse(f.word)
	if err != nil {
		return level.Observe, fail(ExitUsage, "", "--level: %w", err)
	}
	return l, nil
}

// confines tells how strongly the kernel confines commands here, by building a sandbox.
func (e *Env) confines(h home.Home) level.Level {
	if e.Level != nil {
		return e.Level()
	}
	launcher := launcherOf(h)
	if launcher == "" {
		return level.Observe
	}
	return sandbox.Probe(launcher).Level
}
