package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"writ/internal/event"
	"writ/internal/guard"
	"writ/internal/home"
	"writ/internal/hook"
	"writ/internal/level"
	"writ/internal/transcript"
)

func newReplay(env *Env) *cobra.Command {
	var asJSON bool
	var files []string
	var at levelFlag
	cmd := &cobra.Command{
		Use:   "replay [PATH…]",
		Short: "Show what writ would have said to your past sessions",
		Long: `Replay reads Claude Code transcripts and decides every tool call in them anew with the rules in force now.
It runs nothing, asks nobody and records nothing. It shows how many calls would have been allowed
silently, asked about or denied, which rules did that, with examples, and how many prompts that saves: so
you learn your own rate of false alarms before you install anything.

Paths are files, folders or patterns; without any it is ~/.claude/projects ($CLAUDE_CONFIG_DIR/projects).

The prompts saved are an estimate: what Claude Code's default mode asks about (edits, writes, fetches, MCP
tools, shell commands that are not plainly read-only, reads outside the project) less what writ asks about.
With --level full the calls are decided as in a session whose shell commands the kernel confines; the summary
then says how many calls are asked about without and with that sandbox.
Rules that a user allowed for good in the dialog, and other permission modes, prompt less. Paths, scripts
and globs are read against today's files, which may differ from those of the session.`,
		Example: `  writ replay
  writ replay ~/.claude/projects/-home-me-src-app
  writ replay --level full
  writ replay --json --policy stricter.cedar session.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			confined, err := at.level()
			if err != nil {
				return err
			}
			found, err := replayFiles(env, args)
			if err != nil {
				return err
			}
			h, err := env.home()
			if err != nil {
				return err
			}
			user, err := os.UserHomeDir()
			if err != nil {
				return fail(ExitUsage, "set HOME", "find the home folder: %w", err)
			}
			r := &replayer{home: h, user: user, policies: files, where: newPlaces("", "/", user), tally: newReplayTally(confined), files: found, level: confined}
			stop := r.progress(env)
			err = r.run(cmd.Context())
			stop()
			if err != nil {
				return fail(ExitUsage, "writ policy validate", "%w", err)
			}
			if asJSON {
				return json.NewEncoder(env.Stdout).Encode(r.tally.sum())
			}
			printReplay(env, r.tally.sum())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.Flags().StringArrayVar(&files, "policy", nil, "a further policy file, judged as the user's own (repeatable)")
	at.add(cmd)
	return cmd
}

// replayFiles finds the transcripts.
func replayFiles(env *Env, args []string) ([]string, error) {
	if len(args) == 0 {
		dir := env.Getenv("CLAUDE_CONFIG_DIR")
		if dir == "" {
			user, err := os.UserHomeDir()
			if err != nil {
				return nil, fail(ExitUsage, "set HOME", "find the home folder: %w", err)
			}
			dir = filepath.Join(user, ".claude")
		}
		args = []string{filepath.Join(dir, "projects")}
	}
	found, err := transcript.Find(args...)
	if err != nil {
		return nil, fail(ExitUsage, "writ replay path/to/session.jsonl", "%w", err)
	}
	return found, nil
}

// replayer decides the calls of many transcripts, several at once.
type replayer struct {
	home     home.Home
	user     string
	policies []string
	where    *places
	guards   sync.Map // project → func() (*guard.Guard, error), made once
	seen     sync.Map // call ids: resumed sessions repeat their past
	files    []string
	level    level.Level
	tally    *replayTally
	read     atomic.Int64 // files read
	decided  atomic.Int64 // calls decided
}

// replayBatch is how many calls one worker takes at a time.
const replayBatch = 64

// run reads the files one after the other and decides their calls on every processor.
func (r *replayer) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan []transcript.Call, 2*runtime.GOMAXPROCS(0))
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for calls := range work {
				if err := r.decide(ctx, calls); err != nil {
					cancel(err)
				}
			}
		})
	}
	err := r.feed(ctx, work)
	close(work)
	workers.Wait()
	if err != nil {
		return err
	}
	return context.Cause(ctx)
}

// feed reads the transcripts and hands out their calls.
func (r *replayer) feed(ctx context.Context, work chan<- []transcript.Call) error {
	for _, path := range r.files {
		f, err := transcript.ReadCalls(path)
		if err != nil {
			return err
		}
		r.tally.file(f)
		for calls := f.Calls; len(calls) > 0; {
			n := min(replayBatch, len(calls))
			select {
			case work <- calls[:n]:
				calls = calls[n:]
			case <-ctx.Done():
				return nil
			}
		}
		r.read.Add(1)
	}
	return nil
}

// decide judges a batch of calls.
func (r *replayer) decide(ctx context.Context, calls []transcript.Call) error {
	for _, c := range calls {
		if _, again := r.seen.LoadOrStore(c.ID, true); again {
			continue
		}
		if ctx.Err() != nil {
			return nil
		}
		_, project := r.where.of(c.Project)
		g, err := r.guard(project)
		if err != nil {
			return fmt.Errorf("rules of %s: %w", project, err)
		}
		d := g.Decide(ctx, replayed(c, project))
		r.tally.call(c, project, d)
		r.decided.Add(1)
	}
	return nil
}

// guard gives the project's guard, making it when it is first needed.
func (r *replayer) guard(project string) (*guard.Guard, error) {
	made, _ := r.guards.LoadOrStore(project, sync.OnceValues(func() (*guard.Guard, error) {
		return guard.New(guard.Options{Home: r.home, Project: project, UserHome: r.user, OrgDir: guard.OrganisationDir, PolicyFiles: r.policies, Level: r.level})
	}))
	return made.(func() (*guard.Guard, error))()
}

// replayed is the event that the hook would have reported.
func replayed(c transcript.Call, project string) event.Event {
	who := event.Principal{Agent: "main", Kind: event.Main}
	if c.Agent != "" {
		who = event.Principal{Agent: c.Agent, ID: c.Agent, Kind: event.Subagent}
	}
	return event.Event{Host: "replay", Name: "PreToolUse", Session: c.Session, Principal: who, Tool: c.Tool, Input: c.Input,
		ToolUseID: c.ID, Cwd: c.Cwd, Project: project, Known: hook.KnownTool(c.Tool)}
}

// progress says on standard error how far it is, once it takes longer than a second. The returned
// function ends that.
func (r *replayer) progress(env *Env) func() {
	done, gone := make(chan struct{}), make(chan struct{})
	every, start, end := 5*time.Second, "", "\n"
	if isTerminal(env.Stderr) {
		every, start, end = 500*time.Millisecond, "\r\x1b[K", ""
	}
	go func() {
		defer close(gone)
		shown := false
		for wait := time.Second; ; wait = every {
			select {
			case <-done:
				if shown {
					fmt.Fprint(env.Stderr, start)
				}
				return
			case <-time.After(wait):
				shown = true
				fmt.Fprintf(env.Stderr, "%swrit: replay: %d of %d transcripts, %d calls%s", start, r.read.Load(), len(r.files), r.decided.Load(), end)
			}
		}
	}()
	return func() { close(done); <-gone }
}
