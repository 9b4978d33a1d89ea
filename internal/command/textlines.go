package command

import (
	"slices"
	"strconv"
	"strings"
)

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
