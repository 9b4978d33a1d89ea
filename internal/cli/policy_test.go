package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func writeTemp(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPolicyCommands(t *testing.T) {
	good := writeTemp(t, "good.cedar", `@id("may-publish") @overrides("package-publish") permit (principal, action == Action::"pkg.publish", resource);`)
	bad := writeTemp(t, "bad.cedar", "@id(\"x\")\n@reason(\"r\")\nforbid (principal, action, resource)\nwhen { context.zones.contains(\"sekret\") };")
	cases := writeTemp(t, "a.cases.jsonl", `{"command":"npm publish","want":"ask","rule":"package-publish"}`+"\n")
	wrong := writeTemp(t, "b.cases.jsonl", `{"command":"npm publish","want":"allow"}`+"\n")
	broken := writeTemp(t, "c.cases.jsonl", `{"command":"npm publish"}`+"\n")
	for _, tt := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"policy", "show", "secret-file"}, ExitOK, []string{`@id("secret-file")`, "floor builtin/floor/secrets.cedar:"}},
		{[]string{"policy", "show", "--floor", "--list"}, ExitOK, []string{"floor", "writ-files"}},
		{[]string{"policy", "show", "--layer", "builtin", "--list"}, ExitOK, []string{"git-force-push"}},
		{[]string{"policy", "show", "--schema"}, ExitOK, []string{"entity Agent", `action "fs.read"`}},
		{[]string{"policy", "show", "--zones"}, ExitOK, []string{"secret\n"}},
		{[]string{"policy", "show", "--flags"}, ExitOK, []string{"recursive\n"}},
		{[]string{"policy", "show", "no-such-rule"}, ExitUsage, []string{`no rule "no-such-rule"`}},
		{[]string{"policy", "show", "--layer", "cellar"}, ExitUsage, []string{`unknown layer "cellar"`}},
		{[]string{"policy", "validate"}, ExitOK, []string{"all valid"}},
		{[]string{"policy", "validate", good}, ExitOK, []string{"1 rules, all valid"}},
		{[]string{"policy", "validate", "--layer", "repository", good}, ExitFailed, []string{"a repository's policy can only forbid"}},
		{[]string{"policy", "validate", bad}, ExitFailed, []string{"bad.cedar:4", `unknown zone "sekret"`, `"secret"`}},
		{[]string{"policy", "validate", "/nonexistent.cedar"}, ExitFailed, []string{"nonexistent"}},
		{[]string{"policy", "test", cases}, ExitOK, []string{"1 cases, 0 failed"}},
		{[]string{"policy", "test", wrong}, ExitFailed, []string{"FAIL", "want allow", "got ask package-publish"}},
		{[]string{"policy", "test", broken}, ExitUsage, []string{"c.cases.jsonl:1", "want"}},
		{[]string{"policy", "test", "/nonexistent"}, ExitUsage, []string{"nonexistent"}},
		{[]string{"policy", "test", "--json", wrong}, ExitFailed, []string{`"pass":false`}},
		{[]string{"policy", "diff", good, "--cases", cases}, ExitOK, []string{"ask   → allow", "npm publish", "1 of 1 verdicts differ"}},
		{[]string{"policy", "diff", bad, "--cases", cases}, ExitUsage, []string{"bad.cedar:4"}},
	} {
		out, stderr, code := runWrit(t, "", append(tt.args, "--project", t.TempDir())...)
		if code != tt.code {
			t.Errorf("%v: exit %d, want %d: %s%s", tt.args, code, tt.code, out, stderr)
		}
		for _, want := range tt.want {
			if !strings.Contains(out+stderr, want) {
				t.Errorf("%v: want %q in\n%s%s", tt.args, want, out, stderr)
			}
		}
	}
}

func TestExplain(t *testing.T) {
	project := t.TempDir()
	for _, tt := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"--", "git push --force && cat ~/.ssh/id_rsa"}, ExitOK, []string{"deny", "what it does", "git.push", "fs.read", "who says what", "floor", "secret-file", "git-force-push", "instead"}},
		{[]string{"--", "git", "commit", "-m", "rm -rf /"}, ExitOK, []string{"allow  Bash: git commit -m 'rm -rf /'"}},
		{[]string{"--tool", "Write", "--input", `{"file_path":"CLAUDE.md","content":""}`}, ExitOK, []string{"ask", "instructions"}},
		{[]string{"--role", "review-1", "--tool", "Write", "--input", `{"file_path":"a.go","content":""}`}, ExitOK, []string{"deny", "role-files"}},
		{nil, ExitUsage, []string{"nothing to explain"}},
		{[]string{"--input", "nope"}, ExitUsage, []string{"not a JSON object"}},
		{[]string{"--tool", "Write", "--", "x"}, ExitUsage, []string{"--input"}},
		{[]string{"--input", "{}", "--", "x"}, ExitUsage, []string{"not both"}},
	} {
		out, stderr, code := runWrit(t, "", append([]string{"explain", "--project", project}, tt.args...)...)
		if code != tt.code {
			t.Errorf("%v: exit %d, want %d: %s", tt.args, code, tt.code, stderr)
		}
		for _, want := range tt.want {
			if !strings.Contains(out+stderr, want) {
				t.Errorf("%v: want %q in\n%s%s", tt.args, want, out, stderr)
			}
		}
		if strings.Contains(out, "\x1b") {
			t.Errorf("%v: colour where no terminal is", tt.args)
		}
	}
}

func TestExplainJSON(t *testing.T) {
	out, stderr, code := runWrit(t, "", "explain", "--json", "--project", t.TempDir(), "--", "git push --force")
	var a struct {
		Effect, Rule, Summary string
		Effects, Steps        []json.RawMessage
		Stages                []struct{ Stage, Effect string }
	}
	if err := json.Unmarshal([]byte(out), &a); err != nil || code != ExitOK {
		t.Fatalf("exit %d: %v: %s %s", code, err, out, stderr)
	}
	if a.Effect != "ask" || a.Rule != "git-force-push" || len(a.Effects) == 0 || len(a.Steps) == 0 || len(a.Stages) != 4 {
		t.Errorf("%s", out)
	}
}
