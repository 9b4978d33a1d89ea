package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"writ/internal/audit"
	"writ/internal/effect"
	"writ/internal/guard"
	"writ/internal/level"
	"writ/internal/transcript"
	"writ/internal/verdict"
)

// replaySums is what writ replay answers with.
type replaySums struct {
	Files    int `json:"files"`
	Sessions int `json:"sessions"`
	Skipped  int `json:"skipped_lines"`
	Calls    int `json:"calls"`
	replayCounts
	// Level is what the calls were judged at. AsksWithout are the calls that would be asked about without the
	// sandbox; Asks are those with it.
	Level       level.Level `json:"level"`
	AsksWithout int         `json:"asks_without_sandbox"`
	// DefaultPrompts estimates what Claude Code's default mode would have asked; Saved are those of them
	// that writ allows silently or denies, Added are writ's asks where the default mode asks nothing.
	DefaultPrompts int `json:"default_prompts"`
	Saved          int `json:"prompts_saved"`
	Added          int `json:"prompts_added"`

	MedianMicros int64           `json:"deciding_median_us"`
	TookMillis   int64           `json:"took_ms"`
	Rules        []replayRule    `json:"rules"`
	Projects     []replayProject `json:"projects"`
}

type replayCounts struct {
	Silent int `json:"silent_allows"`
	Asks   int `json:"asks"`
	Denies int `json:"denies"`
}

func (c *replayCounts) add(e verdict.Effect) {
	switch e {
	case verdict.Allow:
		c.Silent++
	case verdict.Ask:
		c.Asks++
	default:
		c.Denies++
	}
}

// replayRule is a rule that asked or denied, with a few different calls.
type replayRule struct {
	Effect   string          `json:"effect"`
	Rule     string          `json:"rule"`
	Calls    int             `json:"calls"`
	Examples []replayExample `json:"examples"`
}

type replayExample struct {
	Tool    string    `json:"tool"`
	Summary string    `json:"summary"`
	Reason  string    `json:"reason"`
	Time    time.Time `json:"time"`
	File    string    `json:"file"`
	Line    int       `json:"line"`
}

type replayProject struct {
	Project string `json:"project"`
	Calls   int    `json:"calls"`
	replayCounts
}

// replayTally sums up decisions; its methods may be called from many goroutines.
type replayTally struct {
	mu       sync.Mutex
	start    time.Time
	sums     replaySums
	sessions map[string]bool
	rules    map[[2]string]*replayRule
	projects map[string]*replayProject
	took     []time.Duration
}

func newReplayTally(at level.Level) *replayTally {
	return &replayTally{sums: replaySums{Level: at}, start: time.Now(), sessions: map[string]bool{}, rules: map[[2]string]*replayRule{}, projects: map[string]*replayProject{}}
}

func (t *replayTally) file(f transcript.File) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sums.Files++
	t.sums.Skipped += f.Skipped
	for _, c := range f.Calls {
		t.sessions[c.Session] = true
	}
}

// call takes a decision into account.
func (t *replayTally) call(c transcript.Call, project string, d guard.Decision) {
	prompts := defaultPrompts(c.Tool, d.Effects)
	var example replayExample
	if d.Verdict.Effect != verdict.Allow {
		example = replayExample{Tool: c.Tool, Summary: audit.Summarise(c.Tool, c.Input), Time: c.Time, File: c.File, Line: c.Line}
		for _, r := range d.Verdict.Reasons {
			if r.Effect == d.Verdict.Effect {
				example.Reason = audit.Redact(r.Text)
				break
			}
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sums.Calls++
	t.sums.add(d.Verdict.Effect)
	p := t.projects[project]
	if p == nil {
		p = &replayProject{Project: project}
		t.projects[project] = p
	}
	p.Calls++
	p.add(d.Verdict.Effect)
	asks := d.Verdict.Effect == verdict.Ask
	if asks || d.Verdict.Rule() == guard.Contained {
		t.sums.AsksWithout++
	}
	switch {
	case prompts && !asks:
		t.sums.Saved++
	case !prompts && asks:
		t.sums.Added++
	}
	if prompts {
		t.sums.DefaultPrompts++
	}
	t.took = append(t.took, d.Elapsed)
	if d.Verdict.Effect != verdict.Allow {
		t.rule(d.Verdict, example)
	}
}

// maxExamples is how many different calls are kept for each rule.
const maxExamples = 3

func (t *replayTally) rule(v verdict.Verdict, example replayExample) {
	key := [2]string{v.Effect.String(), v.Rule()}
	r := t.rules[key]
	if r == nil {
		r = &replayRule{Effect: key[0], Rule: key[1]}
		t.rules[key] = r
	}
	r.Calls++
	// The earliest calls are kept, whichever order the workers bring them in.
	if slices.ContainsFunc(r.Examples, func(e replayExample) bool { return e.Summary == example.Summary && !example.before(e) }) {
		return
	}
	r.Examples = slices.DeleteFunc(r.Examples, func(e replayExample) bool { return e.Summary == example.Summary })
	r.Examples = append(r.Examples, example)
	slices.SortFunc(r.Examples, replayExample.compare)
	r.Examples = r.Examples[:min(len(r.Examples), maxExamples)]
}

func (e replayExample) compare(o replayExample) int {
	return cmp.Or(e.Time.Compare(o.Time), cmp.Compare(e.File, o.File), e.Line-o.Line)
}

func (e replayExample) before(o replayExample) bool { return e.compare(o) < 0 }

// sum completes the sums.
func (t *replayTally) sum() replaySums {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.sums
	s.Sessions, s.TookMillis = len(t.sessions), time.Since(t.start).Milliseconds()
	s.Rules, s.Projects = []replayRule{}, []replayProject{}
	for _, r := range t.rules {
		s.Rules = append(s.Rules, *r)
	}
	slices.SortFunc(s.Rules, func(a, b replayRule) int {
		return cmp.Or(b.Calls-a.Calls, cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Effect, b.Effect))
	})
	for _, name := range slices.Sorted(maps.Keys(t.projects)) {
		s.Projects = append(s.Projects, *t.projects[name])
	}
	slices.Sort(t.took)
	if n := len(t.took); n > 0 {
		s.MedianMicros = t.took[n/2].Microseconds()
	}
	return s
}

// silentTools are those that Claude Code's default mode runs without asking, wherever they point.
var silentTools = map[string]bool{"Agent": true, "Task": true, "TaskCreate": true, "TaskUpdate": true, "TaskList": true, "TaskGet": true,
	"TaskOutput": true, "TaskStop": true, "TodoWrite": true, "SendMessage": true, "CronCreate": true, "CronList": true, "CronDelete": true, "BashOutput": true,
	"KillShell": true, "ToolSearch": true, "AskUserQuestion": true, "EnterPlanMode": true, "EnterWorktree": true, "ExitWorktree": true, "ListMcpResourcesTool": true}

// readOnlyPrograms are commands that the default mode takes for reading when nothing else stands on the line.
var readOnlyPrograms = map[string]bool{"ls": true, "cat": true, "head": true, "tail": true, "grep": true, "rg": true, "find": true, "wc": true,
	"pwd": true, "echo": true, "printf": true, "which": true, "type": true, "stat": true, "file": true, "diff": true, "sort": true, "uniq": true, "cut": true, "tr": true,
	"tree": true, "du": true, "df": true, "date": true, "whoami": true, "uname": true, "basename": true, "dirname": true, "realpath": true, "cd": true, "true": true,
	"git": true, "jq": true, "sed": true, "awk": true, "test": true, "nl": true, "less": true, "id": true, "hostname": true, "env": true}

// defaultPrompts estimates whether Claude Code's default mode would have asked about a call: it does not
// about tools that only organise its own work, nor about reading inside the project, by tool or by a plainly
// read-only command; it does about everything else.
func defaultPrompts(tool string, effects []effect.Effect) bool {
	if silentTools[tool] {
		return false
	}
	switch tool {
	case "Read", "Glob", "Grep", "LS", "NotebookRead", "Bash":
	default:
		return true
	}
	for _, e := range effects {
		switch {
		case e.Kind == effect.FSRead || e.Kind == effect.FSList:
			if !e.In("project") && !e.In("null") {
				return true
			}
		case e.Kind == effect.FSWrite && e.In("null"): // 2>/dev/null
		case e.Kind == effect.Exec && readOnlyPrograms[e.Target] && len(e.Via) == 0:
		default:
			return true
		}
	}
	return false
}

// printReplay prints the sums for people.
func printReplay(env *Env, s replaySums) {
	p, w := newPaint(env), env.Stdout
	line := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	line("%s", p.bold(fmt.Sprintf("%d tool calls in %d sessions (%d transcripts)", s.Calls, s.Sessions, s.Files)))
	line("  silent allows  %7d  %s", s.Silent, share(s.Silent, s.Calls))
	line("  asks           %7d  %s", s.Asks, share(s.Asks, s.Calls))
	line("  denies         %7d  %s", s.Denies, share(s.Denies, s.Calls))
	if s.Level != level.Observe {
		line("  asked without / with the sandbox at level %s: %d / %d", s.Level, s.AsksWithout, s.Asks)
	}
	line("\nprompts: Claude Code's default mode asks about %d of these calls (estimate), writ about %d: %d saved, %d added",
		s.DefaultPrompts, s.Asks, s.Saved, s.Added)
	line("deciding took %d µs a call in the median", s.MedianMicros)
	if s.Skipped > 0 {
		line("%s", p.dim(fmt.Sprintf("%d lines were no transcript entries and were left out", s.Skipped)))
	}
	if len(s.Rules) > 0 {
		line("\n%s", p.bold("rules that asked or denied"))
	}
	for i, r := range s.Rules {
		if i == 15 {
			line("  and %d more (--json has all)", len(s.Rules)-i)
			break
		}
		e, _ := verdict.Parse(r.Effect) // always one of ours
		line("  %6d  %s  %s", r.Calls, p.effect(e, 5), plain(r.Rule))
		for _, x := range r.Examples {
			line("                 %s", p.dim(oneLine(plain(x.Tool+" "+x.Summary))))
		}
	}
	if len(s.Projects) > 1 {
		line("\n%s", p.bold("projects"))
		line("  %7s %7s %6s %7s", "calls", "silent", "asks", "denies")
		for _, x := range s.Projects {
			line("  %7d %7d %6d %7d  %s", x.Calls, x.Silent, x.Asks, x.Denies, plain(x.Project))
		}
	}
}

func share(n, of int) string {
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("%5.1f %%", 100*float64(n)/float64(of))
}
