package guard

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/hook"
	"writ/internal/pipeline"
	"writ/internal/policy"
	"writ/internal/verdict"
)

func imaginary(t testing.TB) *Guard {
	t.Helper()
	g, err := Imaginary(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func bash(command string) event.Event {
	raw, err := json.Marshal(map[string]string{"command": command})
	if err != nil {
		panic(err)
	}
	return event.Event{Host: "cli", Name: "PreToolUse", Tool: "Bash", Input: raw, Known: true}
}

// The cases that ship with writ are what its policies promise.
func TestBuiltinCases(t *testing.T) {
	tests, err := policy.BuiltinTests()
	if err != nil {
		t.Fatal(err)
	}
	if len(tests) < 100 {
		t.Fatalf("%d cases, want them all", len(tests))
	}
	for _, o := range imaginary(t).Try(context.Background(), tests) {
		if !o.Pass {
			t.Errorf("%s:%d: %s %s: got %s by %q, want %s %s", o.File, o.Line, o.Command, o.Input, o.Got.Effect, o.Got.Rule(), o.Want, o.Test.Rule)
		}
	}
}

var quoted = regexp.MustCompile("`([^`]+)`")

// A refusal never suggests what the policy refuses: each command that a rule names is allowed.
func TestSuggestionsAreAllowed(t *testing.T) {
	g, n := imaginary(t), 0
	for _, r := range g.Policy().Rules() {
		for _, m := range quoted.FindAllStringSubmatch(r.Instead, -1) {
			n++
			if d := g.Decide(context.Background(), bash(m[1])); d.Verdict.Effect != verdict.Allow {
				t.Errorf("rule %s suggests %q, which gets %s by %q", r.ID, m[1], d.Verdict.Effect, d.Verdict.Rule())
			}
		}
	}
	if n < 10 {
		t.Errorf("%d suggestions found; the pattern does not fit the rules", n)
	}
}

// A repository that the agent works on can add to the policy and take nothing away, however it is written.
func TestRepositoryCannotLoosen(t *testing.T) {
	project := t.TempDir()
	dir := filepath.Join(project, ".writ", "policy")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "a.cedar")
	for _, text := range []string{
		`@id("x") permit (principal, action, resource);`,
		`@id("x") @overrides("package-publish") permit (principal, action, resource);`,
		`@id("secret-file") @reason("r") forbid (principal, action, resource) when { false };`,
	} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{Project: project}); err == nil {
			t.Errorf("%s: loaded, want a refusal", text)
		}
	}
	if err := os.WriteFile(file, []byte(`@id("no-ls") @reason("r") forbid (principal, action == Action::"fs.list", resource);`), 0o644); err != nil {
		t.Fatal(err)
	}
	g, err := New(Options{Project: project})
	if err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]verdict.Effect{"ls -l src": verdict.Deny, "npm publish": verdict.Ask, "rm -rf /": verdict.Deny, "go build ./...": verdict.Allow} {
		if d := g.Decide(context.Background(), bash(command)); d.Verdict.Effect != want {
			t.Errorf("%s: got %s by %q, want %s", command, d.Verdict.Effect, d.Verdict.Rule(), want)
		}
	}
}

// stage is a further stage with a fixed word.
type stage verdict.Effect

func (stage) Name() string { return "limits" }
func (s stage) Judge(context.Context, pipeline.Case) verdict.Verdict {
	return verdict.New(verdict.Effect(s), "limits", "r", "t", "")
}

func TestFurtherStagesOnlyTighten(t *testing.T) {
	g := imaginary(t)
	for _, command := range []string{"git status", "git push --force", "rm -rf /"} {
		before := g.Decide(context.Background(), bash(command)).Verdict.Effect
		for _, e := range []verdict.Effect{verdict.Deny, verdict.Ask, verdict.Allow} {
			if got := g.WithStages(stage(e)).Decide(context.Background(), bash(command)).Verdict.Effect; got != min(before, e) {
				t.Errorf("%s: %s with a stage that says %s gave %s", command, before, e, got)
			}
		}
	}
}

func TestUnknownAsks(t *testing.T) {
	g := imaginary(t)
	ev := bash("git status")
	ev.Known = false
	if d := g.Decide(context.Background(), ev); d.Verdict.Effect != verdict.Ask {
		t.Errorf("an event that is not known got %s", d.Verdict.Effect)
	}
	if d := g.Decide(context.Background(), event.Event{Tool: "Teleport", Input: json.RawMessage(`{}`), Known: hook.KnownTool("Teleport")}); d.Verdict.Effect != verdict.Ask {
		t.Errorf("a tool that is not known got %s", d.Verdict.Effect)
	}
	if d := g.Decide(context.Background(), event.Event{}); d.Verdict.Effect > verdict.Ask {
		t.Errorf("an empty event got %s", d.Verdict.Effect)
	}
}

func TestExpiredContextDenies(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if d := imaginary(t).Decide(ctx, bash("git status")); d.Verdict.Effect != verdict.Deny {
		t.Errorf("got %s, want deny", d.Verdict.Effect)
	}
}

func TestProjectOf(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	deep := filepath.Join(root, "repo", "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := ProjectOf(deep, root); got != deep {
		t.Errorf("without a repository: %s, want the folder itself", got)
	}
	if err := os.Mkdir(filepath.Join(root, "repo", ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := ProjectOf(deep, root); got != filepath.Join(root, "repo") {
		t.Errorf("got %s, want the repository", got)
	}
	for _, dir := range []string{root, "/"} {
		if got := ProjectOf(dir, root); got != "" {
			t.Errorf("ProjectOf(%s) = %s, want none: a home folder or / is no project", dir, got)
		}
	}
}

func TestSummaryAndStages(t *testing.T) {
	d := imaginary(t).Decide(context.Background(), bash("git push --force\n# x"))
	if !strings.HasPrefix(d.Summary, "Bash: git push --force") || strings.Contains(d.Summary, "\n") {
		t.Errorf("summary %q", d.Summary)
	}
	var names []string
	for _, s := range d.Stages {
		names = append(names, s.Stage)
	}
	if strings.Join(names, " ") != "role floor scope policy" {
		t.Errorf("stages %v", names)
	}
	if len(d.Steps) == 0 || d.Elapsed <= 0 {
		t.Errorf("steps %v, elapsed %v", d.Steps, d.Elapsed)
	}
}

func BenchmarkDecide(b *testing.B) {
	g, err := New(Options{Project: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	for name, command := range map[string]string{
		"plain":    "git status",
		"200bytes": "cd internal && go test -count=1 ./server/... 2>&1 | grep -v '^ok' | tail -20 && git add -A && git commit -m 'server: answer 404 for a missing item' && git push -u origin feature/missing-items && echo done",
		"nested":   "sudo env A=1 bash -c 'find . -name \"*.o\" -print0 | xargs -0 rm -f; python3 -c \"import os; os.remove(\\\"x\\\")\"'",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			ev := bash(command)
			for b.Loop() {
				g.Decide(context.Background(), ev)
			}
		})
	}
}

// BenchmarkCorpus judges the development corpus, where WRIT_EVAL names its folder, and reports the
// percentiles that the budget speaks of.
func BenchmarkCorpus(b *testing.B) {
	lines := corpus(b)
	g, err := New(Options{Project: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	var times []time.Duration
	for b.Loop() {
		for _, ev := range lines {
			times = append(times, g.Decide(context.Background(), ev).Elapsed)
		}
	}
	slices.Sort(times)
	for name, p := range map[string]float64{"p50-µs": 0.5, "p90-µs": 0.9, "p99-µs": 0.99} {
		b.ReportMetric(float64(times[int(float64(len(times)-1)*p)].Nanoseconds())/1000, name)
	}
}

// corpus reads the commands of the development corpus as calls; nothing of it is ever run.
func corpus(tb testing.TB) []event.Event {
	tb.Helper()
	dir := os.Getenv("WRIT_EVAL")
	if dir == "" {
		tb.Skip("WRIT_EVAL names no folder with shell-dev.jsonl")
	}
	text, err := os.ReadFile(filepath.Join(dir, "shell-dev.jsonl"))
	if err != nil {
		tb.Skipf("no development corpus: %v", err)
	}
	var out []event.Event
	for _, line := range strings.Split(string(text), "\n") {
		var row struct{ Command string }
		if line == "" {
			continue
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			tb.Fatal(err)
		}
		out = append(out, bash(row.Command))
	}
	return out
}

// A policy can name every flag that a reader sets.
func TestFlagsAreKnown(t *testing.T) {
	g, known := imaginary(t), effect.Flags()
	missing := map[string]string{}
	for _, ev := range corpus(t) {
		for _, e := range g.Decide(context.Background(), ev).Effects {
			for _, f := range e.Flags {
				if !slices.Contains(known, f) {
					missing[f] = string(e.Kind)
				}
			}
		}
	}
	for f, k := range missing {
		t.Errorf("flag %q of %s is not in effect.Flags", f, k)
	}
}
