package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"writ/internal/audit"
	"writ/internal/verdict"
)

func newLog(env *Env) *cobra.Command {
	var flags recordFlags
	var follow, asJSON bool
	var last int
	cmd := &cobra.Command{
		Use:   "log",
		Short: "Show what was decided and recorded",
		Long: `Log reads the audit log, the oldest record first: decisions on tool calls with the rule behind them, how
calls ended, approvals, incidents, sessions. It works with and without a running daemon. The log's
format is described in docs/reference/audit.md; writ audit verify proves that nobody changed it.`,
		Example: `  writ log                           the last 50 records
  writ log --effect deny --since 2h
  writ log --agent alice --tool Bash -n 0
  writ log --follow --kind incident,approval
  writ log --json --session 3a3a7561 -n 0 | jq .summary`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := flags.read()
			if err != nil {
				return err
			}
			h, err := env.home()
			if err != nil {
				return err
			}
			show := showRecord(env, asJSON)
			for r, err := range lastRecords(h.Audit(), &filter, last) {
				if err != nil {
					return fail(ExitFailed, "writ audit verify", "%w", err)
				}
				if err := show(r); err != nil {
					return err
				}
			}
			if !follow {
				return nil
			}
			for r, err := range audit.Follow(cmd.Context(), h.Audit(), filter) {
				if err != nil {
					return fail(ExitFailed, "writ audit verify", "%w", err)
				}
				if err := show(r); err != nil {
					return err
				}
			}
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().IntVarP(&last, "last", "n", 50, "how many of the newest records to show; 0: all")
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "wait for further records and show them as they come")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the records as they are, one JSON object a line")
	return cmd
}

// lastRecords gives the newest n chosen records, oldest first, and leaves the filter at what comes after.
func lastRecords(dir string, filter *audit.Filter, n int) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		var kept []audit.Record
		for r, err := range audit.Read(dir, *filter) {
			if err == nil {
				filter.From = r.Seq + 1
			}
			if n == 0 || err != nil {
				if !yield(r, err) {
					return
				}
				continue
			}
			if len(kept) == 2*n {
				kept = append(kept[:0], kept[n:]...)
			}
			kept = append(kept, r)
		}
		for _, r := range kept[max(0, len(kept)-n):] {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// showRecord gives the function that prints a record.
func showRecord(env *Env, asJSON bool) func(audit.Record) error {
	if asJSON {
		enc := json.NewEncoder(env.Stdout)
		enc.SetEscapeHTML(false)
		return func(r audit.Record) error { return enc.Encode(r) }
	}
	t := &recordTable{w: env.Stdout, p: newPaint(env), width: outputWidth(env)}
	return t.row
}

// recordTable prints records for people: one line each where it fits, the days as headings.
type recordTable struct {
	w     io.Writer
	p     paint
	width int
	day   string
}

// margin is the width of everything left of the text: time, word, agent, tool.
const margin = 8 + 2 + 8 + 2 + 12 + 2 + 12 + 2

func (t *recordTable) row(r audit.Record) error {
	local := r.Time.Local()
	if day := local.Format(time.DateOnly); day != t.day {
		t.day = day
		if _, err := fmt.Fprintf(t.w, "%s\n", t.p.bold(day)); err != nil {
			return err
		}
	}
	lines := wrap(plain(text(r)), max(20, t.width-margin))
	_, err := fmt.Fprintf(t.w, "%s  %s  %s  %s  %s\n", t.p.dim(local.Format(time.TimeOnly)), t.word(r), column(r.Agent), column(r.Tool), lines[0])
	for _, line := range append(lines[1:], t.below(r)...) {
		if err == nil {
			_, err = fmt.Fprintf(t.w, "%s%s\n", strings.Repeat(" ", margin), line)
		}
	}
	return err
}

// word is the verdict, else the kind.
func (t *recordTable) word(r audit.Record) string {
	if e, err := verdict.Parse(r.Effect); err == nil && r.Effect != "" {
		return t.p.effect(e, 8)
	}
	word := fmt.Sprintf("%-8s", r.Kind)
	if r.Kind == audit.KindIncident {
		return t.p.code("1;35", word)
	}
	return t.p.dim(word)
}

// text is what a record says in one line.
func text(r audit.Record) string {
	parts := []string{r.Summary}
	if r.Tool == "" && r.Event != "" {
		parts = append([]string{r.Event}, parts...)
	}
	if state, ok := r.Data["state"].(string); ok && r.Kind == audit.KindApproval {
		parts = append([]string{r.Approval, state}, parts...)
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// below is why, for what was not simply allowed.
func (t *recordTable) below(r audit.Record) []string {
	if r.Effect == "allow" || r.Rule == "" && len(r.Reasons) == 0 {
		return nil
	}
	why := r.Rule
	if len(r.Reasons) > 0 && r.Kind != audit.KindApproval {
		why = strings.TrimPrefix(r.Reasons[0], r.Effect+" ")
	}
	var out []string
	for _, line := range wrap(plain(why), max(20, t.width-margin)) {
		out = append(out, t.p.dim(line))
	}
	return out
}

// column cuts and pads a name to its column.
func column(s string) string {
	r := []rune(plain(s))
	if len(r) > 12 {
		r = append(r[:11], '…')
	}
	return fmt.Sprintf("%-12s", string(r))
}
