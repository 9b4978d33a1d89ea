package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

// run runs one command line of writ in a home and project of its own.
func runWrit(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(context.Background(), Env{Getenv: func(string) string { return "" }, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs},
		append([]string{"--home", t.TempDir()}, args...))
	return out.String(), errs.String(), code
}

func TestCheckAnswersEveryLineInOrder(t *testing.T) {
	var in strings.Builder
	for i := range 2000 {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&in, `{"id":%d,"tool":"Bash","input":{"command":"git status"}}`+"\n", i)
		case 1:
			fmt.Fprintf(&in, `{"id":%d,"tool":"Bash","input":{"command":"rm -rf /"}}`+"\n", i)
		case 2:
			fmt.Fprintf(&in, `{"id":%d,"tool":"Bash","input":{"command":"git push --force"}}`+"\n\n", i)
		case 3:
			fmt.Fprintf(&in, `{"id":%d,"tool":"Read","input":{"file_path":"a.txt"},"cwd":"/tmp","agent":"x","role":"solo","task":"1"}`+"\r\n", i)
		}
	}
	out, stderr, code := runWrit(t, in.String(), "check", "--jsonl", "--project", t.TempDir())
	if code != ExitOK || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	want := []string{"allow", "deny", "ask", "allow"}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != 2000 {
		t.Fatalf("%d answers, want 2000", len(lines))
	}
	for i, l := range lines {
		var a struct {
			ID      int
			Effect  string
			Rule    string
			Reasons []string
			Effects []json.RawMessage
			Error   any
		}
		if err := json.Unmarshal([]byte(l), &a); err != nil {
			t.Fatalf("answer %d: %v: %s", i, err, l)
		}
		if a.ID != i || a.Effect != want[i%4] || a.Rule == "" || len(a.Reasons) == 0 || a.Effects == nil || a.Error != nil {
			t.Fatalf("answer %d: %s", i, l)
		}
	}
}

func TestCheckAnswersBadLines(t *testing.T) {
	for _, tt := range []struct{ name, line, id, code string }{
		{"no JSON", `what`, "null", "bad-json"},
		{"cut off", `{"id":"a","tool":"Bash"`, "null", "bad-json"},
		{"a list", `[1]`, "null", "bad-json"},
		{"no tool", `{"id":"a","input":{}}`, `"a"`, "bad-call"},
		{"no input", `{"id":"a","tool":"Bash"}`, `"a"`, "bad-call"},
		{"a tool of the wrong type", `{"id":7,"tool":3,"input":{}}`, "7", "bad-json"},
		{"longer than the bound", `{"id":1,"tool":"Bash","input":{"command":"` + strings.Repeat("a", maxCheckLine) + `"}}`, "null", "too-long"},
	} {
		out, stderr, code := runWrit(t, tt.line+"\n"+`{"id":"next","tool":"Bash","input":{"command":"true"}}`, "check", "--jsonl", "--project", t.TempDir())
		if code != ExitOK {
			t.Fatalf("%s: exit %d: %s", tt.name, code, stderr)
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		var a struct {
			ID     json.RawMessage
			Effect string
			Error  struct{ Code, Message string }
		}
		if err := json.Unmarshal([]byte(lines[0]), &a); err != nil || string(a.ID) != tt.id || a.Effect != "deny" || a.Error.Code != tt.code || a.Error.Message == "" {
			t.Errorf("%s: %s, want id %s and error %s", tt.name, lines[0], tt.id, tt.code)
		}
		if len(lines) != 2 || !strings.Contains(lines[1], `"id":"next","effect":"allow"`) {
			t.Errorf("%s: the line after it was answered %q", tt.name, lines[1:])
		}
	}
}

func TestCheckWrongInputIsAnAnswer(t *testing.T) {
	out, _, code := runWrit(t, `{"id":1,"tool":"Bash","input":{"command":7}}`, "check", "--jsonl")
	if code != ExitOK || !strings.Contains(out, `"effect":"ask"`) {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestCheckPolicyFlag(t *testing.T) {
	file := writeTemp(t, "my.cedar", `@id("no-status") @reason("r") forbid (principal, action == Action::"exec", resource) when { context.target == "make" };`)
	out, stderr, code := runWrit(t, `{"id":1,"tool":"Bash","input":{"command":"make"}}`, "check", "--jsonl", "--policy", file)
	if code != ExitOK || !strings.Contains(out, `"rule":"no-status"`) {
		t.Errorf("exit %d: %s %s", code, out, stderr)
	}
	bad := writeTemp(t, "bad.cedar", `@id("x") @reason("r") forbid (principal, action == Action::"exce", resource);`)
	if _, stderr, code := runWrit(t, "", "check", "--jsonl", "--policy", bad); code != ExitUsage || !strings.Contains(stderr, `bad.cedar:1`) || !strings.Contains(stderr, `did you mean "exec"`) {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if _, stderr, code := runWrit(t, "", "check"); code != ExitUsage || !strings.Contains(stderr, "hint: writ check --jsonl") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// failing is a reader that breaks in the middle.
type failing struct{ r io.Reader }

func (f failing) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestCheckReportsBrokenInput(t *testing.T) {
	var out, errs bytes.Buffer
	code := Main(context.Background(), Env{Getenv: func(string) string { return "" }, Stdin: failing{strings.NewReader(`{"id":1,"tool":"Bash","input":{"command":"true"}}` + "\n")}, Stdout: &out, Stderr: &errs}, []string{"--home", t.TempDir(), "check", "--jsonl"})
	if code == ExitOK || !strings.Contains(out.String(), `"id":1`) || !strings.Contains(errs.String(), "standard input") {
		t.Errorf("exit %d: %s %s", code, out.String(), errs.String())
	}
}

// Without --level the answers are those of always; with it, what the sandbox answers is allowed and named.
func TestCheckLevel(t *testing.T) {
	const in = `{"id":1,"tool":"Bash","input":{"command":"eval \"$X\""}}
{"id":2,"tool":"Bash","input":{"command":"eval \"$X\"; npm publish"}}
{"id":3,"tool":"Bash","input":{"command":"eval \"$X\"; rm -rf /"}}
`
	type answer struct {
		Effect, Rule string
		Answered     []string
	}
	for level, want := range map[string][]answer{
		"observe":  {{"ask", "unresolved", nil}, {"ask", "unresolved", nil}, {"deny", "delete-root", nil}},
		"landlock": {{"ask", "unresolved", nil}, {"ask", "unresolved", nil}, {"deny", "delete-root", nil}},
		"full":     {{"allow", "contained", []string{"unresolved"}}, {"ask", "package-publish", []string{"unresolved"}}, {"deny", "delete-root", nil}},
	} {
		out, stderr, code := runWrit(t, in, "check", "--jsonl", "--level", level, "--project", t.TempDir())
		if code != ExitOK {
			t.Fatalf("%s: exit %d: %s", level, code, stderr)
		}
		dec := json.NewDecoder(strings.NewReader(out))
		for i, w := range want {
			var got answer
			if err := dec.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(w) {
				t.Errorf("%s, line %d: got %v, want %v", level, i+1, got, w)
			}
		}
	}
	if _, stderr, code := runWrit(t, "", "check", "--jsonl", "--level", "most"); code != ExitUsage || !strings.Contains(stderr, "want observe, landlock or full") {
		t.Errorf("an unknown level: exit %d, %s", code, stderr)
	}
}
