package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"writ/internal/level"
	"writ/internal/sandbox"
)

func newDoctor(env *Env) *cobra.Command {
	c := &cobra.Command{
		Use:     "doctor",
		Short:   "Say what this host gives, and what to type for more",
		Example: "  writ doctor sandbox",
	}
	c.AddCommand(newDoctorSandbox(env))
	return c
}

func newDoctorSandbox(env *Env) *cobra.Command {
	var asJSON bool
	var least string
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "How strongly the kernel of this host can confine commands",
		Long: `Sandbox builds a sandbox at each level, strongest first, runs a program in it, and prints which level stood,
mechanism by mechanism what is there and what is not, and what to type for more. It changes nothing and needs no
daemon. The levels are full (namespaces, mounts, Landlock, seccomp), landlock (Landlock and seccomp) and observe
(nothing is confined); docs/reference/doctor.md says what each holds.

With --require-level it ends with exit code 5 where the host gives less.`,
		Example: "  writ doctor sandbox\n  writ doctor sandbox --json\n  writ doctor sandbox --require-level full || exit 1",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return runDoctorSandbox(env, asJSON, least) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().StringVar(&least, "require-level", "", "the level that must be there: observe, landlock or full")
	return c
}

func runDoctorSandbox(env *Env, asJSON bool, least string) error {
	want := level.Observe
	if least != "" {
		var err error
		if want, err = level.Parse(least); err != nil {
			return fail(ExitUsage, "", "--require-level: %w", err)
		}
	}
	h, err := env.home()
	if err != nil {
		return err
	}
	r := sandbox.Probe(launcherOf(h))
	if asJSON {
		enc := json.NewEncoder(env.Stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		err = enc.Encode(r)
	} else {
		err = printProbe(env, r)
	}
	if err != nil {
		return fail(ExitFailed, "", "print the report: %w", err)
	}
	if r.Level < want {
		return fail(ExitSetup, "writ doctor sandbox says what to type for more", "level %s is required, this host gives %s: %s", want, r.Level, r.Why())
	}
	return nil
}

// printProbe is the report for people: one line a finding, what to type below those that lack something.
func printProbe(env *Env, r sandbox.Report) error {
	p := newPaint(env)
	word := map[level.Level]string{level.Full: "1;32", level.Landlock: "1;33", level.Observe: "1;31"}[r.Level]
	if _, err := fmt.Fprintf(env.Stdout, "%s  level %s\n\n", r.System, p.code(word, r.Level.String())); err != nil {
		return err
	}
	for _, f := range r.Findings {
		mark := p.code("1;32", "yes")
		if !f.Have {
			mark = p.code("1;33", "no ")
		}
		if _, err := fmt.Fprintf(env.Stdout, "%s  %-19s %s\n", mark, f.Name, f.Detail); err != nil {
			return err
		}
		if f.Remedy != "" {
			if _, err := fmt.Fprintf(env.Stdout, "%25s%s %s\n", "", p.dim("for more:"), f.Remedy); err != nil {
				return err
			}
		}
	}
	return nil
}
