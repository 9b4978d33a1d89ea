package catalog

import (
	"strings"

	"writ/internal/effect"
	"writ/internal/verb"
)

// k8sPrograms are the command lines of Kubernetes and of what runs on it.
var k8sPrograms = map[string]program{
	"kubectl": kubectl, "k": kubectl, "oc": kubectl, "kubecolor": kubectl, "microk8s.kubectl": kubectl, "kubectl.sh": kubectl, "k0s": k8sService.look,
	"microk8s": kubeWrapper, "k3s": kubeWrapper, "minikube": kubeWrapper,
	"helm": helm, "helm3": helm, "helmfile": helmfile,
	"kustomize": service{special: specials(map[verb.Class]string{verb.Read: "build, cfg, create, edit, fn, localize, version, completion"})}.k8s,
	"argocd":    service{valued: "server auth-token N app-namespace", special: specials(map[verb.Class]string{verb.Read: "app get, app list, app diff, app manifests, app logs, app history, app resources, cluster list, repo list, version, account list, app wait, proj list", verb.Create: "login, app create, app sync, cluster add, repo add, proj create, relogin, logout", verb.Destroy: "app delete, app delete-resource, app terminate-op, app rollback, cluster rm, repo rm, proj delete, app unset, appset delete", verb.Secret: "account generate-token, account bcrypt, admin initial-password", verb.Grant: "account update-password, proj role create-token, account delete-token"})}.k8s,
	"flux":      service{valued: "n namespace context", special: specials(map[verb.Class]string{verb.Read: "check, get, logs, tree, diff, stats, trace, export, events, version, build", verb.Create: "bootstrap, install, create, reconcile, push, tag, pull", verb.Change: "suspend, resume", verb.Destroy: "delete, uninstall"})}.k8s,
	"istioctl":  service{valued: "n namespace i", special: specials(map[verb.Class]string{verb.Read: "analyze, proxy-status, ps, proxy-config, pc, version, verify-install, precheck, describe, experimental, x, dashboard, validate, manifest generate, profile", verb.Create: "install, kube-inject, tag set, create-remote-secret", verb.Destroy: "uninstall, tag remove, waypoint delete"})}.k8s,
	"linkerd":   service{special: specials(map[verb.Class]string{verb.Read: "check, viz, version, install, upgrade, inject, uninstall, prune, diagnostics, profile, identity"})}.k8s,
	"eksctl":    service{valued: "region r f config-file cluster name profile p", special: specials(map[verb.Class]string{verb.Destroy: "delete, drain, deregister, delete cluster, delete nodegroup", verb.Read: "get, info, version, utils describe-stacks, utils write-kubeconfig", verb.Create: "create, upgrade, scale, enable, register, associate", verb.Off: "disassociate, utils update-cluster-logging --disable", verb.Grant: "create iamidentitymapping, create iamserviceaccount, create accessentry"})}.k8s,
	"kind":      k8sLocal.k8s, "k3d": k8sLocal.k8s, "kwokctl": k8sLocal.k8s, "ctlptl": k8sLocal.k8s, "colima": k8sLocal.k8s,
	"kubeadm":  service{special: specials(map[verb.Class]string{verb.Destroy: "reset, token delete", verb.Read: "version, config print, config images, certs check-expiration, token list, upgrade plan, config validate", verb.Create: "init, join, upgrade apply, config migrate", verb.Secret: "token create, token generate, certs certificate-key, kubeconfig user, init phase upload-certs", verb.Change: "certs renew, upgrade node"})}.k8s,
	"talosctl": service{valued: "n nodes e endpoints talosconfig context", special: specials(map[verb.Class]string{verb.Destroy: "reset, cluster destroy, etcd remove-member, etcd forfeit-leadership, wipe, etcd leave", verb.Read: "get, logs, dmesg, health, dashboard, version, list, read, services, containers, processes, etcd members, etcd status, time, stats, memory, mounts, disks, usage, support, validate, pcap, config info", verb.Change: "apply-config, patch, edit, reboot, shutdown, upgrade, upgrade-k8s, rollback, restart, service", verb.Create: "bootstrap, gen, cluster create, config merge", verb.Secret: "kubeconfig, config new"})}.k8s,
	"kops":     service{valued: "name state", special: specials(map[verb.Class]string{verb.Destroy: "delete, delete cluster, delete ig, delete secret, delete instance, trust remove", verb.Read: "get, validate, version, toolbox, export", verb.Create: "create, update, rolling-update, replace, upgrade", verb.Secret: "export kubecfg, get secrets"})}.k8s,
	"rke":      service{special: specials(map[verb.Class]string{verb.Destroy: "remove, etcd snapshot-restore", verb.Create: "up, config, etcd snapshot-save, cert rotate", verb.Read: "version, util"})}.k8s,
	"rancher":  service{special: specials(map[verb.Class]string{verb.Destroy: "clusters delete, projects delete, rm, nodes delete, apps delete, namespaces delete", verb.Read: "ps, inspect, clusters ls, context current, nodes ls, settings ls", verb.Create: "login, context switch, up", verb.Secret: "clusters kubeconfig, token"})}.k8s,
	"crictl":   service{special: specials(map[verb.Class]string{verb.Destroy: "rm, rmi, rmp, stopp", verb.Read: "ps, pods, images, img, inspect, inspecti, inspectp, logs, stats, version, info, statsp, imagefsinfo, events", verb.Create: "create, run, runp, start, pull", verb.Change: "exec, attach, stop, update, port-forward, config, checkpoint"})}.k8s,
	"stern":    reads("stern"), "kubetail": reads("kubetail"), "kail": reads("kail"), "kubeval": reads("kubeval"), "kubeconform": reads("kubeconform"), "kube-score": reads("kube-score"), "kube-linter": reads("kube-linter"), "popeye": reads("popeye"), "kubent": reads("kubent"), "pluto": reads("pluto"),
	"kubectx": kubeContext, "kubens": kubeContext, "kubie": kubeContext, "k9s": service{silent: verb.Change}.k8s,
	"skaffold": service{special: specials(map[verb.Class]string{verb.Destroy: "delete", verb.Read: "build, render, diagnose, test, version, config, init, schema, inspect", verb.Create: "run, dev, deploy, apply, debug"})}.k8s,
	"tilt":     service{special: specials(map[verb.Class]string{verb.Destroy: "down, delete", verb.Read: "version, doctor, get, describe, logs, verify-install, snapshot", verb.Create: "up, ci, trigger, enable, disable, demo, apply, args"})}.k8s,
	"devspace": service{special: specials(map[verb.Class]string{verb.Destroy: "purge, reset, cleanup", verb.Read: "list, print, version, logs, analyze, render, ui", verb.Create: "deploy, dev, build, init, run, sync, use", verb.Change: "enter, attach, open"})}.k8s,
	"cmctl":    k8sService.k8s, "clusterctl": k8sService.k8s, "crossplane": k8sService.k8s, "kn": k8sService.k8s, "tkn": k8sService.k8s, "argo": k8sService.k8s, "virtctl": k8sService.k8s, "kubeseal": reads("kubeseal"), "kapp": k8sService.k8s, "werf": k8sService.k8s, "vcluster": k8sService.k8s,
	"kubevela": k8sService.k8s, "vela": k8sService.k8s, "karmadactl": k8sService.k8s, "cilium": k8sService.k8s, "calicoctl": k8sService.k8s, "hubble": reads("hubble"), "longhornctl": k8sService.k8s, "kubefed": k8sService.k8s, "osm": k8sService.k8s, "subctl": k8sService.k8s, "odo": k8sService.k8s, "rosa": k8sService.k8s, "ocm": k8sService.k8s, "openshift-install": openshiftInstall.k8s,
	"kubectl-argo-rollouts": k8sService.k8s, "kyverno": k8sService.k8s, "keda": k8sService.k8s, "dapr": k8sService.k8s, "traefik": reads("traefik"), "ketall": reads("ketall"), "kube-capacity": reads("kube-capacity"),
}

var k8sService = service{valued: "n namespace context kubeconfig kube-context", special: specials(map[verb.Class]string{verb.Destroy: "dismiss, pipelinerun delete, cleanup, pr delete, taskrun delete", verb.Read: "status, dev", verb.Change: "suspend, terminate-not, stop, restart"})}

var k8sLocal = service{valued: "name n", special: specials(map[verb.Class]string{verb.Read: "get, version, export logs, list, status, kubeconfig get, cluster list", verb.Create: "create, load, start, build, image import, cluster start", verb.Change: "stop, cluster stop", verb.Secret: "export kubeconfig-secret", verb.Destroy: "delete, cluster delete"})}

var openshiftInstall = service{special: specials(map[verb.Class]string{verb.Destroy: "destroy, destroy cluster, destroy bootstrap", verb.Create: "create, create cluster", verb.Read: "version, wait-for, gather, explain, graph"})}

// k8s judges a service's program as one that acts on a cluster.
func (s service) k8s(c Call) Outcome {
	out := s.look(c)
	toCluster(out.Effects)
	return out
}

// toCluster turns effects on a cloud into those on a cluster.
func toCluster(effects []effect.Effect) {
	for i := range effects {
		switch effects[i].Kind {
		case effect.CloudRead:
			effects[i].Kind = effect.K8sRead
		case effect.CloudWrite:
			effects[i].Kind = effect.K8sWrite
		case effect.CloudDestroy:
			effects[i].Kind = effect.K8sDelete
		case effect.CloudSecret:
			effects[i].Kind = effect.K8sSecret
		}
	}
}

// reads is a program that only reads from its service.
func reads(name string) program {
	return func(c Call) Outcome { return one(made(c, effect.K8sRead, name)) }
}

// kubeWrapper are local clusters that carry kubectl inside: minikube kubectl -- get pods.
func kubeWrapper(c Call) Outcome {
	for i, a := range c.Args[1:] {
		if a.Text == "kubectl" || a.Text == "helm" || a.Text == "crictl" || a.Text == "ctr" {
			args := c.Args[i+1:]
			if len(args) > 1 && args[1].Text == "--" {
				args = append([]Word{args[0]}, args[2:]...)
			}
			return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: args, Via: c.Name()}}}
		}
	}
	l := loosely(c.Args[1:], "p profile")
	if l.word(0) == "ssh" {
		return Outcome{Effects: []effect.Effect{made(c, effect.K8sExec, c.Name()+":ssh")}, Nested: remoteWords(l, 1, c.Name()+" ssh")}
	}
	return service{special: specials(map[verb.Class]string{verb.Read: "status, ip, dashboard, profile, logs, version, image ls, addons list, service, docker-env, node list, options, update-check, check, config view, check-config, ctr", verb.Create: "start, addons enable, image load, cache add, mount, tunnel, enable, server, agent, image build, join, add-node", verb.Change: "stop, pause, unpause, addons disable, config set, disable, refresh-certs", verb.Destroy: "delete, reset, image rm, leave, remove-node, secrets-encrypt disable, etcd-snapshot delete, kill", verb.Secret: "config, token"})}.k8s(c)
}

// remoteWords are the words from the i-th on, as a command on the other side.
func remoteWords(l line, i int, via string) []Nested {
	args := l.rest
	if args == nil {
		args = l.from(i)
	}
	if len(args) == 0 {
		return nil
	}
	if len(args) == 1 && strings.ContainsAny(args[0].Text, " ;|&") {
		return []Nested{{Kind: NestedShell, Text: args[0], Remote: true, Via: via}}
	}
	return []Nested{{Kind: NestedArgv, Args: args, Remote: true, Via: via}}
}

// kubeContext switches which cluster later commands reach.
func kubeContext(c Call) Outcome {
	l := loosely(c.Args[1:], "")
	switch {
	case l.has("d", "delete"):
		return one(made(c, effect.K8sWrite, c.Name()+":delete context", "update"))
	case len(l.words) == 0 || l.has("c", "current", "h"):
		return one(made(c, effect.K8sRead, c.Name()))
	}
	return one(made(c, effect.K8sWrite, c.Name()+":use context", "create"))
}

// helmfile wraps helm for many releases.
func helmfile(c Call) Outcome {
	return service{valued: "f file e environment l selector n namespace", special: specials(map[verb.Class]string{verb.Read: "diff, template, lint, list, status, build, show-dag, write-values, version, fetch, deps, repos, test, cache", verb.Create: "apply, sync, charts, init", verb.Destroy: "destroy, delete"})}.k8s(c)
}
