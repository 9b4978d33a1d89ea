package session

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"writ/internal/event"
)

// MainAgent is the name of a session's main thread.
const MainAgent = "main"

// maxAgents bounds what one session may make the tracker remember.
const maxAgents = 4096

// Identify says who caused the event and remembers what it tells about spawned agents.
func (t *Tracker) Identify(s Seen) event.Principal {
	t.mu.Lock()
	defer t.mu.Unlock()
	st := t.get(s.Session)
	p := st.who(s)
	st.note(s, p)
	return p
}

func (st *state) who(s Seen) event.Principal {
	if s.AgentID == "" {
		return st.mainThread(s)
	}
	if p, ok := st.agents[s.AgentID]; ok {
		return p
	}
	p := st.meet(s)
	if len(st.agents) < maxAgents {
		st.agents[s.AgentID] = p
	}
	return p
}

// mainThread is the session's own thread: plain, started with --agent, or a pane teammate's.
func (st *state) mainThread(s Seen) event.Principal {
	if st.pane == nil {
		st.pane = paneOf(s.Argv)
	}
	p := event.Principal{Agent: MainAgent, Kind: event.Main, Type: s.AgentType}
	switch {
	case st.pane != nil:
		p.Agent, p.ID, p.Kind, p.Parent = st.pane.name, st.pane.id, event.TeammatePane, st.pane.parent
	case s.AgentType != "":
		p.Agent, p.Kind = s.AgentType, event.MainAgent
	}
	p.Role = role(p.Agent, p.Type)
	return p
}

// meet names an agent that calls for the first time.
func (st *state) meet(s Seen) event.Principal {
	p := event.Principal{Agent: s.AgentID, ID: s.AgentID, Type: s.AgentType, Kind: event.Subagent}
	if isTeammate(s.AgentID, s.AgentType) {
		p.Agent, p.Kind, p.Parent = s.AgentType, event.TeammateInProcess, MainAgent
		p.Role = role(p.Agent, "")
		return p
	}
	sp := st.match(s)
	if sp == nil {
		p.Kind, p.Role = event.Unknown, role(s.AgentType, "")
		return p
	}
	sp.bound = s.AgentID
	return child(p, sp)
}

// child fills in what the spawning call tells of an agent.
func child(p event.Principal, sp *spawn) event.Principal {
	p.Parent = sp.parent.Agent
	switch {
	case sp.parent.ID != "" && sp.parent.Kind != event.TeammatePane:
		p.Kind = event.NestedSubagent
	case sp.Background:
		p.Kind = event.BackgroundAgent
	default:
		p.Kind = event.Subagent
	}
	p.Role = role(sp.Name, p.Type)
	return p
}

// match finds the spawning call of a new agent: the oldest open one that wanted its type.
func (st *state) match(s Seen) *spawn {
	for _, sp := range st.spawns {
		if sp.bound == s.AgentID || sp.bound == "" && !sp.Teammate && sp.Type == s.AgentType {
			return sp
		}
	}
	return nil
}

// note learns from the calls that start agents: before, who wants one; after, which one it became.
func (st *state) note(s Seen, by event.Principal) {
	if s.Spawn == nil {
		return
	}
	switch s.Event {
	case "PreToolUse":
		if len(st.spawns) < maxAgents {
			st.spawns = append(st.spawns, &spawn{toolUseID: s.ToolUseID, parent: by, Spawn: *s.Spawn})
		}
	case "PostToolUse":
		st.bind(s)
	case "PostToolUseFailure":
		st.drop(s.ToolUseID)
	}
}

// bind corrects the guess of match: now the host has said which agent the call became.
func (st *state) bind(s Seen) {
	for _, sp := range st.spawns {
		if sp.toolUseID != s.ToolUseID {
			continue
		}
		sp.Teammate = s.Spawn.Teammate
		if s.Spawn.Child == "" || sp.Teammate {
			return
		}
		sp.bound = s.Spawn.Child
		sp.Background = sp.Background || s.Spawn.Background
		if p, ok := st.agents[sp.bound]; ok {
			st.agents[sp.bound] = child(p, sp)
		}
		return
	}
}

// Refused forgets a spawning call that was denied, so that no later agent is taken for its child.
func (t *Tracker) Refused(session, toolUseID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.get(session).drop(toolUseID)
}

func (st *state) drop(toolUseID string) {
	st.spawns = slices.DeleteFunc(st.spawns, func(sp *spawn) bool { return sp.toolUseID == toolUseID })
}

// isTeammate knows the ids of in-process teammates: "a", the teammate's name, "-", 16 hex digits.
func isTeammate(id, name string) bool {
	rest, ok := strings.CutPrefix(id, "a"+name+"-")
	return ok && name != "" && teammateTail.MatchString(rest)
}

var teammateTail = regexp.MustCompile(`^[0-9a-f]{16}$`)

// pane is what the arguments of a pane teammate's own program say.
type pane struct{ id, name, parent string }

// paneOf reads the arguments of the agent program above the hook; nil when it is no teammate.
func paneOf(argv [][]string) *pane {
	for _, args := range argv {
		if !IsAgent(args) {
			continue
		}
		p := pane{id: flagValue(args, "--agent-id"), name: flagValue(args, "--agent-name"), parent: flagValue(args, "--parent-session-id")}
		if p.name == "" {
			p.name, _, _ = strings.Cut(p.id, "@")
		}
		if p.name == "" || p.parent == "" {
			return nil // the nearest agent program is the caller's; those above it are others
		}
		return &p
	}
	return nil
}

// flagValue finds "--name value" or "--name=value".
func flagValue(args []string, name string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, name+"="); ok {
			return v
		}
		if a == name && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// agentPrograms are the names under which coding agents run.
var agentPrograms = []string{"claude", "codex", "gemini", "aider", "opencode", "cursor-agent", "copilot", "amp", "goose", "qwen", "crush"}

// IsAgent tells whether a command line is that of a coding agent: the program itself, or an interpreter
// running it.
func IsAgent(args []string) bool {
	if len(args) == 0 {
		return false
	}
	if slices.Contains(agentPrograms, base(args[0])) {
		return true
	}
	switch base(args[0]) {
	case "node", "bun", "deno", "python", "python3":
		for _, a := range args[1:] {
			if strings.HasPrefix(a, "-") {
				continue
			}
			return slices.Contains(agentPrograms, base(a)) || strings.Contains(a, "claude-code")
		}
	}
	return false
}

func base(path string) string {
	name := strings.ToLower(filepath.Base(path))
	return strings.TrimSuffix(strings.TrimSuffix(name, ".exe"), ".js")
}

// roleName matches a team role at the start of an agent's name or type.
var roleName = regexp.MustCompile(`^(lead|sa|coding-[1-6]|devops-[12]|review-[1-4])(?:$|[^a-zA-Z0-9])`)

// Solo is the role of an agent outside a team.
const Solo = "solo"

func role(names ...string) string {
	for _, n := range names {
		if m := roleName.FindStringSubmatch(n); m != nil {
			return m[1]
		}
	}
	return Solo
}

// root picks the project: the host's word where it is a folder above the current one, the current folder where
// the host says nothing. A word like "/" would make everything the project, and a session that is met elsewhere
// than the host's word, after a cd, would make any folder one: then there is none yet.
func root(given, cwd string) string {
	if !filepath.IsAbs(cwd) {
		return ""
	}
	if !filepath.IsAbs(given) {
		return filepath.Clean(cwd)
	}
	given = filepath.Clean(given)
	if given == "/" || !within(cwd, given) {
		return ""
	}
	return given
}

func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, filepath.Clean(path))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}
