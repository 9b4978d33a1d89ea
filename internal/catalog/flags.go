package catalog

// Flags of the effects on files, git, shells, network, processes, the system and secrets (flags_b.go has those
// of control planes, databases, containers and packages). Where several kinds share a flag it means the same.
//
//	every kind
//	  dry-run       only shown, not done
//	  force         prompts or protections overridden (-f, --force)
//	  recursive     the folder and everything below
//	  unknown-path  the path is not fully known: Path holds the known part, maybe nothing
//	  glob          the path holds a pattern that was not expanded
//	  remote        happens on another machine (set by the reader for what is nested in ssh, docker exec …)
//	  stdin         the data comes from standard input
//
//	fs.read     secret (by its content or the option, wherever it lies), archive (packed into an archive or copy
//	            that leaves a readable duplicate), pattern (the tool searches for credentials: grep password -r,
//	            git log -S token), dump (memory, disk image or credential store as a whole)
//	fs.write    append, truncate (emptied or replaced), inplace (sed -i), move (new name of a moved file), extract
//	            (unpacked from an archive), absolute (archive may write outside its folder: tar -P), sync-delete
//	            (target loses files that the source lacks), backdate (times forged to hide a change)
//	fs.list     watch (reports changes as they happen), recursive
//	fs.delete   source (a folder of the project's own work, by its name), shared (a whole folder in which others keep files too: /tmp, /var/lib …), find, matching (narrowed by a test),
//	            move (moved away), shred (made unrecoverable), empty-dir (rmdir, rm -d: only empty folders),
//	            interactive (asks for each), root (--no-preserve-root)
//	fs.chmod    world (writable for everybody: 777, o+w, a+w), exec (+x), setuid (also setgid), owner (chown), owner-root,
//	            acl, immutable (chattr +i), mutable (chattr -i), open (more readers on anything: o+r), harden (only taken away),
//	            strip (chmod 000), attribute (xattr), quarantine (macOS quarantine removed), times
//	fs.link     symbolic, hard; Target is what it points to
//
//	exec          Target: program; flag escape (a pager, editor or tool used to start a shell: GTFOBins)
//	exec.inline   Target: what; flags eval (computed text is run), shell, plugin, decode, secret
//	exec.download script run from a URL or from the network; flags pipe, url
//	exec.tampered Target: variable or option; flags loader (LD_*, DYLD_*), path (PATH with a folder that others write or the
//	              current one), shell (BASH_ENV, ENV, PROMPT_COMMAND), git (GIT_SSH_COMMAND …, -c core.pager), plugin (-fplugin, -load),
//	              interpreter (PYTHONSTARTUP, NODE_OPTIONS --require, PERL5OPT, RUBYOPT, JAVA_TOOL_OPTIONS), define (a function or alias
//	              that hides a standard command), benign (known harmless: allocator preloads in system folders)
//
//	net.connect  insecure (TLS checks off), secret (credential in the URL, header or user), proxy (through a proxy named on the
//	             line), download (saved to a file), raw (nc, telnet, /dev/tcp: no protocol), interactive, dns, txt (DNS TXT or
//	             unknown data in a name: a covert channel), ping, model (an inference API), metadata, doh, onion, ip,
//	             private (host in a private network), background (a web client detached from the session), lolbin, load, browser, keyscan, resolve
//	net.upload   file, stdin, secret, env (environment dump), clipboard, mail, paste (public paste or file drop site), git, dns
//	net.listen   public (not bound to loopback only), files (serves files), shell, agent (an inference or agent server)
//	net.tunnel   reverse (-R, reverse shell), local (-L), dynamic (-D, SOCKS), public (ngrok and the like), vpn, shell (-e /bin/sh), agent (ssh -A)
//	net.scan     host (ports and hosts), name (subdomains, DNS), web (paths, vulnerabilities), login (passwords), sniff (traffic), osint,
//	             spoof, local (this machine, or a few ports of one host), exploit (attack tools)
//
//	git.discard  worktree, index, untracked, stash, ignored, branch (switch -f), abort (rebase --abort …), paths (Path is set)
//	git.history  amend, rebase, branch (branch -D), tag, reflog, gc, filter, ref (update-ref -d), reset (soft or mixed: refs only),
//	             interactive; "local" where reflog still brings it back (amend, rebase, soft reset, branch -f)
//	git.commit   amend, author (identity of another), all
//	git.push     force, lease (--force-with-lease), delete, mirror, all, tags, main (target branch is main, master, production,
//	             release …), implicit (no refspec), url (to a URL written on the line), prune
//	git.config   exec (runs programs: core.pager, core.editor, alias !, credential.helper, filter, sshCommand, hooksPath, fsmonitor,
//	             diff.external …), trust (sslVerify, safe.directory *, proxy, insteadOf, protocol.ext), identity (user.*), global, system, unset
//	git.remote   add, set-url, remove, clone, mirror, fetch, submodule; Host where known
//	git.hook     run, install
//	git.bypass   no-verify, hooks, sign
//
//	proc.kill    all (-1, killall5, every process of a user), guard (writ, the agent's own), init (pid 1), group, job (%1), freeze (STOP, CONT), zero (-0: probes only), name
//	proc.trace   attach (running process), dump (core or memory), launch (a program started under the tracer), inject
//	sys.service  stop, start, restart, enable, disable, mask, security (a security or audit service), user (--user), reload
//	sys.disk     format, raw (raw device written), mount, umount, partition, swap, image, loop, bind, remote
//	sys.config   time, hostname, cert (trust store), locale, loader (ldconfig), key (kernel keyring), sudo, dns, hosts
//	sys.kernel   module, parameter, bpf, kexec, debug
//	sys.user     add, delete, modify, password, group, list
//	sys.net      firewall, flush (all rules away), route, interface, resolver, proxy, arp, allow
//	sys.exhaust  fork, disk, memory, cpu, loop
//	privilege    everyday (sudo before a program of ordinary work, which is judged by itself), root (sudo, su, doas, pkexec), user (another user), setuid, capability, namespace, chroot, shell (an interactive
//	             root shell), list (sudo -l), validate (sudo -v, -k), edit, device
//	persist      cron, at, service, profile, login, agent, hook, key (authorized_keys), shell (trap, PROMPT_COMMAND in a profile), remove, nohup
//	evade        history, log, audit, av, hide, time, rename, trap, clean
//	recon        user, network, system, privilege (setuid search, sudo -l, capabilities), ad (directory), process, secret (search for secrets), container
//	secret.read  Target: store; flags env (environment shown), one (of the environment only one plain name: env | grep PATH), clipboard, memory, prompt (a faked password prompt), list (names only), key
//	secret.key   make, import, export, delete, agent, sign
//	bypass       Target and flag: what ("prompt", "tls", "review", "sandbox", "hostkey", "signal" (signals ignored), "profile" (shell
//	             without its set-up), "environment" (shell with an emptied environment), "aslr", "guard" (writ or the agent's own guard))
//	unresolved   eval, stdin, network, decode, script, bound
