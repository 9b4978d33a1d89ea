package hook

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"writ/internal/event"
)

// recorded gives every payload of the host as it was captured, by file name.
func recorded(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/claude/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded payloads: %v", err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(f), ".json")] = b
	}
	return all
}

func TestRecordedPayloads(t *testing.T) {
	met := map[string]bool{}
	for name, raw := range recorded(t) {
		p, err := Decode(Claude, raw)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want, _, _ := strings.Cut(name, ".")
		met[p.Name] = true
		if p.Name != want || !p.Known || p.Session == "" || p.Cwd == "" || p.Transcript == "" {
			t.Errorf("%s: event %q known %v session %q cwd %q, want event %q and all set", name, p.Name, p.Known, p.Session, p.Cwd, want)
		}
		if len(p.Odd)+len(p.Unknown) > 0 {
			t.Errorf("%s: odd %q, unknown %q, want none", name, p.Odd, p.Unknown)
		}
		if toolEvents[p.Name] && !bytes.Contains(raw, p.Input) {
			t.Errorf("%s: the input is not the host's own bytes: %s", name, p.Input)
		}
		sameFields(t, name, raw, p)
	}
	for _, e := range Events {
		if !met[e] {
			t.Errorf("no recorded payload of %s", e)
		}
	}
}

// sameFields compares the decoded fields with a second, generic reading of the same bytes.
func sameFields(t *testing.T, name string, raw []byte, p Payload) {
	t.Helper()
	var g map[string]any
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	for field, got := range map[string]string{
		"session_id": p.Session, "transcript_path": p.Transcript, "cwd": p.Cwd, "prompt_id": p.PromptID,
		"permission_mode": p.Mode, "agent_id": p.AgentID, "agent_type": p.AgentType, "tool_name": p.Tool,
		"tool_use_id": p.ToolUseID, "error": p.Error, "last_assistant_message": p.LastMessage,
		"agent_transcript_path": p.AgentTranscript, "source": p.Source, "reason": p.Reason, "trigger": p.Trigger,
		"model": p.Model, "custom_instructions": p.CustomInstructions, "compact_summary": p.CompactSummary,
		"task_id": p.TaskID, "task_subject": p.TaskSubject, "task_description": p.TaskDescription,
		"teammate_name": p.Teammate, "team_name": p.Team, "prompt": p.Prompt, "expansion_type": p.ExpansionType,
		"command_name": p.CommandName, "command_args": p.CommandArgs, "command_source": p.CommandSource,
		"file_path": p.FilePath, "event": p.Change, "memory_type": p.MemoryType, "load_reason": p.LoadReason,
		"trigger_file_path": p.TriggerFile, "parent_file_path": p.ParentFile, "old_cwd": p.OldCwd,
		"new_cwd": p.NewCwd, "name": p.WorktreeName, "worktree_path": p.WorktreePath, "message": p.Message,
		"notification_type": p.NotificationType, "mcp_server_name": p.MCPServer, "mode": p.ElicitMode,
		"action": p.Action, "turn_id": p.TurnID, "message_id": p.MessageID, "delta": p.Delta,
	} {
		want, _ := g[field].(string)
		if got != want {
			t.Errorf("%s: %s = %q, want %q", name, field, got, want)
		}
	}
	if calls, _ := g["tool_calls"].([]any); len(calls) != len(p.Calls) {
		t.Errorf("%s: %d tool calls, want %d", name, len(p.Calls), len(calls))
	}
	if tasks, _ := g["background_tasks"].([]any); len(tasks) != len(p.Background) {
		t.Errorf("%s: %d background tasks, want %d", name, len(p.Background), len(tasks))
	}
}

func TestIdentity(t *testing.T) {
	all := recorded(t)
	for name, want := range map[string]event.Principal{
		"PreToolUse.Bash":                     {Agent: "main", Kind: event.Main},
		"PreToolUse.Bash.agent-flag":          {Agent: "rev", Type: "rev", Kind: event.MainAgent},
		"PreToolUse.Bash.subagent":            {Agent: "ab93396a7a68062c0", ID: "ab93396a7a68062c0", Type: "rev", Kind: event.Subagent},
		"PreToolUse.Bash.teammate-in-process": {Agent: "alice", ID: "aalice-e06dbeebcd89a78d", Type: "alice", Kind: event.TeammateInProcess},
		"SubagentStop.compaction":             {Agent: "a485e9ac772dad860", ID: "a485e9ac772dad860", Kind: event.Subagent},
		"TaskCompleted.teammate-in-process":   {Agent: "alice", Kind: event.Unknown},
	} {
		p, err := Decode(Claude, all[name])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := p.Event().Principal; got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestEventKeepsWhatMatters(t *testing.T) {
	p, err := Decode(Claude, recorded(t)["PreToolUse.Write"])
	if err != nil {
		t.Fatal(err)
	}
	ev := p.Event()
	if ev.Host != Claude || ev.Name != "PreToolUse" || ev.Tool != "Write" || ev.ToolUseID != "toolu_01Example0002" ||
		ev.Cwd != "/repo" || ev.Mode != "bypassPermissions" || !ev.Known || ev.Session != p.Session {
		t.Errorf("event lost something: %+v", ev)
	}
}

func pre(rest string) string {
	return `{"session_id":"s","cwd":"/repo","hook_event_name":"PreToolUse",` + rest + `}`
}

func TestDecodeRefuses(t *testing.T) {
	deep := strings.Repeat("[", maxDepth+2) + strings.Repeat("]", maxDepth+2)
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"empty":                 {"", ErrMalformed},
		"white space":           {" \n", ErrMalformed},
		"null":                  {"null", ErrMalformed},
		"array":                 {"[]", ErrMalformed},
		"string":                {`"PreToolUse"`, ErrMalformed},
		"truncated":             {`{"hook_event_name":"Stop"`, ErrMalformed},
		"two objects":           {`{"hook_event_name":"Stop"}{"hook_event_name":"Stop"}`, ErrMalformed},
		"byte order mark":       {"\ufeff{\"hook_event_name\":\"Stop\"}", ErrMalformed},
		"no event":              {`{"session_id":"s"}`, ErrMalformed},
		"event is null":         {`{"hook_event_name":null}`, ErrMalformed},
		"event is a number":     {`{"hook_event_name":1}`, ErrMalformed},
		"event is empty":        {`{"hook_event_name":""}`, ErrMalformed},
		"invalid UTF-8":         {"{\"hook_event_name\":\"Stop\xff\"}", ErrMalformed},
		"too deep":              {`{"hook_event_name":"Stop","x":` + deep + `}`, ErrMalformed},
		"too large":             {`{"hook_event_name":"Stop","x":"` + strings.Repeat("a", MaxPayload) + `"}`, ErrTooLarge},
		"no tool":               {pre(`"tool_input":{}`), ErrMalformed},
		"tool is a number":      {pre(`"tool_name":1,"tool_input":{}`), ErrMalformed},
		"no input":              {pre(`"tool_name":"Bash"`), ErrMalformed},
		"input is text":         {pre(`"tool_name":"Bash","tool_input":"ls"`), ErrMalformed},
		"input is null":         {pre(`"tool_name":"Bash","tool_input":null`), ErrMalformed},
		"two inputs":            {pre(`"tool_name":"Bash","tool_input":{"command":"rm -rf /"},"tool_input":{"command":"ls"}`), ErrAmbiguous},
		"two commands":          {pre(`"tool_name":"Bash","tool_input":{"command":"rm -rf /","command":"ls"}`), ErrAmbiguous},
		"two commands, escaped": {pre(`"tool_name":"Bash","tool_input":{"command":"rm -rf /","\u0063ommand":"ls"}`), ErrAmbiguous},
		"two commands by case":  {pre(`"tool_name":"Bash","tool_input":{"command":"rm -rf /","Command":"ls"}`), ErrAmbiguous},
		"case by Kelvin sign":   {pre(`"tool_name":"X","tool_input":{"key":1,"\u212aey":2}`), ErrAmbiguous},
		"two keys deep inside":  {pre(`"tool_name":"mcp__a__b","tool_input":{"x":[{"y":1,"y":2}]}`), ErrAmbiguous},
		"two events":            {`{"hook_event_name":"Stop","hook_event_name":"PreToolUse"}`, ErrAmbiguous},
	} {
		if _, err := Decode(Claude, []byte(c.in)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := Decode("codex", []byte(`{"hook_event_name":"Stop"}`)); !errors.Is(err, ErrHost) {
		t.Errorf("unknown host: %v, want %v", err, ErrHost)
	}
}

func TestDecodeTolerates(t *testing.T) {
	for name, c := range map[string]struct {
		in    string
		known bool
		odd   string
	}{
		"new event":              {`{"hook_event_name":"MoonRise","session_id":"s"}`, false, ""},
		"new field":              {`{"hook_event_name":"Stop","moon":{"phase":1}}`, true, ""},
		"new tool":               {pre(`"tool_name":"Moon","tool_input":{}`), false, ""},
		"case of a tool":         {pre(`"tool_name":"bash","tool_input":{}`), false, ""},
		"half an MCP name":       {pre(`"tool_name":"mcp__fs","tool_input":{}`), false, ""},
		"MCP keys by case":       {pre(`"tool_name":"mcp__git__log","tool_input":{"n":1,"N":2}`), true, ""},
		"null counts as absent":  {pre(`"tool_name":"Bash","tool_input":{},"agent_id":null`), true, ""},
		"agent_id is a number":   {pre(`"tool_name":"Bash","tool_input":{},"agent_id":7`), false, "agent_id: want string, found number"},
		"cwd is an object":       {`{"hook_event_name":"Stop","cwd":{}}`, false, "cwd: want string, found object"},
		"active is a string":     {`{"hook_event_name":"Stop","stop_hook_active":"true"}`, false, "stop_hook_active: want boolean, found string"},
		"duration is a fraction": {pre(`"tool_name":"Bash","tool_input":{},"duration_ms":1.5`), false, "duration_ms: want number, found number"},
		"field by another case":  {`{"hook_event_name":"Stop","Session_Id":"x"}`, true, ""},
	} {
		p, err := Decode(Claude, []byte(c.in))
		if err != nil || p.Known != c.known || strings.Join(p.Odd, ";") != c.odd {
			t.Errorf("%s: known %v odd %q error %v, want known %v odd %q", name, p.Known, p.Odd, err, c.known, c.odd)
		}
		if name == "field by another case" && p.Session != "" {
			t.Errorf("%s: session %q, want none: the host's names are exact", name, p.Session)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, raw := range recorded(f) {
		f.Add(raw)
	}
	f.Add([]byte(pre(`"tool_name":"Bash","tool_input":{"command":"a","command":"b"}`)))
	f.Add([]byte("{\"hook_event_name\":\"Stop\",\"x\":[1e9,-0.5,true,null,\"\\ud800\"]} "))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := Decode(Claude, raw)
		if err != nil {
			return
		}
		if p.Name == "" || !bytes.Contains(raw, p.Input) {
			t.Fatalf("accepted without an event or with a changed input: %q", raw)
		}
		if out := Encode(p, Answer{}); toolEvents[p.Name] && p.Name == "PreToolUse" && !strings.Contains(out.Stdout, `"deny"`) {
			t.Fatalf("the zero answer does not deny: %+v", out)
		}
		again, err := json.Marshal(map[string]any{"hook_event_name": p.Name, "tool_name": p.Tool, "tool_input": p.Input})
		if err != nil || !json.Valid(again) {
			t.Fatalf("accepted input does not encode again: %v", err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	raw := recorded(b)["PreToolUse.Bash.subagent"]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(Claude, raw); err != nil {
			b.Fatal(err)
		}
	}
}
