package command

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// atoms are variables whose value is a number, a name or a version: it holds no slash and no blank.
var atoms = map[string]bool{
	"?": true, "$": true, "!": true, "#": true, "-": true, "RANDOM": true, "SRANDOM": true, "SECONDS": true,
	"LINENO": true, "UID": true, "EUID": true, "PPID": true, "BASHPID": true, "COLUMNS": true, "LINES": true,
	"SHLVL": true, "OPTIND": true, "EPOCHSECONDS": true, "EPOCHREALTIME": true, "HOSTNAME": true, "OSTYPE": true,
	"MACHTYPE": true, "HOSTTYPE": true, "USER": true, "LOGNAME": true, "BASH_VERSION": true, "GITHUB_SHA": true,
	"GITHUB_RUN_ID": true, "CI_COMMIT_SHA": true, "BUILD_NUMBER": true, "GOOS": true, "GOARCH": true,
}

// lookup gives what is known of a variable, and whether it is certain to be set.
func (r *reader) lookup(sh *scope, name string) variable {
	if from, ok := strings.CutPrefix(name, unknownName); ok {
		return variable{from: from}
	}
	for i := 0; i < 8; i++ {
		v, ok := sh.vars[name]
		if !ok {
			return r.outer(sh, name)
		}
		if v.ref == "" {
			if r.alt > 0 && len(v.others) >= r.alt {
				return variable{text: v.others[r.alt-1], known: true}
			}
			r.others = max(r.others, len(v.others))
			if i > 0 {
				v.from = worse(v.from, "shaped")
			}
			return v
		}
		name = v.ref
	}
	return variable{}
}

// outer gives variables that the line has not set: those of the environment and the shell's own.
func (r *reader) outer(sh *scope, name string) variable {
	if len(name) == 1 && name[0] >= '1' && name[0] <= '9' {
		if n := int(name[0] - '0'); n <= len(sh.params) {
			f := sh.params[n-1]
			return variable{text: f.Text, known: f.Known, from: f.from}
		}
		return variable{known: sh.isSet}
	}
	if !sh.remote {
		switch name {
		case "PWD":
			if sh.cwd != "" {
				return variable{text: sh.cwd, known: true}
			}
		case "HOME":
			if h := r.home(sh); h != "" {
				return variable{text: h, known: true}
			}
		}
		if v, ok := r.env.Vars[name]; ok && name != "PWD" {
			return variable{text: v, known: true}
		}
	}
	switch name {
	case "0":
		if sh.shell != "" {
			return variable{text: sh.shell, known: true}
		}
		return variable{text: "bash", known: true}
	case "SHELL", "BASH":
		return variable{text: "/bin/bash", known: true}
	case "TMPDIR", "RUNNER_TEMP":
		return variable{text: "/tmp", known: true}
	case "CLAUDE_PROJECT_DIR", "GITHUB_WORKSPACE", "CI_PROJECT_DIR":
		if r.env.Project != "" {
			return variable{text: r.env.Project, known: true}
		}
	case "OPTARG", "REPLY":
		return variable{}
	case "IFS":
		return variable{text: " \t\n", known: true}
	}
	if credential(name) {
		return variable{from: "credential"}
	}
	return variable{}
}

// credential tells whether a variable's name says that it holds a password, token or key.
func credential(name string) bool {
	n := strings.ToUpper(name)
	if n == "KEY" || n == "PASS" || n == "CREDS" || n == "AUTH" {
		return true
	}
	for _, part := range [...]string{"SECRET", "PASSWORD", "PASSWD", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY", "ACCESS_KEY", "CREDENTIAL"} {
		if strings.Contains(n, part) {
			return true
		}
	}
	return false
}

// param expands $x, ${x} and its operators.
func (r *reader) param(sh *scope, pe *syntax.ParamExp, double bool) []piece {
	if pe.Param == nil {
		return []piece{{unknown: true, quoted: double}}
	}
	name := pe.Param.Value
	if (name == "@" || name == "*") && !pe.Length {
		return r.listPieces(sh, sh.params, sh.isSet, pe, name == "@", double)
	}
	v := r.lookup(sh, name)
	if pe.Excl {
		return r.indirect(sh, pe, v, double)
	}
	if pe.Index != nil {
		lit := ""
		if index, ok := pe.Index.(*syntax.Word); ok {
			lit = index.Lit()
		}
		if lit == "@" || lit == "*" {
			if pe.Length {
				return one(strconv.Itoa(len(v.list)), v.isList && len(v.list) > 0, true, v.from, double)
			}
			return r.listPieces(sh, v.list, v.isList, pe, lit == "@", double)
		}
		v = r.element(sh, v, pe.Index)
	} else if v.isList {
		v = r.element(sh, v, nil)
	}
	return r.operate(sh, pe, name, v, double)
}

// shaped is the origin of a value that was cut or replaced; names of files stay what they are.
func shaped(from string) string {
	if strings.HasPrefix(from, namesFrom) {
		return from
	}
	return worse(from, "shaped")
}

func one(text string, known, atom bool, from string, double bool) []piece {
	if len(text) > maxValue {
		known = false
	}
	if !known {
		p := piece{unknown: true, atom: atom, from: from, quoted: double, split: !double}
		if pattern, ok := standIn(from); ok {
			p.text, p.stand, p.atom = pattern, true, true
		}
		return []piece{p}
	}
	return []piece{{text: text, quoted: double, split: !double, from: from}}
}

// operate applies the operator of an expansion to a scalar value.
func (r *reader) operate(sh *scope, pe *syntax.ParamExp, name string, v variable, double bool) []piece {
	switch {
	case pe.Length:
		return one(strconv.Itoa(utf8.RuneCountInString(v.text)), v.known, true, "", double)
	case pe.Slice != nil:
		text, known := r.slice(sh, pe.Slice, name, v)
		return one(text, known, false, shaped(v.from), double)
	case pe.Repl != nil:
		text, known := r.replace(sh, pe.Repl, v)
		return one(text, known, false, shaped(v.from), double)
	case pe.Exp != nil:
		return r.operator(sh, pe, name, v, double)
	}
	return one(v.text, v.known, atoms[name], v.from, double)
}
