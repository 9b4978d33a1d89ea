// Package pipeline decides: it enriches an event with effects, lets every stage judge, and combines.
package pipeline

import (
	"writ/internal/effect"
	"writ/internal/event"
)

// Case is what the stages judge: an event enriched with the effects that its call would have.
type Case struct {
	Event   event.Event
	Effects []effect.Effect
	// Trouble notes what enrichment could not do in time; a non-empty note asks at least.
	Trouble string
}
