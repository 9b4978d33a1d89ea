package catalog

import (
	"strings"

	"writ/internal/effect"
)

// secretPrograms keep, show or make credentials.
var secretPrograms = merge([]map[string]program{
	same("printenv", printenvs),
	same("gpg gpg2 gpgv gpgsm", gpgs), same("gpg-connect-agent gpgconf gpg-agent", gpgAgents), same("age rage", ages), same("age-keygen", ruled(newSpec("o= y pq"), rule{kind: effect.SecretKey, flags: "make"})),
	same("security", keychains), same("secret-tool", ruled(newSpec("+ all unlock"), rule{words: "lookup|search", kind: effect.SecretRead}, rule{words: "store", kind: effect.SecretKey, flags: "import"}, rule{words: "clear", kind: effect.SecretKey, flags: "delete"})), same("keyring", ruled(newSpec("+"), rule{words: "get", kind: effect.SecretRead}, rule{words: "set", kind: effect.SecretKey, flags: "import"}, rule{words: "del", kind: effect.SecretKey, flags: "delete"})), same("kwallet-query kwalletcli kwallet", always(effect.SecretRead)), same("cmdkey vaultcmd", ruled(newSpec("/"), rule{options: "list l", kind: effect.SecretRead, flags: "list"}, rule{kind: effect.SecretKey})), same("seahorse", nothing),
	same("pass gopass passage", passes), same("op", onePassword), same("bw", bitwarden), same("lpass", ruled(newSpec("+"), rule{words: "show|export", kind: effect.SecretRead}, rule{words: "rm|edit|add|generate|duplicate", kind: effect.SecretKey})), same("keepassxc-cli kpcli", keepass), same("dashlane dcli", ruled(newSpec("+"), rule{words: "password|note|secret|read|otp|p|n|o", kind: effect.SecretRead})), same("rbw", ruled(newSpec("+"), rule{words: "get|code", kind: effect.SecretRead}, rule{words: "list|ls", kind: effect.SecretRead, flags: "list"}, rule{words: "remove|rm|add|edit|purge", kind: effect.SecretKey})), same("pinentry pinentry-tty pinentry-curses", always(effect.SecretRead, "prompt")),
	same("ssh-add", sshAdds), same("ssh-keygen", sshKeygens), same("ssh-keyscan", ruled(newSpec("t= p= f= T= H v"), rule{words: "*", kind: effect.NetConnect, flags: "keyscan"})), same("ssh-keysign", nothing),
	same("openssl", openssls), same("keytool", ruled(newSpec("- alias= keystore= storepass= file= keypass= destkeystore= srckeystore= list printcert exportcert importcert genkeypair delete storepasswd"), rule{options: "exportcert list printcert"}, rule{options: "delete", kind: effect.SecretKey, flags: "delete"}, rule{options: "importcert importkeystore genkeypair storepasswd", kind: effect.SecretKey, flags: "make"})), same("certutil", certutils), same("pk12util p11tool pkcs11-tool ykman", ruled(newSpec("+ o= d= n= k= W= K="), rule{options: "o", kind: effect.SecretKey, flags: "export"}, rule{words: "oath|otp|piv|fido", kind: effect.SecretKey})), same("mkcert", ruled(newSpec("install uninstall CAROOT"), rule{options: "install", kind: effect.SysConfig, flags: "cert"})), same("htpasswd", withArgs(effect.SecretKey, "make")), same("mkpasswd pwgen apg diceware uuidgen", nothing),
	same("kinit", kinits), same("klist", nothing), same("kdestroy kpasswd", withArgs(effect.SecretKey)), same("ktutil kadmin kadmin.local", always(effect.SecretKey, "export")), same("oathtool", always(effect.SecretRead, "otp")),
	same("zenity kdialog yad ssh-askpass systemd-ask-password", prompts),
	same("wg", wireguards), same("getent", getents), same("aws-okta saml2aws", ruled(newSpec("+"), rule{words: "read|export|env|show|list-services", kind: effect.SecretRead}, rule{words: "delete|write", kind: effect.SecretKey})),
	same("git-crypt", ruled(newSpec("+"), rule{words: "unlock", kind: effect.SecretRead}, rule{words: "export-key", kind: effect.SecretKey, flags: "export"})), same("hashcat john ophcrack", always(effect.NetScan, "login")), same("unshadow", always(effect.SecretRead, "hashes")), same("lazagne", always(effect.SecretRead, "dump")),
	same("trufflehog gitleaks detect-secrets ggshield noseyparker", nothing), same("import scrot screencapture gnome-screenshot grim spectacle maim flameshot xwd fbgrab", captures), same("arecord sox rec ffmpeg-mic", nothing), same("xinput logkeys showkey evtest libinput keylogger", ruled(newSpec("+"), rule{words: "list"}, rule{kind: effect.SecretRead, flags: "keys"})),
})

func secret(o Outcome) Outcome {
	o.Emits = "secret"
	return o
}

func reveals(target string, flags ...string) Outcome {
	var out Outcome
	out.add(effect.SecretRead, target, flags...)
	return secret(out)
}

// printenvs shows the environment, or one variable: then its name tells.
func printenvs(c Call) Outcome {
	p := newSpec("0,null").parse(c.Args[1:])
	if len(p.args) == 0 {
		out := reveals("environment", "env")
		out.Emits = "env"
		return out
	}
	for _, w := range p.args {
		if credentialName(w.Text) {
			return reveals(w.Text, "env", "variable")
		}
	}
	return Outcome{}
}

var gpgSpec = newSpec("u,local-user= r,recipient= o,output= homedir= passphrase= passphrase-file= passphrase-fd= keyserver= default-key= batch yes a,armor c,symmetric e,encrypt d,decrypt s,sign b,detach-sign clearsign verify list-keys k list-secret-keys K export export-secret-keys export-secret-subkeys import delete-keys delete-secret-keys delete-secret-and-public-key gen-key generate-key full-generate-key quick-generate-key quick-gen-key edit-key recv-keys send-keys search-keys refresh-keys fingerprint trust-model= pinentry-mode= status-fd= logger-fd= dearmor enarmor cipher-algo= compress-algo= t q,quiet v,verbose no-tty keyring= secret-keyring= photo-viewer= exec-path= show-keys with-colons export-options= keyid-format= card-status gen-revoke export-ownertrust")

func gpgs(c Call) Outcome {
	p := gpgSpec.parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSWrite, p.values("output"), "truncate")
	out.paths(effect.FSRead, p.values("passphrase-file"), "credential")
	switch {
	case p.has("export-secret-keys", "export-secret-subkeys"):
		out.add(effect.SecretKey, "gpg private keys", "export")
		return secret(out)
	case p.has("delete-keys", "delete-secret-keys", "delete-secret-and-public-key"):
		out.add(effect.SecretKey, "gpg keys", "delete")
	case p.has("import", "recv-keys"):
		out.add(effect.SecretKey, "gpg keys", append([]string{"import"}, flagIf(p.has("recv-keys"), "network")...)...)
		out.paths(effect.FSRead, p.args)
	case p.has("send-keys"):
		out.add(effect.NetUpload, "gpg public key", "public-key")
	case p.has("gen-key", "generate-key", "full-generate-key", "quick-generate-key", "quick-gen-key"):
		out.add(effect.SecretKey, "gpg key", "make")
	case p.has("decrypt"):
		out.paths(effect.FSRead, p.args)
		out.Emits = "decode"
		if !p.has("output") {
			out.add(effect.SecretRead, "gpg --decrypt "+lineOf(p.args), "decrypt")
			out.Emits = "secret"
		}
	default:
		if !p.has("list-keys", "list-secret-keys", "K", "k", "fingerprint", "edit-key", "search-keys", "export", "verify", "show-keys") {
			out.paths(effect.FSRead, p.args)
		}
	}
	if w, ok := p.value("photo-viewer"); ok {
		out.shell(w, "gpg --photo-viewer")
	}
	return out
}

func gpgAgents(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	if strings.Contains(text, "get_passphrase") || strings.Contains(text, "export_key") || strings.Contains(text, "keyinfo") || strings.Contains(text, "preset_passphrase") || strings.Contains(text, "pkdecrypt") {
		return reveals("gpg agent")
	}
	if text := lineOf(c.Args[1:]); strings.Contains(text, "!") {
		var out Outcome
		out.unresolved("gpg-connect-agent may run a shell", "eval")
		return out
	}
	return Outcome{}
}

func ages(c Call) Outcome {
	p := newSpec("d,decrypt e,encrypt o,output= r,recipient= R,recipients-file= i,identity= p,passphrase a,armor j=").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSRead, p.args)
	out.paths(effect.FSRead, p.values("identity"), "identity")
	out.paths(effect.FSWrite, p.values("output"), "truncate")
	if p.has("decrypt") && !p.has("output") {
		out.add(effect.SecretRead, "age -d", "decrypt")
		return secret(out)
	}
	return out
}

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

func sshAdds(c Call) Outcome {
	p := newSpec("l L d D e= s= t= x X k K A c C E= q T= v h= H= S= apple-use-keychain apple-load-keychain").parse(c.Args[1:])
	var out Outcome
	switch {
	case p.has("l"), p.has("T"):
	case p.has("L"):
		out.add(effect.SecretKey, "ssh-agent public keys", "list")
	case p.has("D", "d"):
		out.add(effect.SecretKey, "ssh-agent", "delete")
	case p.has("s"):
		out.add(effect.ExecTampered, p.text("s"), "plugin")
	default:
		out.add(effect.SecretKey, "ssh-agent", "agent")
		out.paths(effect.FSRead, p.args, "identity")
	}
	return out
}

func sshKeygens(c Call) Outcome {
	p := newSpec("t= b= f= C= N= P= m= D= I= s= n= V= O= F= R= Y= a= w= z= Z= E= T= M= G= S= W= l y p q e i c B L H r= U h A k u Q K= v x X g 1 2 0").parse(c.Args[1:])
	var out Outcome
	switch {
	case p.has("D"):
		out.path(effect.ExecTampered, Word{Text: p.text("D"), Known: true}, "plugin")
	case p.has("l", "F", "L", "B", "Q", "Y", "r", "H"):
		if p.text("Y") == "sign" {
			out.add(effect.SecretKey, "ssh key", "sign")
		}
	case p.has("R"):
		out.path(effect.FSWrite, known("~/.ssh/known_hosts"))
	case p.has("y", "e"):
		out.paths(effect.FSRead, p.values("f"), "identity")
	case p.has("p", "c"):
		out.paths(effect.FSWrite, p.values("f"), "inplace")
		out.add(effect.SecretKey, "ssh key", "change")
	case p.has("s", "k"):
		out.add(effect.SecretKey, "ssh certificate", "sign")
	default:
		file := known("~/.ssh/id_ed25519")
		if w, ok := p.value("f"); ok {
			file = w
		}
		out.path(effect.FSWrite, file, "key")
		out.add(effect.SecretKey, file.Text, "make")
	}
	return out
}

// openssls is openssl with its subcommand.
func openssls(c Call) Outcome {
	p := newSpec("- in= out= inkey= key= keyout= pass= passin= passout= k= K= kfile= iv= config= CA= CAfile= CApath= CAkey= cert= connect= host= port= engine= provider= provider-path= provider_path= propquery= subj= days= accept= www= newkey= name= signer= recip= sign= verify= signature= salt= md= bufsize= proxy= servername= certfile= extfile= extensions= export_path= d e a A base64 text noout pubout pubin quiet nodes noenc x509 req new rand= set_serial= S= starttls= dynamic_path= pkeyopt= algorithm=").parse(c.Args[1:])
	var out Outcome
	verb := p.verb()
	if w, ok := p.value("engine"); ok && strings.ContainsAny(w.Text, "/.") {
		out.path(effect.ExecTampered, w, "plugin")
	}
	if w, ok := p.value("provider-path", "provider_path"); ok && publicFolder(w) {
		out.path(effect.ExecTampered, w, "plugin")
	}
	out.paths(effect.FSRead, p.values("in", "inkey", "key", "signer", "certfile", "CAkey"))
	for _, w := range p.values("out", "keyout") {
		out.path(effect.FSWrite, w, "truncate")
	}
	switch verb {
	case "s_client":
		a := parseURL(orText(p.text("connect"), p.text("host")+":"+orText(p.text("port"), "443")), "tls")
		out.Effects = append(out.Effects, connect(a.host, a.port, "tls", append([]string{"tls"}, flagIf(p.has("quiet"), "raw")...)...))
		if c.Stdin != nil && !harmlessInput(c) {
			uploadStdin(&out, c, a.host, a.port, "tls")
		}
		out.Emits = "network"
	case "s_server":
		out.join(listens("", "files"))
	case "enc", "base64", "aes-256-cbc", "aes-128-cbc", "des3", "aes-256-ctr", "chacha20", "bf", "rc4":
		if p.has("d") {
			out.Emits = "decode"
			if text, ok := stdinText(c); ok && (p.has("base64", "a", "A") || verb == "base64") && !p.has("k", "K", "pass") {
				out.EmitText = base64s(Call{Args: words("base64", "-d"), Stdin: &Stdin{Text: text, Known: true}}).EmitText
			}
		}
	case "pkcs12":
		if !p.has("export") && !p.has("noout", "info") {
			out.add(effect.SecretKey, "pkcs12", "export")
		}
	case "rsa", "pkey", "ec", "dsa":
		if !p.has("pubin") && !p.has("noout") && !p.has("pubout") && !p.has("out") {
			out.add(effect.SecretRead, "private key", "key")
			out.Emits = "secret"
		}
	case "genrsa", "genpkey", "gendsa", "ecparam", "req":
		if verb != "req" || p.has("newkey", "keyout") {
			out.add(effect.SecretKey, lineOf(p.values("out", "keyout")), "make", "file")
		}
	case "ca":
		out.add(effect.SecretKey, "certificate", "sign")
	case "passwd":
	}
	return out
}

// harmlessInput tells whether standard input only ends or starts the conversation (</dev/null, echo | …).
func harmlessInput(c Call) bool {
	in := c.Stdin
	return in == nil || in.Path == "/dev/null" || in.Known && len(strings.TrimSpace(in.Text)) < 200 && !secretText(in.Text)
}

func certutils(c Call) Outcome {
	text := strings.ToLower(lineOf(c.Args[1:]))
	var out Outcome
	switch {
	case strings.Contains(text, "urlcache") || strings.Contains(text, "http"):
		for _, w := range c.Args[1:] {
			if a := parseURL(w.Text, ""); strings.Contains(w.Text, "://") {
				out.Effects = append(out.Effects, connect(a.host, a.port, a.scheme, "download", "lolbin"))
			}
		}
		out.add(effect.Exec, "certutil", "escape")
	case strings.Contains(text, "decode") || strings.Contains(text, "encode"):
		out.Emits = "decode"
		out.add(effect.Evade, "certutil", "hide")
	case strings.Contains(text, "addstore") || strings.Contains(text, "-a ") && strings.Contains(text, "-t "):
		out.add(effect.SysConfig, "certutil", "cert")
	}
	return out
}

func kinits(c Call) Outcome {
	p := newSpec("k t= l= r= p= c= V f F A a C E n= S= T= s= X=").parse(c.Args[1:])
	var out Outcome
	out.add(effect.SecretKey, "kerberos ticket", append([]string{"agent"}, flagIf(p.has("k", "t"), "keytab")...)...)
	out.paths(effect.FSRead, p.values("t"), "credential")
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
