package sandbox

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// credentialWords, as parts of a variable's name between underscores, say that it holds one.
var credentialWords = strings.Fields(`TOKEN TOKENS SECRET SECRETS PASSWORD PASSWORDS PASSWD PASSPHRASE PWD_FILE CREDENTIAL CREDENTIALS APIKEY COOKIE DSN PAT
	AUTH AUTHORIZATION PRIVATE ACCESSKEY SESSIONKEY WEBHOOK`)

// credentialNames hold a credential, or are a way to a program that gives one away.
var credentialNames = strings.Fields(`SSH_AUTH_SOCK SSH_AGENT_PID SSH_ASKPASS GIT_ASKPASS SUDO_ASKPASS GPG_AGENT_INFO GNOME_KEYRING_CONTROL DBUS_SESSION_BUS_ADDRESS
	DBUS_SYSTEM_BUS_ADDRESS DOCKER_HOST CONTAINER_HOST XAUTHORITY DISPLAY WAYLAND_DISPLAY TMUX TMUX_PANE STY VSCODE_IPC_HOOK_CLI VSCODE_GIT_IPC_HANDLE
	VSCODE_GIT_ASKPASS_NODE VSCODE_GIT_ASKPASS_MAIN NODE_AUTH_TOKEN GOOGLE_APPLICATION_CREDENTIALS KRB5CCNAME INVOCATION_ID NOTIFY_SOCKET LISTEN_FDS
	CLAUDE_CODE_SSE_PORT XDG_RUNTIME_DIR HISTFILE`)

// credentialPrefixes begin the names of whole families.
var credentialPrefixes = strings.Fields(`AWS_ AZURE_ ARM_ GCP_ GOOGLE_ ANTHROPIC_ OPENAI_ GEMINI_ MISTRAL_ COHERE_ HF_ HUGGINGFACE_ GITHUB_ GH_ GITLAB_ CI_JOB_ BITBUCKET_
	NPM_TOKEN npm_config__auth TF_VAR_ TF_TOKEN_ VAULT_ OP_ DATADOG_ DD_API SENTRY_AUTH SLACK_ STRIPE_ TWILIO_ SENDGRID_ CLOUDFLARE_ CF_API HEROKU_ DIGITALOCEAN_
	FLY_ NETLIFY_ VERCEL_ SUPABASE_ DOCKER_AUTH REGISTRY_AUTH PULUMI_ACCESS KUBE_TOKEN CLAUDE_CODE_OAUTH BUN_AUTH CARGO_REGISTRY_TOKEN CARGO_REGISTRIES_ TWINE_ PYPI_`)

// Credential tells whether a variable looks like one that holds a credential: by its name, by the parts of its
// name, or by a password in the address that it holds.
func Credential(name, value string) bool {
	if slices.Contains(credentialNames, name) {
		return true
	}
	for _, p := range credentialPrefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	for part := range strings.SplitSeq(strings.ToUpper(name), "_") {
		if slices.Contains(credentialWords, part) {
			return true
		}
	}
	upper := strings.ToUpper(name)
	if strings.HasSuffix(upper, "_KEY") || strings.HasSuffix(upper, "APIKEY") || strings.HasSuffix(upper, "_KEY_ID") {
		return true
	}
	return passwordInAddress(value)
}

// passwordInAddress finds SCHEME://USER:PASSWORD@HOST.
func passwordInAddress(value string) bool {
	_, rest, ok := strings.Cut(value, "://")
	if !ok {
		return false
	}
	authority, _, _ := strings.Cut(rest, "/")
	user, _, ok := strings.Cut(authority, "@")
	return ok && strings.Contains(user, ":")
}

// tampering variables run code in front of programs; what the person's own shell sets in them was meant for
// the person's own programs.
var tampering = strings.Fields(`BASH_ENV ENV LD_AUDIT LD_DEBUG SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND`)

// proxyNames are the variables by which programs find a proxy.
var proxyNames = strings.Fields(`HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY http_proxy https_proxy all_proxy ftp_proxy NO_PROXY no_proxy npm_config_proxy npm_config_https_proxy npm_config_noproxy`)

// Environ is the environment of a command in a sandbox: the caller's without credentials, with the profile's own
// variables and the egress proxy on port (0: none).
func Environ(env []string, p *Profile, port int, tmp string) []string {
	set := map[string]string{"TMPDIR": tmp, "TMP": tmp, "TEMP": tmp}
	maps.Copy(set, p.Env)
	if port > 0 {
		proxy := "http://127.0.0.1:" + strconv.Itoa(port)
		for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
			set[name] = proxy
		}
		set["NO_PROXY"], set["no_proxy"] = "localhost,127.0.0.1,::1", "localhost,127.0.0.1,::1"
		set["NODE_USE_ENV_PROXY"] = "1" // node 24 and later: fetch goes by the proxy as well
	}
	var out []string
	for _, kv := range env {
		name, value, ok := strings.Cut(kv, "=")
		_, ours := set[name]
		switch {
		case !ok || ours || strings.HasPrefix(name, "BASH_FUNC_") || slices.Contains(tampering, name):
		case p.Net.Mode != "host" && slices.Contains(proxyNames, name):
		case Credential(name, value) && !slices.Contains(p.Keep, name):
		default:
			out = append(out, kv)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		out = append(out, name+"="+set[name])
	}
	return out
}
