// Package policy judges effects by Cedar policies. One request is made for each effect: the principal is
// the agent, the action is the effect's kind, the resource is the path, host or object, and the context
// carries zones, flags and the rest (builtin/schema.cedarschema says exactly what). Policies come in
// layers: the floor and the built-in rules ship with writ; organisation, user and repository add theirs.
//
//	forbid                  denies
//	@effect("ask") forbid   asks a person
//	permit                  allows what nothing forbids
//
// Within a layer deny wins over ask and ask over allow. A later layer can always tighten. Organisation and
// user can loosen a built-in rule, never a floor rule, with @overrides("rule-id") permit. A repository's
// own policy can only tighten: it comes from the place that the agent works on.
//
// An ask may carry @contained("full"): where the kernel confines that strongly (package level), it stops what
// the rule is about. The engine asks all the same and marks its reason; package guard decides what the mark
// is worth for this call. docs/adr/0012-contained-asks.md says which rules may carry it. A repository's may not.
//
// An Engine is immutable and safe for concurrent use. Load validates everything first: an unknown action,
// flag, zone, attribute or annotation is an error with file, line and the nearest valid name.
package policy

import (
	"fmt"

	cedar "github.com/cedar-policy/cedar-go"

	"writ/internal/level"
	"writ/internal/verdict"
)

// Layer says where a policy file comes from and so what it may do.
type Layer uint8

// Layers, in the order in which they are applied.
const (
	Floor Layer = iota
	Builtin
	Organisation
	User
	Repository
)

var layerNames = [...]string{"floor", "builtin", "organisation", "user", "repository"}

// String gives the layer's word, as `writ policy show --layer` takes it.
func (l Layer) String() string {
	if int(l) < len(layerNames) {
		return layerNames[l]
	}
	return fmt.Sprintf("layer %d", l)
}

// ParseLayer reads a layer's word.
func ParseLayer(s string) (Layer, error) {
	for i, n := range layerNames {
		if s == n {
			return Layer(i), nil
		}
	}
	return 0, fmt.Errorf("unknown layer %q: want floor, builtin, organisation, user or repository", s)
}

// Rule is one policy with what its annotations say.
type Rule struct {
	ID        string
	Layer     Layer
	Effect    verdict.Effect // Deny, Ask or Allow
	Reason    string         // @reason: why, in words for everybody
	Instead   string         // @instead: what the agent should do in place of it
	Overrides []string       // @overrides: the rules that this permit lifts
	Profile   string         // @profile: the rule counts only where this profile is chosen
	Contained level.Level    // @contained: the level at which this ask is not needed; Observe: it is asked at every level
	File      string
	Line      int
	Source    string // the policy's text as written, comments before it included

	stage  string
	policy *cedar.Policy
}
