// Package daemon is the one process per user that decides. It wires what the other packages can: sockets,
// sessions, the guard, approvals, snapshots and the log, and answers hooks and people over two Unix sockets.
//
// What it promises: one daemon per home folder; no answer to a tool call before its record is on disk; when
// a record cannot be written, every call is denied from then on and the status says why; a policy or
// configuration that does not load denies with file and line; an approval is given only over the admin
// socket, and never by a process that descends from an agent, as far as the kernel tells.
//
// Shell commands that may run are confined: it gives each a grant for a sandbox that it keeps (package warm). What
// it does not do: hold the host's own tools; who stops a program that never asks is the host's gate.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"writ/internal/approve"
	"writ/internal/audit"
	"writ/internal/guard"
	"writ/internal/home"
	"writ/internal/hook"
	"writ/internal/level"
	"writ/internal/session"
	"writ/internal/unixsock"
)

// Options are what a daemon needs to know. Home, UserHome and Build must be set.
type Options struct {
	Home     home.Home
	UserHome string // the person's home folder, for what counts as theirs
	Build    string
	// OrgPolicy and OrgConfig are the organisation's policy folder and configuration file; empty: none.
	OrgPolicy, OrgConfig string
	// Wiring restores the host's settings after a change; nil: changes are blocked and recorded only.
	Wiring Wiring
	// Launcher is the program that starts sandboxes (bin/writ-exec); empty: nothing is confined.
	Launcher string
	// Level bounds how strongly commands are confined, and skips the probe; nil: the host is probed.
	Level *level.Level
	// Log takes the daemon's own diagnostics; nil: stderr.
	Log *slog.Logger
}

// Wiring knows the settings that hold the guard in place.
type Wiring interface {
	// Restore puts them back after the change that the event reports and tells whether anything had to be.
	Restore(ctx context.Context, p hook.Payload) (changed bool, err error)
}

// drain is how long answers in flight are waited for at the end.
const drain = 5 * time.Second

// Daemon is a running daemon's state.
type Daemon struct {
	opt          Options
	log          *audit.Log
	diag         *slog.Logger
	sessions     *session.Tracker
	queue        *approve.Queue
	projects     *projects
	calls        *calls
	runs         *runs
	agents       *agents
	decided      *decided
	named        *named
	floor        *floor
	opened       opened
	refusedHosts refusedHosts
	started      time.Time
	problem      atomic.Pointer[string]
	life         context.Context // ends when the daemon does
	stop         context.CancelFunc
}

// ErrRunning tells that another daemon serves this home folder.
var ErrRunning = errors.New("another writ daemon serves this home folder")

// Serve runs the daemon until ctx ends or somebody asks it to stop. ErrRunning tells that there is one already.
func Serve(ctx context.Context, opt Options) error {
	signal.Ignore(syscall.SIGHUP, syscall.SIGXFSZ, syscall.SIGPIPE) // a full disk is an error to see, not a death
	if err := opt.Home.Ensure(); err != nil {
		return err
	}
	// Effects name resolved paths; so must what they are compared with.
	opt.Home, opt.UserHome = home.Home(guard.Canonical(string(opt.Home))), guard.Canonical(opt.UserHome)
	lock, err := takeLock(ctx, opt.Home)
	if err != nil {
		return err
	}
	defer lock.Close()
	d, err := open(opt)
	if err != nil {
		return err
	}
	return errors.Join(d.serve(ctx), d.log.Close())
}

func open(opt Options) (*Daemon, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	log, err := audit.Open(opt.Home.Audit(), opt.Home.Keys(), audit.Options{})
	if err != nil {
		return nil, err
	}
	d := &Daemon{
		opt: opt, log: log, diag: opt.Log, started: time.Now(),
		sessions: session.New(time.Now), calls: newCalls(), runs: newRuns(), agents: newAgents(), decided: newDecided(), named: newNamed(),
	}
	d.queue = approve.New(time.Now, d.journal)
	d.projects = newProjects(opt, d.policyChanged)
	d.floor = d.newFloor()
	return d, nil
}

// serve listens on both sockets until the end. The sockets go first, so that a newcomer starts the next
// daemon, which waits for the lock; then the answers in flight are finished.
func (d *Daemon) serve(ctx context.Context) error {
	ctx, d.stop = context.WithCancel(ctx)
	d.life = ctx
	defer d.stop()
	trim()
	h, err := unixsock.Listen(d.opt.Home.HookSock())
	if err != nil {
		return err
	}
	defer h.Close()
	a, err := unixsock.Listen(d.opt.Home.AdminSock())
	if err != nil {
		return err
	}
	defer a.Close()
	x, err := unixsock.Listen(d.opt.Home.ExecSock())
	if err != nil {
		return err
	}
	defer x.Close()
	if err := d.note(audit.Record{Kind: audit.KindDaemon, Summary: "started", Data: map[string]any{"build": d.opt.Build, "pid": os.Getpid(), "level": d.floor.level.String()}}); err != nil {
		d.diag.Error("the log cannot be written: everything is denied", "error", err)
	}
	d.diag.Info("serving", "home", string(d.opt.Home), "pid", os.Getpid(), "build", d.opt.Build)
	hs, as := d.server(ctx, d.hookRoutes()), d.server(ctx, d.adminRoutes())
	failed := make(chan error, 3)
	go func() { failed <- hs.Serve(knownListener{h}) }()
	go func() { failed <- as.Serve(knownListener{a}) }()
	go d.floor.serve(x, failed)
	go d.keepSmall(ctx)
	go d.forgetOld(ctx)
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	return errors.Join(err, d.end(hs, as))
}

// server is anything that can be shut down gently.
type server interface {
	Shutdown(context.Context) error
	Serve(net.Listener) error
}

func (d *Daemon) end(servers ...server) error {
	d.stop() // wakes those who wait for a human
	for _, path := range []string{d.opt.Home.HookSock(), d.opt.Home.AdminSock(), d.opt.Home.ExecSock()} {
		if err := unixsock.Remove(path); err != nil {
			d.diag.Error("remove the socket", "error", err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	for _, s := range servers {
		if err := s.Shutdown(ctx); err != nil {
			d.diag.Error("answers in flight were cut off", "error", err)
		}
	}
	d.floor.close()
	err := d.note(audit.Record{Kind: audit.KindDaemon, Summary: "stopped", Data: map[string]any{"pid": os.Getpid()}})
	d.diag.Info("stopped", "pid", os.Getpid())
	if err != nil {
		return fmt.Errorf("record the end: %w", err)
	}
	return nil
}
