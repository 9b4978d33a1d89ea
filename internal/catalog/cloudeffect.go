package catalog

import (
	"strings"

	"writ/internal/effect"
	"writ/internal/verb"
)

// cloudKinds says which effect an operation's class is.
var cloudKinds = map[verb.Class]effect.Kind{
	verb.Read: effect.CloudRead, verb.Create: effect.CloudWrite, verb.Change: effect.CloudWrite, verb.Disrupt: effect.CloudWrite, verb.Destroy: effect.CloudDestroy,
	verb.Grant: effect.CloudPerm, verb.Off: effect.CloudControl, verb.Secret: effect.CloudSecret,
}

func cloudEffect(c Call, class verb.Class, op string, flags []string) effect.Effect {
	switch class {
	case verb.Create:
		flags = append(flags, "create")
	case verb.Change:
		flags = append(flags, "update")
	case verb.Disrupt:
		flags = append(flags, "update", "disrupt")
	}
	return effect.Effect{Kind: cloudKinds[class], Target: strings.TrimSuffix(c.Name()+":"+op, ":"), Flags: flags, Words: texts(c.Args)}
}

func unresolved(c Call, reason string) effect.Effect {
	return effect.Effect{Kind: effect.Unresolved, Target: c.Name(), Reason: reason, Words: texts(c.Args)}
}

// one is the outcome with a single effect.
func one(e effect.Effect) Outcome { return Outcome{Known: true, Effects: []effect.Effect{e}} }

// made builds an effect for a call.
func made(c Call, kind effect.Kind, target string, flags ...string) effect.Effect {
	return effect.Effect{Kind: kind, Target: target, Flags: flags, Words: texts(c.Args)}
}

// commonFlags are the flags that mean the same on every control plane's command line.
func commonFlags(l line) []string {
	var out []string
	add := func(yes bool, flag string) {
		if yes {
			out = append(out, flag)
		}
	}
	add(l.on("force", "f") || l.has("force-delete"), "force")
	add(l.on("recursive", "r", "R"), "recursive")
	add(l.on("yes", "y", "auto-approve", "assume-yes", "no-confirm", "skip-confirmation", "non-interactive", "confirm"), "yes")
	add(l.on("all", "all-namespaces", "A") || hasStar(l.words), "all")
	add(opens(l), "public")
	add(isAdmin(l), "admin")
	return out
}

func hasStar(words []Word) bool {
	for _, w := range words {
		if w.Text == "*" || strings.HasSuffix(w.Text, "/*") || strings.HasSuffix(w.Text, "/**") || strings.HasSuffix(w.Text, "://*") {
			return true
		}
	}
	return false
}

// opens tells whether the line opens something to everybody.
func opens(l line) bool {
	if l.on("allow-unauthenticated", "public", "make-public", "publicly-accessible", "public-access", "allow-blob-public-access") && !l.says("no-public") {
		return true
	}
	for _, a := range l.args {
		low := strings.ToLower(strings.Join(strings.Fields(a.Text), ""))
		for _, s := range []string{"allusers", "allauthenticatedusers", "0.0.0.0/0", "::/0", "public-read", "authenticated-read", `"principal":"*"`,
			`"aws":"*"`, "access=allow,source=*", "blockpublicacls=false", "blockpublicpolicy=false", "restrictpublicbuckets=false"} {
			if strings.Contains(low, s) {
				return true
			}
		}
	}
	return false
}

// isAdmin tells whether rights of an administrator or wildcard rights are named.
func isAdmin(l line) bool {
	for _, a := range l.args {
		low := strings.ToLower(strings.Join(strings.Fields(a.Text), ""))
		for _, s := range []string{"administratoraccess", "cluster-admin", "roles/owner", "roles/editor", "poweruseraccess", `"action":"*"`, `"action":["*"]`,
			"iamfullaccess", "useraccessadministrator", "--role=owner", "--role=contributor", "securityadmin"} {
			if strings.Contains(low, s) {
				return true
			}
		}
	}
	return false
}

// turnsOff tells whether an option or a document on the line switches a safety control off:
// --no-deletion-protection, --backup-retention-period 0, Status=Suspended, "loggingEnabled":false.
func turnsOff(l line, op string) bool {
	for name, values := range l.opts {
		low := strings.ToLower(name)
		if strings.HasPrefix(low, "no-") && namesControl(low[3:]) || strings.HasPrefix(low, "disable-") && namesControl(low[8:]) ||
			strings.HasPrefix(low, "skip-") && namesControl(low[5:]) {
			return true
		}
		for _, v := range values {
			if namesControl(low) && isOff(v.Text) && v.Text != "" {
				return true
			}
		}
	}
	return namesControl(op) && (documentsOff(l) || offWord(l)) || attributeOff(l) || optionOff(l)
}

// optionOff finds an option that names a protection, followed by a word that says off: --purge-protection false.
func optionOff(l line) bool {
	for i, a := range l.args {
		if i+1 < len(l.args) && strings.HasPrefix(a.Text, "--") && isOff(l.args[i+1].Text) && namesControl(a.Text[2:]) {
			return true
		}
	}
	return false
}

// attributeOff finds one word that names a protection and sets it to false: Key=deletion_protection.enabled,Value=false.
func attributeOff(l line) bool {
	for _, a := range l.args {
		low := strings.ToLower(a.Text)
		named := strings.Contains(low, "protection") || strings.Contains(low, "logging") || strings.Contains(low, "encryption") || strings.Contains(low, "versioning") || strings.Contains(low, "mfadelete") || strings.Contains(low, "access_logs")
		if named && (strings.Contains(low, "value=false") || strings.Contains(low, "enabled=false") || strings.Contains(low, "=disabled")) {
			return true
		}
	}
	return false
}

// offWord tells whether a bare word or option value says off: --status Suspended, --enabled false.
func offWord(l line) bool {
	for i, w := range l.words {
		if i > 0 && isOff(w.Text) {
			return true
		}
	}
	return false
}

// namesControl tells whether a name speaks of a safety control.
func namesControl(name string) bool {
	for _, p := range verb.Split(strings.ReplaceAll(name, " ", "-")) {
		if verb.IsControl(p) || p == "validation" || p == "tls" || p == "ssl" || p == "pitr" || p == "authorized" || p == "block" {
			return true
		}
	}
	return false
}

// documentsOff tells whether an inline document is empty or sets something to false.
func documentsOff(l line) bool {
	for _, a := range l.args {
		low := strings.ToLower(strings.Join(strings.Fields(a.Text), ""))
		if low == "{}" || strings.Contains(low, ":false") || strings.Contains(low, "=false") || strings.Contains(low, "status=suspended") || strings.Contains(low, "status=disabled") ||
			strings.Contains(low, `"disabled"`) || strings.Contains(low, `"suspended"`) || strings.Contains(low, "=off") {
			return true
		}
	}
	return false
}
