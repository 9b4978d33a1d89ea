package zone

import (
	"slices"
	"strings"
	"testing"
)

var env = Env{Project: "/home/dev/app", Home: "/home/dev", WritHome: "/home/dev/.writ"}

func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		path    string
		has, no string
	}{
		{"/home/dev/app", "project project-root", "outside root"},
		{"/home/dev/app/main.go", "project", "outside secret project-root"},
		{"/home/dev/app/.git/config", "project worktree-git vcs tooling", "secret wiring"},
		{"/home/dev/app/.git/hooks/pre-commit", "persist vcs", ""},
		{"/home/dev/app/.git/objects/aa", "worktree-git", "vcs"},
		{"/home/dev/app2/main.go", "home outside", "project"},
		{"/home/dev", "home home-root outside", "project"},
		{"/home", "home-root root", "project"},
		{"/", "root home-root", "project"},
		{"/etc", "root system", ""},
		{"/home/other/x", "home outside", ""},
		{"/root", "home-root home", ""},
		{"/Users/ann/x", "home", "home-root"},
		{"/tmp/x", "temp", "outside system"},
		{"/dev/shm/x", "temp", "device outside"},
		{"/dev/null", "null", "device outside"},
		{"/dev/fd/3", "null", "device"},
		{"/dev/sda", "device outside", "null"},
		{"/DEV/SDA", "device", ""},
		{"/home/dev/.cache/pip/x", "cache home", "outside"},
		{"/home/dev/.ssh/id_ed25519", "secret", ""},
		{"/home/dev/.SSH/ID_RSA", "secret", ""},
		{"/home/other/.ssh/id_rsa", "secret", ""},
		{"/home/dev/.ssh/id_rsa.pub", "", "secret"},
		{"/home/dev/.ssh/known_hosts", "", "secret"},
		{"/home/dev/.ssh/authorized_keys", "persist", "secret"},
		{"/home/dev/app/.env", "secret project", ""},
		{"/home/dev/app/.env.production", "secret", ""},
		{"/home/dev/app/.env.example", "project", "secret"},
		{"/home/dev/app/prod.env", "secret", ""},
		{"/home/dev/app/credentials.json", "secret", ""},
		{"/home/dev/app/internal/credentials.go", "", "secret"},
		{"/home/dev/app/docs/secrets.md", "", "secret"},
		{"/home/dev/app/token.go", "", "secret"},
		{"/home/dev/app/tokenizer.json", "", "secret"},
		{"/home/dev/app/server.key", "secret", ""},
		{"/home/dev/app/cert.pem", "", "secret"},
		{"/home/dev/app/private.pem", "secret", ""},
		{"/home/dev/app/terraform.tfstate.backup", "secret", ""},
		{"/home/dev/.kube/config", "secret", ""},
		{"/home/dev/.docker/config.json", "secret", ""},
		{"/home/dev/.config/gcloud/x.db", "secret", ""},
		{"/home/dev/.bash_history", "secret audit", ""},
		{"/home/dev/.mozilla/firefox/p.default/logins.json", "secret", ""},
		{"/home/dev/app/src/cookies", "", "secret"},
		{"/etc/shadow", "secret system", ""},
		{"/etc/passwd", "system", "secret"},
		{"/proc/1/environ", "proc secret", ""},
		{"/proc/cpuinfo", "proc", "secret"},
		{"/proc/self/fd/1", "null", "proc"},
		{"/home/dev/app/.claude/settings.json", "wiring", ""},
		{"/home/dev/app/.claude/settings.local.json", "wiring", ""},
		{"/home/dev/app/.claude/specs/a/tasks.md", "project", "wiring"},
		{"/home/dev/app/.claude/hooks/x.sh", "wiring", ""},
		{"/etc/claude-code/managed-settings.json", "wiring system", ""},
		{"/home/dev/app/CLAUDE.md", "instructions", "wiring"},
		{"/home/dev/app/.mcp.json", "wiring", ""},
		{"/home/dev/.writ/config.json", "writ", ""},
		{"/home/dev/app/.writ/policy/a.cedar", "writ project", ""},
		{"/usr/local/bin/writ-hook", "writ outside", ""},
		{"/home/dev/app/writ", "project", "writ"},
		{"/home/dev/.bashrc", "persist", ""},
		{"/home/dev/.config/systemd/user/x.service", "persist", ""},
		{"/etc/cron.d/x", "persist system", ""},
		{"/etc/ld.so.preload", "persist", ""},
		{"/usr/lib/python3/site-packages/evil.pth", "persist", ""},
		{"/home/dev/Library/LaunchAgents/x.plist", "persist", ""},
		{"/home/dev/app/.github/workflows/ci.yml", "ci", ""},
		{"/home/dev/app/Jenkinsfile", "ci", ""},
		{"/var/log/auth.log", "audit system", ""},
		{"/sys/fs/cgroup/x", "proc system", ""},
		{"build/out", "outside", "project"},
		{"", "outside", ""},
	} {
		got := Classify(tt.path, env)
		for _, want := range strings.Fields(tt.has) {
			if !slices.Contains(got, want) {
				t.Errorf("Classify(%q) = %v, want %s", tt.path, got, want)
			}
		}
		for _, not := range strings.Fields(tt.no) {
			if slices.Contains(got, not) {
				t.Errorf("Classify(%q) = %v, want no %s", tt.path, got, not)
			}
		}
	}
}

// A folder that protects keeps protecting whatever case it is written in and whoever's home it is.
func TestProtectionIgnoresCase(t *testing.T) {
	for _, p := range []string{"/home/dev/.aws/credentials", "/etc/shadow", "/home/dev/.bashrc", "/etc/claude-code/x", "/home/dev/app/.git/hooks/a"} {
		want := Classify(p, env)
		for _, label := range Classify(strings.ToUpper(p), env) {
			if label == Project || label == Outside {
				continue
			}
			if !slices.Contains(want, label) {
				t.Errorf("%s upper-cased gained %s", p, label)
			}
		}
		for _, label := range want {
			if label == Project || label == ProjectRoot {
				continue
			}
			if !slices.Contains(Classify(strings.ToUpper(p), env), label) {
				t.Errorf("%s upper-cased lost %s", p, label)
			}
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	for b.Loop() {
		Classify("/home/dev/app/internal/server/handler.go", env)
	}
}

// Whatever the text, a path is outside exactly when nothing permits it, and a secret stays one with a slash behind it.
func FuzzClassify(f *testing.F) {
	f.Add("/home/dev/.ssh/id_rsa")
	f.Add(`a\b//c`)
	f.Fuzz(func(t *testing.T, p string) {
		got := Classify(p, env)
		inside := slices.ContainsFunc(got, func(l string) bool { return l == Project || l == Temp || l == Cache || l == Null })
		if inside == slices.Contains(got, Outside) {
			t.Errorf("%q: %v", p, got)
		}
	})
}
