package catalog

import (
	"path"
	"strings"

	"writ/internal/effect"
)

var cpSpec = newSpec("a,archive b,backup? d f,force i,interactive H l,link L,dereference n,no-clobber P,no-dereference p preserve? no-preserve= R,r,recursive s,symbolic-link S,suffix= t,target-directory= T,no-target-directory u,update? v,verbose x,one-file-system Z context? reflink? sparse= parents remove-destination strip-trailing-slashes attributes-only copy-contents c X")

// sourcesAndTarget splits the operands of cp, mv and install.
func sourcesAndTarget(p parsed) (sources []Word, target Word) {
	if t, ok := p.value("target-directory"); ok {
		return p.args, Word{Text: strings.TrimSuffix(t.Text, "/") + "/", Known: t.Known}
	}
	if len(p.args) < 2 {
		return p.args, Word{Known: true}
	}
	n := len(p.args) - 1
	return p.args[:n], p.args[n]
}

// landings are the files that appear when sources are put at the target.
func landings(sources []Word, target Word) []Word {
	if target.Text == "" && target.Known {
		return nil
	}
	all := []Word{target}
	if strings.HasSuffix(target.Text, "/") || len(sources) > 1 || target.Text == "." || target.Text == ".." {
		all = all[:0]
		for _, s := range sources {
			t := target
			t.Text = strings.TrimSuffix(target.Text, "/") + "/" + path.Base(s.Text)
			t.Glob, t.Known = t.Glob || s.Glob, t.Known && s.Known
			all = append(all, t)
		}
	}
	return all
}

func copies(s *spec) program {
	return func(c Call) Outcome {
		p := s.parse(c.Args[1:])
		sources, target := sourcesAndTarget(p)
		var out Outcome
		if p.has("link", "symbolic-link") {
			for _, name := range landings(sources, target) {
				out.link(name, sources[0])
			}
		}
		out.paths(effect.FSRead, sources, append([]string{"copy"}, flagIf(p.has("recursive", "archive"), "recursive")...)...)
		flags := append([]string{"copy"}, flagIf(!p.has("no-clobber"), "truncate")...)
		out.paths(effect.FSWrite, landings(sources, target), flags...)
		return out
	}
}

func installs(c Call) Outcome {
	p := newSpec("b,backup? c C D d,directory g,group= m,mode= o,owner= p s,strip S,suffix= t,target-directory= T v,verbose Z").parse(c.Args[1:])
	var out Outcome
	if p.has("directory") {
		out.paths(effect.FSWrite, p.args, "mkdir")
		return out
	}
	sources, target := sourcesAndTarget(p)
	out.paths(effect.FSRead, sources, "copy")
	out.paths(effect.FSWrite, landings(sources, target), "copy", "truncate")
	if mode := p.text("mode"); mode != "" {
		out.paths(effect.FSChmod, landings(sources, target), modeFlags(mode)...)
	}
	return out
}

func moves(c Call) Outcome {
	p := newSpec("b,backup? f,force i,interactive n,no-clobber S,suffix= t,target-directory= T,no-target-directory u,update? v,verbose Z strip-trailing-slashes exchange no-copy").parse(c.Args[1:])
	sources, target := sourcesAndTarget(p)
	var out Outcome
	for _, s := range sources {
		out.path(effect.FSDelete, s, "move")
	}
	flags := append([]string{"move"}, flagIf(!p.has("no-clobber"), "truncate")...)
	out.paths(effect.FSWrite, landings(sources, target), flags...)
	return out
}

// renames is rename(1): the Perl one takes code, the util-linux one two words; both then files.
func renames(c Call) Outcome {
	p := newSpec("n,nono,no-act v,verbose f,force s,symlink o,no-overwrite i,interactive e= l,last a,all").parse(c.Args[1:])
	var out Outcome
	if p.has("nono") {
		return out
	}
	if strings.ContainsAny(p.verb(), "/{;") {
		out.code("perl", p.args[0], "rename")
	}
	out.paths(effect.FSWrite, p.after(1), "move")
	return out
}

func links(c Call) Outcome {
	p := newSpec("b,backup? d F f,force i,interactive L,logical n,no-dereference h P,physical r,relative s,symbolic S,suffix= t,target-directory= T,no-target-directory v,verbose").parse(c.Args[1:])
	targets, name := sourcesAndTarget(p)
	if len(p.args) == 1 {
		name = known("./")
	}
	kind := "hard"
	if p.has("symbolic") {
		kind = "symbolic"
	}
	var out Outcome
	flags := append([]string{kind}, flagIf(p.has("force"), "force")...)
	for i, n := range landings(targets, name) {
		if i < len(targets) {
			out.link(n, targets[i], flags...)
		}
	}
	for _, t := range targets {
		if kind == "symbolic" && !strings.HasPrefix(t.Text, "/") && strings.Contains(name.Text, "/") {
			t = under(Word{Text: path.Dir(name.Text), Known: name.Known}, t)
		}
		out.path(effect.FSRead, t, "link", kind)
	}
	return out
}
