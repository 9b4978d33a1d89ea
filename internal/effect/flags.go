package effect

import "strings"

// flags lists every flag that a reader may set, so that a policy that asks for another is refused. Package
// catalog says what each means for each kind.
var flags = strings.Fields(`
	abort absolute account acl ad add admin agent alias all allow amend append approve archive arp at attach attribute audit
	author av backdate background backup bare benign bind bound bpf branch browser build bulk bundle bus capability caps cert chroot
	clean clear clipboard clone code command-output computed container copy cpu crd create credentials cron crypto data database
	dd debug decode define delete deny descend deserialise destructive detached dev-tcp device disable disk dns docker-socket
	doh download driver drop dry-run dump dynamic edit empty-dir enable env escape eval exec execute exploit export extension
	extract feed fetch fifo file files filter find firewall flush force fork format forward fresh function gc generic git glob
	global group group-open guard hard harden hide history home hook hooks host hosts identity ignored image immutable implicit
	import index init inject inplace insecure insert install interactive interface interpreter inventory ip job kexec key large
	launch lease library link list loader local locale lock log login lookup loop mail main make mask matching memory metadata minor
	mirror missing mkdir mode model modify module money mount mount-secret move mutable name names namespace native new
	no-verify no-where node nohup obfuscated observe offsets one onion  one open openworld osint output outputs owner owner-root
	panic parameter partition password paste path paths pattern permissions persist ping pipe plain plugin port prefix private
	privilege privileged process profile program prompt proxy prune public pull push quarantine quiet raw read readonly reads
	rebase recursive ref reflog relay release reload remote remove rename replace reset resolver rest restart restore reverse
	reverse-shell review root route run scale-zero schedule schema script secret secret-header secret-url security self send
	server service session set-url setuid shell shred sign signature sniff social socket source spoof ssh start stash stdin stop
	strip submodule sudo swap symbolic sync-delete syntax system tag tags target task temp terminal text time times tls tmpfs transient token
	touch tracked trap truncate trust txt umount unconfined unguarded unknown unknown-mode unknown-path unsafe unset untracked
	update upload url user validate variable volumes vpn watch web wide wildcard worktree world yank yes zero
	capture disrupt empty erase folder hotswap input lookalike looks rollback secret-env store values where`)

// Flags lists the known flags.
func Flags() []string { return append([]string(nil), flags...) }
