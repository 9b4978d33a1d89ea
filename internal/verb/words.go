package verb

import "strings"

var words = table(lists)

var lists = map[Class]string{
	Read: `get list ls describe show info view search query find browse read cat head stat status check test validate verify lint diff plan preview
		whoami version help explain inspect count exists lookup resolve dig logs log tail watch history top du df tree doctor diagnose estimate
		export download fetch pull metrics inventory report dump who-am-i whoami-x evaluate serve server mock playground audit scan receive peek select print render display trace events usage
		output outputs env environments hash sum ping health ready can-i can api-resources completion docs open console dashboard batch-get simulate synth
		wait listen follow monitor compare fmt format template current members whois details summary summarize detect filter sample test-run me ps capabilities`,
	Create: `create add new init generate make mb put upload push copy cp sync import register install apply deploy launch run start enable subscribe
		send publish invoke execute submit post insert append attach associate allocate provision bootstrap clone fork tag label build compile up
		dev login auth link connect join schedule request order buy purchase charge pay accept approve restore resume import-key mkdir
		activate trigger retry rerun snapshot backup export-task restart begin open-issue index ingest train infer predict embed chat complete rsync mirror`,
	Change: `update set edit modify patch change rename configure config put-item alter assign unassign lock unlock refresh reload reindex reconfigure
		disassociate unlink unsubscribe untag unlabel logout enable-feature adjust quit disconnect`,
	Disrupt: `replace move mv upgrade scale resize migrate promote switch transfer rotate roll rebuild merge swap failover stop pause suspend detach deactivate close reboot
		exec ssh shell`,
	Destroy: `delete del remove rm rb destroy drop purge flush truncate wipe erase terminate uninstall unregister deregister revoke disable
		clear clean empty prune expire forget discard abandon kill reset cancel abort rollback revert evict cordon drain archive decommission undeploy teardown
		down nuke unpublish yank deprecate deallocate release withdraw void refund deletes destroys deletion rmi rmr unmount detach-disk force-delete
		remove-all delete-all destroy-all flushall flushdb unset deprovision depublish offboard ban block stop-all undelete-off kick unlink-all
		force-reset factory-reset`,
	Grant:  `grant authorize share allow permit bind impersonate invite promote-admin chown chmod elevate`,
	Off:    `disable-protection stop-logging mute silence unprotect snooze suppress bypass downtime`,
	Secret: `reveal decrypt unseal unwrap`,
}

// table turns lists of words into a map; a word in two lists would be a mistake, which a test finds.
func table(lists map[Class]string) map[string]Class {
	out := make(map[string]Class, 400)
	for class, list := range lists {
		for _, w := range strings.Fields(list) {
			out[w] = class
		}
	}
	return out
}

// Words are all words of a class.
func Words(class Class) []string {
	var out []string
	for w, c := range words {
		if c == class {
			out = append(out, w)
		}
	}
	return out
}

// controls are objects whose removal leaves one blind or unprotected.
var controls = set(`trail logging flow-log alarm detector guardrail recorder backup snapshot-schedule retention protection firewall waf
	webacl audit monitoring alert mfa encryption versioning insight hub guardduty securityhub cloudtrail macie inspector lifecycle-hold
	sink diagnostic compliance termination`)

// rights are objects that say who may do what.
var rights = set(`policy permission role acl grant iam binding member rbac membership collaborator principal admin owner trust
	ingress egress access-entry assignment federation saml oidc identity-provider login-profile`)

var secretNames = []string{"secret value", "secret", "password", "access key", "access token", "session token", "credential", "auth token", "login password",
	"authorization token", "api token", "private key", "id token", "federation token", "signin token", "bearer token", "connection string", "kubeconfig", "random password-"}

func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}
