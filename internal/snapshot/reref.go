package snapshot

import (
	"fmt"
	"strings"

	"writ/internal/gitsafe"
)

// refs makes branches, tags and stash entries again that are gone, and never moves one that exists.
func (r *restoring) refs() error {
	if len(r.snap.Commits) == 0 {
		return nil
	}
	g := gitsafe.Git{Dir: r.snap.Root}
	here := r.stashed(g)
	for i := len(r.snap.Commits) - 1; i >= 0; i-- { // oldest stash first, so that the order comes back
		c := r.snap.Commits[i]
		var err error
		switch {
		case strings.HasPrefix(c.Ref, "refs/"):
			err = r.ref(g, c)
		case strings.HasPrefix(c.Ref, "stash@") && !here[c.OID]:
			_, err = g.Run(r.ctx, "stash", "store", "-m", c.Message, c.OID)
			r.done.Refs = append(r.done.Refs, c.Ref)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *restoring) ref(g gitsafe.Git, c Commit) error {
	now := g.Line(r.ctx, "rev-parse", "-q", "--verify", c.Ref+"^{commit}")
	switch now {
	case c.OID:
		return nil
	case "":
		_, err := g.Run(r.ctx, "update-ref", c.Ref, c.OID, strings.Repeat("0", len(c.OID)))
		r.done.Refs = append(r.done.Refs, c.Ref)
		return err
	}
	r.done.Notes = append(r.done.Notes, fmt.Sprintf("%s points to %.12s now and is left there; it was at %.12s", c.Ref, now, c.OID))
	return nil
}

// stashed are the stash entries that exist now.
func (r *restoring) stashed(g gitsafe.Git) map[string]bool {
	here := map[string]bool{}
	if g.Line(r.ctx, "rev-parse", "-q", "--verify", "refs/stash") == "" {
		return here
	}
	list, _ := g.List(r.ctx, "log", "-g", "-z", "--format=%H", "refs/stash", "--")
	for _, oid := range list {
		here[oid] = true
	}
	return here
}
