package cli

import (
	"path/filepath"
	"sync"

	"writ/internal/guard"
)

// places finds the folder and the project of calls that may each stand somewhere else.
type places struct {
	fixed     string // the project that was named, "" to look for it
	cwd, user string
	known     sync.Map // folder → project
}

func newPlaces(project, cwd, user string) *places {
	p := &places{cwd: guard.Canonical(cwd), user: user}
	switch {
	case project != "":
		p.fixed = guard.Canonical(project)
		p.cwd = p.fixed
	case guard.ProjectOf(p.cwd, user) == "":
		// a home folder or / is no project: judge as in a folder of the person's own
		p.cwd = filepath.Join(user, "project")
	}
	return p
}

// of gives the folder a call stands in and the project it belongs to.
func (p *places) of(cwd string) (folder, project string) {
	if cwd == "" {
		cwd = p.cwd
	}
	if p.fixed != "" {
		return cwd, p.fixed
	}
	if got, ok := p.known.Load(cwd); ok {
		return cwd, got.(string)
	}
	project = guard.ProjectOf(cwd, p.user)
	p.known.Store(cwd, project)
	return cwd, project
}
