package snapshot

import (
	"context"
	"fmt"
	"strings"
)

// maxCommits bounds how many commits one snapshot keeps reachable.
const maxCommits = 1000

// commits notes the commits whose only name may go: stash entries, branches, tags, the reflog.
func (t *taking) commits(ctx context.Context, s *Snapshot) error {
	if !t.isRepo || !t.req.refs() {
		return nil
	}
	if t.req.Stash {
		if err := t.walkLog(ctx, s, "refs/stash", "stash"); err != nil {
			return err
		}
	}
	if t.req.Reflog && t.repo.head != "" {
		if err := t.walkLog(ctx, s, "HEAD", "HEAD"); err != nil {
			return err
		}
	}
	if err := t.tips(ctx, s); err != nil {
		return err
	}
	if len(s.Commits) > maxCommits {
		return fmt.Errorf("%w: %d commits to keep reachable, at most %d", ErrTooMuch, len(s.Commits), maxCommits)
	}
	if t.apart && len(s.Commits) > 0 {
		return fmt.Errorf("%w: commits cannot be kept while the repository itself is removed", ErrTooMuch)
	}
	return nil
}

// walkLog adds the entries of a reflog as name@{0}, name@{1} …
func (t *taking) walkLog(ctx context.Context, s *Snapshot, ref, name string) error {
	if t.repo.Line(ctx, "rev-parse", "-q", "--verify", ref) == "" {
		return nil
	}
	list, err := t.repo.List(ctx, "log", "-g", "-z", fmt.Sprintf("--max-count=%d", maxCommits+1), "--format=%H %gs", ref, "--")
	if err != nil {
		return err
	}
	for i, l := range list {
		oid, message, _ := strings.Cut(l, " ")
		s.Commits = append(s.Commits, Commit{Ref: fmt.Sprintf("%s@{%d}", name, i), OID: oid, Message: strings.ToValidUTF8(message, "\ufffd")})
	}
	return nil
}

// tips adds the branches and tags that the request names, all of them for "*".
func (t *taking) tips(ctx context.Context, s *Snapshot) error {
	if len(t.req.Refs) == 0 {
		return nil
	}
	want := map[string]bool{}
	for _, r := range t.req.Refs {
		want[r] = true
	}
	out, err := t.repo.Run(ctx, "for-each-ref", "--format=%(refname)%00%(refname:short)%00%(objecttype)%00%(objectname)%00%(*objectname)", "refs/heads", "refs/tags")
	if err != nil {
		return err
	}
	for _, l := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
		f := strings.Split(l, "\x00")
		if len(f) != 5 || !(want["*"] || want[f[0]] || want[f[1]]) {
			continue
		}
		oid := f[3]
		if f[2] == "tag" {
			oid = f[4]
		}
		s.Commits = append(s.Commits, Commit{Ref: f[0], OID: oid})
	}
	return nil
}

// parents are the commits that the snapshot's commit holds on to, HEAD first, each once.
func (s *Snapshot) parents() []string {
	seen := map[string]bool{"": true}
	var out []string
	add := func(oid string) {
		if !seen[oid] {
			seen[oid] = true
			out = append(out, oid)
		}
	}
	add(s.Head)
	for _, c := range s.Commits {
		add(c.OID)
	}
	return out
}
