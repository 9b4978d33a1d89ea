package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"writ/internal/audit"
	"writ/internal/level"
	"writ/internal/sandbox"
	"writ/internal/scope"
	"writ/internal/warm"
	"writ/internal/worktree"
)

// newFloor finds out what this host gives, by building a sandbox, and keeps the pool that goes with it.
func (d *Daemon) newFloor() *floor {
	f := &floor{known: map[string]sandbox.Profile{}}
	if d.opt.Launcher == "" {
		f.why = "no launcher is installed"
		return f
	}
	f.level, f.why = d.probe()
	if f.level > level.Observe {
		f.pool = warm.New(warm.Options{Launcher: d.opt.Launcher, Level: f.level, Tmp: os.TempDir(), Idle: d.idle, Egress: d.serveEgress, Tell: d.happened})
	}
	return f
}

// idle is how long a sandbox may be without a command, by its project's configuration.
func (d *Daemon) idle(s warm.Scope) time.Duration {
	return d.projects.of(s.Profile.Root).cfg.Sandbox.Warm
}

func (d *Daemon) probe() (level.Level, string) {
	if d.opt.Level != nil {
		return *d.opt.Level, "as configured"
	}
	r := sandbox.Probe(d.opt.Launcher)
	return r.Level, r.Why()
}

// serve answers launchers. Where nothing is confined, they are refused by a closed door.
func (f *floor) serve(l *net.UnixListener, failed chan<- error) {
	if f.pool == nil {
		l.Close()
		return
	}
	if err := f.pool.Serve(l); err != nil {
		failed <- fmt.Errorf("exec.sock: %w", err)
	}
}

func (f *floor) close() {
	if f.pool != nil {
		f.pool.Close()
	}
}

// floorSays is what the agent and the person hear after a confined command: which walls it met, what was kept from
// leaving, and what appeared where nothing may.
func (d *Daemon) floorSays(in incoming, c *call) (context, notice string) {
	if c.scope == nil {
		says := strings.Join(d.changedPlaces(c), " ")
		if says == "" {
			return "", ""
		}
		return "writ: " + says, "writ: " + says
	}
	var says []string
	for _, r := range sandbox.Explain(c.scope, in.event.Cwd, printed(in)) {
		says = append(says, r.String())
	}
	for _, line := range d.refusedHosts.take(c.event.Session) {
		says = append(says, line+".")
	}
	gone := append(d.appeared(c), d.hazards(c)...)
	says = append(says, gone...)
	if len(gone) > 0 {
		notice = "writ: " + strings.Join(gone, " ")
	}
	if len(says) > 0 {
		context = "writ: this command ran in its sandbox. " + strings.Join(says, " ")
	}
	return context, notice
}

// maxPrinted bounds how much of a command's output is looked through.
const maxPrinted = 64 << 10

// printed is what a command printed, as the host tells it.
func printed(in incoming) string {
	text := in.payload.Error + "\n" + string(in.payload.Response)
	if len(text) > maxPrinted {
		text = text[len(text)-maxPrinted:]
	}
	return strings.NewReplacer(`\n`, "\n", `\"`, `"`).Replace(text)
}

// appeared takes away what the command made under a name that must not appear, keeps it aside, and says so. What
// the session's file tools made, or a commit brought, stays.
func (d *Daemon) appeared(c *call) (says []string) {
	for _, path := range c.scope.Absent {
		fi, err := os.Lstat(path)
		if err != nil || c.absent[path] || fi.IsDir() && empty(path) || d.calls.wrote(c.event.Session, path) || scope.Later(path) && committed(c.event.Project, path) {
			continue
		}
		to, err := d.quarantine(path)
		r := audit.Of(audit.KindIncident, c.event)
		r.Run, r.Rule, r.Summary, r.Data = c.run, "appeared", path+" appeared during a confined command", map[string]any{"kept": to}
		if err != nil {
			r.Data["error"] = err.Error()
			says = append(says, fmt.Sprintf("%s was made by this command, which no shell command may; it could not be taken away (%v), so look at it before anything reads it.", path, err))
		} else {
			says = append(says, fmt.Sprintf("%s was made by this command, which no shell command may: agents, editors, git or build servers run or obey it. It was moved to %s. Instead: use the Write tool, so that the person can be asked.", path, to))
		}
		d.incident(r)
	}
	return says
}

func empty(dir string) bool {
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	_, err = f.Readdirnames(1)
	return errors.Is(err, io.EOF)
}

// quarantine moves a file or folder into writ's own folder.
func (d *Daemon) quarantine(path string) (string, error) {
	dir := filepath.Join(d.opt.Home.Quarantine(), time.Now().UTC().Format("20060102T150405.000000000"))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	to := filepath.Join(dir, filepath.Base(path))
	err := os.Rename(path, to)
	if err == nil {
		return to, nil
	}
	// Another file system: under a name that nobody reads, beside where it was.
	to = path + ".writ-quarantine"
	if rerr := os.Rename(path, to); rerr != nil {
		return "", err
	}
	return to, nil
}

// indexOf describes git's index and an interrupted rebase, the two things that a command may change although a
// person's git acts on them.
func indexOf(project string) string {
	var b strings.Builder
	for _, name := range []string{"index", "rebase-merge/git-rebase-todo"} {
		if fi, err := os.Stat(filepath.Join(project, ".git", name)); err == nil {
			fmt.Fprintf(&b, "%s %d %d\n", name, fi.Size(), fi.ModTime().UnixNano())
		}
	}
	return b.String()
}

// hazardTime bounds the look at what a command left for a person's git.
const hazardTime = 5 * time.Second

// hazards says what a command left in the repository that would act when a person runs git there.
func (d *Daemon) hazards(c *call) (says []string) {
	if indexOf(c.event.Project) == c.hazard {
		return nil
	}
	ctx, cancel := context.WithTimeout(d.life, hazardTime)
	defer cancel()
	s, err := worktree.ScopeOf(ctx, c.event.Project)
	if err != nil {
		return nil // no repository, or none that git reads
	}
	found, err := s.Hazards(ctx)
	if err != nil {
		d.diag.Warn("a repository could not be looked through after a command", "project", c.event.Project, "error", err)
	}
	for _, f := range found {
		if strings.HasPrefix(f.Why, "appeared") {
			continue // said by appeared
		}
		r := audit.Of(audit.KindIncident, c.event)
		r.Run, r.Rule, r.Summary = c.run, "git-hazard", f.Path+" "+f.Why
		d.incident(r)
		says = append(says, fmt.Sprintf("In this repository %s %s: look at it before you run git there.", f.Path, f.Why))
	}
	return says
}
