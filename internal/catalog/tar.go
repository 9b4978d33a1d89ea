package catalog

import (
	"strings"

	"writ/internal/effect"
)

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
	if w, ok := p.value("use-compress-program"); ok && !compressors[BaseName(headWord(w.Text))] {
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
