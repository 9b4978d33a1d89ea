package catalog

import (
	"strings"

	"writ/internal/effect"
	"writ/internal/verb"
)

// saasPrograms are the command lines of services, by their exceptions; plainServices need none.
var saasPrograms = withPlain(map[string]program{
	"doctl":    service{valued: "access-token t api-url context config c output o trace http-retry-max", special: specials(map[verb.Class]string{verb.Secret: "auth token, kubernetes cluster kubeconfig show, registry docker-config, databases connection", verb.Create: "auth init, auth switch, registry login", verb.Read: "databases logs, auth list, account get, apps logs, balance get", verb.Change: "compute ssh, compute droplet-action reboot, compute droplet-action shutdown", verb.Destroy: "compute droplet-action rebuild, compute droplet-action restore, databases backups delete"})}.look,
	"heroku":   heroku,
	"fly":      flyio.look,
	"flyctl":   flyio.look,
	"vercel":   vercel.look,
	"vc":       vercel.look,
	"netlify":  service{valued: "site s dir d filter auth", special: specials(map[verb.Class]string{verb.Read: "status, open, watch, dev, build, env:list, sites:list, init", verb.Secret: "env:get", verb.Create: "deploy, login, link, env:set, env:import, dev:exec, logout, unlink", verb.Destroy: "sites:delete, env:unset, blobs:delete"})}.look,
	"ntl":      service{}.look,
	"wrangler": wrangler.look,
	"firebase": service{valued: "project P token only except config", special: specials(map[verb.Class]string{verb.Read: "serve, projects:list, apps:list, firestore:indexes, functions:log, use, open, emulators:exec, setup:emulators, emulators:start, emulators:export, hosting:sites:list, database:get, auth:export, ext:list, target, apps:sdkconfig, init", verb.Secret: "functions:secrets:access, login:ci, functions:config:get", verb.Create: "deploy, login, auth:import, hosting:channel:deploy, hosting:clone, database:set, database:push, database:update, logout, functions:secrets:set, functions:config:set", verb.Destroy: "firestore:delete, database:remove, hosting:disable, functions:delete, functions:secrets:destroy, functions:config:unset, hosting:sites:delete, apps:android:sha:delete, hosting:channel:delete, functions:secrets:prune, ext:uninstall"})}.look,
	"supabase": supabase,
	"stripe":   service{valued: "api-key project-name log-level device-name", special: specials(map[verb.Class]string{verb.Read: "listen, logs tail, open, samples list, status, version, config, serve, login --list, fixtures", verb.Create: "login, samples create, trigger, logout", verb.Disrupt: "api_keys roll, refunds create, payouts create, transfers create, topups create, invoices pay, subscriptions cancel"}), minor: "tax_ids delete"}.look,
	"nginx":    nginx, "haproxy": haproxy,
	"circleci":      service{special: specials(map[verb.Class]string{verb.Read: "config validate, config process, config pack, local execute, orb validate, orb process, policy status, policy decide, diagnostic, orb info, version, info, project list, runner list, tests", verb.Create: "setup, orb publish, context store-secret", verb.Destroy: "context remove-secret, policy push-delete"})}.look,
	"gitlab-runner": service{special: specials(map[verb.Class]string{verb.Read: "list, status, verify, exec, run-single", verb.Create: "register, start, run", verb.Change: "stop, restart", verb.Destroy: "unregister, uninstall, reset-token"})}.look,
	"deck":          service{special: specials(map[verb.Class]string{verb.Read: "dump, diff, validate, convert, file, ping, gateway dump, gateway diff, gateway validate, gateway ping, version, help", verb.Destroy: "reset, gateway reset, sync, gateway sync", verb.Create: "gateway apply"})}.look,
	"kong":          service{special: specials(map[verb.Class]string{verb.Read: "health, check, config parse, version, config db_export, roar, vault get", verb.Change: "start, restart, reload, prepare, migrations up, migrations bootstrap, migrations finish", verb.Destroy: "migrations reset, stop, quit"})}.look,
	"splunk":        service{special: specials(map[verb.Class]string{verb.Destroy: "clean, remove, delete", verb.Read: "search, btool, status, list, show, diag", verb.Change: "start, restart, stop, enable, set"})}.look,
	"fastly":        service{valued: "token t service-id s profile o", special: specials(map[verb.Class]string{verb.Read: "version list, service-version list, logs tail, whoami, stats", verb.Destroy: "service-version activate, service version activate, service-version deactivate, service version deactivate, compute delete, purge", verb.Secret: "auth-token create, profile token", verb.Create: "compute publish, compute deploy, compute init, compute build, profile create, profile switch"}), minor: "dictionary-item delete, acl-entry delete, purge"}.look,
	"promtool":      service{special: specials(map[verb.Class]string{verb.Read: "query, check, test, debug, tsdb list, tsdb analyze, promql format", verb.Create: "push metrics, tsdb create-blocks-from"})}.look,
	"amtool":        service{special: specials(map[verb.Class]string{verb.Off: "silence add, silence import", verb.Change: "silence expire, silence update", verb.Read: "silence query, silence, alert, alert query, config show, config routes, check-config"})}.look,
	"algolia":       service{special: specials(map[verb.Class]string{verb.Read: "search, indices browse, settings get, indices list, open, describe", verb.Create: "settings set, objects import, settings import, rules import", verb.Destroy: "indices clear, objects delete, indices move", verb.Secret: "apikeys create"}), minor: "rules delete, synonyms delete"}.look,
	"restic":        backupTool("r repo repository p password-file password-command o cache-dir limit-upload", "snapshots ls find diff stats check cat list version key-list dump mount cache options features", "backup init copy tag self-update", "restore migrate unlock recover rewrite-metadata", "forget prune rewrite repair"),
	"borg":          backupTool("remote-path rsh lock-wait compression C", "list info diff check mount umount export-tar serve version benchmark", "create init import-tar config", "extract recreate rename break-lock upgrade change-passphrase transfer", "delete prune compact"),
	"borgmatic":     backupTool("config c repository archive", "list info rlist rinfo check mount", "create init rcreate", "extract restore break-lock", "prune compact delete"),
	"kopia":         backupTool("config-file password log-dir", "snapshot-list snapshot-verify list show diff ls verify content-list benchmark mount", "snapshot create connect", "restore repository", "delete expire forget prune"),
	"duplicity":     backupTool("archive-dir encrypt-key name", "verify collection-status list-current-files", "full incremental incr backup", "restore", "remove-older-than remove-all-but-n-full remove-all-inc-of-but-n-full cleanup"),
	"tarsnap":       tarsnap,
	"velero":        service{valued: "n namespace kubecontext kubeconfig", special: specials(map[verb.Class]string{verb.Destroy: "backup delete, uninstall, schedule delete, backup-location delete, snapshot-location delete, restore delete, delete", verb.Read: "backup get, backup describe, backup logs, backup download, schedule get, schedule describe, restore get, restore describe, restore logs, get, describe, version, backup-location get, snapshot-location get, repo get", verb.Create: "backup create, schedule create, restore create, create, install, backup-location create, snapshot-location create, plugin add", verb.Change: "schedule pause, schedule unpause, backup-location set, plugin remove"}), minor: "restore delete"}.look,
	"pgbackrest":    backupTool("stanza config repo type set", "info check verify version help repo-ls repo-get archive-get", "backup archive-push stanza-create", "restore start stop stanza-upgrade", "expire stanza-delete repo-rm"),
	"barman":        backupTool("config format", "list-backup list-backups list-server list-servers show-backup show-server status check diagnose verify-backup", "backup cron sync-backup", "recover keep switch-wal", "delete"),
	"wal-g":         backupTool("config", "backup-list wal-show wal-verify backup-show st", "backup-push wal-push stream-push", "backup-fetch wal-fetch backup-mark copy", "delete"),
	"tctl":          service{special: specials(map[verb.Class]string{verb.Destroy: "workflow terminate, wf term, rm, namespace delete", verb.Read: "workflow list, workflow show, get, status, users ls, nodes ls", verb.Grant: "users add, tokens add, create, auth sign", verb.Secret: "auth export"})}.look,
	"temporal":      service{special: specials(map[verb.Class]string{verb.Destroy: "workflow terminate, workflow delete, workflow reset, operator namespace delete, schedule delete, operator cluster remove", verb.Read: "workflow list, workflow describe, workflow show, workflow count, server start-dev, workflow query", verb.Create: "workflow start, workflow execute, workflow signal, schedule create", verb.Change: "workflow cancel, schedule toggle, schedule update"})}.look,
	"gitlab-rails":  gitlabRails, "gitlab-rake": service{special: specials(map[verb.Class]string{verb.Destroy: "gitlab:backup:restore, gitlab:cleanup:repos, gitlab:cleanup:dirs, gitlab:setup, gitlab:cleanup:orphan_job_artifact_files, db:drop, db:reset", verb.Read: "gitlab:check, gitlab:env:info, gitlab:doctor:secrets, db:migrate:status", verb.Create: "gitlab:backup:create"})}.look,
	"gitlab-ctl": service{special: specials(map[verb.Class]string{verb.Destroy: "cleanse, uninstall, remove-accounts", verb.Read: "status, tail, show-config, service-list", verb.Change: "restart, stop, start, reconfigure, kill, hup, term"})}.look,
	"doppler":    secretService("secrets, secrets get, secrets download, configs tokens create, run --print, secrets substitute, configure get token", "run"),
	"infisical":  secretService("secrets, secrets get, export, token, user get token, service-token create", "run"),
	"chamber":    secretService("read, export, env", "exec"),
	"akeyless":   secretService("get-secret-value, get-dynamic-secret-value, auth, get-ssh-certificate, describe-item-secret", ""),
	"sops":       sops, "teller": secretService("show, env, export, yaml, json, sh", "run"),
	"berglas": secretService("access", "exec"), "summon": wrapsAt(1), "envchain": wrapsAt(2), "envconsul": wrapsAt(1),
	"pscale":      service{valued: "org", special: specials(map[verb.Class]string{verb.Secret: "password create, service-token create", verb.Read: "shell, connect, auth check, database list, branch schema", verb.Destroy: "database delete, branch delete, deploy-request close, password delete, backup delete"})}.look,
	"turso":       service{special: specials(map[verb.Class]string{verb.Secret: "db tokens create, group tokens create, auth token, auth api-tokens mint", verb.Destroy: "db destroy, group destroy, db tokens invalidate, org members rm, auth api-tokens revoke", verb.Read: "db shell, db show, db list, db inspect, dev"})}.look,
	"cloudflared": cloudflared,
	"hasura":      service{special: specials(map[verb.Class]string{verb.Read: "console, migrate status, metadata diff, metadata export", verb.Create: "migrate apply, metadata apply, seed apply, deploy", verb.Destroy: "metadata clear, migrate delete, metadata drop"})}.look,
	"confluent":   service{valued: "context environment cluster", special: specials(map[verb.Class]string{verb.Read: "kafka topic consume, kafka topic list, kafka topic describe, local services list", verb.Create: "kafka topic produce, login", verb.Secret: "api-key create", verb.Destroy: "kafka topic delete, kafka cluster delete, environment delete, local destroy"})}.look,
	"apigeecli":   service{valued: "t token o org e env a account"}.look,
	"unleash":     service{minor: "features disable", special: specials(map[verb.Class]string{verb.Change: "features disable, features enable, feature disable", verb.Destroy: "features archive"})}.look,
	"airflow":     service{special: specials(map[verb.Class]string{verb.Destroy: "db reset, db clean, db drop-archived, dags delete, tasks clear, pools delete, variables delete, connections delete, users delete", verb.Read: "dags list, tasks test, tasks list, info, version, config list, db check, connections list, variables list", verb.Secret: "connections export, connections get, variables export, variables get, config get-value", verb.Create: "dags trigger, db init, db migrate, webserver, scheduler, standalone, users create"})}.look,
	"dbt":         service{special: specials(map[verb.Class]string{verb.Read: "compile, parse, docs generate, docs serve, ls, list, debug, show, source freshness, deps, init, clean, test", verb.Create: "run, build, seed, snapshot, run-operation, retry"})}.look,
	"databricks":  service{valued: "profile p", special: specials(map[verb.Class]string{verb.Secret: "secrets get-secret, tokens create, auth token, auth env", verb.Read: "fs ls, fs cat, jobs list, clusters list, workspace list, bundle validate, bundle summary", verb.Destroy: "fs rm, bundle destroy, clusters permanent-delete, workspace delete, clusters delete"})}.look,
	"newrelic":    service{special: specials(map[verb.Class]string{verb.Read: "query, nrql query, entity search, apm application get"})}.look,
	"sentry-cli":  service{special: specials(map[verb.Class]string{verb.Read: "info, projects list, releases list, issues list, sourcemaps explain, bash-hook", verb.Create: "releases new, releases finalize, releases set-commits, sourcemaps upload, upload-dif, debug-files upload, send-event, sourcemaps inject, login, monitors run, releases deploys", verb.Destroy: "releases delete", verb.Change: "issues resolve, issues mute, issues unresolve, releases archive, update"})}.look,
	"cosign":      cosign,
	"oras":        ociTool, "skopeo": ociTool, "crane": ociTool, "regctl": ociTool, "gcrane": ociTool, "notation": ociTool,
	"nsupdate": nsupdate,
	"consul":   service{valued: "http-addr token datacenter", special: specials(map[verb.Class]string{verb.Destroy: "kv delete, snapshot restore, leave, force-leave, acl token delete, acl policy delete, acl role delete, config delete, services deregister, operator raft remove-peer, intention delete, peering delete, namespace delete, partition delete", verb.Read: "kv get, kv export, members, info, catalog, monitor, validate, version, snapshot inspect, acl token list, acl token read, connect proxy, debug, rtt, watch, intention check", verb.Create: "kv put, kv import, agent, join, services register, snapshot save, config write, event, lock", verb.Grant: "acl bootstrap, acl token create, acl policy create, acl set-agent-token, intention create", verb.Secret: "keygen, tls ca create, acl bootstrap --"})}.look,
	"nomad":    service{valued: "address region namespace token", special: specials(map[verb.Class]string{verb.Destroy: "job stop, stop, system gc, node drain, node purge, namespace delete, volume delete, volume deregister, var purge, acl token delete, acl policy delete, operator raft remove-peer, job deployments fail, alloc stop, operator snapshot restore, deployment fail, quota delete", verb.Read: "job status, job plan, plan, status, node status, alloc status, alloc logs, job validate, validate, version, monitor, server members, job inspect, var get, operator debug, var list, ui, eval status", verb.Create: "job run, run, agent, job dispatch, job init, var put", verb.Change: "alloc exec, exec, alloc restart, job scale, job revert, job promote, node eligibility, alloc signal", verb.Grant: "acl bootstrap, acl token create, acl policy apply", verb.Off: ""})}.look,
}, plainServices+" "+plainClouds)

const plainServices = `paypal braintree square shopify twilio sendgrid mailgun postmark datadog-ci pd opsgenie grafana-cli grafanactl gcx honeycomb honeymarker
	ldcli launchdarkly flipt flagsmith configcat growthbook travis jenkins-cli jenkins buildkite bk drone woodpecker-cli semaphore sem codefresh concourse ci-cli teamcity appveyor bitrise codemagic
	auth0 okta clerk workos keycloak kcadm kcadm.sh fusionauth ory meilisearch elasticsearch-cli opensearch-cli typesense neonctl neon xata planetscale
	snow dbx mongocli realm-cli aiven avn redisctl rediscloud upstash fauna hubspot hs sf sfdx salesforce zendesk zcli intercom contentful sanity storyblok prismic shopify-cli ghost-cli
	linear jira acli trello asana notion slack-cli slack teams discord telegram-send duplicacy rdiff-backup bup proxmox-backup-client rman tarsnapper
	prefect dagster metaflow kestra step dkron rundeck spacectl env0 tfc scalr octopus octo spinnaker spin harness armory jfrog jf artifactory nexus quay harbor cloudsmith packagecloud
	snyk sonar-scanner fossa checkmarx veracode wandb comet neptune clearml mlflow dvc cml lakefs lakectl labelbox roboflow
	conjur boundary waypoint teleport tsh tailscale zerotier-cli netbird ngrok-api step-cli certbot lego acme.sh
	expo eas appcenter fastlane codepush code-push apkanalyzer transporter
	akamai-cli keptn backstage pulsar-admin pulsarctl solace ibmmq emqx emqx_ctl vernemq vmq-admin zookeepercli gravitee tyk krakend apigee apictl ballerina mulesoft anypoint-cli
	cpanel whmapi1 uapi plesk wp-toolkit virtualmin dokku caprover coolify portainer kamal ploi forge envoyer`

// withPlain adds services that need no exceptions.
func withPlain(table map[string]program, names string) map[string]program {
	for _, n := range strings.Fields(names) {
		if _, ok := table[n]; !ok {
			table[n] = service{}.look
		}
	}
	return table
}

// backupTool describes a backup program by four lists of its commands.
func backupTool(valued, read, create, change, destroy string) program {
	return service{valued: valued, special: storeVerbs(read, create, change, destroy)}.look
}

// secretService describes a keeper of secrets: show are the commands that print them, run the one that wraps
// a program.
func secretService(show, run string) program {
	s := service{special: specials(map[verb.Class]string{verb.Secret: show, verb.Create: "secrets set, login, setup, write, import, secrets upload, init", verb.Destroy: "secrets delete, delete"})}
	return func(c Call) Outcome {
		l := loosely(c.Args[1:], "p project c config token t env path projectId scope")
		if run != "" && l.word(0) == run {
			out := Outcome{}
			for i, a := range c.Args {
				if a.Text == "--command" && i+1 < len(c.Args) {
					out.Nested = append(out.Nested, Nested{Kind: NestedShell, Text: c.Args[i+1], Via: c.Name() + " " + run})
				}
			}
			if l.rest != nil {
				out.Nested = append(out.Nested, Nested{Kind: NestedArgv, Args: l.rest, Via: c.Name() + " " + run})
			}
			return out
		}
		return s.judge(c, l)
	}
}

// wrapsAt is a program whose words from the n-th on are another command.
func wrapsAt(n int) program {
	return func(c Call) Outcome {
		l := loosely(c.Args[1:], "p f e consul-addr prefix")
		args := l.rest
		if args == nil {
			args = l.from(n - 1)
		}
		return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: args, Via: c.Name()}}}
	}
}

var flyio = service{valued: "a app c config t access-token o org r region", special: specials(map[verb.Class]string{
	verb.Secret: "auth token, tokens create, postgres connect-string, tokens create deploy, wireguard create", verb.Read: "status, logs, info, apps list, auth whoami, doctor, version, platform regions, secrets list, open, dig, ping, machine list, volumes list, config show, checks list, releases, regions list, apps open, config validate, dashboard",
	verb.Create: "launch, deploy, auth login, secrets set, secrets import, scale count, machine start, volumes create, postgres attach, apps restart, proxy, auth logout, machine run", verb.Destroy: "apps destroy, destroy, machine destroy, volumes destroy, volumes delete, secrets unset, postgres detach, machines destroy, machine remove, certs remove, ips release, redis destroy, redis reset, storage destroy, suspend",
	verb.Change: "ssh console, console, scale vm, machine stop, machine update, apps suspend, ssh sftp, postgres connect, machine restart, machine exec",
})}

var vercel = service{valued: "token t scope S cwd local-config A global-config Q", silent: verb.Create, unknown: verb.Create, special: specials(map[verb.Class]string{
	verb.Read: "ls, list, inspect, whoami, logs, dev, build, env ls, domains ls, projects ls, certs ls, dns ls, alias ls, teams ls, help, init, switch, link, integration list, secrets ls", verb.Secret: "env pull, pull",
	verb.Create: "deploy, login, env add, promote, redeploy, git connect, logout", verb.Destroy: "rm, remove, env rm, domains rm, projects rm, project rm, dns rm, certs rm, alias rm, rollback, secrets rm, secrets remove, env remove, domains remove, blob del, integration-resource remove, teams remove",
})}

var wrangler = service{valued: "c config e env namespace-id zone-id binding database-id account-id env-file", special: specials(map[verb.Class]string{
	verb.Read: "whoami, dev, tail, kv:key get, kv key get, d1 info, r2 object get, deployments list, versions list, init, types, docs, d1 list, pages dev, login --scopes-list, check, d1 export, versions view, deployments status, build, generate, d1 time-travel info, secret list", verb.Create: "deploy, publish, login, secret put, secret bulk, pages deploy, pages publish, d1 create, versions upload, versions deploy, logout, triggers deploy, pages project create",
	verb.Destroy: "delete, deployments rollback, rollback, kv:bulk delete, d1 time-travel restore, kv bulk delete, secret delete", verb.Change: "d1 execute, d1 migrations apply, versions secret put",
}), minor: "kv:key delete, kv key delete, r2 object delete"}

// heroku: the verb stands behind the colon (apps:destroy), and run takes a command for the dyno.
func heroku(c Call) Outcome {
	l := loosely(c.Args[1:], "a app r remote t team s space confirm dyno type size")
	if w := l.word(0); w == "run" || w == "run:detached" || w == "run:inside" || w == "ps:exec" || w == "local:run" {
		args := l.rest
		if args == nil {
			args = l.from(1)
		}
		return Outcome{Effects: []effect.Effect{cloudEffect(c, verb.Change, w, []string{"remote"})}, Nested: []Nested{{Kind: NestedArgv, Args: args, Remote: w != "local:run", Via: "heroku " + w}}}
	}
	if w := l.word(0); w == "pg:psql" || w == "psql" {
		for i, a := range c.Args {
			if (a.Text == "-c" || a.Text == "--command") && i+1 < len(c.Args) {
				return Outcome{Nested: []Nested{{Kind: NestedSQL, Lang: "postgres", Text: c.Args[i+1], Remote: true, Via: "heroku pg:psql"}}}
			}
		}
	}
	return herokuService.judge(c, l)
}

var herokuService = service{special: specials(map[verb.Class]string{
	verb.Secret:  "config, config:get, auth:token, authorizations:create, pg:credentials:url, redis:credentials, pg:credentials, config -s, config --shell, config --json",
	verb.Read:    "apps, apps:info, info, logs, ps, status, addons, releases, releases:info, buildpacks, domains, pg:info, pg:ps, pg:backups, pg:backups:url, pg:diagnose, local, auth:whoami, releases:output, access, members, labs, features, regions, open, certs, pg:locks, pg:outliers, plugins, keys, drains, pipelines, orgs, teams, spaces, notifications, pg:backups:download, pg:psql, psql, redis:info, redis:cli, maintenance, webhooks, sessions, stack",
	verb.Create:  "create, login, git:remote, git:clone, auth:login, config:set, pg:backups:capture, container:login, container:push, container:release, ps:scale, pg:push, logout, ps:restart, restart, dyno:restart, buildpacks:set, domains:add, addons:create",
	verb.Destroy: "destroy, apps:destroy, pg:reset, addons:destroy, config:unset, pg:backups:restore, rollback, releases:rollback, pipelines:destroy, domains:remove, domains:clear, buildpacks:clear, redis:reset, container:rm, spaces:destroy, keys:clear, pg:copy, apps:leave, pg:pull-reset, certs:remove, teams:destroy, pg:backups:delete, pg:credentials:destroy, ps:stop, ps:kill, authorizations:destroy, authorizations:revoke, sessions:destroy",
	verb.Grant:   "access:add, members:add, members:set, apps:transfer, keys:add, access:remove, access:update, pg:credentials:create",
	verb.Off:     "drains:remove, maintenance:off-",
	verb.Change:  "maintenance:on, maintenance:off, pg:killall, pg:kill, pg:promote, pg:upgrade, ps:type, apps:rename, pg:credentials:rotate, pg:unfollow",
})}

// splitTool tells the feature-flag client from the program that splits files.
func splitTool(c Call) Outcome {
	l := loosely(c.Args[1:], "workspace environment")
	if class, n := strongVerb(l.words); n >= 2 && l.word(0) != "" && class != verb.Unknown && !strings.ContainsAny(l.words[0].Text, "./") {
		return service{}.judge(c, l)
	}
	return splits(c)
}

// nginx and haproxy: a signal that stops the server takes its sites down.
func nginx(c Call) Outcome {
	l := loosely(c.Args[1:], "s c g p e")
	switch l.value("s") {
	case "stop", "quit":
		return one(made(c, effect.SysService, "nginx", "stop"))
	case "reload", "reopen":
		return one(made(c, effect.Exec, "nginx -s reload"))
	}
	return Outcome{Effects: readPaths(l.values("c"))}
}

func haproxy(c Call) Outcome {
	l := loosely(c.Args[1:], "f p n")
	if l.has("sf", "st") {
		return one(made(c, effect.SysService, "haproxy", "stop"))
	}
	return Outcome{Effects: readPaths(l.values("f"))}
}

func readPaths(ws []Word) []effect.Effect {
	var o Outcome
	for _, w := range ws {
		o.path(effect.FSRead, w)
	}
	return o.Effects
}

// nsupdate changes a zone by a script on standard input.
func nsupdate(c Call) Outcome {
	if c.Stdin != nil && c.Stdin.Known && strings.Contains(strings.ToLower(c.Stdin.Text), "delete") {
		return one(cloudEffect(c, verb.Destroy, "delete", nil))
	}
	return one(cloudEffect(c, verb.Change, "", nil))
}

// gitlabRails runs Ruby inside the server.
func gitlabRails(c Call) Outcome {
	l := loosely(c.Args[1:], "e environment")
	if (l.word(0) == "runner" || l.word(0) == "r") && len(l.words) > 1 {
		return Outcome{Effects: []effect.Effect{cloudEffect(c, verb.Change, "runner", []string{"remote"})}, Nested: []Nested{{Kind: NestedCode, Lang: "ruby", Text: l.words[1], Via: "gitlab-rails runner"}}}
	}
	return service{}.judge(c, l)
}

// tarsnap has its modes as options.
func tarsnap(c Call) Outcome {
	l := loosely(c.Args[1:], "f keyfile cachedir C X")
	switch {
	case l.has("nuke", "d"):
		return one(cloudEffect(c, verb.Off, "delete", []string{"backup"}))
	case l.has("c"):
		out := one(cloudEffect(c, verb.Create, "create", nil))
		return upload(out, c, l.words, known("tarsnap"))
	}
	return one(cloudEffect(c, verb.Read, "", nil))
}

// sops shows and edits encrypted files.
func sops(c Call) Outcome {
	l := loosely(c.Args[1:], "k kms p pgp a age config output-type input-type output extract set")
	switch {
	case l.has("d", "decrypt"), l.word(0) == "decrypt", l.word(0) == "exec-env", l.word(0) == "exec-file":
		return Outcome{Effects: []effect.Effect{made(c, effect.SecretRead, "sops")}, Emits: "secret"}
	case l.has("e", "encrypt", "r", "rotate", "i", "in-place"), l.word(0) == "updatekeys", l.word(0) == "encrypt", l.word(0) == "rotate":
		return one(made(c, effect.SecretKey, "sops"))
	}
	return Outcome{Effects: []effect.Effect{made(c, effect.SecretRead, "sops", "edit")}}
}

// cloudflared opens a way in from outside when it runs a tunnel.
func cloudflared(c Call) Outcome {
	l := loosely(c.Args[1:], "config url hostname name loglevel credentials-file token")
	switch {
	case l.word(0) == "tunnel" && (l.word(1) == "delete" || l.word(1) == "cleanup"):
		return one(cloudEffect(c, verb.Destroy, l.phrase(2), commonFlags(l)))
	case l.word(0) == "tunnel" && (l.word(1) == "list" || l.word(1) == "info" || l.help()), l.word(0) == "version", l.word(0) == "update", l.help():
		return one(cloudEffect(c, verb.Read, l.phrase(2), nil))
	case l.word(0) == "access" && l.word(1) == "token", l.phrase(2) == "tunnel token":
		return one(cloudEffect(c, verb.Secret, l.phrase(2), nil))
	case l.word(0) == "service" && l.word(1) == "install":
		return Outcome{Effects: []effect.Effect{made(c, effect.Persist, "cloudflared"), made(c, effect.NetTunnel, "cloudflared")}}
	}
	return one(made(c, effect.NetTunnel, "cloudflared"))
}

// supabase adds the reset of a database to its verbs.
func supabase(c Call) Outcome {
	l := loosely(c.Args[1:], "project-ref workdir db-url password schema")
	switch l.phrase(2) {
	case "db reset":
		return one(made(c, effect.DBDestroy, "postgres:db reset", linked(l)...))
	case "db push", "migration up", "db execute":
		if l.dry() {
			return one(made(c, effect.DBRead, "postgres:"+l.phrase(2), "dry-run"))
		}
		return one(made(c, effect.DBWrite, "postgres:"+l.phrase(2)))
	case "migration repair", "migration squash":
		return one(made(c, effect.DBAdmin, "postgres:"+l.phrase(2)))
	}
	return supabaseService.judge(c, l)
}

func linked(l line) []string {
	if l.on("linked") || l.has("db-url") {
		return []string{"remote"}
	}
	return nil
}

var supabaseService = service{special: specials(map[verb.Class]string{
	verb.Read:    "start, status, db diff, db lint, db dump, migration list, migration new, gen types, functions serve, functions new, inspect db, projects list, init, test db, db pull, functions list, secrets list, services, orgs list",
	verb.Create:  "login, link, functions deploy, secrets set, projects create, branches create, logout, unlink, storage cp, db start",
	verb.Change:  "stop, config push, migration fetch",
	verb.Destroy: "projects delete, branches delete, functions delete, secrets unset, storage rm, branches disable, domains delete", verb.Secret: "projects api-keys",
})}

// cosign signs and verifies; switching the checks off is a bypass.
func cosign(c Call) Outcome {
	l := loosely(c.Args[1:], "key cert output type predicate")
	out := Outcome{}
	switch l.word(0) {
	case "generate-key-pair", "import-key-pair":
		out.Effects = append(out.Effects, made(c, effect.SecretKey, "cosign:"+l.word(0)))
	case "clean":
		out.Effects = append(out.Effects, cloudEffect(c, verb.Destroy, "clean", nil))
	case "sign", "attest", "attach", "copy", "upload", "sign-blob":
		out.Effects = append(out.Effects, cloudEffect(c, verb.Create, l.word(0), nil))
	default:
		out.Effects = append(out.Effects, cloudEffect(c, verb.Read, l.word(0), nil))
	}
	if l.on("force", "insecure-ignore-tlog", "insecure-ignore-sct", "allow-insecure-registry", "allow-http-registry", "insecure-skip-verify") || l.value("tlog-upload") == "false" {
		out.Effects = append(out.Effects, made(c, effect.Bypass, "signature"))
	}
	for _, a := range c.Assign {
		if strings.HasPrefix(a.Name, "COSIGN_SKIP") || a.Name == "COSIGN_EXPERIMENTAL_SKIP" {
			out.Effects = append(out.Effects, made(c, effect.Bypass, "signature"))
		}
	}
	return out
}

// ociTool copies images between registries.
func ociTool(c Call) Outcome {
	l := loosely(c.Args[1:], "platform u p creds src-creds dest-creds authfile artifact-type annotation o output format")
	op := l.word(0)
	class := ociService.special[op]
	out := Outcome{}
	switch {
	case class == verb.Destroy || l.phrase(2) == "tag rm" || l.phrase(2) == "manifest delete" || l.phrase(2) == "repo delete" || l.phrase(2) == "tag delete" || l.phrase(2) == "blob delete":
		out.Effects = append(out.Effects, cloudEffect(c, verb.Destroy, l.phrase(2), commonFlags(l)))
	case op == "push":
		out.Effects = append(out.Effects, cloudEffect(c, verb.Create, op, []string{"upload"}))
	case op == "login" || op == "auth":
		out.Effects = append(out.Effects, made(c, effect.SecretKey, c.Name()+":login"))
	case class == verb.Unknown:
		out.Effects = append(out.Effects, cloudEffect(c, verb.Change, l.phrase(2), nil))
	default:
		out.Effects = append(out.Effects, cloudEffect(c, class, op, nil))
	}
	if l.on("plain-http", "insecure", "from-plain-http", "to-plain-http", "insecure-policy") || l.value("dest-tls-verify", "src-tls-verify", "tls-verify") == "false" {
		out.Effects = append(out.Effects, made(c, effect.Bypass, "tls"))
	}
	return out
}

var ociService = service{special: storeVerbs("pull inspect list-tags ls digest manifest config catalog export version discover blob repo tag-ls validate image artifact referrers list verify", "copy cp sync push tag append mutate rebase attach sign", "", "delete rm")}
