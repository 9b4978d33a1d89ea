package catalog

import "writ/internal/effect"

// assignEffects says what the variables set for a command change in what runs.
func assignEffects(assigns []Assign) []effect.Effect {
	return nil
}
