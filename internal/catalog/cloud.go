package catalog

import (
	"writ/internal/effect"
	"writ/internal/verb"
)

// cloudPrograms are the command lines of cloud providers and of what is hosted with them.
var cloudPrograms = map[string]program{
	"aws": aws, "aws-vault": awsVault, "aws2": aws, "awslocal": aws,
	"gcloud": gcloudTool, "gsutil": objectStore(gsutilStore), "bq": bq,
	"az": azTool, "azcopy": objectStore(azcopyStore), "azd": azd.look, "func": azureFunctions.look,
	"s3cmd": objectStore(s3cmdStore), "s4cmd": objectStore(s3cmdStore), "s5cmd": objectStore(s3cmdStore), "mc": objectStore(minioStore), "mcli": objectStore(minioStore),
	"rclone": objectStore(rcloneStore), "b2": objectStore(b2Store), "ossutil": objectStore(s3cmdStore), "coscli": objectStore(s3cmdStore),
	"obsutil": objectStore(s3cmdStore), "gof3r": objectStore(s3cmdStore),
}

// plain are control planes that need no exceptions: their verbs speak for them.
const plainClouds = `oci ibmcloud linode-cli hcloud scw vultr-cli vultr civo exo upctl aliyun tccli tencentcloud hcp openstack nova cinder glance neutron heat
	packet metal equinix ovh ovhcloud gridscale contabo cntb stackit yc selectel upcloud brightbox katapult phoenixnap bmctl anthos oneview
	cf bosh pivotal om pks tkgi tanzu credhub uaac copilot-cli ecs-cli amplify chalice zappa awsebcli ecs-deploy lightsailctl
	railway render koyeb northflank porter qovery platform upsun lando ddev scalingo clever clevercloud gigalixir nanobox zeit now surge
	deta stormkit napkin modal beam banana replicate runpodctl vastai vast lambda-cloud brev sky skypilot coreweave paperspace gradient cerebrium
	fastly akamai cdn77 bunny keycdn flarectl cloudflare imperva sucuri purge cloudns dnsimple dnscontrol octodns route53 cli53 namecheap godaddy gandi lexicon
	nsone powerdns designate`

var gcloud = service{
	valued: "project account configuration billing-project impersonate-service-account region zone format filter location verbosity flags-file user-output-enabled quota-project",
	special: specials(map[verb.Class]string{
		verb.Secret: `auth print-access-token, auth print-identity-token, auth application-default print-access-token, config config-helper, secrets versions access,
			iam service-accounts keys create, iam service-accounts sign-jwt, iam service-accounts sign-blob, sql generate-login-token, sql connect, kms decrypt, services api-keys get-key-string,
			auth print-refresh-token, beta secrets versions access, compute reset-windows-password, container clusters get-credentials-raw, redis instances get-auth-string,
			alpha services api-keys get-key-string, beta services api-keys get-key-string, beta auth print-access-token, alpha auth print-access-token`,
		verb.Read: `info, topic, cheat-sheet, feedback, version, config list, config get, config get-value, components list, app browse, builds log, logging read, logging tail,
			compute instances get-serial-port-output, compute config-ssh, storage ls, storage cat, storage du, storage hash, emulators, config configurations list, container clusters get-credentials,
			container get-server-config, auth list, storage cp, storage rsync, storage objects list, alpha interactive, docker, compute tpus list, artifacts print-settings, builds describe,
			iam list-testable-permissions, asset search-all-resources, app logs, functions logs, run services logs, compute project-info describe, services list, app logs tail, policy-intelligence`,
		verb.Create: `auth login, auth application-default login, auth configure-docker, init, app deploy, run deploy, functions deploy, builds submit, components install, components update,
			config set, config unset, config configurations create, config configurations activate, auth activate-service-account, config configurations delete, config unset project, auth revoke, auth application-default revoke`,
		verb.Change:  `compute ssh, compute scp, cloud-shell ssh, compute instances start, compute instances stop, compute instances reset, compute instances suspend, sql instances restart`,
		verb.Destroy: `storage rm, sql backups restore, compute instances delete-access-config, kms keys versions destroy, apigee deployments undeploy, sql instances restore-backup, projects delete, domains registrations delete`,
		verb.Grant: `projects add-iam-policy-binding, compute firewall-rules create, compute firewall-rules update, iam roles create, iam roles update, iam service-accounts create,
			compute instances set-service-account, access-context-manager policies create, projects set-iam-policy, organizations add-iam-policy-binding, iap settings set, sql users set-password`,
		verb.Off: `logging sinks delete, logging buckets delete, logging logs delete, logging sinks update, scc notifications delete, services disable, org-policies delete, monitoring policies delete,
			alpha monitoring policies delete, compute firewall-rules delete, resource-manager liens delete, alpha resource-manager liens delete, org-policies reset, resource-manager org-policies disable-enforce,
			resource-manager org-policies delete, access-context-manager perimeters delete, dns managed-zones delete-dnssec, backup-dr backup-vaults delete, compute snapshots delete, sql backups delete`,
	}),
}

var az = service{
	valued: "subscription resource-group g name n output o query account-name verbose only-show-errors",
	special: specials(map[verb.Class]string{
		verb.Secret: `account get-access-token, keyvault secret show, keyvault secret download, keyvault key download, keyvault certificate download, storage account keys renew, ad sp create-for-rbac,
			ad app credential reset, ad sp credential reset, ad app credential list, acr credential show, acr credential renew, acr login, aks get-credentials, cosmosdb keys list, redis list-keys, storage account show-connection-string,
			storage account generate-sas, storage container generate-sas, storage blob generate-sas, webapp deployment list-publishing-profiles, webapp deployment list-publishing-credentials, functionapp keys list, functionapp function keys list,
			servicebus namespace authorization-rule keys list, eventhubs namespace authorization-rule keys list, search admin-key show, cognitiveservices account keys list, keyvault secret backup, webapp config connection-string list, webapp config appsettings list, functionapp config appsettings list, storage account keys list,
			iot hub connection-string show, appconfig credential list, batch account keys list, maps account keys list, signalr key list, ad user get-member-groups-secret, keyvault key decrypt, vm extension show-secrets, postgres flexible-server show-connection-string`,
		verb.Read:   `account list, account show, version, find, feedback, interactive, storage blob url, storage blob download, storage blob download-batch, storage container exists, monitor metrics list, monitor log-analytics query, monitor activity-log list, graph query, deployment group what-if, deployment sub what-if, deployment group validate, bicep build, bicep lint, bicep decompile, consumption usage list, advisor recommendation list, policy state list, vm get-instance-view, storage file download, network watcher show-topology, configure`,
		verb.Create: `login, logout, account set, extension add, upgrade, account clear, bicep install, config set, storage blob copy start`,
		verb.Change: `vm start, vm stop, vm restart, vm deallocate, vm resize, webapp up, webapp restart, webapp start, webapp stop, aks start, aks stop, rest, staticwebapp appsettings set, tag update, functionapp start, functionapp stop, functionapp restart`,
		verb.Grant: `role assignment create, role assignment delete, role definition create, role definition update, role definition delete, keyvault set-policy, keyvault delete-policy, ad app permission add, ad app permission grant, ad app permission admin-consent, network nsg rule create,
			network nsg rule update, ad user create, ad group member add, ad group member remove, sql server firewall-rule create, storage container set-permission, postgres server firewall-rule create, ad app owner add, ad sp create, ad app create, ad app federated-credential create,
			postgres flexible-server firewall-rule create, mysql server firewall-rule create, redis firewall-rules create, storage container policy create, sql server ad-admin create`,
		verb.Off: `monitor diagnostic-settings delete, monitor log-profiles delete, monitor alert delete, monitor metrics alert delete, monitor activity-log alert delete, lock delete, group lock delete, resource lock delete, account lock delete, backup protection disable,
			security auto-provisioning-setting update, network watcher flow-log delete, policy assignment delete, policy definition delete, backup vault delete, backup policy delete, monitor scheduled-query delete, network ddos-protection delete, keyvault purge,
			keyvault secret purge, keyvault key purge, sql db audit-policy update, security pricing update, security pricing create, monitor action-group delete, network firewall delete, network application-gateway waf-policy delete, sql server audit-policy update,
			keyvault certificate purge, sentinel alert-rule delete, policy exemption create, security alerts-suppression-rule update`,
		verb.Destroy: `vm run-command create-delete, storage blob delete-batch, acr repository untag, acr purge, ad user delete, ad app delete, ad sp delete, group delete, deployment-scripts delete, vmss deallocate-instances, vm redeploy, vm reimage, cosmosdb sql database delete`,
	}),
}

var azd = service{special: specials(map[verb.Class]string{verb.Create: "up, provision, deploy, init, auth login, env new, env set", verb.Destroy: "down", verb.Read: "env list, env get-values, show, monitor, template list, version"})}

var azureFunctions = service{special: specials(map[verb.Class]string{verb.Read: "start, host start, init, new, templates list, pack, extensions install", verb.Create: "azure functionapp publish", verb.Secret: "azure functionapp fetch-app-settings, azure storage fetch-connection-string", verb.Destroy: "kubernetes delete"})}

// bq runs queries; the text is judged as SQL.
func bq(c Call) Outcome {
	l := loosely(c.Args[1:], "project_id dataset_id location format job_id api destination_table max_rows")
	if l.word(0) == "query" && len(l.words) > 1 && !l.dry() {
		return Outcome{Nested: []Nested{{Kind: NestedSQL, Lang: "bigquery", Text: l.words[1], Remote: true, Via: "bq query"}}}
	}
	out := bqService.look(c)
	for i := range out.Effects {
		if out.Effects[i].Kind == effect.CloudDestroy {
			out.Effects[i].Kind = effect.DBDestroy
		}
	}
	return out
}

var bqService = service{
	valued: "project_id dataset_id location format job_id api destination_table max_rows",
	special: specials(map[verb.Class]string{verb.Destroy: "rm, remove, truncate", verb.Read: "ls, show, head, query, wait, version, info", verb.Create: "mk, load, cp, insert, extract, partition, mkdef, init",
		verb.Change: "update, cancel", verb.Grant: "add-iam-policy-binding, set-iam-policy, remove-iam-policy-binding"}),
}

// awsVault runs a program with credentials: what it runs is nested.
func awsVault(c Call) Outcome {
	l := loosely(c.Args[1:], "d duration region backend assume-role-ttl session-token-ttl")
	switch l.word(0) {
	case "exec":
		rest := l.rest
		if rest == nil && len(l.words) > 2 {
			rest = l.words[2:]
		}
		return Outcome{Effects: []effect.Effect{cloudEffect(c, verb.Create, "exec", []string{"login"})}, Nested: []Nested{{Kind: NestedArgv, Args: rest, Via: "aws-vault exec"}}}
	case "export", "login":
		return one(cloudEffect(c, verb.Secret, l.word(0), nil))
	case "remove", "clear", "rotate":
		return one(made(c, effect.SecretKey, "aws-vault:"+l.word(0)))
	}
	return one(cloudEffect(c, verb.Read, l.word(0), nil))
}
