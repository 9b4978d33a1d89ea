package command

import (
	"bytes"
	"compress/gzip"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"io"
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

// decoding tells whether the options ask to decode.
func decoding(args []string, short string, long ...string) bool {
	for _, a := range args {
		if slices.Contains(long, a) || len(a) > 1 && a[0] == '-' && a[1] != '-' && strings.ContainsAny(a[1:], short) {
			return true
		}
	}
	return false
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

func base64Text(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || len(operands(args)) > 0 && operands(args)[0] != "-" {
		return "", false
	}
	if !decoding(args, "dD", "--decode") {
		return base64.StdEncoding.EncodeToString([]byte(in)) + "\n", true
	}
	return decode64(in)
}

// decode64 reads base64 leniently: blanks, missing padding and the URL alphabet are all seen in use.
func decode64(in string) (string, bool) {
	clean := strings.Map(func(c rune) rune {
		switch {
		case c == '-':
			return '+'
		case c == '_':
			return '/'
		case c <= ' ' || c == '=':
			return -1
		}
		return c
	}, in)
	out, err := base64.RawStdEncoding.DecodeString(clean)
	return string(out), err == nil
}

func base32Text(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || len(operands(args)) > 0 {
		return "", false
	}
	if !decoding(args, "dD", "--decode") {
		return base32.StdEncoding.EncodeToString([]byte(in)) + "\n", true
	}
	out, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(strings.TrimSpace(in), "="))
	return string(out), err == nil
}

func opensslText(args []string, in string, hasIn bool) (string, bool) {
	if len(args) == 0 || args[0] != "base64" && !(args[0] == "enc" && (slices.Contains(args, "-base64") || slices.Contains(args, "-a"))) {
		return "", false
	}
	if !hasIn || slices.Contains(args, "-in") || slices.Contains(args, "-k") || slices.Contains(args, "-pass") {
		return "", false
	}
	if slices.Contains(args, "-d") {
		return decode64(in)
	}
	return base64.StdEncoding.EncodeToString([]byte(in)) + "\n", true
}

func xxdText(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || !decoding(args, "r", "-revert") {
		return "", false
	}
	clean := strings.Map(func(c rune) rune {
		if c <= ' ' {
			return -1
		}
		return c
	}, in)
	out, err := hex.DecodeString(clean)
	return string(out), err == nil
}

func gunzipText(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || len(operands(args)) > 0 {
		return "", false
	}
	z, err := gzip.NewReader(bytes.NewReader([]byte(in)))
	if err != nil {
		return "", false
	}
	out, err := io.ReadAll(io.LimitReader(z, maxValue))
	return string(out), err == nil
}

func revText(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || len(operands(args)) > 0 {
		return "", false
	}
	lines := strings.Split(in, "\n")
	for i, line := range lines {
		runes := []rune(line)
		slices.Reverse(runes)
		lines[i] = string(runes)
	}
	return strings.Join(lines, "\n"), true
}

func tacText(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || len(args) > 0 {
		return "", false
	}
	lines := strings.Split(strings.TrimSuffix(in, "\n"), "\n")
	slices.Reverse(lines)
	return strings.Join(lines, "\n") + "\n", true
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

func sortText(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || len(args) > 0 {
		return "", false
	}
	lines := strings.Split(strings.TrimSuffix(in, "\n"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n", true
}

func headText(args []string, in string, hasIn bool) (string, bool) {
	return ends(args, in, hasIn, true)
}
func tailText(args []string, in string, hasIn bool) (string, bool) {
	return ends(args, in, hasIn, false)
}

// ends gives the first or last lines or bytes.
func ends(args []string, in string, hasIn, first bool) (string, bool) {
	if !hasIn {
		return "", false
	}
	n, bytes := 10, false
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "-n" || a == "-c":
			if i+1 >= len(args) {
				return "", false
			}
			i++
			bytes = a == "-c"
			a = "-" + args[i]
		case strings.HasPrefix(a, "-n"), strings.HasPrefix(a, "-c"):
			bytes = a[1] == 'c'
			a = "-" + a[2:]
		}
		if strings.HasPrefix(a, "-+") {
			return "", false
		}
		value, err := strconv.Atoi(strings.TrimPrefix(a, "-"))
		if err != nil || value < 0 {
			return "", false
		}
		n = value
	}
	if bytes {
		n = min(n, len(in))
		if first {
			return in[:n], true
		}
		return in[len(in)-n:], true
	}
	lines := strings.SplitAfter(in, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	n = min(n, len(lines))
	if first {
		return strings.Join(lines[:n], ""), true
	}
	return strings.Join(lines[len(lines)-n:], ""), true
}

func cutText(args []string, in string, hasIn bool) (string, bool) {
	sep, list, chars := "\t", "", false
	for i := 0; i < len(args); i++ {
		a := args[i]
		if len(a) < 2 || a[0] != '-' {
			return "", false
		}
		value := a[2:]
		if value == "" && i+1 < len(args) {
			i++
			value = args[i]
		}
		switch a[1] {
		case 'd':
			sep = value
		case 'f':
			list = value
		case 'c', 'b':
			list, chars = value, true
		default:
			return "", false
		}
	}
	if !hasIn || list == "" || sep == "" {
		return "", false
	}
	lines := strings.Split(strings.TrimSuffix(in, "\n"), "\n")
	for i, line := range lines {
		var parts []string
		switch {
		case chars:
			parts = strings.Split(line, "")
		case !strings.Contains(line, sep):
			continue
		default:
			parts = strings.Split(line, sep)
		}
		picked, ok := pick(parts, list)
		if !ok {
			return "", false
		}
		if chars {
			lines[i] = strings.Join(picked, "")
		} else {
			lines[i] = strings.Join(picked, sep)
		}
	}
	return strings.Join(lines, "\n") + "\n", true
}

// pick selects the parts that a list such as 1,3-5,7- names.
func pick(parts []string, list string) ([]string, bool) {
	keep := make([]bool, len(parts))
	for _, item := range strings.Split(list, ",") {
		lo, hi, isRange := strings.Cut(item, "-")
		from, to := 1, len(parts)
		var err error
		if lo != "" {
			if from, err = strconv.Atoi(lo); err != nil {
				return nil, false
			}
		}
		if !isRange {
			to = from
		} else if hi != "" {
			if to, err = strconv.Atoi(hi); err != nil {
				return nil, false
			}
		}
		for n := max(from, 1); n <= to && n <= len(parts); n++ {
			keep[n-1] = true
		}
	}
	var out []string
	for i, k := range keep {
		if k {
			out = append(out, parts[i])
		}
	}
	return out, true
}

func trText(args []string, in string, hasIn bool) (string, bool) {
	if !hasIn || len(args) == 0 {
		return "", false
	}
	if args[0] == "-d" && len(args) == 2 {
		set, ok := trSet(args[1])
		return strings.Map(func(c rune) rune {
			if slices.Contains(set, c) {
				return -1
			}
			return c
		}, in), ok
	}
	if len(args) != 2 || strings.HasPrefix(args[0], "-") {
		return "", false
	}
	from, ok1 := trSet(args[0])
	to, ok2 := trSet(args[1])
	if !ok1 || !ok2 || len(to) == 0 {
		return "", false
	}
	return strings.Map(func(c rune) rune {
		i := slices.Index(from, c)
		if i < 0 {
			return c
		}
		return to[min(i, len(to)-1)]
	}, in), true
}

var trClasses = map[string]string{"[:upper:]": "A-Z", "[:lower:]": "a-z", "[:digit:]": "0-9", "[:alpha:]": "A-Za-z",
	"[:alnum:]": "A-Za-z0-9", "[:space:]": " \t\n", "[:blank:]": " \t"}

// trSet expands the ranges of a set of tr.
func trSet(s string) ([]rune, bool) {
	for class, chars := range trClasses {
		s = strings.ReplaceAll(s, class, chars)
	}
	if strings.Contains(s, "[:") || strings.Contains(s, "[=") {
		return nil, false
	}
	in := []rune(unescape(s, escANSI))
	var out []rune
	for i := 0; i < len(in); i++ {
		if i+2 < len(in) && in[i+1] == '-' && in[i+2] >= in[i] && in[i+2]-in[i] < 256 {
			for c := in[i]; c <= in[i+2]; c++ {
				out = append(out, c)
			}
			i += 2
			continue
		}
		out = append(out, in[i])
	}
	return out, true
}

// sedText follows substitutions of plain text: s/a/b/ and s/a/b/g.
func sedText(args []string, in string, hasIn bool) (string, bool) {
	if len(args) == 2 && (args[0] == "-e" || args[0] == "-E" || args[0] == "-r") {
		args = args[1:]
	}
	if !hasIn || len(args) != 1 || len(args[0]) < 4 || args[0][0] != 's' {
		return "", false
	}
	parts := strings.Split(args[0][2:], args[0][1:2])
	if len(parts) != 3 || strings.ContainsAny(parts[0], `\.*[]^$+?(){}|`) || strings.ContainsAny(parts[1], `\&`) || parts[0] == "" {
		return "", false
	}
	switch parts[2] {
	case "g":
		return strings.ReplaceAll(in, parts[0], parts[1]), true
	case "":
		lines := strings.Split(in, "\n")
		for i := range lines {
			lines[i] = strings.Replace(lines[i], parts[0], parts[1], 1)
		}
		return strings.Join(lines, "\n"), true
	}
	return "", false
}

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
