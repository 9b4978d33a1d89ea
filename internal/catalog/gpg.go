package catalog

import (
	"strings"

	"writ/internal/effect"
)

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
