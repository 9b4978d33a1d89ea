package command

import (
	"encoding/hex"
	"strings"
)

// Names of files that a listing prints are not known, but where they lie is. The origin of such a value says
// so: it is "names_" and, in hexadecimal so that it can stand in the name of a variable, a pattern that the
// names match. What is then done to the names is judged as if done to that pattern.

const namesFrom = "names_"

// namesOf makes the origin of names that match a pattern.
func namesOf(pattern string) string { return namesFrom + hex.EncodeToString([]byte(pattern)) }

// some is the pattern of names of which it is known only that they were picked: not everything in the folder.
const some = "*listed*"

// standIn gives the pattern of an origin that namesOf made.
func standIn(from string) (string, bool) {
	digits, ok := strings.CutPrefix(from, namesFrom)
	if !ok {
		return "", false
	}
	pattern, err := hex.DecodeString(digits)
	return string(pattern), err == nil && len(pattern) > 0
}

// rank orders origins; see taints.
func rank(from string) int {
	if strings.HasPrefix(from, namesFrom) {
		return taints["output"]
	}
	return taints[from]
}

// listing gives the origin of what a command prints, when that is names of files; "" for other commands.
func listing(name string, fields []field, in *flow) string {
	var words []string
	for _, f := range fields[1:] {
		if !f.Known && !f.atom {
			return ""
		}
		words = append(words, f.Text)
	}
	switch name {
	case "ls", "dir", "exa", "eza":
		if len(words) > 0 && strings.ContainsAny(words[len(words)-1], "*.") {
			return namesOf(some)
		}
		return namesOf("*")
	case "find", "gfind":
		return foundIn(words)
	case "fd", "fdfind", "rg", "ag", "ack":
		if name == "fd" || name == "fdfind" || hasOption(words, "l", "--files", "--files-with-matches", "--files-without-match") {
			return namesOf(lastFolder(words) + some)
		}
	case "grep", "egrep", "fgrep":
		if hasOption(words, "lL", "--files-with-matches", "--files-without-match") {
			return namesOf(lastFolder(words) + some)
		}
	case "git":
		if len(words) > 0 && (words[0] == "ls-files" || words[0] == "diff" && hasOption(words, "", "--name-only") || words[0] == "status" || words[0] == "show" && hasOption(words, "", "--name-only")) {
			if words[0] == "ls-files" && listsAll(words[1:]) {
				return namesOf("*")
			}
			return namesOf(some)
		}
	case "sort", "uniq", "head", "tail", "cut", "tr", "awk", "sed", "tac", "shuf", "cat", "tee", "nl":
		if in != nil && strings.HasPrefix(in.from, namesFrom) {
			return in.from
		}
	case "basename":
		return namesOf(some)
	}
	if (name == "grep" || name == "egrep" || name == "fgrep" || name == "rg") && in != nil {
		if pattern, ok := standIn(in.from); ok {
			return namesOf(strings.TrimSuffix(strings.TrimSuffix(pattern, some), "*") + some)
		}
	}
	return ""
}

// listsAll tells whether git ls-files with these words names everything that is tracked, or everything that is
// not: no path and no filter picks among it.
func listsAll(words []string) bool {
	for _, w := range words {
		switch w {
		case "-z", "-c", "-o", "-co", "-oc", "--cached", "--others", "--exclude-standard", "--full-name":
		default:
			return false
		}
	}
	return true
}

// foundIn gives the origin of what find prints: names below its starting points, of which an absolute one or
// one that leads upwards matters most.
func foundIn(words []string) string {
	root := "."
	for _, w := range words {
		if strings.HasPrefix(w, "-") && w != "-L" && w != "-H" && w != "-P" || w == "(" || w == "!" {
			break
		}
		if w[:min(1, len(w))] == "/" || strings.HasPrefix(w, "..") || root == "." {
			root = w
		}
	}
	if hasOption(words, "", "-printf", "-fprintf") {
		return ""
	}
	return namesOf(strings.TrimSuffix(root, "/") + "/" + picked(words))
}

// picked gives the pattern of what the tests of find let through, below its starting point: "*" for
// everything, the name where there is one, some for other tests.
func picked(words []string) string {
	which := "*"
	for i, w := range words {
		switch w {
		case "-name", "-iname":
			if i+1 < len(words) && strings.Trim(words[i+1], "*.?") != "" {
				return "*/" + words[i+1]
			}
		case "-path", "-ipath", "-wholename", "-regex", "-iregex", "-newer", "-mtime", "-mmin", "-size", "-empty", "-perm", "-user":
			which = some
		}
	}
	return which
}

func hasOption(words []string, short string, long ...string) bool {
	for _, w := range words {
		for _, l := range long {
			if w == l {
				return true
			}
		}
		if len(w) > 1 && w[0] == '-' && w[1] != '-' && strings.ContainsAny(w[1:], short) {
			return true
		}
	}
	return false
}

// lastFolder guesses the folder that a search was told to look in: the last operand that is a path.
func lastFolder(words []string) string {
	if n := len(words); n > 1 {
		last := words[n-1]
		if !strings.HasPrefix(last, "-") && (strings.HasPrefix(last, "/") || strings.HasPrefix(last, "..") || strings.HasPrefix(last, "~")) {
			return strings.TrimSuffix(last, "/") + "/"
		}
	}
	return ""
}
