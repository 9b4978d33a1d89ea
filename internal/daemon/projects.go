package daemon

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"writ/internal/config"
	"writ/internal/guard"
)

// lookAgain is how long a project's files are taken as unchanged after a look at them.
const lookAgain = 50 * time.Millisecond

// maxProjects bounds the guards kept loaded.
const maxProjects = 64

// project is what holds in one project: its guard and configuration, or why there is none.
type project struct {
	root  string
	guard *guard.Guard
	cfg   config.Config
	err   error // with file and line; every call is denied
	// mark describes the files it was loaded from.
	mark   string
	looked time.Time
}

// projects loads guards per project and again when a policy or configuration file changes.
type projects struct {
	opt     Options
	changed func(*project)
	mu      sync.Mutex
	byRoot  map[string]*project
}

func newProjects(opt Options, changed func(*project)) *projects {
	return &projects{opt: opt, changed: changed, byRoot: map[string]*project{}}
}

// of gives what holds for a project's root now.
func (ps *projects) of(root string) *project {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	now := time.Now()
	p := ps.byRoot[root]
	if p != nil && now.Sub(p.looked) < lookAgain {
		return p
	}
	mark := ps.mark(root)
	if p == nil || p.mark != mark {
		p = ps.load(root)
		p.mark = mark
		ps.keep(p)
		ps.changed(p)
	}
	p.looked = now
	return p
}

// roots are the projects met so far.
func (ps *projects) roots() []string {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return slices.Collect(maps.Keys(ps.byRoot))
}

// keep stores a project, dropping any other one over the bound: it is loaded again when it is needed.
func (ps *projects) keep(p *project) {
	if _, known := ps.byRoot[p.root]; !known && len(ps.byRoot) >= maxProjects {
		for root := range ps.byRoot {
			delete(ps.byRoot, root)
			break
		}
	}
	ps.byRoot[p.root] = p
}

func (ps *projects) load(root string) *project {
	p := &project{root: root}
	if p.cfg, p.err = config.Load(ps.opt.Home.Config(), ps.opt.OrgConfig, root); p.err != nil {
		return p
	}
	p.guard, p.err = guard.New(guard.Options{Home: ps.opt.Home, Project: root, UserHome: ps.opt.UserHome, OrgDir: ps.opt.OrgPolicy})
	return p
}

// mark describes every file that load reads, by name, size and time of change.
func (ps *projects) mark(root string) string {
	var b strings.Builder
	for _, f := range config.Files(ps.opt.Home.Config(), ps.opt.OrgConfig, root) {
		stamp(&b, f)
	}
	for _, dir := range []string{ps.opt.OrgPolicy, ps.opt.Home.PolicyDir(), filepath.Join(root, ".writ", "policy")} {
		entries, err := os.ReadDir(dir)
		if dir == "" || err != nil {
			fmt.Fprintf(&b, "%s -\n", dir)
			continue
		}
		for _, e := range entries {
			stamp(&b, filepath.Join(dir, e.Name()))
		}
	}
	return b.String()
}

func stamp(b *strings.Builder, path string) {
	fi, err := os.Stat(path)
	if err != nil {
		fmt.Fprintf(b, "%s -\n", path)
		return
	}
	fmt.Fprintf(b, "%s %d %d %v\n", path, fi.Size(), fi.ModTime().UnixNano(), fi.Mode())
}
