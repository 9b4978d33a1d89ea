package catalog

import (
	"strconv"
	"strings"

	"writ/internal/effect"
)

// gitSetting is one configuration value that holds for one call (-c, --config-env, GIT_CONFIG_*).
type gitSetting struct {
	key   string // lower-cased
	value Word
}

// gitOptionSettings reads -c key=value and --config-env key=VAR.
func gitOptionSettings(p parsed) []gitSetting {
	var all []gitSetting
	for _, o := range p.opts {
		if o.name != "c" && o.name != "config-env" || !o.hasValue {
			continue
		}
		key, value, _ := strings.Cut(o.value.Text, "=")
		w := Word{Text: value, Known: o.value.Known && o.name == "c"}
		all = append(all, gitSetting{strings.ToLower(key), w})
	}
	return all
}

// gitEnvSettings reads GIT_CONFIG_COUNT/KEY_n/VALUE_n and GIT_CONFIG_PARAMETERS.
func gitEnvSettings(assigns []Assign) []gitSetting {
	var all []gitSetting
	values := map[string]Word{}
	for _, a := range assigns {
		values[a.Name] = a.Value
	}
	for i := 0; i < 64; i++ {
		n := strconv.Itoa(i)
		key, ok := values["GIT_CONFIG_KEY_"+n]
		if !ok {
			break
		}
		all = append(all, gitSetting{strings.ToLower(key.Text), values["GIT_CONFIG_VALUE_"+n]})
	}
	if w, ok := values["GIT_CONFIG_PARAMETERS"]; ok {
		for _, part := range strings.Split(w.Text, "'") {
			if key, value, ok := strings.Cut(part, "="); ok && strings.Contains(key, ".") {
				all = append(all, gitSetting{strings.ToLower(strings.TrimSpace(key)), Word{Text: value, Known: w.Known}})
			}
		}
	}
	return all
}

// settingEffects says what settings of one call change in what git runs, where the subcommand uses them.
func settingEffects(out *Outcome, g gitRun) {
	for _, s := range g.conf {
		kind, uses := configKind(s.key)
		switch {
		case kind == "exec" && (uses == nil || uses(g)) && !harmlessCommand(s.key, s.value):
			out.add(effect.ExecTampered, "git -c "+s.key, "git")
			if sh, ok := commandOf(s); ok {
				out.shell(sh, "git -c "+s.key)
			}
		case kind == "hooks":
			out.add(effect.GitBypass, s.key, "hooks")
		case kind == "trust" && gitNetVerb(g):
			out.add(effect.Bypass, "tls", "git")
		case s.key == "submodule.recurse" && !s.value.Known:
			out.add(effect.ExecTampered, "git -c "+s.key, "git")
		}
	}
}

// commandOf is the shell text of a setting that holds a command.
func commandOf(s gitSetting) (Word, bool) {
	if strings.HasPrefix(s.key, "alias.") || !s.value.Known || s.value.Text == "" {
		return Word{}, false
	}
	if s.key == "core.fsmonitor" && (s.value.Text == "true" || s.value.Text == "false") {
		return Word{}, false
	}
	return known(strings.TrimPrefix(s.value.Text, "!")), true
}

// configKind is what a key can do: "exec" (names a program that git runs), "hooks", "trust", "identity" or "".
// uses, when not nil, tells which commands would use it.
func configKind(key string) (string, func(gitRun) bool) {
	switch {
	case key == "core.hookspath":
		return "hooks", nil
	case key == "core.sshcommand" || key == "core.gitproxy" || strings.HasSuffix(key, ".uploadpack") || strings.HasSuffix(key, ".receivepack"):
		return "exec", gitNetVerb
	case execKeys[key], strings.HasPrefix(key, "filter.") && !strings.HasSuffix(key, ".required"),
		strings.HasPrefix(key, "diff.") && (strings.HasSuffix(key, ".command") || strings.HasSuffix(key, ".textconv")),
		strings.HasPrefix(key, "merge.") && strings.HasSuffix(key, ".driver"),
		strings.HasPrefix(key, "difftool.") && strings.HasSuffix(key, ".cmd"),
		strings.HasPrefix(key, "mergetool.") && strings.HasSuffix(key, ".cmd"),
		strings.HasPrefix(key, "pager."),
		strings.HasPrefix(key, "credential.") && strings.HasSuffix(key, "helper"),
		strings.HasPrefix(key, "browser.") && strings.HasSuffix(key, ".cmd"),
		strings.HasPrefix(key, "guitool.") && strings.HasSuffix(key, ".cmd"),
		strings.HasPrefix(key, "trailer.") && (strings.HasSuffix(key, ".command") || strings.HasSuffix(key, ".cmd")),
		strings.HasPrefix(key, "submodule.") && strings.HasSuffix(key, ".update"):
		return "exec", nil
	case trustKeys[key], strings.HasSuffix(key, ".insteadof"), strings.HasSuffix(key, ".pushinsteadof"),
		strings.HasPrefix(key, "http.") && (strings.HasSuffix(key, ".sslverify") || strings.HasSuffix(key, ".proxy") || strings.HasSuffix(key, ".extraheader")),
		strings.HasPrefix(key, "protocol.") && strings.HasSuffix(key, ".allow"),
		strings.HasPrefix(key, "remote.") && (strings.HasSuffix(key, ".url") || strings.HasSuffix(key, ".pushurl") || strings.HasSuffix(key, ".proxy")):
		return "trust", nil
	case strings.HasPrefix(key, "user."), strings.HasPrefix(key, "author."), strings.HasPrefix(key, "committer."):
		return "identity", nil
	}
	return "", nil
}

var execKeys = nameSet(`core.pager core.editor core.fsmonitor core.askpass core.alternaterefscommand sequence.editor gpg.program
	gpg.ssh.program gpg.openpgp.program gpg.x509.program gpg.ssh.defaultkeycommand diff.external interactive.difffilter credential.helper
	web.browser uploadpack.packobjectshook sendemail.sendmailcmd sendemail.smtpserver core.gitproxy ssh.variant
	init.templatedir core.worktree include.path core.attributesfile`)

var trustKeys = nameSet(`http.sslverify http.proxy https.proxy http.sslcainfo http.sslbackend safe.directory http.extraheader
	http.cookiefile transfer.fsckobjects fetch.fsckobjects receive.fsckobjects receive.denynonfastforwards receive.denydeletes
	core.gitproxy core.protecthfs core.protectntfs`)

// harmlessCommand tells whether the value only switches the program off or names a well-known one.
func harmlessCommand(key string, w Word) bool {
	if !w.Known {
		return false
	}
	first, rest, _ := strings.Cut(w.Text, " ")
	switch key {
	case "credential.helper":
		return harmlessHelpers[first] && !strings.ContainsAny(rest, "|;&`$<>")
	case "core.fsmonitor":
		return w.Text == "true" || w.Text == "false" || w.Text == ""
	case "ssh.variant", "init.templatedir", "core.worktree":
		return false
	}
	return harmlessTools[first] && !strings.ContainsAny(rest, "|;&`$<>!")
}

var harmlessHelpers = nameSet(`cache store osxkeychain manager manager-core wincred libsecret gnome-keyring gcloud.sh oauth gh`)

// harmlessTools are pagers, editors and filters that people name in settings and variables.
var harmlessTools = func() map[string]bool {
	m := nameSet(`cat less more most bat batcat delta diff-so-fancy head tail true false : vi vim nvim nano emacs emacsclient ed micro hx
		helix kak joe pico code codium cursor subl sublime atom zed mate bbedit gedit kate notepad notepad++ idea goland pycharm webstorm
		clion rubymine fleet open gpg gpg2 ssh-keygen difft difftastic meld kdiff3 vimdiff opendiff p4merge ydiff colordiff tig
		echo git-lfs git gh moar moor lv pspg ov w3m lynx firefox chromium google-chrome xdg-open wslview sensible-editor sensible-pager sensible-browser`)
	m[""] = true
	return m
}()

// gitNetVerb tells whether the command talks to a remote.
func gitNetVerb(g gitRun) bool {
	switch g.verb {
	case "fetch", "pull", "push", "clone", "ls-remote", "fetch-pack", "send-pack", "remote-https", "lfs":
		return true
	case "remote":
		p := gitRemoteSpec.parse(g.args)
		return p.verb() == "update" || p.verb() == "show" || p.verb() == "prune" || p.verb() == "add" && p.has("f")
	case "archive":
		return gitArchiveSpec.parse(g.args).has("remote")
	case "submodule":
		return true
	}
	return false
}

var (
	gitRemoteSpec  = newSpec("v,verbose f,fetch t= m= mirror? tags no-tags p,prune n add push delete all")
	gitArchiveSpec = newSpec("format= prefix= o,output= remote= exec= add-file= l,list worktree-attributes v,verbose mtime=")
)
