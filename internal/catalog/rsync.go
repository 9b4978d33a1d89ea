package catalog

import (
	"strings"

	"writ/internal/effect"
)

var rsyncSpec = newSpec(`e,rsh= rsync-path= exclude= include= exclude-from= include-from= files-from= f,filter= T,temp-dir= compare-dest= copy-dest= link-dest= B,block-size= M,remote-option= bwlimit= timeout= contimeout= port= log-file= log-file-format= out-format= password-file= partial-dir= backup-dir= suffix= chmod= chown= max-size= min-size= max-delete= modify-window= address= sockopts= iconv= checksum-choice= compress-choice= compress-level= info= debug= skip-compress= usermap= groupmap= write-batch= read-batch= only-write-batch= protocol= outbuf= stop-after= stop-at= early-input=
	n,dry-run list-only a,archive v,verbose r,recursive z,compress delete del delete-before delete-during delete-delay delete-after delete-excluded delete-missing-args force remove-source-files ignore-errors existing u,update h,human-readable P progress stats inplace daemon config= c,checksum l L H p X A t o g D S x W q I`)

func rsyncs(c Call) Outcome {
	p := rsyncSpec.parse(c.Args[1:])
	var out Outcome
	if w, ok := p.value("rsh"); ok {
		first, _, _ := strings.Cut(w.Text, " ")
		if BaseName(first) != "ssh" && BaseName(first) != "rsh" {
			out.shell(w, "rsync -e")
			if shellNames[BaseName(first)] {
				out.add(effect.Exec, "rsync -e", "escape")
			}
		} else {
			out.join(withoutConnect(sshs(Call{Args: append(words(strings.Fields(w.Text)...), known("host"))})))
		}
	}
	if w, ok := p.value("rsync-path"); ok && strings.ContainsAny(w.Text, ";&|$`") {
		out.shell(w, "rsync --rsync-path").Remote = true
	}
	if p.has("daemon") {
		out.join(listens(p.text("address"), "files"))
		return out
	}
	if p.has("dry-run", "list-only") || len(p.args) < 2 {
		return out
	}
	flags := flagIf(p.has("archive", "recursive"), "recursive")
	copyBetween(&out, p.args, "rsync", flags)
	sources, target := p.args[:len(p.args)-1], p.args[len(p.args)-1]
	for _, o := range p.opts {
		if strings.HasPrefix(o.name, "del") && o.name != "delay-updates" {
			rsyncDelete(&out, target)
			break
		}
	}
	if p.has("remove-source-files") {
		out.paths(effect.FSDelete, sources, "move")
	}
	for _, s := range sources {
		if _, _, away := remotePlace(s.Text); !away {
			if _, _, remote := remotePlace(target.Text); !remote {
				out.path(effect.FSRead, s, with(flags, "copy")...)
			}
		}
	}
	out.paths(effect.FSRead, p.values("files-from", "password-file"))
	return out
}

// rsyncDelete notes that files that the source lacks vanish at the target.
func rsyncDelete(out *Outcome, target Word) {
	if host, path, remote := remotePlace(target.Text); remote {
		out.Effects = append(out.Effects, effect.Effect{Kind: effect.FSDelete, Path: path, Host: host, Flags: []string{"sync-delete", "recursive", "remote"}})
		return
	}
	out.path(effect.FSDelete, target, "sync-delete", "recursive")
}

// withoutConnect drops the contact that belongs to a made-up host.
func withoutConnect(o Outcome) Outcome {
	kept := o.Effects[:0]
	for _, e := range o.Effects {
		if e.Kind != effect.NetConnect {
			kept = append(kept, e)
		}
	}
	o.Effects = kept
	return o
}
