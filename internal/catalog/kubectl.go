package catalog

import (
	"strings"

	"writ/internal/effect"
)

const kubectlValued = `n namespace context cluster user kubeconfig o output f filename k kustomize l selector field-selector c container token server s as as-group as-uid request-timeout p patch type image
	replicas port grace-period timeout from-literal from-file from-env-file clusterrole role serviceaccount verb resource group limits requests overrides env cascade sort-by tail since address to-revision
	certificate-authority client-key client-certificate profile target copy-to expose raw template resource-version subresource field-manager hostname tls-server-name v loglevel`

// kubectl judges by the verb, the kind of object and a few options that change the meaning.
func kubectl(c Call) Outcome {
	l := loosely(c.Args[1:], kubectlValued)
	op := l.word(0)
	if len(l.words) > 0 && !l.words[0].Known {
		return one(unresolved(c, "the operation is computed"))
	}
	out := Outcome{Effects: kubectlOther(c, l)}
	if dryRun(l) || l.help() {
		return one(kubeEffect(c, l, effect.K8sRead, "dry-run"))
	}
	if judge, ok := kubectlVerbs[op]; ok {
		more := judge(c, l)
		out.Effects = append(more.Effects, out.Effects...)
		out.Nested, out.Emits = more.Nested, more.Emits
		return out
	}
	more := k8sService.k8s(c)
	out.Effects = append(more.Effects, out.Effects...)
	return out
}

// dryRun: --dry-run=none does the thing.
func dryRun(l line) bool {
	for _, v := range l.values("dry-run") {
		if v.Text != "none" && v.Text != "false" {
			return true
		}
	}
	return false
}

// kubectlOther notes options that matter whatever the verb: another identity, unchecked certificates.
func kubectlOther(c Call, l line) []effect.Effect {
	var out []effect.Effect
	if l.on("insecure-skip-tls-verify") {
		out = append(out, made(c, effect.Bypass, "tls"))
	}
	if l.has("as", "as-group") && l.says("system:masters", "cluster-admin", "system:admin", "admin") {
		out = append(out, made(c, effect.Privilege, "kubectl --as "+l.value("as", "as-group")))
	}
	return out
}

type kubeJudge func(Call, line) Outcome

var kubectlVerbs = kubeTable()

func kubeTable() map[string]kubeJudge {
	t := map[string]kubeJudge{
		"get": kubeGet, "describe": kubeGet, "delete": kubeDelete, "exec": kubeExec, "rsh": kubeExec, "attach": kubeExec, "debug": kubeExec, "cp": kubeCopy, "rsync": kubeCopy,
		"port-forward": kubeForward, "proxy": kubeProxy, "scale": kubeScale, "drain": kubeNode, "cordon": kubeNode, "uncordon": kubeNode, "taint": kubeNode,
		"config": kubeConfig, "auth": kubeAuth, "certificate": kubeGrant, "policy": kubeGrant, "adm": kubeAdm, "rollout": kubeRollout, "run": kubeRun, "plugin": kubePlugin, "krew": kubePlugin,
		"create": kubeWrite, "apply": kubeWrite, "patch": kubeWrite, "edit": kubeWrite, "replace": kubeWrite, "set": kubeWrite, "annotate": kubeWrite, "label": kubeWrite, "expose": kubeWrite, "autoscale": kubeWrite,
		"new-app": kubeWrite, "new-project": kubeWrite, "start-build": kubeWrite, "import-image": kubeWrite, "tag": kubeWrite, "process": kubeWrite,
		"extract": kubeExtract, "whoami": kubeWhoami, "serviceaccounts": kubeExtract, "sa": kubeExtract, "rollback": kubeRollback, "login": kubeSession, "logout": kubeSession, "project": kubeSession, "kustomize": kubeGet,
	}
	for _, v := range strings.Fields("logs top explain version api-resources api-versions cluster-info diff wait events completion options status projects idle-status observe search neat tree") {
		t[v] = kubeGet
	}
	return t
}

func kubeEffect(c Call, l line, kind effect.Kind, flags ...string) effect.Effect {
	n := 2
	if len(l.words) < 2 || kind == effect.K8sExec {
		n = 1
	}
	return made(c, kind, "kubectl:"+l.phrase(n), append(commonFlags(l), flags...)...)
}

// secretFormats are outputs that show a secret's data; the plain table does not.
func showsData(l line) bool {
	o := strings.ToLower(l.value("o", "output"))
	for _, f := range []string{"yaml", "json", "go-template", "custom-columns", "template"} {
		if strings.HasPrefix(o, f) {
			return true
		}
	}
	return l.has("template")
}

func kubeGet(c Call, l line) Outcome {
	if raw := l.value("raw"); raw != "" && strings.Contains(raw, "secrets") {
		return Outcome{Effects: []effect.Effect{kubeEffect(c, l, effect.K8sSecret)}, Emits: "secret"}
	}
	if l.word(0) == "get" && namesKind(l, "secret", "secrets", "sealedsecretkeys") && showsData(l) {
		return Outcome{Effects: []effect.Effect{kubeEffect(c, l, effect.K8sSecret)}, Emits: "secret"}
	}
	if l.word(0) == "cluster-info" && l.word(1) == "dump" {
		return one(kubeEffect(c, l, effect.K8sSecret, "dump"))
	}
	return one(kubeEffect(c, l, effect.K8sRead))
}

// namesKind tells whether the object named is of one of the kinds: secret, secrets/x, pods,secrets.
func namesKind(l line, kinds ...string) bool {
	for i := range l.words {
		if i == 0 {
			continue
		}
		for _, part := range strings.Split(l.word(i), ",") {
			kind, _, _ := strings.Cut(part, "/")
			kind, _, _ = strings.Cut(kind, ".")
			for _, k := range kinds {
				if kind == k {
					return true
				}
			}
		}
	}
	return false
}

// rbac are the kinds that say who may do what.
var rbac = []string{"clusterrole", "clusterroles", "clusterrolebinding", "clusterrolebindings", "role", "roles", "rolebinding", "rolebindings", "csr", "certificatesigningrequests",
	"validatingwebhookconfiguration", "validatingwebhookconfigurations", "mutatingwebhookconfiguration", "mutatingwebhookconfigurations", "scc", "securitycontextconstraints", "psp", "podsecuritypolicy"}

// guards are the kinds that protect: without them more is possible or less is seen.
var guards = []string{"networkpolicy", "networkpolicies", "netpol", "resourcequota", "limitrange", "poddisruptionbudget", "pdb", "prometheusrule", "prometheusrules", "clusterpolicy", "constrainttemplate", "servicemonitor", "podmonitor", "auditpolicy"}

func kubeDelete(c Call, l line) Outcome {
	var flags []string
	switch {
	case namesKind(l, "namespace", "namespaces", "ns", "project", "projects"):
		flags = append(flags, "namespace")
	case namesKind(l, "node", "nodes", "no"):
		flags = append(flags, "node")
	case namesKind(l, "crd", "crds", "customresourcedefinition", "customresourcedefinitions"):
		flags = append(flags, "crd")
	case namesKind(l, "pvc", "pv", "persistentvolume", "persistentvolumeclaim", "persistentvolumeclaims", "persistentvolumes", "statefulset", "statefulsets", "sts"):
		flags = append(flags, "data")
	case namesKind(l, "pod", "pods", "po", "job", "jobs") && !l.has("all", "l", "selector", "force"):
		flags = append(flags, "minor")
	}
	effects := []effect.Effect{kubeEffect(c, l, effect.K8sDelete, flags...)}
	if namesKind(l, rbac...) {
		effects = append(effects, kubeEffect(c, l, effect.CloudPerm))
	}
	if namesKind(l, guards...) {
		effects = append(effects, kubeEffect(c, l, effect.CloudControl))
	}
	return Outcome{Effects: effects}
}

func kubeExec(c Call, l line) Outcome {
	out := Outcome{}
	nested := l.rest
	if nested == nil && len(l.words) > 2 {
		nested = l.words[2:]
	}
	var flags []string
	if len(nested) > 0 && isShell(nested[0].Text) && len(nested) == 1 || l.word(0) == "rsh" && len(nested) == 0 || l.word(0) == "attach" {
		flags = append(flags, "shell")
	}
	if l.word(0) == "debug" && strings.HasPrefix(l.word(1), "node/") || strings.Contains(l.value("profile"), "admin") {
		flags = append(flags, "host")
		out.Effects = append(out.Effects, made(c, effect.ContainerRun, l.value("image"), "privileged", "host"))
	}
	if len(nested) > 0 && looking[BaseName(nested[0].Text)] {
		flags = append(flags, "looks")
	}
	out.Effects = append(out.Effects, kubeEffect(c, l, effect.K8sExec, flags...))
	if len(nested) > 0 && !(len(flags) > 0 && flags[0] == "shell") {
		out.Nested = []Nested{{Kind: NestedArgv, Args: nested, Remote: true, Via: "kubectl exec"}}
	}
	return out
}

// looking are programs that show the state of a container and nothing of its secrets.
var looking = setOf("ls ps df du pwd whoami id date uptime hostname uname which wc stat ss netstat top free true nproc lsblk")

func isShell(name string) bool {
	switch BaseName(name) {
	case "sh", "bash", "zsh", "ash", "dash", "ksh", "fish", "pwsh", "powershell", "cmd":
		return true
	}
	return false
}

func kubeCopy(c Call, l line) Outcome {
	out := one(kubeEffect(c, l, effect.K8sExec, "copy"))
	if len(l.words) < 3 {
		return out
	}
	from, to := l.words[1], l.words[2]
	if strings.Contains(to.Text, ":") {
		return upload(out, c, []Word{from}, to)
	}
	out.path(effect.FSWrite, to)
	return out
}

func kubeForward(c Call, l line) Outcome {
	out := one(kubeEffect(c, l, effect.K8sExec, "forward"))
	out.Effects = append(out.Effects, made(c, effect.NetListen, "kubectl port-forward", listenFlags(l.value("address"))...))
	return out
}

func kubeProxy(c Call, l line) Outcome {
	out := one(kubeEffect(c, l, effect.K8sExec, "proxy"))
	flags := listenFlags(l.value("address"))
	if strings.Contains(l.value("accept-hosts"), ".*") {
		flags = append(flags, "public")
	}
	out.Effects = append(out.Effects, made(c, effect.NetListen, "kubectl proxy", flags...))
	return out
}

func kubeScale(c Call, l line) Outcome {
	if l.value("replicas") == "0" {
		return one(kubeEffect(c, l, effect.K8sDelete, "scale-zero"))
	}
	if len(l.value("replicas")) > 2 {
		return one(kubeEffect(c, l, effect.K8sWrite, "update", "money"))
	}
	return one(kubeEffect(c, l, effect.K8sWrite, "update"))
}

func kubeNode(c Call, l line) Outcome {
	switch l.word(0) {
	case "uncordon":
		return one(kubeEffect(c, l, effect.K8sWrite, "update"))
	case "drain", "cordon":
		return one(kubeEffect(c, l, effect.K8sDelete, "node"))
	}
	if l.says("noexecute") {
		return one(kubeEffect(c, l, effect.K8sDelete, "node"))
	}
	return one(kubeEffect(c, l, effect.K8sWrite, "update", "node"))
}

func kubeConfig(c Call, l line) Outcome {
	switch op := l.word(1); {
	case op == "view" && l.on("raw"):
		return Outcome{Effects: []effect.Effect{kubeEffect(c, l, effect.K8sSecret)}, Emits: "secret"}
	case op == "use-context" || op == "use" || op == "set-context" || op == "rename-context":
		return one(kubeEffect(c, l, effect.K8sWrite, "create"))
	case strings.HasPrefix(op, "set"), strings.HasPrefix(op, "unset"):
		return one(kubeEffect(c, l, effect.CloudPerm))
	case strings.HasPrefix(op, "delete"):
		return one(kubeEffect(c, l, effect.K8sDelete, "minor"))
	}
	return one(kubeEffect(c, l, effect.K8sRead))
}

func kubeAuth(c Call, l line) Outcome {
	if l.word(1) == "reconcile" {
		return kubeGrant(c, l)
	}
	return one(kubeEffect(c, l, effect.K8sRead))
}

func kubeGrant(c Call, l line) Outcome { return one(kubeEffect(c, l, effect.CloudPerm)) }

// kubeAdm is oc adm: policy, drain, prune, must-gather.
func kubeAdm(c Call, l line) Outcome {
	switch l.word(1) {
	case "policy", "certificate", "groups", "create-bootstrap-project-template":
		return kubeGrant(c, l)
	case "drain", "cordon", "prune", "ocp-certificates":
		return one(kubeEffect(c, l, effect.K8sDelete, "node"))
	case "top", "inspect", "must-gather", "node-logs", "release", "wait-for-stable-cluster", "verify-image-signature":
		return one(kubeEffect(c, l, effect.K8sRead))
	}
	return one(kubeEffect(c, l, effect.K8sWrite, "update"))
}

func kubeRollout(c Call, l line) Outcome {
	switch l.word(1) {
	case "status", "history":
		return one(kubeEffect(c, l, effect.K8sRead))
	case "undo":
		return one(kubeEffect(c, l, effect.K8sDelete, "rollback"))
	}
	return one(kubeEffect(c, l, effect.K8sWrite, "update", "disrupt"))
}

func kubeRollback(c Call, l line) Outcome {
	return one(kubeEffect(c, l, effect.K8sDelete, "rollback"))
}

func kubePlugin(c Call, l line) Outcome {
	if l.word(1) == "install" || l.word(1) == "upgrade" {
		return one(made(c, effect.PkgInstall, "kubectl plugin"))
	}
	return one(kubeEffect(c, l, effect.K8sRead))
}

func kubeWhoami(c Call, l line) Outcome {
	if l.on("t", "show-token") {
		return Outcome{Effects: []effect.Effect{kubeEffect(c, l, effect.K8sSecret)}, Emits: "secret"}
	}
	return one(kubeEffect(c, l, effect.K8sRead))
}

func kubeExtract(c Call, l line) Outcome {
	return Outcome{Effects: []effect.Effect{kubeEffect(c, l, effect.K8sSecret)}, Emits: "secret"}
}

func kubeSession(c Call, l line) Outcome {
	if l.on("insecure-skip-tls-verify") {
		return Outcome{}
	}
	return one(kubeEffect(c, l, effect.K8sWrite, "create", "login"))
}
