package catalog

import (
	"strings"

	"writ/internal/effect"
)

// findValues are the tests and options of find that take a value.
var findValues = nameSet(`-name -iname -path -ipath -wholename -iwholename -regex -iregex -lname -ilname -type -xtype -size -mtime -atime -ctime -mmin -amin -cmin
	-newer -anewer -cnewer -newermt -newerat -newerct -newermm -user -group -uid -gid -perm -maxdepth -mindepth -links -inum -samefile -fstype -used -printf
	-regextype -context -D -files0-from -Bmin -Btime -flags -exclude -limit`)

// finds is find: starting points, tests, actions. Tests narrow what an action meets, which is said by flags.
func finds(c Call) Outcome {
	var out Outcome
	roots, expr := findRoots(c.Args[1:])
	if len(roots) == 0 {
		roots = words(".")
	}
	narrowed := findNarrowed(expr)
	listed := true
	for i := 0; i < len(expr); i++ {
		switch t := expr[i].Text; {
		case t == "-delete":
			for _, r := range roots {
				flags := append([]string{"recursive", "find"}, flagIf(narrowed, "matching")...)
				if !narrowed {
					flags = append(flags, emptied(r)...)
				}
				out.path(effect.FSDelete, r, flags...)
			}
			listed = false
		case t == "-exec" || t == "-execdir" || t == "-ok" || t == "-okdir":
			end := i + 1
			for end < len(expr) && expr[end].Text != ";" && expr[end].Text != "+" {
				end++
			}
			findExec(&out, roots, expr[i+1:min(end, len(expr))], narrowed)
			i, listed = end, false
		case t == "-fprint" || t == "-fprint0" || t == "-fls":
			i++
			if i < len(expr) {
				out.path(effect.FSWrite, expr[i], "truncate")
			}
		case t == "-fprintf":
			i++
			if i < len(expr) {
				out.path(effect.FSWrite, expr[i], "truncate")
			}
			i++
		case t == "-perm":
			i++
			if i < len(expr) {
				findPerm(&out, expr[i].Text, roots)
			}
		case t == "-name" || t == "-iname" || t == "-path" || t == "-regex" || t == "-wholename" || t == "-ipath":
			i++
			if i < len(expr) && wideRoot(roots) && secretFilePattern(expr[i].Text) {
				out.add(effect.Recon, expr[i].Text, "secret")
			}
		case (t == "-writable" || t == "-readable") && wideRoot(roots):
			out.add(effect.Recon, "find "+t, "privilege")
		case findValues[t]:
			i++
		}
	}
	if listed {
		out.paths(effect.FSList, roots, "recursive")
	}
	return out
}

func findRoots(ws []Word) (roots, expr []Word) {
	for i := 0; i < len(ws); i++ {
		switch t := ws[i].Text; {
		case t == "-H" || t == "-L" || t == "-P" || t == "-O1" || t == "-O2" || t == "-O3" || t == "-X" || t == "-d" || t == "-s" || t == "-x" || t == "-E":
		case t == "-D" || t == "-f":
			i++
		case strings.HasPrefix(t, "-") || t == "(" || t == "!" || t == ")":
			return roots, ws[i:]
		default:
			roots = append(roots, ws[i])
		}
	}
	return roots, nil
}

// findNarrowed tells whether a test keeps an action from everything below the roots.
func findNarrowed(expr []Word) bool {
	for _, w := range expr {
		switch w.Text {
		case "-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex", "-mtime", "-mmin", "-empty", "-size", "-atime", "-newer", "-perm", "-user", "-samefile", "-inum", "-ctime":
			return true
		}
	}
	return false
}

// findExec follows -exec: {} becomes the roots, which stand for all below them.
func findExec(out *Outcome, roots, command []Word, narrowed bool) {
	if len(command) == 0 {
		return
	}
	var args []Word
	for _, w := range command {
		if w.Text == "{}" {
			for _, r := range roots {
				r.Text = strings.TrimSuffix(r.Text, "/")
				if r.Text == "" {
					r.Text = "/"
				}
				if narrowed {
					r.Text = strings.TrimSuffix(r.Text, "/") + "/*"
					r.Glob = true
				}
				args = append(args, r)
			}
			continue
		}
		if strings.Contains(w.Text, "{}") {
			w.Text = strings.ReplaceAll(w.Text, "{}", roots[0].Text)
		}
		args = append(args, w)
	}
	out.argv(args, "find -exec")
}

// findPerm notes a search for programs that run with another's rights.
func findPerm(out *Outcome, mode string, roots []Word) {
	m := strings.TrimLeft(mode, "-/+")
	setuid := strings.Contains(m, "s") || len(m) == 4 && strings.IndexByte("2467", m[0]) >= 0 || m == "4000" || m == "6000"
	world := m == "0002" || m == "002" || m == "2" || m == "o+w" || m == "o=w" || m == "222" || m == "0222"
	if setuid {
		out.add(effect.Recon, "find -perm "+mode, "privilege")
	}
	if world && wideRoot(roots) {
		out.add(effect.Recon, "find -perm "+mode, "privilege")
	}
}

// wideRoot tells whether a search goes over a home folder or the whole machine.
func wideRoot(roots []Word) bool {
	for _, r := range roots {
		t := strings.TrimSuffix(r.Text, "/")
		switch {
		case t == "" || t == "~" || !r.Known && (t == ""), t == "/home" || t == "/root" || t == "/Users" || t == "/etc" || t == "/var" || t == "/opt" || t == "/mnt" || t == "/srv" || t == "/usr":
			return true
		case strings.HasPrefix(t, "/home/") && strings.Count(t, "/") == 2, strings.HasPrefix(t, "/Users/") && strings.Count(t, "/") == 2, strings.HasPrefix(t, "~") && !strings.Contains(t, "/"):
			return true
		}
	}
	return false
}

// secretFilePattern tells whether a file name pattern is for keys and credentials.
func secretFilePattern(p string) bool {
	p = strings.ToLower(p)
	for _, part := range []string{"id_rsa", "id_ed25519", "id_dsa", "id_ecdsa", ".pem", ".key", "*.p12", "*.pfx", ".env", "credential", "secret", "password", "passwd", ".kdbx", "kubeconfig", ".netrc", ".pgpass", "authorized_keys", "wallet", "shadow", ".htpasswd", "token", ".ssh", ".aws", ".gnupg", "keystore", ".jks", "key*.json", "_history", "id_*", ".ovpn", "known_hosts"} {
		if strings.Contains(p, part) {
			return true
		}
	}
	return false
}

// fds is fd: pattern, then roots; -x and -X run a command.
func fds(c Call) Outcome {
	p := newSpec("+ H I u s i g F a l L p 0 t,type= e,extension= E,exclude= d,max-depth= min-depth= S,size= x,exec X,exec-batch o,owner= changed-within= changed-before= c,color= j,threads= base-directory= search-path= max-results= 1").parse(c.Args[1:])
	var out Outcome
	var roots []Word
	args := c.Args[1:]
	for i, w := range args {
		if w.Text == "-x" || w.Text == "-X" || w.Text == "--exec" || w.Text == "--exec-batch" {
			n := out.argv(placeholders(args[i+1:], "{}"), "fd --exec")
			n.Appends = true
			return out
		}
	}
	if len(p.args) > 1 {
		roots = p.args[1:]
	}
	out.paths(effect.FSList, roots, "recursive")
	return out
}
