package catalog

// Flags of the effects for control planes, databases, containers, packages and build tools. Where several
// kinds share a flag it means the same. A dry run or help is reported as the reading kind with "dry-run".
//
//	cloud.*, k8s.*, iac.*  Target is "program:command words" ("aws:ec2 terminate-instances", "kubectl:delete pod")
//	  dry-run    only shown, not done (kind is cloud.read, k8s.read or iac.plan)
//	  create     adds something and takes nothing away (cloud.write, k8s.write)
//	  update     changes something that exists (cloud.write, k8s.write)
//	  minor      a small, replaceable thing: one message, one cache entry, one tag, one pod that is recreated
//	  unknown    the operation is not in writ's tables: judged as a write
//	  all        everything of its kind: --all, '*', a whole project, account, namespace, cluster or bucket
//	  recursive, force, yes   as on the command line; "yes" is an answer given in advance
//	  public     opened to everybody: allUsers, Principal *, 0.0.0.0/0, acl public-read, --allow-unauthenticated
//	  admin      administrator, owner, cluster-admin or wildcard rights
//	  upload     local files leave to an object store (also net.upload); "download" the other way
//	  money      orders, pays, refunds or commits to spend
//	  backup     backups, snapshots or retention are what is destroyed
//	  remote     runs commands on the other side (ssm send-command, run-command, heroku run)
//	  disrupt    stops, replaces, moves or reaches into something that runs (besides "update")
//	  rollback   an earlier state takes the place of the present one
//	  generic    an unknown program whose verb says so; judged by the verb alone
//	  login      a session is opened (cloud.write): interactive, nothing shown
//	iac.apply, iac.destroy  also "approve" (-auto-approve, --yes, --require-approval never), "target"
//	k8s.delete  also "namespace", "node", "scale-zero", "crd", "release"
//	k8s.exec    also "shell" (an interactive shell), "copy", "forward", "proxy",
//	            "looks" (the command inside only shows the container's state)
//	bypass      Target says which check: "approval", "tls", "signature", "hooks", "sandbox", "permissions"
//
//	db.*  Target is "engine:statement" ("postgres:drop table users")
//	  no-where, all, file (reads or writes server files), exec (runs programs on the server), credentials (reads
//	  password tables), schema (metadata only), restore (overwrites from a dump), dump (copies everything out)
//
//	container.run      privileged, host, docker-socket, device, caps, mount-secret, unconfined; Target is the image
//	container.delete   force, all, volumes, prune
//	container.other    build, pull, push, exec, login, secret (secrets go into a build), stop
//
//	pkg.install  global, source (own index, URL, VCS or file), script (scripts forced on), insecure (TLS or
//	             signature checks off), run (npx, uvx: fetched and run at once), lock (from a lock file), target (unusual folder),
//	             lookalike (a name one slip away from a well-known one), extension (of an editor), model
//	pkg.remove   global, env (from an environment that the project does not describe)
//	pkg.source   insecure, host named in Host
//	pkg.publish  yank, owner, token, dry-run is reported as exec
//
//	agent.spawn  unguarded; agent.wiring for `claude mcp add`, `codex mcp add` …
//	ml           downloads of models are pkg.install with "model"; uploads are net.upload with "model"
//	exec.inline  deserialise (pickle, marshal, yaml.load …), native (ctypes, ffi), eval (computed text is run),
//	             decode (decoded text is run), memory (code from anonymous memory)
//	fs.*         unknown-path (what is known of the path stands in Path, maybe nothing), folder (a folder is made)
//	net.upload   store (into an object store), model (to a language model), secret (what is sent looks like a credential or comes from a secret file or the environment), env, file
