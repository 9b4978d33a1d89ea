package sandbox

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Seatbelt writes a profile as the text that macOS's sandbox-exec takes. port is that of the egress proxy on the
// machine's loopback, used where the profile's network is "proxy".
//
// This text has never been run: no macOS was at hand. It is held to its form by tests alone, nothing in writ uses it,
// and no level is claimed for it. What it cannot give on macOS, whatever its text: a loopback and processes of the
// sandbox's own, limits of resources (Limits is left to setrlimit), a view that hides names (a hidden file's folder
// still lists it), and checks of certificates by the system (trustd is out of reach, as it fetches for who asks).
func Seatbelt(p Profile, port int) (string, error) {
	if err := p.Check(); err != nil {
		return "", fmt.Errorf("profile %q: %w", p.Name, err)
	}
	if p.Trace {
		return "", fmt.Errorf("profile %q: macOS cannot let a sandbox trace its own processes alone", p.Name)
	}
	if p.Net.Mode == "proxy" && (port < 1 || port > 65535) {
		return "", fmt.Errorf("profile %q: port %d of the egress proxy: want 1 to 65535", p.Name, port)
	}
	for _, list := range [][]string{{p.Root}, p.Write, p.ReadOnly, p.Absent, p.Hide, p.Show, p.Sockets} {
		for _, path := range list {
			if strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				return "", fmt.Errorf("profile %q: path %q: macOS's profiles have no way to write it", p.Name, path)
			}
			if path == "/" {
				return "", fmt.Errorf("%w: / is everything", ErrClaim)
			}
		}
	}
	b := &seatbelt{}
	b.WriteString(seatbeltBase)
	b.files(p)
	b.moves(p)
	b.network(p, port)
	return b.String(), nil
}

// seatbeltBase refuses what is not said, lets programs run, and lets them see and signal each other alone.
const seatbeltBase = `(version 1)
; written by writ; never run on macOS
(deny default)

; processes: only those of this sandbox
(allow process-exec process-fork)
(allow signal process-info* (target same-sandbox))
(allow sysctl-read)
(allow ipc-posix-sem)
(allow pseudo-tty)
(allow mach-lookup
  (global-name "com.apple.bsd.dirhelper")
  (global-name "com.apple.system.logger")
  (global-name "com.apple.system.notification_center")
  (global-name "com.apple.system.opendirectoryd.libinfo")
  (global-name "com.apple.system.opendirectoryd.membership"))

; files: of two rules the later one holds, so folders come before what lies in them
(allow file-read*)
(deny file-write*)
(allow file-ioctl file-read* file-write-data
  (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty") (literal "/dev/ptmx")
  (literal "/dev/random") (literal "/dev/urandom") (regex #"^/dev/ttys[0-9]+$") (subpath "/dev/fd"))
`

type seatbelt struct{ strings.Builder }

func (b *seatbelt) line(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }

// files writes a rule for each path, as plan does for Linux: a later word about the same path holds, and what
// lies deeper holds against what lies around it.
func (b *seatbelt) files(p Profile) {
	type rule struct{ path, text string }
	var rules []rule
	add := func(text string, paths ...string) {
		for _, path := range paths {
			if path != "" {
				rules = append(rules, rule{path, text})
			}
		}
	}
	const closed = "(deny file-write* (subpath %[1]s))"
	add("(allow file-read* (subpath %[1]s))", p.Root)
	add("(allow file-read* file-write* (subpath %[1]s))", p.Write...)
	add(closed, p.ReadOnly...)
	add(closed, p.Absent...)
	add("(deny file-read* file-write* (subpath %[1]s))", p.Hide...)
	add(closed+"\n(allow file-read* (subpath %[1]s))", p.Show...)
	slices.SortStableFunc(rules, func(a, c rule) int { return strings.Compare(sortable(a.path), sortable(c.path)) })
	for _, r := range rules {
		b.line(r.text, quoted(r.path))
	}
}

// moves keeps the folders around closed paths where they are: a rule is about a name, and a folder that is moved
// away takes what it holds to other names.
func (b *seatbelt) moves(p Profile) {
	var held []string
	for _, path := range slices.Concat(p.ReadOnly, p.Absent, p.Hide) {
		for dir := filepath.Dir(path); slices.ContainsFunc(p.Write, func(w string) bool { return below(dir, w) }); dir = filepath.Dir(dir) {
			held = append(held, dir)
		}
	}
	slices.Sort(held)
	if held = slices.Compact(held); len(held) > 0 {
		b.line("\n; folders that cannot be moved away")
	}
	for _, dir := range held {
		b.line("(deny file-write-unlink (literal %s))", quoted(dir))
	}
}

// network lets the proxy's port pass, or everything, and sockets by name.
func (b *seatbelt) network(p Profile, port int) {
	b.line("\n; network: %s", orNone(p.Net.Mode))
	switch p.Net.Mode {
	case "host":
		b.line("(allow network* (local ip) (remote ip))\n(allow system-socket)")
	case "proxy":
		b.line("(allow network-outbound (remote ip %s))", quoted("localhost:"+strconv.Itoa(port)))
	}
	for _, path := range p.Sockets {
		b.line("(allow network-outbound (literal %s))", quoted(path))
	}
}

func orNone(mode string) string {
	if mode == "" {
		return "none"
	}
	return mode
}

// quoted is a string of the profile's language.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
