package command

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"writ/internal/catalog"
	"writ/internal/effect"
)

// stdio is what the redirections of one statement make of its input and output.
type stdio struct {
	in      *flow
	file    string // where standard output goes; "" where it goes on
	append  bool
	taken   bool // standard output goes to a file, a device or a socket
	socket  bool // some descriptor is a network connection
	effects []effect.Effect
}

// redirect reads the redirections of a statement, adds their effects and says where input and output go.
func (r *reader) redirect(sh *scope, redirs []*syntax.Redirect, in *flow, fields []field) stdio {
	io := stdio{in: in}
	for i, rd := range redirs {
		if i == maxMatches {
			r.bound("a command has too many redirections")
			break
		}
		r.redirectOne(sh, rd, &io)
	}
	return io
}

func (r *reader) redirectOne(sh *scope, rd *syntax.Redirect, io *stdio) {
	switch rd.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		text := r.heredoc(sh, rd)
		io.in = &text
		return
	case syntax.WordHdoc:
		f := r.value(sh, rd.Word)
		io.in = &flow{text: f.asCode() + "\n", known: true, from: f.from}
		return
	}
	prev := r.in
	r.in = io.in
	f := r.value(sh, rd.Word)
	r.in = prev
	if rd.Op == syntax.DplIn || rd.Op == syntax.DplOut {
		digits := strings.TrimSuffix(f.Text, "-")
		if strings.Trim(digits, "0123456789") == "" {
			if rd.Op == syntax.DplOut && fdOf(rd) == "1" && (digits == "2") {
				io.taken = true // to the terminal: no pipe and no file sees it
			}
			return
		}
		if f.Text == "" && !f.Known {
			return // >&$fd: a descriptor
		}
	}
	if r.device(sh, rd, f, io) {
		return
	}
	reads := rd.Op == syntax.RdrIn || rd.Op == syntax.RdrInOut || rd.Op == syntax.DplIn
	writes := rd.Op != syntax.RdrIn && rd.Op != syntax.DplIn
	if reads {
		e := r.redirectEffect(sh, effect.FSRead, f, rd, io)
		if fd := fdOf(rd); fd == "0" {
			in := r.fileFlow(e.Path, e.Zones)
			io.in = &in
		}
	}
	if writes {
		r.redirectWrite(sh, rd, f, io)
	}
}

func (r *reader) redirectWrite(sh *scope, rd *syntax.Redirect, f field, io *stdio) {
	appends := rd.Op == syntax.AppOut || rd.Op == syntax.AppAll || rd.Op == syntax.AppAllClob || rd.Op == syntax.AppClob
	flag := "truncate"
	if appends {
		flag = "append"
	}
	if rd.Op == syntax.RdrInOut {
		flag = "open"
	}
	e := r.redirectEffect(sh, effect.FSWrite, f, rd, io, flag)
	switch fd := fdOf(rd); {
	case fd == "1" || rd.Op == syntax.RdrAll || rd.Op == syntax.AppAll || rd.Op == syntax.DplOut:
		io.file, io.taken, io.append = e.Path, true, appends
	}
}

// fdOf gives the descriptor that a redirection is about.
func fdOf(rd *syntax.Redirect) string {
	if rd.N != nil {
		return rd.N.Value
	}
	switch rd.Op {
	case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn:
		return "0"
	}
	return "1"
}

// redirectEffect adds the effect of opening a file, unless it is one that swallows everything.
func (r *reader) redirectEffect(sh *scope, kind effect.Kind, f field, rd *syntax.Redirect, io *stdio, flags ...string) effect.Effect {
	e := effect.Effect{Kind: kind, Path: f.Text, Flags: flags, Words: []string{r.raw(rd)}}
	if f.Text == "" && f.Known {
		return e // opening "" fails
	}
	r.placeRedirect(sh, &e, f)
	if slices.Contains(e.Zones, "null") || strings.HasPrefix(e.Path, "/dev/fd/") && r.known(e.Path) {
		return e
	}
	e.Via = sh.via
	if sh.remote {
		e.Flags = withFlag(e.Flags, "remote")
	}
	io.effects = append(io.effects, e)
	r.emit(e)
	r.optionName(sh, e)
	return e
}

func (r *reader) placeRedirect(sh *scope, e *effect.Effect, f field) {
	f.Raw = ""
	if f.Known || f.Text != "" {
		r.place(sh, e, []field{f})
		return
	}
	e.Flags = withFlag(e.Flags, "unknown-path")
	e.Reason = "the file is known only when the command runs"
}

func (r *reader) known(path string) bool {
	_, ok := r.files[path]
	return ok
}

// fileFlow is what reading a file gives: what the line has written there, or something unknown from the disk.
func (r *reader) fileFlow(path string, zones []string) flow {
	if f, ok := r.files[path]; ok {
		return f
	}
	from := "file"
	if slices.Contains(zones, "secret") {
		from = "secret"
	}
	return flow{from: from, path: path}
}

// device handles the network names that bash opens itself, /dev/tcp/HOST/PORT.
func (r *reader) device(sh *scope, rd *syntax.Redirect, f field, io *stdio) bool {
	for _, proto := range [...]string{"tcp", "udp"} {
		rest, ok := strings.CutPrefix(f.Text, "/dev/"+proto+"/")
		if !ok {
			continue
		}
		host, port, _ := strings.Cut(rest, "/")
		e := effect.Effect{Kind: effect.NetConnect, Host: host, Scheme: proto, Flags: []string{"raw"}, Words: []string{r.raw(rd)}, Via: sh.via}
		e.Port, _ = strconv.Atoi(port)
		if !f.Known {
			e.Flags = append(e.Flags, "unknown")
			e.Reason = "the host is known only when the command runs"
		}
		r.emit(e)
		io.effects = append(io.effects, e)
		io.socket = true
		if fdOf(rd) == "0" || rd.Op == syntax.RdrInOut {
			io.in = &flow{from: "network"}
		}
		if fdOf(rd) == "1" && rd.Op != syntax.RdrIn {
			io.taken = true
		}
		return true
	}
	return false
}

// heredoc gives the text of a here-document. Where its end word is quoted nothing in it is expanded.
func (r *reader) heredoc(sh *scope, rd *syntax.Redirect) flow {
	if rd.Hdoc == nil {
		return flow{known: true}
	}
	text := flow{known: true}
	if quotedWord(rd.Word) {
		var b strings.Builder
		for _, p := range rd.Hdoc.Parts {
			if lit, ok := p.(*syntax.Lit); ok {
				b.WriteString(lit.Value)
			}
		}
		text.text = b.String()
	} else {
		f := join(r.pieces(sh, rd.Hdoc.Parts, true), "")
		text.text, text.from = f.asCode(), f.from
	}
	if rd.Op == syntax.DashHdoc {
		text.text = strings.ReplaceAll("\n"+text.text, "\n\t", "\n")
		for strings.Contains(text.text, "\n\t") {
			text.text = strings.ReplaceAll(text.text, "\n\t", "\n")
		}
		text.text = text.text[1:]
	}
	return text
}

func quotedWord(w *syntax.Word) bool {
	for _, p := range w.Parts {
		switch p := p.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			return true
		case *syntax.Lit:
			if strings.Contains(p.Value, `\`) {
				return true
			}
		}
	}
	return false
}

// deliver sends a statement's output where its redirections point and gives what is left for a pipe.
func (r *reader) deliver(sh *scope, io stdio, out flow) flow {
	if io.socket && io.taken && io.file == "" {
		r.sendOut(sh, io, out)
	}
	if !io.taken {
		return out
	}
	if io.file != "" {
		content := out
		if io.append {
			if before, ok := r.files[io.file]; ok {
				content = both(before, out)
			} else {
				content = flow{from: out.from} // what stood there before is not known
				if r.stat2(io.file) {
					content = out
				}
			}
		}
		r.wrote(io.file, content)
	}
	return flow{known: true}
}

// stat2 tells whether a file is known not to exist yet.
func (r *reader) stat2(file string) bool {
	return r.env.Disk == nil || path.IsAbs(file) && !r.stat(file).ok
}

// sendOut marks output that is written to a socket as an upload.
func (r *reader) sendOut(sh *scope, io stdio, out flow) {
	for _, e := range io.effects {
		if e.Kind != effect.NetConnect {
			continue
		}
		e.Kind = effect.NetUpload
		if out.from == "secret" || out.from == "credential" {
			e.Flags = withFlag(e.Flags, "secret")
		}
		r.emit(e)
	}
}

// partial tells whether a known text holds stand-ins for unknown parts.
func (f flow) partial() bool { return f.known && strings.Contains(f.text, "${"+unknownName) }

// stripped is the text without its stand-ins.
func (f flow) stripped() string {
	if !f.partial() {
		return f.text
	}
	var b strings.Builder
	for _, p := range marked(f.text, true, nil) {
		if !p.unknown {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// stdin puts a flow the way the catalog wants it. A text of which nothing is known is no text.
func (f *flow) stdin() *catalog.Stdin {
	if f == nil {
		return nil
	}
	from := f.from
	switch from {
	case "credential":
		from = "secret"
	case "", "pipe", "file", "decode", "network", "secret", "env", "log", "history", "source", "clipboard":
	default:
		from = "pipe"
	}
	s := &catalog.Stdin{Text: f.stripped(), Known: f.known, From: from, Path: f.path}
	if f.partial() && strings.TrimSpace(s.Text) == "" {
		s.Known, s.Text = false, ""
		if s.From == "" {
			s.From = "pipe"
		}
	}
	return s
}
