package config

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Items is what the entries of a list are.
type Items struct {
	// Want says what an entry must look like.
	Want string
	// Pattern holds every entry, here and in the schema.
	Pattern string
	// Words are the only entries there are, where not empty.
	Words []string
	// check finds what a pattern cannot say; nil: nothing.
	check func(string) bool
	// covers tells whether an entry is one of those that a bound lets through.
	covers func(bound, entry string) bool
}

// maxItems bounds a list: each entry can become a mount in every sandbox.
const maxItems = 500

var (
	// paths are places in the file system. No patterns: a mount has none.
	paths = &Items{
		Want:    "paths: absolute, from the home folder (`~/…`) or from the project (`dir/…`), without `.`, `..` and `*`",
		Pattern: `^[^\x00-\x1f*?\[\]]+$`, check: cleanPath, covers: coversPath,
	}
	// hosts are rules of the egress proxy, which reads them once more and in full.
	hosts = &Items{
		Want:    "`host`, `host:port`, `host:*` or `*.host:port`",
		Pattern: `^(\*\.)?([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:([0-9]{1,5}|\*))?$`, covers: coversHost,
	}
	// names are hosts alone.
	names = &Items{
		Want:    "`host` or `*.host`",
		Pattern: `^(\*\.)?([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])$`, covers: coversHost,
	}
	ecosystems = &Items{
		Want:    "names of ecosystems",
		Pattern: `^[a-z]+$`, covers: func(bound, entry string) bool { return bound == entry },
		Words: []string{"alpine", "debian", "dotnet", "elixir", "github", "go", "java", "npm", "php", "python", "ruby", "rust"},
	}
)

// read decodes a list and holds every entry to what it must be.
func (it *Items) read(raw json.RawMessage) ([]string, error) {
	var ptrs []*string // null entries would decode as ""
	if err := exact(raw, &ptrs); err != nil {
		return nil, fmt.Errorf("found %.40s, want a list of strings", raw)
	}
	if len(ptrs) > maxItems {
		return nil, fmt.Errorf("%d entries, want at most %d", len(ptrs), maxItems)
	}
	list, shape := make([]string, 0, len(ptrs)), regexp.MustCompile(it.Pattern)
	for i, p := range ptrs {
		switch {
		case p == nil:
			return nil, fmt.Errorf("entry %d is null, want %s", i+1, it.Want)
		case slices.Contains(list, *p):
			return nil, fmt.Errorf("%.80q is given twice", *p)
		case it.Words != nil && !slices.Contains(it.Words, *p):
			return nil, fmt.Errorf("unknown entry %.40q, nearest is %q", *p, closest(*p, it.Words))
		case !shape.MatchString(*p), it.check != nil && !it.check(*p):
			return nil, fmt.Errorf("found %.80q, want %s", *p, it.Want)
		}
		list = append(list, *p)
	}
	return list, nil
}

// within keeps the entries that a bound covers. A list that nobody gave is the bound itself.
func (it *Items) within(list, bound []string) []string {
	if list == nil {
		return bound
	}
	out := []string{}
	for _, e := range list {
		if slices.ContainsFunc(bound, func(b string) bool { return it.covers(b, e) }) {
			out = append(out, e)
		}
	}
	return out
}

func cleanPath(s string) bool {
	rest := strings.TrimPrefix(s, "~/")
	return rest != "" && s != "~" && s != "." && rest != ".." && !strings.HasPrefix(rest, "../") && path.Clean(rest) == rest && (rest == s || rest[0] != '/') && s != "/"
}

func coversPath(bound, entry string) bool {
	return entry == bound || strings.HasPrefix(entry, bound+"/")
}

// coversHost compares texts: names below a wildcard, and any port of host:*, are covered.
func coversHost(bound, entry string) bool {
	bound, entry = strings.ToLower(bound), strings.ToLower(entry)
	bHost, bPort := cutPort(bound)
	eHost, ePort := cutPort(entry)
	below, wild := strings.CutPrefix(bHost, "*")
	return (bHost == eHost || wild && strings.HasSuffix(eHost, below)) && (bPort == ePort || bPort == "*")
}

func cutPort(s string) (host, port string) {
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// Resolve gives the absolute path that an entry of a list of paths names.
func Resolve(entry, home, project string) string {
	if rest, ok := strings.CutPrefix(entry, "~/"); ok {
		return path.Join(home, rest)
	}
	if path.IsAbs(entry) {
		return entry
	}
	return path.Join(project, entry)
}
