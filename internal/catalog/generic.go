package catalog

import (
	"strings"

	"writ/internal/verb"
)

// generic judges a program that stands in no table by its verb, but only when the words look like those of a
// control plane: a bare name (no path), and a verb of taking away as the first or second word. For other
// programs it has no answer.
func generic(c Call) (Outcome, bool) {
	name := c.Name()
	if out, ok := dottedCall(c, name); ok {
		return out, true
	}
	if name == "" || len(c.Args) < 2 || strings.ContainsAny(c.Args[0].Text, `/\.`) {
		return Outcome{}, false
	}
	l := loosely(c.Args[1:], "n namespace p profile project region env environment config c token")
	class, n := strongVerb(l.words)
	if n == 0 || n > 3 || class != verb.Destroy && class != verb.Off {
		return Outcome{}, false
	}
	if !graveVerb[strings.ToLower(verbPart(l.words[n-1].Text))] && !controlName(name) {
		return Outcome{}, false
	}
	if n == 1 && !controlName(name) && len(l.words) < 2 && !l.on("all", "force", "yes", "y", "f") {
		return Outcome{}, false
	}
	if l.dry() {
		return one(cloudEffect(c, verb.Read, l.phrase(n), []string{"dry-run", "generic"})), true
	}
	return one(cloudEffect(c, class, l.phrase(n), append(commonFlags(l), "generic"))), true
}

// dottedCall is a call of a client library typed as if it were a command: stripe.Customer.delete('x').
func dottedCall(c Call, name string) (Outcome, bool) {
	head, _, ok := strings.Cut(name, "(")
	if i := strings.LastIndexByte(head, '.'); ok && i > 0 && strings.Count(head, ".") > 1 {
		if class := verb.Operation(head[i+1:]); class == verb.Destroy || class == verb.Off {
			return one(cloudEffect(c, class, head, []string{"generic"})), true
		}
	}
	return Outcome{}, false
}

// graveVerb are verbs that mean loss whoever says them.
var graveVerb = setOf("delete destroy terminate purge drop wipe revoke decommission nuke undeploy teardown deprovision truncate flush erase factory-reset delete-all uninstall deregister unregister force-delete")

func verbPart(text string) string {
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		text = text[i+1:]
	}
	if graveVerb[strings.ToLower(text)] {
		return text
	}
	if parts := verb.Split(text); len(parts) > 0 {
		return parts[0]
	}
	return text
}

// controlName tells whether a program is called like a client of a control plane: flyctl, foo-cli, rabbitmqadmin.
func controlName(name string) bool {
	for _, s := range []string{"ctl", "cli", "admin", "adm", "cloud", "api"} {
		if strings.HasSuffix(name, s) {
			return true
		}
	}
	return false
}
