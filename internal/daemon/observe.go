package daemon

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"writ/internal/audit"
	"writ/internal/level"
	"writ/internal/scope"
)

// At level observe nothing is confined. What remains is to look, after each shell command, whether the places that a
// sandbox would have closed are as they were.

// maxLook bounds how much of one closed folder is looked at.
const maxLook = 500

// look describes each of some places, for comparing: a file by its mode, size and time, a folder with what is in it.
func look(paths []string) map[string]string {
	out := map[string]string{}
	for _, path := range paths {
		out[path] = describe(path)
	}
	return out
}

func describe(path string) string {
	var b strings.Builder
	n := 0
	filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
		if n++; err != nil || n > maxLook {
			return filepath.SkipAll
		}
		if d.IsDir() && (d.Name() == "worktrees" || d.Name() == "logs") {
			return filepath.SkipDir
		}
		if fi, err := d.Info(); err == nil {
			fmt.Fprintf(&b, "%s %v %d %d\n", at, fi.Mode(), fi.Size(), fi.ModTime().UnixNano())
		}
		return nil
	})
	return b.String()
}

// watch notes the closed places before an unconfined shell command.
func (d *Daemon) watch(in incoming, r *ruling) {
	if in.event.Tool != "Bash" || r.level > level.Observe || r.profile != "" {
		return
	}
	r.call.watched = look(scope.Watched(scope.Of{Project: in.event.Project, Home: d.opt.UserHome}))
}

// changedPlaces tells which of them the command changed, and records it. What the session's file tools wrote is no
// surprise.
func (d *Daemon) changedPlaces(c *call) (says []string) {
	if len(c.watched) == 0 {
		return nil
	}
	var names []string
	for path := range c.watched {
		names = append(names, path)
	}
	for path, now := range look(names) {
		if c.watched[path] == now || d.calls.wrote(c.event.Session, path) {
			continue
		}
		r := audit.Of(audit.KindIncident, c.event)
		r.Run, r.Rule, r.Summary = c.run, "changed-unconfined", path+" changed during a command that nothing confines"
		d.incident(r)
		says = append(says, path+" changed during this command; nothing confines commands on this host.")
	}
	return says
}
