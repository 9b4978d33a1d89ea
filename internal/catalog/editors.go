package catalog

import (
	"strings"

	"writ/internal/effect"
)

// editorPrograms are editors, pagers and interactive tools: opened on a file they are harmless, but many run
// a shell when told to on the command line.
var editorPrograms = merge([]map[string]program{
	same("vim vi nvim view vimr gvim rvim rview ex mvim evim", vims), same("ed red", eds), same("nano pico micro joe jed mcedit ne tilde", editsFiles), same("emacsclient kak hx helix code-editor subl sublime_text atom gedit kate geany mousepad pluma bbedit mate zed zeditor textedit notepad idea goland pycharm webstorm rubymine clion phpstorm studio rider lapce", editsFiles),
	same("man info apropos whatis tldr cheat", mans),
	same("ranger nnn lf vifm yazi", nothing), same("dosbox dosbox-x", nothing), same("screenfetch neofetch fastfetch cowsay cowthink fortune figlet toilet lolcat sl cmatrix", nothing),
	same("gimp inkscape libreoffice soffice blender", nothing), same("gnuplot", ruled(newSpec("e= c= p d s"), rule{options: "e", kind: effect.Exec})),
	same("convert magick mogrify identify composite montage ffprobe", nothing), same("dot neato graphviz plantuml mermaid mmdc latex pdflatex xelatex lualatex bibtex", nothing),
	same("crash-x", nothing),
	same("aspell hunspell ispell", nothing), same("rpm2cpio rpmquery", nothing),
	same("ffmpeg avconv", ffmpegs),
	same("qrencode", qrCodes), same("zbarimg", nothing),

	same("wish-x", nothing),
	same("ctags etags cscope gtags goimports clippy rustfmt stylua ktlint swiftformat swiftlint actionlint standard xo nyc c8 codespell vale cloc tokei scc loc", nothing),
	same("gcc g++ cc c++ clang clang++ tcc icc ifort gfortran nvcc arm-none-eabi-gcc x86_64-w64-mingw32-gcc musl-gcc", compilers), same("scalac swiftc ocamlc fpc nasm as gas yasm ldc dmd", nothing),
	same("nm readelf objdump otool size ldd addr2line c++filt dwarfdump strip ranlib lipo codesign dsymutil vtool", binaryTools),
	same("http-x", nothing), same("pv mbuffer", readsPaths(newSpec("L= s= N= i= w= H= B= p t e r b a"))), same("ps2pdf pdftotext pdfunite qpdf pdftk mutool", nothing),
	same("watchman fswatch inotifywatch", nothing), same("gnome-terminal xterm konsole alacritty kitty urxvt terminator wezterm foot xfce4-terminal tilix", terminals),
	same("ghidra radare2 r2 rizin binwalk", nothing),
	same("dpkg-x", nothing),
})

// vims reads -c, + and --cmd commands, and the files.
func vims(c Call) Outcome {
	p := newSpec("c= S= cmd= u= U= i= T= s= w= W= t= q= d= b R n N e E s Z y v m M l L r x X p o? O? g f A H C D nb? V? noplugin clean headless es startuptime= listen= server= remote remote-send= remote-expr= servername= not-a-term").parse(c.Args[1:])
	var out Outcome
	var files []Word
	for _, w := range append(append(p.values("c"), p.values("cmd")...), p.values("remote-send", "remote-expr")...) {
		vimCommand(&out, w)
	}
	for _, w := range p.args {
		if cmd, ok := strings.CutPrefix(w.Text, "+"); ok {
			vimCommand(&out, Word{Text: cmd, Known: w.Known})
			continue
		}
		files = append(files, w)
	}
	for _, w := range append(p.values("S"), p.values("s")...) {
		foreignScript(&out, w)
		out.script("vim", w, nil, "vim -S")
	}
	for _, w := range p.values("u") {
		if w.Text != "NONE" && w.Text != "NORC" && w.Text != "DEFAULTS" {
			foreignScript(&out, w)
		}
	}
	if c.Name() == "view" || c.Name() == "rview" || p.has("R") {
		out.paths(effect.FSRead, files)
	} else {
		out.paths(effect.FSWrite, files, "edit")
	}
	return out
}

// vimCommand follows a command that runs something: :!cmd, :terminal, :py, :lua, :call system(), writes with :w.
func vimCommand(out *Outcome, w Word) {
	for _, command := range strings.Split(w.Text, "|") {
		t := strings.TrimLeft(strings.TrimSpace(command), ":%0123456789,.$ ")
		verb := t
		if i := strings.IndexAny(t, " !("); i >= 0 {
			verb = t[:i]
		}
		rest := strings.TrimSpace(strings.TrimPrefix(t, verb))
		switch verb {
		case "":
			if cmd, ok := strings.CutPrefix(t, "!"); ok {
				escape(out, "vim :!", Word{Text: cmd, Known: w.Known})
			}
		case "terminal", "term", "te", "ter":
			escape(out, "vim :terminal", Word{Text: orText(strings.TrimPrefix(rest, "!"), "sh"), Known: w.Known})
		case "shell", "sh":
			escape(out, "vim :shell", known("sh"))
		case "r", "read", "w", "write", "wq", "saveas", "sav":
			if i := strings.IndexByte(rest, '!'); i >= 0 && i <= 1 && (rest[0] == '!' && len(rest) > 1 && rest[1] != ' ' || i == 1) && verb != "wq" {
				escape(out, "vim :"+verb+"!", Word{Text: strings.TrimLeft(rest, "! "), Known: w.Known})
			} else if file := strings.TrimSpace(strings.TrimPrefix(rest, "!")); file != "" && verb != "r" && verb != "read" {
				out.path(effect.FSWrite, Word{Text: file, Known: w.Known})
			} else if file != "" && (verb == "r" || verb == "read") {
				out.path(effect.FSRead, Word{Text: file, Known: w.Known})
			}
		case "py", "py3", "python", "python3", "pyx":
			out.add(effect.Exec, "vim :py", "escape")
			out.code("python", Word{Text: rest, Known: w.Known}, "vim :py")
		case "lua":
			out.add(effect.Exec, "vim :lua", "escape")
			out.code("lua", Word{Text: rest, Known: w.Known}, "vim :lua")
		case "ruby", "perl":
			out.add(effect.Exec, "vim :"+verb, "escape")
			out.code(verb, Word{Text: rest, Known: w.Known}, "vim :"+verb)
		case "call", "echo", "let", "silent", "sil", "exe", "execute":
			if verb == "silent" || verb == "sil" {
				vimCommand(out, Word{Text: strings.TrimPrefix(rest, "!"), Known: w.Known})
				continue
			}
			if i := strings.Index(rest, "system("); i >= 0 {
				escape(out, "vim system()", Word{Text: strings.Trim(strings.TrimSuffix(strings.TrimSpace(rest[i+7:]), ")"), `"'`), Known: w.Known})
			}
			if strings.Contains(rest, "jobstart(") || strings.Contains(rest, "job_start(") || strings.Contains(rest, "libcall(") {
				out.add(effect.Exec, "vim "+rest, "escape")
			}
		case "set", "se", "setlocal":
			if cmd, ok := strings.CutPrefix(rest, "shell="); ok {
				escape(out, "vim :set shell", Word{Text: strings.ReplaceAll(cmd, `\ `, " "), Known: w.Known})
			}
		case "source", "so", "runtime", "luafile", "pyfile", "py3file":
			out.script("vim", Word{Text: rest, Known: w.Known}, nil, "vim :source")
		}
	}
}

// escape notes a shell that is started from inside another program.
func escape(out *Outcome, via string, text Word) {
	out.add(effect.Exec, via, "escape")
	out.shell(text, via)
}

// eds is ed: its commands stand on standard input.
func eds(c Call) Outcome {
	p := newSpec("s p= E r v G l").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSWrite, p.args, "edit")
	if text, ok := stdinText(c); ok {
		for _, line := range strings.Split(text, "\n") {
			if cmd, ok := strings.CutPrefix(strings.TrimSpace(line), "!"); ok {
				escape(&out, "ed !", known(cmd))
			}
		}
	}
	for _, w := range p.args {
		if cmd, ok := strings.CutPrefix(w.Text, "!"); ok {
			escape(&out, "ed !", Word{Text: cmd, Known: w.Known})
		}
	}
	return out
}

func editsFiles(c Call) Outcome {
	p := newSpec("s,speller= T= Y= r= o,operatingdir= C,backupdir= f,rcfile= e= n w line= c").parse(c.Args[1:])
	var out Outcome
	if w, ok := p.value("speller"); ok && c.Name() == "nano" {
		escape(&out, "nano -s", w)
	}
	for _, w := range p.args {
		if strings.HasPrefix(w.Text, "+") {
			continue
		}
		out.path(effect.FSWrite, w, "edit")
	}
	return out
}

// mans is man: pagers and browsers named on the line run.
func mans(c Call) Outcome {
	p := newSpec("P,pager= H,html? C,config-file= M,manpath= r,prompt= s,sections= k f K w l,local-file T? X? R= L= e= E= p= S= a c d t Z u i I W 7").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.values("pager", "html") {
		if !harmlessCommand("", w) {
			escape(&out, "man -P", w)
		}
	}
	if p.has("local-file") {
		out.paths(effect.FSRead, p.args)
	}
	return out
}

// ffmpegs is ffmpeg: screens, cameras and microphones are among its inputs.
func ffmpegs(c Call) Outcome {
	var out Outcome
	for i, w := range c.Args[1:] {
		switch w.Text {
		case "x11grab", "avfoundation", "gdigrab", "dshow", "kmsgrab", "fbdev", "v4l2", "pulse", "alsa":
			out.add(effect.SecretRead, "screen or microphone", "screen")
		case "-i":
			if i+2 < len(c.Args) && !strings.Contains(c.Args[i+2].Text, "://") && !strings.HasPrefix(c.Args[i+2].Text, ":") {
				out.path(effect.FSRead, c.Args[i+2])
			}
		}
	}
	if n := len(c.Args); n > 1 && !strings.HasPrefix(c.Args[n-1].Text, "-") && !strings.Contains(c.Args[n-1].Text, "://") {
		out.path(effect.FSWrite, c.Args[n-1], "truncate")
	}
	return out
}

func qrCodes(c Call) Outcome {
	p := newSpec("o,output= r,read-from= s,size= l,level= t,type= m,margin= d,dpi= 8 i S").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSWrite, p.values("output"), "truncate")
	out.paths(effect.FSRead, p.values("read-from"))
	for _, w := range p.args {
		if secretText(w.Text) || !w.Known && (secretVariable(w.Raw) || strings.Contains(w.Raw, "$(") || strings.Contains(w.Raw, "`")) {
			out.add(effect.Evade, "qrencode", "hide")
		}
	}
	if c.Stdin != nil && (c.Stdin.From == "secret" || c.Stdin.From == "env") {
		out.add(effect.Evade, "qrencode", "hide")
	}
	return out
}

// compilers run plugins, wrappers and specs named on the line.
func compilers(c Call) Outcome {
	p := newSpec("- o= I= L= l= D= U= x= include= isystem= iquote= idirafter= imacros= MF= MT= MQ= T= u= wrapper= specs= Xlinker= Xclang= Xassembler= Xpreprocessor= arch= target= isysroot= fplugin= fpass-plugin= B= framework= e= z= aux-info= load= ivfsoverlay= c S E g O? W? f? m? std= shared static pipe M MM MD MMD v").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSWrite, p.values("o"), "truncate", "build")
	words := c.Args[1:]
	for i, w := range words {
		for _, prefix := range []string{"-fplugin=", "-fpass-plugin=", "-specs=", "-fuse-ld=/", "-load=", "-Wl,-plugin,", "-Wl,--plugin,", "-Wl,--plugin="} {
			if path, ok := strings.CutPrefix(w.Text, prefix); ok {
				out.path(effect.ExecTampered, Word{Text: path, Known: w.Known}, append([]string{"plugin"}, flagIf(!writableByOthers(path) && strings.HasPrefix(path, "/usr/"), "benign")...)...)
			}
		}
		if (w.Text == "-load" || w.Text == "-plugin") && i+1 < len(words) {
			load := words[i+1]
			if load.Text == "-Xclang" && i+2 < len(words) {
				load = words[i+2]
			}
			out.path(effect.ExecTampered, load, "plugin")
		}
		if v, ok := strings.CutPrefix(w.Text, "-B"); ok && publicFolder(Word{Text: v, Known: true}) {
			out.path(effect.ExecTampered, Word{Text: v, Known: w.Known}, "plugin")
		}
	}
	if w, ok := p.value("wrapper"); ok {
		escape(&out, "gcc -wrapper", Word{Text: strings.ReplaceAll(w.Text, ",", " "), Known: w.Known})
	}
	for _, w := range p.args {
		w.Text = strings.TrimPrefix(w.Text, "@")
		out.path(effect.FSRead, w, "build")
	}
	for _, w := range p.values("include", "imacros") {
		out.path(effect.FSRead, w, "build")
	}
	return out
}

// binaryTools look into binaries; ldd runs what it is given.
func binaryTools(c Call) Outcome {
	p := newSpec("o= s= e= f= entitlements= sign= force deep v d display D C").parse(c.Args[1:])
	var out Outcome
	if c.Name() == "ldd" {
		for _, w := range p.args {
			if publicFolder(w) {
				out.path(effect.ExecTampered, w, "loader")
			}
		}
	}
	out.paths(effect.FSList, p.args)
	return out
}

// terminals run what follows -e or --.
func terminals(c Call) Outcome {
	var out Outcome
	for i, w := range c.Args[1:] {
		if rest := c.Args[i+2:]; (w.Text == "-e" || w.Text == "-x" || w.Text == "--" || w.Text == "--command" || w.Text == "start") && len(rest) > 0 {
			if len(rest) == 1 {
				out.shell(rest[0], c.Name()+" -e")
			} else {
				out.argv(rest, c.Name()+" -e")
			}
			return out
		}
	}
	return out
}
