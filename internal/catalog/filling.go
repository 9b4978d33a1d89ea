package catalog

import (
	"strconv"
	"strings"

	"writ/internal/effect"
)

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
