package command

import (
	"io/fs"
	"path"
	"strings"

	"writ/internal/effect"
	"writ/internal/zone"
)

// maxLinks bounds the symbolic links followed in one path, as the kernel does.
const maxLinks = 40

func cleanPath(p string) string {
	if p == "" {
		return ""
	}
	return path.Clean(p)
}

func (r *reader) classify(p string) []string {
	return zone.Classify(p, zone.Env{Project: r.env.Project, Home: r.env.Home, WritHome: r.env.WritHome})
}

// absolute makes a path absolute without following links and without touching "..", which only the tree
// can resolve. It gives "" when the folder is not known.
func (r *reader) absolute(sh *scope, p string) string {
	p = strings.TrimPrefix(p, "file://")
	if p == "~" || strings.HasPrefix(p, "~/") {
		// programs and quoted text know the tilde too
		if h := r.home(sh); h != "" {
			p = h + p[1:]
		}
	}
	if strings.HasPrefix(p, "/") || drive(p) {
		return p
	}
	if sh.cwd == "" {
		return ""
	}
	return strings.TrimSuffix(sh.cwd, "/") + "/" + p
}

// drive tells absolute paths of Windows: C:\x, D:/y.
func drive(p string) bool {
	return len(p) > 2 && p[1] == ':' && (p[2] == '\\' || p[2] == '/') && (p[0]|0x20) >= 'a' && (p[0]|0x20) <= 'z'
}

// resolve follows an absolute path as the kernel would: link by link, ".." after the links. With last
// false the final name is not followed. Without a tree it only cleans the path.
func (r *reader) resolve(abs string, last bool) string {
	abs = r.unproc(abs)
	if drive(abs) {
		return abs
	}
	if r.env.Disk == nil || descriptor(abs) {
		return path.Clean(abs)
	}
	todo := strings.Split(abs, "/")
	done, links := "", 0
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		switch name {
		case "", ".":
			continue
		case "..":
			done = path.Dir("/" + strings.TrimPrefix(done, "/"))
			if done == "/" {
				done = ""
			}
			continue
		}
		next := done + "/" + name
		final := !hasName(todo)
		st := r.stat(next)
		if !st.ok && !r.linked {
			// nothing below a missing name exists either
			return path.Clean(next + "/" + strings.Join(todo, "/"))
		}
		if st.mode&fs.ModeSymlink == 0 || final && !last {
			done = next
			continue
		}
		if links++; links > maxLinks {
			return path.Clean(next + "/" + strings.Join(todo, "/"))
		}
		target := strings.Split(st.link, "/")
		if strings.HasPrefix(st.link, "/") {
			done = ""
			if un := r.unproc(st.link); un != st.link {
				target = strings.Split(un, "/")
			}
		}
		todo = append(append(make([]string, 0, len(target)+len(todo)), target...), todo...)
	}
	if done == "" {
		return "/"
	}
	return done
}

// descriptor tells of the names of a process's own open files: the links behind them are those of whoever
// looks, so following them would answer for writ and not for the command.
func descriptor(abs string) bool {
	for _, dir := range [...]string{"/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/"} {
		if strings.HasPrefix(abs, dir) {
			return true
		}
	}
	return abs == "/dev/stdin" || abs == "/dev/stdout" || abs == "/dev/stderr"
}

func hasName(parts []string) bool {
	for _, p := range parts {
		if p != "" && p != "." {
			return true
		}
	}
	return false
}

// link makes later paths of the same line go through a link that an earlier part of it makes. A hard link is
// followed like a symbolic one: both names are the same file.
func (r *reader) link(sh *scope, e effect.Effect) {
	if e.Target == "" || e.Path == "" || sh.remote {
		return
	}
	target := e.Target
	if !e.Has("symbolic") {
		target = r.absolute(sh, target)
	} else if strings.HasPrefix(target, "~/") {
		target = r.absolute(sh, target) // the shell has expanded it
	}
	if r.stats == nil {
		r.stats = make(map[string]stat, 16)
	}
	r.stats[e.Path], r.linked = stat{mode: fs.ModeSymlink, link: target, ok: true}, true
}

// stat asks the disk once for each path.
func (r *reader) stat(p string) stat {
	if st, ok := r.stats[p]; ok {
		return st
	}
	if r.stats == nil {
		r.stats = make(map[string]stat, 16)
	}
	var st stat
	if info, err := r.env.Disk.Lstat(p); err == nil {
		st = stat{mode: info.Mode(), ok: true}
		if st.mode&fs.ModeSymlink != 0 {
			st.link, err = r.env.Disk.Readlink(p)
			st.ok = err == nil
		}
	}
	r.stats[p] = st
	return st
}

// unproc resolves the names by which /proc gives the root and the current folder of this or any process of
// the same user: they must not depend on which process looks.
func (r *reader) unproc(p string) string {
	for i := 0; i < 4; i++ {
		rest, ok := strings.CutPrefix(squeeze(p), "/proc/")
		if !ok {
			return p
		}
		who, rest, _ := strings.Cut(rest, "/")
		if who != "self" && who != "thread-self" && strings.Trim(who, "0123456789") != "" {
			return p
		}
		name, rest, _ := strings.Cut(rest, "/")
		if name == "task" {
			_, rest, _ = strings.Cut(rest, "/")
			name, rest, _ = strings.Cut(rest, "/")
		}
		switch name {
		case "root":
			p = "/" + rest
		case "cwd":
			if r.env.Cwd == "" || who != "self" && who != "thread-self" {
				return p
			}
			p = strings.TrimSuffix(r.env.Cwd, "/") + "/" + rest
		default:
			return p
		}
	}
	return p
}

// squeeze removes doubled slashes and "." names, which the kernel ignores.
func squeeze(p string) string {
	for strings.Contains(p, "//") {
		p = strings.ReplaceAll(p, "//", "/")
	}
	for strings.Contains(p, "/./") {
		p = strings.ReplaceAll(p, "/./", "/")
	}
	return p
}

// throughProcess tells paths that reach the root or folder of another process: of a container's host, say.
func throughProcess(p string) bool {
	rest, ok := strings.CutPrefix(squeeze(p), "/proc/")
	if !ok {
		return false
	}
	who, rest, _ := strings.Cut(rest, "/")
	name, _, _ := strings.Cut(rest, "/")
	return (name == "root" || name == "cwd") && who != "self" && who != "thread-self"
}
