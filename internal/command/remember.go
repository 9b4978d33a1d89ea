package command

import (
	"path"
	"strings"

	"writ/internal/effect"
)

// remember notes what files the command wrote, so that running one of them later in the line is understood.
func (r *reader) remember(name string, fields []field, settled []effect.Effect, in *flow) {
	content := flow{}
	keep := false
	for _, e := range settled {
		switch e.Kind {
		case effect.NetConnect:
			if e.Method == "" || e.Method == "GET" {
				content, keep = flow{from: "network"}, true
			}
		case effect.FSRead:
			if f, ok := r.files[e.Path]; ok && (name == "cp" || name == "mv" || name == "install" || name == "ln") {
				content, keep = f, true
			}
		case effect.FSDelete:
			if f, ok := r.files[e.Path]; ok && name == "mv" {
				content, keep = f, true
			}
		}
	}
	r.fetch(name, fields, settled, in)
	if name == "tee" && in != nil {
		content, keep = *in, true
	}
	for _, e := range settled {
		switch {
		case e.Kind == effect.FSWrite && e.Path != "" && keep:
			r.wrote(e.Path, content)
		}
	}
}

// fetch notes folders that the command fills with what comes from the network.
func (r *reader) fetch(name string, fields []field, settled []effect.Effect, in *flow) {
	for _, e := range settled {
		switch {
		case e.Kind == effect.GitRemote && e.Has("clone"):
			last := strings.TrimSuffix(strings.TrimSuffix(fields[len(fields)-1].Text, "/"), ".git")
			if i := strings.LastIndexAny(last, "/:"); i >= 0 && remoteLike(last) {
				last = last[i+1:]
			}
			if strings.HasPrefix(last, "/") {
				r.fetched = append(r.fetched, last)
			} else if r.at != "" && last != "" {
				r.fetched = append(r.fetched, path.Join(r.at, last))
			}
		case e.Kind == effect.FSWrite && e.Has("extract") && in != nil && in.from == "network":
			r.fetched = append(r.fetched, e.Path)
		}
	}
}

// remoteLike tells addresses of repositories from folders.
func remoteLike(s string) bool {
	return strings.Contains(s, "://") || strings.Contains(s, "@") && strings.Contains(s, ":") || strings.Count(s, ":") == 1 && !strings.HasPrefix(s, "/")
}
