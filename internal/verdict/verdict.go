// Package verdict is the vocabulary of decisions: an Effect, the Reasons for it, and Combine, which
// joins the verdicts of many stages so that one more stage never weakens the result.
//
// The zero value denies. Everything unknown, late or broken must end there or at Ask.
package verdict

import (
	"encoding/json"
	"fmt"
)

// Effect is what is to happen with a call. Order matters: a smaller value is stricter.
type Effect uint8

// The four effects. Abstain means "I have nothing to say" and lives between stages only.
const (
	Deny Effect = iota
	Ask
	Allow
	Abstain
)

var names = [...]string{"deny", "ask", "allow", "abstain"}

// String gives the word used in logs, JSON and pages; an unknown value reads "deny".
func (e Effect) String() string {
	if int(e) < len(names) {
		return names[e]
	}
	return names[Deny]
}

// Parse reads an effect's word. An unknown word is Deny with an error.
func Parse(s string) (Effect, error) {
	for i, n := range names {
		if s == n {
			return Effect(i), nil
		}
	}
	return Deny, fmt.Errorf("unknown effect %q: want deny, ask, allow or abstain", s)
}

// MarshalJSON writes the word.
func (e Effect) MarshalJSON() ([]byte, error) { return json.Marshal(e.String()) }

// UnmarshalJSON reads the word; an unknown one is an error and leaves Deny.
func (e *Effect) UnmarshalJSON(b []byte) error {
	*e = Deny
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("effect: %w", err)
	}
	got, err := Parse(s)
	*e = got
	return err
}

// Reason says why, in words for the one who reads it: rule and text for everybody, Instead for the agent.
type Reason struct {
	Effect Effect `json:"effect"`
	Stage  string `json:"stage"`
	Rule   string `json:"rule"`
	Text   string `json:"text"`
	// Instead is what the agent should do in place of the refused call; empty where nothing is refused.
	Instead string `json:"instead,omitempty"`
	// Contained is the least level of confinement (package level) at which the kernel stops what an ask is about,
	// so that it need not be asked. Empty, or a word that is no level: it is asked at every level.
	Contained string `json:"contained,omitempty"`
}

// Verdict is one stage's word, or the combined one. The zero Verdict denies.
type Verdict struct {
	Effect  Effect   `json:"effect"`
	Reasons []Reason `json:"reasons,omitempty"`
}

// Rule names the rule that decided: that of the first reason with the verdict's own effect.
func (v Verdict) Rule() string {
	for _, r := range v.Reasons {
		if r.Effect == v.Effect {
			return r.Rule
		}
	}
	return ""
}

// New is a verdict with one reason.
func New(e Effect, stage, rule, text, instead string) Verdict {
	return Verdict{Effect: e, Reasons: []Reason{{Effect: e, Stage: stage, Rule: rule, Text: text, Instead: instead}}}
}

// None is the verdict of a stage that has nothing to say.
func None() Verdict { return Verdict{Effect: Abstain} }

// Combine joins verdicts: the strictest effect wins and every reason is kept, none skipped by an early
// exit. No verdicts at all is the zero Verdict, a denial.
func Combine(vs ...Verdict) Verdict {
	if len(vs) == 0 {
		return Verdict{}
	}
	out := Verdict{Effect: Abstain}
	for _, v := range vs {
		out.Effect = min(out.Effect, clamp(v.Effect))
		out.Reasons = append(out.Reasons, v.Reasons...)
	}
	return out
}

// clamp turns an effect outside the four into Deny, so that damaged values refuse.
func clamp(e Effect) Effect {
	if e > Abstain {
		return Deny
	}
	return e
}
