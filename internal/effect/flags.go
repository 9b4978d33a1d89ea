package effect

import "strings"

// flags lists every flag that a reader may set, so that a policy that asks for another is refused. Package
// catalog says what each means for each kind.
var flags = strings.Fields(`
	abort absolute account acl ad add admin agent alias all allow amend append approve archive arp aslr at attach attribute
	audit author av backdate background backup bare benign bind bound bpf branch browser build bulk bundle bus capability caps
	capture cert chroot clean clear clipboard clone code command-output computed config container copy cpu crd create credential
	credentials cron crypto data database dd debug decode decrypt define delete deny descend deserialise destructive detached
	dev-tcp device disable disk disrupt dns docker-socket doh download driver drop dry-run dump dynamic edit empty empty-dir
	enable env environment erase escape eval everyday exec execute exploit export extension extract feed fetch fifo file files
	filter find firewall flush folder force forge fork format forward freeze fresh function gc generic gist git glob global
	group group-open guard hard harden header hide hijack history home hook hooks host hostname hosts hotswap identity ignored
	image immutable implicit import index init inject inplace input insecure insert install interactive interface interpreter
	inventory ip job kernel kexec key keyscan keytab large launch lease library link list load loader local locale lock log
	login lookalike looks lookup loop mac mail main make mask matching memory merge metadata minor mirror missing mkdir mode
	model modify module money mount mount-secret move mutable name names namespace native new no-verify no-where node nohup
	obfuscated observe off offsets one onion open openworld osint output outputs overlay owner owner-root panic parameter
	partition password paste path paths pattern permissions persist ping pipe plain plugin port prefix private privilege
	privileged process profile program prompt proxy prune public pull push quarantine quiet raw raw-read read readonly reads
	rebase recursive ref reflog registry relay release reload remote remount remove rename replace reset resolver rest restart
	restore reverse reverse-shell review rollback root route run scale-zero schedule schema script secret secret-env
	secret-header secret-url security self send server service session set-url setuid shared shell shred sign signal signature
	sniff social socket source spoof ssh start stash stdin stop store strip submodule sudo suid suspend swap symbolic
	sync-delete syntax system tag tags target task temp terminal text time timer times tls tmpfs token touch tracked transient
	trap truncate trust txt umount unconfined unguarded unknown unknown-mode unknown-path unsafe unset untracked update upload
	url user validate values variable volumes vpn watch web where wide wildcard worktree world yank yes zero`)

// Flags lists the known flags.
func Flags() []string { return append([]string(nil), flags...) }
