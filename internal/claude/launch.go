package claude

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"writ/internal/durable"
	"writ/internal/home"
)

// Launch is one guarded start of the CLI, worked out by Prepare.
type Launch struct {
	Run  string   // id of the run
	CLI  string   // the program
	Args []string // its arguments, without the program name
	Env  []string
	Call Call

	home      home.Home
	dir       string // files of this launch, removed by Close
	exclusive bool
	room      Room
	person    string            // the person's home folder
	own       string            // the CLI's own folder in it
	around    []string          // folders that the session works in
	absent    []string          // sinks that did not exist at the start
	settings  map[string]string // variables of the person's own settings
	wiring    func(Room) Wiring // what goes in as --settings
}

// From is where a launch comes from.
type From struct {
	Env          []string // the person's environment
	Cwd, Project string
	UserSettings string // the person's settings file
	UserState    string // the CLI's own ~/.claude.json
	Person       string // the person's home folder
	Room         Room
}

// Prepare writes the files of a launch and works out its command line, with notes for the person. Close
// removes the files.
func Prepare(h home.Home, cli string, call Call, from From) (*Launch, []string, error) {
	var notes []string
	run := newRun()
	l := &Launch{
		Run: run, CLI: cli, Call: call, home: h, dir: filepath.Join(h.Run(), "launch-"+run), room: from.Room,
		person: from.Person, own: filepath.Dir(from.UserSettings), around: []string{from.Cwd, from.Project},
	}
	keep, left := Environ(from.Env)
	for _, name := range left {
		notes = append(notes, name+" is not passed on: it runs files or libraries in front of programs")
	}
	l.Env = keep
	own, hooks, skipped, err := UserSettings(from.UserSettings)
	if err != nil {
		return nil, nil, err
	}
	if skipped > 0 {
		notes = append(notes, fmt.Sprintf("%d of your own hooks are no plain commands and do not run under writ (%s)", skipped, from.UserSettings))
	}
	if err := os.MkdirAll(l.layer(), 0o700); err != nil {
		return nil, nil, err
	}
	if err := os.Chmod(filepath.Dir(l.layer()), 0o755); err != nil { // /etc takes this mode
		return nil, nil, err
	}
	sweep(h.Run())
	if err := os.WriteFile(filepath.Join(l.dir, "pid"), []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return nil, nil, err
	}
	for _, path := range hostSandbox(from.UserSettings, filepath.Join(from.Project, ".claude/settings.json"), filepath.Join(from.Project, ".claude/settings.local.json")) {
		notes = append(notes, "the host's own sandbox, switched on in "+path+", is off behind writ's walls: it cannot be built inside them")
	}
	l.settings = own
	l.room.Forward = append(l.loopbackServices(from.UserState), l.room.Forward...)
	slices.Sort(l.room.Forward)
	l.room.Forward = slices.Compact(l.room.Forward)
	var servers []string
	if call.Headless { // interactively the CLI asks the person
		servers = UnapprovedServers(from.Cwd, from.Project, from.UserSettings, from.UserState)
	}
	if len(servers) > 0 {
		notes = append(notes, fmt.Sprintf("MCP servers of .mcp.json that you never approved are not started: %s (approve them in an interactive session)", strings.Join(servers, ", ")))
	}
	pins := Pins(keep, own)
	managed := New(Options{Home: h, Run: run, Managed: true, Walls: true, Env: slices.Concat(pins, l.room.proxyVariables()), Hooks: hooks, Servers: servers}).JSON()
	l.wiring = func(r Room) Wiring {
		return New(Options{Home: h, Run: run, Walls: r.Net, Env: slices.Concat(pins, r.proxyVariables()), Servers: servers})
	}
	if l.exclusive, err = buildLayer(l.layer(), managedDir, managed, l.server(), l.serverName()); err != nil {
		l.Close()
		return nil, nil, err
	}
	if err := l.sshThroughProxy(); err != nil {
		l.Close()
		return nil, nil, err
	}
	if err := l.flags(l.wiring(l.room)); err != nil {
		l.Close()
		return nil, nil, err
	}
	return l, notes, nil
}

// newRun is an id that nobody can guess before the run starts: the gate's server name is made of it, so that
// no file of the project can put another server in its place.
func newRun() string {
	b := make([]byte, 6)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// layer is a folder of its own below l.dir, because its parent is laid over /etc with all that is in it.
func (l *Launch) layer() string      { return filepath.Join(l.dir, "etc", "claude-code") }
func (l *Launch) serverName() string { return "writ_" + l.Run }

// server is the gate as the CLI starts it.
func (l *Launch) server() json.RawMessage {
	raw, err := json.Marshal(map[string]any{
		"type": "stdio", "command": filepath.Join(l.home.Bin(), WritName),
		"args": []string{"gate", "--home", string(l.home), "--run", l.Run},
	})
	if err != nil {
		panic(err) // strings only
	}
	return raw
}

// flags adds writ's own options in front of the user's. The wiring goes in as --settings too: where another
// source of policy takes the place of the managed file, hooks and ask rules still hold.
func (l *Launch) flags(w Wiring) error {
	text, err := settingsText(l.Call.Settings)
	if err != nil {
		return err
	}
	if text, _, err = merge(text, w); err != nil {
		return fmt.Errorf("--settings: %w", err)
	}
	file := filepath.Join(l.dir, "settings.json")
	if err := durable.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	l.Args = []string{"--settings", file}
	if l.Call.Headless {
		l.Args = append(l.Args, "--permission-prompt-tool", "mcp__"+l.serverName()+"__"+GateTool)
		if !l.exclusive {
			config, err := json.Marshal(map[string]any{"mcpServers": map[string]any{l.serverName(): l.server()}})
			if err != nil {
				return err
			}
			l.Args = append(l.Args, "--mcp-config="+string(config))
		}
	}
	l.Args = append(l.Args, l.Call.Args...)
	return nil
}

// settingsText is the user's own --settings: nothing, a JSON object, or a file.
func settingsText(arg string) ([]byte, error) {
	switch {
	case arg == "":
		return []byte("{}\n"), nil
	case arg[0] == '{':
		return []byte(arg), nil
	}
	text, err := os.ReadFile(arg)
	if err != nil {
		return nil, fmt.Errorf("--settings: %w", err)
	}
	return text, nil
}

// Appeared names the files that make programs run later and came into being during the session.
func (l *Launch) Appeared() []string { return appeared(l.absent) }

// Close removes the files of the launch, and what was made for it.
func (l *Launch) Close() error {
	l.removeMade()
	return os.RemoveAll(l.dir)
}
