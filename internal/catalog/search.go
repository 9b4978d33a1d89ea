package catalog

import (
	"strings"

	"writ/internal/effect"
)

// locates searches the whole machine by name.
func locates(c Call) Outcome {
	var out Outcome
	for _, w := range c.Args[1:] {
		if secretFilePattern(w.Text) {
			out.add(effect.Recon, w.Text, "secret")
		}
	}
	return out
}

// greps is pattern first, then files. A recursive search for credentials is said to be one.
func greps(c Call) Outcome {
	p := newSpec(`e,regexp= f,file= A,after-context= B,before-context= C,context= m,max-count= D,devices= d,directories= r,recursive R,dereference-recursive
		include= exclude= exclude-from= exclude-dir= color? colour? binary-files= label= i v c l L n H h o q s w x E F G P z a I b T U y`).parse(c.Args[1:])
	return searches(c, p, p.has("recursive", "dereference-recursive"))
}

func ripgreps(c Call) Outcome {
	p := newSpec(`e,regexp= f,file= A,after-context= B,before-context= C,context= m,max-count= g,glob= iglob= t,type= T,type-not= type-add= r,replace= j,threads= M,max-columns=
		max-depth,d= E,encoding= sort= sortr= pre= pre-glob= color= colors= ignore-file= max-filesize= context-separator= engine= files hidden u,unrestricted no-ignore i S s v w x F U P o l c n N z,search-zip`).parse(c.Args[1:])
	out := searches(c, p, true)
	if w, ok := p.value("pre"); ok {
		if !compressors[BaseName(w.Text)] && !preTools[BaseName(w.Text)] {
			escape(&out, "rg --pre", w)
		}
	}
	return out
}

// preTools turn documents into text for a search.
var preTools = nameSet("pdftotext rga rga-preproc pandoc zcat lesspipe antiword catdoc")

func searches(c Call, p parsed, deep bool) Outcome {
	var out Outcome
	patterns, files := p.values("regexp"), p.args
	out.paths(effect.FSRead, p.values("file"))
	if len(patterns) == 0 && !p.has("file", "files") && len(files) > 0 {
		patterns, files = files[:1], files[1:]
	}
	hunts := false
	for _, w := range patterns {
		hunts = hunts || secretPattern(w.Text)
	}
	var flags []string
	flags = append(flags, flagIf(deep, "recursive")...)
	flags = append(flags, flagIf(hunts, "pattern")...)
	flags = append(flags, flagIf(p.has("l", "c", "q", "L"), "names")...)
	out.paths(effect.FSRead, files, flags...)
	if hunts && c.Stdin != nil && c.Stdin.From == "history" {
		out.add(effect.Recon, "git history", "secret")
	}
	if hunts && c.Stdin != nil && c.Stdin.From == "log" {
		out.add(effect.SecretRead, "logs", "pattern")
		out.Emits = "secret"
	}
	if hunts && c.Stdin != nil && c.Stdin.From == "env" {
		out.add(effect.SecretRead, "environment", "env", "pattern")
		out.Emits = "secret"
	}
	return out
}

func queries(c Call) Outcome {
	p := newSpec(`f,from-file= L= arg= argjson= slurpfile= rawfile= args jsonargs indent= e,exit-status r,raw-output j a s n,null-input c C M S i,inplace in-place o,output-format= p,input-format= P I,indent=
		tab stream seq`).parse(c.Args[1:])
	var out Outcome
	files := p.args
	if !p.has("from-file") && len(files) > 0 && (c.Name() != "yq" || len(files) > 1 || !looksLikePath(files[0])) {
		if v := files[0].Text; v == "e" || v == "eval" || v == "ea" || v == "eval-all" {
			files = files[1:]
		}
		if len(files) > 0 {
			if strings.Contains(files[0].Text, "env") && strings.Contains(strings.ReplaceAll(files[0].Text, " ", ""), "env") && files[0].Text == "env" {
				out.add(effect.SecretRead, "environment", "env")
			}
			files = files[1:]
		}
	}
	out.paths(effect.FSRead, p.values("from-file", "slurpfile", "rawfile"))
	kind := effect.FSRead
	if p.has("inplace", "in-place") && c.Name() != "jq" {
		kind = effect.FSWrite
		out.paths(kind, files, "inplace")
		return out
	}
	out.paths(kind, files)
	return out
}
