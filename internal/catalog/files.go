package catalog

import (
	"path"
	"strconv"
	"strings"

	"writ/internal/effect"
)

// filePrograms make, move, remove and change files.
var filePrograms = map[string]program{
	"rm":  removes(newSpec("f,force i I,interactive? r,R,recursive d,dir v,verbose one-file-system no-preserve-root preserve-root? P x W")),
	"srm": removes(newSpec("f,force r,R,recursive v s m d z i"), "shred"), "wipe": removes(newSpec("f,force r,recursive q Q= c i s"), "shred"),
	"rmdir":     removes(newSpec("p,parents v,verbose ignore-fail-on-non-empty"), "empty-dir"),
	"unlink":    removes(newSpec("")),
	"trash":     removes(newSpec("f,force r,R,recursive v i"), "trash"),
	"trash-put": removes(newSpec("f,force r,R,recursive v i"), "trash"), "rip": removes(newSpec("graveyard= s,seance u,unbury d,decompose"), "trash"),
	"rimraf":  removes(newSpec("g,glob G,no-glob v,verbose i,interactive preserve-root no-preserve-root tmp= max-retries= retry-delay= backoff="), "recursive", "force"),
	"del-cli": removes(newSpec("f,force d,dry-run"), "recursive"),
	"shred":   shred,
	"cp":      copies(cpSpec), "gcp": copies(cpSpec), "install": installs, "ginstall": installs, "ditto": copies(newSpec("V v X c k x z")),
	"copy": nothing,
	"mv":   moves, "gmv": moves, "rename": renames, "prename": renames, "mmv": nothing,
	"ln": links, "link": links, "gln": links,
	"tee":       func(c Call) Outcome { return tees(c) },
	"sponge":    func(c Call) Outcome { return tees(c) },
	"touch":     touches,
	"mkdir":     writesPaths(newSpec("p,parents m,mode= v,verbose Z context?"), "mkdir"),
	"mktemp":    nothing,
	"mkfifo":    writesPaths(newSpec("m,mode= Z"), "fifo"),
	"mknod":     makesNode,
	"truncate":  truncate,
	"fallocate": allocates, "mkfile": allocates,
	"split": splitTool, "csplit": splits,
	"dd": dd, "dcfldd": dd, "dc3dd": dd, "gdd": dd,
	"ddrescue": func(c Call) Outcome { return dd(c) },
	"chmod":    chmods, "gchmod": chmods,
	"chown": chowns, "chgrp": chowns, "gchown": chowns,
	"chattr": chattrs, "lsattr": listsPaths(newSpec("R a d v p")),
	"chflags": chflags,
	"setfacl": setACL, "getfacl": listsPaths(newSpec("R,recursive a,access d,default c,omit-header e,all-effective")),
	"setfattr": changesPaths(newSpec("n,name= v,value= x,remove= h,no-dereference restore="), "attribute"),
	"getfattr": listsPaths(newSpec("n,name= d,dump e,encoding= m,match= R,recursive h")),
	"xattr":    xattrs,
	"sync":     nothing, "fsync": nothing,
	"cd": changesDir, "chdir": changesDir, "pushd": changesDir, "popd": nothing, "dirs": nothing, "z": nothing, "zoxide": nothing,
	"sshfs":       mountsRemote,
	"inotifywait": watchesPaths,
	"fdupes":      fdupes, "rdfind": fdupes, "jdupes": fdupes,
}

var cpSpec = newSpec("a,archive b,backup? d f,force i,interactive H l,link L,dereference n,no-clobber P,no-dereference p preserve? no-preserve= R,r,recursive s,symbolic-link S,suffix= t,target-directory= T,no-target-directory u,update? v,verbose x,one-file-system Z context? reflink? sparse= parents remove-destination strip-trailing-slashes attributes-only copy-contents c X")

// removes deletes its operands. Options that are unknown words may be -rf.
func removes(s *spec, flags ...string) program {
	return func(c Call) Outcome {
		p := s.parse(c.Args[1:])
		var out Outcome
		if p.has("dry-run") {
			return out
		}
		f := with(flags, flagIf(p.has("recursive"), "recursive")...)
		f = append(f, flagIf(p.has("force"), "force")...)
		f = append(f, flagIf(p.has("i", "interactive"), "interactive")...)
		f = append(f, flagIf(p.has("no-preserve-root"), "root")...)
		f = append(f, flagIf(p.has("dir") && !p.has("recursive"), "empty-dir")...)
		if p.unknown && len(p.args) > 1 {
			f = with(f, "recursive", "unknown-options")
		}
		for _, w := range p.args {
			g := append(with(f), emptied(w)...)
			if p.has("recursive") {
				g = append(g, sourceFolder(w)...)
			}
			out.path(effect.FSDelete, w, unique(g)...)
		}
		return out
	}
}

// writesPaths makes or changes its operands.
func writesPaths(s *spec, flags ...string) program {
	return func(c Call) Outcome {
		var out Outcome
		out.paths(effect.FSWrite, s.parse(c.Args[1:]).args, flags...)
		return out
	}
}

// readsPaths shows the content of its operands.
func readsPaths(s *spec, flags ...string) program {
	return func(c Call) Outcome {
		var out Outcome
		out.paths(effect.FSRead, s.parse(c.Args[1:]).args, flags...)
		return out
	}
}

// listsPaths shows names and metadata of its operands.
func listsPaths(s *spec, flags ...string) program {
	return func(c Call) Outcome {
		var out Outcome
		out.paths(effect.FSList, s.parse(c.Args[1:]).args, flags...)
		return out
	}
}

// changesPaths alters the metadata of its operands.
func changesPaths(s *spec, flags ...string) program {
	return func(c Call) Outcome {
		var out Outcome
		out.paths(effect.FSChmod, s.parse(c.Args[1:]).args, flags...)
		return out
	}
}

func shred(c Call) Outcome {
	p := newSpec("f,force n,iterations= random-source= s,size= u remove? v,verbose x,exact z,zero").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.args {
		if strings.HasPrefix(w.Text, "/dev/") {
			out.path(effect.SysDisk, w, "raw")
		}
		out.path(effect.FSDelete, w, "shred", "force")
	}
	return out
}

// sourcesAndTarget splits the operands of cp, mv and install.
func sourcesAndTarget(p parsed) (sources []Word, target Word) {
	if t, ok := p.value("target-directory"); ok {
		return p.args, Word{Text: strings.TrimSuffix(t.Text, "/") + "/", Known: t.Known}
	}
	if len(p.args) < 2 {
		return p.args, Word{Known: true}
	}
	n := len(p.args) - 1
	return p.args[:n], p.args[n]
}

// landings are the files that appear when sources are put at the target.
func landings(sources []Word, target Word) []Word {
	if target.Text == "" && target.Known {
		return nil
	}
	all := []Word{target}
	if strings.HasSuffix(target.Text, "/") || len(sources) > 1 || target.Text == "." || target.Text == ".." {
		all = all[:0]
		for _, s := range sources {
			t := target
			t.Text = strings.TrimSuffix(target.Text, "/") + "/" + path.Base(s.Text)
			t.Glob, t.Known = t.Glob || s.Glob, t.Known && s.Known
			all = append(all, t)
		}
	}
	return all
}

func copies(s *spec) program {
	return func(c Call) Outcome {
		p := s.parse(c.Args[1:])
		sources, target := sourcesAndTarget(p)
		var out Outcome
		if p.has("link", "symbolic-link") {
			for _, name := range landings(sources, target) {
				out.link(name, sources[0])
			}
		}
		out.paths(effect.FSRead, sources, append([]string{"copy"}, flagIf(p.has("recursive", "archive"), "recursive")...)...)
		flags := append([]string{"copy"}, flagIf(!p.has("no-clobber"), "truncate")...)
		out.paths(effect.FSWrite, landings(sources, target), flags...)
		return out
	}
}

func installs(c Call) Outcome {
	p := newSpec("b,backup? c C D d,directory g,group= m,mode= o,owner= p s,strip S,suffix= t,target-directory= T v,verbose Z").parse(c.Args[1:])
	var out Outcome
	if p.has("directory") {
		out.paths(effect.FSWrite, p.args, "mkdir")
		return out
	}
	sources, target := sourcesAndTarget(p)
	out.paths(effect.FSRead, sources, "copy")
	out.paths(effect.FSWrite, landings(sources, target), "copy", "truncate")
	if mode := p.text("mode"); mode != "" {
		out.paths(effect.FSChmod, landings(sources, target), modeFlags(mode)...)
	}
	return out
}

func moves(c Call) Outcome {
	p := newSpec("b,backup? f,force i,interactive n,no-clobber S,suffix= t,target-directory= T,no-target-directory u,update? v,verbose Z strip-trailing-slashes exchange no-copy").parse(c.Args[1:])
	sources, target := sourcesAndTarget(p)
	var out Outcome
	for _, s := range sources {
		out.path(effect.FSDelete, s, "move")
	}
	flags := append([]string{"move"}, flagIf(!p.has("no-clobber"), "truncate")...)
	out.paths(effect.FSWrite, landings(sources, target), flags...)
	return out
}

// renames is rename(1): the Perl one takes code, the util-linux one two words; both then files.
func renames(c Call) Outcome {
	p := newSpec("n,nono,no-act v,verbose f,force s,symlink o,no-overwrite i,interactive e= l,last a,all").parse(c.Args[1:])
	var out Outcome
	if p.has("nono") {
		return out
	}
	if strings.ContainsAny(p.verb(), "/{;") {
		out.code("perl", p.args[0], "rename")
	}
	out.paths(effect.FSWrite, p.after(1), "move")
	return out
}

func links(c Call) Outcome {
	p := newSpec("b,backup? d F f,force i,interactive L,logical n,no-dereference h P,physical r,relative s,symbolic S,suffix= t,target-directory= T,no-target-directory v,verbose").parse(c.Args[1:])
	targets, name := sourcesAndTarget(p)
	if len(p.args) == 1 {
		name = known("./")
	}
	kind := "hard"
	if p.has("symbolic") {
		kind = "symbolic"
	}
	var out Outcome
	flags := append([]string{kind}, flagIf(p.has("force"), "force")...)
	for i, n := range landings(targets, name) {
		if i < len(targets) {
			out.link(n, targets[i], flags...)
		}
	}
	for _, t := range targets {
		if kind == "symbolic" && !strings.HasPrefix(t.Text, "/") && strings.Contains(name.Text, "/") {
			t = under(Word{Text: path.Dir(name.Text), Known: name.Known}, t)
		}
		out.path(effect.FSRead, t, "link", kind)
	}
	return out
}

func tees(c Call) Outcome {
	p := newSpec("a,append i,ignore-interrupts p output-error?").parse(c.Args[1:])
	var out Outcome
	flag := "truncate"
	if p.has("append") {
		flag = "append"
	}
	out.paths(effect.FSWrite, p.args, flag)
	return out
}

func touches(c Call) Outcome {
	p := newSpec("a c,no-create d,date= f h,no-dereference m r,reference= t= time= A=").parse(c.Args[1:])
	var out Outcome
	flags := []string{"touch"}
	if p.has("reference", "t") || p.has("date") && p.text("date") != "now" {
		flags = append(flags, "backdate")
	}
	if p.has("a", "m", "no-create") && len(flags) == 2 {
		out.paths(effect.FSChmod, p.args, "times", "backdate")
		return out
	}
	out.paths(effect.FSWrite, p.args, flags...)
	return out
}

func truncates(c Call) Outcome {
	p := newSpec("c,no-create o,io-blocks r,reference= s,size=").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSWrite, p.args, "truncate")
	if bytesOf(strings.TrimLeft(p.text("size"), "+<>/%")) >= bigFile {
		out.add(effect.SysExhaust, p.text("size"), "disk")
	}
	return out
}

func makesNode(c Call) Outcome {
	p := newSpec("m,mode= Z").parse(c.Args[1:])
	var out Outcome
	out.path(effect.FSWrite, p.arg(0), "node")
	if t := p.arg(1).Text; t == "b" || t == "c" || t == "u" {
		out.path(effect.SysDisk, p.arg(0), "node")
	}
	return out
}

// bigFile is the size from which filling the disk may be meant.
const bigFile = 10 << 30

func allocates(c Call) Outcome {
	p := newSpec("l,length= o,offset= n,keep-size p,punch-hole x,posix c d i z,zero-range v").parse(c.Args[1:])
	var out Outcome
	args := p.args
	size := p.text("length")
	if c.Name() == "mkfile" && len(args) > 0 {
		size, args = args[0].Text, args[1:]
	}
	out.paths(effect.FSWrite, args, "truncate")
	if bytesOf(size) >= bigFile {
		out.add(effect.SysExhaust, size, "disk")
	}
	return out
}

// bytesOf reads 10, 4k, 1M, 50G, 2GiB, 1TB; unknown forms are 0.
func bytesOf(s string) int64 {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	n, err := strconv.ParseInt(s[:digits], 10, 64)
	if err != nil {
		return 0
	}
	unit := strings.ToLower(s[digits:])
	if unit == "" {
		return n
	}
	shift, ok := map[byte]uint{'k': 10, 'm': 20, 'g': 30, 't': 40, 'p': 50, 'e': 60, 'b': 9, 'w': 1, 'c': 0}[unit[0]]
	if !ok || n > 1<<20 && shift > 30 {
		return 0
	}
	return n << shift
}

func splits(c Call) Outcome {
	p := newSpec("a,suffix-length= b,bytes= C,line-bytes= d numeric-suffixes? x,hex-suffixes? e,elide-empty-files filter= l,lines= n,number= t,separator= u,unbuffered verbose f,prefix= k s z additional-suffix=").parse(c.Args[1:])
	var out Outcome
	out.path(effect.FSRead, p.arg(0))
	if w, ok := p.value("filter"); ok {
		out.shell(w, "split --filter")
	} else if len(p.args) > 1 && c.Name() == "split" {
		out.path(effect.FSWrite, p.args[1], "split")
	}
	return out
}

// dd reads if=, writes of=; counts decide whether it may fill the disk.
func dd(c Call) Outcome {
	var out Outcome
	v := map[string]Word{}
	for _, w := range c.Args[1:] {
		if name, value, ok := strings.Cut(w.Text, "="); ok {
			w.Text = value
			v[name] = w
		}
	}
	if len(v) == 0 || c.Name() == "ddrescue" {
		p := newSpec("").parse(c.Args[1:])
		if _, ok := v["of"]; !ok && len(p.args) > 1 {
			v["if"], v["of"] = p.args[0], p.args[1]
		}
	}
	in, reads := v["if"]
	to, writes := v["of"]
	if reads {
		out.path(effect.FSRead, in, flagIf(isDisk(in.Text), "dump")...)
	}
	if writes {
		if isDisk(to.Text) || !to.Known && strings.HasPrefix(to.Text, "/dev/") {
			out.path(effect.SysDisk, to, "raw")
		}
		out.path(effect.FSWrite, to, "truncate", "dd")
	}
	count, hasCount := v["count"]
	bs := bytesOf(v["bs"].Text)
	if bs == 0 {
		bs = 512
	}
	endless := in.Text == "/dev/zero" || in.Text == "/dev/urandom" || in.Text == "/dev/random"
	if writes && endless && to.Text != "/dev/null" && (!hasCount || bytesOf(count.Text)*bs >= bigFile) {
		out.path(effect.SysExhaust, to, "disk")
	}
	return out
}

// isDisk tells whether the path is a raw device that holds data or memory.
func isDisk(p string) bool {
	name, ok := strings.CutPrefix(p, "/dev/")
	if !ok {
		return false
	}
	name = strings.TrimPrefix(name, "r")
	for _, prefix := range []string{"sd", "hd", "vd", "xvd", "nvme", "mmcblk", "disk", "mapper/", "md", "dm-", "loop", "mem", "kmem", "port", "block/", "mtd", "nbd", "sr", "zvol", "fd0"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func changesDir(c Call) Outcome {
	p := newSpec("+ L P e n").parse(c.Args[1:])
	w := known("~")
	if len(p.args) > 0 {
		w = p.args[0]
	}
	if c.Name() == "pushd" && len(p.args) == 0 {
		return Outcome{}
	}
	return Outcome{Cd: &w}
}

func mountsRemote(c Call) Outcome {
	p := newSpec("o= p= F= f s d C").parse(c.Args[1:])
	var out Outcome
	if host, _, ok := scpHost(p.verb()); ok {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetConnect, Host: host, Port: 22, Scheme: "ssh"})
	}
	out.path(effect.SysDisk, p.arg(1), "mount", "remote")
	return out
}

// sourceNames are folders in which people keep their work, by custom.
var sourceNames = nameSet(`src source sources lib libs app apps test tests spec specs doc docs pkg packages internal cmd public scripts config configs migrations data db database
	assets components server client backend frontend api web services modules core models views controllers include templates static resources uploads storage backup backups .github .vscode .config infra terraform charts helm k8s deploy`)

// sourceFolder is the flag for the removal of a folder that holds work rather than what a build made.
func sourceFolder(w Word) []string {
	t := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(w.Text, "./"), "/*"), "/")
	return flagIf(w.Known && strings.Count(t, "/") < 2 && sourceNames[path.Base(t)] && !strings.HasPrefix(t, "/tmp/") && !buildNames[strings.SplitN(t, "/", 2)[0]], "source")
}

// buildNames are folders that builds and tools make, and make again.
var buildNames = nameSet("node_modules dist build out target .next .nuxt .cache coverage tmp .tmp vendor .venv venv __pycache__ .pytest_cache .tox bin obj .gradle .terraform")

// watchesPaths reports what happens to files as it happens.
func watchesPaths(c Call) Outcome {
	p := newSpec("m,monitor r,recursive e,event= q,quiet t,timeout= format= timefmt= exclude= o,outfile= d,daemon excludei= include= fromfile=").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSList, p.args, append([]string{"watch"}, flagIf(p.has("recursive"), "recursive")...)...)
	out.paths(effect.FSWrite, p.values("outfile"), "append")
	return out
}

// sharedFolders are folders in which others keep files too.
var sharedFolders = nameSet("/tmp /var/tmp /dev/shm /private/tmp /run /var/run /home /Users /opt /srv /mnt /media /var /var/lib /var/www")

// emptied is the flag for the removal of a whole shared folder.
func emptied(w Word) []string {
	t := strings.TrimSuffix(strings.TrimSuffix(w.Text, "/*"), "/")
	return flagIf(sharedFolders[t] && w.Known, "shared")
}

func fdupes(c Call) Outcome {
	p := newSpec("d,delete deleteduplicates= r,recurse R N,noprompt").parse(c.Args[1:])
	var out Outcome
	kind := effect.FSList
	if p.has("delete") || p.text("deleteduplicates") == "true" {
		kind = effect.FSDelete
	}
	out.paths(kind, p.args, "recursive")
	return out
}
