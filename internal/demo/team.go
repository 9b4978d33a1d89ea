package demo

import (
	"fmt"
	"path/filepath"

	"writ/internal/audit"
)

// team is who works on the spec. The ids have the form that the host gives: none for the main thread, "a",
// name and 16 digits for a teammate, 17 digits for a subagent.
var team = map[string]agent{
	"lead":     {name: "lead", kind: "lead"},
	"coding-1": {name: "coding-1", id: "acoding-1-00000000000000c1", kind: "coding-1"},
	"coding-2": {name: "coding-2", id: "acoding-2-00000000000000c2", kind: "coding-2"},
	"review-1": {name: "review-1", id: "a0000000000000001", kind: "review-1"},
}

// human is what the scripted person does when asked.
type human string

const (
	rejects  human = "reject"
	approves human = "approve"
	silent   human = "nobody"
)

// do takes one call through the host and tells of it. An honest call must run; a hostile one is judged later,
// by what it did.
func (p *play) do(who string, hostile bool, c call, h human) (ruling, error) {
	if err := p.floor.count(p, team[who], c); err != nil {
		return ruling{}, err
	}
	r, err := p.host().call(team[who], c.tool, c.input, p.answer(h))
	if err != nil {
		return r, fmt.Errorf("%s, %s: %w", who, c, err)
	}
	verdict, rule := r.word, p.rule(r.useID)
	if r.word == "ask" {
		p.seen.asked++
		switch {
		case r.ran():
			verdict = "ask → approved"
			p.seen.approved++
		case h == silent:
			verdict = "ask → nobody"
		default:
			verdict = "ask → rejected"
		}
	}
	p.count(r)
	p.out.call(who, hostile, c, verdict, rule, r.took)
	if !hostile {
		p.expect(r.ran() && !r.failed, "%s, %s: %s %s %s, want it to run", who, c, verdict, clip(r.text, 300), clip(r.output, 300))
	}
	return r, nil
}

func (p *play) count(r ruling) {
	p.seen.calls++
	p.seen.slowest = max(p.seen.slowest, r.took)
	switch r.word {
	case "allow":
		p.seen.allowed++
	case "deny":
		p.seen.denied++
	}
}

// answer is what the person does about a question.
func (p *play) answer(h human) func(id string) {
	return func(id string) {
		var args []string
		switch h {
		case approves:
			args = []string{"approve", id}
		case rejects:
			args = []string{"reject", id, "--why", "not part of the task"}
		default:
			return
		}
		if code, out, err := p.asPerson(args...); err != nil || code != 0 {
			p.late <- fmt.Sprintf("the person could not %s %s: exit %d, %s (%v)", h, id, code, clip(out, 200), err)
		}
	}
}

// asPerson runs writ as the person, who no agent started.
func (p *play) asPerson(args ...string) (int, string, error) {
	p.personTurn.Lock()
	defer p.personTurn.Unlock()
	return p.person.run(p.world, append([]string{filepath.Join(p.world.bin, "writ")}, args...)...)
}

// rule is the rule that the log names for a call: so the timeline shows what was recorded, not what was said.
func (p *play) rule(useID string) string {
	rule := "NOT RECORDED"
	for r, err := range audit.Read(p.world.writ.Audit(), audit.Filter{Kinds: []audit.Kind{audit.KindDecision}, ToolUseID: useID}) {
		if err != nil {
			return err.Error()
		}
		if r.Event == "PreToolUse" {
			rule = r.Rule
		}
	}
	p.expect(rule != "NOT RECORDED", "the call %s has no record", useID)
	return rule
}
