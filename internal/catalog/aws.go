package catalog

import (
	"strings"

	"writ/internal/effect"
	"writ/internal/verb"
)

const awsValued = "profile region output query endpoint-url ca-bundle cli-read-timeout cli-connect-timeout color page-size max-items starting-token"

// aws judges `aws SERVICE OPERATION` by the operation's name: the first word is the verb, the rest the object.
func aws(c Call) Outcome {
	l := loosely(c.Args[1:], awsValued)
	service, op := l.word(0), l.word(1)
	switch {
	case service == "":
		return awsNothing(c, l)
	case service == "s3":
		return awsS3(c, l)
	case service == "configure", service == "sso", service == "login", service == "logout":
		return awsSession(c, l, service, op)
	case op == "" || op == "help" || op == "wait" || l.help():
		return one(cloudEffect(c, verb.Read, service, nil))
	case !l.words[1].Known:
		return one(unresolved(c, "the operation is computed"))
	}
	out := one(awsEffect(c, l, service, op))
	return awsNested(out, l, service, op)
}

func awsNothing(c Call, l line) Outcome {
	if len(l.words) > 0 && !l.words[0].Known {
		return one(unresolved(c, "the operation is computed"))
	}
	return one(cloudEffect(c, verb.Read, "", nil))
}

func awsEffect(c Call, l line, service, op string) effect.Effect {
	class := awsClass(service, op, l)
	flags := commonFlags(l)
	if l.on("dry-run", "no-execute-changeset") || l.value("generate-cli-skeleton") != "" {
		class, flags = verb.Read, append(flags, "dry-run")
	}
	if awsMinor[op] {
		flags = append(flags, "minor")
	}
	if awsMoney[op] {
		flags = append(flags, "money")
	}
	if l.on("skip-final-snapshot", "force-delete-without-recovery", "delete-automated-backups") {
		flags = append(flags, "backup")
	}
	return cloudEffect(c, class, service+" "+op, flags)
}

func awsClass(service, op string, l line) verb.Class {
	if class, ok := awsSpecial[service+" "+op]; ok {
		return awsSharpened(class, op, l)
	}
	class := awsVerb(op)
	switch {
	case op == "modify-instance-metadata-options" && says(l, "--http-tokens", "optional"):
		return verb.Off // credentials of the machine would be handed out without a session
	case class == verb.Read || class == verb.Destroy || class == verb.Secret || class == verb.Off:
		return class
	case turnsOff(l, op):
		return verb.Off
	case opens(l) && (verb.IsRight(lastPart(op)) || strings.Contains(op, "acl") || strings.Contains(op, "polic") || strings.Contains(op, "permission") || strings.Contains(op, "public") || l.says("acl")):
		return verb.Grant
	case service == "iam" || service == "organizations" || service == "sso-admin" || service == "identitystore":
		return awsIdentity(class, op)
	case class == verb.Unknown:
		return verb.Change
	}
	return class
}

// says tells whether an option stands on the line with this value, as two words or one.
func says(l line, option, value string) bool {
	for i, a := range l.args {
		if a.Text == option+"="+value || a.Text == option && i+1 < len(l.args) && l.args[i+1].Text == value {
			return true
		}
	}
	return false
}

// awsSharpened: the same operation is graver, or lighter, by its options.
func awsSharpened(class verb.Class, op string, l line) verb.Class {
	switch {
	case class == verb.Grant && privateOnly(l):
		return verb.Change
	case class == verb.Read && strings.HasPrefix(op, "get-parameter") && l.on("with-decryption"):
		return verb.Secret
	case (class == verb.Create || class == verb.Change || class == verb.Disrupt) && turnsOff(l, op) && !strings.Contains(op, "put-model-invocation"):
		return verb.Off
	}
	return class
}

// privateOnly tells whether a network rule opens something to private addresses only.
func privateOnly(l line) bool {
	for i, a := range l.args {
		if a.Text != "--cidr" && a.Text != "--cidr-ip" || i+1 >= len(l.args) {
			continue
		}
		to := l.args[i+1].Text
		return strings.HasPrefix(to, "10.") || strings.HasPrefix(to, "192.168.") || strings.HasPrefix(to, "172.16.") || strings.HasSuffix(to, "/32")
	}
	return false
}

// awsIdentity: in the services of identity every change is one of rights, but creating an empty policy or
// role by itself takes effect only when attached.
func awsIdentity(class verb.Class, op string) verb.Class {
	switch {
	case strings.HasPrefix(op, "tag-"), strings.HasPrefix(op, "untag-"), op == "create-role", op == "create-policy", op == "create-group", op == "create-instance-profile", op == "create-service-linked-role":
		return verb.Create
	case class == verb.Read:
		return verb.Read
	}
	return verb.Grant
}

// awsVerb knows the verbs that the provider uses in its own way.
func awsVerb(op string) verb.Class {
	first, _, _ := strings.Cut(op, "-")
	switch first {
	case "get", "list", "describe", "head", "search", "lookup", "view", "check", "validate", "preview", "simulate", "estimate", "detect", "discover", "filter", "query", "scan", "select", "test", "verify", "wait", "receive", "poll", "tail", "count", "download", "export", "compare", "contains", "evaluate", "retrieve", "resolve", "transact", "ls", "decode":
		if class := verb.Operation("get" + strings.TrimPrefix(op, first)); class == verb.Secret && (first == "get" || first == "retrieve") {
			return verb.Secret
		}
		return verb.Read
	case "deregister", "disassociate", "detach", "remove", "unsubscribe", "revoke", "release", "stop", "cancel", "disable", "deactivate", "terminate", "purge", "reset", "reject", "delete", "batch":
		return awsTaking(first, op)
	case "authorize", "grant", "share":
		return verb.Grant
	}
	return verb.Operation(op)
}

// awsTaking classes verbs that take something away: from a control, from a right, or plainly.
func awsTaking(first, op string) verb.Class {
	if first == "batch" {
		return verb.Operation(op)
	}
	if verb.Operation("delete"+strings.TrimPrefix(op, first)) == verb.Off {
		return verb.Off
	}
	switch first {
	case "stop", "cancel", "reject", "disassociate":
		return verb.Disrupt
	}
	return verb.Destroy
}

func lastPart(op string) string { return op[strings.LastIndexByte(op, '-')+1:] }

// awsSession judges profile and login commands, which only touch the caller's own machine.
func awsSession(c Call, l line, service, op string) Outcome {
	switch {
	case service == "configure" && op == "export-credentials":
		return one(cloudEffect(c, verb.Secret, "configure export-credentials", nil))
	case service == "configure" && op == "get" && l.says("secret", "token", "access_key"):
		return one(cloudEffect(c, verb.Secret, "configure get", nil))
	case service == "configure" && (op == "list" || op == "list-profiles" || op == "get"):
		return one(cloudEffect(c, verb.Read, "configure "+op, nil))
	case service == "configure":
		return one(made(c, effect.SecretKey, "aws:configure"))
	}
	return one(cloudEffect(c, verb.Create, strings.TrimSpace(service+" "+op), []string{"login"}))
}

// awsNested follows commands that are sent to machines, and files written to the local disk.
func awsNested(out Outcome, l line, service, op string) Outcome {
	if service == "ssm" && op == "send-command" {
		out.Effects[0].Flags = append(out.Effects[0].Flags, "remote")
		for _, p := range l.words {
			if _, cmds, ok := strings.Cut(p.Text, "commands="); ok {
				out.Nested = append(out.Nested, Nested{Kind: NestedShell, Text: Word{Text: strings.Trim(cmds, `[]"'`), Known: p.Known}, Remote: true, Via: "aws ssm send-command"})
			}
		}
	}
	if service == "ecs" && op == "execute-command" {
		for i, a := range l.args {
			if a.Text == "--command" && i+1 < len(l.args) {
				out.Nested = append(out.Nested, Nested{Kind: NestedShell, Text: l.args[i+1], Remote: true, Via: "aws ecs execute-command"})
			}
		}
	}
	return out
}

// awsSpecial are operations whose names alone mislead.
var awsSpecial = specials(map[verb.Class]string{
	verb.Secret: `secretsmanager get-secret-value, secretsmanager batch-get-secret-value, sts assume-role, sts assume-role-with-saml, sts assume-role-with-web-identity, sts get-session-token, sts get-federation-token, iam create-access-key, iam create-login-profile, iam update-login-profile,
		iam create-service-specific-credential, iam reset-service-specific-credential, ecr get-login-password, ecr get-login, ecr get-authorization-token, ecr-public get-login-password, ecr-public get-authorization-token, codeartifact get-authorization-token, codeartifact login, ec2 get-password-data, rds generate-db-auth-token,
		redshift get-cluster-credentials, redshift get-cluster-credentials-with-iam, redshift-serverless get-credentials, eks get-token, kms decrypt, kms generate-data-key, cognito-idp describe-user-pool-client, lightsail get-instance-access-details, lightsail get-relational-database-master-user-password,
		lightsail download-default-key-pair, sso get-role-credentials, cloudformation get-stack-secret, iot create-keys-and-certificate, ec2 create-key-pair, acm export-certificate, transfer create-access, cognito-identity get-credentials-for-identity, cognito-identity get-open-id-token, dsql generate-db-connect-admin-auth-token, apigateway create-api-key-secret`,
	verb.Read: `secretsmanager get-random-password, sts get-caller-identity, sts decode-authorization-message, sts get-access-key-info, iam generate-credential-report, iam get-credential-report, iam get-account-password-policy, iam generate-service-last-accessed-details, iam simulate-principal-policy, iam simulate-custom-policy,
		iam list-access-keys, iam get-access-key-last-used, iam get-login-profile, s3api get-object, s3api head-object, logs start-query, logs tail, logs stop-query, athena start-query-execution, cloudformation validate-template, cloudformation estimate-template-cost, cloudformation detect-stack-drift, cloudformation package,
		ec2 get-console-output, dynamodb scan, dynamodb query, dynamodb batch-get-item, sqs receive-message, ecr batch-get-image, ecr batch-check-layer-availability, eks update-kubeconfig, rds download-db-log-file-portion, codecommit batch-get-repositories, servicequotas list-service-quotas, cloudformation create-change-set, ssm get-parameter, ssm get-parameters, ssm get-parameters-by-path, secretsmanager get-resource-policy, pricing get-products, ce get-cost-and-usage, support describe-cases, resourcegroupstaggingapi get-resources,
		cognito-idp list-users, ec2 get-launch-template-data, sqs get-queue-attributes, ecr start-image-scan, ecr get-lifecycle-policy-preview, accessanalyzer validate-policy, cloudtrail lookup-events, cloudtrail start-query, securityhub get-findings, inspector2 list-findings, apigateway get-api-key, apigateway get-api-keys, ecs describe-task-definition, batch describe-jobs, apigateway test-invoke-method`,
	verb.Off: `cloudtrail stop-logging, cloudtrail delete-trail, cloudtrail update-trail, cloudtrail put-event-selectors, guardduty delete-detector, guardduty update-detector, guardduty create-filter, guardduty disassociate-from-master-account, guardduty delete-members, guardduty stop-monitoring-members, guardduty create-ip-set,
		config stop-configuration-recorder, config delete-configuration-recorder, config delete-delivery-channel, config delete-config-rule, configservice stop-configuration-recorder, configservice delete-configuration-recorder, configservice delete-delivery-channel, configservice delete-config-rule, securityhub disable-security-hub, securityhub batch-disable-standards, securityhub disable-import-findings-for-product, securityhub update-findings-mute, macie2 disable-macie, inspector2 disable, detective delete-graph, accessanalyzer delete-analyzer,
		cloudwatch delete-alarms, cloudwatch disable-alarm-actions, logs delete-retention-policy, logs delete-subscription-filter, logs delete-resource-policy, ec2 delete-flow-logs, s3api delete-bucket-encryption, s3api delete-public-access-block, s3api delete-bucket-lifecycle, s3api delete-bucket-replication, s3control delete-public-access-block, wafv2 delete-web-acl, wafv2 disassociate-web-acl, waf delete-web-acl, shield delete-protection, shield delete-subscription, backup delete-backup-plan, backup delete-backup-vault, backup delete-recovery-point, backup delete-backup-selection, backup delete-backup-vault-lock-configuration, backup disassociate-recovery-point,
		kms disable-key, kms schedule-key-deletion, kms disable-key-rotation, kms delete-imported-key-material, kms cancel-key-rotation, iam deactivate-mfa-device, iam delete-virtual-mfa-device, iam delete-account-password-policy, iam delete-role-permissions-boundary, iam delete-user-permissions-boundary, organizations leave-organization, organizations disable-policy-type, organizations detach-policy, organizations delete-policy, organizations disable-aws-service-access, organizations remove-account-from-organization, organizations close-account, account close-account, events disable-rule, events delete-rule, events remove-targets, sns unsubscribe, route53 delete-query-logging-config, rds delete-db-snapshot, rds delete-db-cluster-snapshot, ec2 delete-snapshot, ec2 disable-ebs-encryption-by-default, ec2 disable-snapshot-block-public-access, ec2 disable-image-block-public-access, ssm delete-resource-data-sync,
		bedrock delete-guardrail, bedrock delete-model-invocation-logging-configuration, network-firewall delete-firewall, network-firewall disassociate-subnets, fms delete-policy, access-analyzer delete-analyzer, auditmanager deregister-account, dynamodb delete-backup, elasticache delete-snapshot, redshift disable-logging, elbv2 disable-logging, xray delete-group, cloudtrail delete-event-data-store, cloudtrail stop-event-data-store-ingestion, cloudtrail stop-import, s3api put-object-lock-configuration`,
	verb.Destroy: `logs delete-log-group, logs delete-log-stream, ec2 revoke-security-group-ingress, ec2 revoke-security-group-egress, route53 change-resource-record-sets-delete, ec2 release-address, ec2 cancel-spot-fleet-requests, rds stop-db-cluster-forever, cloudformation cancel-update-stack-delete, ecs stop-service, sns remove-permission, lambda remove-permission, elb deregister-instances-from-load-balancer, elbv2 deregister-targets, codecommit delete-file, kms revoke-grant, kms retire-grant, kinesis decrease-stream-retention-period, ec2 replace-root-volume-task`,
	verb.Grant: `lambda add-permission, sns add-permission, sqs add-permission, s3api put-bucket-policy, s3api put-bucket-acl, s3api put-object-acl, s3api delete-bucket-policy, s3api put-bucket-ownership-controls, kms put-key-policy, kms create-grant, ec2 modify-snapshot-attribute, ec2 modify-image-attribute, rds modify-db-snapshot-attribute, rds modify-db-cluster-snapshot-attribute, ec2 associate-iam-instance-profile, ec2 replace-iam-instance-profile-association,
		ec2 authorize-security-group-ingress, ec2 authorize-security-group-egress, eks create-access-entry, eks associate-access-policy, ecr set-repository-policy, ecr-public set-repository-policy, secretsmanager put-resource-policy, ram create-resource-share, ram associate-resource-share, lambda create-function-url-config, lambda put-function-policy, iam add-user-to-group, iam attach-user-policy, iam attach-role-policy, iam attach-group-policy, iam put-user-policy, iam put-role-policy, iam put-group-policy, iam create-user, iam update-assume-role-policy, iam create-policy-version, iam set-default-policy-version, iam update-access-key, iam upload-ssh-public-key, iam add-role-to-instance-profile,
		s3control put-access-point-policy, ec2-instance-connect send-ssh-public-key, cognito-idp admin-set-user-password, cognito-idp admin-add-user-to-group, organizations invite-account-to-organization, organizations create-account, sso-admin create-account-assignment, rolesanywhere create-trust-anchor, iam create-saml-provider, iam create-open-id-connect-provider, glacier set-vault-access-policy, es update-elasticsearch-domain-config, opensearch update-domain-config`,
	verb.Create: `cloudformation deploy, cloudformation create-stack, lambda invoke, lambda update-function-code, ecs run-task, ssm start-session, ssm send-command, ec2 start-instances, s3api put-object, s3api create-bucket, s3api create-multipart-upload, ec2 run-instances, ec2 create-security-group, logs create-log-group, logs create-log-stream, logs put-log-events, logs put-retention-policy, secretsmanager create-secret, secretsmanager put-secret-value, ssm put-parameter,
		bedrock-runtime invoke-model, sagemaker-runtime invoke-endpoint, iam create-virtual-mfa-device, iam enable-mfa-device, s3api put-public-access-block, s3api put-bucket-versioning, s3api put-bucket-encryption, s3api put-bucket-logging, s3api put-bucket-lifecycle-configuration, cognito-idp admin-create-user, deploy push, codeartifact publish-package-version, securityhub batch-import-findings, bedrock put-model-invocation-logging-configuration`,
	verb.Disrupt: `ec2 stop-instances, ec2 reboot-instances, rds stop-db-instance, rds reboot-db-instance, ecs stop-task, ecs update-service, autoscaling update-auto-scaling-group, autoscaling set-desired-capacity, lambda update-function-configuration, codebuild stop-build, emr terminate-job, glue stop-crawler, stepfunctions stop-execution, sfn stop-execution, batch cancel-job, secretsmanager rotate-secret, ecs execute-command,
		elasticbeanstalk swap-environment-cnames, rds modify-db-instance, route53 change-resource-record-sets, cloudformation execute-change-set, cloudformation cancel-update-stack, autoscaling detach-instances, ec2 disassociate-address`,
	verb.Change: `secretsmanager update-secret, secretsmanager restore-secret, cloudfront create-invalidation, sqs delete-message, sqs delete-message-batch, sqs change-message-visibility, s3api abort-multipart-upload`,
})

// awsMinor are small, replaceable things.
var awsMinor = setOf(`delete-message delete-message-batch delete-tags untag-resource delete-object-tagging abort-multipart-upload delete-test-event create-invalidation remove-tags remove-tags-from-resource
	delete-method delete-deployment delete-model delete-template delete-email-template delete-lifecycle-policy delete-package delete-change-set delete-item delete-stack-instances-preview`)

// awsMoney are operations that commit to spend.
var awsMoney = setOf(`purchase-reserved-instances-offering purchase-reserved-db-instances-offering purchase-scheduled-instances create-provisioned-model-throughput create-savings-plan register-domain transfer-domain
	purchase-reserved-cache-nodes-offering purchase-reserved-node-offering purchase-host-reservation purchase-capacity-block create-capacity-reservation`)
