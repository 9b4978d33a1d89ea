package claude

import (
	"encoding/json"
	"fmt"
)

// node is a JSON value with its place in the text, so that edits leave every other byte alone.
type node struct {
	start, end int // text[start:end] is the value
	kind       byte
	members    []member
	elems      []*node
}

type member struct {
	start int // of the key
	key   string
	value *node
}

// parseText reads a settings file: one JSON object, each key once.
func parseText(text []byte) (*node, error) {
	if !json.Valid(text) {
		var v any
		return nil, fmt.Errorf("it is not plain JSON: %v", json.Unmarshal(text, &v))
	}
	s := scanner{text: text}
	root, err := s.value()
	if err == nil && root.kind != '{' {
		err = fmt.Errorf("it holds no JSON object")
	}
	return root, err
}

// scanner walks text that is known to be valid JSON.
type scanner struct {
	text []byte
	pos  int
}

func (s *scanner) space() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\r', '\n', ',', ':':
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) value() (*node, error) {
	s.space()
	n := &node{start: s.pos, kind: s.text[s.pos]}
	var err error
	switch n.kind {
	case '{':
		err = s.object(n)
	case '[':
		err = s.array(n)
	case '"':
		s.str()
	default:
		for s.pos < len(s.text) && !isEnd(s.text[s.pos]) {
			s.pos++
		}
	}
	n.end = s.pos
	return n, err
}

func isEnd(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ',', ']', '}':
		return true
	}
	return false
}

func (s *scanner) str() string {
	start := s.pos
	for s.pos++; s.text[s.pos] != '"'; s.pos++ {
		if s.text[s.pos] == '\\' {
			s.pos++
		}
	}
	s.pos++
	var out string
	_ = json.Unmarshal(s.text[start:s.pos], &out) // valid by the check in parseText
	return out
}

func (s *scanner) object(n *node) error {
	seen := map[string]bool{}
	for s.pos++; ; {
		s.space()
		if s.text[s.pos] == '}' {
			s.pos++
			return nil
		}
		m := member{start: s.pos, key: s.str()}
		if seen[m.key] {
			return fmt.Errorf("the key %q stands twice in one object", m.key)
		}
		seen[m.key] = true
		var err error
		if m.value, err = s.value(); err != nil {
			return err
		}
		n.members = append(n.members, m)
	}
}

func (s *scanner) array(n *node) error {
	for s.pos++; ; {
		s.space()
		if s.text[s.pos] == ']' {
			s.pos++
			return nil
		}
		e, err := s.value()
		if err != nil {
			return err
		}
		n.elems = append(n.elems, e)
	}
}

// get finds the member of an object; nil where there is none.
func (n *node) get(key string) *node {
	for _, m := range n.members {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// at follows a path of keys.
func (n *node) at(path []string) *node {
	for _, key := range path {
		if n = n.get(key); n == nil {
			return nil
		}
	}
	return n
}
