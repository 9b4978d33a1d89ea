package catalog

import (
	"strconv"
	"strings"

	"writ/internal/effect"
)

var chmodSpec = newSpec("c,changes f,silent,quiet v,verbose R,recursive reference= preserve-root no-preserve-root H L P h")

// chmods reads the mode; a mode that begins with a dash (chmod -x f) is no option.
func chmods(c Call) Outcome {
	var words []Word
	var minus string
	for _, w := range c.Args[1:] {
		if len(w.Text) > 1 && w.Text[0] == '-' && strings.Trim(w.Text[1:], "rwxXstugoa,=+-") == "" && minus == "" {
			minus = w.Text
			continue
		}
		words = append(words, w)
	}
	p := chmodSpec.parse(words)
	mode, files := minus, p.args
	if mode == "" && !p.has("reference") && len(files) > 0 {
		mode, files = files[0].Text, files[1:]
	}
	flags := append(modeFlags(mode), flagIf(p.has("recursive"), "recursive")...)
	var out Outcome
	if len(p.args) > 0 && !p.args[0].Known && minus == "" {
		flags = append(flags, "unknown-mode")
	}
	out.paths(effect.FSChmod, files, flags...)
	return out
}

// modeFlags says what a mode does: world, setuid, exec, open, harden, strip.
func modeFlags(mode string) []string {
	if n, err := strconv.ParseUint(mode, 8, 16); err == nil {
		return octalFlags(uint(n))
	}
	var flags []string
	for _, clause := range strings.Split(mode, ",") {
		flags = append(flags, symbolicFlags(clause)...)
	}
	return unique(flags)
}

func octalFlags(n uint) []string {
	var flags []string
	flags = append(flags, flagIf(n&0o6000 != 0, "setuid")...)
	flags = append(flags, flagIf(n&0o002 != 0 && n&0o1000 == 0, "world")...)
	flags = append(flags, flagIf(n&0o111 != 0, "exec")...)
	flags = append(flags, flagIf(n&0o004 != 0, "open")...)
	flags = append(flags, flagIf(n&0o044 != 0, "group-open")...)
	flags = append(flags, flagIf(n&0o077 == 0 && n != 0, "harden")...)
	return append(flags, flagIf(n&0o777 == 0, "strip")...)
}

func symbolicFlags(clause string) []string {
	i := strings.IndexAny(clause, "+-=")
	if i < 0 {
		return nil
	}
	who, op, what := clause[:i], clause[i], clause[i+1:]
	others := who == "" || strings.ContainsAny(who, "oa")
	var flags []string
	if op == '-' {
		if what == "rwx" && (who == "" || who == "a" || who == "u" || who == "ugo") {
			return []string{"strip"}
		}
		return []string{"harden"}
	}
	flags = append(flags, flagIf(strings.Contains(what, "s") && (who == "" || strings.ContainsAny(who, "uga")), "setuid")...)
	flags = append(flags, flagIf(strings.Contains(what, "w") && strings.ContainsAny(who, "oa"), "world")...)
	flags = append(flags, flagIf(strings.Contains(what, "r") && others, "open")...)
	return append(flags, flagIf(strings.ContainsAny(what, "xX"), "exec")...)
}

func chowns(c Call) Outcome {
	p := newSpec("c,changes f,silent,quiet v,verbose R,recursive from= reference= preserve-root no-preserve-root H L P h,no-dereference dereference").parse(c.Args[1:])
	files := p.args
	owner := ""
	if !p.has("reference") && len(files) > 0 {
		owner, files = files[0].Text, files[1:]
	}
	flags := append([]string{"owner"}, flagIf(p.has("recursive"), "recursive")...)
	user, _, _ := strings.Cut(strings.ReplaceAll(owner, ".", ":"), ":")
	flags = append(flags, flagIf(user == "root" || user == "0", "owner-root")...)
	var out Outcome
	out.paths(effect.FSChmod, files, flags...)
	return out
}

func chattrs(c Call) Outcome {
	var flags []string
	var out Outcome
	for _, w := range c.Args[1:] {
		switch t := w.Text; {
		case strings.HasPrefix(t, "+") || strings.HasPrefix(t, "="):
			flags = append(flags, flagIf(strings.ContainsAny(t, "ia"), "immutable")...)
		case strings.HasPrefix(t, "-") && t != "-R" && t != "-V" && t != "-f":
			flags = append(flags, flagIf(strings.ContainsAny(t, "ia"), "mutable")...)
		case t == "-R":
			flags = append(flags, "recursive")
		default:
			out.path(effect.FSChmod, w, append([]string{"attribute"}, flags...)...)
		}
	}
	return out
}

func chflags(c Call) Outcome {
	p := newSpec("R f h v H L P").parse(c.Args[1:])
	what := p.verb()
	flags := []string{"attribute"}
	flags = append(flags, flagIf(strings.HasPrefix(what, "no"), "mutable")...)
	flags = append(flags, flagIf(strings.Contains(what, "chg") && !strings.HasPrefix(what, "no"), "immutable")...)
	flags = append(flags, flagIf(what == "hidden", "hide")...)
	var out Outcome
	out.paths(effect.FSChmod, p.after(1), flags...)
	return out
}

func setACL(c Call) Outcome {
	p := newSpec("m,modify= M,modify-file= x,remove= X= b,remove-all k,remove-default R,recursive d,default set= restore= n L P test").parse(c.Args[1:])
	flags := []string{"acl"}
	for _, w := range p.values("modify", "set") {
		for _, entry := range strings.Split(w.Text, ",") {
			parts := strings.Split(entry, ":")
			rights := parts[len(parts)-1]
			flags = append(flags, flagIf(strings.ContainsAny(rights, "r7654"), "open")...)
			flags = append(flags, flagIf(strings.ContainsAny(rights, "w762") && (parts[0] == "o" || parts[0] == "other"), "world")...)
		}
	}
	flags = append(flags, flagIf(p.has("recursive"), "recursive")...)
	flags = append(flags, flagIf(p.has("remove", "remove-all") && !p.has("modify"), "remove")...)
	var out Outcome
	if !p.has("test") {
		out.paths(effect.FSChmod, p.args, unique(flags)...)
	}
	return out
}

func xattrs(c Call) Outcome {
	p := newSpec("w d p l r c s v x").parse(c.Args[1:])
	var out Outcome
	files := p.after(1)
	flags := []string{"attribute"}
	switch {
	case p.has("c"):
		files, flags = p.args, append(flags, "quarantine")
	case p.has("d"):
		flags = append(flags, flagIf(strings.Contains(p.verb(), "quarantine"), "quarantine")...)
	case p.has("w"):
		files = p.after(2)
	default:
		out.paths(effect.FSList, p.args)
		return out
	}
	out.paths(effect.FSChmod, files, append(flags, flagIf(p.has("r"), "recursive")...)...)
	return out
}
