package audit

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Tally sums up records: what happened to tool calls, who made them, what it took. Feed it with Add in the
// log's order, then call Sum.
type Tally struct {
	Sessions []string  `json:"sessions"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Records  int       `json:"records"`

	// Calls is the number of tool calls decided: the sum of Silent, Asked and Denied.
	Calls  int `json:"calls"`
	Silent int `json:"silent_allows"` // allowed without asking anybody
	Asked  int `json:"asks"`
	Denied int `json:"denies"`
	// Answers says how the asked ones ended: approved, rejected, expired, host (in the host's own dialog), open.
	Answers   map[string]int `json:"answers"`
	Ran       int            `json:"ran"`    // calls that ran to success
	Failed    int            `json:"failed"` // calls that ran and failed
	Incidents int            `json:"incidents"`
	Snapshots int            `json:"snapshots"`

	// Time spent deciding, in microseconds.
	DecidingTotal  int64 `json:"deciding_total_us"`
	DecidingMedian int64 `json:"deciding_median_us"`
	DecidingMax    int64 `json:"deciding_max_us"`

	Rules  []RuleTally  `json:"rules"` // those that asked or denied, the busiest first
	Agents []AgentTally `json:"agents"`

	calls     map[string]*callTally
	approvals map[string]approvalTally
	agents    map[string]*AgentTally
	rules     map[[2]string]*RuleTally
	took      []int64
}

// RuleTally is how often a rule asked or denied, with one call as an example.
type RuleTally struct {
	Effect  string `json:"effect"`
	Rule    string `json:"rule"`
	Calls   int    `json:"calls"`
	Example string `json:"example"`
}

// AgentTally is one agent's part.
type AgentTally struct {
	Agent     string `json:"agent"`
	Kind      string `json:"kind"`
	Role      string `json:"role,omitempty"`
	Calls     int    `json:"calls"`
	Silent    int    `json:"silent_allows"`
	Asked     int    `json:"asks"`
	Denied    int    `json:"denies"`
	Incidents int    `json:"incidents"`
}

// callTally is one asked call: the id of its question and the last word on it.
type callTally struct {
	approval string
	last     string
}

type approvalTally struct{ state, by string }

// NewTally begins an empty tally.
func NewTally() *Tally {
	return &Tally{Answers: map[string]int{}, calls: map[string]*callTally{}, approvals: map[string]approvalTally{},
		agents: map[string]*AgentTally{}, rules: map[[2]string]*RuleTally{}}
}

// Add takes one record into account.
func (t *Tally) Add(r Record) {
	t.Records++
	if t.From.IsZero() {
		t.From = r.Time
	}
	t.To = r.Time
	if r.Session != "" && !slices.Contains(t.Sessions, r.Session) {
		t.Sessions = append(t.Sessions, r.Session)
	}
	switch r.Kind {
	case KindDecision:
		t.decision(r)
	case KindOutcome:
		if ok, _ := r.Data["ok"].(bool); ok {
			t.Ran++
		} else {
			t.Failed++
		}
	case KindApproval:
		state, _ := r.Data["state"].(string)
		by, _ := r.Data["by"].(string)
		t.approvals[r.Approval] = approvalTally{state, by}
	case KindIncident:
		t.Incidents++
		t.agent(r).Incidents++
	case KindSnapshot:
		t.Snapshots++
	}
}

func (t *Tally) agent(r Record) *AgentTally {
	name := r.Agent
	if name == "" {
		name = "unknown"
	}
	a := t.agents[name]
	if a == nil {
		a = &AgentTally{Agent: name, Kind: r.AgentKind, Role: r.Role}
		t.agents[name] = a
	}
	return a
}

// decision counts a call at its first decision; later ones on the same call answer a question.
func (t *Tally) decision(r Record) {
	if r.Tool == "" {
		return
	}
	t.took = append(t.took, r.Took)
	if c := t.calls[r.ToolUseID]; c != nil && r.ToolUseID != "" {
		c.last = r.Effect
		return
	}
	c := &callTally{approval: r.Approval, last: r.Effect}
	id := r.ToolUseID
	if id == "" {
		id = "record " + r.Prev
	}
	t.calls[id] = c
	a := t.agent(r)
	a.Calls, t.Calls = a.Calls+1, t.Calls+1
	approved, _ := r.Data["approved"].(bool)
	switch {
	case r.Effect == "allow" && approved: // the question was put to an earlier call of the same operation
		a.Asked, t.Asked = a.Asked+1, t.Asked+1
	case r.Effect == "allow":
		a.Silent, t.Silent = a.Silent+1, t.Silent+1
		c.last = ""
		return
	case r.Effect == "ask":
		a.Asked, t.Asked = a.Asked+1, t.Asked+1
	default:
		a.Denied, t.Denied = a.Denied+1, t.Denied+1
		c.last = ""
	}
	t.rule(r)
}

func (t *Tally) rule(r Record) {
	key := [2]string{r.Effect, r.Rule}
	if t.rules[key] == nil {
		t.rules[key] = &RuleTally{Effect: r.Effect, Rule: r.Rule, Example: r.Summary}
	}
	t.rules[key].Calls++
}

// Sum completes the sums after the last Add.
func (t *Tally) Sum() *Tally {
	for _, c := range t.calls {
		if c.last != "" {
			t.Answers[t.answer(c)]++
		}
	}
	t.Agents, t.Rules = []AgentTally{}, []RuleTally{}
	for _, name := range slices.Sorted(maps.Keys(t.agents)) {
		t.Agents = append(t.Agents, *t.agents[name])
	}
	for _, r := range t.rules {
		t.Rules = append(t.Rules, *r)
	}
	slices.SortFunc(t.Rules, func(a, b RuleTally) int {
		return cmp.Or(b.Calls-a.Calls, cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Effect, b.Effect))
	})
	slices.Sort(t.took)
	for _, us := range t.took {
		t.DecidingTotal += us
	}
	if n := len(t.took); n > 0 {
		t.DecidingMedian, t.DecidingMax = t.took[n/2], t.took[n-1]
	}
	return t
}

// answer says how an asked call ended.
func (t *Tally) answer(c *callTally) string {
	question := t.approvals[c.approval]
	switch {
	case question.by == "the host's dialog":
		return "host"
	case c.last == "allow" || question.state == "used" || question.state == "approved":
		return "approved"
	case question.state == "rejected" || question.state == "expired":
		return question.state
	case c.last == "deny":
		return "expired"
	}
	return "open"
}
