package escape

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/level"
	"writ/internal/sandbox"
)

// effect looks from outside whether a probe got through.
type effect func(w word) bool

// row is one probe. The zero row is an attack that the sandbox stops at every level.
type row struct {
	name     string
	try      func(a *arena) ([]string, effect) // what to run; nil effect: its exit status is the effect
	fair     bool                              // legitimate: has to work at every level
	landlock string                            // why it gets through at level landlock; empty: it does not
	none     string                            // what this host may lack, so that it fails without a sandbox too
	bare     bool                              // without the wall means: the masks alone, none of what keeps them
	fresh    bool                              // gets a sandbox of its own
	settle   bool                              // look at the effect only after a while: something has to be taken away
	wall     time.Duration
	profile  func(a *arena, p *sandbox.Profile)
	before   func(a *arena) // before the sandbox is started
	stdin    func(a *arena) *os.File
	skip     func() string // a reason why this user cannot be attacked so
}

func content(path string) string {
	b, _ := os.ReadFile(path) // what is gone reads as empty
	return string(b)
}

func changed(path string) effect { return func(word) bool { return content(path) != asItWas } }
func there(path string) effect {
	return func(word) bool { _, err := os.Lstat(path); return err == nil }
}
func gone(path string) effect { return func(w word) bool { return !there(path)(w) } }
func said(text string) effect { return func(w word) bool { return strings.Contains(w.out, text) } }
func mode(path string) effect {
	return func(word) bool { fi, err := os.Stat(path); return err == nil && fi.Mode().Perm() == 0o777 }
}

// at is an attack on one file outside.
func at(name string, look func(path string) effect) row {
	return row{name: name, try: func(a *arena) ([]string, effect) { p := a.out(); return []string{name, p}, look(p) }}
}

// word1 is an attack without arguments, judged by its exit status.
func word1(name, none string) row {
	return row{name: name, none: none, try: func(*arena) ([]string, effect) { return []string{name}, nil }}
}

func open(r row, why string) row { r.landlock = why; return r }

const noMetadata = "Landlock has no right for a file's attributes"

// fileRows change what lies outside the scope.
var fileRows = []row{
	{name: "in-scope-write", fair: true, try: func(a *arena) ([]string, effect) {
		p := a.in("new")
		return []string{"create", p}, there(p)
	}},
	{name: "in-scope-replace", fair: true, try: func(a *arena) ([]string, effect) {
		p := a.file("scope/fair/old", asItWas)
		return []string{"replace", p, a.path("scope/fair/tmp")}, changed(p)
	}},
	{name: "in-scope-delete", fair: true, try: func(a *arena) ([]string, effect) {
		p := a.file("scope/fair/unwanted", "")
		return []string{"delete", p}, gone(p)
	}},
	{name: "in-scope-attributes", fair: true, try: func(a *arena) ([]string, effect) {
		p := a.file("scope/fair/mode", "")
		return []string{"chmod", p}, mode(p)
	}},
	at("write", changed), at("append", changed), at("truncate", changed), at("through-proc-root", changed),
	at("through-proc-cwd", changed), at("through-proc-fd", changed), at("delete", gone),
	open(at("chmod", mode), noMetadata),
	open(at("chown", func(p string) effect { t := ctime(p); return func(word) bool { return ctime(p) != t } }), noMetadata),
	open(at("utime", func(p string) effect {
		return func(word) bool { fi, err := os.Stat(p); return err == nil && fi.ModTime().Unix() == 1 }
	}), noMetadata),
	open(at("setxattr", func(p string) effect {
		return func(word) bool { _, err := unix.Getxattr(p, "user.probe", nil); return err == nil }
	}), noMetadata),
	open(at("flags", func(p string) effect { return func(word) bool { return hasNoDump(p) } }), noMetadata),
	free("create"), free("mkdir"), free("symlink"), free("mkfifo"), free("tmpfile"),
	{name: "rmdir", try: func(a *arena) ([]string, effect) {
		p := a.mkdir("outside/rmdir/dir")
		return []string{"rmdir", p}, gone(p)
	}},
	{name: "rename", try: func(a *arena) ([]string, effect) { p := a.out(); return []string{"rename", p, p + "2"}, gone(p) }},
	{name: "rename-into-scope", try: func(a *arena) ([]string, effect) {
		p := a.out()
		return []string{"rename", p, a.in("taken")}, gone(p)
	}},
	{name: "exchange", try: func(a *arena) ([]string, effect) {
		p := a.out()
		return []string{"exchange", p, a.file("scope/exchange/mine", "mine")}, changed(p)
	}},
	{name: "hardlink", try: func(a *arena) ([]string, effect) {
		p := a.out()
		return []string{"hardlink", p, a.in("link")}, changed(p)
	}},
	{name: "hardlink-of-before", fresh: true, before: func(a *arena) {
		p := a.out()
		if err := os.Link(p, a.in("link")); err != nil {
			a.t.Fatal(err)
		}
	}, profile: func(a *arena, p *sandbox.Profile) { p.Write = []string{a.in("link")} },
		try: func(a *arena) ([]string, effect) {
			return []string{"write", a.in("link")}, changed(a.path("outside/hardlink-of-before/file"))
		}},
	{name: "symlink-out", try: func(a *arena) ([]string, effect) {
		p := a.out()
		return []string{"through-symlink", p, a.in("link")}, changed(p)
	}},
	{name: "dot-dot", try: func(a *arena) ([]string, effect) {
		p := a.out()
		return []string{"through-dir-fd", a.path("scope"), "../outside/dot-dot/file"}, changed(p)
	}},
	{name: "inherited-descriptor", fresh: true, try: inheritedTry, before: inheritedOpen},
	{name: "device-node", none: "only root makes device nodes", try: func(a *arena) ([]string, effect) { return []string{"mknod", a.in("null")}, nil }},
}

// free is an attack that makes something outside.
func free(name string) row {
	return row{name: name, try: func(a *arena) ([]string, effect) { p := a.free(); return []string{name, p}, there(p) }}
}

// carveRows attack what is closed within the scope, and what is hidden.
var carveRows = []row{
	carve("carve-out-write", "write", "scope/.git/config"),
	{name: "carve-out-replace", landlock: noDeny, try: func(a *arena) ([]string, effect) {
		p := a.file("scope/.git/config", asItWas)
		return []string{"replace", p, a.in("tmp")}, changed(p)
	}},
	{name: "carve-out-create", landlock: noDeny, try: func(a *arena) ([]string, effect) {
		p := a.path("scope/.git/hooks/post-commit")
		return []string{"create", p}, there(p)
	}},
	{name: "carve-out-parent", landlock: noDeny, try: func(a *arena) ([]string, effect) {
		a.file("scope/.git/config", asItWas)
		return []string{"move-away-and-make", a.path("scope/.git"), a.in("git2"), a.path("scope/.git/config")}, changed(a.path("scope/.git/config"))
	}},
	{name: "carve-out-grandparent", landlock: noDeny, try: func(a *arena) ([]string, effect) {
		p := a.path("scope/readonly/deep/file")
		return []string{"move-away-and-make", a.path("scope/readonly"), a.in("away"), p}, changed(p)
	}},
	{name: "absent-parent", landlock: noDeny, try: func(a *arena) ([]string, effect) {
		p := a.path("scope/absent/name")
		return []string{"move-away-and-make", a.path("scope/absent"), a.in("absent2"), p}, there(p)
	}},
	{name: "placeholder-replace", fresh: true, before: func(a *arena) { a.mkdir("outside/placeholder-replace") },
		profile: func(a *arena, p *sandbox.Profile) {
			p.Missing, p.Root = sandbox.MissingPlaceholder, a.dir
			p.Write = append(p.Write, a.path("outside/placeholder-replace/new"))
		}, try: func(a *arena) ([]string, effect) {
			p := a.path("outside/placeholder-replace/new")
			if a.l == level.Observe {
				a.file("outside/placeholder-replace/new", "")
			}
			return []string{"rename", a.file("scope/placeholder", "other"), p}, func(word) bool { return content(p) == "other" }
		}},
	hidden("secret-read", "read", "secrets/key", said(secret), ""),
	hidden("secret-file-read", "read", "secret.txt", said(secret), ""),
	hidden("secret-proc-root", "read-proc-root", "secrets/key", said(secret), ""),
	hidden("secret-list", "list", "secrets", said("key"), "Landlock grants listing with the folder above"),
	hidden("secret-size", "stat", "secrets/key", said("size 25"), "Landlock does not hide names and sizes"),
	hidden("secret-in-scope", "read", "scope/conf/deep/secret", said(secret), noDeny),
	{name: "mask-moved", landlock: noDeny, try: func(a *arena) ([]string, effect) { // the next sandbox would hide the old name
		a.file("scope/conf/deep/secret", secret)
		return []string{"rename", a.path("scope/conf"), a.in("conf")}, there(a.in("conf"))
	}},
	{name: "stdin-folder", try: func(a *arena) ([]string, effect) { return []string{"stdin-read", "../secrets/key"}, said(secret) },
		stdin: func(a *arena) *os.File { f, _ := os.Open(a.path("outside")); return f }},
	{name: "stdin-folder-chmod", try: func(a *arena) ([]string, effect) {
		return []string{"stdin-chmod", "stdin-folder-chmod/file"}, mode(a.out())
	}, stdin: func(a *arena) *os.File { f, _ := os.Open(a.path("outside")); return f }},
}

const noDeny = "Landlock cannot forbid within what it allows"

func carve(name, how, rel string) row {
	return row{name: name, landlock: noDeny, try: func(a *arena) ([]string, effect) {
		p := a.file(rel, asItWas)
		return []string{how, p}, changed(p)
	}}
}

func hidden(name, how, rel string, look effect, why string) row {
	return row{name: name, landlock: why, try: func(a *arena) ([]string, effect) { return []string{how, a.path(rel)}, look }}
}

func ctime(path string) int64 {
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil {
		return 0
	}
	return st.Ctim.Nano()
}

func hasNoDump(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	flags, err := unix.IoctlGetUint32(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	return err == nil && flags&0x40 != 0
}

// inheritedOpen leaves a descriptor open that is not closed on exec, as a careless parent does.
func inheritedOpen(a *arena) {
	fd, err := unix.Open(a.out(), unix.O_WRONLY, 0)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { unix.Close(fd) })
}

func inheritedTry(a *arena) ([]string, effect) {
	return []string{"inherited"}, changed(a.path("outside/inherited-descriptor/file"))
}

func itoa(n int) string { return strconv.Itoa(n) }
