package config

import "time"

// Sandbox is how shell commands are confined.
type Sandbox struct {
	Level                      string // least level: observe, landlock, full
	Sockets, Show, Hide, Write []string
	Caches, Trace              bool
	Missing                    string
	Processes, MemoryMB        int
	FileMB, OpenFiles          int
	Wall, Warm                 time.Duration
}

// Egress is what sandboxes may reach.
type Egress struct {
	Allow, Private, Presets []string
	Ask                     bool
	Outer                   string
}
