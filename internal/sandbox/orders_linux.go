package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

// What a place is turned into.
const (
	placeWrite   = "write"   // as it is outside
	placeRead    = "read"    // cannot be changed
	placeHide    = "hide"    // reads as empty
	placeSocket  = "socket"  // may be connected to
	placePrivate = "private" // an empty folder of the sandbox's own
	placeOverlay = "overlay" // a copy-on-write view; changes go to the place's from
)

// place is one thing to do to the view of the file system.
type place struct {
	what, path string
	dir        bool
	from       string
}

// orders are what the init of a sandbox is told: the profile, resolved against this machine.
type orders struct {
	level   level.Level
	places  []place // parents before what lies below
	net     string
	proxied bool // make a listener for the egress proxy
	trace   bool
	limits  Limits
	name    string
	sockets []string // outside, that may be connected to
	claims  []Claim  // for who starts it
}

// kept are things in private folders without which ordinary programs fail; they stay, unchangeable.
var kept = []string{"/run/current-system", "/run/booted-system", "/run/systemd/resolve/stub-resolv.conf", "/run/systemd/resolve/resolv.conf", "/run/NetworkManager/resolv.conf", "/run/resolvconf/resolv.conf"}

// plan resolves a profile against the machine. Links are followed, so that what is decided about a name is
// decided about what it means; made are placeholders that were created on the way.
func plan(p *Profile, l level.Level, views []*overlay) (o orders, made []string, err error) {
	if err := p.Check(); err != nil {
		return o, nil, fmt.Errorf("profile %q: %w", p.Name, err)
	}
	o = orders{level: l, net: p.Net.Mode, proxied: p.Net.Mode == "proxy", trace: p.Trace, limits: p.Limits, name: p.Name, sockets: p.Sockets}
	if o.net == "" {
		o.net = "none"
	}
	b := &planner{seen: map[string]int{}}
	for _, dir := range privates {
		b.add(placePrivate, dir)
	}
	for _, path := range kept {
		b.add(placeRead, path)
	}
	if p.Root != "" {
		b.add(placeRead, p.Root) // visible even where a private folder covers it
	}
	made, err = b.writes(p)
	if err != nil {
		return o, made, err
	}
	for _, v := range views {
		b.set(v.place())
	}
	for _, path := range p.ReadOnly {
		b.add(placeRead, path)
	}
	for _, path := range p.Hide {
		b.add(placeHide, path)
	}
	for _, path := range append(slices.Clone(p.Show), p.Sockets...) {
		b.add(placeRead, path)
	}
	b.pin(p.Absent)
	if l == level.Full { // below, no Unix socket is to be had at all
		for _, path := range foreignSockets(p) {
			b.add(placeHide, path)
		}
	}
	slices.SortStableFunc(b.places, func(a, c place) int { return strings.Compare(sortable(a.path), sortable(c.path)) })
	o.places, o.claims = b.places, b.claims
	return o, made, nil
}

type planner struct {
	places []place
	seen   map[string]int
	claims []Claim
}

// add notes what a path is turned into; a later word about the same path goes before an earlier one, and what
// does not exist needs nothing.
func (b *planner) add(what, path string) bool {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	fi, err := os.Stat(real)
	if err != nil {
		return false
	}
	if what == placePrivate && !fi.IsDir() || real == "/" {
		return false
	}
	b.set(place{what, real, fi.IsDir(), ""})
	return true
}

func (b *planner) set(p place) {
	if i, ok := b.seen[p.path]; ok {
		b.places[i] = p
		return
	}
	b.seen[p.path] = len(b.places)
	b.places = append(b.places, p)
}

// pin makes every folder between one that may change and a place in it a place too. A mount point cannot be renamed:
// else the folder could be moved away, with what is closed or hidden in it, and another be put in its place.
func (b *planner) pin(absent []string) {
	paths := make([]string, 0, len(b.places)+len(absent))
	for _, p := range b.places {
		if p.what == placeRead || p.what == placeHide {
			paths = append(paths, p.path)
		}
	}
	for _, path := range absent {
		if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
			paths = append(paths, filepath.Join(dir, filepath.Base(path)))
		}
	}
	for _, path := range paths {
		b.pinAbove(path)
	}
}

func (b *planner) pinAbove(path string) {
	var between []string
	for dir := filepath.Dir(path); dir != "/"; dir = filepath.Dir(dir) {
		i, ok := b.seen[dir]
		if !ok {
			between = append(between, dir)
			continue
		}
		if b.places[i].what == placeWrite {
			for _, d := range between {
				b.add(placeWrite, d)
			}
		}
		return
	}
}

// writes adds what may change, and makes what does not exist yet as the profile says.
func (b *planner) writes(p *Profile) (made []string, err error) {
	for _, path := range p.Write {
		fi, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			var m string
			wanted := path
			path, m, err = absent(path, p)
			if m != "" {
				made = append(made, m)
			}
			b.claims = append(b.claims, claimOf(wanted, path, m))
			if err == nil {
				fi, err = os.Stat(path)
			}
		}
		if err == nil {
			err = claimable(path, fi)
		}
		if err != nil {
			return made, err
		}
		b.add(placeWrite, path)
	}
	return made, nil
}

// claimOf records what a claim on a file that does not exist was turned into.
func claimOf(wanted, path, made string) Claim {
	if made != "" {
		return Claim{wanted, MissingPlaceholder, filepath.Dir(path)}
	}
	return Claim{wanted, MissingFolder, path}
}

// claimable refuses what would give more than its name says: a file with a second name changes under that name
// too, and "/" is everything.
func claimable(path string, fi os.FileInfo) error {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrClaim, path, err)
	}
	switch {
	case path == "/":
		return fmt.Errorf("%w: / is everything", ErrClaim)
	case fi.Mode().IsRegular() && st.Nlink > 1:
		return fmt.Errorf("%w: %s has %d names (hard links), so that changing it changes files elsewhere: make it a file of its own, for example with cp and mv", ErrClaim, path, st.Nlink)
	case !fi.IsDir() && !fi.Mode().IsRegular():
		return fmt.Errorf("%w: %s is a %s, want a file or folder", ErrClaim, path, fi.Mode().Type())
	}
	return nil
}

// absent turns a claim on a file that does not exist into what the profile allows.
func absent(path string, p *Profile) (claim, made string, err error) {
	switch p.Missing {
	case "", MissingFolder:
		for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
			if dir == "/" || p.Root != "" && !below(dir, p.Root) {
				return "", "", fmt.Errorf("%w: %s does not exist, and no folder around it lies in the scope", ErrClaim, path)
			}
			if fi, err := os.Stat(dir); err == nil && fi.IsDir() {
				return dir, "", nil
			}
		}
	case MissingPlaceholder:
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err != nil {
			return "", "", fmt.Errorf("%w: make a placeholder: %w", ErrClaim, err)
		}
		return path, path, f.Close()
	}
	return "", "", fmt.Errorf("%w: %s does not exist (the scope says %q to that)", ErrClaim, path, p.Missing)
}

// foreignSockets lists the Unix sockets with a path that exist on this machine now, but for those of the
// profile. A read-only mount does not stop connecting to one; a mask does.
func foreignSockets(p *Profile) []string {
	data, err := os.ReadFile("/proc/net/unix")
	if err != nil {
		return nil // no such file: no such sockets
	}
	var out []string
	for line := range strings.SplitSeq(string(data), "\n") {
		i := strings.Index(line, " /")
		if i < 0 {
			continue
		}
		path := filepath.Clean(line[i+1:])
		if !slices.Contains(p.Sockets, path) && !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	return out
}

// encode and decodeOrders carry the orders over the control socket.
func (o orders) encode() frame {
	f := frame{kind: kindOrders, texts: []string{
		o.level.String(), o.net, o.name, strconv.FormatBool(o.proxied), strconv.FormatBool(o.trace),
		strconv.Itoa(o.limits.Processes), strconv.FormatInt(o.limits.FileMB, 10), strconv.Itoa(o.limits.OpenFiles),
	}}
	for _, p := range o.places {
		f.texts = append(f.texts, p.what, p.path, strconv.FormatBool(p.dir), p.from)
	}
	for _, path := range o.sockets {
		f.texts = append(f.texts, placeSocket, path, "false", "")
	}
	return f
}

func decodeOrders(f frame) (o orders, err error) {
	const head = 8
	if f.kind != kindOrders || len(f.texts) < head || (len(f.texts)-head)%4 != 0 {
		return o, errFrame
	}
	t := f.texts
	if o.level, err = level.Parse(t[0]); err != nil {
		return o, err
	}
	o.net, o.name, o.proxied, o.trace = t[1], t[2], t[3] == "true", t[4] == "true"
	if o.limits.Processes, err = strconv.Atoi(t[5]); err != nil {
		return o, err
	}
	if o.limits.FileMB, err = strconv.ParseInt(t[6], 10, 64); err != nil {
		return o, err
	}
	if o.limits.OpenFiles, err = strconv.Atoi(t[7]); err != nil {
		return o, err
	}
	for t = t[head:]; len(t) > 0; t = t[4:] {
		if t[0] == placeSocket {
			o.sockets = append(o.sockets, t[1])
			continue
		}
		o.places = append(o.places, place{t[0], t[1], t[2] == "true", t[3]})
	}
	return o, nil
}
