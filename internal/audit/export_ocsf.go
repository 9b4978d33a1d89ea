package audit

import "encoding/json"

// ocsfExport maps records to OCSF 1.3 "API Activity" (class 6003): a tool call is the API, the agent the
// actor, the verdict the disposition. OCSF has no class for agents; this is the whole mapping.
type ocsfExport struct{ out *json.Encoder }

type ocsfEvent struct {
	ActivityID    int            `json:"activity_id"`
	ActivityName  string         `json:"activity_name"`
	CategoryUID   int            `json:"category_uid"`
	CategoryName  string         `json:"category_name"`
	ClassUID      int            `json:"class_uid"`
	ClassName     string         `json:"class_name"`
	TypeUID       int            `json:"type_uid"`
	Time          int64          `json:"time"` // milliseconds
	SeverityID    int            `json:"severity_id"`
	Severity      string         `json:"severity"`
	StatusID      int            `json:"status_id"`
	Status        string         `json:"status"`
	StatusDetail  string         `json:"status_detail,omitempty"`
	ActionID      int            `json:"action_id,omitempty"`
	Action        string         `json:"action,omitempty"`
	DispositionID int            `json:"disposition_id,omitempty"`
	Disposition   string         `json:"disposition,omitempty"`
	Message       string         `json:"message,omitempty"`
	Metadata      ocsfMetadata   `json:"metadata"`
	Actor         ocsfActor      `json:"actor"`
	API           ocsfAPI        `json:"api"`
	SrcEndpoint   ocsfEndpoint   `json:"src_endpoint"`
	Unmapped      map[string]any `json:"unmapped,omitempty"`
}

type ocsfMetadata struct {
	Version  string      `json:"version"`
	UID      string      `json:"uid"`
	Sequence uint64      `json:"sequence"`
	LogName  string      `json:"log_name"`
	Product  ocsfProduct `json:"product"`
	Profiles []string    `json:"profiles"`
}

type ocsfProduct struct {
	Name   string `json:"name"`
	Vendor string `json:"vendor_name"`
}

type ocsfActor struct {
	App     string      `json:"app_name,omitempty"`
	User    ocsfUser    `json:"user"`
	Session ocsfSession `json:"session"`
}

type ocsfUser struct {
	Name   string `json:"name"`
	UID    string `json:"uid,omitempty"`
	TypeID int    `json:"type_id"`
	Type   string `json:"type"`
}

type ocsfSession struct {
	UID string `json:"uid"`
}

type ocsfAPI struct {
	Operation string      `json:"operation"`
	Service   ocsfName    `json:"service"`
	Request   ocsfRequest `json:"request"`
}

type ocsfName struct {
	Name string `json:"name"`
}

type ocsfRequest struct {
	UID string `json:"uid"`
}

type ocsfEndpoint struct {
	Name string `json:"name"`
}

func (e ocsfExport) record(r *Record) error {
	// Activity 99 "Other": a tool call may create, read, update and delete at once.
	out := ocsfEvent{ActivityID: 99, ActivityName: string(r.Kind), CategoryUID: 6, CategoryName: "Application Activity",
		ClassUID: 6003, ClassName: "API Activity", TypeUID: 600399, Time: r.Time.UnixMilli(),
		SeverityID: 1, Severity: "Informational", StatusID: 1, Status: "Success", Message: r.Summary,
		Metadata: ocsfMetadata{Version: "1.3.0", UID: r.Prev, Sequence: r.Seq, LogName: "writ-audit",
			Product: ocsfProduct{"writ", "writ"}, Profiles: []string{"security_control"}},
		Actor: ocsfActor{App: r.Host, User: ocsfUser{Name: r.Agent, UID: r.AgentID, TypeID: 99, Type: "Agent"}, Session: ocsfSession{r.Session}},
		API:   ocsfAPI{Operation: r.Tool, Service: ocsfName{r.Host}, Request: ocsfRequest{r.ToolUseID}}, SrcEndpoint: ocsfEndpoint{"localhost"},
	}
	if out.API.Operation == "" {
		out.API.Operation = string(r.Kind)
	}
	switch r.Effect {
	case "allow":
		out.ActionID, out.Action, out.DispositionID, out.Disposition = 1, "Allowed", 1, "Allowed"
	case "deny":
		out.ActionID, out.Action, out.DispositionID, out.Disposition = 2, "Denied", 2, "Blocked"
		out.StatusID, out.Status, out.StatusDetail = 2, "Failure", r.Rule
		out.SeverityID, out.Severity = 3, "Medium"
	case "ask":
		out.ActionID, out.Action, out.DispositionID, out.Disposition = 99, "Other", 99, "Approval requested"
		out.StatusDetail, out.SeverityID, out.Severity = r.Rule, 2, "Low"
	}
	if r.Kind == KindIncident {
		out.SeverityID, out.Severity = 4, "High"
	}
	out.Unmapped = unmapped(r)
	return e.out.Encode(out)
}

func (e ocsfExport) end() error { return nil }

// unmapped keeps, under the log's own names, what OCSF has no field for.
func unmapped(r *Record) map[string]any {
	out := map[string]any{}
	for name, value := range map[string]string{"event": r.Event, "run": r.Run, "agent_kind": r.AgentKind, "agent_type": r.AgentType, "role": r.Role,
		"parent": r.Parent, "task": r.Task, "cwd": r.Cwd, "project": r.Project, "input_sha256": r.InputDigest, "rule": r.Rule, "approval": r.Approval} {
		if value != "" {
			out[name] = value
		}
	}
	if len(r.Reasons) > 0 {
		out["reasons"] = r.Reasons
	}
	if len(r.Effects) > 0 {
		out["effects"] = r.Effects
	}
	if r.Took != 0 {
		out["took_us"] = r.Took
	}
	if r.Data != nil {
		out["data"] = r.Data
	}
	return out
}
