package claude

import (
	"encoding/json"
	"strings"
	"testing"

	"writ/internal/home"
)

var small = Wiring{ops: []op{
	{Kind: "elem", Path: []string{"hooks", "Stop"}, Value: json.RawMessage(`{"hooks":[{"type":"command","command":"/w"}]}`)},
	{Kind: "elem", Path: []string{"permissions", "ask"}, Value: json.RawMessage(`"*"`)},
	{Kind: "set", Path: []string{"env", "X"}, Value: json.RawMessage(`"0"`)},
	{Kind: "set", Path: []string{"flag"}, Value: json.RawMessage(`true`)},
	{Kind: "reset", Path: []string{"disableAllHooks"}, Value: json.RawMessage(`false`)},
}}

// texts are settings files as people and programs leave them.
var texts = map[string]string{
	"empty":             "{}",
	"empty with lines":  "{\n}\n",
	"two spaces":        "{\n  \"model\": \"opus\",\n  \"permissions\": {\n    \"allow\": [\n      \"Bash(ls:*)\"\n    ]\n  }\n}\n",
	"tabs":              "{\n\t\"env\": {\n\t\t\"A\": \"1\"\n\t},\n\t\"hooks\": {\n\t\t\"Stop\": []\n\t}\n}",
	"one line":          `{"z":1,"a":{"b":[1, 2]},"permissions":{"ask":["Bash"],"deny":[]}}`,
	"windows":           "{\r\n    \"model\": \"x\"\r\n}\r\n",
	"odd spacing":       "\n{ \"hooks\"   :{ \"Stop\" :[ {\"hooks\":[]} ] }\n,\"env\":{},  \"flag\": false }\n\n",
	"escapes":           "{\n  \"a\\\"]}\": \"q\\\\\", \"u\": \"\\u00e9 é {[\"\n}",
	"set otherwise":     "{\"env\": {\"X\": \"1\", \"Y\": \"2\"}, \"disableAllHooks\": true}",
	"there already":     "{\"permissions\": {\"ask\": [\"*\"]}, \"flag\": true}",
	"containers filled": "{\n    \"hooks\": {\n        \"Stop\": [\n            {\n                \"hooks\": []\n            }\n        ]\n    }\n}\n",
}

func TestMergeAddsAndStripTakesBack(t *testing.T) {
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			merged, done, err := merge([]byte(text), small)
			if err != nil {
				t.Fatal(err)
			}
			if !json.Valid(merged) || !holds(merged, done) {
				t.Fatalf("merged text is wrong:\n%s", merged)
			}
			again, more, err := merge(merged, small)
			if err != nil || string(again) != string(merged) || len(more) != 0 {
				t.Errorf("a second merge changed something (%v, %d changes):\n%s", err, len(more), again)
			}
			for _, line := range strings.Split(text, "\n") {
				line = strings.TrimRight(strings.TrimSpace(line), ",{}[] ")
				if !strings.Contains(string(merged), line) && name != "set otherwise" && name != "odd spacing" && name != "one line" {
					t.Errorf("lost the line %q:\n%s", line, merged)
				}
			}
			back, err := strip(merged, done)
			if err != nil || !same(back, []byte(text)) {
				t.Errorf("strip gave %v:\n%s\nwant the value of:\n%s", err, back, text)
			}
		})
	}
}

func TestMergeLaysOutLikeItsNeighbours(t *testing.T) {
	got, _, err := merge([]byte("{\n\t\"model\": \"opus\"\n}\n"), small)
	want := "{\n\t\"model\": \"opus\",\n\t\"hooks\": {\n\t\t\"Stop\": [\n\t\t\t{\n\t\t\t\t\"hooks\": [\n\t\t\t\t\t{\n\t\t\t\t\t\t\"type\": \"command\",\n\t\t\t\t\t\t\"command\": \"/w\"\n\t\t\t\t\t}\n\t\t\t\t]\n\t\t\t}\n\t\t]\n\t},\n\t\"permissions\": {\n\t\t\"ask\": [\n\t\t\t\"*\"\n\t\t]\n\t},\n\t\"env\": {\n\t\t\"X\": \"0\"\n\t},\n\t\"flag\": true\n}\n"
	if err != nil || string(got) != want {
		t.Errorf("got %v:\n%s\nwant:\n%s", err, got, want)
	}
}

func TestStripLeavesLaterChangesAlone(t *testing.T) {
	merged, done, err := merge([]byte("{\n  \"a\": 1\n}\n"), small)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(`"X": "0"`, `"X": "mine", "Z": "new"`, `"a": 1`, `"a": 2`, `"*"`, `"*", "Bash"`).Replace(string(merged))
	back, err := strip([]byte(changed), done)
	want := `{"a":2,"permissions":{"ask":["Bash"]},"env":{"X":"mine","Z":"new"}}`
	if err != nil || !same(back, []byte(want)) {
		t.Errorf("got %v:\n%s\nwant the value %s", err, back, want)
	}
}

func TestMergeRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"comments":       {"{ // mine\n}", "not plain JSON"},
		"trailing comma": {`{"a":1,}`, "not plain JSON"},
		"nothing":        {"", "not plain JSON"},
		"two documents":  {"{}{}", "not plain JSON"},
		"an array":       {"[]", "no JSON object"},
		"a key twice":    {`{"hooks":{},"hooks":{}}`, "stands twice"},
		"a wrong type":   {`{"permissions":{"ask":"Bash"}}`, "permissions.ask"},
		"wrong hooks":    {`{"hooks":[]}`, "hooks is []"},
	} {
		got, _, err := merge([]byte(tc.text), small)
		if err == nil || !strings.Contains(err.Error(), tc.want) || got != nil {
			t.Errorf("%s: got %q, %v; want an error with %q", name, got, err, tc.want)
		}
	}
}

func TestWiring(t *testing.T) {
	w := New(Options{Home: home.Home("/h/.writ"), Run: "r1", Managed: true})
	var s struct {
		Hooks       map[string][]group
		Permissions struct{ Ask []string }
		Env         map[string]string
		OnlyManaged bool  `json:"allowManagedHooksOnly"`
		AllOff      *bool `json:"disableAllHooks"`
		NoInline    bool  `json:"disableSkillShellExecution"`
	}
	if err := json.Unmarshal(w.JSON(), &s); err != nil {
		t.Fatal(err)
	}
	h := s.Hooks["PreToolUse"][0].Hooks[0]
	if h.Type != "command" || h.Command != "/h/.writ/bin/writ-hook" || strings.Join(h.Args, " ") != "-home /h/.writ -gate -run r1 claude" || h.Timeout < 600 {
		t.Errorf("hook %+v", h)
	}
	if len(s.Hooks) != len(events) || s.Permissions.Ask[0] != "*" || s.Env["CLAUDE_CODE_SIMPLE"] != "0" || !s.OnlyManaged || !s.NoInline || s.AllOff == nil || *s.AllOff {
		t.Errorf("got %d events, ask %v, env %v, %+v", len(s.Hooks), s.Permissions.Ask, s.Env, s)
	}
	if _, there := s.Hooks["WorktreeCreate"]; there {
		t.Error("WorktreeCreate is hooked: git would make no worktrees")
	}
	plain := string(New(Options{Home: home.Home("/h/.writ")}).JSON())
	for _, not := range []string{"-gate", "allowManagedHooksOnly", "disableAllHooks"} {
		if strings.Contains(plain, not) {
			t.Errorf("wiring for a settings file contains %s", not)
		}
	}
}

// FuzzMerge: whatever stands in a settings file, it is refused or taken back out to the same value, and no
// added change is lost.
func FuzzMerge(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		merged, done, err := merge(text, small)
		if err != nil {
			return
		}
		if !json.Valid(merged) || !holds(merged, done) {
			t.Fatalf("from %q: %q", text, merged)
		}
		back, err := strip(merged, done)
		if err != nil || !same(back, text) {
			t.Fatalf("from %q: %q, stripped to %q (%v)", text, merged, back, err)
		}
	})
}
