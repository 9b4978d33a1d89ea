package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"writ/internal/api"
	"writ/internal/claude"
	"writ/internal/client"
	"writ/internal/config"
	"writ/internal/egress"
	"writ/internal/guard"
	"writ/internal/home"
	"writ/internal/level"
	"writ/internal/outer"
)

func newClaude(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "claude [options of writ] [arguments of claude]",
		Short: "Start Claude Code under writ",
		Long: `Claude starts the installed Claude Code so that no file of the project can switch the guard off: with
writ's wiring as managed settings, behind walls of its own. Inside, writ's folder, your shell's start-up files,
your SSH, cron and service files and your own Claude settings are read-only; writ's keys and admin socket, other
programs' sockets and processes do not exist; nothing gains rights (sudo does not work); and the network has one
way out, writ's egress proxy. Every tool call is decided by the daemon and recorded.

All arguments go to claude, except those that would switch the guard off; they are refused with a hint.
Interactively, calls that policy allows or denies show no dialog, and the rest ask you as usual. With -p,
writ is the permission prompt tool: a call that needs a human waits for writ approve, and a run with calls
that were refused or never answered ends with exit code 3 and says so.

Where the system refuses a wall, writ names it and starts claude with the others; where it refuses all, with the
same rules by --settings. --no-fallback ends instead. writ's own options stand in front:

  --cli PROGRAM          this claude instead of the one on PATH (also $WRIT_CLAUDE)
  --no-fallback          start only with managed settings and without a gap in the walls
  --net proxy|host       proxy (default): an own network, out through the egress proxy; host: this machine's
  --allow-host RULE      let HOST, HOST:PORT or *.HOST:PORT through the session's own proxy; repeatable (commands
                         in their sandbox heed egress.allow of the configuration)
  --allow-socket PATH    keep this Unix socket in reach (an ssh-agent's, docker's: a way around the walls)
  --forward PORT         this port of the machine's loopback is the same inside (a database, an IDE)
  --require-level LEVEL  end unless the system confines commands that strongly: observe, landlock, full`,
		Example: `  writ claude
  writ claude -p "fix the failing test" --output-format json
  writ claude --no-fallback --continue
  writ claude --forward 5432 --allow-host 'registry.example:443'
  writ claude --allow-socket "$SSH_AUTH_SOCK"`,
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			l, help, err := readLaunchFlags(env, args)
			if err != nil {
				return err
			}
			if help {
				return cmd.Help()
			}
			return l.run(cmd.Context(), env)
		},
	}
}

// newEnter is the stage of `writ claude` inside its namespaces. It is hidden and does nothing by itself.
func newEnter(*Env) *cobra.Command {
	return &cobra.Command{
		Use:    claude.EnterCommand,
		Short:  "A stage of writ claude",
		Long:   "Enter is started by writ claude with its orders on a pipe; by itself it does nothing.",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			code, err := outer.RunStage()
			if err != nil {
				return fail(ExitSetup, "writ claude starts it", "%w", err)
			}
			return exit(code)
		},
	}
}

func (l launch) run(ctx context.Context, env *Env) error {
	if env.Getenv("CLAUDECODE") != "" {
		return fail(ExitSetup, "end this session first, or start it from another terminal", "writ claude was started inside a session of Claude Code")
	}
	terminal := isTerminal(env.Stdout)
	call, err := claude.ReadArgs(l.args, terminal)
	var bad *claude.ArgError
	if errors.As(err, &bad) {
		return fail(ExitUsage, bad.Hint, "%w", err)
	}
	h, err := env.home()
	if err != nil {
		return err
	}
	user, err := os.UserHomeDir()
	if err != nil {
		return fail(ExitSetup, "set HOME", "%w", err)
	}
	cwd, err := os.Getwd()
	if err != nil {
		return fail(ExitSetup, "", "%w", err)
	}
	project := guard.ProjectOf(cwd, guard.Canonical(user))
	l.project, l.person = project, user
	c, err := config.Load(h.Config(), config.Org, project)
	if err == nil {
		err = l.configure(c)
	}
	if err != nil {
		return fail(ExitSetup, "mend the file; nothing runs until then", "%w", err)
	}
	cli, err := claude.FindCLI(l.cli, env.Getenv("PATH"), project)
	if errors.Is(err, fs.ErrNotExist) {
		return fail(ExitSetup, "npm install -g @anthropic-ai/claude-code, or name it with --cli", "Claude Code was not found: %w", err)
	}
	if err != nil {
		return fail(ExitSetup, "name another one with --cli", "%w", err)
	}
	if err := warnOf(env, cwd, project); err != nil {
		return err
	}
	if err := installPrograms(h); err != nil {
		return err
	}
	self := filepath.Join(h.Bin(), claude.WritName)
	status, err := client.EnsureDaemon(ctx, string(h), self)
	if err != nil {
		return daemonError(err)
	}
	settings, err := claude.SettingsPath(claude.User, project, user, env.Getenv("CLAUDE_CONFIG_DIR"))
	if err != nil {
		return fail(ExitSetup, "", "%w", err)
	}
	if err := l.probe(env, h, self, call.Passive); err != nil {
		return err
	}
	state := stateFile(env, user)
	s, notes, err := claude.Prepare(h, cli, call, claude.From{
		Env: os.Environ(), Cwd: cwd, Project: project, UserSettings: settings, UserState: state, Person: user, Room: l.room,
	})
	if err != nil {
		return fail(ExitSetup, "repair the file; writ left it as it is", "%w", err)
	}
	defer s.Close()
	for _, n := range notes {
		fmt.Fprintf(env.Stderr, "writ: note: %s\n", n)
	}
	return l.session(ctx, env, h, s, self, status.PID, state)
}

// probe finds out what the system gives before anything is prepared for it.
func (l *launch) probe(env *Env, h home.Home, self string, passive bool) error {
	if passive {
		return nil
	}
	if l.require > level.Observe {
		if got := env.confines(h); got < l.require {
			return fail(ExitSetup, "writ doctor sandbox says what would give more", "this system confines commands at level %s, want %s", got, l.require)
		}
	}
	if l.net == "host" {
		fmt.Fprintf(env.Stderr, "writ: WARNING: --net host: this session uses the machine's own network. What leaves is neither held nor recorded, and services on this machine are in reach\n")
		return nil
	}
	walls, _, err := claude.Probe(self)
	l.room.Net = err == nil && walls.Net
	if err == nil && !walls.Net {
		if l.noFallback {
			return fail(ExitSetup, "writ claude --net host does without", "this system gives no network namespace")
		}
		fmt.Fprintf(env.Stderr, "writ: WARNING: this system gives no network namespace: what leaves the session is neither held nor recorded\n")
	}
	return nil
}

// stateFile is where the CLI keeps what the person approved.
func stateFile(env *Env, user string) string {
	if dir := env.Getenv("CLAUDE_CONFIG_DIR"); dir != "" {
		return filepath.Join(dir, ".claude.json")
	}
	return filepath.Join(user, ".claude.json")
}

// warnOf looks at what the repository brings along: variables that run programs end the start, hooks are named.
func warnOf(env *Env, cwd, project string) error {
	for _, dir := range distinct(cwd, project) {
		r := claude.LookAtProject(dir)
		if len(r.Env) > 0 {
			return fail(ExitSetup, "remove it from the file, or export it in your own shell", "the project's settings would run a program of their own: %s", strings.Join(r.Env, ", "))
		}
		if r.Hooks > 0 {
			fmt.Fprintf(env.Stderr, "writ: note: %d hooks of the project in %s do not run under writ\n", r.Hooks, filepath.Join(dir, ".claude"))
		}
		for _, u := range r.Unreadable {
			fmt.Fprintf(env.Stderr, "writ: note: settings that do not parse: %s\n", u)
		}
	}
	return nil
}

func distinct(a, b string) []string {
	if a == b || b == "" {
		return []string{a}
	}
	return []string{a, b}
}

// session starts the CLI, keeps the daemon alive beside it, and reports. daemon is its process at the start.
func (l launch) session(ctx context.Context, env *Env, h home.Home, s *claude.Launch, self string, daemon int, state string) error {
	p, err := s.Ready(self, !l.noFallback, claude.Streams{In: env.Stdin, Out: env.Stdout, Err: env.Stderr})
	if err != nil {
		return fail(ExitSetup, "", "start claude: %w", err)
	}
	if p.Why != nil {
		fmt.Fprintf(env.Stderr, "writ: WARNING: no managed settings in this session: %v\nwrit: hint: the ask rules hold; the project's own settings can weaken the rest; --no-fallback refuses to start like this\n", p.Why)
	}
	if !s.Call.Passive {
		done, err := l.open(ctx, env, h, s, p, state)
		if err != nil {
			p.Abandon()
			return err
		}
		defer done()
	}
	if err := p.Go(); err != nil {
		return fail(ExitSetup, "", "start claude: %w", err)
	}
	beat, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go keepDaemon(beat, h, self)
	code, err := p.Wait(keyboard(env.Stdin))
	if err != nil {
		return fail(ExitFailed, "", "claude: %w", err)
	}
	for _, path := range s.Appeared() {
		fmt.Fprintf(env.Stderr, "writ: WARNING: %s came into being during the session and runs programs: look at it before you use it\n", path)
	}
	if s.Call.Passive || !s.Call.Headless {
		return exit(code)
	}
	return summary(env, h, s.Run, code, daemon)
}

// open serves the session's ways out and has its walls recorded, both before anything in it runs. The function
// it returns ends what was opened.
func (l launch) open(ctx context.Context, env *Env, h home.Home, s *claude.Launch, p *claude.Session, state string) (func(), error) {
	done := func() {}
	about := api.Launch{Run: s.Run, Walls: p.Pinned, Net: "host", Sockets: l.room.Sockets}
	if in := p.Inside(); in != nil {
		about.PID, about.Missing, about.Gaps = in.PID(), in.Walls().Missing(), in.Gaps()
		if l.net == "host" {
			about.Missing = slices.DeleteFunc(about.Missing, func(w string) bool { return w == "net" })
		}
		for _, gap := range in.Gaps() {
			fmt.Fprintf(env.Stderr, "writ: WARNING: a gap in the walls around this session: %s\n", gap)
		}
		if in.Walls().Net {
			rules, err := l.egressRules(s, state)
			if err != nil {
				return nil, fail(ExitUsage, "", "%w", err)
			}
			way, err := newWayOut(h, s.Run, s.PersonEnv(), rules, l.inside)
			if err != nil {
				return nil, fail(ExitSetup, "mend the variable, or leave it out", "the proxy of this machine: %w", err)
			}
			way.serve(in.Listeners(), s.Forwarded())
			done = func() { way.close(env.Stderr) }
			about.Net, about.Forward, about.Hosts = "proxy", s.Forwarded(), rules.Strings()
		}
	}
	if err := client.Hook(string(h)).Do(ctx, "POST", api.PathLaunch, about, nil); err != nil {
		p.Abandon() // its listeners first
		done()
		return nil, fail(ExitNoDaemon, "writ daemon restart", "the start could not be recorded: %w", err)
	}
	return done, nil
}

// egressRules are what the session may reach without a question: the host's own services, the registries of the
// project's ecosystems, its git remotes as they are now, what the person configured, and what they allow.
func (l launch) egressRules(s *claude.Launch, state string) (egress.Rules, error) {
	general, own := s.Hosts(state)
	if l.project != "" {
		presets := l.presets
		if presets == nil {
			presets = egress.PresetsFor(l.project)
		}
		for _, name := range presets {
			general = append(general, egress.Presets[name]...)
		}
		own = append(own, claude.Remotes(l.project)...)
	}
	rules, err := egress.ParseRules(general)
	if err != nil {
		return egress.Rules{}, err
	}
	for _, host := range append(own, egress.Registries(os.Environ(), l.person)...) {
		one, err := egress.ParseRules([]string{host})
		if err != nil {
			continue // an address that cannot be reached is not let through
		}
		rules = rules.Join(one.AllowPrivate())
	}
	return rules.Join(l.rules), nil
}

func exit(code int) error {
	if code == 0 {
		return nil
	}
	return silent(code)
}

// keepDaemon starts the daemon again when it ends during a session: nothing inside the session can.
func keepDaemon(ctx context.Context, h home.Home, self string) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		if _, err := client.Hook(string(h)).Status(ctx); errors.Is(err, client.ErrUnreachable) {
			client.EnsureDaemon(ctx, string(h), self) // the next call says what is wrong
		}
	}
}

// summary tells how an unattended run went, in one line, and turns refused calls into an exit code: a denied
// run never looks like success.
func summary(env *Env, h home.Home, run string, code, daemon int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var r api.Run
	if err := client.Hook(string(h)).Do(ctx, "GET", api.PathRuns+run, nil, &r); err != nil {
		return fail(ExitFailed, "writ audit reconcile compares the transcript with the log", "how the run went is not known: %w", err)
	}
	refused := r.Denied + r.Rejected + r.Expired + r.Pending
	fmt.Fprintf(env.Stderr, "writ: run %s: %d calls, %d allowed, %d approved, %d denied, %d rejected, %d without an answer, %d incidents\n",
		run, r.Calls, r.Allowed, r.Approved, r.Denied, r.Rejected, r.Expired+r.Pending, r.Incidents)
	for _, line := range r.Refusals {
		fmt.Fprintf(env.Stderr, "writ:   refused: %s\n", line)
	}
	if now, err := client.Hook(string(h)).Status(ctx); code == 0 && (err != nil || now.PID != daemon) {
		return fail(ExitFailed, "writ log shows all of the run", "the daemon was started anew during the run, so refused calls before that are not counted")
	}
	if code == 0 && (refused > 0 || r.Incidents > 0) {
		return silent(ExitDenied)
	}
	return exit(code)
}

func keyboard(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
