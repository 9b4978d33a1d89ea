package cli

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"writ/internal/audit"
)

// recordFlags are the flags that choose records of the log.
type recordFlags struct {
	filter       audit.Filter
	kinds        []string
	since, until string
}

func (f *recordFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.filter.Agent, "agent", "", "the agent's name or id")
	fl.StringVar(&f.filter.Tool, "tool", "", "the tool; mcp__github__* for all that begin so")
	fl.StringVar(&f.filter.Effect, "effect", "", "the verdict: deny, ask or allow")
	fl.StringVar(&f.filter.Rule, "rule", "", "the rule that decided")
	fl.StringVar(&f.filter.Session, "session", "", "the session's id, or its beginning")
	fl.StringVar(&f.since, "since", "", "only records at or after: 30m, 2h, 7d, 2026-11-24, 2026-11-24T15:04:05Z")
	fl.StringVar(&f.until, "until", "", "only records before: as --since")
	fl.StringSliceVar(&f.kinds, "kind", nil, "decision, outcome, approval, incident, session, wiring, snapshot, sandbox, egress, policy, daemon, log or segment")
}

var kinds = []audit.Kind{audit.KindDecision, audit.KindOutcome, audit.KindApproval, audit.KindIncident, audit.KindSession,
	audit.KindWiring, audit.KindSnapshot, audit.KindSandbox, audit.KindEgress, audit.KindPolicy, audit.KindDaemon, audit.KindLog, audit.KindSegment}

// read checks the flags and gives the filter.
func (f *recordFlags) read() (audit.Filter, error) {
	now := time.Now()
	out := f.filter
	var err error
	if out.Since, err = parseTime(f.since, now); err != nil {
		return out, fail(ExitUsage, "", "--since: %w", err)
	}
	if out.Until, err = parseTime(f.until, now); err != nil {
		return out, fail(ExitUsage, "", "--until: %w", err)
	}
	if out.Effect != "" && !slices.Contains([]string{"deny", "ask", "allow"}, out.Effect) {
		return out, fail(ExitUsage, "", "--effect %s: want deny, ask or allow", out.Effect)
	}
	for _, k := range f.kinds {
		if !slices.Contains(kinds, audit.Kind(k)) {
			return out, fail(ExitUsage, "", "--kind %s: want one of %v", k, kinds)
		}
		out.Kinds = append(out.Kinds, audit.Kind(k))
	}
	return out, nil
}

// parseTime reads a moment: a span back from now, a day, or a time. Without a zone it is local.
func parseTime(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if span, err := time.ParseDuration(s); err == nil && span >= 0 {
		return now.Add(-span), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q: want a span (30m, 2h, 7d), a day (2026-11-24) or a time (2026-11-24T15:04:05Z)", s)
}

// plain makes a text from the log or a transcript fit for a terminal: one line, and nothing that a
// terminal obeys. Agents choose these texts.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029':
			return '\ufffd'
		}
		return r
	}, s)
}

// outputWidth is the terminal's width. Where there is none lines are not broken: a program may read them.
func outputWidth(env *Env) int {
	if f, ok := env.Stdout.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			return w
		}
	}
	return 1 << 20
}

// wrap breaks a text into lines of at most width characters, at blanks where there are any.
func wrap(s string, width int) []string {
	var out []string
	line := []rune{}
	for _, word := range strings.Fields(s) {
		w := []rune(word)
		if len(line) > 0 && len(line)+1+len(w) > width {
			out, line = append(out, string(line)), line[:0]
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		for len(w) > width {
			out, w = append(out, string(w[:width])), w[width:]
		}
		line = append(line, w...)
	}
	if len(line) > 0 || len(out) == 0 {
		out = append(out, string(line))
	}
	return out
}
