package daemon

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"writ/internal/audit"
	"writ/internal/config"
	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/guard"
	"writ/internal/level"
	"writ/internal/sandbox"
	"writ/internal/scope"
	"writ/internal/verdict"
	"writ/internal/warm"
	"writ/internal/zone"
)

// floor is the kernel's side of decisions: which level this host gives, which profile a session has, and the
// sandboxes that are running.
type floor struct {
	level level.Level
	why   string // why it is no stronger
	pool  *warm.Pool
	mu    sync.Mutex
	known map[string]sandbox.Profile // by session, role, project and variant: one profile for the whole session
}

// profile gives the profile that a session's commands share, made once: were it made anew for each command, a
// file that appeared would part it from the servers it started.
func (f *floor) profile(key string, make func() sandbox.Profile) sandbox.Profile {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.known[key]
	if !ok {
		p = make()
		f.known[key] = p
	}
	return p
}

// anew lets a session's profiles be made again: the files that they speak of have changed.
func (f *floor) anew(session string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key := range f.known {
		if strings.HasPrefix(key, session+"\x00") {
			delete(f.known, key)
		}
	}
}

// forget drops a session's profiles and ends its sandboxes.
func (f *floor) forget(session string) {
	f.anew(session)
	if f.pool != nil {
		f.pool.Release(session)
	}
}

// confined tells how strongly a call will be confined: only shell commands run in a sandbox.
func (d *Daemon) confined(ev event.Event) level.Level {
	if ev.Tool != "Bash" || ev.Project == "" || d.floor.pool == nil {
		return level.Observe
	}
	return d.floor.level
}

// required refuses a call where the host does not give the level that configuration requires.
func (d *Daemon) required(cfg config.Config) verdict.Verdict {
	least, err := level.Parse(cfg.Sandbox.Level)
	if cfg.Sandbox.Level == "" || err == nil && d.floor.level >= least {
		return verdict.None()
	}
	return verdict.New(verdict.Deny, "sandbox", "level-required",
		fmt.Sprintf("%s confinement is required here, and this host gives %s (%s)", cfg.Sandbox.Level, d.floor.level, d.floor.why),
		"report this to the person you work for; writ doctor sandbox says what would give more")
}

// confine gives a shell command that may run a grant of its sandbox, and rewrites the call to spend it. What
// cannot be confined although this host could is denied.
func (d *Daemon) confine(in incoming, r *ruling, dec guard.Decision) (rewritten bool) {
	r.level = d.confined(in.event)
	if r.level == level.Observe || r.verdict.Effect == verdict.Deny {
		return false
	}
	if d.outside(r, dec, in.event.Project) {
		r.level, r.profile = level.Observe, "outside: it needs the person's credentials"
		return false
	}
	command, ok := commandOf(in.event.Input)
	if !ok || command == "" || strings.ContainsRune(command, 0) {
		r.verdict = verdict.Combine(r.verdict, verdict.New(verdict.Deny, "sandbox", "not-confined", "the call has no command that could be given a sandbox", "send the command as one line of text"))
		return false
	}
	g := d.grant(in, r, dec, command)
	id, err := d.floor.pool.Grant(g)
	if err != nil {
		r.verdict = verdict.Combine(r.verdict, verdict.New(verdict.Deny, "sandbox", "not-confined", "the command could not be given a sandbox: "+err.Error(), "report this to the person you work for"))
		return false
	}
	out, err := withCommand(in.event.Input, d.wrapped(id, command, in))
	if err != nil {
		d.floor.pool.Withdraw(id)
		r.verdict = verdict.Combine(r.verdict, verdict.New(verdict.Deny, "sandbox", "not-confined", err.Error(), "send the call's input as one JSON object"))
		return false
	}
	r.call.hazard = indexOf(in.event.Project)
	r.profile, r.call.scope, r.call.absent = g.Profile.Name, &g.Profile, present(g.Profile.Absent)
	r.call.input, r.call.given = out, inputDigest(out)
	return true
}

// outside tells of lines that need the person's credentials and so run in the outer sandbox alone: nothing but
// control-plane programs, or nothing but git speaking to another machine. Where such a line would run code of the
// project, with the credentials in reach, a person must have said so.
func (d *Daemon) outside(r *ruling, dec guard.Decision, project string) bool {
	asked := r.verdict.Effect == verdict.Ask || r.used != ""
	if dec.Remote && (!dec.ProjectCode || asked) {
		return true
	}
	return gitOnly(dec.Effects) && speaks(dec.Effects) && (asked || plainRepository(project, dec.Effects))
}

// grant works out what this one command may do.
func (d *Daemon) grant(in incoming, r *ruling, dec guard.Decision, command string) warm.Grant {
	ev := in.event
	git := gitOnly(dec.Effects)
	key := strings.Join([]string{ev.Session, ev.Project, ev.Principal.Role, fmt.Sprint(git)}, "\x00")
	p := d.floor.profile(key, func() sandbox.Profile { return scope.Profile(d.scopeOf(ev, r.cfg, git)) })
	paths, hosts := dec.Writes, dec.Hosts
	if r.verdict.Effect == verdict.Ask || r.used != "" { // what was shown to the person
		paths = append(slices.Clone(paths), changed(dec.Effects, ev.Project)...)
	}
	g := warm.Grant{Scope: warm.Scope{Owner: ev.Session, Profile: p}, Line: command}
	if hosts = unlisted(hosts, p.Net.Allow); len(paths)+len(hosts) > 0 {
		g.Profile, g.Once = scope.Widen(p, paths, hosts), true
	}
	return g
}

// unlisted leaves out the destinations that the profile has anyway.
func unlisted(hosts, allow []string) []string {
	return slices.DeleteFunc(slices.Clone(hosts), func(h string) bool { return slices.Contains(allow, h) })
}

// scopeOf puts the session and the configuration together.
func (d *Daemon) scopeOf(ev event.Event, cfg config.Config, git bool) scope.Of {
	s, e := cfg.Sandbox, cfg.Egress
	named := func(list []string) (out []string) {
		for _, entry := range list {
			out = append(out, config.Resolve(entry, d.opt.UserHome, ev.Project))
		}
		return out
	}
	o := scope.Of{
		Project: ev.Project, Role: ev.Principal.Role, Home: d.opt.UserHome, WritHome: string(d.opt.Home), State: d.opt.Home.State(), Env: os.Environ(), Git: git,
		Settings: scope.Settings{Write: named(s.Write), Show: named(s.Show), Hide: named(s.Hide), Sockets: named(s.Sockets), Missing: sandbox.Missing(s.Missing), Trace: s.Trace,
			Allow:  d.destinations(ev.Project, e),
			Limits: sandbox.Limits{Processes: s.Processes, MemoryMB: s.MemoryMB, FileMB: int64(s.FileMB), OpenFiles: s.OpenFiles, Wall: s.Wall}},
	}
	if s.Caches {
		o.Caches = d.opt.Home.Caches()
	}
	return o
}

// changed are the paths inside the project that the understood effects change: some of them may be closed to a
// shell, and the person who is asked sees them.
func changed(effects []effect.Effect, project string) (out []string) {
	for _, e := range effects {
		switch e.Kind {
		case effect.FSWrite, effect.FSDelete, effect.FSChmod, effect.FSLink:
			if e.In(zone.Project) && e.Path != "" && e.Path != project && !e.Has("unknown-path") {
				out = append(out, e.Path)
			}
		}
	}
	return out
}

// commandOf is the shell line of a call, under the very name that the host reads.
func commandOf(input json.RawMessage) (command string, ok bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(input, &fields) != nil || json.Unmarshal(fields["command"], &command) != nil {
		return "", false
	}
	return command, true
}

// withCommand puts another line into a call's input.
func withCommand(input json.RawMessage, command string) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(input, &fields); err != nil {
		return nil, err
	}
	b, err := json.Marshal(command)
	if err != nil {
		return nil, err
	}
	fields["command"] = b
	return json.Marshal(fields)
}

// wrapped is the line that runs in the outer shell: it spends the grant, follows the folder that the command
// ended in, and ends with its status. The command stands in it for people to read; what runs is what was granted.
func (d *Daemon) wrapped(id, command string, in incoming) string {
	launch := quote(d.opt.Launcher) + " --home " + quote(string(d.opt.Home)) + " --grant " + id + " -- " + quote(command)
	return tag(in.event.Session, in.event.Principal.Agent) + "{ WRIT_PWD=$(" + launch + " 3>&1 1>&4 4>&-); } 4>&1; WRIT_STATUS=$?; [ -z \"$WRIT_PWD\" ] || command cd -- \"$WRIT_PWD\"; writ_status() { return \"$WRIT_STATUS\"; }; writ_status"
}

// present lists which of some names exist.
func present(paths []string) map[string]bool {
	out := map[string]bool{}
	for _, path := range paths {
		if _, err := os.Lstat(path); err == nil {
			out[path] = true
		}
	}
	return out
}

// happened records what the pool tells.
func (d *Daemon) happened(e warm.Event) {
	r := audit.Record{Kind: audit.KindSandbox, Session: e.Scope.Owner, Project: e.Scope.Profile.Root, Summary: e.What + " " + e.Scope.Profile.Name,
		Data: map[string]any{"level": e.Level.String(), "pid": e.PID, "took_ms": e.Took.Milliseconds()}}
	if e.Text != "" {
		r.Reasons = append([]string{e.Text}, e.Refused...)
	}
	if len(e.Claims) > 0 {
		r.Data["claims"] = e.Claims
	}
	for _, line := range e.Refused {
		d.refusedHosts.add(e.Scope.Owner, "not taken over from the copy-on-write view, nor was anything else: "+line)
	}
	if e.What == "refused" {
		r.Rule = "grant-refused"
		d.incident(r)
		return
	}
	if e.What == "replaced" {
		go d.floor.anew(e.Scope.Owner)
	}
	if err := d.note(r); err != nil {
		d.diag.Error("a sandbox could not be recorded", "what", e.What, "error", err)
	}
}
