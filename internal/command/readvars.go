package command

import (
	"strings"
)

// read gives variables the words of a known input line.
func (r *reader) read(sh *scope, args []field, in *flow) {
	var names []string
	array, from := false, ""
	for i := 0; i < len(args); i++ {
		a := args[i].Text
		if strings.HasPrefix(a, "-") && len(a) > 1 {
			if strings.Contains(a, "a") {
				array = true
			}
			if strings.ContainsAny(a[len(a)-1:], "dinNptu") {
				i++
			}
			continue
		}
		names = append(names, a)
	}
	if len(names) == 0 {
		names = []string{"REPLY"}
	}
	if in == nil || !in.known || in.partial() {
		if in != nil {
			from = taintOnly(in.from)
		}
		for _, n := range names {
			sh.set(n, variable{from: from})
		}
		return
	}
	line, _, _ := strings.Cut(in.text, "\n")
	words := strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(r.ifs(sh), c) })
	if array {
		list := make([]field, len(words))
		for i, w := range words {
			list[i] = literal(w)
		}
		sh.set(names[0], variable{isList: true, known: true, list: list})
		return
	}
	for i, n := range names {
		switch {
		case i >= len(words):
			sh.set(n, variable{known: true})
		case i == len(names)-1 && len(names) == 1:
			sh.set(n, variable{text: strings.Trim(line, r.ifs(sh)), known: true})
		case i == len(names)-1:
			sh.set(n, variable{text: strings.Join(words[i:], " "), known: true})
		default:
			sh.set(n, variable{text: words[i], known: true})
		}
	}
	if strings.Contains(strings.TrimRight(in.text, "\n"), "\n") && r.nest > 1 {
		// in a loop the variable takes the other lines too
		for i, n := range names {
			v := sh.vars[n]
			for _, l := range strings.Split(strings.TrimSpace(in.text), "\n")[1:] {
				f := strings.Fields(l)
				if i < len(f) && len(v.others) < 8 {
					v.others = append(v.others, strings.Join(f[i:min(len(f), cond(i == len(names)-1, len(f), i+1))], " "))
				}
			}
			sh.vars[n] = v
		}
	}
}

func cond(b bool, yes, no int) int {
	if b {
		return yes
	}
	return no
}

func (r *reader) mapfile(sh *scope, args []field, in *flow) {
	name := "MAPFILE"
	if n := len(args); n > 0 && !strings.HasPrefix(args[n-1].Text, "-") {
		name = args[n-1].Text
	}
	if in == nil || !in.known || in.partial() {
		sh.set(name, variable{})
		return
	}
	v := variable{isList: true, known: true}
	for _, l := range strings.Split(strings.TrimSuffix(in.text, "\n"), "\n") {
		v.list = append(v.list, literal(l))
		if len(v.list) > maxFields {
			break
		}
	}
	sh.set(name, v)
}
