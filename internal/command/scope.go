package command

import (
	"maps"

	"mvdan.cc/sh/v3/syntax"
)

// variable is what the reader knows of a shell variable. The zero variable is unset and unknown.
type variable struct {
	text     string
	known    bool
	from     string            // where an unknown value comes from: network, secret, decode, "" for anything
	list     []field           // elements of an indexed array
	isList   bool              //
	assoc    map[string]string // entries of an associative array with literal keys
	ref      string            // the variable that a nameref names
	exported bool
	unset    bool     // unset by the line: known to have no value
	others   []string // values that other branches of an if or case may have given it
}

// function is a body with the text it stands in.
type function struct {
	body *syntax.Stmt
	src  string
}

// scope is one shell: what a subshell copies and a function shares.
type scope struct {
	vars    map[string]variable
	funcs   map[string]function
	aliases map[string]string
	cwd     string  // "" when it is not known
	params  []field // $1 …
	isSet   bool    // params are known: the line or its caller has set them
	via     []string
	remote  bool // the text runs on another machine or in a container
	dirs    []string
	shell   string // the program that reads this text, for $0
}

// sub is the scope of a subshell: changes in it stay in it.
func (s *scope) sub() *scope {
	c := *s
	c.vars = maps.Clone(s.vars)
	c.funcs = maps.Clone(s.funcs)
	c.aliases = maps.Clone(s.aliases)
	return &c
}

func (s *scope) set(name string, v variable) {
	if s.vars == nil {
		s.vars = map[string]variable{}
	}
	if old, ok := s.vars[name]; ok {
		if old.ref != "" && v.ref == "" && old.ref != name {
			s.set(old.ref, v)
			return
		}
		v.exported = v.exported || old.exported
	}
	s.vars[name] = v
}

func (s *scope) define(name string, body function) {
	if s.funcs == nil {
		s.funcs = map[string]function{}
	}
	s.funcs[name] = body
}

func (s *scope) alias(name, text string) {
	if s.aliases == nil {
		s.aliases = map[string]string{}
	}
	s.aliases[name] = text
}

// merge takes over what a branch that may or may not run has changed, keeping the values of both.
func (s *scope) merge(branch *scope) {
	for name, v := range branch.vars {
		old, had := s.vars[name]
		if had && old.known && v.known && old.text != v.text && len(old.others) < 4 {
			v.others = append(append([]string{}, old.others...), old.text)
		}
		if had && old.known && !v.known && !v.isList {
			v.others = append(append([]string{}, old.others...), old.text)
		}
		s.set(name, v)
	}
	for name, body := range branch.funcs {
		s.define(name, body)
	}
	for name, text := range branch.aliases {
		s.alias(name, text)
	}
	if branch.cwd != s.cwd {
		s.cwd = branch.cwd
	}
	if branch.isSet {
		s.params, s.isSet = branch.params, true
	}
}

// flow is what travels through a pipe or stands in a file that the line itself writes.
type flow struct {
	text  string
	known bool
	from  string // as catalog.Stdin.From
	path  string
}

// taints orders origins by how much they matter when several meet.
//
//	output      what a command printed
//	shaped      a value cut, replaced or looked up by name: a way to write a command without its letters
//	data        the content of a file that is no secret
//	credential  a variable whose name says that it holds one
var taints = map[string]int{"": 0, "pipe": 1, "output": 2, "file": 3, "shaped": 4, "data": 5, "log": 5, "source": 5, "history": 5, "decode": 6, "env": 7, "clipboard": 7, "credential": 7, "network": 8, "secret": 9}

// worse gives the origin that matters more.
func worse(a, b string) string {
	if rank(b) > rank(a) || rank(b) == rank(a) && a == "output" {
		return b
	}
	return a
}
