package catalog

import (
	"strings"

	"writ/internal/effect"
)

// systemPackages are the package managers of operating systems: what they install is for everybody.
var systemPackages = map[string]program{
	"apt": apt.look, "apt-get": apt.look, "aptitude": apt.look, "apt-fast": apt.look, "apt-key": aptKey, "add-apt-repository": repoAdd, "apt-add-repository": repoAdd, "apt-cache": pkgReads, "apt-file": pkgReads, "apt-mark": pkgReads, "dpkg-query": pkgReads, "dpkg-reconfigure": dbFixed(effect.SysConfig, "dpkg-reconfigure"),
	"dpkg": dpkg, "yum": yum.look, "dnf": yum.look, "dnf5": yum.look, "microdnf": yum.look, "tdnf": yum.look, "rpm": rpm, "rpm-ostree": yum.look, "zypper": zypper.look, "yum-config-manager": repoAdd, "dnf-config-manager": repoAdd, "subscription-manager": repoAdd,
	"pacman": pacman, "yay": pacman, "paru": pacman, "pacman-key": aptKey, "makepkg": dbFixed(effect.Exec, "makepkg"), "apk": sysManager{install: "add fix upgrade update", remove: "del", read: "info list search stats policy audit version fetch index cache dot", sourceOpts: "repository X", bypass: "allow-untrusted"}.look,
	"brew": brew, "port": sysManager{install: "install upgrade selfupdate sync", remove: "uninstall clean", read: "list search info contents installed outdated deps"}.look, "snap": sysManager{install: "install refresh revert enable", remove: "remove disable", read: "list find info version changes services logs connections interfaces", bypass: "dangerous devmode classic"}.look, "flatpak": flatpak, "emerge": sysManager{install: ".", remove: "-C"}.look, "xbps-install": sysManager{install: "."}.look, "xbps-remove": pkgRemoves, "eopkg": sysManager{install: "install upgrade", remove: "remove autoremove", source: "add-repo", read: "list-installed search info"}.look, "slackpkg": sysManager{install: "install upgrade update", remove: "remove", read: "search info"}.look, "pkg": sysManager{install: "install upgrade update add bootstrap", remove: "delete remove autoremove", read: "info search list query audit version stats which"}.look, "pkgin": sysManager{install: "install upgrade update", remove: "remove", read: "list search"}.look, "pkg_add": sysManager{install: "."}.look, "pkg_delete": pkgRemoves, "opkg": sysManager{install: "install update upgrade", remove: "remove", read: "list list-installed info files search"}.look, "swupd": sysManager{install: "bundle-add update", remove: "bundle-remove", read: "bundle-list search info"}.look, "guix": sysManager{install: "install pull package upgrade system", remove: "remove", read: "search show describe shell environment build"}.look,
	"nix": nix, "nix-env": nix, "nix-shell": nixShell, "nix-channel": repoAdd, "nix-build": dbFixed(effect.Exec, "nix-build"), "nix-store": nixStore, "nix-collect-garbage": pkgRemoves, "nixos-rebuild": dbFixed(effect.SysConfig, "nixos-rebuild"), "home-manager": dbFixed(effect.PkgInstall, "home-manager"), "darwin-rebuild": dbFixed(effect.SysConfig, "darwin-rebuild"), "alien": dbFixed(effect.PkgInstall, "alien", "global"),
	"choco": winget, "winget": winget, "scoop": winget, "chocolatey": winget, "mas": winget, "softwareupdate": winget, "update-alternatives": dbFixed(effect.SysConfig, "update-alternatives"), "alternatives": dbFixed(effect.SysConfig, "alternatives"), "checkinstall": dbFixed(effect.PkgInstall, "checkinstall", "global"), "unattended-upgrade": dbFixed(effect.PkgInstall, "unattended-upgrade", "global"), "debconf-set-selections": dbFixed(effect.SysConfig, "debconf"), "installer": dbFixed(effect.PkgInstall, "installer", "global", "source", "file"), "pkgutil": pkgutil,
}

// sysManager describes a system's package manager by lists of its commands.
type sysManager struct{ install, remove, source, read, valued, sourceOpts, bypass string }

var apt = sysManager{install: "install upgrade dist-upgrade full-upgrade update build-dep reinstall safe-upgrade satisfy", remove: "remove purge autoremove autopurge", source: "edit-sources add-repository", read: "list show search policy download source changelog clean autoclean check depends rdepends moo showsrc versions why", valued: "o option c config-file t target-release a", bypass: "allow-unauthenticated force-yes allow-downgrades allow-remove-essential allow-insecure-repositories"}

var yum = sysManager{install: "install update upgrade localinstall reinstall groupinstall downgrade distro-sync group module system-upgrade check-update makecache", remove: "remove erase autoremove groupremove uninstall", source: "config-manager copr", read: "list info search provides repolist history deplist clean check whatprovides repoquery status db", valued: "enablerepo disablerepo installroot c config releasever x exclude", sourceOpts: "repofrompath", bypass: "nogpgcheck nobest-x"}

var zypper = sysManager{install: "install in update up dup patch refresh ref dist-upgrade source-install", remove: "remove rm", source: "addrepo ar modifyrepo mr renamerepo removerepo rr", read: "search se info if list-updates lu repos lr packages products patches verify ps", bypass: "no-gpg-checks allow-unsigned-rpm"}

func (m sysManager) look(c Call) Outcome {
	l := loosely(c.Args[1:], m.valued+" "+m.sourceOpts)
	op := l.word(0)
	switch {
	case l.dry() || l.on("s", "simulate", "just-print", "assumeno", "downloadonly", "d", "download-only", "test"):
		return one(made(c, effect.Exec, c.Name()+":"+op, "dry-run"))
	case listed(m.source, op):
		return repoAdd(c)
	case listed(m.remove, op):
		return one(made(c, effect.PkgRemove, c.Name()+":"+strings.Join(texts(l.from(1)), " "), "global"))
	case m.install == "." || listed(m.install, op):
		return m.installs(c, l)
	}
	return one(made(c, effect.Exec, strings.TrimSpace(c.Name()+" "+op)))
}

func (m sysManager) installs(c Call, l line) Outcome {
	n := 1
	if m.install == "." {
		n = 0
	}
	out := installing(c, l, l.from(n), m.sourceOpts, "")
	out.Effects[0].Flags = append(without(out.Effects[0].Flags, "lock"), "global")
	for _, p := range l.from(n) {
		if isPackageFile(p.Text) {
			out.Effects[0].Flags = append(out.Effects[0].Flags, "source", "file")
		}
		if strings.HasSuffix(p.Text, "-") && c.Name() != "apk" && len(p.Text) > 1 {
			out.add(effect.PkgRemove, c.Name()+":"+p.Text)
		}
	}
	for _, b := range strings.Fields(m.bypass) {
		if l.on(b) {
			out.Effects = append(out.Effects, made(c, effect.Bypass, "signature"))
		}
	}
	for _, o := range l.values("o", "option") {
		low := strings.ToLower(o.Text)
		switch {
		case strings.Contains(low, "invoke") || strings.Contains(low, "changelogs::pager") || strings.Contains(low, "dpkg::path"):
			out.Effects = append(out.Effects, made(c, effect.ExecTampered, o.Text))
			if _, cmd, ok := strings.Cut(o.Text, "="); ok {
				out.Nested = append(out.Nested, Nested{Kind: NestedShell, Text: Word{Text: cmd, Known: o.Known}, Via: c.Name() + " -o"})
			}
		case strings.Contains(low, "allowunauthenticated=true") || strings.Contains(low, "verify-peer=false") || strings.Contains(low, "allowinsecurerepositories=true"):
			out.Effects = append(out.Effects, made(c, effect.Bypass, "signature"))
		}
	}
	return out
}

func isPackageFile(name string) bool {
	for _, s := range []string{".deb", ".rpm", ".apk", ".pkg", ".snap", ".flatpak", ".pkg.tar.zst", ".msi", ".dmg"} {
		if strings.HasSuffix(name, s) {
			return true
		}
	}
	return false
}

func pkgReads(c Call) Outcome { return one(made(c, effect.Exec, c.Name())) }

func pkgRemoves(c Call) Outcome { return one(made(c, effect.PkgRemove, c.Name())) }

// repoAdd changes where the system's packages come from.
func repoAdd(c Call) Outcome {
	l := loosely(c.Args[1:], "")
	if l.has("list", "l", "dump") || l.word(0) == "list" || l.word(0) == "status" || l.word(0) == "repos" && !l.has("enable", "disable") {
		return one(made(c, effect.Exec, c.Name()))
	}
	e := made(c, effect.PkgSource, c.Name()+":"+l.phrase(2))
	e.Host = urlHost(c.Args)
	return one(e)
}

func aptKey(c Call) Outcome {
	l := loosely(c.Args[1:], "keyserver")
	if listed("list finger fingerprint", l.word(0)) || l.has("list-keys", "l", "f", "finger") {
		return one(made(c, effect.Exec, c.Name()))
	}
	return one(made(c, effect.PkgSource, c.Name()+":"+l.word(0), "key"))
}

func dpkg(c Call) Outcome {
	l := loosely(c.Args[1:], "root admindir")
	switch {
	case l.has("i", "install", "unpack", "A"):
		out := one(made(c, effect.PkgInstall, "dpkg:"+strings.Join(texts(l.words), " "), "global", "source", "file"))
		if l.says("--force-") {
			out.Effects = append(out.Effects, made(c, effect.Bypass, "signature"))
		}
		return out
	case l.has("r", "remove", "P", "purge"):
		return one(made(c, effect.PkgRemove, "dpkg:"+strings.Join(texts(l.words), " "), "global"))
	case l.has("configure", "add-architecture", "set-selections", "divert"):
		return one(made(c, effect.SysConfig, "dpkg"))
	}
	return one(made(c, effect.Exec, "dpkg"))
}

func rpm(c Call) Outcome {
	l := loosely(c.Args[1:], "root dbpath E eval D define")
	switch {
	case l.has("q", "query", "V", "verify", "K", "checksig", "showrc"):
		return one(made(c, effect.Exec, "rpm"))
	case l.has("e", "erase"):
		return one(made(c, effect.PkgRemove, "rpm:"+strings.Join(texts(l.words), " "), "global"))
	case l.has("import"):
		return one(made(c, effect.PkgSource, "rpm:import", "key"))
	case l.has("E", "eval"):
		return evalRPM(c, l)
	case l.has("i", "install", "U", "upgrade", "F", "freshen", "reinstall"):
		out := installing(c, l, l.words, "", "")
		out.Effects[0].Flags = append(out.Effects[0].Flags, "global")
		if l.on("nosignature", "nodigest", "nogpgcheck") {
			out.Effects = append(out.Effects, made(c, effect.Bypass, "signature"))
		}
		return out
	}
	return one(made(c, effect.Exec, "rpm"))
}

// evalRPM: macros run shell and Lua.
func evalRPM(c Call, l line) Outcome {
	out := Outcome{}
	for _, v := range l.values("E", "eval") {
		if i := strings.Index(v.Text, "%("); i >= 0 {
			out.Nested = append(out.Nested, Nested{Kind: NestedShell, Text: Word{Text: strings.TrimSuffix(v.Text[i+2:], ")"), Known: v.Known}, Via: "rpm --eval"})
		}
		if i := strings.Index(v.Text, "%{lua:"); i >= 0 {
			out.Nested = append(out.Nested, Nested{Kind: NestedCode, Lang: "lua", Text: Word{Text: strings.TrimSuffix(v.Text[i+6:], "}"), Known: v.Known}, Via: "rpm --eval"})
		}
	}
	return out
}

func pacman(c Call) Outcome {
	l := loosely(c.Args[1:], "config root dbpath r b")
	switch {
	case l.has("Q", "query", "Ss", "T", "Si", "F"), l.has("S") && l.has("s", "i", "l", "g"):
		return one(made(c, effect.Exec, c.Name()))
	case l.has("R", "remove"), l.has("S") && l.has("c"):
		return one(made(c, effect.PkgRemove, c.Name()+":"+strings.Join(texts(l.words), " "), "global"))
	case l.has("U", "upgrade"):
		return one(made(c, effect.PkgInstall, c.Name()+":"+strings.Join(texts(l.words), " "), "global", "source", "file"))
	}
	return one(made(c, effect.PkgInstall, c.Name()+":"+strings.Join(texts(l.words), " "), "global"))
}

func brew(c Call) Outcome {
	l := loosely(c.Args[1:], "appdir file")
	switch op := l.word(0); op {
	case "install", "reinstall", "upgrade", "update", "bundle", "fetch":
		return installing(c, l, l.from(1), "", "")
	case "uninstall", "remove", "rm", "autoremove", "cleanup", "untap":
		return one(made(c, effect.PkgRemove, "brew:"+strings.Join(texts(l.from(1)), " ")))
	case "tap":
		if len(l.words) < 2 {
			return one(made(c, effect.Exec, "brew tap"))
		}
		e := made(c, effect.PkgSource, "brew:tap "+l.word(1))
		if l.has("custom-remote") || len(l.words) > 2 {
			e.Flags, e.Host = []string{"url"}, urlHost(c.Args)
		}
		return one(e)
	case "services":
		if l.word(1) == "list" || l.word(1) == "info" {
			return one(made(c, effect.Exec, "brew services"))
		}
		if l.word(1) == "stop" || l.word(1) == "kill" {
			return one(made(c, effect.SysService, l.word(2), "stop"))
		}
		return one(made(c, effect.SysService, l.word(2), l.word(1)))
	}
	return one(made(c, effect.Exec, strings.TrimSpace("brew "+l.word(0))))
}

func flatpak(c Call) Outcome {
	l := loosely(c.Args[1:], "command installation")
	switch l.word(0) {
	case "remote-add", "remote-modify", "remote-delete":
		return repoAdd(c)
	case "override":
		return one(made(c, effect.Privilege, "flatpak override"))
	case "run":
		return one(made(c, effect.Exec, "flatpak run"))
	}
	return sysManager{install: "install update", remove: "uninstall remove", read: "list info search history"}.look(c)
}

func winget(c Call) Outcome {
	l := loosely(c.Args[1:], "s source id version")
	switch op := l.word(0); {
	case listed("install add upgrade update i", op):
		return installing(c, l, l.from(1), "s source", "")
	case listed("uninstall remove rm", op):
		return one(made(c, effect.PkgRemove, c.Name()+":"+l.word(1)))
	case op == "push":
		return one(made(c, effect.PkgPublish, c.Name()))
	case listed("source sources bucket config feature", op) && len(l.words) > 1 && l.word(1) != "list" && l.word(1) != "ls":
		return repoAdd(c)
	}
	return one(made(c, effect.Exec, c.Name()))
}

func pkgutil(c Call) Outcome {
	l := loosely(c.Args[1:], "")
	if l.has("forget") {
		return one(made(c, effect.PkgRemove, "pkgutil"))
	}
	return one(made(c, effect.Exec, "pkgutil"))
}

// nix: run and shell fetch and start programs.
func nix(c Call) Outcome {
	l := loosely(c.Args[1:], "f file p profile I option")
	switch op := l.word(0); {
	case op == "run" && len(l.words) > 1:
		out := one(made(c, effect.PkgInstall, "nix run:"+l.word(1), "run"))
		name := l.words[1].Text[strings.IndexByte(l.words[1].Text, '#')+1:]
		out.Nested = []Nested{{Kind: NestedArgv, Args: append([]Word{known(name)}, l.rest...), Via: "nix run"}}
		return out
	case op == "shell" || op == "develop":
		for i, a := range c.Args {
			if (a.Text == "-c" || a.Text == "--command") && i+1 < len(c.Args) {
				return Outcome{Nested: []Nested{{Kind: NestedArgv, Args: c.Args[i+1:], Via: "nix " + op}}}
			}
		}
		return one(made(c, effect.PkgInstall, "nix "+op))
	case op == "profile" && (l.word(1) == "remove" || l.word(1) == "wipe-history"), l.has("e", "uninstall") && c.Name() == "nix-env":
		return one(made(c, effect.PkgRemove, c.Name()))
	case op == "profile" && l.word(1) == "install", l.has("i", "iA", "install", "u") && c.Name() == "nix-env":
		return installing(c, l, l.from(1), "", "")
	case op == "copy" || op == "store" && l.word(1) == "gc":
		return one(made(c, effect.PkgRemove, "nix "+l.phrase(2)))
	}
	return one(made(c, effect.Exec, strings.TrimSpace("nix "+l.word(0))))
}

func nixShell(c Call) Outcome {
	for i, a := range c.Args {
		if (a.Text == "--run" || a.Text == "--command") && i+1 < len(c.Args) {
			return Outcome{Nested: []Nested{{Kind: NestedShell, Text: c.Args[i+1], Via: "nix-shell"}}}
		}
	}
	return one(made(c, effect.PkgInstall, "nix-shell"))
}

func nixStore(c Call) Outcome {
	l := loosely(c.Args[1:], "")
	if l.has("delete", "gc") {
		return one(made(c, effect.PkgRemove, "nix-store"))
	}
	return one(made(c, effect.Exec, "nix-store"))
}
