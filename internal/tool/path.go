package tool

import (
	"io/fs"
	"path/filepath"
	"strings"

	"writ/internal/command"
	"writ/internal/effect"
	"writ/internal/zone"
)

// file makes an effect on a path as a tool's input gives it.
func (c *call) file(kind effect.Kind, path string, flags ...string) effect.Effect {
	full := resolve(c.env, path)
	return effect.Effect{Kind: kind, Path: full, Zones: c.zones(full, path), Flags: flags, Words: []string{path}}
}

// zones joins the labels of the resolved path with the protecting ones of the path as written, so that a
// link neither hides what it points to nor what it is called.
func (c *call) zones(full, written string) []string {
	env := zone.Env{Project: c.env.Project, Home: c.env.Home, WritHome: c.env.WritHome}
	out := zone.Classify(full, env)
	plain := absolute(c.env, written)
	if plain == full {
		return out
	}
	for _, z := range zone.Classify(plain, env) {
		if zone.Protects(z) && !contains(out, z) {
			out = append(out, z)
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// absolute makes a path absolute and clean, without looking at the disk.
func absolute(env command.Env, path string) string {
	switch {
	case path == "~":
		path = env.Home
	case strings.HasPrefix(path, "~/"):
		path = filepath.Join(env.Home, path[2:])
	case !filepath.IsAbs(path):
		path = filepath.Join(env.Cwd, path)
	}
	return filepath.Clean(path)
}

const maxLinks = 40 // as the kernel

// resolve follows symbolic links in every part of a path, the last one included, as open(2) would. The
// part that does not exist stays as it is. A loop ends where it was noticed; the kernel would refuse it.
func resolve(env command.Env, path string) string {
	path = absolute(env, path)
	if env.Disk == nil {
		return path
	}
	done, rest, links := "/", strings.Split(strings.Trim(path, "/"), "/"), 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			done = filepath.Dir(done)
			continue
		}
		next := filepath.Join(done, part)
		info, err := env.Disk.Lstat(next)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			done = next
			continue
		}
		to, err := env.Disk.Readlink(next)
		if links++; err != nil || links > maxLinks {
			return filepath.Join(append([]string{next}, rest...)...)
		}
		if filepath.IsAbs(to) {
			done = "/"
		}
		rest = append(strings.Split(to, "/"), rest...)
	}
	return done
}
