package claude

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Places in a home where a file makes programs run later, outside of any session. Inside a session they cannot
// be changed. sinks are closed where they exist; folders are made where they are missing, because a file in
// them would do as well.
var (
	sinks = list(`.bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv .zprofile .zlogin .zlogout
		.kshrc .cshrc .tcshrc .login .inputrc .pam_environment .xprofile .xsession .xsessionrc .xinitrc .oh-my-zsh .config/fish .config/zsh
		.gitconfig .tmux.conf .config/tmux .vimrc .vim .config/nvim .gdbinit .config/direnv .config/upstart
		.codex/config.toml .gemini/settings.json .cursor/hooks.json .cursor/mcp.json`)
	sinkFolders = list(`.ssh .config/autostart .config/systemd .config/environment.d .config/git .local/share/systemd`)
	// The same in the CLI's own folder. Its state (.credentials.json, projects, todos, history …) stays writable.
	ownSinks       = list(`settings.json settings.local.json CLAUDE.md keybindings.json`)
	ownSinkFolders = list(`hooks agents commands skills output-styles rules plugins`)
	// machineSinks are what root could write.
	machineSinks = list(`/etc /var/spool/cron /var/spool/at /boot`)
)

// placeholders are files that do nothing while they are empty and would do much if an agent made them. They are
// made for the session where they are missing. Start-up files of shells are not among them: an empty one can
// stand before another; see appeared.
func placeholders(home, own string) map[string]string {
	return map[string]string{
		filepath.Join(own, "settings.json"): "{}\n",
		filepath.Join(own, "CLAUDE.md"):     "",
		filepath.Join(home, ".gitconfig"):   "",
	}
}

func list(s string) []string { return strings.Fields(s) }

func below(dir string, names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, filepath.Join(dir, name))
	}
	return out
}

// closed are the paths to close to writing, for a person with this home and this folder of the CLI's.
func closed(home, own string) []string {
	var out []string
	for _, part := range [][]string{below(home, sinks), below(home, sinkFolders), below(own, ownSinks), below(own, ownSinkFolders)} {
		out = append(out, part...)
	}
	if os.Getuid() == 0 {
		out = append(out, machineSinks...)
	}
	return out
}

// makeMissing makes the folders and placeholders that have to exist to be closed, and names them.
func makeMissing(home, own string) ([]string, error) {
	var made []string
	for _, dir := range append(below(home, sinkFolders), below(own, ownSinkFolders)...) {
		got, err := makeFolder(dir)
		made = append(made, got...)
		if err != nil {
			return made, err
		}
	}
	for path, text := range placeholders(home, own) {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return made, err
		}
		made = append(made, path)
	}
	return made, nil
}

// makeFolder makes a folder and its parents, private as nothing is known about it, and names those it made.
func makeFolder(dir string) ([]string, error) {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	made, err := makeFolder(filepath.Dir(dir))
	if err != nil {
		return made, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return made, err
	}
	return append(made, dir), nil
}

// unmake removes what makeMissing made, unless something was put into it since.
func unmake(made []string, home, own string) {
	text := placeholders(home, own)
	for i := len(made) - 1; i >= 0; i-- {
		path := made[i]
		if want, file := text[path]; file {
			if got, err := os.ReadFile(path); err != nil || string(got) != want {
				continue
			}
		}
		os.Remove(path) // a folder that is no longer empty stays
	}
}

// absent lists the sinks that do not exist now, and appeared those of them that exist later: what an agent made
// although nothing could be put in the way.
func absent(home, own string) []string {
	var out []string
	for _, path := range closed(home, own) {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			out = append(out, path)
		}
	}
	return out
}

func appeared(absent []string) []string {
	var out []string
	for _, path := range absent {
		if _, err := os.Lstat(path); err == nil {
			out = append(out, path)
		}
	}
	return out
}
