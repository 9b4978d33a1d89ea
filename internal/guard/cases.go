package guard

import (
	"context"

	"writ/internal/event"
	"writ/internal/hook"
	"writ/internal/policy"
	"writ/internal/verdict"
)

// Outcome is what a case came to.
type Outcome struct {
	policy.Test
	Got  verdict.Verdict
	Pass bool
}

// Try judges cases. A case fails when the verdict, or the rule it names, differs.
func (g *Guard) Try(ctx context.Context, tests []policy.Test) []Outcome {
	out := make([]Outcome, 0, len(tests))
	for _, t := range tests {
		name, input := t.Call()
		d := g.Decide(ctx, event.Event{Host: "cli", Name: "PreToolUse", Tool: name, Input: input, Cwd: t.Cwd,
			Known: hook.KnownTool(name), Principal: event.Principal{Agent: "main", Role: t.Role, Kind: event.Main}})
		out = append(out, Outcome{t, d.Verdict, d.Verdict.Effect == t.Want && (t.Rule == "" || said(d.Verdict, t.Rule))})
	}
	return out
}

// said tells whether the rule is among those that decided.
func said(v verdict.Verdict, rule string) bool {
	for _, r := range v.Reasons {
		if r.Effect == v.Effect && r.Rule == rule {
			return true
		}
	}
	return false
}

// Imaginary is a guard for the built-in cases: a project and a home that need not exist, and no disk, so
// that every machine gives the same answers.
func Imaginary(o Options) (*Guard, error) {
	o.Project, o.UserHome, o.Disk = "", policy.TestHome, NoDisk{}
	g, err := New(o)
	if err != nil {
		return nil, err
	}
	g.project, g.env.WritHome = policy.TestProject, policy.TestHome+"/.writ"
	return g, nil
}
