package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"writ/internal/config"
	"writ/internal/egress"
	"writ/internal/guard"
	"writ/internal/level"
	"writ/internal/sandbox"
	"writ/internal/scope"
)

// execFlags are the words of `writ exec`.
type execFlags struct {
	grant, profile, require, netMode, missing string
	write, readOnly, hide, show, sockets, net []string
	limits                                    sandbox.Limits
	print, explain, trace                     bool
}

func newExec(env *Env) *cobra.Command {
	var f execFlags
	c := &cobra.Command{
		Use:   "exec [flags] -- COMMAND [ARG...]",
		Short: "Run a command in a sandbox",
		Long: `Exec runs a command so that the kernel confines it: it can change the files that --write names and a private
/tmp, read everything but credentials, and reach its own loopback and what --net names, through a proxy. Without
--write the scope is that of a session in this project: the project's folder, less what agents, editors, git and
build servers would run later.

Nothing else needs to be installed, and root is not needed. What the host cannot confine is not run: see
writ doctor sandbox and --require-level. --explain says afterwards what was refused, by which rule, and which flag
would allow it; --print-profile shows the scope as JSON, which --profile takes again.

Under writ claude an agent's commands run like this by themselves, each by a grant: --grant ID is good for one run
of the words that it was given for, and no flag beside it widens anything. The command's exit status is passed on;
126 is writ's own refusal, 124 a command that took longer than --wall.`,
		Example: `  writ exec -- npm test
  writ exec --write src --net registry.example:443 -- npm ci
  writ exec --explain -- ./build.sh
  writ exec --write src --print-profile -- true > scope.json && writ exec --profile scope.json -- make`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), env, args) },
	}
	fl := c.Flags()
	fl.SetInterspersed(false)
	fl.StringVar(&f.grant, "grant", "", "run what this grant was given for; other flags are refused beside it")
	fl.StringVar(&f.profile, "profile", "", "read the scope from this JSON file")
	fl.StringArrayVar(&f.write, "write", nil, "a file or folder that may change (repeatable)")
	fl.StringArrayVar(&f.readOnly, "read-only", nil, "a path below --write that stays as it is (repeatable)")
	fl.StringArrayVar(&f.hide, "hide", nil, "a path that reads as empty (repeatable)")
	fl.StringArrayVar(&f.show, "show", nil, "a hidden path that stays readable (repeatable)")
	fl.StringArrayVar(&f.sockets, "socket", nil, "a Unix socket outside that may be connected to (repeatable)")
	fl.StringArrayVar(&f.net, "net", nil, "HOST:PORT or *.HOST:PORT that may be reached (repeatable)")
	fl.StringVar(&f.netMode, "net-mode", "", "proxy (default), none, or host for no wall at all")
	fl.StringVar(&f.missing, "missing", "", "what a --write that does not exist becomes: folder, placeholder, overlay, refuse")
	fl.StringVar(&f.require, "require-level", "landlock", "least confinement: full or landlock")
	fl.IntVar(&f.limits.Processes, "processes", 0, "most processes and threads")
	fl.Int64Var(&f.limits.MemoryMB, "memory-mb", 0, "most memory, where a cgroup is delegated")
	fl.Int64Var(&f.limits.FileMB, "file-mb", 0, "largest file")
	fl.DurationVar(&f.limits.Wall, "wall", 0, "longest time, for example 10m")
	fl.BoolVar(&f.trace, "trace", false, "let debuggers trace what they start")
	fl.BoolVar(&f.print, "print-profile", false, "print the scope as JSON and run nothing")
	fl.BoolVar(&f.explain, "explain", false, "say afterwards what was refused, and which flag would allow it")
	return c
}

func (f *execFlags) run(ctx context.Context, env *Env, args []string) error {
	if f.grant != "" {
		return f.spend(env, args)
	}
	p, err := f.scope(env)
	if err != nil {
		return err
	}
	if f.print {
		return printJSON(env.Stdout, p)
	}
	return f.confined(ctx, env, p, args)
}

// spend becomes the launcher; it takes nothing but the grant.
func (f *execFlags) spend(env *Env, args []string) error {
	h, err := env.home()
	if err != nil {
		return err
	}
	launcher := launcherOf(h)
	if launcher == "" {
		return fail(ExitSetup, "make build", "writ-exec is not installed beside writ")
	}
	words := append([]string{launcher, "--home", string(h), "--grant", f.grant, "--"}, args...)
	return fail(ExitSetup, "", "start %s: %w", launcher, syscall.Exec(launcher, words, os.Environ()))
}

// scope puts the profile together: from a file, or from the project and the flags.
func (f *execFlags) scope(env *Env) (sandbox.Profile, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return sandbox.Profile{}, fail(ExitSetup, "", "%w", err)
	}
	p, err := f.base(env, guard.Canonical(cwd))
	if err != nil {
		return p, err
	}
	for _, list := range []struct {
		to    *[]string
		words []string
	}{{&p.ReadOnly, f.readOnly}, {&p.Hide, f.hide}, {&p.Show, f.show}, {&p.Sockets, f.sockets}} {
		*list.to = append(*list.to, absolute(cwd, list.words)...)
	}
	p.Net.Allow = append(p.Net.Allow, f.net...)
	if f.netMode != "" {
		p.Net.Mode = f.netMode
	}
	if f.missing != "" {
		p.Missing = sandbox.Missing(f.missing)
	}
	p.Trace = p.Trace || f.trace
	f.bound(&p.Limits)
	if p.Require, err = level.Parse(f.require); err != nil {
		return p, fail(ExitUsage, "", "--require-level: %w", err)
	}
	if _, err := egress.ParseRules(p.Net.Allow); err != nil {
		return p, fail(ExitUsage, "write HOST:PORT, for example registry.npmjs.org:443", "--net: %w", err)
	}
	if err := p.Check(); err != nil {
		return p, fail(ExitUsage, "writ exec --help", "%w", err)
	}
	return p, nil
}

// bound takes the limits that flags name.
func (f *execFlags) bound(l *sandbox.Limits) {
	if f.limits.Processes != 0 {
		l.Processes = f.limits.Processes
	}
	if f.limits.MemoryMB != 0 {
		l.MemoryMB = f.limits.MemoryMB
	}
	if f.limits.FileMB != 0 {
		l.FileMB = f.limits.FileMB
	}
	if f.limits.Wall != 0 {
		l.Wall = f.limits.Wall
	}
}

func (f *execFlags) base(env *Env, cwd string) (p sandbox.Profile, err error) {
	if f.profile != "" {
		b, err := os.ReadFile(f.profile)
		if err != nil {
			return p, fail(ExitUsage, "", "--profile: %w", err)
		}
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if err := d.Decode(&p); err != nil {
			return p, fail(ExitUsage, "writ exec --print-profile shows the form", "--profile %s: %w", f.profile, err)
		}
		p.Write = append(p.Write, absolute(cwd, f.write)...)
		return p, nil
	}
	h, err := env.home()
	if err != nil {
		return p, err
	}
	user, err := os.UserHomeDir()
	if err != nil {
		return p, fail(ExitSetup, "set HOME", "%w", err)
	}
	project := guard.ProjectOf(cwd, guard.Canonical(user))
	cfg, err := config.Load(h.Config(), config.Org, project)
	if err != nil {
		return p, fail(ExitSetup, "repair the file", "%w", err)
	}
	o := scope.Of{Project: project, Home: guard.Canonical(user), WritHome: guard.Canonical(string(h)), Env: os.Environ(), Caches: h.Caches(),
		Settings: scope.Settings{Allow: egress.Destinations(cfg.Egress.Allow, cfg.Egress.Presets, project, os.Environ(), user), Missing: sandbox.Missing(cfg.Sandbox.Missing), Limits: sandbox.Limits{Processes: cfg.Sandbox.Processes}}}
	if len(f.write) == 0 && project == "" {
		return p, fail(ExitUsage, "name what may change with --write", "%s is no project, so there is nothing that may change", cwd)
	}
	p = scope.Profile(o)
	if len(f.write) > 0 {
		p.Name, p.Write = "given", absolute(cwd, f.write)
		if project == "" {
			p.Root = cwd
		}
	}
	return p, nil
}

func absolute(cwd string, paths []string) (out []string) {
	for _, p := range paths {
		if !filepath.IsAbs(p) {
			p = filepath.Join(cwd, p)
		}
		out = append(out, filepath.Clean(p))
	}
	return out
}

// confined starts a sandbox for the one command and ends as it ended.
func (f *execFlags) confined(ctx context.Context, env *Env, p sandbox.Profile, args []string) error {
	h, err := env.home()
	if err != nil {
		return err
	}
	launcher := launcherOf(h)
	if launcher == "" {
		return fail(ExitSetup, "make build", "writ-exec is not installed beside writ")
	}
	s, err := strongest(p, launcher)
	if errors.Is(err, sandbox.ErrClaim) {
		return fail(ExitUsage, "writ exec --print-profile shows what would be claimed", "nothing was run: %w", err)
	}
	if err != nil {
		return fail(ExitSetup, "writ doctor sandbox says what this host gives", "nothing was run: %w", err)
	}
	defer s.Close()
	if s.Level < level.Full {
		fmt.Fprintf(env.Stderr, "writ: WARNING: confined by %s only, not by namespaces: writ doctor sandbox says why\n", s.Level)
	}
	out := &outlet{}
	if stop := out.serve(s); stop != nil {
		defer stop()
	}
	dir, err := os.Getwd()
	if err != nil {
		return fail(ExitSetup, "", "%w", err)
	}
	c := sandbox.Command{Argv: args, Env: sandbox.Environ(os.Environ(), &s.Profile, s.Port, s.Tmp), Dir: dir, Wall: p.Limits.Wall}
	var said tail
	exit, err := f.attach(s, c, env, &said)
	if f.explain {
		explain(env.Stderr, &s.Profile, dir, said.String(), out.refused())
	}
	switch {
	case err != nil:
		fmt.Fprintf(env.Stderr, "writ: refused: %v\n", err)
		return silent(126)
	case exit.Why == "time":
		fmt.Fprintf(env.Stderr, "writ: the command took longer than %v and was ended\n", p.Limits.Wall)
		return silent(124)
	case exit.Code != 0:
		return silent(exit.Code)
	}
	return nil
}

// strongest starts the sandbox at the best level that this host gives and the profile accepts.
func strongest(p sandbox.Profile, launcher string) (*sandbox.Sandbox, error) {
	s, err := sandbox.Start(p, sandbox.Options{Launcher: launcher, Level: level.Full})
	if err == nil || p.Require > level.Landlock || errors.Is(err, sandbox.ErrClaim) {
		return s, err
	}
	weaker, werr := sandbox.Start(p, sandbox.Options{Launcher: launcher, Level: level.Landlock})
	if werr != nil {
		return nil, errors.Join(err, werr)
	}
	return weaker, nil
}

// attach runs the command on this program's own streams; to explain, its output passes through here.
func (f *execFlags) attach(s *sandbox.Sandbox, c sandbox.Command, env *Env, said *tail) (sandbox.Exit, error) {
	in, out, errs := streams(env)
	if !f.explain {
		c.Pty = isTerminal(out) && term.IsTerminal(int(in.Fd()))
		return s.Exec(c, in, out, errs)
	}
	or, ow, err := os.Pipe()
	if err != nil {
		return sandbox.Exit{}, err
	}
	er, ew, err := os.Pipe()
	if err != nil {
		return sandbox.Exit{}, err
	}
	var wg sync.WaitGroup
	for _, p := range []struct {
		from *os.File
		to   io.Writer
	}{{or, out}, {er, errs}} {
		wg.Go(func() { io.Copy(io.MultiWriter(p.to, said), p.from) })
	}
	exit, err := s.Exec(c, in, ow, ew)
	ow.Close()
	ew.Close()
	s.Close() // what still holds the pipes ends
	wg.Wait()
	return exit, err
}

// streams are this program's own files, for a command to have.
func streams(env *Env) (in, out, errs *os.File) {
	in, out, errs = os.Stdin, os.Stdout, os.Stderr
	if f, ok := env.Stdin.(*os.File); ok {
		in = f
	}
	if f, ok := env.Stdout.(*os.File); ok {
		out = f
	}
	if f, ok := env.Stderr.(*os.File); ok {
		errs = f
	}
	return in, out, errs
}

// tail keeps the end of what was printed.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const maxTail = 256 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, b...)
	if len(t.b) > maxTail {
		t.b = t.b[len(t.b)-maxTail:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}

// outlet is the egress proxy of one command.
type outlet struct {
	mu   sync.Mutex
	gone []egress.Entry
}

func (o *outlet) serve(s *sandbox.Sandbox) (stop func()) {
	if s.Proxy == nil {
		return nil
	}
	l, err := net.FileListener(s.Proxy)
	s.Proxy.Close()
	if err != nil {
		return nil // nothing leaves
	}
	rules, err := egress.ParseRules(s.Profile.Net.Allow)
	if err != nil {
		l.Close()
		return nil
	}
	p := egress.New(egress.Options{Decide: egress.ByRules(rules, nil), Scan: egress.ExactScanner(scope.Values(s.Profile, os.Environ())), Log: func(e egress.Entry) {
		if !e.Allowed {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.gone = append(o.gone, e)
		}
	}})
	go p.Serve(l)
	return func() { p.Close() }
}

func (o *outlet) refused() []egress.Entry {
	time.Sleep(20 * time.Millisecond) // the last entry is written when its connection has ended
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]egress.Entry(nil), o.gone...)
}

// explain prints what was refused.
func explain(w io.Writer, p *sandbox.Profile, dir, output string, entries []egress.Entry) {
	found := sandbox.Explain(p, dir, output)
	for _, e := range entries {
		found = append(found, sandbox.Refusal{Rule: e.Rule, What: e.Target.String(), Text: e.Reason, Add: "--net " + net.JoinHostPort(e.Target.Host, fmt.Sprint(e.Target.Port))})
	}
	if len(found) == 0 {
		fmt.Fprintln(w, "writ: nothing in what the command printed speaks of a refusal")
		return
	}
	for _, r := range found {
		fmt.Fprintf(w, "writ: refused by %s: %s\n", r.Rule, strings.TrimSuffix(r.Text, "."))
		if r.Add != "" {
			fmt.Fprintf(w, "writ: hint: %s\n", r.Add)
		}
	}
}
