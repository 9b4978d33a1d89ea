package config

import (
	"slices"
	"time"
)

const day = 24 * time.Hour

// Keys is every setting, in the order documents show them.
var Keys = slices.Concat(general, sandboxKeys, egressKeys)

var general = []Key{
	{Name: "ask_wait", Doc: "How long an unattended call waits for a human's answer before it is denied.",
		Kind: Duration, Default: int64(120 * time.Second), Max: int64(10 * time.Minute), Repository: true,
		set: func(c *Config, v value) { c.AskWait = time.Duration(v.n) }},
	{Name: "rewrite_tag", Doc: "Put the agent's identity (WRIT_SESSION, WRIT_AGENT) into the environment of Bash calls under the gate.",
		Kind: Switch, Order: More, Default: 1, Max: 1,
		set: func(c *Config, v value) { c.RewriteTag = v.n == 1 }},
	{Name: "limits.calls_per_minute", Doc: "Tool calls of one agent in a minute; one more is refused.",
		Kind: Count, Default: 300, Min: 1, Max: 100_000, Repository: true,
		set: func(c *Config, v value) { c.CallsPerMinute = int(v.n) }},
	{Name: "limits.spawns_per_minute", Doc: "Agents that one agent may start in a minute.",
		Kind: Count, Default: 20, Max: 10_000, Repository: true,
		set: func(c *Config, v value) { c.SpawnsPerMinute = int(v.n) }},
	{Name: "limits.messages_per_minute", Doc: "Messages that one agent may send to others in a minute.",
		Kind: Count, Default: 60, Max: 10_000, Repository: true,
		set: func(c *Config, v value) { c.MessagesPerMinute = int(v.n) }},
	{Name: "limits.repeats", Doc: "How often the same operation may be refused before the agent is told to stop and the human is told.",
		Kind: Count, Default: 3, Min: 1, Max: 100, Repository: true,
		set: func(c *Config, v value) { c.Repeats = int(v.n) }},
	{Name: "audit_keep_days", Doc: "Days that the audit log keeps its records, in whole segments; 0 keeps all. A removal is recorded and verifies.",
		Kind: Count, Order: MoreOrZero, Max: 36_500,
		set: func(c *Config, v value) { c.AuditKeep = time.Duration(v.n) * day }},
	{Name: "snapshot_keep", Doc: "How many of a project's newest snapshots stay, whatever their age; 0 keeps all.",
		Kind: Count, Order: MoreOrZero, Default: 200, Max: 1_000_000,
		set: func(c *Config, v value) { c.SnapshotKeep = int(v.n) }},
	{Name: "snapshot_keep_days", Doc: "Days that a project's other snapshots stay; 0 keeps all.",
		Kind: Count, Order: MoreOrZero, Default: 30, Max: 36_500,
		set: func(c *Config, v value) { c.SnapshotAge = time.Duration(v.n) * day }},
}
