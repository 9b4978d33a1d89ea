package command

import (
	"slices"
	"strings"

	"writ/internal/catalog"
	"writ/internal/effect"
)

// shadow judges a function that takes the name of a program, or one that the shell calls by itself. Later
// calls of that name would run it; so what it does beyond calling the program counts although nothing calls
// it yet.
func (r *reader) shadow(sh *scope, name string, f function) {
	if !calledByShell[name] && (!looksLikeProgram(name) || r.stopped) {
		return
	}
	trial := &reader{ctx: r.ctx, env: r.env, deadline: r.deadline, src: f.src, depth: r.depth, nest: r.nest, steps: r.steps, scripts: slices.Clone(r.scripts)}
	trial.frames = append(slices.Clone(r.frames), frame{name: name})
	inner := &scope{cwd: sh.cwd}
	trial.stmt(inner, f.body, nil)
	r.steps = max(r.steps, trial.steps)
	for _, e := range trial.res.Effects {
		if own(e, name) {
			continue
		}
		r.emit(effect.Effect{Kind: effect.ExecTampered, Target: name, Flags: []string{"define"}, Words: []string{name + "()"}, Via: sh.via,
			Reason: "a function takes the place of " + name + " and does more than it (" + string(e.Kind) + ")"})
		return
	}
}

// calledByShell are functions that bash and zsh call without being asked.
var calledByShell = map[string]bool{"command_not_found_handle": true, "command_not_found_handler": true, "precmd": true, "preexec": true, "chpwd": true, "periodic": true, "zshexit": true, "zshaddhistory": true}

// looksLikeProgram tells names that a function would only take to stand in a known program's place.
func looksLikeProgram(name string) bool {
	switch name {
	case "sudo", "su", "ssh", "scp", "git", "gh", "curl", "wget", "aws", "gcloud", "az", "kubectl", "docker", "podman", "npm", "npx", "pip", "gpg", "passwd", "login",
		"cd", "ls", "cat", "rm", "cp", "mv", "ps", "kill", "find", "grep", "python", "python3", "node", "vault", "terraform", "helm", "psql", "mysql", "make", "go", "cargo", "sh", "bash",
		"echo", "test", "read", "source", "exit", "alias", "export", "command", "builtin", "eval", "exec", "trap", "history", "which", "type", "unset", "op", "pass", "security", "writ":
		return true
	}
	return false
}

// own tells effects that the program itself would have, or that are of no consequence.
func own(e effect.Effect, name string) bool {
	switch e.Kind {
	case effect.Exec, effect.FSList, effect.GitCommit, effect.CloudRead, effect.K8sRead, effect.IaCPlan, effect.DBRead:
		return true
	case effect.FSRead:
		return !e.In("secret")
	case effect.Unresolved:
		return !e.Has("code") && !e.Has("program")
	}
	return len(e.Words) > 0 && strings.EqualFold(catalog.BaseName(e.Words[0]), name)
}
