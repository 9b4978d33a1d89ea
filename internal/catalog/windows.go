package catalog

import (
	"strings"

	"writ/internal/effect"
)

// windowsPrograms are the commands of cmd and PowerShell, and system tools often misused.
var windowsPrograms = merge([]map[string]program{
	same("del erase", winDeletes), same("rd", winDeletes), same("remove-item ri", psDeletes), same("clear-content clear-recyclebin", psDeletes), same("format-volume clear-disk remove-partition initialize-disk set-disk diskpart", always(effect.SysDisk, "format")), same("format", formatsDrive),
	same("vssadmin wbadmin", winBackups), same("cipher", ruled(newSpec("/"), rule{options: "w", kind: effect.FSDelete, flags: "shred"})), same("fsutil", ruled(newSpec("/"), rule{words: "usn deletejournal", kind: effect.Evade, flags: "log"}, rule{words: "file setzerodata", kind: effect.FSWrite})),
	same("reg regedit", registries), same("schtasks register-scheduledtask new-scheduledtask", schtasks), same("sc new-service set-service stop-service remove-service", winServices), same("wevtutil clear-eventlog remove-eventlog limit-eventlog", winLogs), same("taskkill stop-process tskill", winKills), same("tasklist get-process get-service systeminfo gpresult qwinsta quser query", nothing), same("netsh set-netfirewallprofile new-netfirewallrule", netshes), same("set-mppreference add-mppreference uninstall-windowsfeature", always(effect.Evade, "av")), same("set-executionpolicy", always(effect.Bypass, "prompt")),
	same("bitsadmin start-bitstransfer", lolDownloads), same("mshta rundll32 regsvr32 wscript cscript installutil regasm regsvcs odbcconf cmstp forfiles pcalua hh presentationhost msdt eventvwr fodhelper computerdefaults sdclt ieexec mavinject syncappvpublishingserver", always(effect.Exec, "escape")), same("wmic invoke-wmimethod invoke-cimmethod", wmics), same("invoke-webrequest iwr invoke-restmethod irm", psWebs), same("invoke-expression", psExpressions), same("start-process saps", psStarts), same("runas", always(effect.Privilege, "user")), same("takeown icacls cacls set-acl", always(effect.FSChmod, "acl", "owner")), same("attrib", withArgs(effect.FSChmod, "attribute")), same("procdump64 psexec psexec64 pskill", always(effect.ProcTrace, "dump")), same("dsquery nltest dsget adfind get-aduser get-adcomputer get-addomain", always(effect.Recon, "ad")), same("restart-computer stop-computer", always(effect.SysPower)), same("new-localuser add-localgroupmember", always(effect.SysUser, "add")), same("disable-computerrestore", always(effect.Evade, "backup")), same("get-content gc", readsPaths(newSpec("- path= raw tail= encoding= totalcount="))), same("set-content add-content out-file", psWrites), same("get-childitem gci", nothing), same("get-clipboard", pastes), same("set-clipboard", clipboards), same("robocopy xcopy", winCopies), same("move", winMoves), same("explorer", nothing), same("compact", nothing), same("where-object select-object foreach-object write-host write-output", nothing), same("setx", setsEnv), same("doskey", nothing), same("chcp ver vol title cls pause", nothing),
})

var winSpec = newSpec("/")

func winDeletes(c Call) Outcome {
	p := winSpec.parse(c.Args[1:])
	var out Outcome
	flags := append(flagIf(p.has("s"), "recursive"), flagIf(p.has("q", "f"), "force")...)
	out.paths(effect.FSDelete, drives(p.args), flags...)
	return out
}

// drives puts paths with a drive letter below a folder of that name at the root: they are outside of everything.
func drives(ws []Word) []Word {
	out := make([]Word, len(ws))
	for i, w := range ws {
		if len(w.Text) > 1 && w.Text[1] == ':' && isLetter(w.Text[0]) {
			w.Text = "/" + strings.ReplaceAll(w.Text, `\\`, "/")
		}
		out[i] = w
	}
	return out
}

func psDeletes(c Call) Outcome {
	p := newSpec("- path= literalpath= recurse force confirm? whatif include= exclude= filter= r").parse(lowerOptions(c.Args[1:]))
	var out Outcome
	if p.has("whatif") {
		return out
	}
	flags := append(flagIf(p.has("recurse", "r"), "recursive"), flagIf(p.has("force"), "force")...)
	out.paths(effect.FSDelete, drives(append(p.values("path", "literalpath"), p.args...)), flags...)
	return out
}

// lowerOptions brings options to lower case: Windows does not tell case apart.
func lowerOptions(ws []Word) []Word {
	out := make([]Word, len(ws))
	for i, w := range ws {
		if len(w.Text) > 1 && (w.Text[0] == '-' || w.Text[0] == '/') && !strings.Contains(w.Text, " ") {
			w.Text = strings.ToLower(w.Text)
		}
		out[i] = w
	}
	return out
}

// formatsDrive is format C:; other programs of the name get other words.
func formatsDrive(c Call) Outcome {
	var out Outcome
	for _, w := range c.Args[1:] {
		if len(w.Text) == 2 && w.Text[1] == ':' {
			out.add(effect.SysDisk, w.Text, "format")
		}
	}
	return out
}

func winBackups(c Call) Outcome {
	var out Outcome
	text := strings.ToLower(lineOf(c.Args[1:]))
	if strings.Contains(text, "delete") || strings.Contains(text, "resize") {
		out.add(effect.Evade, c.Name()+" "+text, "backup")
	}
	return out
}

func psWebs(c Call) Outcome {
	p := newSpec("- uri= outfile= method= body= infile= headers= usebasicparsing skipcertificatecheck contenttype=").parse(lowerOptions(c.Args[1:]))
	var out Outcome
	url, ok := p.value("uri")
	if !ok && len(p.args) > 0 {
		url = p.args[0]
	}
	r := request{call: c, url: url, method: strings.ToUpper(orText(p.text("method"), "GET")), body: p.values("body"), files: p.values("infile"), insecure: p.has("skipcertificatecheck"), toFile: p.has("outfile")}
	r.send(&out, "")
	out.paths(effect.FSWrite, p.values("outfile"), "download")
	if !p.has("outfile") && out.Emits == "" {
		out.Emits = "network"
	}
	return out
}

func psExpressions(c Call) Outcome {
	var out Outcome
	if len(c.Args) > 1 {
		out.code("powershell", oneWord(c.Args[1:]), "Invoke-Expression")
		return out
	}
	readsShellInput(&out, c, "powershell", "Invoke-Expression")
	return out
}

func psStarts(c Call) Outcome {
	p := newSpec("- filepath= argumentlist= verb= windowstyle= wait nonewwindow").parse(lowerOptions(c.Args[1:]))
	var out Outcome
	if strings.EqualFold(p.text("verb"), "runas") {
		out.add(effect.Privilege, "Start-Process -Verb RunAs", "root")
	}
	args := append(p.values("filepath"), p.args...)
	if len(args) > 0 {
		out.argv(append(args, words(strings.Fields(p.text("argumentlist"))...)...), "Start-Process")
	}
	return out
}

func psWrites(c Call) Outcome {
	p := newSpec("- path= filepath= value= encoding= append force nonewline").parse(lowerOptions(c.Args[1:]))
	var out Outcome
	files := append(p.values("path", "filepath"), p.args...)
	if len(files) > 0 {
		out.path(effect.FSWrite, files[0], "truncate")
	}
	return out
}

func winCopies(c Call) Outcome {
	p := winSpec.parse(lowerOptions(c.Args[1:]))
	var out Outcome
	out.path(effect.FSRead, p.arg(0), "copy")
	out.path(effect.FSWrite, p.arg(1), "copy")
	if p.has("mir", "purge") {
		out.path(effect.FSDelete, p.arg(1), "sync-delete", "recursive")
	}
	return out
}

func winMoves(c Call) Outcome {
	p := winSpec.parse(c.Args[1:])
	var out Outcome
	out.path(effect.FSDelete, p.arg(0), "move")
	out.path(effect.FSWrite, p.arg(1), "move")
	return out
}
