package guard

import (
	"context"
	"path/filepath"
	"strings"

	"writ/internal/effect"
	"writ/internal/pipeline"
	"writ/internal/verdict"
	"writ/internal/zone"
)

// Role is the stage that holds each role of a team to the files it may change: the lead the spec, reviewers
// their review, coding and devops agents everything but those. An agent without a role is solo: the
// project is its writ.
type Role struct{}

// Name implements pipeline.Stage.
func (Role) Name() string { return "role" }

// writes names, for each role, the files of a spec folder that it may change.
var writes = map[string][]string{
	"lead":   {"spec.md", "design.md", "tasks.md", "decisions.md"},
	"review": {"review.md"},
	"sa":     {"sa-review.md"},
}

// Judge implements pipeline.Stage.
func (Role) Judge(_ context.Context, c pipeline.Case) verdict.Verdict {
	role, _, _ := strings.Cut(c.Event.Principal.Role, "-")
	if role == "" || role == "solo" {
		return verdict.None()
	}
	for _, e := range c.Effects {
		if v := judgeRole(role, c.Event.Project, e); v.Effect != verdict.Abstain {
			return v
		}
	}
	return verdict.None()
}

func judgeRole(role, project string, e effect.Effect) verdict.Verdict {
	if !changes(e) || !e.In(zone.Project) || e.In(zone.Temp) && project == "" {
		return verdict.None()
	}
	spec, inSpec := specFile(project, e.Path)
	switch role {
	case "coding", "devops":
		if inSpec {
			return verdict.New(verdict.Deny, "role", "role-spec", "a "+role+" agent does not change the files of a spec ("+spec+")", "report what you need changed to the lead")
		}
		return verdict.None()
	case "lead", "review", "sa":
		for _, name := range writes[role] {
			if inSpec && spec == name {
				return verdict.None()
			}
		}
		return verdict.New(verdict.Deny, "role", "role-files", "a "+role+" agent changes only "+strings.Join(writes[role], ", ")+" of a spec ("+e.Path+")", "leave this file to the agent whose task it is")
	}
	return verdict.New(verdict.Ask, "role", "role-unknown", "the role "+role+" is not known to writ", "ask the person to give you a known role")
}

// changes tells of effects that alter a file.
func changes(e effect.Effect) bool {
	switch e.Kind {
	case effect.FSWrite, effect.FSDelete, effect.FSChmod, effect.FSLink:
		return true
	}
	return false
}

// specFile gives the name of a file that lies directly in .claude/specs/SLUG.
func specFile(project, path string) (string, bool) {
	rel, err := filepath.Rel(filepath.Join(project, ".claude", "specs"), path)
	if err != nil || strings.HasPrefix(rel, "..") {
		return "", false
	}
	return filepath.Base(rel), strings.Count(rel, "/") >= 1
}
