package catalog

import "strings"

// program says what one call of a known program would do. It need not set Known.
type program func(Call) Outcome

// domains are the tables that Look dispatches by, one per field of work; a name stands in one of them only
// (a test holds that).
var domains = []map[string]program{
	gitPrograms,
	writPrograms,
	vaultPrograms,
	filePrograms,
	textPrograms,
	shellPrograms,
	wrapperPrograms,
	tracerPrograms,
	httpPrograms,
	remotePrograms,
	archivePrograms,
	editorPrograms,
	processPrograms,
	systemPrograms,
	persistPrograms,
	secretPrograms,
	offensivePrograms,
	forgePrograms,
	windowsPrograms,
}

// families are programs known by the beginning of their name (mkfs.ext4, python3.12, gcc-13): the name is
// looked up again as the family's.
var families = []struct{ prefix, name string }{
	{"python", "python"}, {"pypy", "python"}, {"pip", "pip"}, {"node", "node"}, {"perl", "perl"}, {"ruby", "ruby"}, {"php", "php"}, {"lua", "lua"}, {"gem", "gem"}, {"easy_install-", "easy_install"},
	{"mkfs.", "mkfs"}, {"fsck.", "fsck"}, {"newfs_", "newfs"}, {"gcc-", "gcc"}, {"g++-", "g++"}, {"clang-", "clang"}, {"clang++-", "clang++"}, {"gdb-", "gdb"}, {"bash-", "bash"}, {"ld-", "ld"}, {"vim.", "vim"}, {"nc.", "nc"}, {"mount.", "mount"}, {"tclsh", "expect"},
}

// fallbacks are asked in order for a program that stands in no table; the first that answers true wins.
var fallbacks = []func(Call) (Outcome, bool){generic}

var programs = merge(append(domains[:len(domains):len(domains)], controlDomains...))

func merge(domains []map[string]program) map[string]program {
	all := map[string]program{}
	for _, d := range domains {
		for name, p := range d {
			all[name] = p
		}
	}
	return all
}

// Look says what the call would do, as far as its words tell. An Outcome with Known false and no effects
// means that the program is in no table; the reader then reports that something unknown runs.
func Look(c Call) Outcome {
	out := Outcome{}
	if p, ok := lookup(c.Name()); ok {
		if !helpOnly(c) {
			out = p(c)
		}
		pass(&out, c)
		out.Known = true
	} else {
		for _, f := range fallbacks {
			if o, ok := f(c); ok {
				out = o
				break
			}
		}
	}
	out.Effects = append(out.Effects, assignEffects(c.Assign)...)
	out.Effects = append(out.Effects, makeVariables(c)...)
	noteEscapes(&out, c)
	noteCapture(&out, c)
	noteMining(&out, c)
	fillWords(&out, c)
	return out
}

// lookup looks a program up by its name, then by its family.
func lookup(name string) (program, bool) {
	if p, ok := programs[name]; ok {
		return p, true
	}
	for _, f := range families {
		rest, ok := strings.CutPrefix(name, f.prefix)
		if ok && rest != "" && strings.Trim(rest, "0123456789.-") == "" || ok && strings.HasSuffix(f.prefix, ".") {
			p, ok := programs[f.name]
			return p, ok
		}
	}
	return nil, false
}

// helpOnly tells whether the call only prints its own help or version: the word stands first, or after a
// subcommand that is nothing but a plain word. Later positions do not count: BSD programs stop reading
// options at the first operand, so `rm x --help` may well delete x.
func helpOnly(c Call) bool {
	if len(c.Args) < 2 || !c.Args[1].Known {
		return false
	}
	if isHelp(c.Args[1].Text) {
		return true
	}
	if verbless[c.Name()] {
		return false
	}
	for i, w := range c.Args[1:] {
		if !w.Known || w.Glob || i > 3 {
			return false
		}
		if w.Text == "--help" {
			return true
		}
		if !isVerb(w.Text) {
			return false
		}
	}
	return false
}

func isHelp(s string) bool { return s == "--help" || s == "--version" || s == "/?" }

// runVerbs are subcommands after which the words belong to another program.
var runVerbs = map[string]bool{"run": true, "exec": true, "x": true, "dlx": true, "ssh": true, "shell": true, "execute": true, "start": true, "create": true, "with": true, "wrap": true}

func isVerb(s string) bool {
	if s == "" || runVerbs[s] || s[0] == '-' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_:") == ""
}

// fillWords gives effects without words of their own the words of the call.
func fillWords(out *Outcome, c Call) {
	var words []string
	for i := range out.Effects {
		if out.Effects[i].Words != nil {
			continue
		}
		if words == nil {
			words = rawWords(c.Args)
		}
		out.Effects[i].Words = words
	}
}

func rawWords(args []Word) []string {
	words := make([]string, 0, len(args))
	for _, a := range args {
		switch {
		case a.Raw != "":
			words = append(words, a.Raw)
		default:
			words = append(words, a.Text)
		}
	}
	return words
}
