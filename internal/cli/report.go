package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"writ/internal/audit"
	"writ/internal/verdict"
)

func newReport(env *Env) *cobra.Command {
	var flags recordFlags
	var last, asJSON bool
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Sum up a session on one page",
		Long: `Report sums up what the log says about a session: tool calls, how many were allowed silently, asked about
(and how that was answered) or denied, incidents, the time spent deciding, the rules behind it, and each
agent's part. Without flags it is the newest session; any filter other than --session takes all records
that match.`,
		Example: `  writ report
  writ report --session 3a3a7561
  writ report --since 7d --json`,
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
			if last || cmd.Flags().NFlag() == flagCount(cmd, "json", "home") {
				if filter.Session, err = newestSession(h.Audit()); err != nil {
					return err
				}
			}
			t := audit.NewTally()
			for r, err := range audit.Read(h.Audit(), filter) {
				if err != nil {
					return fail(ExitFailed, "writ audit verify", "%w", err)
				}
				t.Add(r)
			}
			if t.Records == 0 {
				return fail(ExitUsage, "writ log -n 0", "no record matches")
			}
			if asJSON {
				return json.NewEncoder(env.Stdout).Encode(t.Sum())
			}
			reportPage{env, newPaint(env)}.print(t.Sum())
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&last, "last", false, "the newest session (the default)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// flagCount is how many of the named flags were given.
func flagCount(cmd *cobra.Command, names ...string) int {
	n := 0
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			n++
		}
	}
	return n
}

// newestSession is the session of the newest record that has one.
func newestSession(dir string) (string, error) {
	session := ""
	for r, err := range audit.Read(dir, audit.Filter{}) {
		if err != nil {
			return "", fail(ExitFailed, "writ audit verify", "%w", err)
		}
		if r.Session != "" {
			session = r.Session
		}
	}
	if session == "" {
		return "", fail(ExitUsage, "run an agent under writ first, or give --home", "the log at %s has no session", dir)
	}
	return session, nil
}

// reportPage prints a tally for people.
type reportPage struct {
	env *Env
	p   paint
}

func (x reportPage) line(format string, args ...any) { fmt.Fprintf(x.env.Stdout, format+"\n", args...) }

func (x reportPage) print(t *audit.Tally) {
	x.line("%s", x.p.bold(plain(title(t))))
	x.line("%s, %s", t.From.Local().Format("2006-01-02 15:04:05"), t.To.Sub(t.From).Round(time.Second))
	x.line("")
	x.line("tool calls      %d", t.Calls)
	x.line("  silent        %d", t.Silent)
	x.line("  asked         %d%s", t.Asked, answers(t.Answers))
	x.line("  denied        %d", t.Denied)
	x.line("ran             %d, %d of them failed", t.Ran+t.Failed, t.Failed)
	word := fmt.Sprint(t.Incidents)
	if t.Incidents > 0 {
		word = x.p.code("1;35", word)
	}
	x.line("incidents       %s", word)
	if t.Snapshots > 0 {
		x.line("snapshots       %d", t.Snapshots)
	}
	x.line("deciding        %s in all, median %s, longest %s", micros(t.DecidingTotal), micros(t.DecidingMedian), micros(t.DecidingMax))
	x.rules(t.Rules)
	x.agents(t.Agents)
}

func title(t *audit.Tally) string {
	if len(t.Sessions) == 1 {
		return "session " + t.Sessions[0]
	}
	return fmt.Sprintf("%d sessions", len(t.Sessions))
}

// answerWords are the ways in which a question ends, in the order shown.
var answerWords = [][2]string{{"approved", "approved"}, {"rejected", "rejected"}, {"expired", "expired"}, {"host", "answered in the host"}, {"open", "still open"}}

func answers(a map[string]int) string {
	var parts []string
	for _, w := range answerWords {
		if n := a[w[0]]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, w[1]))
		}
	}
	if parts == nil {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

func micros(us int64) string {
	return (time.Duration(us) * time.Microsecond).String()
}

func (x reportPage) rules(rules []audit.RuleTally) {
	if len(rules) == 0 {
		return
	}
	x.line("\n%s", x.p.bold("rules that asked or denied"))
	for i, r := range rules {
		if i == 10 {
			x.line("  and %d more", len(rules)-i)
			break
		}
		e, _ := verdict.Parse(r.Effect) // a damaged word shows as deny
		x.line("  %5d  %s  %-28s %s", r.Calls, x.p.effect(e, 5), plain(r.Rule), x.p.dim(oneLine(plain(r.Example))))
	}
}

func (x reportPage) agents(agents []audit.AgentTally) {
	if len(agents) == 0 {
		return
	}
	x.line("\n%s", x.p.bold("agents"))
	x.line("  %-24s %6s %7s %6s %7s %10s", "", "calls", "silent", "asked", "denied", "incidents")
	for _, a := range agents {
		name := a.Agent
		if a.Kind != "" && a.Kind != a.Agent {
			name += " (" + a.Kind + ")"
		}
		x.line("  %-24s %6d %7d %6d %7d %10d", oneLine(plain(name)), a.Calls, a.Silent, a.Asked, a.Denied, a.Incidents)
	}
}
