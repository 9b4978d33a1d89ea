package daemon

import (
	"fmt"
	"os"
	"slices"
	"time"

	"writ/internal/audit"
	"writ/internal/hook"
	"writ/internal/transcript"
	"writ/internal/verdict"
)

// stopped records that an agent or session ends, and compares the session's transcripts with the log.
func (d *Daemon) stopped(in incoming) hook.Answer {
	if err := d.note(in.record(audit.KindSession)); err != nil {
		return d.closed(in, d.unhealthy())
	}
	a := hook.Answer{Effect: verdict.Abstain}
	if in.payload.Name == "SubagentStop" {
		return a
	}
	a.Notice = d.reconcile(in)
	if in.payload.Name == "SessionEnd" {
		d.endSession(in)
	}
	return a
}

// endSession closes the questions that nobody can be answered for any more.
func (d *Daemon) endSession(in incoming) {
	for _, c := range d.calls.open(in.event.Session) {
		if d.calls.settle(c) {
			d.runs.answered(c.run, expired, c.summary+" ("+c.rule+")")
		}
	}
	d.sessions.End(in.event.Session)
	go d.floor.forget(in.event.Session)                        // what still runs in its sandboxes ends
	go d.forgetSnapshots(d.life, in.event.Project, time.Now()) // the host does not wait long for the end of a session
}

// reconcile records every tool call of the session's transcripts, subagents' included, that no decision was
// made for or that ran against it, once each, and says so to the person. A transcript that cannot be read is
// reported, too: nothing is proven about it.
func (d *Daemon) reconcile(in incoming) string {
	path := in.event.Transcript
	if path == "" {
		return ""
	}
	calls, skipped, err := readTranscripts(path)
	if err != nil {
		d.diag.Error("the transcript could not be compared with the log", "session", in.event.Session, "error", err)
		return ""
	}
	if skipped > 0 {
		d.diag.Warn("lines of the transcript could not be read", "session", in.event.Session, "lines", skipped)
	}
	found := transcript.Reconcile(calls, d.decided.lookup)
	if len(found.Incidents) > 0 { // decided before this daemon began, perhaps
		if found, err = d.reconcileWithLog(calls, in.event.Session); err != nil {
			d.diag.Error("the log could not be read for the comparison", "error", err)
			return ""
		}
	}
	for _, i := range found.Incidents {
		if d.decided.report(i.Call.ID) {
			d.passedBy(in, i)
		}
	}
	if len(found.Incidents) == 0 {
		return ""
	}
	return "writ: tool calls ran without a decision. Look at them with: writ audit reconcile " + path
}

// maxTranscript bounds what is read at the end of every turn; a longer one is for writ audit reconcile.
const maxTranscript = 256 << 20

// readTranscripts reads a session's transcript and its subagents'. The path comes with a payload, so it may
// name a pipe or a device that never ends.
func readTranscripts(path string) ([]transcript.Call, int, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !fi.Mode().IsRegular() || fi.Size() > maxTranscript {
		return nil, 0, fmt.Errorf("%s: want a regular file of at most %d bytes, found %v, %d bytes", path, maxTranscript, fi.Mode(), fi.Size())
	}
	return transcript.ReadSession(path)
}

// reconcileWithLog compares with every decision that the log holds. Calls from before the session's first
// record are left out: a session may have begun before writ was installed and go on under it.
func (d *Daemon) reconcileWithLog(calls []transcript.Call, session string) (transcript.Reconciliation, error) {
	dir := d.opt.Home.Audit()
	began, err := firstRecord(dir, session)
	if err != nil {
		return transcript.Reconciliation{}, err
	}
	logged, err := audit.Decisions(dir, audit.Filter{})
	if err != nil {
		return transcript.Reconciliation{}, err
	}
	calls = slices.DeleteFunc(calls, func(c transcript.Call) bool { return !c.Time.IsZero() && c.Time.Before(began) })
	return transcript.Reconcile(calls, func(id string) (transcript.Decision, bool) {
		r, ok := logged[id]
		return transcript.Decision{Effect: r.Effect, Seq: r.Seq}, ok
	}), nil
}

// firstRecord is when the log first names a session, the zero time when it does not.
func firstRecord(dir, session string) (time.Time, error) {
	for r, err := range audit.Read(dir, audit.Filter{Session: session}) {
		return r.Time, err
	}
	return time.Time{}, nil
}

// passedBy records one call that should not have been possible.
func (d *Daemon) passedBy(in incoming, i transcript.Incident) {
	r := in.record(audit.KindIncident)
	r.Rule, r.Reasons = "call-"+i.Kind, []string{i.What}
	r.Agent, r.Tool, r.ToolUseID = i.Call.Agent, i.Call.Tool, i.Call.ID
	if r.Agent == "" {
		r.Agent = in.event.Principal.Agent
	}
	r.InputDigest, r.Summary = audit.Digest(i.Call.Input), audit.Summarise(i.Call.Tool, i.Call.Input)
	d.incident(r)
}
