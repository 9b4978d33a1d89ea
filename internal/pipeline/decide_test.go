package pipeline

import (
	"context"
	"slices"
	"testing"
	"time"

	"writ/internal/effect"
	"writ/internal/verdict"
)

// says is a stage that always gives the same word.
type says verdict.Effect

func (says) Name() string { return "says" }
func (s says) Judge(context.Context, Case) verdict.Verdict {
	if verdict.Effect(s) == verdict.Abstain {
		return verdict.None()
	}
	return verdict.New(verdict.Effect(s), "says", "rule", "because", "")
}

type panics struct{}

func (panics) Name() string                                { return "panics" }
func (panics) Judge(context.Context, Case) verdict.Verdict { panic("on purpose") }

type slow struct{}

func (slow) Name() string { return "slow" }
func (slow) Judge(ctx context.Context, _ Case) verdict.Verdict {
	<-ctx.Done()
	return verdict.New(verdict.Allow, "slow", "rule", "", "")
}

func TestDecide(t *testing.T) {
	inside := []effect.Effect{{Kind: effect.FSWrite, Path: "/p/a", Zones: []string{"project"}}}
	outside := []effect.Effect{{Kind: effect.CloudWrite}}
	for _, tt := range []struct {
		name   string
		c      Case
		stages []Stage
		want   verdict.Effect
		rule   string
	}{
		{"nobody speaks, nothing happens", Case{}, nil, verdict.Allow, DefaultInside},
		{"nobody speaks, inside", Case{Effects: inside}, []Stage{says(verdict.Abstain)}, verdict.Allow, DefaultInside},
		{"nobody speaks, outside", Case{Effects: outside}, []Stage{says(verdict.Abstain)}, verdict.Ask, DefaultAsk},
		{"a write without zones", Case{Effects: []effect.Effect{{Kind: effect.FSWrite}}}, nil, verdict.Ask, DefaultAsk},
		{"an unknown kind", Case{Effects: []effect.Effect{{Kind: "new.kind"}}}, nil, verdict.Ask, DefaultAsk},
		{"allow stands", Case{Effects: outside}, []Stage{says(verdict.Allow)}, verdict.Allow, "rule"},
		{"ask over allow", Case{}, []Stage{says(verdict.Allow), says(verdict.Ask)}, verdict.Ask, "rule"},
		{"deny over all", Case{}, []Stage{says(verdict.Allow), says(verdict.Deny), says(verdict.Ask)}, verdict.Deny, "rule"},
		{"a panic denies", Case{}, []Stage{says(verdict.Allow), panics{}}, verdict.Deny, "panics-failed"},
		{"trouble asks", Case{Trouble: "unreadable"}, []Stage{says(verdict.Allow)}, verdict.Ask, "not-understood"},
		{"trouble alone asks", Case{Trouble: "unreadable"}, nil, verdict.Ask, "not-understood"},
	} {
		d := Decide(context.Background(), tt.c, tt.stages...)
		if d.Verdict.Effect != tt.want || d.Verdict.Rule() != tt.rule {
			t.Errorf("%s: got %s by %q, want %s by %q", tt.name, d.Verdict.Effect, d.Verdict.Rule(), tt.want, tt.rule)
		}
	}
}

func TestLateStageDenies(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if d := Decide(ctx, Case{}, slow{}); d.Verdict.Effect != verdict.Deny || d.Verdict.Rule() != "slow-failed" {
		t.Errorf("got %s by %q, want deny by slow-failed", d.Verdict.Effect, d.Verdict.Rule())
	}
}

// No stage is skipped: the record holds what each one said, even after a denial.
func TestEveryStageIsHeard(t *testing.T) {
	d := Decide(context.Background(), Case{}, says(verdict.Deny), says(verdict.Ask), says(verdict.Allow))
	if len(d.Stages) != 3 || len(d.Verdict.Reasons) != 3 {
		t.Errorf("%d stages and %d reasons, want 3 and 3", len(d.Stages), len(d.Verdict.Reasons))
	}
	if !slices.IsSortedFunc(d.Verdict.Reasons, func(a, b verdict.Reason) int { return int(a.Effect) - int(b.Effect) }) {
		t.Errorf("reasons are not in the order of strictness: %v", d.Verdict.Reasons)
	}
}

// One more stage never weakens a decision, whatever it says.
func FuzzOneMoreStage(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3}, byte(2), true)
	f.Add([]byte{}, byte(2), false)
	f.Fuzz(func(t *testing.T, words []byte, more byte, out bool) {
		var stages []Stage
		for _, w := range words[:min(len(words), 8)] {
			stages = append(stages, says(w%6)) // values beyond the four are damaged and must deny
		}
		c := Case{Effects: []effect.Effect{{Kind: effect.FSRead}}}
		if out {
			c.Effects = []effect.Effect{{Kind: effect.CloudWrite}}
		}
		before := Decide(context.Background(), c, stages...).Verdict.Effect
		after := Decide(context.Background(), c, append(stages, says(more%6))...).Verdict.Effect
		spoke := slices.ContainsFunc(stages, func(s Stage) bool { return verdict.Effect(s.(says)) != verdict.Abstain })
		if after > before && spoke {
			t.Errorf("stages %v gave %s, with %d more %s", words, before, more%6, after)
		}
		if before == verdict.Abstain || after == verdict.Abstain {
			t.Error("a decision abstained")
		}
	})
}
