package audit

import (
	"encoding/json"
	"strings"
	"testing"

	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/verdict"
)

// Made-up secrets, put together at run time so that no scanner takes this file for a leak.
var (
	fakeAWS    = "AKIA" + "QWERTYUIOPASDFGH"
	fakeGitHub = "ghp" + "_" + strings.Repeat("Ab3", 12)
	fakeRandom = "q7Zt2Lm9" + "Xc4Vb6Nn1Ws8Rk3Y"
	fakeJWT    = "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0In0" + ".c2lnbmF0dXJl"
	fakeBlock  = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIabc\ndef\n-----END RSA " + "PRIVATE KEY-----"
)

func TestRedactSecrets(t *testing.T) {
	for _, c := range []struct{ in, secret, want string }{
		{"aws configure set aws_access_key_id " + fakeAWS, fakeAWS, ""},
		{"AWS_SECRET_ACCESS_KEY=" + fakeRandom + "/x aws s3 ls", fakeRandom, "aws s3 ls"},
		{"git push https://bob:hunter2@example.com/r.git", "hunter2", "https://[redacted:url-credentials]@example.com/r.git"},
		{`curl -H "Authorization: Bearer abcdefgh12345" https://h`, "abcdefgh12345", `curl -H "Authorization: [redacted:header]" https://h`},
		{`curl -H 'X-Api-Key: 12345' https://h`, "12345", ""},
		{`curl -u bob:hunter2 https://h`, "hunter2", "bob:"},
		{"echo " + fakeGitHub + " | gh auth login", fakeGitHub, "[redacted:github-token]"},
		{"echo '" + fakeBlock + "' > k", "MIIabc", "> k"},
		{"-----BEGIN " + "PRIVATE KEY-----\nMIIcut", "MIIcut", ""},
		{"PGPASSWORD=hunter2 psql -h db", "hunter2", "psql -h db"},
		{"psql 'host=db password=hunter2 user=x'", "hunter2", "user=x"},
		{`{"password": "hunter2", "user": "x"}`, "hunter2", `"user": "x"`},
		{`{\"client_secret\":\"hunter2\"}`, "hunter2", ""},
		{"deploy --token hunter2abc --region eu", "hunter2abc", "--region eu"},
		{"deploy --token=hunter2abc", "hunter2abc", ""},
		{"mysql -u root -phunter2 db", "hunter2", "db"},
		{"mysqldump -p'hunter2' db", "hunter2", "db"},
		{"sshpass -p hunter2 ssh h", "hunter2", "ssh h"},
		{"export API_KEY=hunter2", "hunter2", ""},
		{"export OPENAI_APIKEY='sk-" + fakeRandom + "'", fakeRandom, ""},
		{"echo " + fakeRandom, fakeRandom, "[redacted:random]"},
		{"curl h?t=" + fakeJWT, fakeJWT, "[redacted:jwt]"},
		{"docker login -u x --password hunter2", "hunter2", ""},
		{"db_password: hunter2", "hunter2", ""},
	} {
		got := Redact(c.in)
		if strings.Contains(got, c.secret) || !strings.Contains(got, "[redacted:") || !strings.Contains(got, c.want) {
			t.Errorf("Redact(%q) = %q: want no %q, and %q kept", c.in, got, c.secret, c.want)
		}
		if again := Redact(got); again != got {
			t.Errorf("Redact twice: %q, then %q", got, again)
		}
		if !suspicious(c.in) {
			t.Errorf("suspicious(%q) = false: the first look misses it", c.in)
		}
	}
}

// What is no secret stays readable, or nobody can read the log.
func TestRedactLeavesTheRest(t *testing.T) {
	for _, s := range []string{
		"git status && go test ./...",
		"git show 6ea4b39f0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f",
		"docker pull x@sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
		"cat c50375ae-e1ed-4fd3-bef7-b23f554f2c75.jsonl",
		`git commit -m "fix the token parser and the password dialog"`,
		"curl -H \"Authorization: $AUTH\" https://example.com/a/b?c=d",
		"export TOKEN=$(cat file) KEY=$X",
		"ls /home/user/go/pkg/mod/github.com/transparency-dev/merkle@v0.0.2/compact",
		"go test -run TestVerifyNamesTheRecordWhenTheSegmentIsMissing ./internal/audit",
		"vi internal/auth/token.go internal/secret/key_test.go",
		"kubectl get secrets -n default",
		"ssh -i ~/.ssh/id_ed25519 host",
		"https://example.com:8443/path@v1",
		"npm run build --workspaces --if-present",
		"",
	} {
		if got := Redact(s); got != s {
			t.Errorf("Redact(%q) = %q: want it unchanged", s, got)
		}
	}
}

func TestSecretsDoNotReachTheDisk(t *testing.T) {
	a := at(t.TempDir())
	l := a.open(t, Options{})
	ev := event.Event{
		Host: "claude", Name: "PreToolUse", Tool: "Bash", ToolUseID: "toolu_1",
		Input: json.RawMessage(`{"command":"PGPASSWORD=hunter2 psql https://bob:hunter2@h","description":"x"}`),
	}
	type typed struct{ Password string }
	r := Decision(ev, verdict.New(verdict.Deny, "policy", "r", "password=hunter2 is bad", ""), []effect.Effect{{Kind: effect.NetConnect, Target: "token=hunter2"}}, 1500)
	r.Data = map[string]any{"a": []any{map[string]any{"b": "secret=hunter2"}}, "password": "hunter2", "c": typed{"hunter2"}, "raw": json.RawMessage(`{"token":"hunter2"}`)}
	if _, err := l.Append(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	l.Close()
	for name, text := range treeOf(t, a.log()) {
		if strings.Contains(text, "hunter2") {
			t.Errorf("%s holds the secret:\n%s", name, text)
		}
	}
	got := a.records(t, Filter{})[0]
	if got.Effect != "deny" || got.Rule != "r" || got.Took != 1 || len(got.InputDigest) != 64 || !strings.Contains(got.Summary, "psql") {
		t.Errorf("record: %+v", got)
	}
}

func TestSummarise(t *testing.T) {
	for _, c := range []struct{ tool, input, want string }{
		{"Bash", `{"command":"go test ./...\ngit status","description":"test"}`, "go test ./... ⏎ git status"},
		{"Write", `{"file_path":"/w/a.go","content":"secret stuff"}`, "/w/a.go"},
		{"Grep", `{"pattern":"TODO","path":"src"}`, "TODO · src"},
		{"WebFetch", `{"url":"https://example.com","prompt":"sum up"}`, "https://example.com · sum up"},
		{"Agent", `{"description":"review","prompt":"do it"}`, "review · do it"},
		{"TodoWrite", `{"todos":[]}`, ""},
		{"X", `not json`, ""},
	} {
		if got := Summarise(c.tool, json.RawMessage(c.input)); got != c.want {
			t.Errorf("%s: %q, want %q", c.tool, got, c.want)
		}
	}
	if got := Summarise("Bash", json.RawMessage(`{"command":"`+strings.Repeat("ü ", 400)+`"}`)); len(got) > 300 {
		t.Errorf("%d bytes, want at most 300", len(got))
	}
}

func FuzzRedact(f *testing.F) {
	for _, s := range []string{"token=" + fakeRandom, "https://a:b@c", fakeBlock, "x: y", "--password 'a b'", "\xff\xfe-----BEGIN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Redact(s)
		if !suspicious(s) && got != s {
			t.Errorf("changed an unsuspicious text: %q", s)
		}
		slow := s
		for _, r := range redactions {
			slow = r.find.ReplaceAllString(slow, r.with)
		}
		if slow = redactRandom(redactAssignments(slow)); slow != got {
			t.Errorf("the first look missed %q: %q, want %q", s, got, slow)
		}
	})
}

func BenchmarkRedact(b *testing.B) {
	for b.Loop() {
		Redact("cd /home/user/work && go test -count=1 ./internal/... 2>&1 | tail -40")
	}
}
