package catalog

import "writ/internal/effect"

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
