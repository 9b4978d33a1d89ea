package daemon

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"writ/internal/api"
	"writ/internal/approve"
	"writ/internal/audit"
	"writ/internal/verdict"
)

// permission answers POST /v1/permission, the permission prompt tool of an unattended session. It decides
// nothing anew: it repeats what PreToolUse was told, and waits for the human where that was to ask. A call
// that never came by PreToolUse means that the hook was passed by.
func (d *Daemon) permission(w http.ResponseWriter, r *http.Request) {
	var req api.PermissionRequest
	if !read(w, r, &req) {
		return
	}
	reply(w, d.permit(r.Context(), req))
}

func (d *Daemon) permit(ctx context.Context, req api.PermissionRequest) api.PermissionResponse {
	if why := d.unhealthy(); why != "" {
		return no("writ: refused: " + why)
	}
	c := d.calls.byUse(req.ToolUseID, req.Session, req.Run)
	if c == nil {
		return d.bypassed(req, "hook-bypassed", "no decision was made for this call: the hook was passed by, or the daemon was restarted since")
	}
	if !c.matches(req.Tool, req.Input) {
		return d.bypassed(req, "input-changed", "the call is not the one that was decided")
	}
	switch c.effect {
	case verdict.Allow:
		return d.permitted(c)
	case verdict.Ask:
		return d.await(ctx, c)
	}
	return no(c.text)
}

func no(message string) api.PermissionResponse {
	return api.PermissionResponse{Behavior: "deny", Message: message}
}

// permitted lets the decided input run, whatever the one in the question looked like.
func (d *Daemon) permitted(c *call) api.PermissionResponse {
	return api.PermissionResponse{Behavior: "allow", UpdatedInput: c.input}
}

func (d *Daemon) bypassed(req api.PermissionRequest, rule, text string) api.PermissionResponse {
	d.incident(audit.Record{
		Host: req.Host, Event: "permission", Session: req.Session, Run: req.Run, Tool: req.Tool, ToolUseID: req.ToolUseID,
		Cwd: req.Cwd, Project: req.Project, Rule: rule, Effect: verdict.Deny.String(),
		InputDigest: audit.Digest(req.Input), Summary: audit.Summarise(req.Tool, req.Input), Reasons: []string{text},
	})
	d.runs.decided(req.Run, verdict.Deny, audit.Summarise(req.Tool, req.Input)+" ("+rule+")")
	return no("writ: refused. " + rule + ": " + text + ".")
}

// await waits for the human, at most as long as the configuration says.
func (d *Daemon) await(ctx context.Context, c *call) api.PermissionResponse {
	cfg := d.projects.of(c.event.Project).cfg
	wait, cancel := context.WithTimeout(ctx, cfg.AskWait)
	defer cancel()
	for id := c.approval; ; {
		a := d.queue.Wait(wait, id)
		if a.State == approve.Approved {
			if resp, done := d.spend(ctx, c); done {
				return resp
			}
		}
		if a.State == approve.Approved || a.State == approve.Used { // spent by a twin of this call: ask again
			next, err := d.queue.Ask(again(a))
			if err != nil {
				return d.refused(c, expired, "the question to a human could not be put: "+err.Error())
			}
			id = next.ID
			continue
		}
		if a.State == approve.Rejected {
			return d.refused(c, rejected, "a human rejected this"+because(a.Why))
		}
		return d.refused(c, expired, fmt.Sprintf("nobody approved this within %v; it can still be approved with writ approve %s and then tried again", cfg.AskWait, c.approval))
	}
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

func again(a api.Approval) api.Approval {
	a.By, a.Why, a.Merged = "", "", 0
	return a
}

// spend uses the approval, if nobody else did, and if the files that will run are still those that were
// shown.
func (d *Daemon) spend(ctx context.Context, c *call) (api.PermissionResponse, bool) {
	for path, digest := range c.files {
		if approve.FileDigest(path) != digest {
			return d.refused(c, expired, "the file "+path+" changed after the question was put"), true
		}
	}
	if c.need.Any() && !c.unkept {
		if _, err := d.snapshot(ctx, c, "before approved "+c.summary); err != nil {
			return d.refused(c, expired, "the work it would discard could not be kept: "+err.Error()), true
		}
	}
	a, ok, err := d.queue.Use(c.operation)
	if err != nil {
		return d.refused(c, expired, err.Error()), true
	}
	if !ok {
		return api.PermissionResponse{}, false
	}
	if err := d.answered(c, verdict.Allow, "approved by "+a.By, a.ID); err != nil {
		return no("writ: refused: " + d.unhealthy()), true
	}
	if d.calls.settle(c) {
		d.runs.answered(c.run, approved, c.summary)
	}
	d.named.add(c.run, c.hosts, time.Now())
	d.sessions.Succeeded(c.event.Session, c.operation)
	return d.permitted(c), true
}

// refused ends a question with a denial.
func (d *Daemon) refused(c *call, how end, text string) api.PermissionResponse {
	if err := d.answered(c, verdict.Deny, text, c.approval); err != nil {
		d.diag.Error("a refusal could not be recorded", "error", err)
	}
	if d.calls.settle(c) {
		d.runs.answered(c.run, how, c.summary+" ("+c.rule+")")
	}
	return no("writ: refused. " + text + ".")
}

// answered records the last word on a call that was asked about.
func (d *Daemon) answered(c *call, e verdict.Effect, text, approval string) error {
	r := audit.Of(audit.KindDecision, c.event)
	r.Event, r.Run, r.Effect, r.Rule, r.Reasons, r.Approval = "permission", c.run, e.String(), c.rule, []string{text}, approval
	return d.note(r)
}
