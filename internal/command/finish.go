package command

import (
	"slices"
	"strings"

	"writ/internal/effect"
)

// key tells effects apart; the words that caused them do not.
type key struct {
	kind                               effect.Kind
	path, host, scheme, method, target string
	reason, flags                      string
	port                               int
}

// emit adds an effect to the result unless it is there already.
func (r *reader) emit(e effect.Effect) {
	if r.stopped && e.Kind != effect.Unresolved {
		return
	}
	if len(r.res.Effects) >= maxEffects {
		if !r.stopped {
			r.stopped = true
			r.res.Effects = append(r.res.Effects, effect.Effect{Kind: effect.Unresolved, Reason: "the line has too many effects to be listed", Flags: []string{"bound"}})
		}
		return
	}
	k := key{kind: e.Kind, path: e.Path, host: e.Host, scheme: e.Scheme, method: e.Method, target: e.Target, reason: e.Reason, port: e.Port}
	switch len(e.Flags) {
	case 0:
	case 1:
		k.flags = e.Flags[0]
	default:
		k.flags = strings.Join(e.Flags, " ")
	}
	if r.seen == nil {
		r.seen = make(map[key]int, 8)
	}
	if _, dup := r.seen[k]; dup {
		return
	}
	r.seen[k] = len(r.res.Effects)
	r.res.Effects = append(r.res.Effects, e)
}

// protective are the labels that a path keeps from the name it is called by, whatever that name links to.
var protective = []string{"secret", "wiring", "writ", "audit", "persist", "ci", "vcs", "worktree-git", "system", "device"}

// zonesOf labels a resolved path, and the name it was called by where that differs.
func (r *reader) zonesOf(resolved, named string) []string {
	zones := r.classify(resolved)
	if named == resolved || named == "" {
		return zones
	}
	for _, z := range r.classify(named) {
		if slices.Contains(protective, z) && !slices.Contains(zones, z) {
			zones = append(zones, z)
		}
	}
	return zones
}

// unlinks are the kinds that act on a name and not on what it links to.
func unlinks(k effect.Kind) bool { return k == effect.FSDelete || k == effect.FSLink }

// onFiles are the kinds whose Path is a file.
func onFiles(k effect.Kind) bool { return strings.HasPrefix(string(k), "fs.") }

// settle gives an effect its absolute path, zones and origin, and adds it to the result.
func (r *reader) settle(sh *scope, e effect.Effect, fields []field, extra ...string) effect.Effect {
	e.Via = sh.via
	if len(extra) > 0 {
		e.Via = append(slices.Clip(slices.Clone(sh.via)), extra...)
	}
	if e.Words == nil {
		e.Words = shown(fields)
	}
	if sh.remote && !e.Has("remote") {
		e.Flags = append(slices.Clip(e.Flags), "remote")
	}
	if e.Path != "" || onFiles(e.Kind) {
		r.place(sh, &e, fields)
	}
	r.emit(e)
	if e.Kind == effect.FSLink {
		r.link(sh, e)
	}
	r.optionName(sh, e)
	return e
}

// place resolves the path of an effect.
func (r *reader) place(sh *scope, e *effect.Effect, fields []field) {
	raw := e.Path
	source := sourceOf(raw, fields)
	if source != nil && !source.Known && !source.atom || raw == "" && !e.Has("computed") && anyUnknown(fields) {
		e.Flags = withFlag(e.Flags, "unknown-path")
		if e.Reason == "" {
			e.Reason = "the path is known only when the command runs"
		}
	}
	if source != nil && !source.Known && source.atom {
		e.Flags = slices.DeleteFunc(slices.Clone(e.Flags), func(f string) bool { return f == "unknown-path" })
	}
	if raw == "" {
		return
	}
	if remoteTarget(raw) {
		return
	}
	if sh.remote {
		if strings.HasPrefix(raw, "/") {
			raw = cleanPath(raw)
		}
		e.Path, e.Zones = raw, r.classify(raw)
		return
	}
	if e.Has("matching") && e.Kind == effect.FSDelete {
		raw = strings.TrimSuffix(raw, "/") + "/" + picked(texts(fields)) // not the folder, but what find picks below it
	}
	named := r.absolute(sh, raw)
	if named == "" {
		e.Flags = withFlag(e.Flags, "unknown-path")
		if e.Reason == "" {
			e.Reason = "the folder that the path is relative to is not known"
		}
		e.Zones = r.classify(raw)
		return
	}
	if throughProcess(named) {
		r.obfuscated(sh, "a path that leads through another process", []string{raw})
	}
	resolved := r.resolve(named, !unlinks(e.Kind) || strings.HasSuffix(raw, "/"))
	e.Path = resolved
	e.Zones = r.zonesOf(resolved, named)
	if source != nil && source.pattern != "" || strings.ContainsAny(raw, "*?[") {
		pattern := raw
		if source != nil && source.pattern != "" {
			pattern = source.pattern
		}
		r.placePattern(sh, e, pattern)
	}
}

// placePattern adds what a pattern means as a whole: everything in a folder is as good as the folder.
func (r *reader) placePattern(sh *scope, e *effect.Effect, pattern string) {
	dir, base, ok := cutLast(pattern)
	if !ok {
		dir = sh.cwd
	}
	if e.Kind == effect.FSRead && !slices.Contains(e.Zones, "secret") && spellsSecret(cleanPath(r.absolute(sh, pattern)), r.home(sh)) {
		e.Zones = append(e.Zones, "secret")
	}
	if strings.Trim(base, "*.?") != "" || !strings.Contains(base, "*") || e.Kind == effect.FSList {
		return
	}
	e.Flags = withFlag(e.Flags, "glob")
	abs := r.absolute(sh, dir)
	if abs == "" {
		return
	}
	for _, z := range r.classify(r.resolve(abs, true)) {
		whole := e.Kind == effect.FSDelete && e.Has("recursive") // only then is all of the project meant
		if !slices.Contains(e.Zones, z) && (z != "project-root" || whole) {
			e.Zones = append(e.Zones, z)
		}
	}
}

func cutLast(path string) (dir, base string, ok bool) {
	path = strings.TrimRight(path, "/")
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path, false
	}
	return path[:i+1], path[i+1:], true
}

// remoteTarget tells host:path and URL arguments, which are no files here.
func remoteTarget(path string) bool {
	i := strings.IndexAny(path, ":/")
	return i > 1 && path[i] == ':' && !strings.HasPrefix(path[i:], ":\\")
}

// sourceOf finds the word that a path was taken from.
func sourceOf(path string, fields []field) *field {
	for i := range fields {
		f := &fields[i]
		if (!f.Known || f.pattern != "" || f.Glob) && f.Text != "" && strings.HasSuffix(f.Text, path) && path != "" {
			return f
		}
	}
	return nil
}

func anyUnknown(fields []field) bool {
	for i := range fields {
		if i > 0 && !fields[i].Known && !fields[i].atom {
			return true
		}
	}
	return false
}

func withFlag(flags []string, flag string) []string {
	if slices.Contains(flags, flag) {
		return flags
	}
	return append(slices.Clip(flags), flag)
}

// shownText puts a sign in the place of stand-ins for unknown values.
func shownText(text string) string {
	if !strings.Contains(text, unknownName) {
		return text
	}
	var b strings.Builder
	for _, p := range marked(text, true, nil) {
		if p.unknown {
			b.WriteString("…")
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// shown gives the words of a call for people: as written, and not too many.
func shown(fields []field) []string {
	out := make([]string, 0, min(len(fields), 40))
	for i, f := range fields {
		if i == 40 {
			return append(out, "…")
		}
		text := f.Raw
		if text == "" {
			text = f.Text
		}
		text = shownText(text)
		if len(text) > 300 {
			text = text[:300] + "…"
		}
		if i > 0 && f.pattern != "" && len(out) > 0 && out[len(out)-1] == text {
			continue // the other names of the same pattern
		}
		out = append(out, text)
	}
	return out
}

// optionName reports new files whose names other programs take for options (tar, chown and rsync with a *).
func (r *reader) optionName(sh *scope, e effect.Effect) {
	if e.Kind != effect.FSWrite && e.Kind != effect.FSLink {
		return
	}
	if _, base, ok := cutLast(e.Path); ok && len(base) > 2 && base[0] == '-' {
		r.obfuscated(sh, "the name of a new file is an option for programs that meet it", []string{base})
	}
}
