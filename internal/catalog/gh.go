package catalog

import (
	"strings"

	"writ/internal/effect"
)

// forgePrograms are the clients of code forges.
var forgePrograms = merge([]map[string]program{
	same("gh", forges), same("glab", forges), same("hub tea berg", forges),
})

var forgeSpec = newSpec(`R,repo= X,method= f,raw-field= F,field= H,header= input= jq= t= q= template= b,body= T= body-file= title= base= B= head= l,label= a,assignee= m,milestone= r,reviewer= L,limit= s,state= S,search= p,public d,desc= n,notes= notes-file= filename= admin squash merge rebase delete-branch auto yes confirm hostname= show-token with-token
	description= visibility= team= template-repo= source= remote= clone push private internal homepage= env= e= u= org= o= app= w,web approve request-changes c,comment comments force cleanup-tag j,json= reason= secure-storage scopes= D= dir= pattern= A= workflow= ref= branch= user= message=`)

// forges reads "gh NOUN VERB …": the noun says what, the verb says how.
func forges(c Call) Outcome {
	p := forgeSpec.parse(c.Args[1:])
	noun, verb := p.verb(), p.arg(1).Text
	name := c.Name() + ":" + strings.TrimSpace(noun+" "+verb)
	var out Outcome
	if p.has("help") {
		return out
	}
	switch noun {
	case "api":
		forgeAPI(&out, c, p)
		return out
	case "auth":
		forgeAuth(&out, p, verb, name)
		return out
	case "gist", "snippet":
		forgeGist(&out, p, verb, name)
		return out
	case "alias", "extension", "ext":
		forgeExtend(&out, p, noun, verb)
		return out
	case "codespace", "cs":
		forgeCodespace(&out, c, p, verb, name)
		return out
	case "config":
		if verb == "get" && (strings.Contains(p.arg(2).Text, "token") || strings.Contains(p.arg(2).Text, "hosts")) {
			out.add(effect.SecretRead, name)
			out.Emits = "secret"
		}
		if verb == "set" && (p.arg(2).Text == "pager" || p.arg(2).Text == "editor" || p.arg(2).Text == "browser") && !harmlessCommand("", p.arg(3)) {
			out.add(effect.ExecTampered, name, "git")
		}
		return out
	}
	forgeVerb(&out, p, noun, verb, name)
	return out
}

// forgeSmall are the things whose loss is small; it weighs what a deletion takes away.
var forgeSmall = nameSet("label comment cache artifact note attestation run todo ci pipeline job schedule milestone issue pr mr subscription discussion iteration")

func forgeVerb(out *Outcome, p parsed, noun, verb, name string) {
	switch verb {
	case "delete", "remove", "rm", "destroy", "delete-asset", "purge", "disable", "unlink", "item-delete", "field-delete", "erase":
		kind := effect.CloudDestroy
		if noun == "ssh-key" || noun == "gpg-key" || noun == "deploy-key" {
			kind = effect.CloudPerm
		}
		out.add(kind, name, flagIf(forgeSmall[noun], "minor")...)
	case "archive", "transfer", "rename":
		if noun == "repo" || noun == "project" {
			out.add(effect.CloudDestroy, name, "archive")
		}
	case "edit":
		forgeEdit(out, p, noun, name)
	case "merge":
		flags := append([]string{"merge"}, flagIf(p.has("admin"), "admin")...)
		if p.has("admin") {
			out.add(effect.Bypass, "review", "review")
		}
		out.add(effect.CloudWrite, name, flags...)
	case "review":
		out.add(effect.CloudWrite, name, append([]string{"review"}, flagIf(p.has("approve"), "approve")...)...)
	case "approve":
		out.add(effect.CloudWrite, name, "review", "approve")
	case "add", "set", "import", "update":
		switch noun {
		case "secret":
			out.add(effect.CloudPerm, name, "secret")
		case "variable":
			out.add(effect.CloudWrite, name, "update")
		case "ssh-key", "gpg-key", "deploy-key", "repo-deploy-key", "token", "collaborator", "member":
			out.add(effect.CloudPerm, name)
		default:
			out.add(effect.CloudWrite, name, "update", "minor")
		}
	case "deploy-key", "members", "member":
		if v := p.arg(2).Text; v == "add" || v == "delete" || v == "remove" {
			out.add(effect.CloudPerm, name+" "+v)
		}
	case "run", "trigger", "retry", "play", "rerun", "enable", "lint", "cancel", "stop", "start":
		out.add(effect.CloudWrite, name, "run")
	case "create", "new", "comment", "close", "reopen", "ready", "lock", "unlock", "pin", "unpin", "fork", "sync", "develop", "note", "subscribe", "upload", "transfer-issue", "link", "copy", "update-branch":
		forgeCreate(out, p, noun, verb, name)
	case "clone":
		out.add(effect.GitRemote, p.arg(2).Text, "clone")
	case "checkout", "download":
		out.add(effect.GitRemote, p.arg(2).Text, "fetch")
	}
}

func forgeCreate(out *Outcome, p parsed, noun, verb, name string) {
	flags := []string{"create"}
	if noun == "repo" || noun == "project" {
		public := p.has("public") || p.text("visibility") == "public"
		flags = append(flags, flagIf(public, "public")...)
	}
	switch noun {
	case "token", "deploy-key", "access-token":
		out.add(effect.CloudPerm, name)
		return
	}
	for _, w := range p.values("body-file", "notes-file") {
		out.path(effect.FSRead, w, "upload")
	}
	if verb == "upload" || noun == "release" && verb == "create" {
		for _, w := range p.after(3) {
			out.path(effect.FSRead, w, "upload")
		}
	}
	leak := false
	for _, w := range p.values("body", "title", "message", "notes") {
		leak = leak || secretText(w.Text) || !w.Known && secretVariable(w.Raw)
	}
	if leak {
		out.add(effect.NetUpload, name, "secret", "data")
	}
	out.add(effect.CloudWrite, name, with(flags, "forge")...)
}

func forgeEdit(out *Outcome, p parsed, noun, name string) {
	if noun == "repo" && (p.text("visibility") != "" || p.has("visibility")) {
		out.add(effect.CloudPerm, name, flagIf(p.text("visibility") == "public", "public")...)
		return
	}
	out.add(effect.CloudWrite, name, "update", "minor")
}

func forgeAuth(out *Outcome, p parsed, verb, name string) {
	switch {
	case verb == "token", verb == "status" && p.has("show-token", "t"):
		out.add(effect.SecretRead, name)
		out.Emits = "secret"
	case verb == "refresh" || verb == "logout" || verb == "switch":
		out.add(effect.SecretKey, name, "agent")
	case verb == "login":
		out.add(effect.SecretKey, name, append([]string{"login"}, flagIf(p.has("with-token"), "token")...)...)
	case verb == "setup-git":
		out.add(effect.GitConfig, "credential.helper=gh", "global", "plain")
	}
}

func forgeGist(out *Outcome, p parsed, verb, name string) {
	switch verb {
	case "create", "new", "edit":
		for _, w := range p.after(2) {
			out.path(effect.FSRead, w, "upload")
			out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetUpload, Path: w.Text, Target: name, Flags: append([]string{"file", "gist"}, flagIf(p.has("public"), "public")...)})
		}
		if len(p.args) == 2 && verb != "edit" {
			out.add(effect.NetUpload, name, "stdin", "gist")
		}
	case "delete":
		out.add(effect.CloudDestroy, name)
	}
}

func forgeExtend(out *Outcome, p parsed, noun, verb string) {
	switch {
	case noun == "alias" && verb == "set":
		if body := p.arg(3); strings.HasPrefix(body.Text, "!") {
			out.add(effect.ExecTampered, "gh alias", "define")
			out.shell(Word{Text: body.Text[1:], Known: body.Known}, "gh alias")
		}
	case noun != "alias" && (verb == "install" || verb == "upgrade"):
		out.add(effect.PkgInstall, p.arg(2).Text, "source", "extension")
	case noun != "alias" && verb == "exec":
		out.add(effect.Exec, "gh-"+p.arg(2).Text, "unknown")
	}
}

func forgeCodespace(out *Outcome, c Call, p parsed, verb, name string) {
	switch verb {
	case "ssh", "cp":
		out.add(effect.CloudWrite, name, "remote")
		for i, w := range c.Args {
			if w.Text == "--" && verb == "ssh" {
				out.shell(oneWord(c.Args[i+1:]), "gh codespace ssh").Remote = true
			}
		}
	case "delete", "stop":
		out.add(effect.CloudDestroy, name)
	case "create", "rebuild", "edit":
		out.add(effect.CloudWrite, name, "create")
	case "ports":
		out.add(effect.NetTunnel, name, "public")
	}
}

// forgeAPI is gh api and glab api: a request with the user's token.
func forgeAPI(out *Outcome, c Call, p parsed) {
	method := strings.ToUpper(p.text("method"))
	if method == "" {
		method = "GET"
		if len(p.values("raw-field", "field", "input")) > 0 {
			method = "POST"
		}
	}
	path := p.arg(1).Text
	host := map[string]string{"gh": "api.github.com", "glab": "gitlab.com"}[c.Name()]
	if path == "graphql" {
		path, method = "/graphql", "POST"
	}
	r := request{call: c, method: method, body: append(p.values("raw-field"), p.values("field")...), url: known("https://" + host + "/" + strings.TrimPrefix(path, "/"))}
	for _, w := range p.values("input") {
		if w.Text != "-" {
			out.path(effect.FSRead, w, "upload")
		}
	}
	for _, w := range p.values("field") {
		if _, file, ok := strings.Cut(w.Text, "=@"); ok {
			out.path(effect.FSRead, Word{Text: file, Known: w.Known}, "upload")
		}
	}
	a := parseURL(r.url.Text, "https")
	forgePath(out, method, a.path, c.Name())
	if len(out.Effects) == 0 || out.Effects[len(out.Effects)-1].Kind == effect.FSRead {
		restTwin(out, r, a)
	}
}

// forgePath notes writes that change rights and protections.
func forgePath(out *Outcome, method, path, name string) {
	if method == "GET" || method == "HEAD" {
		return
	}
	target := name + ":" + method + " " + path
	switch {
	case hasPart(path, []string{"/protection", "/rulesets", "/protected_branches", "/branch-protection"}):
		out.add(effect.CloudControl, target, "rest")
	case hasPart(path, []string{"/collaborators", "/keys", "/deploy_keys", "/members", "/teams/", "/invitations", "/hooks", "/access_tokens", "/permissions"}):
		out.add(effect.CloudPerm, target, "rest")
	case strings.HasSuffix(path, "/merge") || strings.HasSuffix(path, "/merges"):
		out.add(effect.CloudWrite, target, "merge", "rest")
	case strings.HasSuffix(path, "/reviews") || strings.HasSuffix(path, "/approve"):
		out.add(effect.CloudWrite, target, "review", "rest")
	}
}
