package catalog

import (
	"strings"

	"writ/internal/effect"
)

// vaultPrograms are the clients of HashiCorp Vault and OpenBao.
var vaultPrograms = same("vault bao", vaults)

var vaultSpec = newSpec("- address= namespace= ca-cert= client-cert= client-key= tls-server-name= mount= field= format= version= versions= path= method= description= ttl= policy= wrap-ttl= output-curl-string output-policy non-interactive no-store header= cas= id= prefix force f self accessor")

// vaults reads "vault GROUP VERB …" and "vault VERB …".
func vaults(c Call) Outcome {
	p := vaultSpec.parse(c.Args[1:])
	group, verb := p.verb(), p.arg(1).Text
	name := "vault:" + strings.TrimSpace(group+" "+verb)
	var out Outcome
	switch group {
	case "read", "unwrap":
		if strings.HasPrefix(verb, "sys/") && !strings.Contains(verb, "raw") {
			return out
		}
		out.add(effect.CloudSecret, name)
		return secret(out)
	case "write":
		out.add(vaultWrite(verb), name, "update")
	case "delete":
		out.add(effect.CloudDestroy, name)
	case "patch":
		out.add(effect.CloudWrite, name, "update")
	case "kv":
		return orRead(vaultKV(verb, p, name), name)
	case "print":
		if verb == "token" {
			out.add(effect.CloudSecret, name)
		}
	case "token", "login":
		switch {
		case verb == "lookup" || verb == "capabilities":
		case verb == "revoke":
			out.add(effect.CloudDestroy, name)
		default:
			out.add(effect.CloudSecret, name, flagIf(group == "login", "login")...)
		}
	case "secrets", "auth", "audit", "plugin", "namespace", "policy", "lease":
		vaultAdmin(&out, group, verb, name)
	case "operator":
		vaultOperator(&out, verb, name)
	case "agent", "proxy", "server":
		out.join(listens("127.0.0.1", "secrets"))
	case "ssh":
		out.add(effect.NetConnect, name)
	}
	return orRead(out, name)
}

// orRead makes a call without effects a reading one.
func orRead(out Outcome, name string) Outcome {
	if len(out.Effects) == 0 {
		out.add(effect.CloudRead, name)
	}
	return out
}

// vaultWrite weighs a write by the path: policies and logins give rights.
func vaultWrite(path string) effect.Kind {
	if strings.HasPrefix(path, "auth/") || strings.HasPrefix(path, "sys/") || strings.Contains(path, "policy") {
		return effect.CloudPerm
	}
	return effect.CloudWrite
}

func vaultKV(verb string, p parsed, name string) Outcome {
	var out Outcome
	switch verb {
	case "get", "export":
		out.add(effect.CloudSecret, name)
		return secret(out)
	case "put", "patch", "rollback", "undelete", "enable-versioning":
		out.add(effect.CloudWrite, name, "update")
	case "delete":
		out.add(effect.CloudDestroy, name)
	case "destroy":
		out.add(effect.CloudDestroy, name, "force")
	case "metadata":
		if v := p.arg(2).Text; v == "delete" {
			out.add(effect.CloudDestroy, name+" delete", "all")
		} else if v == "put" || v == "patch" {
			out.add(effect.CloudWrite, name+" "+v, "update")
		}
	}
	return out
}

func vaultAdmin(out *Outcome, group, verb, name string) {
	switch verb {
	case "disable", "deregister", "delete", "revoke", "remove":
		kind := effect.CloudDestroy
		if group == "audit" {
			kind = effect.CloudControl
		}
		out.add(kind, name, "force")
	case "enable", "tune", "move", "write", "register", "create", "fmt", "lock", "unlock", "renew", "patch":
		if verb == "fmt" || verb == "renew" {
			return
		}
		if group == "policy" || group == "auth" {
			out.add(effect.CloudPerm, name)
			return
		}
		out.add(effect.CloudWrite, name, "update")
	}
}

func vaultOperator(out *Outcome, verb, name string) {
	switch verb {
	case "seal", "step-down":
		out.add(effect.CloudControl, name)
	case "rekey", "rotate", "generate-root", "migrate", "raft", "init", "unseal":
		kind := effect.CloudDestroy
		if verb == "init" || verb == "generate-root" || verb == "rekey" {
			kind = effect.CloudSecret
		}
		out.add(kind, name, "force")
	}
}
