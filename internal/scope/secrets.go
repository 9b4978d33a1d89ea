package scope

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"writ/internal/gitsafe"
	"writ/internal/zone"
)

// machine are secrets of the machine; a sandbox of root would read them otherwise.
var machine = []string{
	"/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers", "/etc/sudoers.d", "/etc/ssl/private", "/etc/wireguard", "/etc/openvpn",
	"/etc/letsencrypt", "/etc/kubernetes", "/etc/rancher", "/etc/krb5.keytab", "/etc/NetworkManager/system-connections", "/var/lib/kubelet", "/var/lib/etcd",
	"/var/run/secrets", "/var/mail", "/var/spool/cron", "/root",
}

// ours are folders and files of a home that hold credentials or conversations.
var ours = []string{
	".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker/config.json", ".config/gcloud", ".config/gh", ".config/hub", ".config/op", ".config/rclone", ".config/doctl",
	".config/sops", ".config/git/credentials", ".config/containers/auth.json", ".netrc", "_netrc", ".git-credentials", ".pypirc", ".pgpass", ".my.cnf", ".mylogin.cnf",
	".cargo/credentials", ".cargo/credentials.toml", ".gem/credentials", ".composer/auth.json", ".m2/settings.xml", ".m2/settings-security.xml", ".gradle/gradle.properties",
	".terraform.d", ".terraformrc", ".vault-token", ".password-store", ".local/share/keyrings", ".local/share/kwalletd", ".pki", ".age", ".sops",
	".mozilla", ".config/google-chrome", ".config/chromium", ".config/BraveSoftware", ".config/microsoft-edge", ".config/vivaldi", ".thunderbird",
	".claude/.credentials.json", ".claude.json", ".claude/history.jsonl", ".codex/auth.json", ".gemini/oauth_creds.json", ".config/github-copilot", ".config/anthropic", ".config/openai",
	".bash_history", ".zsh_history", ".python_history", ".node_repl_history", ".psql_history", ".mysql_history", ".sqlite_history", ".rediscli_history", ".lesshst", ".viminfo",
	".s3cfg", ".boto", ".oci", ".fly", ".heroku", ".electrum", ".bitcoin", ".ethereum", ".config/Signal", ".config/Slack", ".config/Bitwarden", ".config/keepassxc", ".config/pulumi", ".pulumi",
}

// secrets lists what reads as empty: fixed places, what else lies in the home under a name that says it, and the
// project's own environment files and keys that are not part of its history.
func secrets(o Of) []string {
	var out []string
	for _, path := range machine {
		if path != o.Home && !strings.HasPrefix(o.Home, path+"/") && path != o.Project && !strings.HasPrefix(o.Project, path+"/") && exists(path) {
			out = append(out, path)
		}
	}
	for _, name := range ours {
		if path := filepath.Join(o.Home, name); exists(path) {
			out = append(out, path)
		}
	}
	for _, dir := range []string{o.Home, filepath.Join(o.Home, ".config"), filepath.Join(o.Home, ".local", "share")} {
		out = append(out, named(dir, o)...)
	}
	if npm := filepath.Join(o.Home, ".npmrc"); holdsToken(npm) {
		out = append(out, npm)
	}
	out = append(out, inProject(o)...)
	slices.Sort(out)
	return slices.Compact(out)
}

// named lists the entries of one folder whose names say that they hold secrets.
func named(dir string, o Of) (out []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	env := zone.Env{Project: o.Project, Home: o.Home, WritHome: o.WritHome}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if e.Name() == ".npmrc" || path == o.Project || strings.HasPrefix(o.Project, path+"/") {
			continue
		}
		if slices.Contains(zone.Classify(path, env), zone.Secret) {
			out = append(out, path)
		}
	}
	return out
}

// holdsToken tells of npm settings with credentials; most have none, and npm needs the rest.
func holdsToken(path string) bool {
	b, err := os.ReadFile(path)
	return err == nil && (bytes.Contains(b, []byte("_auth")) || bytes.Contains(b, []byte("_password")))
}

// Bounds of the walk through a project. What lies beyond is not looked at: the tools' own folders hold no
// secrets of the user, and a walk must not take longer than a command.
const (
	maxEntries = 200_000
	maxSecrets = 200
)

// passedOver are folders that are not searched.
var passedOver = map[string]bool{".git": true, "node_modules": true, "vendor": true, "target": true, ".venv": true, "venv": true, "dist": true, ".tox": true, "__pycache__": true, ".terraform/providers": true}

// inProject finds the project's secrets: files named like one that git does not track. What is tracked can be
// read from history anyway, and test keys lie there.
func inProject(o Of) []string {
	if o.Project == "" {
		return nil
	}
	env := zone.Env{Project: o.Project, Home: o.Home, WritHome: o.WritHome}
	var found []string
	n := 0
	filepath.WalkDir(o.Project, func(path string, d fs.DirEntry, err error) error {
		if n++; err != nil || n > maxEntries || len(found) >= maxSecrets {
			return filepath.SkipDir
		}
		if d.IsDir() {
			if passedOver[d.Name()] && path != o.Project {
				return filepath.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() && slices.Contains(zone.Classify(path, env), zone.Secret) && (d.Name() != ".npmrc" || holdsToken(path)) {
			found = append(found, path)
		}
		return nil
	})
	if len(found) == 0 {
		return nil
	}
	return untracked(o.Project, found)
}

// untracked leaves out what git tracks. Where git cannot say, everything stays.
func untracked(root string, paths []string) []string {
	ctx, cancel := context.WithTimeout(context.Background(), gitTime)
	defer cancel()
	list, err := gitsafe.Git{Dir: root}.Run(ctx, append([]string{"ls-files", "-z", "--full-name", "--"}, paths...)...)
	if err != nil {
		return paths
	}
	top, err := filepath.EvalSymlinks(topOf(root))
	if err != nil {
		return paths
	}
	tracked := map[string]bool{}
	for name := range strings.SplitSeq(list, "\x00") {
		tracked[filepath.Join(top, name)] = true
	}
	return slices.DeleteFunc(paths, func(path string) bool { return tracked[path] })
}

// topOf is the folder with the .git that a folder belongs to.
func topOf(dir string) string {
	for at := dir; at != "/"; at = filepath.Dir(at) {
		if exists(filepath.Join(at, ".git")) {
			return at
		}
	}
	return dir
}
