package catalog

import (
	"strings"

	"writ/internal/effect"
)

// restAPI is a control plane that is spoken to over HTTP: what its paths mean for the writing methods.
type restAPI struct {
	name string
	// hosts end the host's name; ports are those on which it listens; paths begin its path. One of hosts or
	// ports must fit, and paths where given.
	hosts []string
	ports []int
	paths []string
	// kinds of effect for a deletion, a change, a read.
	destroy, write, read effect.Kind
	// secret are parts of paths whose reading shows credentials.
	secret []string
	// minor are parts of paths whose deletion is small.
	minor []string
	// destroyPosts are parts of paths for which POST or PUT destroys.
	destroyPosts []string
}

var restAPIs = []restAPI{
	{name: "kubernetes", paths: []string{"/api/v1/", "/apis/", "/api/v1"}, ports: []int{6443, 8443, 443, 8001, 8080, 16443, 10250}, destroy: effect.K8sDelete, write: effect.K8sWrite, read: effect.K8sRead,
		secret: []string{"/secrets", "/serviceaccounts/"}, destroyPosts: []string{"/eviction"}, hosts: []string{"kubernetes.default.svc", "kubernetes.default", "kubernetes.default.svc.cluster.local", ".eks.amazonaws.com", ".azmk8s.io"}},
	{name: "github", hosts: []string{"api.github.com", "uploads.github.com"}, secret: []string{"/secrets/public-key", "/installation/access_tokens"}, minor: []string{"/labels/", "/reactions/", "/subscription", "/starred/", "/comments/", "/notifications", "/assignees", "/requested_reviewers"}},
	{name: "gitlab", paths: []string{"/api/v4/"}, minor: []string{"/notes/", "/award_emoji", "/labels/"}, secret: []string{"/variables"}},
	{name: "docker", ports: []int{2375, 2376}, destroy: effect.ContainerDelete, write: effect.ContainerRun, read: effect.ContainerOther},
	{name: "elasticsearch", ports: []int{9200, 9243}, destroy: effect.DBDestroy, write: effect.DBWrite, read: effect.DBRead, minor: []string{"/_doc/", "/_scroll", "/_pit", "/_search/"}, destroyPosts: []string{"_delete_by_query", "_close", "_shrink"}},
	{name: "meilisearch", ports: []int{7700}, destroy: effect.DBDestroy, write: effect.DBWrite, read: effect.DBRead, secret: []string{"/keys"}, destroyPosts: []string{"/delete-batch", "/documents/delete"}},
	{name: "couchdb", ports: []int{5984}, destroy: effect.DBDestroy, write: effect.DBWrite, read: effect.DBRead, destroyPosts: []string{"/_purge"}},
	{name: "clickhouse", ports: []int{8123}, destroy: effect.DBDestroy, write: effect.DBWrite, read: effect.DBRead},
	{name: "influxdb", ports: []int{8086}, destroy: effect.DBDestroy, write: effect.DBWrite, read: effect.DBRead, destroyPosts: []string{"/api/v2/delete"}},
	{name: "qdrant", ports: []int{6333}, destroy: effect.DBDestroy, write: effect.DBWrite, read: effect.DBRead, destroyPosts: []string{"/points/delete"}},
	{name: "vault", ports: []int{8200}, paths: []string{"/v1/"}, secret: []string{"/v1/secret", "/v1/kv", "/v1/auth", "/v1/aws/creds", "/v1/database/creds", "/v1/cubbyhole"}},
	{name: "consul", ports: []int{8500}, paths: []string{"/v1/"}, destroyPosts: []string{"/deregister", "/force-leave"}, secret: []string{"/acl/token"}},
	{name: "nomad", ports: []int{4646}, paths: []string{"/v1/"}},
	{name: "etcd", ports: []int{2379, 4001}, destroyPosts: []string{"/kv/deleterange", "/kv/compaction", "/auth/disable"}, destroy: effect.DBDestroy, write: effect.DBWrite, read: effect.DBRead},
	{name: "rabbitmq", ports: []int{15672}, paths: []string{"/api/"}},
	{name: "unleash", ports: []int{4242}, paths: []string{"/api/admin"}},
	{name: "kong", ports: []int{8001, 8444}},
	{name: "argocd", paths: []string{"/api/v1/applications"}},
	{name: "stripe", hosts: []string{"api.stripe.com"}, destroyPosts: []string{"/refunds", "/cancel", "/payouts", "/transfers", "/charges"}},
	{name: "hashicorp", hosts: []string{"app.terraform.io"}, destroyPosts: []string{"/actions/discard", "/actions/safe-delete", "/actions/force"}},
	{name: "launchdarkly", hosts: []string{"app.launchdarkly.com"}},
}

// genericPosts are parts of paths for which POST, PUT or PATCH destroys or switches off, whatever the service.
var genericPosts = strings.Fields("delete destroy purge terminate remove revoke wipe drop truncate shutdown flush deactivate disable archive erase reset")

// restTwin notes what a request does to the control plane behind it, as the command-line verb would.
func restTwin(out *Outcome, r request, a address) {
	api, ok := findAPI(a)
	if r.graphQL(a) {
		return
	}
	if elasticBody(out, r, a) {
		return
	}
	switch r.method {
	case "DELETE":
		flags := []string{"rest"}
		flags = append(flags, flagIf(hasPart(a.path, append(api.minor, commonMinor...)), "minor")...)
		if !ok && isLocalHost(a.host) {
			return // a program under development on this machine
		}
		out.Effects = append(out.Effects, twin(kindOr(api.destroy, effect.CloudDestroy), api, r, a, flags))
	case "POST", "PUT", "PATCH":
		switch {
		case ok && hasPart(a.path, adminParts):
			out.Effects = append(out.Effects, twin(effect.DBAdmin, api, r, a, []string{"rest"}))
		case hasPart(a.path, api.destroyPosts):
			out.Effects = append(out.Effects, twin(kindOr(api.destroy, effect.CloudDestroy), api, r, a, []string{"rest"}))
		case endsWithPart(a.path, genericPosts):
			out.Effects = append(out.Effects, twin(effect.CloudDestroy, api, r, a, append([]string{"rest"}, flagIf(!ok && isLocalHost(a.host), "local")...)))
		case ok:
			out.Effects = append(out.Effects, twin(kindOr(api.write, effect.CloudWrite), api, r, a, append([]string{"rest"}, flagIf(api.name == "docker", "docker-socket")...)))
		}
	default:
		if api.name == "docker" {
			out.Effects = append(out.Effects, twin(effect.ContainerOther, api, r, a, []string{"rest", "docker-socket"}))
			return
		}
		if ok && hasPart(a.path, api.secret) || hasPart(a.path, leakyParts) {
			out.Effects = append(out.Effects, twin(effect.CloudSecret, api, r, a, []string{"rest"}))
			out.Emits = "secret"
		}
	}
}

// adminParts are parts of paths that change the settings of a server.
var adminParts = strings.Fields("/_cluster/settings /_security/ /_settings /_config /_snapshot /_ilm")

// leakyParts are parts of paths at which servers show their memory, settings and credentials.
var leakyParts = strings.Fields("/actuator/env /actuator/heapdump /actuator/configprops /actuator/threaddump /actuator/httptrace /.env /.git/config /.aws/credentials /server-status /debug/pprof/heap /jolokia /_nodes/stats/secrets")

var commonMinor = strings.Fields("/comments/ /reactions/ /labels/ /messages/ /cache/ /sessions/ /drafts/")

func twin(kind effect.Kind, api restAPI, r request, a address, flags []string) effect.Effect {
	name := api.name
	if name == "" {
		name = a.host
	}
	return effect.Effect{Kind: kind, Target: name + ":" + r.method + " " + a.path, Host: a.host, Port: a.port, Method: r.method, Flags: flags}
}

func kindOr(k, or effect.Kind) effect.Kind {
	if k == "" {
		return or
	}
	return k
}

func findAPI(a address) (restAPI, bool) {
	for _, api := range restAPIs {
		if api.fits(a) {
			return api, true
		}
	}
	return restAPI{}, false
}

func (api restAPI) fits(a address) bool {
	for _, h := range api.hosts {
		if a.host == h || strings.HasPrefix(h, ".") && strings.HasSuffix(a.host, h) {
			return true
		}
	}
	if len(api.ports) == 0 && len(api.hosts) > 0 {
		return false
	}
	port := len(api.ports) == 0
	for _, p := range api.ports {
		port = port || p == a.port
	}
	path := len(api.paths) == 0
	for _, p := range api.paths {
		path = path || strings.HasPrefix(a.path, p)
	}
	return port && path
}

// hasPart tells whether the path holds one of the parts.
func hasPart(path string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(path, p) {
			return true
		}
	}
	return false
}

// endsWithPart tells whether the last part of the path says one of the words: an action (/cache/purge,
// /job/doDelete), not a folder on the way.
func endsWithPart(path string, words []string) bool {
	last := strings.ToLower(strings.TrimSuffix(path, "/"))
	last = last[strings.LastIndexByte(last, '/')+1:]
	for _, w := range words {
		if last == w || strings.HasPrefix(last, w+"_") || strings.HasPrefix(last, w+"-") || strings.HasSuffix(last, "_"+w) || strings.HasSuffix(last, "-"+w) || last == "do"+w || last == w+"all" {
			return true
		}
	}
	return false
}

// graphQL leaves GraphQL posts to what they upload: their verbs stand in the body.
func (r request) graphQL(a address) bool {
	return strings.HasSuffix(a.path, "/graphql") && r.method == "POST" && !r.mutationDeletes()
}

func (r request) mutationDeletes() bool {
	text := strings.ToLower(oneWord(r.body).Text)
	return strings.Contains(text, "mutation") && (strings.Contains(text, "delete") || strings.Contains(text, "remove") || strings.Contains(text, "destroy"))
}

// elasticBody reads SQL that is posted to a database's HTTP port.
func elasticBody(out *Outcome, r request, a address) bool {
	if a.port == 8123 {
		for _, w := range r.body {
			out.nest(Nested{Kind: NestedSQL, Lang: "clickhouse", Text: w, Via: "http", Remote: true})
		}
		return len(r.body) > 0
	}
	if r.method == "POST" && strings.HasSuffix(a.path, "/graphql") && r.mutationDeletes() {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.CloudDestroy, Target: a.host + ":graphql mutation", Host: a.host, Method: r.method, Flags: []string{"rest"}})
		return true
	}
	return false
}

// viaSocket is a request over a Unix socket: the container engine's is the whole machine.
func (r request) viaSocket(out *Outcome, socket string, a address) {
	engine := strings.Contains(socket, "docker") || strings.Contains(socket, "podman") || strings.Contains(socket, "containerd") || strings.Contains(socket, "crio")
	switch {
	case engine && r.method == "DELETE":
		out.add(effect.ContainerDelete, a.path, "rest", "docker-socket")
	case engine && r.method != "GET" && r.method != "HEAD":
		out.add(effect.ContainerRun, a.path, "rest", "docker-socket", "privileged")
	case engine:
		out.add(effect.ContainerOther, a.path, "rest", "docker-socket")
	case strings.Contains(socket, "writ"):
		out.add(effect.WritControl, socket)
	default:
		out.path(effect.FSWrite, known(socket), "socket")
	}
}
