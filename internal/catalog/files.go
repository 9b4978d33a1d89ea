package catalog

import "writ/internal/effect"

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

// watchesPaths reports what happens to files as it happens.
func watchesPaths(c Call) Outcome {
	p := newSpec("m,monitor r,recursive e,event= q,quiet t,timeout= format= timefmt= exclude= o,outfile= d,daemon excludei= include= fromfile=").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSList, p.args, append([]string{"watch"}, flagIf(p.has("recursive"), "recursive")...)...)
	out.paths(effect.FSWrite, p.values("outfile"), "append")
	return out
}
