package command

import (
	"path"
	"strings"
)

// Names of secrets that a pattern may spell with wildcards, below a home folder and at the root. The shell
// opens a pattern by the files that are there when it runs, which need not be there when the line is judged.
var (
	homeSecrets = []string{".ssh/id_rsa", ".ssh/id_ed25519", ".ssh/id_ecdsa", ".aws/credentials", ".netrc", ".pypirc", ".pgpass", ".git-credentials",
		".kube/config", ".docker/config.json", ".config/gh/hosts.yml", ".gnupg/secring.gpg", ".bash_history", ".zsh_history", ".vault-token", ".claude/.credentials.json"}
	rootSecrets = []string{"/etc/shadow", "/etc/gshadow", "/proc/self/environ", "/proc/1/environ"}
)

// spellsSecret tells whether an absolute pattern matches a well-known secret of this home, this machine, or
// a .env in the folder that the pattern names.
func spellsSecret(pattern, home string) bool {
	names := rootSecrets
	if home != "" {
		for _, s := range homeSecrets {
			names = append(names[:len(names):len(names)], home+"/"+s)
		}
	}
	dir, _ := path.Split(pattern)
	names = append(names[:len(names):len(names)], dir+".env")
	for _, name := range names {
		if opensTo(pattern, name) {
			return true
		}
	}
	return false
}

// opensTo matches as a shell does: a leading dot is matched only by a dot.
func opensTo(pattern, name string) bool {
	ps, ns := strings.Split(pattern, "/"), strings.Split(name, "/")
	if len(ps) != len(ns) {
		return false
	}
	for i, p := range ps {
		if strings.HasPrefix(ns[i], ".") && !strings.HasPrefix(p, ".") {
			return false
		}
		if ok, err := path.Match(p, ns[i]); err != nil || !ok {
			return false
		}
	}
	return true
}
