package config

import (
	"encoding/json"
	"fmt"
	"time"
)

// Key is one setting. Values are held as int64: a count, a duration in nanoseconds, or 0 and 1.
type Key struct {
	Name, Doc string
	Kind      Kind
	Default   int64
	// Min and Max bound the value, both included.
	Min, Max int64
	// Repository tells whether a repository's file may set it (to tighten only).
	Repository bool
	// Longer turns the order of counts around: the larger value is the stricter, 0 (without end) the strictest.
	Longer bool
	set    func(*Config, int64)
}

// Kind is the type of a setting's value in JSON.
type Kind string

// The kinds of value.
const (
	Count    Kind = "integer"
	Duration Kind = "duration" // a string like "90s" or "2m"
	Switch   Kind = "boolean"
)

const day = 24 * time.Hour

// Keys is every setting, in the order documents show them. For counts and durations the smaller value is
// the stricter, for what is kept the larger, for switches true is.
var Keys = []Key{
	{"ask_wait", "How long an unattended call waits for a human's answer before it is denied.",
		Duration, int64(120 * time.Second), 0, int64(10 * time.Minute), true, false,
		func(c *Config, v int64) { c.AskWait = time.Duration(v) }},
	{"rewrite_tag", "Put the agent's identity (WRIT_SESSION, WRIT_AGENT) into the environment of Bash calls under the gate.",
		Switch, 1, 0, 1, false, false,
		func(c *Config, v int64) { c.RewriteTag = v == 1 }},
	{"limits.calls_per_minute", "Tool calls of one agent in a minute; one more is refused.",
		Count, 300, 1, 100_000, true, false,
		func(c *Config, v int64) { c.CallsPerMinute = int(v) }},
	{"limits.spawns_per_minute", "Agents that one agent may start in a minute.",
		Count, 20, 0, 10_000, true, false,
		func(c *Config, v int64) { c.SpawnsPerMinute = int(v) }},
	{"limits.messages_per_minute", "Messages that one agent may send to others in a minute.",
		Count, 60, 0, 10_000, true, false,
		func(c *Config, v int64) { c.MessagesPerMinute = int(v) }},
	{"limits.repeats", "How often the same operation may be refused before the agent is told to stop and the human is told.",
		Count, 3, 1, 100, true, false,
		func(c *Config, v int64) { c.Repeats = int(v) }},
	{"audit_keep_days", "Days that the audit log keeps its records, in whole segments; 0 keeps all. A removal is recorded and verifies.",
		Count, 0, 0, 36_500, false, true,
		func(c *Config, v int64) { c.AuditKeep = time.Duration(v) * day }},
	{"snapshot_keep", "How many of a project's newest snapshots stay, whatever their age; 0 keeps all.",
		Count, 200, 0, 1_000_000, false, true,
		func(c *Config, v int64) { c.SnapshotKeep = int(v) }},
	{"snapshot_keep_days", "Days that a project's other snapshots stay; 0 keeps all.",
		Count, 30, 0, 36_500, false, true,
		func(c *Config, v int64) { c.SnapshotAge = time.Duration(v) * day }},
}

// join gives the value that holds: the user's bounded by the organisation's, then by the repository's.
func (k Key) join(user, org, repository map[string]int64) int64 {
	v, ok := user[k.Name]
	if !ok {
		v = k.Default
	}
	if o, set := org[k.Name]; set {
		if !ok {
			v = o // the organisation's default for its users
		}
		v = k.stricter(v, o)
	}
	if r, ok := repository[k.Name]; ok {
		v = k.stricter(v, r)
	}
	return v
}

func (k Key) stricter(a, b int64) int64 {
	switch {
	case k.Longer && (a == 0 || b == 0):
		return 0
	case k.Longer, k.Kind == Switch:
		return max(a, b)
	}
	return min(a, b)
}

// value reads the JSON of one setting.
func (k Key) value(raw json.RawMessage) (int64, error) {
	v, err := k.number(raw)
	if err != nil {
		return 0, fmt.Errorf("%s: found %.40s, want %s", k.Name, raw, k.wanted())
	}
	if v < k.Min || v > k.Max {
		return 0, fmt.Errorf("%s: %.40s is out of range, want %s", k.Name, raw, k.wanted())
	}
	return v, nil
}

func (k Key) number(raw json.RawMessage) (int64, error) {
	switch k.Kind {
	case Switch:
		var b bool
		err := exact(raw, &b)
		if b {
			return 1, err
		}
		return 0, err
	case Duration:
		var s string
		if err := exact(raw, &s); err != nil {
			return 0, err
		}
		d, err := time.ParseDuration(s)
		return int64(d), err
	}
	var n int64
	err := exact(raw, &n)
	return n, err
}

// exact decodes and refuses null, which encoding/json takes for "leave as it is".
func exact(raw json.RawMessage, out any) error {
	if string(raw) == "null" {
		return fmt.Errorf("null")
	}
	return json.Unmarshal(raw, out)
}

// wanted says what a value must look like.
func (k Key) wanted() string {
	switch k.Kind {
	case Switch:
		return "true or false"
	case Duration:
		return fmt.Sprintf("a duration from %q to %q", time.Duration(k.Min), time.Duration(k.Max))
	}
	return fmt.Sprintf("a whole number from %d to %d", k.Min, k.Max)
}

// text gives a value as JSON shows it.
func (k Key) text(v int64) any {
	switch k.Kind {
	case Switch:
		return v == 1
	case Duration:
		return time.Duration(v).String()
	}
	return v
}
