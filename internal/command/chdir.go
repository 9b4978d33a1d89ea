package command

import (
	"path"
	"strings"

	"writ/internal/catalog"
)

// changeDir follows cd, pushd and popd.
func (r *reader) changeDir(sh *scope, fields []field) {
	var to *field
	for i := range fields[1:] {
		f := &fields[i+1]
		if f.Text == "--" || f.Known && len(f.Text) > 1 && f.Text[0] == '-' && strings.Trim(f.Text[1:], "LPe@nq") == "" {
			continue
		}
		to = f
		break
	}
	old := sh.cwd
	switch name := fields[0].Text; {
	case name == "popd":
		sh.cwd = ""
		if n := len(sh.dirs); n > 0 {
			sh.cwd, sh.dirs = sh.dirs[n-1], sh.dirs[:n-1]
		}
		return
	case name == "pushd":
		sh.dirs = append(append([]string{}, sh.dirs...), old)
		if to == nil {
			sh.cwd = ""
			return
		}
	}
	switch {
	case to == nil:
		sh.cwd = r.home(sh)
	case to.Known && to.Text == "-":
		sh.cwd = sh.vars["OLDPWD"].text
	default:
		r.cd(sh, to.Word)
	}
	sh.set("OLDPWD", variable{text: old, known: old != ""})
}

// cd moves the scope to a folder; one that is not known leaves the scope without a folder.
func (r *reader) cd(sh *scope, to catalog.Word) {
	if !to.Known || to.Glob || to.Text == "" && to.Raw != `""` && to.Raw != "''" {
		sh.cwd = ""
		return
	}
	if sh.remote {
		if path.IsAbs(to.Text) {
			sh.cwd = path.Clean(to.Text)
		} else {
			sh.cwd = path.Join(sh.cwd, to.Text)
		}
		return
	}
	abs := r.absolute(sh, to.Text)
	if abs == "" {
		sh.cwd = ""
		return
	}
	// the shell cleans ".." by the names and follows links afterwards
	sh.cwd = path.Clean(r.unproc(abs))
}
