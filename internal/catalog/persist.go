package catalog

import (
	"strings"

	"writ/internal/effect"
)

// persistPrograms make something run later by itself, or remove traces and controls.
var persistPrograms = merge([]map[string]program{
	same("crontab", crontabs), same("anacron cron crond fcron", nothing), same("fcrontab", crontabs),
	same("auditpol", withArgs(effect.Evade, "audit")),
	same("timestomp utmpdump wtmpclean logtamper zapper", withArgs(effect.Evade, "log")),
	same("bleachbit", withArgs(effect.Evade, "clean")), same("secure-delete sfill sswap smem", withArgs(effect.Evade, "clean")),
	same("steghide stegsnow outguess steganography stegano stepic zsteg openstego", stegos), same("exiftool", exiftools),
	same("upx packer-obf pyarmor", withArgs(effect.Evade, "hide", "pack")),
	same("patchelf chrpath install_name_tool elfedit", patchesBinary), same("objcopy", objcopies), same("ld gold lld ld.gold ld.lld mold", linkers),
	same("update-rc", withArgs(effect.Persist, "service")),
	same("xdg-autostart", nothing),
	same("desktop-file-install", withArgs(effect.Persist, "login")), same("authselect-x", nothing),
	same("incrontab", crontabs),
})

func crontabs(c Call) Outcome {
	p := newSpec("u= l,list r,remove e,edit i s n T d reload types").parse(c.Args[1:])
	var out Outcome
	user := flagIf(p.has("u") && p.text("u") != "", "user")
	switch {
	case p.has("list", "T", "types"):
	case p.has("remove"):
		out.add(effect.Persist, "crontab -r", with(user, "cron", "remove")...)
	case p.has("edit"):
		out.add(effect.Persist, "crontab -e", with(user, "cron", "edit")...)
	default:
		out.add(effect.Persist, "crontab", with(user, "cron")...)
		if text, ok := stdinText(c); ok {
			cronLines(&out, text)
		}
		if len(p.args) > 0 && p.args[0].Text != "-" {
			out.path(effect.FSRead, p.args[0])
		}
	}
	return out
}

// cronLines follows the commands of a crontab.
func cronLines(out *Outcome, text string) {
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		n := 5
		if strings.HasPrefix(line, "@") {
			n = 1
		}
		if len(fields) > n && !strings.HasPrefix(line, "#") {
			out.shell(known(strings.Join(fields[n:], " ")), "crontab")
		}
	}
}

func stegos(c Call) Outcome {
	text := lineOf(c.Args[1:])
	var out Outcome
	if strings.Contains(text, "embed") || strings.Contains(text, " -m ") || strings.Contains(text, "-C") || strings.Contains(text, "-f ") || strings.Contains(text, "hide") {
		out.add(effect.Evade, c.Name(), "hide")
	}
	p := newSpec("+ ef= cf= sf= xf= p= m= f= C Q S").parse(c.Args[1:])
	out.paths(effect.FSRead, p.values("f", "ef", "cf"))
	for i, w := range c.Args {
		if (w.Text == "-ef" || w.Text == "-cf" || w.Text == "--embedfile" || w.Text == "--coverfile") && i+1 < len(c.Args) {
			out.path(effect.FSRead, c.Args[i+1])
		}
	}
	return out
}

// exiftools reads tags, or writes them with -TAG=value; -TAG<=file puts a file inside a picture.
func exiftools(c Call) Outcome {
	var out Outcome
	writes := false
	for _, w := range c.Args[1:] {
		t := w.Text
		if name, file, ok := strings.Cut(t, "<="); ok && strings.HasPrefix(name, "-") {
			out.path(effect.FSRead, Word{Text: file, Known: w.Known})
			out.add(effect.Evade, "exiftool "+name, "hide")
			writes = true
			continue
		}
		if strings.HasPrefix(t, "-if") || strings.HasPrefix(t, "-config") {
			continue
		}
		if name, value, ok := strings.Cut(t, "="); ok && strings.HasPrefix(name, "-") {
			writes = true
			if !w.Known && (secretVariable(w.Raw) || strings.Contains(w.Raw, "$(")) || len(value) > 200 {
				out.add(effect.Evade, "exiftool "+name, "hide")
			}
			continue
		}
		if !strings.HasPrefix(t, "-") {
			kind := effect.FSRead
			if writes {
				kind = effect.FSWrite
			}
			out.path(kind, w)
		}
	}
	return out
}

// patchesBinary changes where a program finds its libraries.
func patchesBinary(c Call) Outcome {
	p := newSpec("- set-interpreter= set-rpath= add-rpath= add-needed= replace-needed remove-needed= remove-rpath shrink-rpath force-rpath set-soname= print-interpreter print-rpath print-needed print-soname output= l d r= k c rpath delete_rpath= change id= input-osabi= output-osabi= output-type= output-mach= add_rpath=").parse(c.Args[1:])
	var out Outcome
	target := p.arg(len(p.args) - 1)
	system := strings.HasPrefix(target.Text, "/usr/") || strings.HasPrefix(target.Text, "/bin") || strings.HasPrefix(target.Text, "/lib") || strings.HasPrefix(target.Text, "/sbin")
	changes := system && p.has("c", "d", "remove-rpath", "delete_rpath", "remove-needed") || p.has("set-interpreter", "set-rpath", "add-rpath", "add-needed", "replace-needed", "remove-needed", "r", "change", "add_rpath", "rpath", "id", "output-type", "output-mach", "output-osabi", "set-soname")
	if !changes {
		return out
	}
	flags := []string{"loader"}
	value := lineOf(append(p.values("set-rpath", "add-rpath", "set-interpreter", "add-needed", "r", "add_rpath", "id"), p.args[:max(0, len(p.args)-1)]...))
	own := !strings.HasPrefix(target.Text, "/") || strings.HasPrefix(target.Text, "/tmp/") || strings.HasPrefix(target.Text, "/build")
	flags = append(flags, flagIf(own && !writableByOthers(value), "benign")...)
	out.path(effect.ExecTampered, target, flags...)
	return out
}

// writableByOthers tells whether a path in the text lies where anybody may put files.
func writableByOthers(text string) bool {
	for _, dir := range []string{"/tmp", "/dev/shm", "/var/tmp", "/home/", "~", "$HOME", "/proc/", "/run/user", "/mnt", "/media"} {
		if strings.Contains(text, dir) {
			return true
		}
	}
	return false
}

func objcopies(c Call) Outcome {
	p := newSpec("I= O= B= j= R= S,strip-all g,strip-debug add-section= update-section= dump-section= set-section-flags= only-keep-debug add-gnu-debuglink= redefine-sym= rename-section= set-start= add-symbol= globalize-symbol=").parse(c.Args[1:])
	var out Outcome
	for _, w := range p.values("add-section", "update-section") {
		_, file, _ := strings.Cut(w.Text, "=")
		out.path(effect.FSRead, Word{Text: file, Known: w.Known})
		if writableByOthers(file) {
			out.add(effect.ExecTampered, "objcopy", "loader")
		}
	}
	target := p.arg(len(p.args) - 1)
	out.path(effect.FSWrite, target, "inplace")
	if p.has("add-section", "update-section", "set-start", "redefine-sym", "add-symbol") && strings.HasPrefix(target.Text, "/") && !strings.HasPrefix(target.Text, "/tmp") {
		out.path(effect.ExecTampered, target, "loader")
	}
	return out
}

func linkers(c Call) Outcome {
	p := newSpec("- o,output= plugin= L= l= T= e= rpath= dynamic-linker= I= m= z= soname= h= r s shared static").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSWrite, p.values("output"), "truncate")
	for _, w := range p.values("plugin") {
		out.path(effect.ExecTampered, w, "plugin")
	}
	return out
}
