package effect

import "strings"

// flags lists every flag that a reader may set, so that a policy that asks for another is refused. Package
// catalog says what each means for each kind.
var flags = strings.Fields(`
	abort absolute account acl ad add admin agent all allow amend append approve archive arp at attach attribute audit author av
	backdate backup bare benign bind bound bpf branch build bulk capability caps cert chroot clean clipboard computed container copy
	cpu crd create credentials cron crypto data debug decode define delete deny descend deserialise destructive detached device disable
	disk dns docker-socket doh download driver dry-run dump dynamic eval exec execute exploit export extract
	edit empty-dir enable env escape file filter firewall flush force fork forward format fresh gc generic git glob global group
	guard hard harden hide history home hook hooks host hosts identity ignored image immutable implicit import index init inject
	inplace insecure insert install interactive interface interpreter inventory ip job kexec key large launch lease library list loader
	local locale lock log login loop mail main mask memory metadata minor mirror missing mode model modify module money mount mount-secret mutable
	name namespace native new no-verify no-where node nohup obfuscated observe onion open openworld osint output owner owner-root panic parameter
	partition password paste path paths pattern permissions persist ping pipe plain plugin port prefix privilege privileged process profile
		program
	prompt proxy prune public pull push quarantine quiet raw reads readonly rebase recursive reflog ref release reload remote remove
	rename replace reset resolver restart restore reverse review root route run scale-zero schedule schema script secret secret-url security self send
	server service set-url setuid shell shred sign signature sniff social source spoof stash stdin start stop strip submodule
	sudo swap symbolic sync-delete syntax system tag tags target temp terminal text time times tls token trap truncate trust txt umount unconfined
	unguarded unknown unknown-path unset untracked update upload url user validate variable volumes vpn web wide
	wildcard world worktree yank yes zero`)

// Flags lists the known flags.
func Flags() []string { return append([]string(nil), flags...) }
