package zone

import "strings"

// named finds the labels that names give wherever the path lies: of its last part, of any folder on the
// way, and of two neighbouring parts.
func named(low string) set {
	var s set
	start := 0
	for start < len(low) && low[start] == '/' {
		start++
	}
	for start < len(low) {
		end := next(low, start)
		s |= folders[low[start:end]]
		if end < len(low) {
			s |= pairs[low[start:next(low, end+1)]]
		} else {
			s |= lastName(low[start:end])
		}
		start = end + 1
	}
	return s
}

// next gives the end of the path's part that begins at i.
func next(low string, i int) int {
	if j := strings.IndexByte(low[i:], '/'); j >= 0 {
		return i + j
	}
	return len(low)
}

// folders labels everything at or below a folder of that name.
var folders = map[string]set{
	".git": git,

	".ssh": secret, ".gnupg": secret, ".password-store": secret, ".aws": secret, ".azure": secret, "keyrings": secret,
	".oci": secret, ".aliyun": secret, ".bluemix": secret, ".keychain": secret, "keychains": secret, ".1password": secret, ".electrum": secret,
	".pki": secret, ".age": secret, ".keepassxc": secret, ".secrets": secret, ".putty": secret, ".ethereum": secret, ".bitcoin": secret, ".sops": secret,

	".writ": writ, ".git-hooks": persist, ".githooks": persist, ".husky": persist,
	".codex": wiring, ".gemini": wiring, ".cursor": wiring, ".windsurf": wiring, ".continue": wiring, ".aider": wiring, ".cline": wiring, ".roo": wiring,
	".agent": tooling, ".agents": tooling, ".kiro": wiring, ".opencode": wiring, ".mcp": wiring, ".devcontainer": tooling, ".clinerules": instructions, ".copilot": wiring, ".goose": wiring,
	".circleci": ci, ".buildkite": ci, ".woodpecker": ci, ".gitea": ci, ".forgejo": ci, ".drone": ci, ".semaphore": ci, ".teamcity": ci,
	"launchagents": persist, "launchdaemons": persist, "startupitems": persist, "loginitems": persist,
	".npm": cache, ".cache": cache, "__pycache__": cache, ".pytest_cache": cache, ".mypy_cache": cache, ".ruff_cache": cache,
	".zsh_sessions": audit | secret,
}

// pairs labels everything at or below a folder or file of these two names in a row.
var pairs = map[string]set{
	".git/hooks": vcs | persist, ".git/config": vcs | tooling, ".git/info": vcs, ".git/modules": vcs, ".git/config.worktree": vcs | tooling,
	".config/git": vcs | tooling,

	".claude/settings.json": wiring, ".claude/settings.local.json": wiring, ".claude/hooks": wiring, ".claude/agents": wiring,
	".claude/skills": wiring, ".claude/commands": wiring, ".claude/plugins": wiring, ".claude/.credentials.json": secret,
	".claude/mcp.json": wiring, ".claude/output-styles": wiring, ".claude/keybindings.json": wiring, ".claude/policy-limits.json": wiring,
	".claude/statusline": wiring, ".claude/rules": instructions, ".cursor/rules": instructions, ".github/copilot-instructions.md": instructions,
	".claude/teams": wiring, ".claude/projects": audit | secret, ".claude/history.jsonl": audit | secret,
	"etc/claude-code": wiring, "claudecode/managed-settings.json": wiring, "application support/claudecode": wiring,
	"claude/claude_desktop_config.json": wiring, ".vscode/settings.json": tooling, ".vscode/tasks.json": tooling, ".vscode/launch.json": tooling,
	".vscode/mcp.json": wiring, ".vscode/extensions": tooling, ".idea/workspace.xml": tooling, ".config/claude": wiring, ".config/opencode": wiring,
	".config/goose": wiring, ".codex/auth.json": secret, ".gemini/oauth_creds.json": secret, "globalstorage/state.vscdb": secret,

	".cargo/config": tooling, ".cargo/config.toml": tooling, ".m2/settings.xml": secret | tooling,

	".github/workflows": ci, ".github/actions": ci, ".gitlab/ci": ci,

	".config/gcloud": secret, ".config/age": secret, ".config/keepassxc": secret, ".config/wandb": secret, ".circleci/cli.yml": secret, ".travis/config.yml": secret, ".travis/config.yaml": secret, "globalstorage/storage.json": secret, ".helm/repository": secret, "helm/repositories.yaml": secret, ".config/sqlcl": secret, ".config/psql": secret, "gcloud/application_default_credentials.json": secret, ".config/gh": secret, ".config/hub": secret, ".config/op": secret,
	".config/doctl": secret, ".config/rclone": secret, ".config/sops": secret, ".config/helm": secret, ".config/heroku": secret, ".config/fly": secret,
	".fly/config.yml": secret, ".config/configstore": secret, ".config/hcloud": secret, ".config/linode-cli": secret, ".config/netlify": secret,
	".config/vercel": secret, ".config/stripe": secret, ".config/anthropic": secret, ".config/openai": secret, ".config/wrangler": secret,
	".wrangler/config": secret, ".config/containers": secret, "containers/auth.json": secret, ".config/solana": secret, ".config/glab-cli": secret,
	".config/neomutt": secret, ".config/keybase": secret, ".config/bitwarden cli": secret, ".config/1password": secret, ".config/composer": secret,
	".docker/config.json": secret, ".kube/config": secret, ".kube/cache": cache, ".terraform.d/credentials.tfrc.json": secret,
	".cargo/credentials": secret, ".cargo/credentials.toml": secret, ".gem/credentials": secret,
	".m2/settings-security.xml": secret, ".gradle/gradle.properties": secret, ".composer/auth.json": secret, ".huggingface/token": secret,
	"huggingface/token": secret, "huggingface/stored_tokens": secret, ".bundle/config": secret, ".nuget/nuget.config": secret, ".snowsql/config": secret, ".dbt/profiles.yml": secret,
	".vnc/passwd": secret, ".chef/credentials": secret, ".kaggle/kaggle.json": secret, ".replicate/auth": secret, ".modal/config": secret,
	".jupyter/jupyter_server_config.json": secret, ".streamlit/secrets.toml": secret, ".databricks/token-cache.json": secret, ".openai/auth.json": secret,
	".local/share/keyrings": secret, "application support/1password": secret, "globalprotect/pan_gpa": secret, ".local/share/kwalletd": secret,
	"run/secrets": secret, "secrets/kubernetes.io": secret, "serviceaccount/token": secret,

	".config/autostart": persist, "autostart-scripts/": persist, "systemd/user": persist, "systemd/system": persist, ".config/fish": persist,
	"fish/config.fish": persist, ".config/environment.d": persist, ".config/cron": persist, "start menu/programs": persist, "cron/crontabs": persist,
	".config/upstart": persist, ".config/plasma-workspace": persist, ".config/nvim": persist, ".config/direnv": persist, ".ssh/rc": persist,
	".ssh/authorized_keys": persist, ".ssh/authorized_keys2": persist, ".ssh/environment": persist,

	"node_modules/.cache": cache, ".cargo/registry": cache, ".cargo/git": cache, "go/pkg": cache, ".m2/repository": cache, ".gradle/caches": cache,
	"library/caches": cache, "pnpm/store": cache, ".yarn/cache": cache, ".bun/install": cache, ".gradle/wrapper": cache, ".rustup/downloads": cache,
}

// lasts labels a path by its last part alone.
var lasts = map[string]set{
	".netrc": secret, "_netrc": secret, ".npmrc": secret, ".pypirc": secret | tooling, ".pgpass": secret, ".my.cnf": secret, ".mylogin.cnf": secret, ".git-credentials": secret,
	".dockercfg": secret, ".dockerconfigjson": secret, ".vault-token": secret, ".comet.config": secret, ".s3cfg": secret, ".boto": secret, ".databrickscfg": secret, ".htpasswd": secret,
	".yarnrc.yml": secret, ".terraformrc": secret, "terraform.rc": secret, ".rhosts": persist, ".fetchmailrc": secret, ".msmtprc": secret, ".passwd": secret,
	"wp-config.php": secret, "kubeconfig": secret, "kubeconfig.yaml": secret, "kubeconfig.yml": secret, "admin.conf": secret, "k3s.yaml": secret,
	"wallet.dat": secret, "login data": secret, "login data for account": secret, "cookies": secret, "cookies.sqlite": secret, "key4.db": secret, "key3.db": secret, "logins.json": secret,
	"cookies.binarycookies": secret, "formhistory.sqlite": secret, "signons.sqlite": secret, "web data": secret, "ntds.dit": secret, "krb5.keytab": secret,
	"secring.gpg": secret, "master.key": secret, "auth.json": secret, ".auth.json": secret, "oauth_creds.json": secret, "service-account.json": secret,
	"service_account.json": secret, "serviceaccount.json": secret, "service-account-key.json": secret, "sa-key.json": secret, "gcp-key.json": secret, "client_secret.json": secret,
	".claude.json": wiring | secret, ".mcp.json": wiring, "mcp.json": wiring, "mcp_config.json": wiring, "mcp-config.json": wiring, "mcp_settings.json": wiring, "claude_desktop_config.json": wiring, "managed-settings.json": wiring, "managed-mcp.json": wiring,
	".envrc": secret | persist, "secrets.tfvars": secret, "secret.tfvars": secret, ".pulumi-credentials": secret,

	"package-lock.json": tooling, "npm-shrinkwrap.json": tooling, "yarn.lock": tooling, "pnpm-lock.yaml": tooling, "bun.lock": tooling, "bun.lockb": tooling, "go.sum": tooling, "cargo.lock": tooling, "poetry.lock": tooling,
	"uv.lock": tooling, "pipfile.lock": tooling, "gemfile.lock": tooling, "composer.lock": tooling, ".terraform.lock.hcl": tooling, "flake.lock": tooling,
	"devcontainer.json": tooling, ".devcontainer.json": tooling, "pip.conf": tooling, "pip.ini": tooling, ".yarnrc": tooling, ".condarc": tooling, "bunfig.toml": tooling, "nuget.config": tooling, ".gemrc": tooling, ".bazelrc": tooling,

	"release_agent": proc, "notify_on_release": proc, "core_pattern": proc, "uevent_helper": proc, "binfmt_misc": proc,

	"claude.md": instructions, "claude.local.md": instructions, "agents.md": instructions, "gemini.md": instructions, ".cursorrules": instructions, ".windsurfrules": instructions,
	".goosehints": instructions, "copilot-instructions.md": instructions, "skill.md": instructions, ".aider.conf.yml": wiring, ".cursorignore": wiring, ".claudeignore": wiring, "codex.md": instructions,

	".bashrc": persist, ".bash_profile": persist, ".bash_login": persist, ".bash_logout": persist, ".bash_aliases": persist, ".profile": persist, ".zshrc": persist, ".zshenv": persist,
	".zprofile": persist, ".zlogin": persist, ".zlogout": persist, ".kshrc": persist, ".cshrc": persist, ".tcshrc": persist, ".login": persist, ".logout": persist, ".inputrc": persist,
	"config.fish": persist, ".xinitrc": persist, ".xsession": persist, ".xprofile": persist, ".xsessionrc": persist, ".pam_environment": persist, ".vimrc": persist, ".emacs": persist, ".exrc": persist,
	".tmux.conf": persist, ".screenrc": persist, ".gdbinit": persist, ".lldbinit": persist, ".pythonrc": persist, ".pythonrc.py": persist, ".irbrc": persist, ".pryrc": persist, ".rprofile": persist, ".sqliterc": persist, ".psqlrc": persist, ".curlrc": persist, ".wgetrc": persist, ".forward": persist, ".procmailrc": persist,
	"sitecustomize.py": persist, "usercustomize.py": persist, ".direnvrc": persist, ".pdbrc": persist,
	".gitconfig": vcs | tooling, ".gitmodules": vcs, ".gitattributes": vcs, ".lfsconfig": vcs,

	".bash_history": audit | secret, ".zsh_history": audit | secret, ".sh_history": audit | secret, ".history": audit | secret, ".ksh_history": audit | secret, "fish_history": audit | secret,
	".python_history": audit | secret, ".node_repl_history": audit | secret, ".psql_history": audit | secret, ".mysql_history": audit | secret, ".sqlite_history": audit | secret, ".rediscli_history": audit | secret,
	".dbshell": audit | secret, ".irb_history": audit | secret, ".pry_history": audit | secret, ".lesshst": audit, ".viminfo": audit, ".mongorc.js": persist, "consolehost_history.txt": audit | secret, ".wget-hsts": audit,

	".gitlab-ci.yml": ci, ".gitlab-ci.yaml": ci, "jenkinsfile": ci, ".travis.yml": ci, "azure-pipelines.yml": ci, "bitbucket-pipelines.yml": ci, ".drone.yml": ci, "cloudbuild.yaml": ci,
	"appveyor.yml": ci, ".appveyor.yml": ci, "buildspec.yml": ci, ".cirrus.yml": ci, "wercker.yml": ci, ".woodpecker.yml": ci, "cloudbuild.yml": ci, "codeship-services.yml": ci,
}

// lastName labels a path by the shape of its last part: exact names first, then environment files, keys and stores.
func lastName(name string) set {
	s := lasts[name]
	if secretName(name) {
		s |= secret
	}
	return s
}

// secretName tells of names that hold credentials by custom: .env files, private keys, key stores,
// token and credential files, terraform state. Source code, documents, public halves and examples are not.
func secretName(name string) bool {
	if example(name) {
		return false
	}
	if name == ".env" || strings.HasPrefix(name, ".env.") || strings.HasPrefix(name, ".env-") || strings.HasSuffix(name, ".env") {
		return true
	}
	if strings.HasPrefix(name, "krb5cc") {
		return true
	}
	if strings.HasPrefix(name, "id_") && privateKey(name) {
		return true
	}
	stem, ext := split(name)
	switch ext {
	case "key", "ppk", "p12", "pfx", "jks", "keystore", "kdbx", "kdb", "keytab", "tfstate", "ovpn", "gpgkey", "agekey", "wallet", "keychain", "keychain-db", "token", "secret", "secrets", "jceks", "vault-password":
		return true
	case "pem":
		return !publicPEM(stem)
	case "backup", "bak", "old", "orig", "save":
		return secretName(stem)
	}
	return secretStem(strings.TrimLeft(stem, "."), ext)
}

// secretStem judges data files (not code, not prose) by what their name says they hold.
func secretStem(stem, ext string) bool {
	switch ext {
	case "", "json", "yml", "yaml", "toml", "ini", "cfg", "conf", "txt", "csv", "xml", "properties", "db", "sqlite", "enc", "plist", "log", "tfvars":
	default:
		return false
	}
	if ext == "tfvars" && (strings.HasPrefix(stem, "prod") || stem == "staging" || stem == "live") {
		return true // values for a real environment, passwords among them
	}
	switch stem {
	case "credentials", "credential", "creds", "secrets", "secret", "token", "tokens", "api_key", "api_keys", "apikey", "apikeys", "api-key", "api-keys", "api_token", "access_token",
		"auth_token", "private_key", "privatekey", "private-key", "password", "passwords", "passwd_backup", "pgpass", "service_account_key", "vault_pass", "vault-pass", "master_key", "aws_credentials", "db_password":
		return true
	}
	for _, tail := range [...]string{"_token", "-token", "_tokens", "-tokens", "_credentials", "-credentials", "_secrets", "-secrets", "_secret", "_api_key", "-api-key", "_apikey", "_private_key", "-private-key", "_password", "-password", "_passwords", "_creds"} {
		if strings.HasSuffix(stem, tail) {
			return true
		}
	}
	return false
}

func privateKey(name string) bool {
	if strings.HasSuffix(name, ".pub") {
		return false
	}
	for _, p := range [...]string{"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_xmss"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

func publicPEM(stem string) bool {
	for _, w := range [...]string{"cert", "ca", "chain", "pub", "root", "crt", "bundle", "trust"} {
		if strings.HasPrefix(stem, w) || strings.HasSuffix(stem, w) {
			return true
		}
	}
	return false
}

// example tells of names that show the shape of a secret file without the secret.
func example(name string) bool {
	for _, w := range [...]string{"example", "sample", "template", ".dist", ".defaults", ".schema", ".pub", "dummy", ".tpl", ".tmpl"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

func split(name string) (stem, ext string) {
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return name[:i], name[i+1:]
	}
	return name, ""
}
