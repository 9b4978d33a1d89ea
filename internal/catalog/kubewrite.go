package catalog

import (
	"strings"

	"writ/internal/effect"
)

// kubeWrite judges the verbs that bring objects into a cluster or change them.
func kubeWrite(c Call, l line) Outcome {
	out := Outcome{}
	flag := kubeChange(l.word(0))
	switch {
	case l.phrase(2) == "create token":
		return Outcome{Effects: []effect.Effect{kubeEffect(c, l, effect.K8sSecret)}, Emits: "secret"}
	case namesKind(l, rbac...):
		out.Effects = append(out.Effects, kubeEffect(c, l, effect.CloudPerm))
	case l.word(0) == "replace" && l.on("force"), l.on("prune"):
		out.Effects = append(out.Effects, kubeEffect(c, l, effect.K8sDelete, "prune"))
	case patchScalesToZero(l):
		out.Effects = append(out.Effects, kubeEffect(c, l, effect.K8sDelete, "scale-zero"))
	default:
		out.Effects = append(out.Effects, kubeEffect(c, l, effect.K8sWrite, flag))
	}
	if l.word(0) == "patch" && l.says(`"finalizers":null`, `"finalizers":[]`, `/metadata/finalizers`) {
		out.Effects = append(out.Effects, kubeEffect(c, l, effect.K8sDelete, "force"))
	}
	if l.word(0) == "patch" && (namesKind(l, "sa", "serviceaccount") || l.says("serviceaccountname")) {
		out.Effects = append(out.Effects, kubeEffect(c, l, effect.CloudPerm))
	}
	out.Effects = append(out.Effects, manifestEffects(c, l, strings.Join(texts(l.values("p", "patch", "overrides")), " "))...)
	return manifestSource(out, c, l)
}

// kubeChange tells verbs that add or mark from those that replace what runs.
func kubeChange(op string) string {
	switch op {
	case "create", "apply", "expose", "new-app", "new-project":
		return "create"
	case "label", "annotate", "autoscale", "process", "tag":
		return "update"
	}
	return "disrupt"
}

func patchScalesToZero(l line) bool {
	p := strings.Join(strings.Fields(l.value("p", "patch")), "")
	return strings.Contains(p, `"replicas":0`)
}

// manifestSource follows where the manifest comes from: a download, standard input or a file.
func manifestSource(out Outcome, c Call, l line) Outcome {
	for _, f := range l.values("f", "filename", "k", "kustomize") {
		switch {
		case byScheme(f.Text):
			e := made(c, effect.K8sWrite, "kubectl:"+l.word(0)+" from URL", "source")
			e.Host = bucketHost(f.Text)
			out.Effects = append(out.Effects, e)
		case f.Text == "-" && c.Stdin != nil && c.Stdin.Known:
			out.Effects = append(out.Effects, manifestEffects(c, l, c.Stdin.Text)...)
		case f.Text == "-" && c.Stdin != nil && c.Stdin.From == "network":
			out.Effects = append(out.Effects, made(c, effect.K8sWrite, "kubectl:"+l.word(0)+" from URL", "source"))
		case f.Text != "-":
			out.path(effect.FSRead, f)
		}
	}
	return out
}

// manifestEffects looks into manifest text for what makes a pod as strong as its node, and for rights.
func manifestEffects(c Call, l line, text string) []effect.Effect {
	low := strings.ToLower(strings.NewReplacer(" ", "", "\t", "", `"`, "", "'", "", "\\", "").Replace(text))
	var out []effect.Effect
	var flags []string
	if strings.Contains(low, "privileged:true") || strings.Contains(low, "allowprivilegeescalation:true") || strings.Contains(low, "sys_admin") {
		flags = append(flags, "privileged")
	}
	if strings.Contains(low, "hostpid:true") || strings.Contains(low, "hostnetwork:true") || strings.Contains(low, "hostipc:true") || strings.Contains(low, "hostpath:{path:/") || strings.Contains(low, "hostpath:\npath:/") {
		flags = append(flags, "host")
	}
	if flags != nil {
		out = append(out, made(c, effect.ContainerRun, "kubectl:"+l.word(0), flags...))
	}
	if strings.Contains(low, "kind:clusterrolebinding") || strings.Contains(low, "kind:clusterrole\n") || strings.Contains(low, "kind:rolebinding") || strings.Contains(low, "name:cluster-admin") {
		out = append(out, kubeEffect(c, l, effect.CloudPerm))
	}
	return out
}

// kubeRun starts a pod; its words after -- run inside.
func kubeRun(c Call, l line) Outcome {
	out := one(kubeEffect(c, l, effect.K8sWrite, "create"))
	text := l.value("overrides")
	if l.on("privileged") {
		text += "privileged:true"
	}
	out.Effects = append(out.Effects, manifestEffects(c, l, text)...)
	if l.rest != nil && l.on("command") {
		out.Nested = []Nested{{Kind: NestedArgv, Args: l.rest, Remote: true, Via: "kubectl run"}}
	}
	return out
}

// helm judges releases: install and upgrade write, uninstall and rollback take away.
func helm(c Call) Outcome {
	l := loosely(c.Args[1:], "n namespace kube-context kubeconfig f values set set-string set-file version repo timeout o output description post-renderer history-max revision")
	op := l.word(0)
	target := func(kind effect.Kind, flags ...string) Outcome {
		return one(made(c, kind, "helm:"+l.phrase(1), append(commonFlags(l), flags...)...))
	}
	if dryRun(l) || l.help() || l.on("dry-run") {
		return target(effect.K8sRead, "dry-run")
	}
	switch op {
	case "install", "upgrade":
		out := target(effect.K8sWrite, helmFlags(op, l)...)
		if l.has("post-renderer") {
			out.Effects = append(out.Effects, made(c, effect.Exec, l.value("post-renderer")))
		}
		return out
	case "uninstall", "delete", "del", "un":
		return target(effect.K8sDelete, "release")
	case "rollback":
		return target(effect.K8sDelete, "rollback")
	case "repo", "plugin", "registry", "push", "cm-push":
		return helmSources(c, l)
	case "get":
		if l.word(1) == "values" || l.word(1) == "all" {
			return target(effect.K8sRead, "values")
		}
	case "test":
		return target(effect.K8sWrite, "create")
	case "":
		return Outcome{}
	}
	if strings.Contains(" get list ls status history hist show inspect search template lint env version dependency dep completion verify create package pull fetch diff secrets schema ", " "+op+" ") {
		return target(effect.K8sRead)
	}
	return target(effect.K8sWrite, "unknown")
}

func helmFlags(op string, l line) []string {
	flags := []string{"create"}
	if op == "upgrade" {
		flags = []string{"update"}
		if !l.on("install", "i") {
			flags = append(flags, "disrupt")
		}
	}
	for _, w := range l.words {
		if byScheme(w.Text) && !strings.HasPrefix(w.Text, "oci://") {
			flags = append(flags, "source")
		}
	}
	if l.has("repo") {
		flags = append(flags, "source")
	}
	if l.says("cluster-admin", "privileged=true", "hostnetwork=true") {
		flags = append(flags, "admin")
	}
	return flags
}

// helmSources are the commands about repositories, plugins and registries.
func helmSources(c Call, l line) Outcome {
	switch l.phrase(2) {
	case "repo add":
		e := made(c, effect.PkgSource, "helm")
		if len(l.words) > 3 {
			e.Host = bucketHost(l.words[3].Text)
		}
		return one(e)
	case "plugin install", "plugin update":
		return one(made(c, effect.PkgInstall, "helm plugin", "source"))
	case "plugin uninstall":
		return one(made(c, effect.PkgRemove, "helm plugin"))
	case "repo remove", "repo rm":
		return one(made(c, effect.PkgSource, "helm", "remove"))
	case "registry login":
		return one(made(c, effect.SecretKey, "helm:registry login"))
	}
	if l.word(0) == "push" || l.word(0) == "cm-push" {
		return one(made(c, effect.PkgPublish, "helm"))
	}
	return one(made(c, effect.K8sRead, "helm:"+l.phrase(2)))
}
