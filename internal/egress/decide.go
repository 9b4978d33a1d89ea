package egress

import (
	"context"
	"fmt"
)

// Decider rules on one request or tunnel. A panicking one refuses.
type Decider func(context.Context, Target) Ruling

// Ruling is what a Decider says. The zero value refuses.
type Ruling struct {
	Allow   bool
	Rule    string // what allowed or refused, for the log and the header X-Writ-Rule
	Reason  string // why it was refused, in plain words
	Instead string // what the agent should do in place of it
	Private bool   // loopback, private and metadata addresses are meant, too
}

// Rules of the proxy itself, as they stand in Entry.Rule and X-Writ-Rule.
const (
	RuleList    = "egress-list"    // no rule allows the host and port
	RuleAddress = "egress-address" // the host is, or resolves to, an address of the inside
	RuleSecret  = "egress-secret"  // a secret was about to leave in the clear
	RuleForm    = "egress-form"    // the request is none that the proxy carries
	RuleReach   = "egress-reach"   // allowed, but the target could not be reached
)

// ByRules allows what the rules allow. Every other target goes to ask, which may answer at once or wait for a
// human; without ask it is refused.
func ByRules(rules Rules, ask Decider) Decider {
	return func(ctx context.Context, t Target) Ruling {
		if r, ok := rules.find(t.Host, t.Port); ok {
			return Ruling{Allow: true, Rule: r.text, Private: r.private}
		}
		if ask != nil {
			return ask(ctx, t)
		}
		return Ruling{Rule: RuleList}
	}
}

// decide calls the Decider and turns everything but a clear yes into a refusal.
func (p *Proxy) decide(ctx context.Context, t Target) (Ruling, *refusal) {
	ruling := p.safeDecide(ctx, t)
	if err := ctx.Err(); err != nil && ruling.Allow {
		ruling = Ruling{Reason: "the answer came too late"}
	}
	if ruling.Allow {
		return ruling, nil
	}
	r := &refusal{status: 403, rule: ruling.Rule, reason: ruling.Reason, instead: ruling.Instead}
	r.fill(RuleList, fmt.Sprintf("%s is not on the egress list of this scope", t),
		"use a host that is on the list, or ask the human to add this one and say what for")
	return ruling, r
}

func (p *Proxy) safeDecide(ctx context.Context, t Target) (r Ruling) {
	if p.opts.Decide == nil {
		return Ruling{}
	}
	defer func() {
		if v := recover(); v != nil {
			r = Ruling{Reason: fmt.Sprintf("the decision on %s failed", t)}
		}
	}()
	return p.opts.Decide(ctx, t)
}
