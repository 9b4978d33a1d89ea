package daemon

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	"writ/internal/api"
	"writ/internal/audit"
	"writ/internal/event"
	"writ/internal/guard"
	"writ/internal/hook"
	"writ/internal/session"
	"writ/internal/verdict"
)

func (d *Daemon) hookRoutes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST "+api.PathHook, d.hook)
	m.HandleFunc("POST "+api.PathPermission, d.permission)
	m.HandleFunc("POST "+api.PathLaunch, d.launch)
	m.HandleFunc("POST "+api.PathEgress, d.egress)
	m.HandleFunc("POST "+api.PathEgressDone, d.egressDone)
	m.HandleFunc("GET "+api.PathStatus, d.status)
	m.HandleFunc("GET "+api.PathRuns+"{id}", d.runs.get)
	m.HandleFunc("/", unknownPath)
	return m
}

func unknownPath(w http.ResponseWriter, r *http.Request) {
	refuse(w, http.StatusNotFound, api.Error{Code: "not-found", Message: "there is no " + r.Method + " " + r.URL.Path + " on this socket"})
}

// incoming is one payload with what is known about it.
type incoming struct {
	payload hook.Payload
	event   event.Event
	run     string
	gate    bool
}

// hook answers POST /v1/hook.
func (d *Daemon) hook(w http.ResponseWriter, r *http.Request) {
	var req api.HookRequest
	if !read(w, r, &req) {
		return
	}
	p, err := hook.Decode(req.Host, req.Payload)
	if err != nil {
		d.undecoded(w, req, err)
		return
	}
	in := d.meet(req, p, d.above(r, p))
	tell(w, hook.Encode(p, d.answer(r.Context(), in)))
}

// above looks at the processes above the hook when a session begins or is met first. Later events of it come
// from the same agent program, and looking costs a tenth of a decision.
func (d *Daemon) above(r *http.Request, p hook.Payload) [][]string {
	if p.Name != "SessionStart" && d.sessions.Known(p.Session) {
		return nil
	}
	peer, _ := peerOf(r)
	return d.agents.above(peer)
}

// tell writes what the hook must print and how it must exit.
func tell(w http.ResponseWriter, out hook.Output) {
	text := out.Stdout
	if out.Exit != hook.ExitOK {
		text = out.Stderr
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set(api.ExitHeader, strconv.Itoa(out.Exit))
	h.Set("Content-Length", strconv.Itoa(len(text)))
	io.WriteString(w, text) // a client that went away is denied by its own end
}

// undecoded refuses a payload that cannot be read without doubt.
func (d *Daemon) undecoded(w http.ResponseWriter, req api.HookRequest, err error) {
	d.incident(audit.Record{Host: req.Host, Run: req.Run, Rule: "payload-unreadable", Summary: err.Error()})
	tell(w, hook.Refuse("writ: refused: "+err.Error()))
}

// meet completes the payload with identity, project and run.
func (d *Daemon) meet(req api.HookRequest, p hook.Payload, above [][]string) incoming {
	seen := session.Seen{
		Event: p.Name, Session: p.Session, AgentID: p.AgentID, AgentType: p.AgentType, Tool: p.Tool,
		ToolUseID: p.ToolUseID, Spawn: spawnOf(p), Argv: above, Project: guard.Canonical(req.Project), Cwd: guard.Canonical(p.Cwd), Run: req.Run,
	}
	in := incoming{payload: p, event: p.Event(), gate: req.Gate}
	mate := p.AgentID == "" && p.Teammate != "" // told about, not by, a teammate: keep the payload's own name
	if who := d.sessions.Identify(seen); !mate && len(p.Odd) == 0 {
		in.event.Principal = who
	}
	root, run := d.sessions.Project(seen)
	in.event.Project, in.run = d.project(root), run
	d.runs.session(run, p.Session)
	return in
}

// project is the folder that a session's writ covers. Somebody's whole home, or what holds it, is none: a session
// that begins there has no place of its own, so that every change is asked about.
func (d *Daemon) project(root string) string {
	if root == "/" || d.opt.UserHome == root || strings.HasPrefix(d.opt.UserHome, root+"/") {
		return ""
	}
	return root
}

// spawnOf reads what the tool that starts agents says, before and after it ran.
func spawnOf(p hook.Payload) *session.Spawn {
	if p.Tool != "Agent" && p.Tool != "Task" {
		return nil
	}
	var in struct {
		Type       string `json:"subagent_type"`
		Name       string `json:"name"`
		Background bool   `json:"run_in_background"`
	}
	var out struct {
		Child  string `json:"agentId"`
		Status string `json:"status"`
		Async  bool   `json:"isAsync"`
	}
	if json.Unmarshal(p.Input, &in) != nil {
		return nil
	}
	if len(p.Response) > 0 && json.Unmarshal(p.Response, &out) != nil {
		return nil
	}
	if in.Type == "" {
		in.Type = "general-purpose" // what the host takes then
	}
	return &session.Spawn{Type: in.Type, Name: in.Name, Background: in.Background || out.Async,
		Child: out.Child, Teammate: out.Status == "teammate_spawned"}
}

// answer decides one event. Whatever is answered has been recorded before.
func (d *Daemon) answer(ctx context.Context, in incoming) hook.Answer {
	if why := d.unhealthy(); why != "" {
		return d.closed(in, why)
	}
	switch in.payload.Name {
	case "PreToolUse":
		return d.preTool(ctx, in)
	case "PermissionRequest":
		return d.dialog(ctx, in)
	case "PostToolUse", "PostToolUseFailure", "PermissionDenied":
		return d.outcome(in)
	case "ConfigChange":
		return d.configChange(ctx, in)
	case "Stop", "SubagentStop", "SessionEnd":
		return d.stopped(in)
	case "WorktreeCreate":
		return d.plain(in, verdict.Deny, "writ makes no worktrees: remove the WorktreeCreate hook to let git make it")
	}
	if !in.payload.Known {
		return d.plain(in, verdict.Ask, "writ does not know the event "+in.payload.Name+", or a field of it is not as it should be")
	}
	return d.plain(in, verdict.Abstain, "")
}

// plain records an event about which there is nothing to decide but the given effect.
func (d *Daemon) plain(in incoming, e verdict.Effect, reason string) hook.Answer {
	r := in.record(audit.KindSession)
	if e != verdict.Abstain {
		r.Effect, r.Reasons = e.String(), []string{reason}
	}
	if err := d.note(r); err != nil {
		return d.closed(in, d.unhealthy())
	}
	return hook.Answer{Effect: e, Reason: reason}
}

// closed is the answer while nothing can be recorded. Ends are let go: they do nothing, and refusing them
// would only make an agent run in circles.
func (d *Daemon) closed(in incoming, why string) hook.Answer {
	if why == "" {
		why = "the decision could not be recorded"
	}
	reason := "writ: refused: " + why
	switch in.payload.Name {
	case "Stop", "SubagentStop", "TeammateIdle":
		return hook.Answer{Effect: verdict.Abstain, Reason: reason, Notice: reason}
	}
	return hook.Answer{Effect: verdict.Deny, Reason: reason}
}

// record begins a record of the event. Its own fields say what kind of event it was.
func (in incoming) record(kind audit.Kind) audit.Record {
	r := audit.Of(kind, in.event)
	r.Run = in.run
	p, data := in.payload, map[string]any{}
	for name, v := range map[string]string{
		"source": p.Source, "reason": p.Reason, "trigger": p.Trigger, "file": p.FilePath, "task": p.TaskID,
		"teammate": p.Teammate, "model": p.Model, "worktree": p.WorktreePath, "new_cwd": p.NewCwd,
	} {
		if v != "" {
			data[name] = v
		}
	}
	if p.Prompt != "" {
		data["prompt_sha256"] = audit.Digest([]byte(p.Prompt))
	}
	if len(p.Odd) > 0 {
		data["odd"] = p.Odd
	}
	r.Data = data
	return r
}
