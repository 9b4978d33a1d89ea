package cli

import (
	"fmt"
	"strconv"
	"strings"

	"writ/internal/claude"
	"writ/internal/config"
	"writ/internal/egress"
	"writ/internal/level"
)

// launch is one writ claude command line.
type launch struct {
	cli        string
	noFallback bool
	net        string // "proxy" or "host"; empty: as configured
	hosts      []string
	rules      egress.Rules // of hosts
	room       claude.Room
	require    level.Level
	args       []string

	project, person string                 // folders, found when it runs
	presets         []string               // ecosystems that are configured; nil: those of the project
	inside          func(host string) bool // hosts whose addresses may be of the inside
}

// configure takes what the configuration files say where the command line says nothing, and adds to what it allows.
func (l *launch) configure(c config.Config) error {
	if l.net == "" {
		l.net = c.Egress.Outer
	}
	least, err := level.Parse(c.Sandbox.Level)
	if c.Sandbox.Level != "" && err != nil {
		return err
	}
	l.require = max(l.require, least)
	for _, entry := range c.Sandbox.Sockets {
		if real, err := claude.CheckSocket(config.Resolve(entry, l.person, l.project)); err == nil { // else it is not there to be reached
			l.room.Sockets = append(l.room.Sockets, real)
		}
	}
	rules, err := egress.ParseRules(c.Egress.Allow)
	if err != nil {
		return err
	}
	l.rules, l.presets, l.inside = l.rules.Join(rules), c.Egress.Presets, c.Egress.Inside
	return nil
}

// launchOption is one of writ's own options; set takes its value.
type launchOption struct {
	name string
	set  func(l *launch, env *Env, value string) error
}

// launchOptions stand in front of the arguments of claude; each takes a value.
var launchOptions = []launchOption{
	{"--cli", func(l *launch, _ *Env, v string) error { l.cli = v; return nil }},
	{"--home", func(_ *launch, env *Env, v string) error { env.homeFlag = v; return nil }},
	{"--net", func(l *launch, _ *Env, v string) error {
		l.net = v
		if v != "proxy" && v != "host" {
			return fmt.Errorf("found %q, want proxy or host", v)
		}
		return nil
	}},
	{"--allow-host", func(l *launch, _ *Env, v string) (err error) {
		l.hosts = append(l.hosts, v)
		l.rules, err = egress.ParseRules(l.hosts)
		return err
	}},
	{"--allow-socket", func(l *launch, _ *Env, v string) error {
		real, err := claude.CheckSocket(v)
		l.room.Sockets = append(l.room.Sockets, real)
		return err
	}},
	{"--forward", func(l *launch, _ *Env, v string) error {
		port, err := strconv.Atoi(v)
		if err != nil || port < 1 || port > 65535 {
			return fmt.Errorf("found %q, want a port of this machine's loopback", v)
		}
		l.room.Forward = append(l.room.Forward, port)
		return nil
	}},
	{"--require-level", func(l *launch, _ *Env, v string) (err error) {
		l.require, err = level.Parse(v)
		return err
	}},
}

// readLaunchFlags takes writ's own options off the front; cobra leaves them alone for the host's sake.
func readLaunchFlags(env *Env, args []string) (l launch, help bool, err error) {
	l.cli = env.Getenv("WRIT_CLAUDE")
	for len(args) > 0 {
		name, value, inline := strings.Cut(args[0], "=")
		if args[0] == "--no-fallback" {
			l.noFallback = true
			args = args[1:]
			continue
		}
		if len(args) == 1 && (name == "--help" || name == "-h") {
			return l, true, nil
		}
		o := launchOptionNamed(name)
		switch {
		case o == nil:
			l.args = args
			return l, false, nil
		case !inline && len(args) == 1:
			return l, false, fail(ExitUsage, "writ claude --help", "%s wants a value", name)
		case !inline:
			value, args = args[1], args[1:]
		}
		if err := o.set(&l, env, value); err != nil {
			return l, false, fail(ExitUsage, "writ claude --help", "%s: %w", name, err)
		}
		args = args[1:]
	}
	return l, false, nil
}

func launchOptionNamed(name string) *launchOption {
	for i := range launchOptions {
		if launchOptions[i].name == name {
			return &launchOptions[i]
		}
	}
	return nil
}
