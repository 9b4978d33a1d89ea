package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// parse reads one file into values by key; path is for the messages.
func parse(path string, b []byte, repository bool) (layer, error) {
	p := &parser{path: path, text: b, dec: json.NewDecoder(bytes.NewReader(b)), repository: repository, out: layer{}}
	if err := p.object(""); err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); err != io.EOF {
		return nil, p.fail("more follows after the settings' closing brace")
	}
	return p.out, nil
}

type parser struct {
	path       string
	text       []byte
	dec        *json.Decoder
	repository bool
	out        layer
}

// fail names file and line of where the reader stands.
func (p *parser) fail(format string, args ...any) error {
	at := min(int(p.dec.InputOffset()), len(p.text))
	line := 1 + bytes.Count(p.text[:at], []byte("\n"))
	return fmt.Errorf("%s:%d: %s", p.path, line, fmt.Sprintf(format, args...))
}

// object reads one level of settings; prefix is "" or the group's name with a dot.
func (p *parser) object(prefix string) error {
	if t, err := p.dec.Token(); err != nil || t != json.Delim('{') {
		return p.fail("want a JSON object of settings, found %v", found(t, err))
	}
	seen := map[string]bool{}
	for p.dec.More() {
		t, err := p.dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return p.fail("want a setting's name, found %v", found(t, err))
		}
		if seen[name] {
			return p.fail("%q is given twice", prefix+name)
		}
		seen[name] = true
		if err := p.member(prefix + name); err != nil {
			return err
		}
	}
	if _, err := p.dec.Token(); err != nil {
		return p.fail("the file ends inside the settings")
	}
	return nil
}

func (p *parser) member(name string) error {
	if name == "$schema" {
		return p.skip()
	}
	if isGroup(name) {
		return p.object(name + ".")
	}
	k, ok := find(name)
	if !ok {
		return p.fail("unknown setting %q, nearest is %q", name, nearest(name))
	}
	if p.repository && !k.Repository {
		return p.fail("%q cannot be set by a repository", name)
	}
	var raw json.RawMessage
	if err := p.dec.Decode(&raw); err != nil {
		return p.fail("%s: %v", name, err)
	}
	v, err := k.value(raw)
	if err != nil {
		return p.fail("%v", err)
	}
	p.out[name] = v
	return nil
}

// skip passes over an editor's own key.
func (p *parser) skip() error {
	var raw json.RawMessage
	if err := p.dec.Decode(&raw); err != nil {
		return p.fail("%v", err)
	}
	return nil
}

func found(t json.Token, err error) any {
	if err != nil {
		return err
	}
	return t
}

func find(name string) (Key, bool) {
	for _, k := range Keys {
		if k.Name == name {
			return k, true
		}
	}
	return Key{}, false
}

func isGroup(name string) bool {
	for _, k := range Keys {
		if strings.HasPrefix(k.Name, name+".") {
			return true
		}
	}
	return false
}

// nearest is the valid name with the fewest edits.
func nearest(name string) string {
	all := make([]string, len(Keys))
	for i, k := range Keys {
		all[i] = k.Name
	}
	return closest(name, all)
}

func closest(name string, all []string) string {
	best, least := "", 1<<30
	for _, a := range all {
		if d := distance(name, a); d < least {
			best, least = a, d
		}
	}
	return best
}

// distance counts the single-letter edits between two names; names are short, so bound the strange ones.
func distance(a, b string) int {
	a = a[:min(len(a), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost = 1 + min(diag, row[j], row[j+1])
			}
			diag, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
