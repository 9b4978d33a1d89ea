package guard

import (
	"encoding/json"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/verdict"
	"writ/internal/zone"
)

// reach says what of the world beyond the project a call needs, as far as it was understood. It is what a
// sandbox may be opened for, for this call alone, once the call is allowed or a person approved it.
//
// A denied call needs nothing. Nor does a contained one: it was allowed because of the walls, so none of them
// is opened for it. A host that it names is asked about when it connects, like one that nobody could read.
func (d *Decision) reach(ev event.Event) {
	if d.Verdict.Effect == verdict.Deny || d.Verdict.Rule() == Contained || ev.Tool != "Bash" {
		return
	}
	for _, e := range d.Effects {
		d.Hosts = once(d.Hosts, hostOf(e))
		d.Writes = once(d.Writes, writeOf(e))
	}
	d.Remote = remote(ev, d)
	d.ProjectCode = d.Remote && slices.ContainsFunc(d.Effects, loads)
}

func once(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// hostName is a plain name or address: a pattern or a part that is known only when the command runs must never
// become an entry of an allow-list.
var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)

// ports are those that a scheme stands for where the line names none.
var ports = map[string]int{"http": 80, "https": 443, "ws": 80, "wss": 443, "ssh": 22, "sftp": 22, "git": 9418, "ftp": 21, "ftps": 990}

// hostOf is the destination of a contact, as host:port; empty where there is none, it is this machine, or any
// part of it is not known.
func hostOf(e effect.Effect) string {
	switch e.Kind {
	case effect.NetConnect, effect.NetUpload, effect.GitRemote, effect.GitPush:
	default:
		return ""
	}
	port := e.Port
	if port == 0 {
		port = ports[e.Scheme]
	}
	if elsewhere(e) || local(e.Host) || e.Has("computed") && e.Host == "" || port <= 0 || port > 65535 {
		return ""
	}
	if !hostName.MatchString(e.Host) && net.ParseIP(e.Host) == nil {
		return ""
	}
	return net.JoinHostPort(strings.ToLower(e.Host), strconv.Itoa(port))
}

// local names this machine, which inside a sandbox is the sandbox itself.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || strings.EqualFold(host, "localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// writeOf is the path outside the project and the temporary folders that an effect changes; empty where there
// is none, or it is not wholly known.
func writeOf(e effect.Effect) string {
	if !changes(e) || !e.In(zone.Outside) || elsewhere(e) || e.Has("unknown-path") || e.Has("computed") {
		return ""
	}
	if !strings.HasPrefix(e.Path, "/") || strings.ContainsAny(e.Path, "*?[\x00") {
		return ""
	}
	return e.Path
}

// planes are the programs that act through a control plane or another machine with the person's credentials.
var planes = strings.Fields(`aws gcloud gsutil bq az gh glab kubectl oc helm terraform tofu terragrunt pulumi cdk docker podman
	git ssh psql mysql mongosh redis-cli doctl flyctl heroku vercel netlify wrangler supabase`)

// filters only pass on what they read, as long as the line gives them no program of its own.
var filters = strings.Fields(`grep egrep fgrep head tail wc sort uniq cut tr column jq cat nl rev fold true echo printf`)

// configs are options that name a file which says what to run or whom to trust; assignments are refused as well.
var configs = strings.Fields(`--kubeconfig --config --config-file --config-dir -F --defaults-file --defaults-extra-file --plugin-dir --post-renderer --ca-bundle`)

var assignment = regexp.MustCompile(`(^|[\s;&|(])[A-Za-z_][A-Za-z0-9_]*\+?=`)

// remote tells whether the whole line only speaks to control planes and other machines through programs that
// are known to do so, and so needs their credentials. Everything else about the line must be plain: nothing
// unresolved, no script, no code, no program of the project, no wrapper, no variable that changes what runs.
func remote(ev event.Event, d *Decision) bool {
	var in struct {
		Command string `json:"command"`
	}
	if json.Unmarshal(ev.Input, &in) != nil || len(d.Steps) == 0 || assigns(in.Command) {
		return false
	}
	speaks := false
	for _, s := range d.Steps {
		if len(s.Via) > 0 && strings.HasPrefix(s.Via[0], "ssh ") {
			continue // it runs on the other machine; what it does there is among the effects
		}
		if len(s.Words) == 0 || len(s.Via) > 0 || slices.ContainsFunc(s.Words, isConfig) {
			return false
		}
		if s.Words[0] == "git" && slices.Contains(s.Words, "-c") {
			return false
		}
		plane := slices.Contains(planes, s.Words[0])
		if !plane && !slices.Contains(filters, s.Words[0]) {
			return false
		}
		speaks = speaks || plane
	}
	return speaks && !slices.ContainsFunc(d.Effects, func(e effect.Effect) bool { return !distant(e) })
}

// assigns finds a variable that is set anywhere on the line: PATH, KUBECONFIG and many others change what runs.
// It also takes a word such as name=x after an option for one, which only costs the credentials.
func assigns(line string) bool { return assignment.MatchString(line) }

func isConfig(word string) bool {
	name, _, _ := strings.Cut(word, "=")
	return slices.Contains(configs, name) || strings.HasPrefix(word, "-o") && strings.Contains(word, "=") // ssh -oProxyCommand=…
}

// groups are the kinds that a control plane carries out.
var groups = []string{"cloud", "k8s", "iac", "db", "container"}

// distant tells of effects that happen on another machine, or only look at files that are no secrets.
func distant(e effect.Effect) bool {
	group, _, _ := strings.Cut(string(e.Kind), ".")
	switch {
	case e.Kind == effect.Unresolved || group == "exec" || e.Kind == effect.NetTunnel:
		return false
	case slices.Contains(groups, group), e.Kind == effect.GitPush, e.Kind == effect.GitRemote, e.Has("remote"):
		return true
	case e.Kind == effect.NetConnect:
		return e.Scheme == "ssh" && !e.Has("computed")
	case e.Kind == effect.NetUpload:
		return e.Has("store")
	case e.Kind == effect.FSRead || e.Kind == effect.FSList:
		return !e.In(zone.Secret)
	case e.Kind == effect.FSWrite:
		return e.In(zone.Null)
	}
	return false
}

// loads tells of remote effects whose program runs code that lies in the project: git its hooks, infrastructure
// tools their providers and external programs, builds their recipes, database clients the files they are given.
func loads(e effect.Effect) bool {
	group, _, _ := strings.Cut(string(e.Kind), ".")
	return group == "iac" || group == "git" || group == "db" || group == "container" && (e.Has("build") || strings.HasPrefix(e.Target, "compose"))
}
