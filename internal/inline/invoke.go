package inline

import (
	"strings"

	"writ/internal/effect"
	"writ/internal/verb"
)

// invoke looks a call up by its full name, then by the method's name, and returns its value.
func (r *reader) invoke(v value, c call) value {
	if v.ref == "" {
		return value{from: c.from()}
	}
	name := r.normal(v.ref)
	c.name = name
	if act, ok := r.calls[name]; ok {
		return act(r, c)
	}
	for _, p := range clients {
		if rest, ok := strings.CutPrefix(name, p.prefix); ok {
			return p.act(r, c, rest)
		}
	}
	method := lastName(name)
	if method != name {
		if act, ok := r.calls["."+method]; ok {
			return act(r, c)
		}
		if act, ok := r.methods[method]; ok {
			return act(r, c)
		}
	}
	return r.unknownCall(c, name, method)
}

// unknownCall is a call of something that is in no table: a method with a grave verb and an object of a
// control plane counts, everything else passes its origins on.
func (r *reader) unknownCall(c call, name, method string) value {
	if strings.Contains(name, ".") && grave(method, name) {
		r.effect(effect.Effect{Kind: effect.CloudDestroy, Target: "sdk:" + name, Flags: []string{"generic"}})
	}
	if strings.Contains(name, ".") && sends[strings.ToLower(method)] && sentAlong(c)&(fromSecret|fromEnv) != 0 {
		r.effect(effect.Effect{Kind: effect.NetUpload, Target: name, Flags: []string{"secret"}})
	}
	if inner, ok := c.recv.dict[""]; ok && inner.known && len(c.args) == 0 {
		return inner
	}
	if v := c.kw["trust_remote_code"]; v.ref == "True" {
		r.effect(effect.Effect{Kind: effect.ExecDownload, Target: "trust_remote_code"})
	}
	out := value{ref: "@of." + name, from: c.from(), path: c.recv.path}
	if model(name) {
		if o := sentAlong(c); o&(fromFile|fromCommand) != 0 && o&(fromSecret|fromEnv) == 0 {
			r.effect(effect.Effect{Kind: effect.NetUpload, Target: name, Flags: []string{"file", "model"}})
		}
		out.from |= fromNetwork
		out.ref = "@answer"
	}
	return out
}

// sentAlong are the origins of everything that the arguments hold.
func sentAlong(c call) origin {
	o := c.from()
	for _, a := range c.args {
		o |= deep(a)
	}
	for _, a := range c.kw {
		o |= deep(a)
	}
	return o
}

// sends are methods that carry their arguments to another place.
var sends = map[string]bool{"post": true, "put": true, "send": true, "sendall": true, "upload": true, "request": true, "generate": true, "chat": true, "complete": true, "create": true, "createcompletion": true, "invoke": true, "publish": true, "emit": true, "push": true, "ask": true, "embed": true, "sendmail": true, "send_message": true, "add": true, "query": true, "generatecontent": true, "generate_content": true, "predict": true, "sendto": true, "write": true, "put_object": true, "upload_file": true, "upload_fileobj": true}

// model tells whether a name is that of a language model's client.
func model(name string) bool {
	low := strings.ToLower(name)
	for _, s := range []string{"chat.completions", "messages.create", "completion.create", "generatecontent", "generate_content", "agent.run", "llm.", ".complete", "openai.", "anthropic.", "generatetext", ".predict", "chain.run", "chain.invoke", "llm_output", "agent_response"} {
		if strings.Contains(low, s) {
			return true
		}
	}
	return false
}

// nouns are what control planes keep; a method that takes one of them away is grave.
var nouns = words(`bucket buckets database databases db table tables index indexes indices collection collections instance instances cluster clusters stack stacks queue queues topic topics stream streams user users role roles policy policies
		function functions volume volumes snapshot snapshots image images namespace namespaces namespaced repo repository repositories project projects account accounts customer customers subscription subscriptions domain domains record records zone zones secret secrets vault vaults
		backup backups deployment deployments server servers droplet droplets objects keys service services pod pods node nodes tenant tenants organization org team environment release webhook certificate network subnet vpc gateway firewall loadbalancer workspace dataset datasets model models space file schema
		keyspace group resource resources trail alarm alarms detector blob blobs container containers app application site`)

func words(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// grave tells whether a method's name says that something of a control plane is taken away: delete_bucket,
// dropDatabase, clearObjects, stripe.Customer.delete, User.destroy_all.
func grave(method, name string) bool {
	parts := verb.Split(method)
	if len(parts) == 0 {
		return false
	}
	switch parts[0] {
	case "delete", "drop", "destroy", "terminate", "purge", "wipe", "truncate", "deregister", "clear", "remove", "flush", "batch", "prune":
	default:
		return false
	}
	if parts[0] == "clear" || parts[0] == "remove" || parts[0] == "flush" {
		return len(parts) > 1 && nouns[parts[1]] && parts[1] != "file" && parts[1] != "node" && parts[1] != "nodes" && parts[1] != "container" && parts[1] != "group"
	}
	for _, p := range parts[1:] {
		if nouns[p] || p == "all" || p == "many" {
			return true
		}
	}
	if len(parts) == 1 && (parts[0] == "delete" || parts[0] == "destroy" || parts[0] == "terminate" || parts[0] == "prune") {
		for _, s := range strings.Split(name, ".")[:strings.Count(name, ".")] {
			for _, p := range verb.Split(s) {
				if nouns[p] {
					return true
				}
			}
		}
	}
	return false
}

// assigned notes assignments that act: a key of the environment, a field of a settings file.
func (r *reader) assigned(name string, v value) {
	low := strings.ToLower(r.normal(plainName(name)))
	for _, env := range []string{"os.environ.ld_preload", "process.env.ld_preload", "env.ld_preload", "os.environ.dyld_insert_libraries", "process.env.node_options", "process.env.node_tls_reject_unauthorized"} {
		if low == env {
			kind, target := effect.ExecTampered, strings.ToUpper(lastName(low))
			if strings.HasSuffix(low, "unauthorized") {
				kind = effect.Bypass
				target = "tls"
			}
			r.effect(effect.Effect{Kind: kind, Target: target})
		}
	}
}

// shellLine follows a shell line; one that is not fully known is said to be so.
func (r *reader) shellLine(v value, via string) {
	for _, c := range v.choices() {
		if c.known && c.from&fromDecode != 0 {
			r.effect(effect.Effect{Kind: effect.ExecInline, Target: via, Flags: []string{"decode"}})
		}
		switch {
		case c.known && isShellPath(strings.TrimSpace(c.text)):
			r.startsShell(c.text)
		case c.known:
			r.nested(Nested{Kind: KindShell, Text: c.text, Via: via})
		case c.isList && len(c.list) > 0:
			r.argv(c, via)
		case c.from&(fromNetwork) != 0:
			r.effect(effect.Effect{Kind: effect.ExecDownload, Target: via})
		case c.path != "" && c.from&fromDecode == 0:
			r.nested(Nested{Kind: KindShell, Text: c.path, Via: via})
			r.unresolved("a part of the shell line given to " + via + " is computed")
		case c.from&fromDecode != 0:
			r.effect(effect.Effect{Kind: effect.ExecInline, Target: via, Flags: []string{"decode"}})
		default:
			r.unresolved("the shell line given to " + via + " is computed")
		}
	}
}

// startsShell: a shell without a command waits for whatever is typed into it, unseen.
func (r *reader) startsShell(name string) {
	r.effect(effect.Effect{Kind: effect.Exec, Target: name, Flags: []string{"escape"}})
}

// argv follows a command given as a list.
func (r *reader) argv(v value, via string) {
	words := v.words()
	if len(words) == 0 {
		r.unresolved("the command given to " + via + " is computed")
		return
	}
	if len(words) <= 2 && words[0].Known && isShellPath(words[0].Text) && (len(words) == 1 || words[1].Text == "-i" || words[1].Text == "-p" || isShellPath(words[1].Text)) {
		r.startsShell(words[0].Text)
		return
	}
	r.nested(Nested{Kind: KindArgv, Args: words, Via: via})
	if !words[0].Known {
		r.unresolved("the program given to " + via + " is computed")
	}
}

// evaluates follows code that is given to an eval.
func (r *reader) evaluates(v value, lang, via string) value {
	for _, c := range v.choices() {
		if c.known && c.from&fromDecode != 0 {
			r.effect(effect.Effect{Kind: effect.ExecInline, Target: via, Flags: []string{"decode"}})
		}
		switch {
		case c.known:
			if r.depth < maxDepth/2 && lang == r.name {
				r.run(c.text)
			} else {
				r.nested(Nested{Kind: KindCode, Lang: lang, Text: c.text, Via: via})
			}
		case c.from&fromNetwork != 0:
			r.effect(effect.Effect{Kind: effect.ExecDownload, Target: via})
		case c.from&(fromDecode) != 0:
			r.effect(effect.Effect{Kind: effect.ExecInline, Target: via, Flags: []string{"decode"}})
		default:
			r.effect(effect.Effect{Kind: effect.ExecInline, Target: via, Flags: []string{"eval"}})
			r.unresolved("the code given to " + via + " is computed")
		}
	}
	return value{from: v.from}
}
