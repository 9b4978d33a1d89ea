package command

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"writ/internal/catalog"
	"writ/internal/effect"
	"writ/internal/inline"
)

// maxCodeFile bounds the files of other languages that are read; shell scripts keep to maxLine.
const maxCodeFile = 256 << 10

// script reads a script file that a command runs.
func (r *reader) script(sh *scope, n catalog.Nested, fields []field, in *flow) {
	f := r.again(n.Path, fields, nil)
	args := make([]field, 0, len(n.Args))
	for _, w := range n.Args {
		args = append(args, r.again(w, fields, nil))
	}
	if n.Remote || sh.remote {
		return // a file of another machine
	}
	if !f.Known && !f.atom {
		if strings.Contains(path.Base(f.Text), ".") && f.Text != "" {
			r.unresolved("the script's folder is known only when it runs", shown(fields), sh.via, "minor")
			return
		}
		r.unresolved("which script runs is computed", shown(fields), sh.via, "program")
		return
	}
	r.scriptFile(sh, f, n.Lang, args, in)
}

// scriptFile reads a file as a program. A file that is not there, or is no text, is no more than a program
// that runs; what the line itself wrote is read from the line.
func (r *reader) scriptFile(sh *scope, f field, lang string, args []field, in *flow) {
	abs := r.absolute(sh, f.Text)
	if abs == "" {
		return
	}
	resolved := r.resolve(abs, true)
	if !descriptor(resolved) && !strings.HasPrefix(resolved, "/dev/null") {
		r.settle(sh, effect.Effect{Kind: effect.Exec, Target: path.Base(f.Text), Path: f.Text, Flags: r.scriptFlags(resolved)}, []field{f})
	}
	if text, ok := r.files[resolved]; ok {
		r.writtenScript(sh, resolved, text, lang, args, in)
		return
	}
	if strings.HasPrefix(abs, "/proc/self/fd/") || strings.HasPrefix(resolved, "/memfd:") {
		r.unresolved("a program that lies in memory only is run", []string{f.Text}, sh.via, "code")
		return
	}
	if f.Text == "/dev/stdin" || f.Text == "-" || strings.HasPrefix(resolved, "/dev/fd/") {
		if in != nil {
			r.writtenScript(sh, f.Text, *in, lang, args, nil)
		}
		return
	}
	if r.env.Disk == nil || slices.Contains(r.scripts, resolved) {
		return
	}
	if len(r.scripts) >= maxScripts {
		r.scriptTrouble(sh, "scripts run scripts too deeply", resolved)
		return
	}
	st := r.stat(resolved)
	for _, dir := range r.fetched {
		if !st.ok && (dir == resolved || strings.HasPrefix(resolved, strings.TrimSuffix(dir, "/")+"/")) {
			r.unresolved("the script comes from the network and cannot be read before", []string{f.Text}, sh.via, "script")
			return
		}
	}
	if !st.ok || st.mode&fs.ModeType != 0 || r.late() {
		return
	}
	data, err := r.env.Disk.ReadFile(resolved, maxCodeFile+1)
	if err != nil {
		r.scriptTrouble(sh, "the script cannot be read: "+err.Error(), resolved)
		return
	}
	r.scripts = append(r.scripts, resolved)
	r.scriptText(sh, resolved, string(data), lang, args, in)
	r.scripts = r.scripts[:len(r.scripts)-1]
}

// scriptFlags tell of a script whose text is known from nowhere: neither the line wrote it nor is it there.
func (r *reader) scriptFlags(resolved string) []string {
	_, written := r.files[resolved]
	if written || r.env.Disk == nil || r.stat(resolved).ok {
		return []string{"script"}
	}
	return []string{"script", "missing"}
}

// writtenScript reads a script whose content comes from the line itself: written before, or a substitution.
func (r *reader) writtenScript(sh *scope, name string, content flow, lang string, args []field, in *flow) {
	words := []string{name}
	if !content.known {
		r.computedShell(sh, content.from, words)
		return
	}
	if content.partial() && strings.TrimSpace(content.stripped()) == "" {
		r.computedShell(sh, content.from, words)
		return
	}
	if slices.Contains(r.scripts, name) {
		return
	}
	if content.from == "decode" {
		r.obfuscated(sh, "a decoded text is run as a script", words)
	}
	r.scripts = append(r.scripts, name)
	text := content.text
	if lang != "shell" && lang != "" {
		text = content.stripped()
	}
	r.scriptText(sh, name, text, lang, args, in)
	r.scripts = r.scripts[:len(r.scripts)-1]
}

func (r *reader) scriptTrouble(sh *scope, why, name string) {
	r.unresolved(why, []string{name}, sh.via, "minor")
}

// scriptText reads a script's text in the language that it is in.
func (r *reader) scriptText(sh *scope, name, text, lang string, args []field, in *flow) {
	if strings.IndexByte(text[:min(len(text), 512)], 0) >= 0 {
		return // a compiled program
	}
	text = strings.TrimPrefix(text, "\ufeff")
	lang = scriptLang(name, text, lang)
	inner := sh
	via := sh.via
	inner.via = append(slices.Clip(slices.Clone(via)), path.Base(name))
	defer func() { inner.via = via }()
	if lang != "shell" {
		if lang == "" {
			return
		}
		if len(text) > maxCodeFile {
			r.scriptTrouble(sh, "the script is longer than writ reads", name)
			text = text[:maxCodeFile]
		}
		before := len(r.res.Effects)
		r.inlineCode(inner, lang, text, []string{name})
		r.soften(before)
		return
	}
	if len(text) > maxLine {
		r.unresolved("the script is longer than writ reads", []string{name}, inner.via, "bound", "script")
		text = text[:strings.LastIndexByte(text[:maxLine], '\n')+1]
	}
	if args != nil || !sh.isSet {
		inner.params, inner.isSet = args, args != nil
	}
	inner.shell = name
	before := len(r.res.Effects)
	r.shellText(inner, strings.ReplaceAll(text, "\r\n", "\n"), in)
	r.soften(before)
}

// soften marks what a script on disk leaves open as minor: its ordinary variables and options are known to
// those who wrote it. What it decodes, downloads or evaluates stays as it is.
func (r *reader) soften(from int) {
	for i := from; i < len(r.res.Effects); i++ {
		e := &r.res.Effects[i]
		if e.Kind == effect.Unresolved && !e.Has("code") && !e.Has("bound") && !e.Has("obfuscated") && !e.Has("panic") {
			e.Flags = withFlag(e.Flags, "minor")
		}
	}
}

// scriptLang says what language a script is in: by its first line, then by what runs it, then by its name.
func scriptLang(name, text, lang string) string {
	if lang != "" && lang != "shell" {
		return lang
	}
	if line, ok := strings.CutPrefix(text, "#!"); ok {
		line, _, _ = strings.Cut(line, "\n")
		for _, word := range strings.Fields(line) {
			base := catalog.BaseName(word)
			if base == "env" || strings.HasPrefix(base, "-") || strings.Contains(base, "=") {
				continue
			}
			if lang == "shell" || shells[base] {
				return "shell"
			}
			return inline.Canonical(base)
		}
	}
	if lang == "shell" {
		return lang
	}
	if l, ok := extensions[path.Ext(name)]; ok {
		return l
	}
	return "shell"
}

// extensions name the language of a file without a first line that does.
var extensions = map[string]string{".py": "python", ".js": "node", ".mjs": "node", ".cjs": "node", ".ts": "node",
	".rb": "ruby", ".pl": "perl", ".php": "php", ".lua": "lua"}

// runsFile reads the file that a command names by its path, when the catalog does not know the program.
func (r *reader) runsFile(sh *scope, fields []field, in *flow) {
	if !strings.Contains(fields[0].Text, "/") || sh.remote {
		return
	}
	r.scriptFile(sh.sub(), fields[0], "", fields[1:], in)
}
