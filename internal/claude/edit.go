package claude

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// op is one change of a settings file. The recorded list of ops is what uninstall takes back.
type op struct {
	// Kind is "elem" (an element at the end of the array at Path), "set" (the value at Path), "reset" (the
	// same, but only where a value stands already) or "make" (an empty container at Path, which merge puts in
	// where one is missing).
	Kind  string          `json:"kind"`
	Path  []string        `json:"path"`
	Value json.RawMessage `json:"value"`
	// Old is what a "set" replaced; empty where there was nothing.
	Old json.RawMessage `json:"old,omitempty"`
}

// merge puts wiring into a settings text and says what it changed. What is there already is not put in twice.
func merge(text []byte, w Wiring) ([]byte, []op, error) {
	var done []op
	for _, o := range w.ops {
		var err error
		if text, done, err = apply(text, o, done); err != nil {
			return nil, nil, err
		}
	}
	return text, done, nil
}

func apply(text []byte, o op, done []op) ([]byte, []op, error) {
	if o.Kind == "reset" {
		root, err := parseText(text)
		if err != nil || root.at(o.Path) == nil {
			return text, done, err
		}
		o.Kind = "set"
	}
	dir, last := o.Path[:len(o.Path)-1], o.Path[len(o.Path)-1]
	containers := len(dir)
	if o.Kind == "elem" {
		containers = len(o.Path)
	}
	for i := 1; i <= containers; i++ {
		empty := "{}"
		if i == len(o.Path) {
			empty = "[]"
		}
		root, err := parseText(text)
		if err != nil {
			return nil, nil, err
		}
		n := root.at(o.Path[:i])
		if n == nil {
			made := op{Kind: "make", Path: o.Path[:i], Value: json.RawMessage(empty)}
			text = addMember(text, root.at(o.Path[:i-1]), o.Path[i-1], made.Value)
			done = append(done, made)
		} else if n.kind != empty[0] {
			return nil, nil, fmt.Errorf("%s is %s, want %s", strings.Join(o.Path[:i], "."), text[n.start:n.end], empty)
		}
	}
	root, err := parseText(text)
	if err != nil {
		return nil, nil, err
	}
	n := root.at(o.Path)
	switch {
	case o.Kind == "elem":
		if find(text, n, o.Value) < 0 {
			text, done = addElem(text, n, o.Value), append(done, o)
		}
	case n == nil:
		text, done = addMember(text, root.at(dir), last, o.Value), append(done, o)
	case !same(text[n.start:n.end], o.Value):
		o.Old = bytes.Clone(text[n.start:n.end])
		text, done = splice(text, n.start, n.end, o.Value), append(done, o)
	}
	return text, done, nil
}

// strip takes recorded changes back out, last first, and leaves alone what somebody changed since.
func strip(text []byte, done []op) ([]byte, error) {
	for i := len(done) - 1; i >= 0; i-- {
		o := done[i]
		root, err := parseText(text)
		if err != nil {
			return nil, err
		}
		n, parent := root.at(o.Path), root.at(o.Path[:len(o.Path)-1])
		if n == nil {
			continue
		}
		switch is := same(text[n.start:n.end], o.Value); {
		case o.Kind == "elem" && n.kind == '[':
			if k := find(text, n, o.Value); k >= 0 {
				text = cutElem(text, n, k)
			}
		case o.Kind == "set" && is && o.Old != nil:
			text = splice(text, n.start, n.end, o.Old)
		case o.Kind != "elem" && is:
			text = cutMember(text, parent, o.Path[len(o.Path)-1])
		}
	}
	return text, nil
}

// holds reports whether every change is still in the text.
func holds(text []byte, done []op) bool {
	root, err := parseText(text)
	if err != nil {
		return false
	}
	for _, o := range done {
		n := root.at(o.Path)
		ok := n != nil && (o.Kind == "make" || o.Kind == "set" && same(text[n.start:n.end], o.Value) ||
			o.Kind == "elem" && n.kind == '[' && find(text, n, o.Value) >= 0)
		if !ok {
			return false
		}
	}
	return true
}

func find(text []byte, array *node, value []byte) int {
	for i, e := range array.elems {
		if same(text[e.start:e.end], value) {
			return i
		}
	}
	return -1
}

// same compares two JSON texts by value.
func same(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

func splice(text []byte, from, to int, with []byte) []byte {
	return bytes.Join([][]byte{text[:from], with, text[to:]}, nil)
}
