package demo

import (
	"fmt"
	"path/filepath"
)

// withoutGuard runs every attack in a copy of its own where nobody guards, and expects each to do its harm:
// a check that stays silent here could not be trusted later.
func (p *play) withoutGuard() error {
	list, skipped := attacks()
	p.out.heading("Without writ: each attack in a throw-away copy")
	for i, a := range list {
		harm, err := p.unguarded(i, a)
		if err != nil {
			return fmt.Errorf("%s, unguarded: %w", a.name, err)
		}
		p.expect(harm != "", "the check of %q is blind: the unguarded attack left no trace", a.name)
		p.out.control(a.name, harm)
	}
	for _, s := range skipped {
		p.out.note("left out: " + s)
	}
	return nil
}

// unguarded makes a world, attacks it, and says what harm was done.
func (p *play) unguarded(i int, a attack) (string, error) {
	w, err := newWorld(filepath.Join(p.dir, fmt.Sprintf("copy-%02d", i)), p.opt.Writ)
	if err != nil {
		return "", err
	}
	defer func() {
		w.close(p.person)
		_ = removeAll(w.dir) // again with the whole folder
	}()
	t := w.target()
	if a.daemon {
		if err := t.arm(p.ctx, p.opt.Hook); err != nil {
			return "", err
		}
	}
	for _, c := range a.calls(t) {
		if err := p.justDo(t, c); err != nil {
			return "", err
		}
	}
	return a.harm(t), nil
}

// justDo carries a call out without asking anybody. Shell lines run below the scripted person, because the
// daemon knows this process as an agent and would refuse what it should here let happen.
func (p *play) justDo(t *target, c call) error {
	if c.tool == "Bash" {
		line, _ := c.input["command"].(string)
		_, _, err := p.person.run(t.world, "bash", "-c", line)
		return err
	}
	_, output, err := t.use(c.tool, c.input)
	t.seen.WriteString(output)
	return err
}
