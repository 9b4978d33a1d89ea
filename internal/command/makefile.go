package command

import (
	"path"
	"strings"

	"writ/internal/catalog"
)

// makefile is the little of a Makefile that reading needs: plain assignments and rules.
type makefile struct {
	vars  map[string]string
	rules map[string]*makeRule
	first string
	shell []string // commands that $(shell …) runs while the file is read
}

type makeRule struct {
	needs  []string
	recipe []string
}

// parseMake reads a Makefile. Conditionals are read as if every branch held, includes are not followed.
func parseMake(text string) *makefile {
	m := &makefile{vars: map[string]string{}, rules: map[string]*makeRule{}}
	text = strings.ReplaceAll(text, "\\\r\n", " ")
	var current []*makeRule
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		for strings.HasSuffix(line, "\\") && i+1 < len(lines) {
			i++
			sep := " "
			if strings.HasPrefix(line, "\t") {
				sep = "\\\n" // the shell joins a recipe's lines
			}
			line = strings.TrimSuffix(line, "\\") + sep + strings.TrimPrefix(lines[i], "\t")
		}
		if strings.HasPrefix(line, "\t") {
			for _, rule := range current {
				rule.recipe = append(rule.recipe, line[1:])
			}
			continue
		}
		if j := strings.IndexByte(line, '#'); j >= 0 {
			line = line[:j]
		}
		line = strings.TrimSpace(line)
		if line == "" || m.assignment(line) {
			continue
		}
		if head, tail, ok := strings.Cut(line, ":"); ok {
			current = m.rule(head, tail)
		}
	}
	return m
}

func (m *makefile) assignment(line string) bool {
	line = strings.TrimPrefix(strings.TrimPrefix(line, "override "), "export ")
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '=':
			name := strings.TrimSpace(strings.TrimRight(line[:i], ":?+!"))
			if name == "" || strings.ContainsAny(name, " \t%") {
				return false
			}
			value := strings.TrimSpace(line[i+1:])
			if i > 0 && line[i-1] == '+' && m.vars[name] != "" {
				value = m.vars[name] + " " + value
			}
			if i > 0 && line[i-1] == '!' {
				m.shell = append(m.shell, value)
			}
			m.vars[name] = value
			m.shellCalls(value)
			return true
		case c == ':' && i+1 < len(line) && (line[i+1] == '=' || line[i+1] == ':'):
		case c == ':' || c == '$':
			if c == ':' {
				return false
			}
		}
	}
	return false
}

// shellCalls notes the commands of $(shell …), which run as soon as make reads the file.
func (m *makefile) shellCalls(value string) {
	for {
		_, rest, ok := strings.Cut(value, "$(shell ")
		if !ok {
			return
		}
		depth, end := 1, len(rest)
		for i := 0; i < len(rest) && depth > 0; i++ {
			switch rest[i] {
			case '(':
				depth++
			case ')':
				if depth--; depth == 0 {
					end = i
				}
			}
		}
		m.shell = append(m.shell, rest[:end])
		value = rest[end:]
	}
}

func (m *makefile) rule(head, tail string) []*makeRule {
	tail = strings.TrimPrefix(tail, ":")
	needs, inline, hasInline := strings.Cut(tail, ";")
	if j := strings.IndexByte(needs, '|'); j >= 0 {
		needs = needs[:j] + " " + needs[j+1:]
	}
	var rules []*makeRule
	for _, name := range strings.Fields(head) {
		rule := m.rules[name]
		if rule == nil {
			rule = &makeRule{}
			m.rules[name] = rule
			if m.first == "" && !strings.HasPrefix(name, ".") && !strings.Contains(name, "%") {
				m.first = name
			}
		}
		rule.needs = append(rule.needs, strings.Fields(needs)...)
		if hasInline {
			rule.recipe = append(rule.recipe, inline)
		}
		rules = append(rules, rule)
	}
	return rules
}

// expand replaces $(VAR), ${VAR} and automatic variables, and turns $$ into the shell's $. What is not
// defined in the file stays a variable that is surely set.
func (m *makefile) expand(text, target string, needs []string, depth int) string {
	if depth > 8 || !strings.Contains(text, "$") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text) && b.Len() < maxLine; i++ {
		if text[i] != '$' || i+1 >= len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		switch c := text[i]; c {
		case '$':
			b.WriteByte('$')
		case '@':
			b.WriteString(target)
		case '<':
			if len(needs) > 0 {
				b.WriteString(needs[0])
			}
		case '^', '+', '?':
			b.WriteString(strings.Join(needs, " "))
		case '(', '{':
			name, n := makeName(text[i:])
			b.WriteString(m.value(name, target, needs, depth))
			i += n
		default:
			b.WriteString(m.value(string(c), target, needs, depth))
		}
	}
	return b.String()
}

// makeName gives the inside of a bracketed reference and how far it reaches.
func makeName(text string) (string, int) {
	open, shut := text[0], byte(')')
	if open == '{' {
		shut = '}'
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return text[1:i], i
			}
		}
	}
	return text[1:], len(text) - 1
}

func (m *makefile) value(name, target string, needs []string, depth int) string {
	if v, ok := m.vars[name]; ok {
		return m.expand(v, target, needs, depth+1)
	}
	switch name {
	case "MAKE":
		return "make"
	case "RM":
		return "rm -f"
	case "CC":
		return "cc"
	case "CXX":
		return "c++"
	case "CURDIR", "PWD":
		return "."
	case "HOME":
		return "$HOME"
	}
	return "${" + unknownName + ":?}"
}

// makeTarget reads the recipes that making a target runs, those of what it needs first.
func (r *reader) makeTarget(sh *scope, file, name string, assigns []catalog.Assign) {
	text, ok := r.readText(file)
	if !ok {
		return
	}
	sh.cwd = path.Dir(file)
	r.makeText(sh, text, name, assigns)
}

// makeText reads the rules of a Makefile's text.
func (r *reader) makeText(sh *scope, text, name string, assigns []catalog.Assign) {
	m := parseMake(text)
	for _, a := range assigns {
		if a.Value.Known {
			m.vars[a.Name] = a.Value.Text
		}
	}
	if s, ok := m.vars["SHELL"]; ok {
		r.tampered(sh, strings.TrimSpace(s))
	}
	for _, cmd := range m.shell {
		r.shellText(sh.sub(), m.expand(cmd, "", nil, 0), nil)
	}
	if name == "" {
		if name = m.first; m.vars[".DEFAULT_GOAL"] != "" {
			name = m.vars[".DEFAULT_GOAL"]
		}
	}
	r.makeRule(sh, m, name, map[string]bool{})
}

func (r *reader) makeRule(sh *scope, m *makefile, name string, done map[string]bool) {
	rule := m.rules[name]
	if rule == nil || done[name] || len(done) > 64 || r.stopped {
		return
	}
	done[name] = true
	var needs []string
	for _, n := range rule.needs {
		needs = append(needs, strings.Fields(m.expand(n, name, nil, 0))...)
	}
	for _, n := range needs {
		r.makeRule(sh, m, n, done)
	}
	for _, line := range rule.recipe {
		line = strings.TrimLeft(m.expand(line, name, needs, 0), "@-+ \t")
		if line != "" && !strings.HasPrefix(line, "#") {
			r.shellText(sh.sub(), line, nil)
		}
	}
}
