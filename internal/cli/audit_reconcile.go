package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"writ/internal/audit"
	"writ/internal/transcript"
)

func newAuditReconcile(env *Env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "reconcile TRANSCRIPT…",
		Short: "Find tool calls that ran without a decision",
		Long: `Reconcile reads Claude Code transcripts (files, folders or patterns; a session's subagents are read with
it) and looks for each tool call in the audit log. A call with a result and without a decision record ran
past the guard; one whose last word was deny ran against it: both are incidents. Calls that the client
itself turned down before it asked any hook (an unknown tool, input that does not fit) are counted apart.

Exit codes: 0 every call was decided, 1 there is an incident, 2 a transcript or the log cannot be read.`,
		Example: `  writ audit reconcile ~/.claude/projects/-src-app/3a3a7561-4e21-43d9-ac52-05009964fe6a.jsonl
  writ audit reconcile ~/.claude/projects --json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			h, err := env.home()
			if err != nil {
				return err
			}
			calls, skipped, files, err := sessionCalls(args)
			if err != nil {
				return fail(ExitUsage, "", "%w", err)
			}
			decided, err := audit.Decisions(h.Audit(), audit.Filter{})
			if err != nil {
				return fail(ExitUsage, "writ audit verify", "%w", err)
			}
			out := reconciled{len(files), skipped, transcript.Reconcile(calls, lookup(decided))}
			if asJSON {
				err = json.NewEncoder(env.Stdout).Encode(out)
			} else {
				out.print(env)
			}
			if err == nil && len(out.Incidents) > 0 {
				err = silent(ExitFailed)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// sessionCalls reads every transcript that the arguments mean, with the subagents' of each.
func sessionCalls(args []string) (calls []transcript.Call, skipped int, files []string, err error) {
	found, err := transcript.Find(args...)
	if err != nil {
		return nil, 0, nil, err
	}
	seen := map[string]bool{}
	for _, main := range found {
		session, err := transcript.SessionFiles(main)
		if err != nil {
			return nil, 0, nil, err
		}
		for _, path := range session {
			if seen[path] {
				continue
			}
			seen[path] = true
			f, err := transcript.Read(path)
			if err != nil {
				return nil, 0, nil, err
			}
			calls, skipped, files = append(calls, f.Calls...), skipped+f.Skipped, append(files, path)
		}
	}
	return calls, skipped, files, nil
}

// reconciled is the answer of writ audit reconcile.
type reconciled struct {
	Files   int `json:"files"`
	Skipped int `json:"skipped_lines"`
	transcript.Reconciliation
}

func (r reconciled) print(env *Env) {
	p, w := newPaint(env), env.Stdout
	fmt.Fprintf(w, "transcripts  %d\n", r.Files)
	fmt.Fprintf(w, "tool calls   %d\n", r.Calls)
	fmt.Fprintf(w, "  decided    %d\n", r.Decided)
	fmt.Fprintf(w, "  refused    %d  by the client, before any hook\n", r.Refused)
	fmt.Fprintf(w, "  open       %d  without a result yet\n", r.Open)
	fmt.Fprintf(w, "  incidents  %d\n", len(r.Incidents))
	if r.Skipped > 0 {
		fmt.Fprintf(w, "%s\n", p.code("1;33", fmt.Sprintf("%d lines could not be read: nothing is proven about calls in them", r.Skipped)))
	}
	for _, i := range r.Incidents {
		agent := i.Call.Agent
		if agent == "" {
			agent = "main"
		}
		fmt.Fprintf(w, "\n%s  %s  %s  %s  %s\n", p.code("1;35", "incident"), i.Call.Time.Local().Format("2006-01-02 15:04:05"), plain(agent), plain(i.Call.Tool), plain(i.Call.ID))
		for _, line := range []string{i.What, audit.Summarise(i.Call.Tool, i.Call.Input), fmt.Sprintf("%s:%d", i.Call.File, i.Call.Line)} {
			if line != "" {
				fmt.Fprintf(w, "          %s\n", plain(line))
			}
		}
	}
}

// lookup finds decisions among those that the log holds.
func lookup(decided map[string]audit.Decided) transcript.Lookup {
	return func(id string) (transcript.Decision, bool) {
		d, ok := decided[id]
		return transcript.Decision{Effect: d.Effect, Seq: d.Seq}, ok
	}
}
