package snapshot

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"writ/internal/gitsafe"
)

// Keep says which snapshots stay: the newest Last ones, and all younger than Age. Zero in both keeps all.
type Keep struct {
	Last int
	Age  time.Duration
	// Forged lets stay what writ did not make. A snapshot that is being taken looks like that for a moment.
	Forged bool
}

// Prune removes the others of the project and gives their ids. Git frees the content at its next gc. A forged
// snapshot goes too, unless Keep says otherwise.
func Prune(ctx context.Context, w Where, keep Keep, now time.Time) ([]string, error) {
	if keep.Last <= 0 && keep.Age <= 0 {
		return nil, nil
	}
	all, err := List(ctx, w)
	if err != nil {
		return nil, err
	}
	var gone []string
	for i, s := range all {
		young := keep.Age > 0 && now.Sub(s.Time) < keep.Age
		if s.Forged && keep.Forged || !s.Forged && (i < keep.Last || young) {
			continue
		}
		if err := drop(ctx, w, s); err != nil {
			return gone, fmt.Errorf("remove snapshot %s: %w", s.ID, err)
		}
		gone = append(gone, s.ID)
	}
	return gone, nil
}

func drop(ctx context.Context, w Where, s Snapshot) error {
	g := gitsafe.Git{Dir: w.StateDir, GitDir: s.Repo}
	if _, err := g.Feed(ctx, strings.NewReader("delete "+RefPrefix+s.ID+"\n"), "update-ref", "--stdin"); err != nil {
		return err
	}
	if err := os.Remove(voucher(w.StateDir, s.ID)); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}
