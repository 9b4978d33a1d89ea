package policy

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"writ/internal/effect"
	"writ/internal/level"
	"writ/internal/pipeline"
	"writ/internal/verdict"
)

// Engine is a loaded set of policies. It is immutable and safe for concurrent use.
type Engine struct {
	rules []*Rule
	kinds map[effect.Kind]*relevant
}

// relevant are the rules whose action can be one kind, split by what they can do.
type relevant struct {
	forbids, permits, lifts []*Rule
	needs                   attributes
}

func newEngine(rules []*Rule, profile string) *Engine {
	e := &Engine{rules: sorted(rules), kinds: map[effect.Kind]*relevant{}}
	for _, k := range effect.Kinds() {
		e.kinds[k] = &relevant{}
	}
	for _, r := range e.rules {
		if r.Profile != "" && r.Profile != profile {
			continue
		}
		for _, k := range actionsOf(r.policy) {
			e.kinds[k].add(r)
		}
	}
	return e
}

func (v *relevant) add(r *Rule) {
	v.needs |= attributesOf(r.policy)
	switch {
	case r.Effect != verdict.Allow:
		v.forbids = append(v.forbids, r)
	case len(r.Overrides) > 0:
		v.lifts = append(v.lifts, r)
		v.permits = append(v.permits, r)
	default:
		v.permits = append(v.permits, r)
	}
}

// Name implements pipeline.Stage.
func (e *Engine) Name() string { return "policy" }

// Parts implements pipeline.Parts: the stages that the built-in files speak for.
func (e *Engine) Parts() []string { return []string{"floor", "scope", "policy"} }

// Rules lists every rule in the order of the layers.
func (e *Engine) Rules() []Rule {
	out := make([]Rule, len(e.rules))
	for i, r := range e.rules {
		out[i] = *r
	}
	return out
}

// Judge implements pipeline.Stage: the strictest word over all effects. It allows only where each effect
// is permitted or stays inside the project by itself; one effect that no rule speaks of makes it ask.
func (e *Engine) Judge(ctx context.Context, c pipeline.Case) verdict.Verdict {
	j := judgement{engine: e, event: c, out: verdict.Verdict{Effect: verdict.Abstain}, principal: principalOf(c.Event)}
	seen := make(map[string]bool, len(c.Effects))
	for i := range c.Effects {
		if ctx.Err() != nil {
			return verdict.New(verdict.Deny, "policy", "policy-late", "the policies could not be judged in time", "split the call into smaller ones")
		}
		if sign := signature(&c.Effects[i], e.kinds[c.Effects[i].Kind]); !seen[sign] {
			seen[sign] = true
			j.judge(&c.Effects[i])
		}
	}
	return j.verdict()
}

// judgement collects what the rules say about one case.
type judgement struct {
	engine    *Engine
	event     pipeline.Case
	principal types.Entity
	out       verdict.Verdict
	said      []*Rule // rules that already gave a reason
}

// verdict is the result; an allow that no rule gave is that of staying inside.
func (j *judgement) verdict() verdict.Verdict {
	if j.out.Effect == verdict.Allow && j.out.Rule() == "" {
		j.say(verdict.Allow, "default", pipeline.DefaultInside, "it stays inside the project", "")
	}
	return j.out
}

func (j *judgement) judge(e *effect.Effect) {
	rel := j.engine.kinds[e.Kind]
	if rel == nil {
		j.say(verdict.Ask, "policy", "unknown-kind", "writ has no rules for "+string(e.Kind), "let a person do this")
		return
	}
	req := request(j, e, rel.needs)
	forbids := j.lift(rel, req, j.match(rel.forbids, req, true))
	for _, r := range forbids {
		j.speak(r, e)
	}
	if len(forbids) > 0 {
		return
	}
	if permits := j.match(rel.permits, req, false); len(permits) > 0 {
		j.speak(permits[0], e)
		return
	}
	if pipeline.Inside(*e) {
		j.out.Effect = min(j.out.Effect, verdict.Allow)
		return
	}
	j.say(verdict.Ask, "default", pipeline.DefaultAsk, "no rule allows "+string(e.Kind)+pipeline.Object(*e), "stay inside the project, or let a person do this")
}

// lift drops the rules that a matching permit of a later layer overrides. Floor rules stay.
func (j *judgement) lift(rel *relevant, req cedar.Request, forbids []*Rule) []*Rule {
	if len(forbids) == 0 || len(rel.lifts) == 0 {
		return forbids
	}
	for _, permit := range j.match(rel.lifts, req, false) {
		forbids = slices.DeleteFunc(forbids, func(r *Rule) bool {
			return r.Layer != Floor && r.Layer < permit.Layer && slices.Contains(permit.Overrides, r.ID)
		})
	}
	return forbids
}

// match evaluates rules against one request. A rule that cannot be evaluated counts as matching when it
// restricts and as not matching when it permits.
func (j *judgement) match(rules []*Rule, req cedar.Request, restricts bool) []*Rule {
	if len(rules) == 0 {
		return nil
	}
	_, diag := cedar.Authorize(iterate(rules), (*entities)(&j.principal), req)
	if len(diag.Reasons) == 0 && (!restricts || len(diag.Errors) == 0) {
		return nil
	}
	out := make([]*Rule, 0, len(diag.Reasons))
	for _, r := range diag.Reasons {
		out = append(out, byID(rules, r.PolicyID))
	}
	for _, r := range diag.Errors {
		if restricts {
			out = append(out, byID(rules, r.PolicyID))
		}
	}
	return out
}

// iterate presents a slice of rules to the authorizer; the id is the place in the slice.
type iterate []*Rule

func (it iterate) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for i, r := range it {
			if !yield(place(i), r.policy) {
				return
			}
		}
	}
}

// places caches the texts of small numbers, since one is needed for every rule of every request.
var places = func() (out [512]cedar.PolicyID) {
	for i := range out {
		out[i] = cedar.PolicyID(strconv.Itoa(i))
	}
	return out
}()

func place(i int) cedar.PolicyID {
	if i < len(places) {
		return places[i]
	}
	return cedar.PolicyID(strconv.Itoa(i))
}

func byID(rules []*Rule, id cedar.PolicyID) *Rule {
	i, err := strconv.Atoi(string(id))
	if err != nil || i >= len(rules) {
		panic(fmt.Sprintf("policy id %q was never given out", id))
	}
	return rules[i]
}

// speak adds a rule's reason, once for each rule, naming the first object that it met.
func (j *judgement) speak(r *Rule, e *effect.Effect) {
	j.out.Effect = min(j.out.Effect, r.Effect)
	if slices.Contains(j.said, r) {
		return
	}
	j.said = append(j.said, r)
	j.out.Reasons = append(j.out.Reasons, verdict.Reason{Effect: r.Effect, Stage: r.stage, Rule: r.ID, Text: text(r, e), Instead: r.Instead, Contained: contained(r)})
}

// contained is the mark on an ask that a wall can answer. It looks at the layer once more, so that a rule which
// nobody validated is not lifted.
func contained(r *Rule) string {
	if r.Contained == level.Observe || r.Effect != verdict.Ask || r.Layer == Floor || r.Layer == Repository {
		return ""
	}
	return r.Contained.String()
}

func text(r *Rule, e *effect.Effect) string {
	why := r.Reason
	if why == "" {
		why = "rule " + r.ID + " matches " + string(e.Kind)
	}
	if r.Effect != verdict.Allow {
		why += detail(e)
	}
	return why
}

// detail names what the effect acts on, in brackets.
func detail(e *effect.Effect) string {
	object := strings.TrimSpace(pipeline.Object(*e))
	if e.Reason != "" {
		object = strings.TrimSpace(object + " " + e.Reason)
	}
	if object == "" {
		return ""
	}
	return " (" + object + ")"
}

func (j *judgement) say(e verdict.Effect, stage, rule, text, instead string) {
	j.out.Effect = min(j.out.Effect, e)
	for _, r := range j.out.Reasons {
		if r.Rule == rule {
			return
		}
	}
	j.out.Reasons = append(j.out.Reasons, verdict.Reason{Effect: e, Stage: stage, Rule: rule, Text: text, Instead: instead})
}
