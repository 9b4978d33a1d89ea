package sandbox

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Refusal is something that the kernel refused, in words.
type Refusal struct {
	// Rule names the wall: outside, read-only, closed, hidden, network, call, limit.
	Rule string `json:"rule"`
	// What is the path or destination, where one was named.
	What string `json:"what,omitempty"`
	Text string `json:"text"`
	// Instead is what to do; Add the option of `writ exec` that would permit it, where there is one.
	Instead string `json:"instead,omitempty"`
	Add     string `json:"add,omitempty"`
}

// String is the sentence for an agent.
func (r Refusal) String() string {
	s := r.Text + "."
	if r.Instead != "" {
		s += " Instead: " + r.Instead + "."
	}
	return s
}

// The words by which programs pass on what the kernel said. They are compiled when first needed: the launcher links
// this file too, and every command would pay for them.
var (
	deniedWords  = lazily(`(?i)permission denied|read-only file system|\bEACCES\b|\bEROFS\b|\bEPERM\b|operation not permitted|device or resource busy|\bEBUSY\b|invalid cross-device link|\bEXDEV\b|text file busy|access denied`)
	networkWords = lazily(`(?i)network is unreachable|could not resolve host|couldn't resolve|temporary failure in name resolution|name or service not known|getaddrinfo|\bENOTFOUND\b|\bEAI_AGAIN\b|\bENETUNREACH\b|no route to host|failed to lookup address|dial (tcp|udp)[^\n]*(lookup|unreachable)`)
	socketWords  = lazily(`(?i)cannot connect to the docker daemon|docker\.sock|dbus|system bus|message bus|ssh-agent|error connecting to agent|authentication agent|gpg-agent|error connecting to /[^\s]*tmux`)
	limitWords   = lazily(`(?i)file too large|\bEFBIG\b|file size limit exceeded|resource temporarily unavailable|too many open files|\bEMFILE\b`)
	remoteWords  = lazily(`(?i)could not read from remote repository|does not appear to be a git repository|authentication failed|could not read (username|password)|permission denied \(publickey|host key verification failed|unable to locate credentials|no credentials|not logged in`)
	missingWords = lazily(`(?i)no such file or directory|\bENOENT\b|cannot find`)
	callWords    = lazily(`(?i)(ptrace|unshare|mount|umount|clone|setns|chroot|bpf|io_uring|keyctl|perf_event|sudo|setuid|su:|namespace)[^\n]*(operation not permitted|permission denied|function not implemented|no new privileges|must be run from a terminal)|no new privileges`)
	pathWords    = lazily(`(?:^|[\s'"‘’“”(:=])(/[^\s'"‘’“”:;,()]+|[\w.@+-]+(?:/[\w.@+-]+)+|\.[\w.-]+|[\w-]+\.[\w.-]+)`)
)

// lazily compiles a pattern once.
func lazily(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// maxRefusals bounds what is said about one command.
const maxRefusals = 4

// Explain reads what a command printed and says which walls of the profile stopped it: what was refused, by which
// rule, and what to do instead. It guesses from words; an empty answer says nothing about whether a wall was met.
func Explain(p *Profile, dir, output string) (out []Refusal) {
	for line := range strings.Lines(output) {
		for _, r := range explainLine(p, dir, line) {
			if len(out) < maxRefusals && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

func explainLine(p *Profile, dir, line string) []Refusal {
	switch {
	case networkWords().MatchString(line):
		return []Refusal{{Rule: "network", Text: "the sandbox has no network of its own but its loopback; what leaves goes through the proxy in HTTP_PROXY and HTTPS_PROXY, by host and port",
			Instead: "use a program that honours those variables, and a host on the egress list", Add: "--net HOST:PORT"}}
	case remoteWords().MatchString(line):
		return []Refusal{{Rule: "credentials", Text: "the person's keys and logins are not in the sandbox, so other machines do not know this command",
			Instead: "run the step that needs them (git push, a cloud's own program) as a command of its own, with nothing else in the line"}}
	case socketWords().MatchString(line):
		return []Refusal{{Rule: "socket", Text: "sockets of programs outside the sandbox (docker, D-Bus, ssh-agent, tmux) are out of its reach",
			Instead: "do without it, or ask the person to run it", Add: "--socket PATH"}}
	case callWords().MatchString(line):
		return []Refusal{{Rule: "call", Text: "mounting, tracing, namespaces and other users' rights do not exist in the sandbox", Instead: "do without it, or ask the person to run it"}}
	case limitWords().MatchString(line):
		return []Refusal{{Rule: "limit", Text: "a resource limit of the sandbox may have been met (" + limits(p.Limits) + ")", Instead: "use less, or ask the person for a larger limit"}}
	case deniedWords().MatchString(line):
		return deniedPaths(p, dir, line)
	case missingWords().MatchString(line): // what is hidden looks as if it were not there
		return slices.DeleteFunc(deniedPaths(p, dir, line), func(r Refusal) bool { return r.Rule != "hidden" })
	}
	return nil
}

func limits(l Limits) string {
	return fmt.Sprintf("processes %d, file size %d MB, open files %d; 0 is no limit", l.Processes, l.FileMB, l.OpenFiles)
}

// deniedPaths explains each path that a line names, if a wall stands around it.
func deniedPaths(p *Profile, dir, line string) (out []Refusal) {
	for _, m := range pathWords().FindAllStringSubmatch(line, -1) {
		path := strings.TrimRight(m[1], ".")
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		if r, ok := p.refuses(filepath.Clean(path)); ok && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// refuses tells which wall keeps a path from changing.
func (p *Profile) refuses(path string) (Refusal, bool) {
	if path == "/" || path == "/dev/null" {
		return Refusal{}, false
	}
	if at := covering(path, p.Hide); at != "" && covering(path, p.Show) == "" && len(covering(path, p.Write)) < len(at) {
		return Refusal{Rule: "hidden", What: path, Text: at + " holds credentials or conversations, and reads as empty in the sandbox", Instead: "let the person's own program use it, or ask the person for what you need to know"}, true
	}
	write := covering(path, p.Write)
	if closed := covering(path, append(slices.Clone(p.ReadOnly), p.Absent...)); closed != "" && len(closed) >= len(write) {
		return Refusal{Rule: "closed", What: path, Text: closed + " is closed to shell commands: agents, editors, git or build servers run or obey it later", Instead: "change it with the Edit or Write tool, so that the person can be asked", Add: "--write " + path}, true
	}
	if write != "" || covering(path, privates) != "" {
		return Refusal{}, false
	}
	return Refusal{Rule: "outside", What: path, Text: path + " is outside of what this command may change (" + p.may() + ")", Instead: "write inside " + p.place() + " or to $TMPDIR", Add: "--write " + path}, true
}

// may lists what may change, shortly.
func (p *Profile) may() string {
	switch len(p.Write) {
	case 0:
		return "nothing but temporary files"
	case 1:
		return p.Write[0]
	}
	return fmt.Sprintf("%s and %d more", p.Write[0], len(p.Write)-1)
}

func (p *Profile) place() string {
	if len(p.Write) > 0 {
		return p.Write[0]
	}
	return "/tmp"
}

// covering is the longest of some paths that path is or lies in.
func covering(path string, in []string) (longest string) {
	for _, dir := range in {
		if below(path, dir) && len(dir) > len(longest) {
			longest = dir
		}
	}
	return longest
}

// below tells whether path is dir or lies in it.
func below(path, dir string) bool {
	return path == dir || dir == "/" || strings.HasPrefix(path, dir+"/")
}

// privates are folders that a sandbox has of its own. /run and /dev/shm hold other programs' sockets and memory.
var privates = []string{"/tmp", "/var/tmp", "/dev/shm", "/run"}
