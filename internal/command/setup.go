package command

import (
	"strings"
)

// shellSetups are programs that print commands for the shell to eval, by the words that make them do so:
// evaluating them trusts no more than running the program. "" stands for any words.
var shellSetups = map[string][]string{
	"ssh-agent": {""}, "keychain": {""}, "dircolors": {""}, "lesspipe": {""}, "lesspipe.sh": {""}, "tset": {""}, "resize": {""}, "locale": {""},
	"pyenv": {"init", "virtualenv-init"}, "rbenv": {"init"}, "nodenv": {"init"}, "jenv": {"init"}, "goenv": {"init"}, "plenv": {"init"}, "phpenv": {"init"}, "swiftenv": {"init"}, "tfenv": {"init"},
	"brew": {"shellenv"}, "direnv": {"hook", "export"}, "starship": {"init"}, "zoxide": {"init"}, "atuin": {"init"}, "mcfly": {"init"}, "oh-my-posh": {"init"},
	"fnm": {"env"}, "volta": {"setup"}, "mise": {"activate", "env", "hook-env"}, "rtx": {"activate", "env"}, "asdf": {"exec"}, "conda": {"shell.bash", "shell.zsh", "shell.posix"},
	"micromamba": {"shell"}, "mamba": {"shell"}, "opam": {"env", "config"}, "luarocks": {"path"}, "thefuck": {"--alias"}, "hub": {"alias"}, "register-python-argcomplete": {""},
	"minikube": {"docker-env", "podman-env"}, "docker-machine": {"env"}, "gopass": {"completion"}, "npm": {"completion"}, "fzf": {"--bash", "--zsh"}, "devbox": {"shellenv", "global"},
	"pip": {"completion"}, "poetry": {"env", "completions"}, "uv": {"generate-shell-completion"}, "rustup": {"completions"}, "perl": {"-Mlocal::lib"}, "eb": {"--completion"}, "sheldon": {"source"}, "carapace": {"_carapace"},
}

// setsUpShell tells whether a command prints the set-up of a shell: one of the above, or any installed
// program's own completion for a shell by name.
func setsUpShell(fields []field) bool {
	for _, f := range fields {
		if !f.Known {
			return false
		}
	}
	name := fields[0].Text
	if strings.Contains(name, "/") {
		return false
	}
	rest := fields[1:]
	for _, word := range shellSetups[name] {
		if word == "" || len(rest) > 0 && (rest[0].Text == word || strings.HasPrefix(rest[0].Text, word)) {
			return true
		}
	}
	completes, forShell := false, false
	for _, f := range rest {
		switch f.Text {
		case "completion", "completions", "generate-shell-completion", "shell-completion":
			completes = true
		case "bash", "zsh", "-s=bash", "-s=zsh", "--shell=bash", "--shell=zsh":
			forShell = true
		}
	}
	return completes && forShell && len(rest) <= 4
}
