package modelapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// Request is what a client asked.
type Request struct {
	Caller  string   // who the script is for: "main", "agent", or the name in a [[name]] marker
	Session string   // X-Claude-Code-Session-Id
	Agent   string   // X-Claude-Code-Agent-Id, empty for a main thread
	Parent  string   // X-Claude-Code-Parent-Agent-Id
	Model   string   // the model that was asked for
	Tools   []string // names of the tools on offer
	Text    string   // every text of the system prompt and the messages, tool results included
	Results []Result // the tool results of all messages, oldest first
	stream  bool
}

// Result is one tool_result block.
type Result struct {
	ID      string
	Text    string
	IsError bool
}

// Result finds the result of a tool call in the request, or fails to.
func (r Request) Result(id string) (Result, bool) {
	for _, x := range r.Results {
		if x.ID == id {
			return x, true
		}
	}
	return Result{}, false
}

// body is the part of a Messages API request that matters here.
type body struct {
	Model    string          `json:"model"`
	Stream   bool            `json:"stream"`
	System   json.RawMessage `json:"system"`
	Messages []message       `json:"messages"`
	Tools    []struct {
		Name string `json:"name"`
	} `json:"tools"`
}

type message struct {
	Role    string          `json:"role"`
	Content json.RawMessage `json:"content"`
}

type block struct {
	Type      string          `json:"type"`
	Text      string          `json:"text"`
	ToolUseID string          `json:"tool_use_id"`
	Content   json.RawMessage `json:"content"`
	IsError   bool            `json:"is_error"`
}

var marker = regexp.MustCompile(`\[\[([a-z0-9-]+)\]\]`)

// parse reads a request; a body that is not a Messages API request is an error.
func parse(h http.Header, data []byte) (Request, error) {
	var b body
	if err := json.Unmarshal(data, &b); err != nil {
		return Request{}, fmt.Errorf("not a Messages API request: %w", err)
	}
	if len(b.Messages) == 0 {
		return Request{}, fmt.Errorf("not a Messages API request: messages are missing")
	}
	r := Request{
		Session: h.Get("X-Claude-Code-Session-Id"),
		Agent:   h.Get("X-Claude-Code-Agent-Id"),
		Parent:  h.Get("X-Claude-Code-Parent-Agent-Id"),
		Model:   b.Model,
		stream:  b.Stream,
		Caller:  "main",
	}
	if r.Agent != "" {
		r.Caller = "agent"
	}
	for _, t := range b.Tools {
		r.Tools = append(r.Tools, t.Name)
	}
	texts := []string{joined(b.System)}
	for _, m := range b.Messages {
		blocks := blocksOf(m.Content)
		for _, x := range blocks {
			texts = append(texts, x.Text, joined(x.Content))
			if x.Type == "tool_result" {
				r.Results = append(r.Results, Result{ID: x.ToolUseID, Text: joined(x.Content), IsError: x.IsError})
			}
		}
		if name := named(m.Role, blocks); name != "" && (r.Caller == "main" || r.Caller == "agent") {
			r.Caller = name
		}
	}
	r.Text = strings.Join(texts, "\n")
	return r, nil
}

// named is the first marker in what a user wrote; tool results do not name anybody.
func named(role string, blocks []block) string {
	if role != "user" {
		return ""
	}
	for _, b := range blocks {
		if m := marker.FindStringSubmatch(b.Text); m != nil && b.Type == "text" {
			return m[1]
		}
	}
	return ""
}

// blocksOf reads a content field, which is a string or a list of blocks.
func blocksOf(raw json.RawMessage) []block {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return []block{{Type: "text", Text: s}}
	}
	var list []block
	_ = json.Unmarshal(raw, &list) // what is neither has no text
	return list
}

// joined is the text of a content field.
func joined(raw json.RawMessage) string {
	var out []string
	for _, b := range blocksOf(raw) {
		out = append(out, b.Text)
	}
	return strings.Join(out, "\n")
}
