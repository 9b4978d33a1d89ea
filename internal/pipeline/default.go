package pipeline

import (
	"writ/internal/effect"
	"writ/internal/verdict"
	"writ/internal/zone"
)

// DefaultAsk is the rule named where nothing speaks for an effect that reaches beyond the project. A
// hook-only install may turn it into silence towards the host; under the gate it asks. No sandbox answers it, for
// any kind: it stands for what nobody thought of, so nobody has said which wall stops it.
const DefaultAsk = "default-ask"

// DefaultInside is the rule named where everything stays inside the project.
const DefaultInside = "default-inside"

// byDefault is the last word where no stage spoke: what stays inside the project and reaches nothing
// outside may go on, everything else asks.
func byDefault(c Case) verdict.Verdict {
	for _, e := range c.Effects {
		if !Inside(e) {
			return verdict.New(verdict.Ask, "default", DefaultAsk, "no rule speaks of "+string(e.Kind)+Object(e)+", which reaches beyond the project", "stay inside the project, or let a person do this")
		}
	}
	return verdict.New(verdict.Allow, "default", DefaultInside, "it stays inside the project", "")
}

// Inside tells of effects that change nothing outside the project, its temporary files and caches.
func Inside(e effect.Effect) bool {
	switch e.Kind {
	case effect.FSList, effect.Exec, effect.GitCommit:
		return true
	case effect.FSRead:
		return !e.In(zone.Secret)
	case effect.FSWrite, effect.FSDelete, effect.FSChmod, effect.FSLink:
		return len(e.Zones) > 0 && !e.In(zone.Outside)
	}
	return false
}

// Object names what an effect acts on, with a space before it, for sentences; empty when nothing is named.
func Object(e effect.Effect) string {
	switch {
	case e.Path != "":
		return " " + e.Path
	case e.Host != "":
		return " " + e.Host
	case e.Target != "":
		return " " + e.Target
	}
	return ""
}
