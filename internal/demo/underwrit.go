package demo

import (
	"fmt"
	"os"
	"path/filepath"
)

// underWrit is the team at work: honest calls, and attacks between them.
func (p *play) underWrit() error {
	w, err := newWorld(filepath.Join(p.dir, "team"), p.opt.Writ)
	if err != nil {
		return err
	}
	p.world, p.worlds = w, append(p.worlds, w)
	if p.floor, err = newFloor(w); err != nil {
		return err
	}
	p.out.heading("Under writ: a team at work (! marks attacks)")
	p.out.columns()
	if err := p.begin(); err != nil {
		return err
	}
	list, _ := attacks()
	for _, work := range p.work() {
		if err := work(); err != nil {
			return err
		}
		n := min(len(list), attackShare)
		if err := p.attackAll(list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	if err := p.attackAll(list); err != nil {
		return err
	}
	return p.host().tell(team["lead"], "Stop", map[string]any{"stop_hook_active": false, "last_assistant_message": "done"})
}

// attackShare is how many attacks come after each piece of honest work.
const attackShare = 4

func (p *play) attackAll(list []attack) error {
	for _, a := range list {
		if err := p.attack(a); err != nil {
			return err
		}
	}
	return nil
}

// begin starts the session and the team.
func (p *play) begin() error {
	if err := p.host().tell(team["lead"], "SessionStart", map[string]any{"source": "startup"}); err != nil {
		return err
	}
	return p.host().tell(team["lead"], "UserPromptSubmit", map[string]any{"prompt": "build the spec .claude/specs/demo"})
}

// in gives a path in the project.
func (p *play) in(parts ...string) string {
	return filepath.Join(append([]string{p.world.project}, parts...)...)
}

// all does a list of honest calls of one agent.
func (p *play) all(who string, calls ...call) error {
	for _, c := range calls {
		if _, err := p.do(who, false, c, rejects); err != nil {
			return err
		}
	}
	return nil
}

// work is the honest part, in pieces.
func (p *play) work() []func() error {
	return []func() error{p.plan, p.byCategory, p.accident, p.top, p.review, p.finish}
}

func (p *play) plan() error {
	if err := p.all("lead", read(p.in(".claude", "specs", "demo", "spec.md")), bash("git status --short && sh tally.sh total data/march.csv"),
		call{"TaskCreate", map[string]any{"subject": "add by-category", "description": "prints food 75"}},
		call{"TaskCreate", map[string]any{"subject": "add top", "description": "prints rent"}}); err != nil {
		return err
	}
	for _, name := range []string{"coding-1", "coding-2", "review-1"} {
		input := map[string]any{"description": "join as " + name, "prompt": "You are " + name + ".", "subagent_type": name, "run_in_background": true}
		if name != "review-1" {
			input["name"] = name
		}
		if err := p.all("lead", call{"Agent", input}); err != nil {
			return err
		}
		if err := p.host().tell(team[name], "SubagentStart", nil); err != nil {
			return err
		}
	}
	return nil
}

const byCategory = `# The sum of the third column for each value of the second, in alphabetical order.
{ sum[$2] += $3 }
END { for (c in sum) print c, sum[c] | "sort" }
`

func (p *play) byCategory() error {
	return p.all("coding-1",
		read(p.in("tally.sh")),
		write(p.in("by-category.awk"), byCategory),
		edit(p.in("tally.sh"), "total) awk -F, -f total.awk \"$2\" ;;\n", "total) awk -F, -f total.awk \"$2\" ;;\nby-category) awk -F, -f by-category.awk \"$2\" ;;\n"),
		bash("sh tally.sh by-category data/march.csv"),
		bash(`git add -A && git commit -q -m "tally: by-category, without rm -rf or git reset --hard"`),
		call{"SendMessage", map[string]any{"to": "lead", "summary": "by-category is done", "message": "by-category is committed"}},
	)
}

const topAwk = `# The category with the largest sum.
{ sum[$2] += $3 }
END { for (c in sum) if (sum[c] > most) { most = sum[c]; best = c }; print best }
`

func (p *play) top() error {
	return p.all("coding-2",
		write(p.in("top.awk"), topAwk),
		edit(p.in("tally.sh"), "*)\n", "top) awk -F, -f top.awk \"$2\" ;;\n*)\n"),
		bash("sh test.sh"),
		bash(`git add -A && git commit -q -m "tally: top"`),
	)
}

func (p *play) review() error {
	return p.all("review-1",
		bash("git log --oneline && git diff origin/main -- tally.sh"),
		bash("sh test.sh"),
		write(p.in(".claude", "specs", "demo", "review.md"), "# Review\n\nPASS: both commands do what the spec says, the tests pass.\n"),
	)
}

func (p *play) finish() error {
	tasks := p.in(".claude", "specs", "demo", "tasks.md")
	return p.all("lead",
		edit(tasks, "- [ ] [coding] add by-category", "- [x] [coding] add by-category"),
		edit(tasks, "- [ ] [coding] add top", "- [x] [coding] add top"),
		bash(`git add -A && git commit -q -m "spec: group 1 is done"`), bash("git push -q origin main"),
	)
}

// attack lets an agent try it and looks at once for harm.
func (p *play) attack(a attack) error {
	t := p.world.target()
	if a.daemon {
		if err := t.arm(p.ctx, p.opt.Hook); err != nil {
			return err
		}
	}
	for _, c := range a.calls(t) {
		if _, err := p.do(a.by, true, c, rejects); err != nil {
			return err
		}
	}
	p.seen.attacks++
	harm := a.harm(t)
	p.expect(harm == "", "attack %q: %s", a.name, harm)
	p.tried = append(p.tried, tried{a, t})
	if out, err := p.world.shell("git reset -q && rm -f leftover.txt tidy.sh notes.txt"); err != nil {
		return fmt.Errorf("clear up after %q: %w: %s", a.name, err, out)
	}
	return nil
}

// accident: an agent discards uncommitted work with the person's consent, and the person wants it back.
func (p *play) accident() error {
	w := p.world
	for path, text := range map[string]string{"tally.sh": "#!/bin/sh\n# half a day of work\r\nno end of line", "ideas.txt": "not yet added\n", "empty": ""} {
		if err := os.WriteFile(p.in(path), []byte(text), 0o750); err != nil {
			return err
		}
	}
	before, err := fingerprint(w.project)
	if err != nil {
		return err
	}
	const discard = "git reset -q --hard && git clean -qfd"
	r, err := p.do("coding-2", true, bash(discard), silent)
	if err != nil {
		return err
	}
	now, err := fingerprint(w.project)
	p.expect(err == nil && !r.ran() && now == before, "unanswered, the discarding of work must not run")
	if r, err = p.do("coding-2", true, bash(discard), approves); err != nil {
		return err
	}
	now, err = fingerprint(w.project)
	p.expect(err == nil && r.ran() && now != before, "approved, the discarding of work must run: %s", clip(r.text, 200))
	code, out, err := p.asPerson("restore", "last")
	if err != nil {
		return err
	}
	now, err = fingerprint(w.project)
	p.restored = err == nil && code == 0 && now == before
	p.expect(p.restored, "the discarded work did not come back byte for byte: %s", clip(out, 300))
	p.out.note("the person: writ restore last: " + clip(out, 100))
	_, err = w.shell("git checkout -q -- . && rm -f ideas.txt empty")
	return err
}
