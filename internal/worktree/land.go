package worktree

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// LandOptions says how to land.
type LandOptions struct {
	// Onto is the branch to measure against and, where it is checked out nowhere, to fast-forward; "" measures against the
	// branch that the worktree started from, and moves only agents/NAME.
	Onto string
	// DryRun checks everything and changes nothing in the project.
	DryRun bool
}

// Landing is what a landing found and did.
type Landing struct {
	Name    string    `json:"name"`
	Branch  string    `json:"branch"`
	Tip     string    `json:"tip"`
	Onto    string    `json:"onto,omitempty"`
	Base    string    `json:"base"`
	Commits int       `json:"commits"`
	Changes []Change  `json:"changes"`
	Refused []Finding `json:"refused"`
	// Moved are the refs that point elsewhere now.
	Moved []Move `json:"moved"`
	// Notes say what a person should know; Next is what to type to have the work in a checkout.
	Notes []string `json:"notes"`
	Next  []string `json:"next"`
}

// Move is a ref that was moved; Old is "" for a new one.
type Move struct {
	Ref string `json:"ref"`
	Old string `json:"old,omitempty"`
	New string `json:"new"`
}

// Land takes over what an agent committed on its branch. Commits that go beyond the record come back in
// Landing.Refused together with ErrRefused, and then nothing was moved. Only refs move, never a working tree.
func (r *Repo) Land(ctx context.Context, name string, o LandOptions) (Landing, error) {
	lock, err := r.lock(ctx)
	if err != nil {
		return Landing{}, err
	}
	defer lock.Close()
	rec, err := r.load(name)
	if err != nil {
		return Landing{}, err
	}
	if rec.State != StateReady {
		return Landing{}, fmt.Errorf("%w: %s is %s", ErrNotFound, name, rec.State)
	}
	l := landing{ctx: ctx, repo: r, rec: rec, opts: o}
	l.out = Landing{Name: name, Branch: rec.Branch, Changes: []Change{}, Refused: []Finding{}, Moved: []Move{}, Notes: []string{}, Next: []string{}}
	return l.run()
}

type landing struct {
	ctx     context.Context
	repo    *Repo
	rec     Record
	opts    LandOptions
	ontoTip string
	out     Landing
}

func (l *landing) run() (Landing, error) {
	if err := l.aim(); err != nil {
		return l.out, err
	}
	agent, err := os.OpenRoot(l.rec.Path)
	if err != nil {
		return l.out, fmt.Errorf("%w: %v", ErrNotFound, err)
	}
	defer agent.Close()
	if err := l.tip(agent); err != nil {
		return l.out, err
	}
	a, err := l.repo.receive(l.ctx, l.rec, agent, []string{l.out.Tip})
	if err != nil {
		return l.out, err
	}
	defer a.drop()
	if err := l.check(a); err != nil || l.opts.DryRun || l.out.Commits == 0 {
		return l.out, err
	}
	if err := l.free(); err != nil {
		return l.out, err
	}
	if err := l.repo.admit(l.ctx, a); err != nil {
		return l.out, fmt.Errorf("%w: %v", ErrObjects, err)
	}
	return l.out, l.move()
}

// aim finds the commit that the work is measured against.
func (l *landing) aim() error {
	onto := l.rec.Onto
	if o := l.opts.Onto; o != "" {
		if onto = o; !strings.HasPrefix(o, "refs/") {
			onto = "refs/heads/" + o
		}
		if !strings.HasPrefix(onto, "refs/heads/") || onto == l.rec.Branch {
			return fmt.Errorf("%w: %s; want a branch of the project", ErrBranch, o)
		}
	}
	if onto == "" {
		l.ontoTip = l.rec.Base
		return nil
	}
	l.out.Onto = onto
	if l.ontoTip = resolve(l.ctx, l.repo.git, onto); l.ontoTip == "" {
		return fmt.Errorf("%w: there is no %s", ErrBranch, onto)
	}
	return nil
}

// tip reads where the agent's branch stands.
func (l *landing) tip(agent *os.Root) error {
	refs, err := readRefs(agent)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrObjects, err)
	}
	if l.out.Tip = refs.tips[l.rec.Branch]; l.out.Tip == "" {
		return fmt.Errorf("%w: the agent's repository has no branch %s", ErrBranch, l.rec.Branch)
	}
	if refs.on != l.rec.Branch {
		l.out.Notes = append(l.out.Notes, fmt.Sprintf("the agent stands on %q now; what lands is %s", refs.on, l.rec.Branch))
	}
	return nil
}

// check judges what would land.
func (l *landing) check(a arrival) error {
	bases, err := a.git.Run(l.ctx, "merge-base", "--all", l.ontoTip, l.out.Tip)
	switch n := strings.Count(bases, "\n"); {
	case err != nil || n == 0:
		l.out.Refused = []Finding{{Why: fmt.Sprintf("the history has nothing in common with %.12s", l.ontoTip)}}
		return ErrRefused
	case n > 1:
		l.out.Refused = []Finding{{Why: "the history was merged crosswise: rebase it, so that it has one base"}}
		return ErrRefused
	}
	l.out.Base = strings.TrimSuffix(bases, "\n")
	changes, commits, found, err := judge(l.ctx, l.rec, a.git, l.out.Base, l.out.Tip)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrObjects, err)
	}
	l.out.Commits = commits
	l.out.Changes = append(l.out.Changes, changes...)
	if len(found) > 0 {
		l.out.Refused = found
		return ErrRefused
	}
	return nil
}

// free refuses to move a branch under a person's feet.
func (l *landing) free() error {
	at, err := l.repo.checkedOut(l.ctx)
	if err != nil {
		return err
	}
	if folder := at[l.rec.Branch]; folder != "" && resolve(l.ctx, l.repo.git, l.rec.Branch) != l.out.Tip {
		return fmt.Errorf("%w: %s is checked out in %s", ErrBranch, l.rec.Branch, folder)
	}
	return nil
}

// move points the refs to the tip: first what would be lost is kept, then agents/NAME, then the branch asked for.
func (l *landing) move() error {
	r := l.repo
	old := r.git.Line(l.ctx, "rev-parse", "-q", "--verify", l.rec.Branch)
	if old != "" && old != l.out.Tip && !l.ancestor(old, l.out.Tip) {
		if err := l.ref(KeptPrefix+l.rec.Name+"/"+now().Format(kindTime), "", old); err != nil {
			return err
		}
		l.out.Notes = append(l.out.Notes, "the agent rewrote its history; what had landed before is kept, too")
	}
	if err := l.ref(l.rec.Branch, old, l.out.Tip); err != nil {
		return err
	}
	l.rec.Landed, l.rec.LandedAt = l.out.Tip, now()
	if err := r.save(l.rec); err != nil {
		return err
	}
	return l.forward()
}

func (l *landing) ancestor(a, b string) bool {
	_, err := l.repo.git.Run(l.ctx, "merge-base", "--is-ancestor", a, b)
	return err == nil
}

// ref moves one ref from old, which must still be there, to tip.
func (l *landing) ref(name, old, tip string) error {
	if old == tip {
		return nil
	}
	was := old
	if was == "" {
		was = strings.Repeat("0", len(tip))
	}
	if _, err := l.repo.git.Run(l.ctx, "update-ref", "-m", "writ worktree land", name, tip, was); err != nil {
		return fmt.Errorf("%w: %v", ErrBranch, err)
	}
	l.out.Moved = append(l.out.Moved, Move{Ref: name, Old: old, New: tip})
	return nil
}

// forward brings the work onto the branch, or says how a person does that.
func (l *landing) forward() error {
	if l.out.Onto == "" || l.ancestor(l.out.Tip, l.out.Onto) {
		return nil
	}
	at, err := l.repo.checkedOut(l.ctx)
	if err != nil {
		return err
	}
	short, mine := strings.TrimPrefix(l.out.Onto, "refs/heads/"), strings.TrimPrefix(l.rec.Branch, "refs/heads/")
	straight := l.ancestor(l.ontoTip, l.out.Tip)
	how := "merge " + mine
	if straight {
		how = "merge --ff-only " + mine
	}
	folder := at[l.out.Onto]
	switch {
	case folder != "":
		l.out.Next = append(l.out.Next, fmt.Sprintf("git -C %s %s", shellWord(folder), how))
	case straight && l.opts.Onto != "":
		return l.ref(l.out.Onto, l.ontoTip, l.out.Tip)
	case straight:
		l.out.Next = append(l.out.Next, fmt.Sprintf("writ worktree land %s --onto %s", l.rec.Name, shellWord(short)))
	default:
		l.out.Next = append(l.out.Next, "git checkout "+shellWord(short), "git "+how)
	}
	return nil
}

// shellWord quotes a word for a person to paste.
func shellWord(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+") == "" && s != "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
