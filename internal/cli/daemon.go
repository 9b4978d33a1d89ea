package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"writ/internal/api"
	"writ/internal/claude"
	"writ/internal/client"
	"writ/internal/config"
	"writ/internal/daemon"
	"writ/internal/guard"
	"writ/internal/home"
)

// newDaemon is `writ daemon`, the group.
func newDaemon(env *Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "daemon",
		Short: "The process that decides: status, stop, restart, logs",
		Long: `One daemon per user decides on every tool call and keeps the log. It is started by whoever needs it
first and needs no care; these commands look at it, end it and start it anew.`,
		Example: "  writ daemon status\n  writ daemon logs --follow\n  writ daemon restart",
	}
	c.AddCommand(newDaemonRun(env), newDaemonStatus(env), newDaemonStop(env), newDaemonRestart(env), newDaemonLogs(env))
	return c
}

func newDaemonRun(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:     "run",
		Short:   "Run the daemon in this terminal",
		Long:    "Run the daemon in the foreground until it is stopped. Other commands start it in the background by themselves.",
		Args:    cobra.NoArgs,
		Example: "  writ daemon run",
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := env.home()
			if err != nil {
				return err
			}
			return runDaemon(cmd.Context(), env, h)
		},
	}
}

func runDaemon(ctx context.Context, env *Env, h home.Home) error {
	person, err := personOf(h)
	if err != nil {
		return fail(ExitSetup, "", "%w", err)
	}
	err = daemon.Serve(ctx, daemon.Options{
		Home: h, UserHome: person, Build: Build, OrgPolicy: guard.OrganisationDir, OrgConfig: config.Org,
		Wiring: claude.Keeper{Home: h}, Launcher: launcherOf(h),
		Log: slog.New(slog.NewTextHandler(env.Stderr, nil)),
	})
	if errors.Is(err, daemon.ErrRunning) {
		return fail(ExitNoDaemon, "writ daemon status shows it", "%w", err)
	}
	if err != nil {
		return fail(ExitFailed, "", "%w", err)
	}
	return nil
}

// launcherOf is the program that starts sandboxes: the installed copy, else the one beside this program.
func launcherOf(h home.Home) string {
	for _, dir := range []string{h.Bin(), ownDir()} {
		path := filepath.Join(dir, claude.ExecName)
		if fi, err := os.Stat(path); err == nil && fi.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

func ownDir() string {
	self, err := os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Dir(guard.Canonical(self))
}

// personOf is the home folder of the person whom writ's folder belongs to: the folder around ~/.writ, else
// the one that the system knows. The environment is not asked, because an agent may have set it.
func personOf(h home.Home) (string, error) {
	if filepath.Base(string(h)) == ".writ" {
		return filepath.Dir(string(h)), nil
	}
	u, err := user.LookupId(strconv.Itoa(os.Geteuid()))
	if err != nil {
		return "", fmt.Errorf("find the user's home folder: %w", err)
	}
	return u.HomeDir, nil
}

func newDaemonStatus(env *Env) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "status",
		Short:   "Show whether the daemon runs and is well",
		Long:    "Show the daemon's state. Exit code 4 when none runs, 1 when it runs but cannot write its log and so denies everything.",
		Args:    cobra.NoArgs,
		Example: "  writ daemon status\n  writ daemon status --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := env.home()
			if err != nil {
				return err
			}
			s, err := client.Hook(string(h)).Status(cmd.Context())
			if err != nil {
				return daemonError(err)
			}
			if err := printStatus(env.Stdout, s, asJSON); err != nil {
				return err
			}
			if !s.Healthy {
				return silent(ExitFailed)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func printStatus(w io.Writer, s api.Status, asJSON bool) error {
	if asJSON {
		return printJSON(w, s)
	}
	health := "well"
	if !s.Healthy {
		health = "NOT WELL, everything is denied: " + s.Problem
	}
	_, err := fmt.Fprintf(w, "writ daemon %s, process %d, API %d, for %s\nstate     %s\nstarted   %s\nsessions  %d\nwaiting   %d approvals\nrecords   %d\nmemory    %d MB\n",
		s.Build, s.PID, s.Version, s.Home, health, s.Started.Local().Format(time.DateTime), s.Sessions, s.Pending, s.Records, s.RSS>>20)
	return err
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func newDaemonStop(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:     "stop",
		Short:   "End the daemon; it starts again when it is needed",
		Long:    "End the daemon after the answers in flight are given and the log is closed. The next tool call starts it again.",
		Args:    cobra.NoArgs,
		Example: "  writ daemon stop",
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := env.home()
			if err != nil {
				return err
			}
			return stopDaemon(cmd.Context(), h)
		},
	}
}

// stopWait is how long a daemon may take to end.
const stopWait = 15 * time.Second

// stopDaemon asks the daemon to end and waits until it has. One that holds its lock but does not answer is
// sent SIGTERM; one of another version answers this request, too.
func stopDaemon(ctx context.Context, h home.Home) error {
	pid := daemon.Holder(h)
	if pid == 0 {
		return nil
	}
	err := client.Admin(string(h)).Do(ctx, "POST", api.PathStop, nil, nil)
	var refused *api.Error
	if errors.As(err, &refused) {
		return daemonError(err)
	}
	if errors.Is(err, client.ErrUnreachable) {
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
			return fail(ExitNoDaemon, "", "process %d holds %s and does not answer: %w", pid, h.Lock(), err)
		}
	}
	for end := time.Now().Add(stopWait); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if now := daemon.Holder(h); now != pid {
			return nil
		}
	}
	return fail(ExitNoDaemon, fmt.Sprintf("kill %d", pid), "the daemon (process %d) does not end", pid)
}

func newDaemonRestart(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:     "restart",
		Short:   "End the daemon and start this version of it",
		Long:    "End the daemon, of whatever version, and start this one. Open questions to a human are asked again by the next call.",
		Args:    cobra.NoArgs,
		Example: "  writ daemon restart",
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := env.home()
			if err != nil {
				return err
			}
			if err := stopDaemon(cmd.Context(), h); err != nil {
				return err
			}
			_, err = ensureDaemon(cmd.Context(), h)
			return err
		},
	}
}

// ensureDaemon starts the daemon, if none runs, from this very program.
func ensureDaemon(ctx context.Context, h home.Home) (api.Status, error) {
	self, err := os.Executable()
	if err != nil {
		return api.Status{}, fail(ExitSetup, "", "find this program: %w", err)
	}
	s, err := client.EnsureDaemon(ctx, string(h), self)
	if err != nil {
		return s, daemonError(err)
	}
	return s, nil
}

// daemonError gives an error of the client the exit code and the hint that belong to it.
func daemonError(err error) error {
	var refused *api.Error
	switch {
	case errors.As(err, &refused) && (refused.Code == "agent" || refused.Code == "browser" || refused.Code == "peer"):
		return fail(ExitDenied, refused.Hint, "%s", refused.Message)
	case errors.As(err, &refused):
		return fail(ExitFailed, refused.Hint, "%s", refused.Message)
	case errors.Is(err, client.ErrVersion):
		return fail(ExitNoDaemon, "writ daemon restart", "%w", err)
	case errors.Is(err, client.ErrUnreachable):
		return fail(ExitNoDaemon, "it starts by itself with the next tool call; writ daemon run starts it here", "%w", err)
	}
	return fail(ExitNoDaemon, "writ daemon restart", "%w", err)
}

func newDaemonLogs(env *Env) *cobra.Command {
	var follow bool
	c := &cobra.Command{
		Use:     "logs",
		Short:   "Show the daemon's own messages",
		Long:    "Show what the daemon says about itself: starts, ends, failures. The record of decisions is `writ log`.",
		Args:    cobra.NoArgs,
		Example: "  writ daemon logs\n  writ daemon logs --follow",
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := env.home()
			if err != nil {
				return err
			}
			return showLog(cmd.Context(), env.Stdout, h.DaemonLog(), follow)
		},
	}
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on showing what is added, until interrupted")
	return c
}

// showLog copies the file, and what is added to it while following.
func showLog(ctx context.Context, w io.Writer, path string, follow bool) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return fail(ExitNoDaemon, "the daemon has not run yet: it starts with the first tool call", "no log at %s", path)
	}
	if err != nil {
		return fail(ExitFailed, "", "%w", err)
	}
	defer f.Close()
	for {
		if _, err := io.Copy(w, f); err != nil {
			return fail(ExitFailed, "", "show the log: %w", err)
		}
		if !follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(200 * time.Millisecond):
		}
	}
}
