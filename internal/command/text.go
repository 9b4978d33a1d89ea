package command

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// textPrograms write a text that follows from their words and input alone. Their output is computed here,
// so that a program's name or a whole script cannot hide behind echo, printf, base64, rev or tr.
var textPrograms = map[string]func(args []string, in string, hasIn bool) (string, bool){
	"echo": echoText, "print": echoText, "printf": printfText, "base64": base64Text, "gbase64": base64Text,
	"base32": base32Text, "xxd": xxdText, "rev": revText, "tr": trText, "cat": catText, "tac": tacText,
	"head": headText, "tail": tailText, "openssl": opensslText, "gzip": gunzipText, "gunzip": gunzipText,
	"zcat": gunzipText, "seq": seqText, "basename": basenameText, "dirname": dirnameText, "cut": cutText,
	"sed": sedText, "tee": teeText, "sort": sortText, "which": whichText, "command": commandText,
	"mktemp": mktempText, "true": silentText, ":": silentText, "readlink": sameText, "realpath": sameText,
}

// textOutput gives what a command writes when that is certain.
func textOutput(name string, fields []field, in *flow) (string, bool) {
	program := textPrograms[name]
	if program == nil {
		return "", false
	}
	args := make([]string, 0, len(fields))
	for _, f := range fields[1:] {
		if !f.Known || f.Glob {
			return "", false
		}
		args = append(args, f.Text)
	}
	text, hasIn := "", false
	if in != nil {
		text, hasIn = in.text, in.known
	}
	out, ok := program(args, text, hasIn)
	if len(out) > maxValue {
		return "", false
	}
	return out, ok
}

func echoText(args []string, _ string, _ bool) (string, bool) {
	newline, escaped := "\n", false
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
		for _, c := range args[0][1:] {
			switch c {
			case 'n':
				newline = ""
			case 'e':
				escaped = true
			case 'E':
				escaped = false
			}
		}
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escaped {
		text = unescape(text, escEcho)
	}
	return text + newline, true
}

func printfText(args []string, _ string, _ bool) (string, bool) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 || args[0] == "-v" {
		return "", len(args) > 0
	}
	format, rest := args[0], args[1:]
	var b strings.Builder
	for round := 0; round < maxFields; round++ {
		used := formatOnce(&b, format, &rest)
		if len(rest) == 0 || !used || b.Len() > maxValue {
			break
		}
	}
	return b.String(), true
}

// formatOnce writes the format once, taking arguments from rest; it tells whether it took any.
func formatOnce(b *strings.Builder, format string, rest *[]string) bool {
	used := false
	next := func() string {
		used = true
		if len(*rest) == 0 {
			return ""
		}
		s := (*rest)[0]
		*rest = (*rest)[1:]
		return s
	}
	for {
		i := strings.IndexByte(format, '%')
		if i < 0 || i+1 >= len(format) {
			b.WriteString(unescape(format, escPrintf))
			return used
		}
		b.WriteString(unescape(format[:i], escPrintf))
		j := i + 1
		for j < len(format) && strings.IndexByte("-+ #0123456789.*l", format[j]) >= 0 {
			j++
		}
		if j >= len(format) {
			return used
		}
		directive := format[i+1 : j]
		switch format[j] {
		case '%':
			b.WriteByte('%')
		case 's', 'q':
			b.WriteString(precision(next(), directive))
		case 'b':
			b.WriteString(unescape(next(), escEcho))
		case 'c':
			if s := next(); s != "" {
				b.WriteString(s[:1])
			}
		case 'd', 'i', 'u':
			n, _ := strconv.ParseInt(next(), 0, 64)
			b.WriteString(strconv.FormatInt(n, 10))
		case 'x', 'X', 'o':
			n, _ := strconv.ParseInt(next(), 0, 64)
			base := 16
			if format[j] == 'o' {
				base = 8
			}
			b.WriteString(strconv.FormatInt(n, base))
		default:
			next()
		}
		format = format[j+1:]
	}
}

func precision(s, directive string) string {
	_, p, ok := strings.Cut(directive, ".")
	if n, err := strconv.Atoi(p); ok && err == nil && n < len(s) {
		return s[:n]
	}
	return s
}

func operands(args []string) []string {
	var out []string
	for _, a := range args {
		if a == "-" || !strings.HasPrefix(a, "-") {
			out = append(out, a)
		}
	}
	return out
}

// catText passes its input on. With files named, the text is not known here.
func catText(args []string, in string, hasIn bool) (string, bool) {
	for _, a := range operands(args) {
		if a != "-" && a != "/dev/stdin" {
			return "", false
		}
	}
	return in, hasIn
}

// teeText passes its input on, whatever files it also writes.
func teeText(_ []string, in string, hasIn bool) (string, bool) { return in, hasIn }

func seqText(args []string, _ string, _ bool) (string, bool) {
	from, step, to := 1, 1, 0
	nums := make([]int, 0, 3)
	for _, a := range args {
		n, err := strconv.Atoi(a)
		if err != nil {
			return "", false
		}
		nums = append(nums, n)
	}
	switch len(nums) {
	case 1:
		to = nums[0]
	case 2:
		from, to = nums[0], nums[1]
	case 3:
		from, step, to = nums[0], nums[1], nums[2]
	}
	if step <= 0 || to-from > maxFields {
		return "", false
	}
	var b strings.Builder
	for n := from; n <= to; n += step {
		b.WriteString(strconv.Itoa(n))
		b.WriteByte('\n')
	}
	return b.String(), len(nums) > 0
}

func basenameText(args []string, _ string, _ bool) (string, bool) {
	if len(args) == 0 || len(args) > 2 || strings.HasPrefix(args[0], "-") {
		return "", false
	}
	base := path.Base(args[0])
	if len(args) == 2 {
		base = strings.TrimSuffix(base, args[1])
	}
	return base + "\n", true
}

func dirnameText(args []string, _ string, _ bool) (string, bool) {
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		return "", false
	}
	return path.Dir(args[0]) + "\n", true
}

// whichText answers with a program's usual place: which of them it is does not change what it does.
func whichText(args []string, _ string, _ bool) (string, bool) {
	names := operands(args)
	for i, n := range names {
		names[i] = installed(n)
	}
	return strings.Join(names, "\n") + "\n", len(names) > 0
}

func installed(name string) string {
	if strings.Contains(name, "/") {
		return name
	}
	return "/usr/bin/" + name
}

func commandText(args []string, _ string, _ bool) (string, bool) {
	if len(args) != 2 || args[0] != "-v" {
		return "", false
	}
	return installed(args[1]) + "\n", true
}

// mktempText stands for a fresh name under /tmp, whichever it will be.
func mktempText(args []string, _ string, _ bool) (string, bool) {
	for i, a := range args {
		if a == "-p" && i+1 < len(args) && args[i+1] != "/tmp" || strings.HasPrefix(a, "--tmpdir=") {
			return "", false
		}
	}
	names := operands(args)
	if len(names) == 0 {
		return "/tmp/tmp.writ\n", true
	}
	name := names[len(names)-1]
	if slices.Contains(args, "-t") && !strings.Contains(name, "/") {
		name = "/tmp/" + name
	}
	return name + "\n", len(names) == 1
}

func silentText([]string, string, bool) (string, bool) { return "", true }

// sameText answers with a path as it was given, which the resolver then follows.
func sameText(args []string, _ string, _ bool) (string, bool) {
	names := operands(args)
	return strings.Join(names, "\n") + "\n", len(names) == 1
}
