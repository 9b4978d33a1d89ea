package catalog

import (
	"strings"

	"writ/internal/effect"
	"writ/internal/verb"
)

// iacPrograms are tools that make infrastructure from a description.
var iacPrograms = map[string]program{
	"terraform": terraform, "tofu": terraform, "opentofu": terraform, "tf": terraform, "terragrunt": terraform, "tfe": terraform,
	"atmos": atmos, "terramate": terramate, "pulumi": pulumi, "cdk": cdk, "cdktf": cdk, "aws-cdk": cdk,
	"sam": iacTool("build validate local logs list init package docs traces remote version", "deploy sync publish bootstrap pipeline", "delete", "", "stack-name region profile config-env s t template").look, "samlocal": iacTool("build validate", "deploy sync", "delete", "", "").look,
	"serverless": slsTool, "sls": slsTool, "osls": slsTool,
	"sst":     iacTool("dev version diff shell-list", "deploy add upgrade", "remove unlock", "refresh state cancel", "stage").look,
	"packer":  iacTool("validate fmt inspect init console version plugins", "build", "", "", "var var-file only except").look,
	"vagrant": iacTool("status global-status validate version port ssh-config list-commands box-list", "up provision reload resume init package box plugin", "destroy", "halt suspend snapshot rsync ssh powershell upload", "").look, "multipass": iacTool("list info version find get networks", "launch start mount", "delete purge", "stop suspend set exec shell transfer umount restart", "").look,
	"ansible": ansible, "ansible-playbook": ansiblePlaybook, "ansible-navigator": ansiblePlaybook, "ansible-pull": ansiblePull, "ansible-vault": ansibleVault,
	"ansible-console": ansiblePlaybook, "ansible-inventory": planned("ansible-inventory"), "ansible-doc": planned("ansible-doc"), "ansible-lint": planned("ansible-lint"), "ansible-config": planned("ansible-config"),
	"ansible-galaxy": ansibleGalaxy,
	"salt":           salt, "salt-call": salt, "salt-ssh": salt, "salt-run": salt, "salt-key": saltKey, "puppet": puppet, "bolt": bolt, "knife": knife, "chef-client": applied("chef-client"), "chef-solo": applied("chef-solo"), "chef-run": applied("chef-run"), "cinc-client": applied("cinc-client"), "puppet-agent": applied("puppet"),
	"eb": iacTool("status health logs events list open printenv config-get console appversion platform", "create deploy init use clone", "terminate abort", "scale swap restore config setenv upgrade ssh restart", "").look, "copilot": copilotAWS, "cfn-lint": planned("cfn-lint"), "tflint": planned("tflint"), "tfsec": planned("tfsec"), "checkov": planned("checkov"), "terrascan": planned("terrascan"), "infracost": planned("infracost"), "terraform-docs": planned("terraform-docs"), "trivy": planned("trivy"), "driftctl": planned("driftctl"), "conftest": planned("conftest"), "opa": planned("opa"), "regula": planned("regula"), "tfenv": planned("tfenv"), "tfswitch": planned("tfswitch"),
	"nixops": iacTool("info list check show-physical", "create deploy start", "destroy delete", "stop reboot ssh", "d").look, "cfn": iacTool("validate test generate", "submit", "", "", "").look, "rain": iacTool("ls cat diff fmt tree logs", "deploy", "rm", "", "").look, "stacker": iacTool("info diff", "build", "destroy", "", "").look, "nuke": nuke, "aws-nuke": nuke, "cloud-nuke": nuke, "gcp-nuke": nuke, "azure-nuke": nuke, "ekz": nuke,
}

// iacKinds says which effect a class is on infrastructure.
var iacKinds = map[verb.Class]effect.Kind{
	verb.Read: effect.IaCPlan, verb.Create: effect.IaCApply, verb.Change: effect.IaCState, verb.Disrupt: effect.IaCState, verb.Destroy: effect.IaCDestroy,
	verb.Grant: effect.CloudPerm, verb.Off: effect.CloudControl, verb.Secret: effect.CloudSecret, verb.Unknown: effect.IaCApply,
}

// iac is a tool described by lists of its commands.
type iac struct {
	service
}

func iacTool(read, apply, destroy, state, valued string) iac {
	return iac{service{valued: valued, special: storeVerbs(read, apply, state, destroy)}}
}

func (t iac) look(c Call) Outcome { return t.judge(c, loosely(c.Args[1:], t.valued)) }

func (t iac) judge(c Call, l line) Outcome {
	class, op, _ := t.operation(l)
	if op == "" && computedCommand(l) {
		return one(unresolved(c, "the operation is computed"))
	}
	return iacOutcome(c, l, iacKinds[class], op)
}

// iacOutcome is an effect on infrastructure; an answer given in advance switches a check off.
func iacOutcome(c Call, l line, kind effect.Kind, op string, flags ...string) Outcome {
	if l.dry() || l.on("check", "syntax-check", "diff-only") {
		return one(made(c, effect.IaCPlan, c.Name()+":"+op, "dry-run"))
	}
	flags = append(commonFlags(l), flags...)
	if approved(l) {
		flags = append(flags, "approve")
	}
	if l.has("target", "t") && kind != effect.IaCPlan {
		flags = append(flags, "target")
	}
	out := one(made(c, kind, c.Name()+":"+op, flags...))
	if approved(l) && (kind == effect.IaCApply || kind == effect.IaCDestroy) {
		out.Effects = append(out.Effects, made(c, effect.Bypass, "approval"))
	}
	return out
}

// approved tells whether the question before the change is answered in advance.
func approved(l line) bool {
	return l.on("auto-approve", "yes", "y", "force", "f", "skip-preview", "terragrunt-non-interactive", "non-interactive", "no-confirm-changeset", "no-prompts") ||
		strings.EqualFold(l.value("require-approval"), "never") || l.value("input") == "false" && l.on("auto-approve")
}

func planned(name string) program {
	return func(c Call) Outcome { return one(made(c, effect.IaCPlan, name)) }
}

func applied(name string) program {
	return func(c Call) Outcome {
		l := loosely(c.Args[1:], "")
		if l.on("why-run", "W", "noop") {
			return one(made(c, effect.IaCPlan, name, "dry-run"))
		}
		return one(made(c, effect.IaCApply, name))
	}
}

// nuke empties whole accounts unless it is a dry run.
func nuke(c Call) Outcome {
	l := loosely(c.Args[1:], "config c profile region")
	if l.dry() || l.word(0) == "version" || c.Name() == "aws-nuke" && !l.has("no-dry-run") {
		return one(made(c, effect.IaCPlan, c.Name(), "dry-run"))
	}
	return one(made(c, effect.IaCDestroy, c.Name(), "all"))
}

const terraformValued = "target var var-file state out backend-config lock-timeout parallelism replace config terragrunt-working-dir terragrunt-config working-dir queue-include-dir queue-exclude-dir terragrunt-include-dir terragrunt-exclude-dir s stack"

// terraform judges terraform, tofu and terragrunt.
func terraform(c Call) Outcome {
	l := loosely(withEnvArgs(c), terraformValued)
	words := l.words
	for len(words) > 0 && strings.Contains(" run-all run stack all ", " "+strings.ToLower(words[0].Text)+" ") {
		words = words[1:]
	}
	if len(words) == 0 && len(l.rest) > 0 {
		words = l.rest
	}
	l.words = words
	if l.has("run-all", "all", "terragrunt-all") {
		l.add("all", Word{Known: true})
	}
	if len(words) > 0 && !words[0].Known {
		return one(unresolved(c, "the operation is computed"))
	}
	return terraformJudge(c, l)
}

// withEnvArgs are the words of the call with those that TF_CLI_ARGS adds.
func withEnvArgs(c Call) []Word {
	args := c.Args[1:]
	for _, a := range c.Assign {
		if strings.HasPrefix(a.Name, "TF_CLI_ARGS") {
			for _, f := range strings.Fields(a.Value.Text) {
				args = append(args[:len(args):len(args)], known(f))
			}
		}
	}
	return args
}

func terraformJudge(c Call, l line) Outcome {
	op, sub := l.word(0), l.word(1)
	switch op {
	case "plan", "validate", "fmt", "graph", "providers", "version", "get", "console", "hclfmt", "hcl", "metadata", "modules", "render-json", "graph-dependencies", "output-module-groups", "find", "list", "info", "validate-inputs", "terragrunt-info", "login", "logout", "scaffold", "catalog", "dag", "show", "":
		return iacOutcome(c, lineWithoutDry(l), effect.IaCPlan, op)
	case "output":
		return terraformOutput(c, l)
	case "init":
		if l.on("migrate-state", "force-copy", "reconfigure") {
			return iacOutcome(c, l, effect.IaCState, "init")
		}
		return one(made(c, effect.IaCPlan, c.Name()+":init", "init"))
	case "apply", "apply-all", "up", "deploy", "test", "refresh":
		return terraformApply(c, l, op)
	case "destroy", "destroy-all":
		return iacOutcome(c, l, effect.IaCDestroy, "destroy")
	case "state":
		return terraformState(c, l, sub)
	case "workspace", "env":
		if sub == "delete" {
			return iacOutcome(c, l, effect.IaCDestroy, "workspace delete")
		}
		return one(made(c, effect.IaCPlan, c.Name()+":workspace "+sub))
	case "taint", "untaint", "import", "force-unlock", "push", "rename":
		return iacOutcome(c, l, effect.IaCState, op)
	}
	return iacOutcome(c, l, effect.IaCApply, op, "unknown")
}

// lineWithoutDry keeps a plan from being reported as the dry run of itself.
func lineWithoutDry(l line) line {
	delete(l.opts, "y")
	delete(l.opts, "yes")
	return l
}

func terraformApply(c Call, l line, op string) Outcome {
	switch {
	case l.on("destroy"):
		return iacOutcome(c, l, effect.IaCDestroy, op+" -destroy")
	case op == "refresh":
		return iacOutcome(c, l, effect.IaCState, op)
	}
	return iacOutcome(c, l, effect.IaCApply, op)
}

func terraformOutput(c Call, l line) Outcome {
	if l.has("raw", "json") && l.says("password", "secret", "token", "private_key", "access_key", "credential", "kubeconfig", "api_key") {
		return Outcome{Effects: []effect.Effect{made(c, effect.CloudSecret, c.Name()+":output")}, Emits: "secret"}
	}
	return one(made(c, effect.IaCPlan, c.Name()+":output", "outputs"))
}

func terraformState(c Call, l line, sub string) Outcome {
	switch sub {
	case "list", "show", "identities":
		return one(made(c, effect.IaCPlan, c.Name()+":state "+sub, "outputs"))
	case "pull":
		return Outcome{Effects: []effect.Effect{made(c, effect.CloudSecret, c.Name()+":state pull")}, Emits: "secret"}
	}
	return iacOutcome(c, l, effect.IaCState, "state "+sub)
}

// atmos runs terraform and helmfile for a stack; its deploy applies without asking.
func atmos(c Call) Outcome {
	l := loosely(c.Args[1:], "s stack")
	switch l.word(0) {
	case "terraform", "tf", "helmfile":
		op := l.word(1)
		l.words = l.from(1)
		switch op {
		case "deploy":
			l.add("auto-approve", Word{Known: true})
			return iacOutcome(c, l, effect.IaCApply, "terraform deploy")
		case "clean":
			return iacOutcome(c, l, effect.IaCState, "terraform clean")
		case "sync":
			return iacOutcome(c, l, effect.IaCApply, "helmfile sync")
		}
		return terraformJudge(c, l)
	}
	return iacTool("describe list validate docs version show", "workflow vendor", "", "", "s stack").judge(c, l)
}

// terramate runs a command in every stack.
func terramate(c Call) Outcome {
	l := loosely(c.Args[1:], "tags C changed")
	if l.word(0) == "run" {
		args := l.rest
		if args == nil {
			args = l.from(1)
		}
		return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: args, Via: "terramate run"}}}
	}
	return iacTool("list fmt generate debug experimental", "script create", "", "", "").judge(c, l)
}

var pulumiTool = iac{service{valued: "s stack C cwd config-file m message t target", special: specials(map[verb.Class]string{
	verb.Read:    "preview, pre, stack ls, stack, stack output, stack export, stack graph, stack history, config, config get, whoami, version, about, logs, login, logout, new, stack select, stack init, plugin, package, convert, policy ls, env get, env ls, schema, console, org, stack tag, deployment, config env, install, gen-completion, ai",
	verb.Create:  "up, update, watch, config set, config set-all, env set, policy publish, policy enable, config cp, config refresh",
	verb.Change:  "refresh, import, state, cancel, stack import, stack rename, stack change-secrets-provider, state move, state rename, state unprotect, state repair, config rm, config rm-all",
	verb.Destroy: "destroy, down, dn, stack rm, state delete, env rm", verb.Off: "policy rm, policy disable", verb.Secret: "env open",
})}}

// pulumi shows secrets when asked; the rest follows from the table.
func pulumi(c Call) Outcome {
	l := loosely(c.Args[1:], pulumiTool.valued)
	if l.on("show-secrets") {
		return Outcome{Effects: []effect.Effect{made(c, effect.CloudSecret, "pulumi:"+l.phrase(2))}, Emits: "secret"}
	}
	if l.phrase(2) == "stack rm" && l.on("preserve-config") {
		l.add("force", Word{Known: true})
	}
	return pulumiTool.judge(c, l)
}

var cdkTool = iacTool("synth synthesize ls list diff doctor metadata notices context docs version init get provider convert debug flags acknowledge ack drift", "deploy bootstrap watch publish-assets test", "destroy gc rollback", "import migrate refactor output", "c context a app profile require-approval toolkit-stack-name o output r role-arn")

func cdk(c Call) Outcome {
	out := cdkTool.look(c)
	l := loosely(c.Args[1:], cdkTool.valued)
	if l.on("hotswap") && len(out.Effects) > 0 {
		out.Effects[0].Flags = append(out.Effects[0].Flags, "hotswap")
	}
	return out
}

func slsTool(c Call) Outcome {
	l := loosely(c.Args[1:], "s stage r region c config f function d data p path param n name t template")
	if l.word(0) == "deploy" && l.word(1) == "list" {
		return one(made(c, effect.IaCPlan, c.Name()+":deploy list"))
	}
	return iacTool("info logs print package metrics offline create login invoke-local plugin doctor install test diff generate-event config", "deploy invoke slstats", "remove rollback", "", "").judge(c, l)
}

// copilotAWS is the container tool of a cloud; the assistant of the same name starts an agent.
func copilotAWS(c Call) Outcome {
	l := loosely(c.Args[1:], "n name e env a app p prompt")
	switch l.word(0) {
	case "app", "svc", "env", "job", "task", "pipeline", "secret", "storage", "run", "deploy", "init":
		return iacTool("ls show status logs package", "deploy init override run", "delete", "exec pause resume", "").judge(c, l)
	}
	return aiAgent(c)
}
