package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"writ/internal/effect"
	"writ/internal/guard"
	"writ/internal/level"
	"writ/internal/policy"
	"writ/internal/verdict"
	"writ/internal/zone"
)

func newPolicy(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Show, check, try and compare the policies that decide",
		Example: `  writ policy show --floor
  writ policy validate my.cedar
  writ policy test`,
	}
	cmd.AddCommand(newPolicyShow(env), newPolicyValidate(env), newPolicyTest(env), newPolicyDiff(env))
	return cmd
}

func newPolicyShow(env *Env) *cobra.Command {
	var o guardFlags
	var layer string
	var floor, list, schema, zones, flags, asJSON bool
	cmd := &cobra.Command{
		Use:   "show [RULE…]",
		Short: "Print the policies in force, as written",
		Long: `Show prints every rule that is loaded, in the order of the layers: the floor, the built-in rules, then the
organisation's (/etc/writ/policy), the user's (policy in writ's own folder) and the repository's
(.writ/policy). With names it prints these rules only.`,
		Example: `  writ policy show --list
  writ policy show secret-file
  writ policy show --layer user
  writ policy show --schema`,
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case schema:
				_, err := io.WriteString(env.Stdout, policy.Schema())
				return err
			case zones:
				return printLines(env.Stdout, zone.Names())
			case flags:
				return printLines(env.Stdout, effect.Flags())
			}
			if floor {
				layer = policy.Floor.String()
			}
			g, _, err := o.guard(env)
			if err != nil {
				return err
			}
			rules, err := choose(g.Policy().Rules(), layer, args)
			if err != nil {
				return err
			}
			return printRules(env, rules, list, asJSON)
		},
	}
	cmd.Flags().StringVar(&layer, "layer", "", "one layer: floor, builtin, organisation, user, repository")
	cmd.Flags().BoolVar(&floor, "floor", false, "the floor only, which nothing overrides")
	cmd.Flags().BoolVar(&list, "list", false, "one line a rule")
	cmd.Flags().BoolVar(&schema, "schema", false, "the Cedar schema: what a policy can look at")
	cmd.Flags().BoolVar(&zones, "zones", false, "the zones that a path can lie in")
	cmd.Flags().BoolVar(&flags, "flags", false, "the flags that an effect can carry")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	o.add(cmd)
	return cmd
}

func printLines(w io.Writer, lines []string) error {
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// choose filters rules by layer and by name.
func choose(rules []policy.Rule, layer string, names []string) ([]policy.Rule, error) {
	var want policy.Layer
	if layer != "" {
		var err error
		if want, err = policy.ParseLayer(layer); err != nil {
			return nil, fail(ExitUsage, "", "--layer: %w", err)
		}
	}
	found := map[string]bool{}
	var out []policy.Rule
	for _, r := range rules {
		if (layer == "" || r.Layer == want) && (len(names) == 0 || contains(names, r.ID)) {
			found[r.ID] = true
			out = append(out, r)
		}
	}
	for _, n := range names {
		if !found[n] {
			return nil, fail(ExitUsage, "writ policy show --list", "no rule %q", n)
		}
	}
	return out, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func printRules(env *Env, rules []policy.Rule, list, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(env.Stdout).Encode(ruleViews(rules))
	}
	p := newPaint(env)
	for i, r := range rules {
		if list {
			why := r.Reason
			if at := contained(r); at != "" {
				why += " (not asked at level " + at + ")"
			}
			fmt.Fprintf(env.Stdout, "%-12s %s  %-24s %s\n", r.Layer, p.effect(r.Effect, 5), r.ID, why)
			continue
		}
		if i > 0 {
			fmt.Fprintln(env.Stdout)
		}
		fmt.Fprintf(env.Stdout, "%s\n%s\n", p.dim(fmt.Sprintf("// %s %s:%d", r.Layer, r.File, r.Line)), r.Source)
	}
	return nil
}

// ruleView is a rule in JSON.
type ruleView struct {
	ID        string         `json:"id"`
	Layer     string         `json:"layer"`
	Effect    verdict.Effect `json:"effect"`
	Reason    string         `json:"reason,omitempty"`
	Instead   string         `json:"instead,omitempty"`
	Overrides []string       `json:"overrides,omitempty"`
	Profile   string         `json:"profile,omitempty"`
	Contained string         `json:"contained,omitempty"`
	File      string         `json:"file"`
	Line      int            `json:"line"`
	Source    string         `json:"source"`
}

func ruleViews(rules []policy.Rule) []ruleView {
	out := make([]ruleView, 0, len(rules))
	for _, r := range rules {
		out = append(out, ruleView{r.ID, r.Layer.String(), r.Effect, r.Reason, r.Instead, r.Overrides, r.Profile, contained(r), r.File, r.Line, r.Source})
	}
	return out
}

// contained is the level at which a rule's ask is not needed; empty where it always is.
func contained(r policy.Rule) string {
	if r.Contained == level.Observe {
		return ""
	}
	return r.Contained.String()
}

func newPolicyValidate(env *Env) *cobra.Command {
	var o guardFlags
	var layer string
	cmd := &cobra.Command{
		Use:   "validate [FILE…]",
		Short: "Check policy files and say where they are wrong",
		Long: `Validate reads the policies of every layer, or the given files, and reports each mistake with file, line and
the nearest valid name: unknown actions, flags, zones, attributes and annotations, wrong types, ids given
twice, overrides that name nothing or the floor, and permits in a repository.`,
		Example: `  writ policy validate
  writ policy validate --layer repository .writ/policy/*.cedar`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				g, _, err := o.guard(env)
				if err != nil {
					return err
				}
				fmt.Fprintf(env.Stdout, "%d rules, all valid\n", len(g.Policy().Rules()))
				return nil
			}
			l, err := policy.ParseLayer(layer)
			if err != nil || l <= policy.Builtin {
				return fail(ExitUsage, "", "--layer %s: want organisation, user or repository", layer)
			}
			return validateFiles(env, l, args)
		},
	}
	cmd.Flags().StringVar(&layer, "layer", "user", "the layer that the files are meant for: organisation, user, repository")
	o.add(cmd)
	return cmd
}

func validateFiles(env *Env, l policy.Layer, names []string) error {
	opts := policy.Options{Files: names, FilesLayer: l}
	e, err := policy.Load(opts)
	if err != nil {
		return fail(ExitFailed, "writ policy show --schema", "%w", err)
	}
	n := 0
	for _, r := range e.Rules() {
		if r.Layer > policy.Builtin {
			n++
		}
	}
	fmt.Fprintf(env.Stdout, "%d rules, all valid\n", n)
	return nil
}

func newPolicyTest(env *Env) *cobra.Command {
	var o guardFlags
	var builtin, asJSON bool
	cmd := &cobra.Command{
		Use:   "test [PATH…]",
		Short: "Try the policies on the cases that lie beside them",
		Long: `Test judges the rows of every *.cases.jsonl file beside the policies of each layer, or of the given files and
folders, and reports those whose verdict is not the wanted one. A row is a JSON object:

  {"command": "git push --force", "want": "ask", "rule": "git-force-push"}
  {"tool": "Write", "input": {"file_path": "a.txt", "content": ""}, "want": "allow"}

Exit code 1 when a case fails.`,
		Example: `  writ policy test
  writ policy test .writ/policy
  writ policy test --builtin`,
		RunE: func(cmd *cobra.Command, args []string) error {
			g, where, err := o.guard(env)
			if err != nil {
				return err
			}
			var outcomes []guard.Outcome
			if builtin || len(args) == 0 {
				got, err := tryBuiltin(cmd)
				if err != nil {
					return err
				}
				outcomes = append(outcomes, got...)
			}
			if !builtin {
				if len(args) == 0 {
					_, project := where.of("")
					args = caseFolders(env, project)
				} else if err := exist(args); err != nil {
					return err
				}
				tests, err := readTests(args)
				if err != nil {
					return err
				}
				outcomes = append(outcomes, g.Try(cmd.Context(), tests)...)
			}
			return reportCases(env, outcomes, asJSON)
		},
	}
	cmd.Flags().BoolVar(&builtin, "builtin", false, "only the cases that ship with writ")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a case")
	o.add(cmd)
	return cmd
}

// tryBuiltin judges the built-in cases by the built-in policies alone.
func tryBuiltin(cmd *cobra.Command) ([]guard.Outcome, error) {
	tests, err := policy.BuiltinTests()
	if err != nil {
		return nil, fail(ExitFailed, "", "%w", err)
	}
	g, err := guard.Imaginary(guard.Options{})
	if err != nil {
		return nil, fail(ExitFailed, "", "%w", err)
	}
	return g.Try(cmd.Context(), tests), nil
}

// caseFolders are the policy folders of the layers that people write.
func caseFolders(env *Env, project string) []string {
	out := []string{guard.OrganisationDir}
	if h, err := env.home(); err == nil {
		out = append(out, h.PolicyDir())
	}
	if project != "" {
		out = append(out, filepath.Join(project, ".writ", "policy"))
	}
	return out
}

// exist refuses paths that are not there, which would otherwise pass as an empty table.
func exist(paths []string) error {
	for _, p := range paths {
		if _, err := os.Stat(p); err != nil {
			return fail(ExitUsage, "", "read cases: %w", err)
		}
	}
	return nil
}

func readTests(paths []string) ([]policy.Test, error) {
	var out []policy.Test
	var errs []error
	for _, p := range paths {
		tests, err := policy.TestsIn(p)
		out, errs = append(out, tests...), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fail(ExitUsage, "", "%w", err)
	}
	return out, nil
}

func reportCases(env *Env, outcomes []guard.Outcome, asJSON bool) error {
	failed := 0
	enc := json.NewEncoder(env.Stdout)
	for _, o := range outcomes {
		if !o.Pass {
			failed++
		}
		if asJSON {
			if err := enc.Encode(caseView(o)); err != nil {
				return err
			}
		} else if !o.Pass {
			fmt.Fprintf(env.Stdout, "FAIL %s:%d  %s\n     want %s %s, got %s %s\n", o.File, o.Line, oneLine(subject(o.Test)), o.Want, o.Test.Rule, o.Got.Effect, o.Got.Rule())
		}
	}
	if !asJSON {
		fmt.Fprintf(env.Stdout, "%d cases, %d failed\n", len(outcomes), failed)
	}
	if failed > 0 {
		return silent(ExitFailed)
	}
	return nil
}

func subject(t policy.Test) string {
	if t.Command != "" {
		return t.Command
	}
	return t.Tool + " " + string(t.Input)
}

func caseView(o guard.Outcome) map[string]any {
	return map[string]any{"file": o.File, "line": o.Line, "case": subject(o.Test), "want": o.Want, "got": o.Got.Effect, "rule": o.Got.Rule(), "pass": o.Pass}
}

func newPolicyDiff(env *Env) *cobra.Command {
	var o guardFlags
	var cases []string
	cmd := &cobra.Command{
		Use:   "diff FILE…",
		Short: "Show which verdicts would change if policy files were added",
		Long: `Diff judges cases with the policies in force and with the given files added as the user's own, and prints
each call whose verdict or rule differs. Cases are those of writ policy test, or of --cases.`,
		Example: `  writ policy diff my.cedar
  writ policy diff my.cedar --cases calls.cases.jsonl`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			before, where, err := o.guard(env)
			if err != nil {
				return err
			}
			changed := o
			changed.files = append(append([]string{}, o.files...), args...)
			after, _, err := changed.guard(env)
			if err != nil {
				return err
			}
			tests, err := diffTests(env, cases, where)
			if err != nil {
				return err
			}
			n := printDiff(env, before.Try(cmd.Context(), tests), after.Try(cmd.Context(), tests))
			fmt.Fprintf(env.Stdout, "%d of %d verdicts differ\n", n, len(tests))
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&cases, "cases", nil, "a file or folder of cases (repeatable; default: those of every layer)")
	o.add(cmd)
	return cmd
}

func diffTests(env *Env, cases []string, where *places) ([]policy.Test, error) {
	if len(cases) > 0 {
		if err := exist(cases); err != nil {
			return nil, err
		}
		return readTests(cases)
	}
	builtin, err := policy.BuiltinTests()
	if err != nil {
		return nil, fail(ExitFailed, "", "%w", err)
	}
	_, project := where.of("")
	own, err := readTests(caseFolders(env, project))
	return append(builtin, own...), err
}

func printDiff(env *Env, before, after []guard.Outcome) int {
	p, n := newPaint(env), 0
	for i := range before {
		b, a := before[i].Got, after[i].Got
		if b.Effect == a.Effect && b.Rule() == a.Rule() {
			continue
		}
		n++
		fmt.Fprintf(env.Stdout, "%s → %s  %s  (%s → %s)\n", p.effect(b.Effect, 5), p.effect(a.Effect, 5), oneLine(subject(before[i].Test)), b.Rule(), a.Rule())
	}
	return n
}
