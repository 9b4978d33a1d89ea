package claude

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"writ/internal/api"
)

// daemon is a stand-in with a fixed answer; hang makes it never answer and look dead.
type daemon struct {
	answer api.PermissionResponse
	err    error
	hang   bool
	got    api.PermissionRequest
}

func (d *daemon) Permission(ctx context.Context, r api.PermissionRequest) (api.PermissionResponse, error) {
	d.got = r
	if d.hang {
		<-ctx.Done()
		return api.PermissionResponse{}, ctx.Err()
	}
	return d.answer, d.err
}

func (d *daemon) Status(context.Context) (api.Status, error) {
	if d.hang {
		return api.Status{}, errors.New("hangs")
	}
	return api.Status{}, nil
}

// decide asks a gate over MCP, as the CLI does, and returns its one text block.
func decide(t *testing.T, d Decider, arguments, metaID string) api.PermissionResponse {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	there, here := mcp.NewInMemoryTransports()
	go Gate{Daemon: d, Run: "r", Session: "s", Project: "/p", Beat: 10 * time.Millisecond}.Serve(ctx, there, "test")
	c, err := mcp.NewClient(&mcp.Implementation{Name: "t", Version: "1"}, nil).Connect(ctx, here, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p := &mcp.CallToolParams{Name: GateTool, Arguments: json.RawMessage(arguments)}
	if metaID != "" {
		p.Meta = mcp.Meta{"claudecode/toolUseId": metaID}
	}
	res, err := c.CallTool(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Content) != 1 {
		t.Fatalf("%d blocks, want exactly one", len(res.Content))
	}
	var out api.PermissionResponse
	if err := json.Unmarshal([]byte(res.Content[0].(*mcp.TextContent).Text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

const asked = `{"tool_name":"Bash","input":{"command":"ls"},"tool_use_id":"t1"}`

func TestGatePassesTheQuestionOn(t *testing.T) {
	d := &daemon{answer: api.PermissionResponse{Behavior: "allow"}}
	got := decide(t, d, asked, "t1")
	if got.Behavior != "allow" || string(got.UpdatedInput) != `{"command":"ls"}` {
		t.Errorf("got %+v; want allow with the input", got)
	}
	if d.got.Run != "r" || d.got.ToolUseID != "t1" || d.got.Tool != "Bash" || d.got.Host != "claude" {
		t.Errorf("asked %+v", d.got)
	}
	d.answer.UpdatedInput = json.RawMessage(`{"command":"ls -l"}`)
	if got := decide(t, d, asked, ""); string(got.UpdatedInput) != `{"command":"ls -l"}` {
		t.Errorf("rewritten input: got %s", got.UpdatedInput)
	}
}

func TestGateSaysNo(t *testing.T) {
	yes := api.PermissionResponse{Behavior: "allow"}
	for name, tc := range map[string]struct {
		d          *daemon
		args, meta string
		want       string
	}{
		"deny":               {d: &daemon{answer: api.PermissionResponse{Behavior: "deny", Message: "no: rule x"}}, want: "rule x"},
		"deny, no words":     {d: &daemon{answer: api.PermissionResponse{Behavior: "deny"}}, want: "refused"},
		"no daemon":          {d: &daemon{err: errors.New("cannot be reached")}, want: "cannot be reached"},
		"hanging daemon":     {d: &daemon{hang: true}, want: "does not answer"},
		"zero answer":        {d: &daemon{}, want: "neither"},
		"odd answer":         {d: &daemon{answer: api.PermissionResponse{Behavior: "Allow"}}, want: "neither"},
		"bad rewriting":      {d: &daemon{answer: api.PermissionResponse{Behavior: "allow", UpdatedInput: json.RawMessage(`"x"`)}}, want: "no JSON object"},
		"no id":              {d: &daemon{answer: yes}, args: `{"tool_name":"Bash","input":{},"tool_use_id":""}`, want: "lacks"},
		"two calls":          {d: &daemon{answer: yes}, meta: "t2", want: "two calls"},
		"input is no object": {d: &daemon{answer: yes}, args: `{"tool_name":"Bash","input":"ls","tool_use_id":"t1"}`, want: "lacks"},
	} {
		if tc.args == "" {
			tc.args = asked
		}
		got := decide(t, tc.d, tc.args, tc.meta)
		if got.Behavior != "deny" || !strings.Contains(got.Message, tc.want) || got.UpdatedInput != nil {
			t.Errorf("%s: got %+v; want deny with %q", name, got, tc.want)
		}
	}
}

func TestGateCannotReadTheQuestion(t *testing.T) {
	g := Gate{Daemon: &daemon{answer: api.PermissionResponse{Behavior: "allow"}}, Beat: time.Second}
	for _, args := range []string{"", "null", "[]", `{"tool_name":7}`, `{"tool_name":"Bash","tool_use_id":"t"}`} {
		if got := g.answer(t.Context(), json.RawMessage(args), ""); got.Behavior != "deny" {
			t.Errorf("%q: got %+v", args, got)
		}
	}
}
