package catalog

import (
	"strings"

	"writ/internal/effect"
)

// guarded are programs that a definition of the same name would hide from a reader of the line.
var guarded = nameSet(`sudo su ssh scp sftp git gpg rm ls cd cat cp mv ps top kill login passwd doas curl wget docker kubectl aws gcloud az npm pip
	python python3 node sh bash zsh vim nano less crontab systemctl history exit which type command test echo read terraform gh claude codex gemini writ ping grep find make go cargo chmod chown`)

func aliases(c Call) Outcome {
	var out Outcome
	for _, w := range c.Args[1:] {
		name, value, ok := strings.Cut(w.Text, "=")
		if !ok {
			continue
		}
		hides(&out, name, Word{Text: value, Known: w.Known})
	}
	return out
}

// hides notes a definition that takes the place of a known program, unless it only adds options to it.
func hides(out *Outcome, name string, body Word) {
	first, rest, _ := strings.Cut(strings.TrimSpace(body.Text), " ")
	first = strings.TrimPrefix(first, "\\")
	harmless := body.Known && !strings.ContainsAny(rest, ";|&`$<>") && (first == name || harmlessTools[first] || aliasTwins[name+"="+first])
	if (guarded[name] || reachesOut(body.Text)) && !harmless {
		out.add(effect.ExecTampered, "alias "+name, "define")
	}
	if harmless || strings.ContainsAny(body.Text, "|;&`$") || !body.Known || strings.Contains(body.Text, " ") {
		if !harmless {
			out.shell(body, "alias "+name)
		}
	}
}

// reachesOut tells whether shell text names a program that talks to the network.
func reachesOut(text string) bool {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ;|&`$()", r) }) {
		if networkNames[BaseName(w)] {
			return true
		}
	}
	return false
}

var networkNames = nameSet("curl wget nc ncat netcat socat telnet ftp tftp")

var aliasTwins = nameSet(`ls=exa ls=eza ls=lsd ls=gls cat=bat cat=batcat vim=nvim vi=vim vi=nvim vim=vi python=python3 pip=pip3 grep=rg grep=ggrep find=fd rm=trash rm=trash-put
	rm=gio rm=rip ps=procs top=htop top=btop kubectl=minikube docker=podman sudo=doas make=gmake git=hub ping=prettyping less=bat sed=gsed npm=pnpm node=nodejs cd=z curl=curlie cp=rsync diff=colordiff`)

func unaliases(c Call) Outcome { return Outcome{} }
