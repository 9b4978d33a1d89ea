package catalog

import (
	"strings"

	"writ/internal/effect"
	"writ/internal/verb"
)

// ansible runs one module on many hosts; for command, shell, raw and script the argument is a command there.
func ansible(c Call) Outcome {
	l := loosely(c.Args[1:], "m module-name a args i inventory u user e extra-vars f forks l limit t tree private-key become-user vault-password-file T timeout M module-path")
	module := l.value("m", "module-name")
	arg := lastWord(l.values("a", "args"))
	switch {
	case l.on("list-hosts", "C", "check", "syntax-check") || module == "ping" || module == "setup" || module == "debug" || module == "stat" || strings.HasSuffix(module, "_facts") || strings.HasSuffix(module, "_info"):
		return one(made(c, effect.IaCPlan, "ansible:"+module))
	case module == "" || module == "command" || module == "shell" || module == "raw" || strings.HasSuffix(module, ".command") || strings.HasSuffix(module, ".shell") || strings.HasSuffix(module, ".raw"):
		out := Outcome{Effects: []effect.Effect{made(c, effect.IaCApply, "ansible:"+module, "remote")}}
		out.Nested = []Nested{{Kind: NestedShell, Text: arg, Remote: true, Via: "ansible"}}
		return out
	case strings.Contains(arg.Text, "state=absent"):
		return one(made(c, effect.IaCDestroy, "ansible:"+module))
	}
	return one(made(c, effect.IaCApply, "ansible:"+module))
}

func lastWord(ws []Word) Word {
	if len(ws) == 0 {
		return Word{Known: true}
	}
	return ws[len(ws)-1]
}

func ansiblePlaybook(c Call) Outcome {
	l := loosely(c.Args[1:], "i inventory e extra-vars l limit t tags u user f forks skip-tags vault-password-file private-key start-at-task become-user m mode")
	if l.on("check", "C", "syntax-check", "list-hosts", "list-tasks", "list-tags") {
		return one(made(c, effect.IaCPlan, "ansible-playbook", "dry-run"))
	}
	flags := []string{}
	for _, w := range l.words {
		if strings.Contains(strings.ToLower(w.Text), "destroy") || strings.Contains(strings.ToLower(w.Text), "teardown") || strings.Contains(strings.ToLower(w.Text), "uninstall") {
			return one(made(c, effect.IaCDestroy, "ansible-playbook", flags...))
		}
	}
	if l.says("state=absent", "state: absent") {
		return one(made(c, effect.IaCDestroy, "ansible-playbook", flags...))
	}
	return one(made(c, effect.IaCApply, "ansible-playbook", flags...))
}

// ansiblePull fetches a repository and runs what is in it on this machine.
func ansiblePull(c Call) Outcome {
	return Outcome{Effects: []effect.Effect{made(c, effect.ExecDownload, "ansible-pull"), made(c, effect.IaCApply, "ansible-pull")}}
}

func ansibleVault(c Call) Outcome {
	l := loosely(c.Args[1:], "vault-password-file vault-id n name output")
	switch l.word(0) {
	case "view", "decrypt", "edit":
		return Outcome{Effects: []effect.Effect{made(c, effect.SecretRead, "ansible-vault:"+l.word(0))}, Emits: "secret"}
	}
	return one(made(c, effect.SecretKey, "ansible-vault:"+l.word(0)))
}

func ansibleGalaxy(c Call) Outcome {
	l := loosely(c.Args[1:], "r role-file p roles-path s server token api-key")
	switch {
	case l.has("s", "server"):
		return one(made(c, effect.PkgInstall, "ansible-galaxy", "source"))
	case l.word(0) == "install" || l.word(1) == "install":
		return one(made(c, effect.PkgInstall, "ansible-galaxy"))
	case l.word(1) == "publish" || l.word(1) == "import" || l.word(1) == "delete":
		return one(made(c, effect.PkgPublish, "ansible-galaxy"))
	}
	return one(made(c, effect.IaCPlan, "ansible-galaxy:"+l.phrase(2)))
}

// salt runs a function on minions: salt '*' cmd.run 'rm -rf /var/x'.
func salt(c Call) Outcome {
	l := loosely(c.Args[1:], "out t timeout c config-dir l log-level")
	fn, arg := l.word(1), l.from(2)
	if c.Name() == "salt-call" || c.Name() == "salt-run" {
		fn, arg = l.word(0), l.from(1)
	}
	flags := []string{"remote"}
	if c.Name() == "salt-call" {
		flags = nil
	}
	switch {
	case strings.HasPrefix(fn, "cmd.") && len(arg) > 0:
		return Outcome{Effects: []effect.Effect{made(c, effect.IaCApply, "salt:"+fn, flags...)}, Nested: []Nested{{Kind: NestedShell, Text: arg[0], Remote: c.Name() != "salt-call", Via: "salt"}}}
	case strings.HasPrefix(fn, "test.") || strings.HasPrefix(fn, "grains.") || strings.HasPrefix(fn, "status.") || strings.HasPrefix(fn, "pillar.") || strings.HasPrefix(fn, "manage.") || l.says("test=true") || strings.HasPrefix(fn, "sys."):
		return one(made(c, effect.IaCPlan, "salt:"+fn))
	}
	if _, f, ok := strings.Cut(fn, "."); ok && verb.Operation(f) == verb.Destroy {
		return one(made(c, effect.IaCDestroy, "salt:"+fn, flags...))
	}
	return one(made(c, effect.IaCApply, "salt:"+fn, flags...))
}

func saltKey(c Call) Outcome {
	l := loosely(c.Args[1:], "")
	switch {
	case l.has("d", "D", "delete", "delete-all", "r", "R", "reject", "reject-all"):
		return one(made(c, effect.IaCDestroy, "salt-key"))
	case l.has("a", "A", "accept", "accept-all"):
		return one(made(c, effect.CloudPerm, "salt-key:accept"))
	}
	return one(made(c, effect.IaCPlan, "salt-key"))
}

func puppet(c Call) Outcome {
	l := loosely(c.Args[1:], "e execute modulepath environment server")
	switch {
	case l.on("noop") || l.word(0) == "parser" || l.word(0) == "lookup" || l.word(0) == "facts" || l.word(0) == "config" || l.word(0) == "describe":
		return one(made(c, effect.IaCPlan, "puppet:"+l.word(0)))
	case l.says("ensure=absent") || l.phrase(2) == "node clean" || l.phrase(2) == "node purge" || l.phrase(2) == "node deactivate" || l.phrase(2) == "cert clean":
		return one(made(c, effect.IaCDestroy, "puppet:"+l.phrase(2)))
	case l.phrase(2) == "module install":
		return one(made(c, effect.PkgInstall, "puppet"))
	}
	return one(made(c, effect.IaCApply, "puppet:"+l.word(0)))
}

func bolt(c Call) Outcome {
	l := loosely(c.Args[1:], "t targets u user q query")
	if l.phrase(2) == "command run" && len(l.words) > 2 {
		return Outcome{Effects: []effect.Effect{made(c, effect.IaCApply, "bolt:command run", "remote")}, Nested: []Nested{{Kind: NestedShell, Text: l.words[2], Remote: true, Via: "bolt command run"}}}
	}
	if l.word(1) == "show" {
		return one(made(c, effect.IaCPlan, "bolt:"+l.phrase(2)))
	}
	return one(made(c, effect.IaCApply, "bolt:"+l.phrase(2)))
}

func knife(c Call) Outcome {
	l := loosely(c.Args[1:], "c config s server-url u user x ssh-user i E environment")
	if l.word(0) == "ssh" && len(l.words) > 2 {
		return Outcome{Effects: []effect.Effect{made(c, effect.IaCApply, "knife:ssh", "remote")}, Nested: []Nested{{Kind: NestedShell, Text: l.words[2], Remote: true, Via: "knife ssh"}}}
	}
	return iac{service{}}.judge(c, l)
}
