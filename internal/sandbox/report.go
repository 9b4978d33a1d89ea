package sandbox

import "writ/internal/level"

// Report is what a host gives, found out by trying.
type Report struct {
	// Level is the strongest level at which a sandbox really stood and ran a program.
	Level level.Level `json:"level"`
	// System is the kernel and its release.
	System string `json:"system"`
	// Findings are the mechanisms, one by one.
	Findings []Finding `json:"findings"`
}

// Finding is one mechanism of the host.
type Finding struct {
	Name string `json:"name"`
	// Have tells whether it is there for this user, here and now.
	Have bool `json:"have"`
	// Detail is what was found.
	Detail string `json:"detail"`
	// Remedy is what to type for more; empty: nothing is missing, or nothing can be typed.
	Remedy string `json:"remedy,omitempty"`
}

// Why says what stands in the way of more; empty at level full.
func (r Report) Why() string {
	if r.Level == level.Full {
		return ""
	}
	for _, f := range r.Findings {
		if f.Name == FindFull {
			return f.Detail
		}
	}
	return "not probed"
}

// Names of findings.
const (
	FindFull          = "full"
	FindLandlockLevel = "landlock-level"
	FindUserNS        = "user-namespaces"
	FindPidNS         = "pid-namespaces"
	FindNetNS         = "network-namespaces"
	FindMounts        = "mounts"
	FindProc          = "proc"
	FindLandlock      = "landlock"
	FindSeccomp       = "seccomp"
	FindMemory        = "memory-limit"
	FindProcesses     = "process-limit"
	FindAround        = "surroundings"
	FindUser          = "user"
)
