package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"writ/internal/api"
	"writ/internal/claude"
	"writ/internal/client"
	"writ/internal/guard"
	"writ/internal/home"
)

func newClaude(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "claude [--cli PROGRAM] [--no-fallback] [arguments of claude]",
		Short: "Start Claude Code under writ",
		Long: `Claude starts the installed Claude Code so that no file of the project can switch the guard off: with
writ's wiring as managed settings in a mount namespace of its own, and with writ's folder read-only and its
keys and admin socket out of sight. Every tool call is decided by the daemon and recorded.

All arguments go to claude, except those that would switch the guard off; they are refused with a hint.
Interactively, calls that policy allows or denies show no dialog, and the rest ask you as usual. With -p,
writ is the permission prompt tool: a call that needs a human waits for writ approve, and a run with calls
that were refused or never answered ends with exit code 3 and says so.

Where the system refuses the namespace, writ says so and starts claude with the same rules by --settings;
--no-fallback ends instead. writ's own options stand in front:

  --cli PROGRAM    this claude instead of the one on PATH (also $WRIT_CLAUDE)
  --no-fallback    do not start without managed settings`,
		Example: `  writ claude
  writ claude -p "fix the failing test" --output-format json
  writ claude --no-fallback --continue`,
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
			return fail(ExitSetup, "writ claude starts it", "%w", claude.RunEnter())
		},
	}
}

// launch is one writ claude command line.
type launch struct {
	cli        string
	noFallback bool
	args       []string
}

// readLaunchFlags takes writ's own options off the front; cobra leaves them alone for the host's sake.
func readLaunchFlags(env *Env, args []string) (l launch, help bool, err error) {
	l.cli = env.Getenv("WRIT_CLAUDE")
	for len(args) > 0 {
		name, value, inline := strings.Cut(args[0], "=")
		switch {
		case args[0] == "--no-fallback":
			l.noFallback = true
			args = args[1:]
			continue
		case len(args) == 1 && (name == "--help" || name == "-h"):
			return l, true, nil
		case name != "--cli" && name != "--home":
			l.args = args
			return l, false, nil
		case !inline && len(args) == 1:
			return l, false, fail(ExitUsage, "writ claude --help", "%s wants a value", name)
		case !inline:
			value, args = args[1], args[1:]
		}
		if name == "--cli" {
			l.cli = value
		} else {
			env.homeFlag = value
		}
		args = args[1:]
	}
	return l, false, nil
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
	s, notes, err := claude.Prepare(h, cli, call, claude.From{
		Env: os.Environ(), Cwd: cwd, Project: project, UserSettings: settings, UserState: stateFile(env, user),
	})
	if err != nil {
		return fail(ExitSetup, "repair the file; writ left it as it is", "%w", err)
	}
	defer s.Close()
	for _, n := range notes {
		fmt.Fprintf(env.Stderr, "writ: note: %s\n", n)
	}
	return l.session(ctx, env, h, s, self, status.PID)
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
func (l launch) session(ctx context.Context, env *Env, h home.Home, s *claude.Launch, self string, daemon int) error {
	p, err := s.Start(self, !l.noFallback, env.Stdin, env.Stdout, env.Stderr)
	if err != nil {
		return fail(ExitSetup, "", "start claude: %w", err)
	}
	if p.Why != nil {
		fmt.Fprintf(env.Stderr, "writ: WARNING: no managed settings in this session: %v\nwrit: hint: the ask rules hold; the project's own settings can weaken the rest; --no-fallback refuses to start like this\n", p.Why)
	}
	beat, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go keepDaemon(beat, h, self)
	code, err := p.Wait(keyboard(env.Stdin))
	if err != nil {
		return fail(ExitFailed, "", "claude: %w", err)
	}
	if s.Call.Passive || !s.Call.Headless {
		return exit(code)
	}
	return summary(env, h, s.Run, code, daemon)
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
