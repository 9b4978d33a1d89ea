package modelapi

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

func start(t *testing.T) *Server {
	t.Helper()
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// ask posts a request and returns status and body.
func ask(t *testing.T, s *Server, body string, headers ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequest("POST", s.URL+"/v1/messages", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(data)
}

const hello = `{"model":"m","tools":[{"name":"Bash"}],"messages":[{"role":"user","content":"go"}]}`

func TestTurnsArePlayedInOrderPerCaller(t *testing.T) {
	s := start(t)
	s.Play("main", Turn{Text: "one"}, Turn{Text: "two"})
	s.Play("agent", Turn{Text: "sub"})
	s.Play("alice", Turn{Text: "mate"})
	marked := `{"tools":[{"name":"Bash"}],"messages":[{"role":"user","content":[{"type":"text","text":"you are [[alice]]"}]}]}`
	steps := []struct {
		name, body, agent, want string
	}{
		{"main, first", hello, "", "one"},
		{"a subagent between", hello, "a1", "sub"},
		{"main, second", hello, "", "two"},
		{"main, past the end", hello, "", "Done."},
		{"another subagent starts its own thread", hello, "a2", "sub"},
		{"a marked caller", marked, "", "mate"},
		{"a side call without tools does not count", `{"messages":[{"role":"user","content":"title?"}]}`, "a1", `"ok"`},
	}
	for _, st := range steps {
		code, got := ask(t, s, st.body, "X-Claude-Code-Agent-Id", st.agent)
		if code != 200 || !strings.Contains(got, st.want) {
			t.Errorf("%s: got %d %s; want %q", st.name, code, got, st.want)
		}
	}
	if n := len(s.Requests()); n != 6 {
		t.Errorf("recorded %d requests; want 6, the side call left out", n)
	}
}

func TestEveryMessageHasItsOwnID(t *testing.T) {
	s := start(t)
	seen := map[string]bool{}
	for range 3 {
		_, got := ask(t, s, hello)
		var m struct{ ID string }
		if err := json.Unmarshal([]byte(got), &m); err != nil || m.ID == "" || seen[m.ID] {
			t.Errorf("got %s, %v; want an id not seen before", got, err)
		}
		seen[m.ID] = true
	}
}

// TestStreamRebuilds reads the events as a client does and compares what they build with the script.
func TestStreamRebuilds(t *testing.T) {
	s := start(t)
	s.Play("main", Turn{Text: "look", Calls: []Call{Bash("t1", "echo 'a b'"), {ID: "t2", Name: "Read", Input: map[string]string{"file_path": "/x"}}}})
	_, got := ask(t, s, strings.Replace(hello, `"model"`, `"stream":true,"model"`, 1))
	var text, reason string
	inputs := map[int]string{}
	names := map[int]string{}
	lines := bufio.NewScanner(strings.NewReader(got))
	last := ""
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var e struct {
			Type         string
			Index        int
			ContentBlock struct{ Name string } `json:"content_block"`
			Delta        struct {
				Text       string
				Partial    string `json:"partial_json"`
				StopReason string `json:"stop_reason"`
			}
		}
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			t.Fatalf("event %s: %v", data, err)
		}
		text += e.Delta.Text
		inputs[e.Index] += e.Delta.Partial
		reason += e.Delta.StopReason
		if e.ContentBlock.Name != "" {
			names[e.Index] = e.ContentBlock.Name
		}
		last = e.Type
	}
	var bash struct{ Command string }
	if err := json.Unmarshal([]byte(inputs[1]), &bash); err != nil {
		t.Fatalf("input %q: %v", inputs[1], err)
	}
	if text != "look" || bash.Command != "echo 'a b'" || names[1] != "Bash" || names[2] != "Read" || reason != "tool_use" || last != "message_stop" {
		t.Errorf("got text %q, command %q, names %v, stop %q, last %q", text, bash.Command, names, reason, last)
	}
}

func TestRequestsSayWhatTheModelSaw(t *testing.T) {
	s := start(t)
	ask(t, s, `{"model":"m","system":[{"type":"text","text":"sys"}],"tools":[{"name":"Bash"},{"name":"Read"}],"messages":[
		{"role":"user","content":"go"},
		{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"denied [[nobody]]"}]}]}]}`,
		"X-Claude-Code-Session-Id", "S", "X-Claude-Code-Agent-Id", "A", "X-Claude-Code-Parent-Agent-Id", "P")
	r := s.Requests()[0]
	res, ok := r.Result("t1")
	if r.Session != "S" || r.Agent != "A" || r.Parent != "P" || r.Caller != "agent" || strings.Join(r.Tools, ",") != "Bash,Read" {
		t.Errorf("got %+v", r)
	}
	if !ok || !res.IsError || res.Text != "denied [[nobody]]" || !strings.Contains(r.Text, "sys") {
		t.Errorf("result %+v %v, text %q", res, ok, r.Text)
	}
	if _, ok := r.Result("t9"); ok {
		t.Error("found a result that is not there")
	}
}

func TestFailuresAndStrangersBytes(t *testing.T) {
	s := start(t)
	ran := false
	s.Play("main", Turn{Status: 529, Before: func(Request) { ran = true }})
	if code, got := ask(t, s, hello); code != 529 || !ran || !strings.Contains(got, `"error"`) {
		t.Errorf("scripted failure: %d %s, before ran: %v", code, got, ran)
	}
	for _, body := range []string{"", "{", `[]`, `{"messages":[]}`, `{"messages":7}`} {
		if code, _ := ask(t, s, body); code != 400 {
			t.Errorf("body %q: got %d, want 400", body, code)
		}
	}
	for _, path := range []string{"/", "/v1/models", "/api/hello"} {
		res, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 404 {
			t.Errorf("%s: got %d, want 404", path, res.StatusCode)
		}
	}
	res, err := http.Post(s.URL+"/v1/messages/count_tokens", "application/json", strings.NewReader(hello))
	if err != nil || res.StatusCode != 200 {
		t.Errorf("count_tokens: %v %v", res, err)
	}
}

func TestOnlyLoopback(t *testing.T) {
	if s, err := Listen("0.0.0.0:0"); err == nil {
		s.Close()
		t.Error("listened on every address")
	}
}
