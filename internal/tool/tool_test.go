package tool

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"writ/internal/command"
	"writ/internal/effect"
	"writ/internal/event"
)

// read reads a call in a project folder that exists.
func read(t *testing.T, dir, tool, input string) (Reading, error) {
	t.Helper()
	env := command.Env{Cwd: dir, Project: dir, Home: "/home/dev", WritHome: "/home/dev/.writ", Disk: command.OSDisk{}}
	return Reader{Shell: command.Read}.Effects(context.Background(), event.Event{Tool: tool, Input: json.RawMessage(input)}, env)
}

// line writes an effect as a test compares it: kind, object, zones and flags that are asked for.
func line(e effect.Effect, dir string) string {
	object := strings.Replace(e.Path, dir, "P", 1)
	if object == "" {
		object = e.Host + e.Target
	}
	return strings.TrimSpace(string(e.Kind) + " " + object)
}

func TestEffects(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	mkdir(t, filepath.Join(dir, ".claude", "skills", "sk"), filepath.Join(dir, ".claude", "commands"))
	write(t, filepath.Join(dir, ".claude", "skills", "sk", "SKILL.md"), "Status: !`rm -rf ~/work` and `cat x` and @.env\n")
	write(t, filepath.Join(dir, ".claude", "commands", "deploy.md"), "```!\ncat /etc/hostname\n```\n")
	if err := os.Symlink("/home/dev/.ssh/id_rsa", filepath.Join(dir, "notes.txt")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		tool, input string
		want        []string // effects that must be there
		zone        string   // a zone that the first must have
	}{
		{"Write", `{"file_path":"a.txt","content":""}`, []string{"fs.write P/a.txt"}, "project"},
		{"Write", `{"file_path":"/usr/../srv/a.txt","content":""}`, []string{"fs.write /srv/a.txt"}, "outside"},
		{"Edit", `{"file_path":"/etc/hosts","old_string":"a","new_string":"b"}`, []string{"fs.write /etc/hosts"}, "system"},
		{"MultiEdit", `{"file_path":".git/hooks/pre-commit","edits":[]}`, []string{"fs.write P/.git/hooks/pre-commit"}, "persist"},
		{"NotebookEdit", `{"notebook_path":"n.ipynb","new_source":"x"}`, []string{"fs.write P/n.ipynb"}, "project"},
		{"Read", `{"file_path":"notes.txt"}`, []string{"fs.read /home/dev/.ssh/id_rsa"}, "secret"},
		{"Read", `{"file_path":"~/.aws/credentials"}`, []string{"fs.read /home/dev/.aws/credentials"}, "secret"},
		{"Glob", `{"pattern":"**/*.go"}`, []string{"fs.list P"}, "project"},
		{"Grep", `{"pattern":"x","path":"~/.ssh"}`, []string{"fs.read /home/dev/.ssh"}, "secret"},
		{"LS", `{"path":"/etc"}`, []string{"fs.list /etc"}, "system"},
		{"WebFetch", `{"url":"http://169.254.169.254/latest","prompt":"p"}`, []string{"net.connect 169.254.169.254"}, ""},
		{"WebFetch", `{"url":"file:///etc/shadow","prompt":"p"}`, []string{"fs.read /etc/shadow"}, "secret"},
		{"WebSearch", `{"query":"x"}`, []string{"net.connect search"}, ""},
		{"Agent", `{"description":"d","prompt":"p","subagent_type":"x"}`, []string{"agent.spawn x"}, ""},
		{"Agent", `{"description":"d","prompt":"p","mode":"bypassPermissions"}`, []string{"agent.spawn d", "bypass permissions"}, ""},
		{"Skill", `{"skill":"sk"}`, []string{"agent.control Skill sk", "fs.delete /home/dev/work", "fs.read P/.env"}, ""},
		{"Skill", `{"skill":"missing"}`, []string{"agent.control Skill missing", "unresolved"}, ""},
		{"SlashCommand", `{"command":"/deploy now"}`, []string{"agent.control SlashCommand deploy", "fs.read /etc/hostname"}, ""},
		{"CronCreate", `{"cron":"0 9 * * *","prompt":"p"}`, []string{"agent.control CronCreate"}, ""},
		{"ExitWorktree", `{"action":"remove","discard_changes":true}`, []string{"agent.control ExitWorktree", "git.discard"}, ""},
		{"ExitWorktree", `{"action":"keep"}`, []string{"agent.control ExitWorktree"}, ""},
		{"SendMessage", `{"to":"alice","message":"rm -rf /"}`, []string{"agent.message alice"}, ""},
		{"TaskUpdate", `{"taskId":"1"}`, []string{"agent.control TaskUpdate"}, ""},
		{"Bash", `{"command":"echo hi > out.txt"}`, []string{"fs.write P/out.txt"}, ""},
		{"Bash", `{"command":"true","dangerouslyDisableSandbox":true}`, []string{"bypass sandbox"}, ""},
		{"mcp__fs__write_file", `{"path":"/etc/passwd","content":"x"}`, []string{"mcp.call fs/write_file", "fs.write /etc/passwd"}, ""},
		{"mcp__fs__delete_file", `{"path":"a"}`, []string{"mcp.call fs/delete_file", "fs.delete P/a"}, ""},
		{"mcp__sh__run", `{"args":{"command":"rm -rf ~/work"}}`, []string{"mcp.call sh/run", "fs.delete /home/dev/work"}, ""},
		{"mcp__web__get", `{"url":"http://169.254.169.254/"}`, []string{"mcp.call web/get", "net.connect 169.254.169.254"}, ""},
		{"mcp__db__query", `{"sql":"DROP TABLE users"}`, []string{"mcp.call db/query", "db.destroy sql:drop table"}, ""},
		{"mcp__notes__search", `{"query":"delete old notes"}`, []string{"mcp.call notes/search"}, ""},
		{"Teleport", `{}`, []string{"unresolved"}, ""},
	} {
		got, err := read(t, dir, tt.tool, tt.input)
		if err != nil {
			t.Errorf("%s %s: %v", tt.tool, tt.input, err)
		}
		var lines []string
		for _, e := range got.Effects {
			lines = append(lines, line(e, dir))
		}
		for _, want := range tt.want {
			if !slices.Contains(lines, want) {
				t.Errorf("%s %s: got %v, want %s", tt.tool, tt.input, lines, want)
			}
		}
		if tt.zone != "" && (len(got.Effects) == 0 || !got.Effects[0].In(tt.zone)) {
			t.Errorf("%s %s: got %+v, want zone %s", tt.tool, tt.input, got.Effects, tt.zone)
		}
		if got.Summary == "" {
			t.Errorf("%s %s: no summary", tt.tool, tt.input)
		}
	}
}

// What cannot be read is an effect that asks, never an absence of effects.
func TestUnreadableInputIsUnresolved(t *testing.T) {
	for _, tt := range []struct{ tool, input string }{
		{"Bash", `{}`}, {"Bash", `{"command":["rm","-rf","/"]}`}, {"Bash", `[]`}, {"Bash", ``}, {"Bash", `{"command":"x"`},
		{"Write", `{"content":"x"}`}, {"Write", `{"file_path":7}`}, {"Read", `{}`}, {"WebFetch", `{"url":"http://"}`}, {"WebFetch", `{"url":"http://a:b:c/"}`},
		{"Skill", `{}`}, {"mcp__x", `{}`}, {"mcp____x", `{}`},
	} {
		got, err := read(t, "/", tt.tool, tt.input)
		if err == nil || len(got.Effects) != 1 || got.Effects[0].Kind != effect.Unresolved {
			t.Errorf("%s %s: got %v, %v, want an error and one unresolved effect", tt.tool, tt.input, got.Effects, err)
		}
	}
}

// A link neither hides what it points to nor the protected name that it has.
func TestLinkKeepsBothNames(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	mkdir(t, filepath.Join(dir, ".claude"))
	if err := os.Symlink(filepath.Join(dir, "harmless.json"), filepath.Join(dir, ".claude", "settings.json")); err != nil {
		t.Fatal(err)
	}
	got, err := read(t, dir, "Write", `{"file_path":".claude/settings.json","content":"{}"}`)
	if err != nil || !got.Effects[0].In("wiring") || got.Effects[0].Path != filepath.Join(dir, "harmless.json") {
		t.Errorf("got %+v, %v", got.Effects, err)
	}
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, dir, "Read", `{"file_path":"loop/x"}`); err != nil {
		t.Error(err)
	}
}

func FuzzInput(f *testing.F) {
	f.Add("Bash", `{"command":"ls"}`)
	f.Add("mcp__a__b", `{"path":"x","nested":[{"url":"http://h/"}]}`)
	f.Add("WebFetch", `{"url":"http://[::1]:99999/"}`)
	shell := func(context.Context, string, command.Env) command.Result { return command.Result{} }
	f.Fuzz(func(t *testing.T, tool, input string) {
		got, err := Reader{Shell: shell}.Effects(context.Background(), event.Event{Tool: tool, Input: json.RawMessage(input)}, command.Env{Cwd: "/p", Project: "/p", Home: "/h"})
		if err != nil && len(got.Effects) == 0 {
			t.Errorf("%s %q: an error and no effect", tool, input)
		}
	})
}

func mkdir(t *testing.T, dirs ...string) {
	t.Helper()
	for _, d := range dirs {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
