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
