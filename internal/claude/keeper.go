package claude

import (
	"context"
	"errors"
	"fmt"

	"writ/internal/durable"
	"writ/internal/home"
	"writ/internal/hook"
)

// Keeper puts back the wiring of every settings file that Install put it into. The daemon calls it when a
// session's settings change. What else changed in a file stays; a file that was removed or made unreadable
// comes back as it was installed.
type Keeper struct{ Home home.Home }

// Restore looks at every installed file and tells whether anything had to be put back.
func (k Keeper) Restore(context.Context, hook.Payload) (bool, error) {
	records, err := Installed(k.Home)
	if err != nil {
		return false, err
	}
	var changed bool
	var errs []error
	for _, r := range records {
		did, err := r.restore(k.Home)
		changed = changed || did
		if err != nil {
			errs = append(errs, fmt.Errorf("restore %s: %w", r.Path, err))
		}
	}
	return changed, errors.Join(errs...)
}

func (r *Record) restore(h home.Home) (bool, error) {
	text, _, err := read(r.Real)
	if err != nil {
		return false, err
	}
	if text != nil && holds(text, r.Ops) {
		return false, nil
	}
	c, err := Plan(h, r.Scope, r.Path)
	if err == nil && text != nil {
		return c.Diff != "", c.Install(h)
	}
	for _, dir := range r.Made {
		if err := mkdir(dir); err != nil {
			return false, err
		}
	}
	return true, durable.WriteFile(r.Real, r.After, r.Mode)
}
