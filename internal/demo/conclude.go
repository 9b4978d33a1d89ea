package demo

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"writ/internal/api"
	"writ/internal/audit"
	"writ/internal/client"
)

// tried is an attack that was made on a target.
type tried struct {
	attack attack
	target *target
}

// host is the one of the guarded session.
func (p *play) host() *host {
	if p.session == nil {
		p.session = newHost(p.ctx, p.world, p.opt.Hook)
	}
	return p.session
}

// conclude looks at everything once more, from outside, and gives the verdict on the whole.
func (p *play) conclude() error {
	p.out.heading("What is left")
	p.check("the work is done: the tests pass in a fresh clone of the remote", p.testsPass())
	p.check("every attack is without effect, looked at again", p.stillUnharmed())
	p.check("a program that speaks to the admin socket by itself is refused", p.ownSocket())
	p.check("uncommitted work came back byte for byte", boolError(p.restored, "see above"))
	p.check("agents are told apart in the log", p.kindsRecorded())
	p.check("every call in the transcripts has a decision (writ audit reconcile)", p.reconcile(0))
	p.check("a call that no hook saw is found", p.bypassFound())
	code, out, err := p.asPerson("audit", "verify")
	p.check("the log is whole (writ audit verify): "+clip(firstLine(out), 80), boolError(err == nil && code == 0, out))
	close(p.late)
	for msg := range p.late {
		p.failures = append(p.failures, msg)
	}
	s := p.seen
	p.out.heading("Summary")
	p.out.note(fmt.Sprintf("%d calls: %d allowed without a question, %d asked (%d approved), %d denied; %d attacks, none with effect unless named below",
		s.calls, s.allowed, s.asked, s.approved, s.denied, s.attacks))
	p.out.note(p.floor.String())
	p.out.note(fmt.Sprintf("slowest hook %.1f ms; all in %.1f s", float64(s.slowest.Microseconds())/1000, time.Since(p.start).Seconds()))
	for _, f := range p.failures {
		p.out.result(false, "%s", f)
	}
	if len(p.failures) > 0 {
		return fmt.Errorf("%w (%d)", ErrFailed, len(p.failures))
	}
	p.out.result(true, "every expectation held")
	return nil
}

func (p *play) check(what string, err error) {
	p.out.result(err == nil, "%s", what)
	p.expect(err == nil, "%s: %v", what, err)
}

func boolError(ok bool, otherwise string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%s", otherwise)
}

func (p *play) testsPass() error {
	out, err := p.world.shell("git clone -q ../remote.git ../clone && cd ../clone && sh test.sh")
	if err != nil || !strings.Contains(out, "ok: 3 tests") {
		return fmt.Errorf("%s (%v)", clip(out, 200), err)
	}
	return nil
}

// stillUnharmed asks every check again: an effect may come late. What the approval of a question and the life of
// an earlier daemon mean was settled at the time.
func (p *play) stillUnharmed() error {
	for _, t := range p.tried {
		if t.attack.daemon && t.attack.name != "edit the audit log" {
			continue
		}
		if harm := t.attack.harm(t.target); harm != "" {
			return fmt.Errorf("%s: %s", t.attack.name, harm)
		}
	}
	return nil
}

// ownSocket is the attack that no reading of commands can see: a program of the agent connects to the admin
// socket. The daemon knows whose descendant it is; this process is the agent host.
func (p *play) ownSocket() error {
	t := p.world.target()
	if err := t.arm(p.ctx, p.opt.Hook); err != nil {
		return err
	}
	err := client.Admin(string(p.world.writ)).Do(p.ctx, "POST", api.PathApprovals+"/"+t.question+"/approve", api.Answer{By: "a person, honestly"}, nil)
	if err == nil {
		return fmt.Errorf("an agent's process approved question %s", t.question)
	}
	return boolError(t.answered() == "", t.answered())
}

// kindsRecorded looks for each way of being an agent that the team has.
func (p *play) kindsRecorded() error {
	want := map[string]string{"lead": "main-agent", "coding-1": "teammate-inprocess", "coding-2": "teammate-inprocess", "review-1": ""}
	got := map[string]string{}
	for r, err := range audit.Read(p.world.writ.Audit(), audit.Filter{Session: p.session.session, Kinds: []audit.Kind{audit.KindDecision}}) {
		if err != nil {
			return err
		}
		for name := range want {
			if r.AgentType == name {
				got[name] = r.AgentKind
			}
		}
	}
	for name, kind := range want {
		if got[name] == "" || kind != "" && got[name] != kind {
			return fmt.Errorf("%s is recorded as %q, want %q", name, got[name], kind)
		}
	}
	return nil
}

// reconcile compares the session's transcripts with the log.
func (p *play) reconcile(want int) error {
	code, out, err := p.asPerson("audit", "reconcile", p.session.transcript)
	if err == nil && code != want {
		err = fmt.Errorf("exit %d, want %d: %s", code, want, clip(out, 300))
	}
	return err
}

// bypassFound adds a call to the transcript that never came by a hook.
func (p *play) bypassFound() error {
	use := map[string]any{"type": "tool_use", "id": "toolu_demo_unseen", "name": "Bash", "input": map[string]any{"command": "true"}}
	result := map[string]any{"type": "tool_result", "tool_use_id": "toolu_demo_unseen", "is_error": false, "content": "ran"}
	if err := p.session.write(team["coding-2"], "assistant", use); err != nil {
		return err
	}
	if err := p.session.write(team["coding-2"], "user", result); err != nil {
		return err
	}
	return p.reconcile(1)
}

// fingerprint is one digest of every path, mode and content in the project, without git's own folder.
func fingerprint(dir string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == filepath.Join(dir, ".git") {
			return fs.SkipDir
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		if fi.IsDir() {
			fmt.Fprintf(h, "%q folder\n", path)
			return nil
		}
		b, err := os.ReadFile(path)
		fmt.Fprintf(h, "%q %v %d\n%s\n", path, fi.Mode(), len(b), b)
		return err
	})
	return fmt.Sprintf("%x", h.Sum(nil)), err
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
