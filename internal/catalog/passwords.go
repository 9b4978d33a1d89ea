package catalog

import (
	"strings"

	"writ/internal/effect"
)

// keychains is macOS security(1).
func keychains(c Call) Outcome {
	p := newSpec("+ q v i l p=").parse(c.Args[1:])
	var out Outcome
	switch p.verb() {
	case "find-generic-password", "find-internet-password", "dump-keychain", "export", "find-key", "unlock-keychain", "export-smartcard", "authorize", "find-identity-x":
		return reveals("keychain " + p.verb())
	case "add-generic-password", "add-internet-password", "import", "set-generic-password-partition-list", "set-keychain-password", "create-keychain", "set-key-partition-list", "set-keychain-settings", "lock-keychain":
		out.add(effect.SecretKey, "keychain "+p.verb(), "import")
	case "delete-generic-password", "delete-internet-password", "delete-keychain", "delete-certificate", "delete-identity":
		out.add(effect.SecretKey, "keychain "+p.verb(), "delete")
	case "add-trusted-cert", "trust-settings-import", "authorizationdb":
		if p.arg(1).Text != "read" {
			out.add(effect.SysConfig, "security "+p.verb(), "cert")
		}
	}
	return out
}

// passes is pass: a bare name shows the password.
func passes(c Call) Outcome {
	p := newSpec("c,clip? q,qrcode? e m,multiline f,force n i r y").parse(c.Args[1:])
	var out Outcome
	switch v := p.verb(); v {
	case "", "ls", "list", "find", "search", "version", "help", "init", "git", "audit", "sync", "fsck", "setup", "config", "completion", "clone", "recipients", "mounts":
		return out
	case "insert", "add", "generate", "edit", "mv", "cp", "rename", "copy", "otp-insert", "create", "new", "import":
		out.add(effect.SecretKey, "pass "+v, "make")
	case "rm", "remove", "delete":
		out.add(effect.SecretKey, "pass "+v, "delete")
	case "grep":
		return reveals("pass grep")
	default:
		return reveals("pass " + v)
	}
	return out
}

func onePassword(c Call) Outcome {
	p := newSpec("+ account= format= session= vault= cache? config= debug encoding= iso-timestamps no-color").parse(c.Args[1:])
	sub := newSpec("fields= vault= format= reveal otp f= in-file= i= o= out-file= share-link categories= tags= env-file= no-masking account=").parse(p.after(1))
	var out Outcome
	switch verb := p.verb(); verb {
	case "read", "inject":
		if w, ok := sub.value("in-file", "i"); ok {
			out.path(effect.FSRead, w)
		}
		out.add(effect.SecretRead, "op "+verb)
		return secret(out)
	case "run":
		out.add(effect.SecretRead, "op run", "exec")
		for i, w := range c.Args {
			if w.Text == "--" {
				out.argv(c.Args[i+1:], "op run")
			}
		}
	case "item", "document":
		switch sub.verb() {
		case "get", "share":
			out.add(effect.SecretRead, "op "+verb+" get")
			return secret(out)
		case "delete":
			out.add(effect.SecretKey, "op "+verb, "delete")
		case "create", "edit", "move":
			out.add(effect.SecretKey, "op "+verb, "make")
		}
	case "export":
		return reveals("op export", "dump")
	case "service-account", "connect", "user", "group", "vault", "events-api":
		switch sub.verb() {
		case "create", "edit", "provision", "grant", "invite", "add", "token":
			out.add(effect.SecretKey, "op "+verb, "make")
		case "delete", "revoke", "suspend", "remove":
			out.add(effect.CloudDestroy, "op:"+verb+" "+sub.verb())
		case "user", "group", "server":
			out.add(effect.CloudPerm, "op:"+verb+" "+sub.verb())
		}
	}
	return out
}

func bitwarden(c Call) Outcome {
	p := newSpec("+ session= raw response cleanexit quiet nointeraction pretty").parse(c.Args[1:])
	sub := newSpec("output= format= search= itemid= organizationid= folderid= raw passwordenv= passwordfile= permanent p port= hostname=").parse(p.after(1))
	var out Outcome
	switch p.verb() {
	case "get":
		switch sub.verb() {
		case "template", "organization", "folder", "fingerprint", "exposed":
			return out
		}
		return reveals("bw get " + sub.verb())
	case "export":
		return reveals("bw export", "dump")
	case "list":
		if sub.verb() == "items" {
			return reveals("bw list items")
		}
	case "unlock":
		out.add(effect.SecretKey, "bw unlock", "export")
	case "serve":
		return listens(sub.text("hostname"), "secrets")
	case "delete", "create", "edit", "move", "confirm", "import":
		out.add(effect.SecretKey, "bw "+p.verb(), map[bool]string{true: "delete", false: "make"}[p.verb() == "delete"])
	}
	return out
}

func keepass(c Call) Outcome {
	p := newSpec("+").parse(c.Args[1:])
	var out Outcome
	switch p.verb() {
	case "show", "clip", "export", "attachment-export", "extract", "open", "totp", "search":
		return reveals("keepassxc-cli " + p.verb())
	case "rm", "rmdir":
		out.add(effect.SecretKey, "keepassxc-cli", "delete")
	case "add", "edit", "db-create", "db-edit", "merge", "import", "mv", "mkdir":
		out.add(effect.SecretKey, "keepassxc-cli", "make")
	}
	return out
}

// prompts are dialogs; one that asks for a password may be faked.
func prompts(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	if strings.Contains(text, "password") || strings.Contains(text, "passphrase") || strings.Contains(text, "--hide-text") || strings.Contains(c.Name(), "askpass") || strings.Contains(c.Name(), "ask-password") {
		return reveals(c.Name(), "prompt")
	}
	return Outcome{}
}

func wireguards(c Call) Outcome {
	p := newSpec("+").parse(c.Args[1:])
	var out Outcome
	switch p.verb() {
	case "showconf":
		return reveals("wireguard keys")
	case "show":
		if text := lineOf(p.args); strings.Contains(text, "private-key") || strings.Contains(text, "preshared") || strings.Contains(text, "dump") {
			return reveals("wireguard keys")
		}
	case "genkey", "genpsk":
		out.add(effect.SecretKey, "wireguard", "make")
	case "set", "setconf", "addconf", "syncconf":
		out.add(effect.SysNet, "wg "+p.verb(), "interface")
	}
	return out
}

func getents(c Call) Outcome {
	p := newSpec("s= i").parse(c.Args[1:])
	var out Outcome
	switch p.verb() {
	case "shadow", "gshadow":
		return reveals("getent " + p.verb())
	case "passwd", "group":
		if len(p.args) == 1 {
			out.add(effect.Recon, "getent "+p.verb(), "user")
		}
	}
	return out
}

func captures(c Call) Outcome {
	text := " " + lineOf(c.Args[1:]) + " "
	if c.Name() == "import" && !strings.Contains(text, "-window") {
		return Outcome{}
	}
	var out Outcome
	out.add(effect.SecretRead, "screen", "screen")
	return out
}
