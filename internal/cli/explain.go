package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"mvdan.cc/sh/v3/syntax"

	"writ/internal/command"
	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/guard"
	"writ/internal/hook"
	"writ/internal/level"
	"writ/internal/pipeline"
	"writ/internal/verdict"
)

func newExplain(env *Env) *cobra.Command {
	var o guardFlags
	var at levelFlag
	var toolName, input, cwd, role string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain [flags] -- COMMAND",
		Short: "Show what a command would do and what writ would say, without running it",
		Long: `Explain reads a command line, or any other tool call, and shows the simple commands it consists of, the
effects of each, what every stage of the decision says with the rule that says so, the verdict, and what
to do instead. One argument is taken as a shell line; several are the words of one command.

With --level full it also shows which asks the sandbox of a confined session answers, and what the command
needs beyond it.`,
		Example: `  writ explain -- 'cd build && rm -rf *'
  writ explain -- git push --force origin main
  writ explain --level full -- 'eval "$(./configure --print)"'
  writ explain --tool Write --input '{"file_path":".github/workflows/ci.yml","content":""}'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			raw, err := explainInput(toolName, input, args)
			if err != nil {
				return err
			}
			confined, err := at.level()
			if err != nil {
				return err
			}
			g, where, err := o.guard(env)
			if err != nil {
				return err
			}
			if cwd != "" {
				if cwd, err = filepath.Abs(cwd); err != nil {
					return fail(ExitUsage, "", "--cwd: %w", err)
				}
			}
			cwd, project := where.of(cwd)
			ev := event.Event{Host: "cli", Name: "PreToolUse", Tool: toolName, Input: raw, Cwd: cwd, Project: project,
				Known: hook.KnownTool(toolName), Principal: event.Principal{Agent: "main", Role: role, Kind: event.Main}}
			d := g.WithLevel(confined).Decide(cmd.Context(), ev)
			if asJSON {
				return printExplainJSON(env.Stdout, ev, d)
			}
			explanation{w: env.Stdout, p: newPaint(env), project: project, level: confined}.print(ev, d)
			return nil
		},
	}
	cmd.Flags().StringVar(&toolName, "tool", "Bash", "the tool that is called")
	cmd.Flags().StringVar(&input, "input", "", "the tool's input, a JSON object (instead of a command)")
	cmd.Flags().StringVar(&cwd, "cwd", "", "the folder the call stands in (default: the current one)")
	cmd.Flags().StringVar(&role, "role", "", "the caller's role in a team: lead, coding-1, review-1 …")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	at.add(cmd)
	o.add(cmd)
	return cmd
}

// explainInput makes the tool's input from the flags or the words after --.
func explainInput(toolName, input string, args []string) (json.RawMessage, error) {
	switch {
	case input != "" && len(args) > 0:
		return nil, fail(ExitUsage, "", "give either --input or a command, not both")
	case input != "":
		var object map[string]json.RawMessage
		if err := json.Unmarshal([]byte(input), &object); err != nil {
			return nil, fail(ExitUsage, `writ explain --tool Write --input '{"file_path":"x"}'`, "--input is not a JSON object: %w", err)
		}
		return json.RawMessage(input), nil
	case len(args) == 0:
		return nil, fail(ExitUsage, "writ explain -- rm -rf build", "nothing to explain: want a command after --")
	case toolName != "Bash":
		return nil, fail(ExitUsage, "", "the tool %s wants --input, a JSON object", toolName)
	}
	line := args[0]
	if len(args) > 1 {
		line = quoteWords(args)
	}
	return json.Marshal(map[string]string{"command": line})
}

// quoteWords writes words as a shell line that means exactly them.
func quoteWords(args []string) string {
	out := make([]string, len(args))
	for i, a := range args {
		q, err := syntax.Quote(a, syntax.LangBash)
		if err != nil { // a NUL byte, which no command line can hold
			q = "''"
		}
		out[i] = q
	}
	return strings.Join(out, " ")
}

func printExplainJSON(w io.Writer, ev event.Event, d guard.Decision) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Tool    string          `json:"tool"`
		Input   json.RawMessage `json:"input"`
		Cwd     string          `json:"cwd"`
		Project string          `json:"project,omitempty"`
		Effect  verdict.Effect  `json:"effect"`
		Rule    string          `json:"rule"`
		guard.Decision
	}{ev.Tool, ev.Input, ev.Cwd, ev.Project, d.Verdict.Effect, d.Verdict.Rule(), d})
}

// explanation prints a decision for people.
type explanation struct {
	w       io.Writer
	p       paint
	project string
	level   level.Level
}

func (x explanation) print(ev event.Event, d guard.Decision) {
	fmt.Fprintf(x.w, "%s  %s\n", x.p.effect(d.Verdict.Effect, 5), x.p.bold(d.Summary))
	for _, r := range telling(d.Verdict) {
		if r.Effect == d.Verdict.Effect {
			fmt.Fprintf(x.w, "       %s\n", r.Text)
		}
	}
	x.steps(d)
	x.stages(d.Stages)
	x.sandbox(d)
	x.instead(d.Verdict)
}

// steps lists the simple commands with their effects, then the effects that belong to none.
func (x explanation) steps(d guard.Decision) {
	fmt.Fprintf(x.w, "\n%s\n", x.p.bold("what it does"))
	shown := map[string]bool{}
	for i, s := range d.Steps {
		fmt.Fprintf(x.w, "  %d  %s%s\n", i+1, oneLine(words(s)), x.p.dim(via(s)))
		for _, e := range s.Effects {
			shown[effectLine(e, x.project)] = true
			fmt.Fprintf(x.w, "       %s\n", effectLine(e, x.project))
		}
	}
	for _, e := range d.Effects {
		if line := effectLine(e, x.project); !shown[line] {
			shown[line] = true
			fmt.Fprintf(x.w, "       %s\n", line)
		}
	}
	if len(d.Effects) == 0 {
		fmt.Fprintf(x.w, "       %s\n", x.p.dim("nothing that reaches a file, a program or a network"))
	}
}

func words(s command.Step) string { return strings.Join(s.Words, " ") }

func via(s command.Step) string {
	if len(s.Via) == 0 {
		return ""
	}
	return "   through " + strings.Join(s.Via, ", ")
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 100 {
		return string(r[:99]) + "…"
	}
	return s
}

// effectLine is one effect: kind, object, zones and flags.
func effectLine(e effect.Effect, project string) string {
	object := strings.TrimSpace(pipeline.Object(e))
	if rel, err := filepath.Rel(project, e.Path); project != "" && e.Path != "" && err == nil && !strings.HasPrefix(rel, "..") {
		object = rel
	}
	if e.Method != "" {
		object = e.Method + " " + object
	}
	out := fmt.Sprintf("%-14s %s", e.Kind, object)
	if more := append(append([]string{}, e.Zones...), e.Flags...); len(more) > 0 {
		out = fmt.Sprintf("%-50s [%s]", out, strings.Join(more, " "))
	}
	if e.Reason != "" {
		out += "  " + e.Reason
	}
	return strings.TrimRight(out, " ")
}

func (x explanation) stages(stages []pipeline.StageVerdict) {
	fmt.Fprintf(x.w, "\n%s\n", x.p.bold("who says what"))
	for _, s := range stages {
		if len(s.Reasons) == 0 {
			fmt.Fprintf(x.w, "  %-9s %s\n", s.Stage, x.p.effect(s.Effect, 0))
			continue
		}
		for i, r := range s.Reasons {
			name := s.Stage
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(x.w, "  %-9s %s  %-22s %s\n", name, x.p.effect(r.Effect, 5), r.Rule, r.Text)
		}
	}
}

// sandbox shows which asks the walls answer, and what the call needs beyond them.
func (x explanation) sandbox(d guard.Decision) {
	if x.level == level.Observe || len(d.Answered) == 0 && len(d.Hosts)+len(d.Writes) == 0 && !d.Remote {
		return
	}
	fmt.Fprintf(x.w, "\n%s\n", x.p.bold("the sandbox"))
	for _, r := range d.Answered {
		fmt.Fprintf(x.w, "  answers   %-22s %s\n", r.Rule, r.Text)
	}
	if d.Keep {
		fmt.Fprintln(x.w, "  before    uncommitted work is kept")
	}
	for _, h := range d.Hosts {
		fmt.Fprintf(x.w, "  opens to  %s\n", h)
	}
	for _, p := range d.Writes {
		fmt.Fprintf(x.w, "  opens     %s\n", p)
	}
	if d.Remote {
		fmt.Fprintln(x.w, "  lends     credentials: all of it happens on other machines")
	}
}

func (x explanation) instead(v verdict.Verdict) {
	seen := map[string]bool{}
	for _, r := range telling(v) {
		if r.Instead != "" && !seen[r.Instead] {
			if len(seen) == 0 {
				fmt.Fprintf(x.w, "\n%s\n", x.p.bold("instead"))
			}
			seen[r.Instead] = true
			fmt.Fprintf(x.w, "  %s\n", r.Instead)
		}
	}
}
