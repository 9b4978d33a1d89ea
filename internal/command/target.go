package command

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"writ/internal/catalog"
	"writ/internal/effect"
)

// target looks up what a build tool's target runs: the scripts of package.json, the recipes of a Makefile or
// justfile. A target that is not there runs nothing that could be read.
func (r *reader) target(sh *scope, n catalog.Nested, fields []field, in *flow) {
	if n.Lang == "make" {
		n.Assign = append(slices.Clip(n.Assign), makeAssigns(fields)...)
	}
	if n.Lang == "make" && (n.Path.Text == "/dev/stdin" || n.Path.Text == "-") && in != nil {
		if !in.known {
			r.computedShell(sh, in.from, []string{"make"})
			return
		}
		r.makeText(sh, in.stripped(), n.Text.Text, n.Assign)
		return
	}
	if sh.remote || r.env.Disk == nil || !n.Text.Known && n.Text.Text != "" {
		return
	}
	dir := sh.cwd
	if n.Path.Text != "" {
		dir = r.absolute(sh, n.Path.Text)
	}
	if dir == "" {
		return
	}
	id := n.Lang + ":" + dir + ":" + n.Text.Text
	if slices.Contains(r.scripts, id) {
		return
	}
	if len(r.scripts) >= maxScripts {
		r.scriptTrouble(sh, "targets run targets too deeply", n.Text.Text)
		return
	}
	r.scripts = append(r.scripts, id)
	before := len(r.res.Effects)
	inner := sh.sub()
	inner.funcs, inner.aliases = nil, nil
	inner.via = append(slices.Clip(slices.Clone(sh.via)), strings.TrimSpace(n.Text.Text+" in "+path.Base(dir)))
	switch n.Lang {
	case "npm", "yarn", "pnpm", "bun", "node":
		r.jsonScripts(inner, r.findFile(dir, "package.json"), "scripts", n.Text.Text, n.Args, true)
	case "composer":
		r.jsonScripts(inner, r.findFile(dir, "composer.json"), "scripts", n.Text.Text, n.Args, false)
	case "deno":
		r.jsonScripts(inner, r.findFile(dir, "deno.json", "deno.jsonc"), "tasks", n.Text.Text, n.Args, false)
	case "make":
		r.makeTarget(inner, r.findFile(dir, "GNUmakefile", "makefile", "Makefile"), n.Text.Text, n.Assign)
	case "just":
		r.justTarget(inner, r.findFile(dir, "justfile", "Justfile", ".justfile"), n.Text.Text)
	case "task":
		r.taskTarget(inner, r.findFile(dir, "Taskfile.yml", "Taskfile.yaml", "taskfile.yml"), n.Text.Text)
	}
	r.soften(before)
	r.scripts = r.scripts[:len(r.scripts)-1]
}

// makeAssigns are the variables that a call of make sets, which win over those of the file.
func makeAssigns(fields []field) []catalog.Assign {
	var out []catalog.Assign
	for _, f := range fields[min(1, len(fields)):] {
		if name, value, ok := strings.Cut(f.Text, "="); ok && !strings.HasPrefix(f.Text, "-") {
			out = append(out, catalog.Assign{Name: strings.TrimRight(name, ":+?"), Value: catalog.Word{Text: value, Known: f.Known}})
		}
	}
	return out
}

// findFile gives the first file of a folder that exists; a path to a file is taken as it is.
func (r *reader) findFile(dir string, names ...string) string {
	if dir == "" {
		return ""
	}
	if st := r.stat(r.resolve(dir, true)); st.ok && st.mode.IsRegular() || r.known(dir) {
		return dir
	}
	for _, name := range names {
		p := path.Join(dir, name)
		if r.known(p) {
			return p
		}
		if st := r.stat(r.resolve(p, true)); st.ok && st.mode.IsRegular() {
			return p
		}
	}
	return ""
}

func (r *reader) readText(file string) (string, bool) {
	if file == "" || r.late() {
		return "", false
	}
	if f, ok := r.files[file]; ok && f.known {
		return f.stripped(), true
	}
	data, err := r.env.Disk.ReadFile(r.resolve(file, true), maxCodeFile)
	return string(data), err == nil
}

// jsonScripts runs a named entry of the scripts in a JSON file, with the entries that run before and after it.
func (r *reader) jsonScripts(sh *scope, file, table, name string, args []catalog.Word, hooks bool) {
	text, ok := r.readText(file)
	if !ok {
		return
	}
	var doc map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &doc) != nil {
		r.scriptTrouble(sh, "the scripts cannot be read", file)
		return
	}
	var scripts map[string]json.RawMessage
	if json.Unmarshal(doc[table], &scripts) != nil {
		return
	}
	sh.cwd = path.Dir(file)
	names := []string{name}
	if hooks {
		names = []string{"pre" + name, name, "post" + name}
	}
	for _, n := range names {
		for _, line := range scriptLines(scripts[n]) {
			if n == name {
				for _, a := range args {
					line += " " + quote(field{Word: a})
				}
			}
			r.shellText(sh.sub(), line, nil)
		}
	}
}

// scriptLines reads a script that is a string, a list of strings or (deno) an object with a command.
func scriptLines(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return many
	}
	var object struct{ Command string }
	if json.Unmarshal(raw, &object) == nil && object.Command != "" {
		return []string{object.Command}
	}
	return nil
}

// justTarget reads the recipe of a justfile.
func (r *reader) justTarget(sh *scope, file, name string) {
	text, ok := r.readText(file)
	if !ok {
		return
	}
	sh.cwd = path.Dir(file)
	found := false
	var body []string
	for _, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			if found {
				body = append(body, strings.TrimLeft(strings.TrimSpace(line), "@-"))
			}
			continue
		}
		if len(body) > 0 {
			break
		}
		head, _, isRule := strings.Cut(line, ":")
		words := strings.Fields(strings.TrimPrefix(head, "@"))
		found = isRule && len(words) > 0 && (words[0] == name || name == "") && !strings.Contains(line, ":=")
	}
	r.recipe(sh, body)
}

// taskTarget reads the commands of a Taskfile's task, written one on a line.
func (r *reader) taskTarget(sh *scope, file, name string) {
	text, ok := r.readText(file)
	if !ok {
		return
	}
	sh.cwd = path.Dir(file)
	if name == "" {
		name = "default"
	}
	var body []string
	inTask, indent := false, 0
	for _, line := range strings.Split(text, "\n") {
		word := strings.TrimSpace(line)
		depth := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case word == "":
		case strings.TrimSuffix(word, ":") == name && strings.HasSuffix(word, ":") && depth > 0:
			inTask, indent = true, depth
		case inTask && depth <= indent:
			inTask = false
		case inTask && strings.HasPrefix(word, "- "):
			cmd := strings.TrimPrefix(strings.TrimPrefix(word, "- "), "cmd: ")
			body = append(body, strings.Trim(cmd, `"'`))
		}
	}
	r.recipe(sh, body)
}

// recipe runs lines of a just or task recipe, in which {{…}} stands for values that are not followed.
func (r *reader) recipe(sh *scope, lines []string) {
	for i, line := range lines {
		for {
			a := strings.Index(line, "{{")
			b := strings.Index(line, "}}")
			if a < 0 || b < a {
				break
			}
			line = line[:a] + "${" + unknownName + "}" + line[b+2:]
		}
		if i == 0 && strings.HasPrefix(line, "#!") {
			r.scriptText(sh, "recipe", strings.Join(lines, "\n"), "", nil, nil)
			return
		}
		r.shellText(sh.sub(), line, nil)
	}
}

// tampered reports that a build file replaces the shell that its recipes run in.
func (r *reader) tampered(sh *scope, program string) {
	program, _, _ = strings.Cut(strings.TrimPrefix(program, "/usr/bin/env "), " ")
	dir, base := path.Split(program)
	if dir != "" && dir != "/bin/" && dir != "/usr/bin/" && dir != "/usr/local/bin/" && dir != "/opt/homebrew/bin/" || !shells[base] && base != "" {
		r.emit(effect.Effect{Kind: effect.ExecTampered, Target: program, Via: sh.via, Reason: "the Makefile replaces the shell of its recipes"})
	}
}
