package catalog

import (
	"strings"

	"writ/internal/effect"
)

// archivePrograms pack, unpack and compress.
var archivePrograms = merge([]map[string]program{
	same("tar gtar bsdtar star", tars), same("cpio pax", cpios), same("ar gar", ars), same("jar", jars),
	same("zip zipcloak", zips), same("unzip funzip", unzips), same("7z 7za 7zr 7zz p7zip", sevenZips), same("rar unrar", rars), same("unar lsar zipinfo zipgrep unp dtrx atool aunpack", readsPaths(newSpec("o= output-directory= d f q"))),
	same("gzip bzip2 xz zstd lz4 lzma compress brotli pigz pbzip2 pixz lzop zopfli", compress(false)), same("gunzip bunzip2 unxz unzstd unlz4 unlzma uncompress", compress(true)),
	same("dump xfsdump restore", readsPaths(newSpec("f= L= M= 0 1 u"), "dump")), same("afio shar", readsPaths(newSpec("o i"), "archive")),
})

var tarSpec = newSpec(`A,catenate,concatenate c,create d,diff,compare delete r,append t,list u,update x,extract,get f,file= C,directory= T,files-from= X,exclude-from= exclude= I,use-compress-program= F,info-script,new-volume-script= to-command= checkpoint? checkpoint-action= rsh-command= rmt-command= O,to-stdout
	P,absolute-names remove-files K,starting-file= N,newer= b,blocking-factor= H,format= g,listed-incremental= transform,xform= strip-components,strip= owner= group= mode= mtime= index-file= suffix= backup? L,tape-length= V,label= z,gzip j,bzip2 J,xz zstd lzma Z,compress a,auto-compress v,verbose p,preserve-permissions k,keep-old-files overwrite unlink-first U w m o h,dereference S n warning= sort= pax-option= newer-mtime= after-date= one-file-system totals W,verify no-same-owner no-same-permissions same-owner wildcards anchored force-local i l`)

// tars is tar; its first word may be a cluster without a dash.
func tars(c Call) Outcome {
	args := c.Args[1:]
	if len(args) > 0 && args[0].Known && args[0].Text != "" && args[0].Text[0] != '-' {
		args = oldTar(args)
	}
	p := tarSpec.parse(args)
	var out Outcome
	tarPrograms(&out, p)
	dir := known("")
	for _, d := range p.values("directory") {
		dir = under(dir, d)
	}
	file, _ := p.value("file")
	stdout := file.Text == "-" || file.Text == "" || file.Text == "/dev/stdout"
	if host, path, ok := scpHost(file.Text); ok && !p.has("force-local") {
		tarRemote(&out, p, host, path)
		stdout = false
		file = known("")
	}
	switch {
	case p.has("create", "append", "update"):
		if !stdout {
			out.path(effect.FSWrite, file, "truncate", "archive")
		}
		for _, w := range p.args {
			out.path(effect.FSRead, under(dir, w), "archive", "recursive")
		}
		out.paths(effect.FSRead, p.values("files-from"))
		if p.has("remove-files") {
			for _, w := range p.args {
				out.path(effect.FSDelete, under(dir, w), "recursive")
			}
		}
		if stdout {
			out.Emits = "source"
		}
	case p.has("extract"):
		out.path(effect.FSRead, file)
		if p.has("to-stdout") {
			return out
		}
		flags := append([]string{"extract"}, flagIf(p.has("absolute-names"), "absolute")...)
		if dir.Text == "" {
			dir = known(".")
		}
		out.path(effect.FSWrite, dir, flags...)
		if c.Stdin != nil && c.Stdin.From == "network" {
			out.Effects[len(out.Effects)-1].Flags = with(flags, "download")
		}
	case p.has("delete"):
		out.path(effect.FSWrite, file, "inplace")
	default:
		out.path(effect.FSRead, file)
	}
	return out
}

func tarRemote(out *Outcome, p parsed, host, path string) {
	if p.has("create", "append", "update") {
		for _, w := range p.args {
			out.Effects = append(out.Effects, effect.Effect{Kind: effect.NetUpload, Host: host, Path: w.Text, Scheme: "rsh", Flags: []string{"file"}})
		}
		return
	}
	out.Effects = append(out.Effects, connect(host, 0, "rsh", "download"))
}

// oldTar writes tar xzf FILE as tar -x -z -f FILE: values follow in the order of their letters.
func oldTar(args []Word) []Word {
	letters, rest := args[0].Text, args[1:]
	var out []Word
	for i := 0; i < len(letters); i++ {
		out = append(out, known("-"+letters[i:i+1]))
		if d := tarSpec.names[letters[i:i+1]]; d.value && len(rest) > 0 {
			out = append(out, rest[0])
			rest = rest[1:]
		}
	}
	return append(out, rest...)
}

// tarPrograms are the ways in which tar runs something.
func tarPrograms(out *Outcome, p parsed) {
	for _, w := range p.values("checkpoint-action") {
		if cmd, ok := strings.CutPrefix(w.Text, "exec="); ok {
			out.add(effect.Exec, "tar --checkpoint-action", "escape")
			out.shell(Word{Text: cmd, Known: w.Known}, "tar --checkpoint-action")
		}
	}
	for _, w := range p.values("to-command", "info-script", "rsh-command", "rmt-command") {
		out.add(effect.Exec, "tar --to-command", "escape")
		out.shell(w, "tar --to-command")
	}
	if w, ok := p.value("use-compress-program"); ok && !compressors[BaseName(firstOfText(w.Text))] {
		out.add(effect.Exec, "tar -I", "escape")
		out.shell(w, "tar -I")
	}
}

func cpios(c Call) Outcome {
	p := newSpec("i,extract o,create p,pass-through d F,file= I= O= H,format= R,owner= E,pattern-file= D,directory= rsh-command= to-stdout u t,list v m r w f= s= x= b= absolute-filenames no-absolute-filenames").parse(c.Args[1:])
	var out Outcome
	if w, ok := p.value("rsh-command"); ok {
		out.shell(w, "cpio --rsh-command")
	}
	switch {
	case p.has("create"):
		out.paths(effect.FSWrite, append(p.values("file"), p.values("O")...), "archive")
	case p.has("list"):
	case p.has("extract"):
		out.paths(effect.FSRead, append(p.values("file"), p.values("I")...))
		out.path(effect.FSWrite, known(orText(p.text("directory"), ".")), append([]string{"extract"}, flagIf(p.has("absolute-filenames"), "absolute")...)...)
	case p.has("pass-through"):
		out.path(effect.FSWrite, p.arg(0), "copy")
	}
	return out
}

func ars(c Call) Outcome {
	var out Outcome
	args := c.Args[1:]
	if len(args) < 2 {
		return out
	}
	mode := strings.TrimPrefix(args[0].Text, "-")
	switch {
	case strings.ContainsAny(mode, "rqdms"):
		out.path(effect.FSWrite, args[1], "archive")
		out.paths(effect.FSRead, args[2:])
	case strings.Contains(mode, "x"):
		out.path(effect.FSRead, args[1])
		out.path(effect.FSWrite, known("."), "extract")
	default:
		out.path(effect.FSRead, args[1])
	}
	return out
}

func jars(c Call) Outcome {
	p := newSpec("c,create x,extract t,list u,update f,file= m= e= C= d=").parse(oldTarLike(c.Args[1:]))
	var out Outcome
	file, _ := p.value("file")
	switch {
	case p.has("create", "update"):
		out.path(effect.FSWrite, file, "archive")
		out.paths(effect.FSRead, p.args, "archive")
	case p.has("extract"):
		out.path(effect.FSRead, file)
		out.path(effect.FSWrite, known("."), "extract")
	default:
		out.path(effect.FSRead, file)
	}
	return out
}

func oldTarLike(args []Word) []Word {
	if len(args) == 0 || strings.HasPrefix(args[0].Text, "-") {
		return args
	}
	return append([]Word{known("-" + args[0].Text)}, args[1:]...)
}

// zips is zip: archive first, then files; -T with -TT runs a command, -m removes what was packed.
func zips(c Call) Outcome {
	p := newSpec("T,test TT,unzip-command= m,move d,delete r,recurse-paths P,password= e,encrypt i= x= n= t= tt= b= O,out= s= j u f q v 0 1 9 y X D @ F FF o g").parse(zipWords(c.Args[1:]))
	var out Outcome
	if w, ok := p.value("unzip-command"); ok {
		out.add(effect.Exec, "zip -TT", "escape")
		out.shell(w, "zip -TT")
	}
	if len(p.args) == 0 {
		return out
	}
	if p.args[0].Text != "-" {
		out.path(effect.FSWrite, p.args[0], "archive")
	} else {
		out.Emits = "source"
	}
	if p.has("delete") {
		return out
	}
	out.paths(effect.FSRead, p.after(1), append([]string{"archive"}, flagIf(p.has("recurse-paths"), "recursive")...)...)
	if p.has("move") {
		out.paths(effect.FSDelete, p.after(1), flagIf(p.has("recurse-paths"), "recursive")...)
	}
	return out
}

// zipWords brings -TT to its long form: it is no cluster of -T.
func zipWords(ws []Word) []Word {
	out := make([]Word, len(ws))
	for i, w := range ws {
		if w.Text == "-TT" {
			w.Text = "--unzip-command"
		}
		out[i] = w
	}
	return out
}

func unzips(c Call) Outcome {
	p := newSpec("d= x= P= l p t v z n o q j f u K L C X: Z 1 a").parse(c.Args[1:])
	var out Outcome
	out.path(effect.FSRead, p.arg(0))
	if p.has("l", "t", "v", "Z", "z") {
		return out
	}
	if p.has("p") || c.Name() == "funzip" {
		return out
	}
	out.path(effect.FSWrite, known(orText(p.text("d"), ".")), "extract")
	return out
}

func sevenZips(c Call) Outcome {
	var out Outcome
	var files []Word
	dest := "."
	deletes := false
	for _, w := range c.Args[1:] {
		if o, ok := strings.CutPrefix(w.Text, "-o"); ok {
			dest = o
			continue
		}
		deletes = deletes || w.Text == "-sdel"
		if !strings.HasPrefix(w.Text, "-") {
			files = append(files, w)
		}
	}
	if len(files) < 2 {
		return out
	}
	switch files[0].Text {
	case "a", "u":
		out.path(effect.FSWrite, files[1], "archive")
		out.paths(effect.FSRead, files[2:], "archive", "recursive")
		if deletes {
			out.paths(effect.FSDelete, files[2:], "recursive")
		}
	case "x", "e":
		out.path(effect.FSRead, files[1])
		out.path(effect.FSWrite, known(dest), "extract")
	case "d", "rn":
		out.path(effect.FSWrite, files[1], "archive")
	default:
		out.path(effect.FSRead, files[1])
	}
	return out
}

func rars(c Call) Outcome {
	var out Outcome
	var files []Word
	deletes := false
	for _, w := range c.Args[1:] {
		if strings.HasPrefix(w.Text, "-") {
			deletes = deletes || w.Text == "-df" || w.Text == "-dw"
			continue
		}
		files = append(files, w)
	}
	if len(files) < 2 {
		return out
	}
	if v := files[0].Text; v == "a" || v == "u" || v == "m" || v == "mf" {
		out.path(effect.FSWrite, files[1], "archive")
		out.paths(effect.FSRead, files[2:], "archive", "recursive")
		if deletes || v[0] == 'm' {
			out.paths(effect.FSDelete, files[2:], "recursive")
		}
		return out
	}
	out.path(effect.FSRead, files[1])
	if v := files[0].Text; v == "x" || v == "e" {
		dest := "."
		if len(files) > 2 {
			dest = files[len(files)-1].Text
		}
		out.path(effect.FSWrite, known(dest), "extract")
	}
	return out
}

// compress is gzip and its kin: the file is replaced unless -k or -c.
func compress(unpack bool) program {
	return func(c Call) Outcome {
		p := newSpec("c,stdout d,decompress,uncompress k,keep f,force l,list t,test r,recursive o,output= q v n N S,suffix= T,threads= M= z,compress rm b= s= w= B= L= p,processes= 1 2 3 4 5 6 7 8 9 0 fast best ultra long?").parse(c.Args[1:])
		var out Outcome
		out.paths(effect.FSRead, p.args)
		out.paths(effect.FSWrite, p.values("output"), "truncate")
		if p.has("stdout", "list", "test") || p.has("output") {
			return out
		}
		keeps := p.has("keep") || (strings.Contains(c.Name(), "zst") || strings.Contains(c.Name(), "lz4") || c.Name() == "brotli") && !p.has("rm")
		for _, w := range p.args {
			if !keeps {
				out.path(effect.FSDelete, w, "move")
			}
			out.path(effect.FSWrite, w, "compress")
		}
		return out
	}
}
