package sandbox

import (
	"slices"
	"testing"
)

func TestCredential(t *testing.T) {
	for name, want := range map[string]bool{
		"PATH": false, "HOME": false, "LANG": false, "GOFLAGS": false, "NODE_ENV": false, "KEYBOARD": false, "MONKEY": false, "PWD": false, "OLDPWD": false, "AUTHOR": false, "GIT_AUTHOR_NAME": false,
		"EDITOR": false, "TERM": false, "CI": false, "JAVA_HOME": false, "npm_config_cache": false, "PATTERN": false, "COMPATIBLE": false,
		"AWS_ACCESS_KEY_ID": true, "AWS_PROFILE": true, "GITHUB_TOKEN": true, "MY_SERVICE_TOKEN": true, "STRIPE_KEY": true, "DB_PASSWORD": true, "SSH_AUTH_SOCK": true,
		"ANTHROPIC_API_KEY": true, "npm_config__authToken": true, "SOME_SECRET": true, "secret_thing": true, "API_KEY": true, "SIGNING_PRIVATE_KEY": true, "SENTRY_DSN": true,
	} {
		if got := Credential(name, "x"); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	for value, want := range map[string]bool{
		"postgres://me:hunter2@db/x": true, "https://host/a:b@c": false, "http://127.0.0.1:8080": false, "https://user@host/": false, "": false,
	} {
		if got := Credential("SOME_URL", value); got != want {
			t.Errorf("value %q: got %v, want %v", value, got, want)
		}
	}
}

func TestEnviron(t *testing.T) {
	p := Profile{Env: map[string]string{"GOCACHE": "/c"}, Keep: []string{"KEPT_TOKEN"}}
	env := []string{"PATH=/bin", "GITHUB_TOKEN=t", "KEPT_TOKEN=k", "HTTPS_PROXY=http://corp:1", "GOCACHE=/mine", "BASH_ENV=/x", "TMPDIR=/elsewhere", "BASH_FUNC_ls%%=() { :; }", "broken"}
	got := Environ(env, &p, 4000, "/tmp")
	for _, want := range []string{"PATH=/bin", "KEPT_TOKEN=k", "GOCACHE=/c", "HTTPS_PROXY=http://127.0.0.1:4000", "TMPDIR=/tmp"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing in %q", want, got)
		}
	}
	for _, not := range []string{"GITHUB_TOKEN=t", "HTTPS_PROXY=http://corp:1", "GOCACHE=/mine", "BASH_ENV=/x", "TMPDIR=/elsewhere", "broken"} {
		if slices.Contains(got, not) {
			t.Errorf("%s is in %q", not, got)
		}
	}
	if got := Environ([]string{"HTTPS_PROXY=http://corp:1"}, &Profile{Net: Net{Mode: "host"}}, 0, "/tmp"); !slices.Contains(got, "HTTPS_PROXY=http://corp:1") {
		t.Errorf("with the machine's network its proxy stays: %q", got)
	}
}
