package claude

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"writ/internal/api"
)

// GateTool is the tool of the gate server that the CLI asks before every call.
const GateTool = "decide"

// Decider answers what the permission prompt tool is asked; the daemon's client does.
type Decider interface {
	Permission(context.Context, api.PermissionRequest) (api.PermissionResponse, error)
	Status(context.Context) (api.Status, error)
}

// Gate is the permission prompt tool as an MCP server. It passes the question on and says no to everything it
// does not get a clear yes for.
type Gate struct {
	Daemon Decider
	// Run, Session and Project go along with every question. Session and Project come from the environment
	// and are hints for people; the daemon joins a question to its call by the tool_use_id.
	Run, Session, Project string
	// Beat is the time between two looks whether the daemon is still alive while a question waits.
	Beat time.Duration
}

// maxWait bounds the wait for a human; the daemon's own limit is far below.
const maxWait = 24 * time.Hour

var gateSchema = json.RawMessage(`{"type":"object","properties":{"tool_name":{"type":"string"},"input":{"type":"object"},"tool_use_id":{"type":"string"}},"required":["tool_name","input","tool_use_id"]}`)

// Serve speaks MCP over the transport until the other side ends.
func (g Gate) Serve(ctx context.Context, t mcp.Transport, build string) error {
	s := mcp.NewServer(&mcp.Implementation{Name: "writ", Title: "writ", Version: build}, nil)
	s.AddTool(&mcp.Tool{Name: GateTool, Description: "Decides whether a tool call may run.", InputSchema: gateSchema},
		func(ctx context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			id, _ := r.Params.Meta["claudecode/toolUseId"].(string)
			text, err := json.Marshal(g.answer(ctx, r.Params.Arguments, id))
			if err != nil {
				return nil, err
			}
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: string(text)}}}, nil
		})
	return s.Run(ctx, t)
}

// question is what the CLI asks.
type question struct {
	Tool      string          `json:"tool_name"`
	Input     json.RawMessage `json:"input"`
	ToolUseID string          `json:"tool_use_id"`
}

// answer is deny unless the daemon clearly allows.
func (g Gate) answer(ctx context.Context, arguments json.RawMessage, metaID string) api.PermissionResponse {
	var q question
	if err := json.Unmarshal(arguments, &q); err != nil {
		return no("the question cannot be read: %v", err)
	}
	if q.Tool == "" || q.ToolUseID == "" || !object(q.Input) {
		return no("the question lacks tool_name, tool_use_id or input")
	}
	if metaID != "" && metaID != q.ToolUseID {
		return no("the question names two calls: %s and %s", q.ToolUseID, metaID)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, maxWait, fmt.Errorf("nobody answered in %v", maxWait))
	defer cancel()
	ctx, lost := context.WithCancelCause(ctx)
	go g.watch(ctx, lost)
	defer lost(nil)
	a, err := g.Daemon.Permission(ctx, api.PermissionRequest{
		Host: "claude", Session: g.Session, Run: g.Run, ToolUseID: q.ToolUseID, Tool: q.Tool, Input: q.Input, Project: g.Project,
	})
	switch {
	case err != nil && context.Cause(ctx) != nil:
		return no("%v", context.Cause(ctx))
	case err != nil:
		return no("%v", err)
	case a.Behavior == "allow" && len(a.UpdatedInput) == 0:
		a.UpdatedInput = q.Input
	case a.Behavior == "allow" && !object(a.UpdatedInput):
		return no("the rewritten input is no JSON object")
	case a.Behavior == "deny" && a.Message == "":
		return no("refused")
	case a.Behavior != "allow" && a.Behavior != "deny":
		return no("the answer %q is neither allow nor deny", a.Behavior)
	}
	return a
}

// watch gives a question up when the daemon stops answering anything at all: a human who takes time is no
// reason, a daemon that hangs is.
func (g Gate) watch(ctx context.Context, lost context.CancelCauseFunc) {
	for missed := 0; missed < 3; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(g.Beat):
		}
		ask, cancel := context.WithTimeout(ctx, g.Beat)
		if _, err := g.Daemon.Status(ask); err != nil {
			missed++
		} else {
			missed = 0
		}
		cancel()
	}
	lost(fmt.Errorf("the writ daemon does not answer: run writ daemon restart"))
}

func no(format string, args ...any) api.PermissionResponse {
	return api.PermissionResponse{Behavior: "deny", Message: "writ: " + fmt.Sprintf(format, args...)}
}

func object(raw json.RawMessage) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal(raw, &m) == nil && m != nil
}
