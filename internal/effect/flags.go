package effect

import "strings"

// flags lists every flag that a reader may set, so that a policy that asks for another is refused. The
// comments in package catalog say what each means for each kind.
var flags = strings.Fields(`
	admin all append approve backup bare bound bulk caps check clobber code computed copy crd create credentials
	data decode deep delete deserialise destructive detached device directory discard docker-socket download drop dry-run dump
	empty env eval exec execute exfil expose file fork force forward generic glob global hard hidden history home host
	immutable import insecure install interactive key kill lazy literal local lock login loop memory metadata minor mirror mode
	model money mount mount-secret mutable namespace native network new no-ff no-where node openworld orphan output own
	pattern plain private privileged process prune proxy prune public pull push query readonly recursive release remote rename
	replace reset restore reverse root run scale-zero schema script secret self service setuid shell source special
	staged stash stdin stop sudo suid symlink system tag target temp token truncate tunnel unconfined unguarded unknown
	untracked update upload user variable verb volumes wait wide wildcard world world-writable yank yes`)

// Flags lists the known flags.
func Flags() []string { return append([]string(nil), flags...) }
