package catalog

import (
	"path"
	"strings"

	"writ/internal/effect"
)

// removes deletes its operands. Options that are unknown words may be -rf.
func removes(s *spec, flags ...string) program {
	return func(c Call) Outcome {
		p := s.parse(c.Args[1:])
		var out Outcome
		if p.has("dry-run") {
			return out
		}
		f := with(flags, flagIf(p.has("recursive"), "recursive")...)
		f = append(f, flagIf(p.has("force"), "force")...)
		f = append(f, flagIf(p.has("i", "interactive"), "interactive")...)
		f = append(f, flagIf(p.has("no-preserve-root"), "root")...)
		f = append(f, flagIf(p.has("dir") && !p.has("recursive"), "empty-dir")...)
		if p.unknown && len(p.args) > 1 {
			f = with(f, "recursive", "unknown-options")
		}
		for _, w := range p.args {
			g := append(with(f), emptied(w)...)
			if p.has("recursive") {
				g = append(g, sourceFolder(w)...)
			}
			out.path(effect.FSDelete, w, unique(g)...)
		}
		return out
	}
}

func shred(c Call) Outcome {
	p := newSpec("f,force n,iterations= random-source= s,size= u remove? v,verbose x,exact z,zero").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.args {
		if strings.HasPrefix(w.Text, "/dev/") {
			out.path(effect.SysDisk, w, "raw")
		}
		out.path(effect.FSDelete, w, "shred", "force")
	}
	return out
}

// sourceNames are folders in which people keep their work, by custom.
var sourceNames = nameSet(`src source sources lib libs app apps test tests spec specs doc docs pkg packages internal cmd public scripts config configs migrations data db database
	assets components server client backend frontend api web services modules core models views controllers include templates static resources uploads storage backup backups .github .vscode .config infra terraform charts helm k8s deploy`)

// sourceFolder is the flag for the removal of a folder that holds work rather than what a build made.
func sourceFolder(w Word) []string {
	t := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(w.Text, "./"), "/*"), "/")
	return flagIf(w.Known && strings.Count(t, "/") < 2 && sourceNames[path.Base(t)] && !strings.HasPrefix(t, "/tmp/") && !buildNames[strings.SplitN(t, "/", 2)[0]], "source")
}

// buildNames are folders that builds and tools make, and make again.
var buildNames = nameSet("node_modules dist build out target .next .nuxt .cache coverage tmp .tmp vendor .venv venv __pycache__ .pytest_cache .tox bin obj .gradle .terraform")

// sharedFolders are folders in which others keep files too.
var sharedFolders = nameSet("/tmp /var/tmp /dev/shm /private/tmp /run /var/run /home /Users /opt /srv /mnt /media /var /var/lib /var/www")

// emptied is the flag for the removal of a whole shared folder.
func emptied(w Word) []string {
	t := strings.TrimSuffix(strings.TrimSuffix(w.Text, "/*"), "/")
	return flagIf(sharedFolders[t] && w.Known, "shared")
}

func fdupes(c Call) Outcome {
	p := newSpec("d,delete deleteduplicates= r,recurse R N,noprompt").parse(c.Args[1:])
	var out Outcome
	kind := effect.FSList
	if p.has("delete") || p.text("deleteduplicates") == "true" {
		kind = effect.FSDelete
	}
	out.paths(kind, p.args, "recursive")
	return out
}
