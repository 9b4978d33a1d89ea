package pipeline

import (
	"context"
	"fmt"
	"slices"

	"writ/internal/verdict"
)

// Stage judges a case. It must return None where it has nothing to say, never an allow out of ignorance.
// Implementations must be safe for concurrent use.
type Stage interface {
	Name() string
	Judge(ctx context.Context, c Case) verdict.Verdict
}

// Parts is implemented by a stage that speaks for several: its reasons carry these stage names, and each
// is shown and recorded as a stage of its own.
type Parts interface{ Parts() []string }

// StageVerdict is what one stage said, for `writ explain` and the record.
type StageVerdict struct {
	Stage string `json:"stage"`
	verdict.Verdict
}

// Decision is the combined verdict with each stage's own.
type Decision struct {
	Verdict verdict.Verdict
	Stages  []StageVerdict
}

// Decide lets every stage judge the case and combines what they say: the strictest wins. No stage is
// skipped, since each one's reasons belong into the record. Where all abstain the default decides, so the
// result is never abstain. A stage that panics or is late denies.
func Decide(ctx context.Context, c Case, stages ...Stage) Decision {
	said := make([]StageVerdict, 0, len(stages)+1)
	words := make([]verdict.Verdict, 0, len(stages)+1)
	for _, s := range stages {
		v := judge(ctx, s, c)
		said = append(said, split(s, v)...)
		words = append(words, v)
	}
	if v := trouble(c); v.Effect != verdict.Abstain {
		said = append(said, StageVerdict{"reading", v})
		words = append(words, v)
	}
	out := verdict.Combine(words...)
	if len(words) == 0 || out.Effect == verdict.Abstain {
		v := byDefault(c)
		said = append(said, StageVerdict{"default", v})
		out = verdict.Combine(append(words, v)...)
	}
	strictestFirst(out.Reasons)
	return Decision{Verdict: out, Stages: said}
}

// split shows what a stage said, in its parts if it has any.
func split(s Stage, v verdict.Verdict) []StageVerdict {
	p, ok := s.(Parts)
	if !ok {
		return []StageVerdict{{s.Name(), v}}
	}
	var out []StageVerdict
	names := p.Parts()
	for _, name := range names {
		out = append(out, part(name, v, func(stage string) bool { return stage == name }))
	}
	rest := part(s.Name()+" (other)", v, func(stage string) bool { return !slices.Contains(names, stage) })
	if len(rest.Reasons) > 0 {
		rest.Stage = rest.Reasons[0].Stage
		out = append(out, rest)
	}
	return out
}

func part(name string, v verdict.Verdict, mine func(stage string) bool) StageVerdict {
	out := StageVerdict{name, verdict.None()}
	for _, r := range v.Reasons {
		if mine(r.Stage) {
			out.Effect = min(out.Effect, r.Effect)
			out.Reasons = append(out.Reasons, r)
		}
	}
	strictestFirst(out.Reasons)
	return out
}

func strictestFirst(rs []verdict.Reason) {
	slices.SortStableFunc(rs, func(a, b verdict.Reason) int { return int(a.Effect) - int(b.Effect) })
}

// judge runs one stage; whatever goes wrong in it is a denial that names the stage.
func judge(ctx context.Context, s Stage, c Case) (v verdict.Verdict) {
	defer func() {
		if p := recover(); p != nil {
			v = broken(s.Name(), fmt.Sprintf("the stage failed: %v", p))
		}
	}()
	v = s.Judge(ctx, c)
	if err := ctx.Err(); err != nil {
		return verdict.Combine(v, broken(s.Name(), "the decision took too long"))
	}
	return v
}

func broken(stage, text string) verdict.Verdict {
	return verdict.New(verdict.Deny, stage, stage+"-failed", text, "report this to the person you work for; do not repeat the call")
}

// trouble speaks for what could not be read in time or was not known to the decoder.
func trouble(c Case) verdict.Verdict {
	if c.Trouble != "" {
		return verdict.New(verdict.Ask, "reading", "not-understood", c.Trouble, "split the call into smaller, plainer ones")
	}
	return verdict.None()
}
