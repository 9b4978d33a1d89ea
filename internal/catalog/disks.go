package catalog

import (
	"strings"

	"writ/internal/effect"
)

// mounts is mount: without operands it lists; binds and remounts change what others see.
func mounts(c Call) Outcome {
	p := newSpec("a,all B,bind R,rbind M,move o,options= t,types= r w,rw v n f,fake L= U= l,show-labels make-shared make-private make-slave O= T= i source= target= mkdir?").parse(c.Args[1:])
	var out Outcome
	if p.has("fake") || len(p.args) == 0 && !p.has("all", "source", "target") {
		return out
	}
	options, kind := p.text("options"), p.text("types")
	flags := []string{"mount"}
	bind := p.has("bind", "rbind", "move") || strings.Contains(options, "bind")
	flags = append(flags, flagIf(bind, "bind")...)
	flags = append(flags, flagIf(strings.Contains(options, "remount"), "remount")...)
	flags = append(flags, flagIf(kind == "overlay" || kind == "aufs" || kind == "unionfs", "overlay")...)
	flags = append(flags, flagIf(kind == "nfs" || kind == "nfs4" || kind == "cifs" || kind == "smbfs" || strings.Contains(p.verb(), ":/") || strings.HasPrefix(p.verb(), "//"), "remote")...)
	flags = append(flags, flagIf(kind == "proc" || kind == "sysfs" || kind == "cgroup" || kind == "debugfs" || kind == "securityfs" || kind == "devtmpfs", "kernel")...)
	flags = append(flags, flagIf(kind == "tmpfs" || kind == "ramfs", "tmpfs")...)
	flags = append(flags, flagIf(strings.Contains(options, "suid") && !strings.Contains(options, "nosuid"), "suid")...)
	e := effect.Effect{Kind: effect.SysDisk, Target: lineOf(p.args), Flags: flags}
	if n := len(p.args); n > 0 {
		e.Path = p.args[n-1].Text
	}
	out.Effects = append(out.Effects, e)
	if bind && len(p.args) > 1 {
		out.path(effect.FSRead, p.args[0], "mount")
	}
	return out
}

func umounts(c Call) Outcome {
	p := newSpec("a,all f,force l,lazy r v n t= O= u z d R").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.args {
		out.path(effect.SysDisk, w, append([]string{"umount"}, flagIf(p.has("force", "lazy"), "force")...)...)
	}
	if p.has("all") {
		out.add(effect.SysDisk, "umount -a", "umount", "all")
	}
	return out
}

// formats is mkfs and its kin; a plain file as the target is an image, not a disk.
func formats(c Call) Outcome {
	p := newSpec("t,type= b= c i= I= j J= L,label= m= n N= O= E= U= T= F f q v V s= d= l= M= e= K=").parse(c.Args[1:])
	var out Outcome
	if p.has("n", "V") && strings.HasPrefix(c.Name(), "mke2fs") || len(p.args) == 0 {
		return out
	}
	for _, w := range p.args {
		flags := []string{"format"}
		if !strings.HasPrefix(w.Text, "/dev/") && w.Known {
			flags = append(flags, "image")
		}
		out.path(effect.SysDisk, w, flags...)
	}
	return out
}

func partitions(c Call) Outcome {
	p := newSpec("+ l,list s,script x V v d,dump p,print= i,info= n,new= t,typecode= o,clear z,zap Z,zap-all b,backup= J h a= u= c= M,machine w= m f,fix force no-act N= delete").parse(c.Args[1:])
	var out Outcome
	rest := lineOf(p.args)
	switch {
	case p.has("list", "V", "dump", "info", "no-act"), len(p.args) == 0:
		return out
	case c.Name() == "parted" && (strings.HasSuffix(rest, " print") || strings.HasSuffix(rest, " print free")):
		return out
	case c.Name() == "sgdisk" && p.has("print", "backup") && !p.has("zap", "zap-all", "clear", "new"):
		return out
	}
	out.path(effect.SysDisk, p.args[0], "partition")
	return out
}

// diskTools write to devices below the file system.
func diskTools(c Call) Outcome {
	p := newSpec("n w s f v l a= user-master= security-erase= security-erase-enhanced= security-set-pass= trim-sector-ranges make-bad-sector= write-sector= yes-i-know-what-i-am-doing I i t T getsize64 getss getro report setrw setro flushbufs C= b= c= o= p= e= z= fwdownload= N=").parse(c.Args[1:])
	var out Outcome
	switch c.Name() {
	case "hdparm":
		if !p.has("security-erase", "security-erase-enhanced", "security-set-pass", "write-sector", "make-bad-sector", "trim-sector-ranges", "fwdownload") {
			return out
		}
	case "nvme":
		if v := p.verb(); v != "format" && v != "sanitize" && v != "write" && v != "delete-ns" && v != "write-zeroes" && v != "fw-download" {
			return out
		}
	case "badblocks":
		if !p.has("w") {
			return out
		}
	case "blockdev":
		if !p.has("setrw", "setro") {
			return out
		}
	case "fstrim":
		return out
	}
	if len(p.args) > 0 {
		out.path(effect.SysDisk, p.args[len(p.args)-1], "raw")
	}
	return out
}

// fsTools tune file systems; debugfs reads any file below permissions.
func fsTools(c Call) Outcome {
	p := newSpec("l w R= f= c i s= b= z= x h r e= C= E= F L= m= O= U= j M= p").parse(c.Args[1:])
	var out Outcome
	switch c.Name() {
	case "dumpe2fs", "xfs_info":
		return out
	case "debugfs", "xfs_db":
		out.path(effect.SysDisk, p.arg(0), append([]string{"raw-read"}, flagIf(p.has("w", "x"), "raw")...)...)
		if w, ok := p.value("R"); ok {
			fields := strings.Fields(w.Text)
			if len(fields) > 1 && (fields[0] == "cat" || fields[0] == "dump" || fields[0] == "rdump") {
				out.path(effect.FSRead, known(fields[1]), "raw")
			}
		}
	default:
		if !p.has("l") && len(p.args) > 0 {
			out.path(effect.SysDisk, p.args[0], "tune")
		}
	}
	return out
}

func lvms(c Call) Outcome {
	p := newSpec("f,force y,yes n,name= L,size= l,extents= t,test a= s r D,detail E,examine Q,query S,stop A C,create level= raid-devices= zero-superblock remove= add= fail= scan detail").parse(c.Args[1:])
	var out Outcome
	if p.has("test", "detail", "examine", "query", "scan") || c.Name() == "dmsetup" && !strings.HasPrefix(p.verb(), "remove") && p.verb() != "wipe_table" && p.verb() != "create" {
		return out
	}
	flag := "volume"
	if strings.HasSuffix(c.Name(), "remove") || strings.HasSuffix(c.Name(), "reduce") || p.has("zero-superblock") || strings.HasPrefix(p.verb(), "remove") || p.verb() == "wipe_table" || c.Name() == "pvcreate" {
		flag = "format"
	}
	out.add(effect.SysDisk, c.Name()+" "+lineOf(p.args), flag)
	return out
}

func filesystems(c Call) Outcome {
	p := newSpec("+").parse(c.Args[1:])
	var out Outcome
	verb := p.verb() + " " + p.arg(1).Text
	switch {
	case p.verb() == "destroy", p.verb() == "labelclear", p.verb() == "rollback", verb == "subvolume delete", verb == "filesystem format", p.verb() == "detach" || p.verb() == "remove":
		out.add(effect.SysDisk, c.Name()+" "+lineOf(p.args), "format")
	case p.verb() == "create" || p.verb() == "export" || p.verb() == "import" || p.verb() == "set" || p.verb() == "mount" || p.verb() == "unmount" || verb == "device remove":
		out.add(effect.SysDisk, c.Name()+" "+lineOf(p.args), "volume")
	case p.verb() == "send":
		out.Emits = "secret"
	}
	return out
}
