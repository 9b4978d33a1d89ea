// Package guard is the whole decision in one call: it reads an event into effects (package tool), lets the
// role, the policies and any further stages judge them (packages pipeline and policy), and returns the
// verdict with everything a person or a log needs to understand it. The daemon, `writ check`, `writ
// explain`, `writ replay` and the demo all decide through it, so none can differ from the other.
//
// A Guard keeps no state between events and touches the disk only to look things up. It is safe for
// concurrent use.
package guard

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"writ/internal/command"
	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/home"
	"writ/internal/level"
	"writ/internal/pipeline"
	"writ/internal/policy"
	"writ/internal/tool"
	"writ/internal/verdict"
)

// OrganisationDir is where an organisation puts policies that its machines share.
const OrganisationDir = "/etc/writ/policy"

// Budget is the time that one decision may take; what is later denies.
const Budget = 2 * time.Second

// Options says what a Guard works with. The zero value judges with the built-in policies alone.
type Options struct {
	// Home is writ's own folder; its policy folder is the user's layer. Empty: no user layer.
	Home home.Home
	// Project is the root of what a session's writ covers, where the event itself does not say.
	Project string
	// UserHome is the person's home folder; empty: os.UserHomeDir.
	UserHome string
	// OrgDir is the organisation's policy folder, usually OrganisationDir; empty: no such layer.
	OrgDir string
	// PolicyFiles are further files of the user's layer.
	PolicyFiles []string
	// Profile activates rules annotated @profile with this name.
	Profile string
	// Shell reads command lines; nil: command.Read.
	Shell command.ReadFunc
	// Disk is what reading may look at; nil: the machine's own.
	Disk command.Disk
	// Stages judge after the built-in ones: limits, grants of tasks, whatever needs state.
	Stages []pipeline.Stage
	// Level is how strongly the kernel confines the shell commands of the calls that are judged; the zero value
	// confines nothing. WithLevel sets it for one session.
	Level level.Level
}

// Guard decides. Make one with New.
type Guard struct {
	reader  tool.Reader
	env     command.Env
	engine  *policy.Engine
	stages  []pipeline.Stage
	project string
	level   level.Level
}

// New loads the policies of every layer. It fails if any of them is not valid: a guard that ignores a part
// of what it was told is none.
func New(o Options) (*Guard, error) {
	project := Canonical(o.Project)
	engine, err := policy.Load(policyOptions(o, project))
	if err != nil {
		return nil, err
	}
	env, err := environment(o)
	if err != nil {
		return nil, err
	}
	shell := o.Shell
	if shell == nil {
		shell = command.Read
	}
	g := &Guard{reader: tool.Reader{Shell: shell}, env: env, engine: engine, project: project, level: o.Level}
	g.stages = append([]pipeline.Stage{Role{}, engine}, o.Stages...)
	return g, nil
}

func policyOptions(o Options, project string) policy.Options {
	p := policy.Options{Organisation: o.OrgDir, Files: o.PolicyFiles, Profile: o.Profile}
	if o.Home != "" {
		p.User = o.Home.PolicyDir()
	}
	if project != "" {
		p.Repository = filepath.Join(project, ".writ", "policy")
	}
	return p
}

// environment is the world that every line is read against, but for the folder it stands in.
func environment(o Options) (command.Env, error) {
	user := o.UserHome
	if user == "" {
		dir, err := os.UserHomeDir()
		if err != nil {
			return command.Env{}, fmt.Errorf("find the home folder: %w", err)
		}
		user = dir
	}
	disk := o.Disk
	if disk == nil {
		disk = command.OSDisk{}
	}
	return command.Env{Home: user, WritHome: string(o.Home), Disk: disk}, nil
}

// WithStages returns a guard that lets further stages judge after its own. A stage can only tighten.
func (g *Guard) WithStages(stages ...pipeline.Stage) *Guard {
	out := *g
	out.stages = append(append([]pipeline.Stage(nil), g.stages...), stages...)
	return &out
}

// Policy is the guard's loaded policies.
func (g *Guard) Policy() *policy.Engine { return g.engine }

// Decision is a verdict with what led to it.
type Decision struct {
	Verdict verdict.Verdict         `json:"verdict"`
	Effects []effect.Effect         `json:"effects"`
	Steps   []command.Step          `json:"steps,omitempty"`
	Stages  []pipeline.StageVerdict `json:"stages"`
	// Summary is one line in writ's words about what is called.
	Summary string        `json:"summary"`
	Elapsed time.Duration `json:"elapsed_ns"`

	// Answered are the asks that the sandbox answers at the guard's level. Where they are all that is asked, the
	// verdict is an allow of the stage Contained; else it stays an ask and the others come first.
	Answered []verdict.Reason `json:"answered,omitempty"`
	// Keep tells that the call is allowed because it is contained and could still destroy uncommitted work inside
	// the project: keep that work first, where the command cannot reach it, and ask if that fails.
	Keep bool `json:"keep,omitempty"`
	// Hosts ("host:port") and Writes (absolute paths outside the project and the temporary folders) are what the
	// understood part of a shell command needs, once it is allowed or a person approved it. A contained or
	// denied one needs nothing.
	Hosts  []string `json:"hosts,omitempty"`
	Writes []string `json:"writes,omitempty"`
	// Remote tells that all of the line acts through known control-plane programs and needs their credentials.
	// ProjectCode tells that such a program would run code that lies in the project (hooks, providers, build
	// recipes), so that outside the sandbox it would carry the agent's own code with it.
	Remote      bool `json:"remote,omitempty"`
	ProjectCode bool `json:"project_code,omitempty"`
}

// Decide judges one event. It always answers: what fails, panics or is late is a denial with its reason.
func (g *Guard) Decide(ctx context.Context, ev event.Event) (d Decision) {
	start := time.Now()
	defer func() {
		if p := recover(); p != nil {
			d = Decision{Verdict: verdict.New(verdict.Deny, "guard", "guard-failed", fmt.Sprintf("the decision failed: %v", p), "report this to the person you work for"), Summary: ev.Tool}
		}
		d.Elapsed = time.Since(start)
	}()
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	env := g.envFor(&ev)
	reading, err := g.reader.Effects(ctx, ev, env)
	c := pipeline.Case{Event: ev, Effects: reading.Effects}
	if err != nil {
		c.Trouble = err.Error()
	} else if !ev.Known {
		c.Trouble = "writ does not know this event or tool (" + ev.Name + " " + ev.Tool + ")"
	}
	out := pipeline.Decide(ctx, c, g.stages...)
	d = Decision{Verdict: out.Verdict, Effects: reading.Effects, Steps: reading.Steps, Stages: out.Stages, Summary: reading.Summary}
	if c.Trouble == "" { // what was not read wholly is asked about at every level
		g.contain(ev, &d)
		d.reach(ev)
	}
	return d
}

// envFor completes the event's own folders and gives the world its line is read against.
func (g *Guard) envFor(ev *event.Event) command.Env {
	env := g.env
	if ev.Project == "" {
		ev.Project = g.project
	}
	if ev.Cwd == "" {
		ev.Cwd = ev.Project
	}
	env.Cwd, env.Project = ev.Cwd, ev.Project
	env.Vars = map[string]string{"HOME": env.Home, "PWD": env.Cwd, "TMPDIR": "/tmp"}
	return env
}

// Canonical is a folder's absolute path with symbolic links resolved, so that it can be compared with the
// resolved paths of effects. What does not exist stays as it is.
func Canonical(dir string) string {
	if dir == "" {
		return ""
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	return abs
}

// ProjectOf finds the project that a folder belongs to: the nearest ancestor with a .git or .writ, else the
// folder itself. A home folder or / is never a project, since a writ for it would cover everything.
func ProjectOf(dir, userHome string) string {
	dir = Canonical(dir)
	for at := dir; at != "/" && at != userHome; at = filepath.Dir(at) {
		for _, mark := range []string{".git", ".writ"} {
			if _, err := os.Lstat(filepath.Join(at, mark)); err == nil {
				return at
			}
		}
	}
	if dir == "/" || dir == userHome {
		return ""
	}
	return dir
}
