package command

import (
	"path"
	"strings"
)

// glob expands a pattern against the tree. Where nothing matches, or there is no tree to look at, the
// pattern stays a word, with Glob set.
func (r *reader) glob(sh *scope, f field, pattern string, out []field) []field {
	f.Glob = true
	if r.env.Disk == nil || sh.remote || !f.Known || sh.cwd == "" && !path.IsAbs(pattern) {
		return append(out, f)
	}
	abs, prefix := pattern, ""
	if !path.IsAbs(pattern) {
		prefix = strings.TrimSuffix(quoteMeta(sh.cwd), "/") + "/"
		abs = prefix + pattern
	}
	names := r.matches(abs)
	if len(names) == 0 {
		return append(out, f)
	}
	cwd := strings.TrimSuffix(sh.cwd, "/") + "/"
	for i, name := range names {
		if i == maxMatches {
			return append(out, f) // the pattern itself stands for the rest
		}
		m := f
		m.Glob = false
		m.pattern = f.Text
		m.Text = name
		if prefix != "" {
			m.Text = strings.TrimPrefix(name, cwd)
		}
		out = append(out, m)
	}
	return out
}

// matches asks the disk, once for each pattern.
func (r *reader) matches(abs string) []string {
	if names, ok := r.globs[abs]; ok {
		return names
	}
	wild := 0
	for _, part := range strings.Split(abs, "/") {
		if strings.ContainsAny(part, "*?[") {
			wild++
		}
	}
	var names []string
	if wild <= 3 && len(r.globs) < 64 && !r.late() {
		names, _ = r.env.Disk.Glob(strings.ReplaceAll(abs, "[!", "[^")) // no answer is read as no match
	}
	if r.globs == nil {
		r.globs = map[string][]string{}
	}
	r.globs[abs] = names
	return names
}

// programs that a pattern in the place of a program is tried against when the tree does not tell.
var guessed = []string{"rm", "dd", "sh", "bash", "sudo", "cat", "curl", "wget", "chmod", "chown", "mkfs", "shred",
	"kill", "nc", "ncat", "python3", "python", "perl", "git", "mv", "cp", "tee", "base64", "zsh", "dash", "eval",
	"find", "xargs", "env", "su", "reboot", "shutdown", "halt", "poweroff", "id", "whoami", "passwd", "shadow"}

// guessProgram resolves a pattern in the place of a program by the programs that matter. /bin/r? is rm
// wherever it is written: nobody writes it who means anything else.
func guessProgram(f field) field {
	base := strings.ReplaceAll(path.Base(f.Text), "[!", "[^")
	if strings.Trim(base, "*?[]") == "" && strings.Contains(base, "*") {
		return f
	}
	for _, name := range guessed {
		if ok, err := path.Match(base, name); err == nil && ok {
			f.pattern, f.Text, f.Glob = f.Text, name, false
			return f
		}
	}
	return f
}

func quoteMeta(s string) string {
	if !strings.ContainsAny(s, `*?[\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(`*?[\`, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
