// Package proc reads what the kernel tells about running processes: parents, start time, arguments, a few
// environment variables, namespaces. It serves two questions: which agent does a hook belong to, and is
// whoever asks for an approval a descendant of an agent. A process can die or leave its family between two
// reads (a double fork does), so absence proves nothing; presence does.
package proc

// maxAncestors bounds the walk to the root of the process tree.
const maxAncestors = 64

// Process is one process at the moment of reading.
type Process struct {
	PID, Parent int
	// Start is the start time in clock ticks since boot; with PID it names a process for good.
	Start uint64
	// Name is the kernel's short name (15 bytes), Args the command line.
	Name string
	Args []string
}

// ID names a process for as long as the machine runs, although pids are reused.
type ID struct {
	PID   int
	Start uint64
}

// ID gives the lasting name.
func (p Process) ID() ID { return ID{p.PID, p.Start} }

// Ancestry lists the process and its parents, nearest first. It stops where reading fails, so a short list
// means that little is known.
func Ancestry(pid int) []Process {
	var out []Process
	for pid > 0 && len(out) < maxAncestors {
		p, err := Read(pid)
		if err != nil {
			return out
		}
		out = append(out, p)
		pid = p.Parent
	}
	return out
}
