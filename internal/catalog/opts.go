package catalog

import (
	"strings"
	"sync"
)

// spec is a program's option table. It is written as one line of text, an entry per option:
//
//	"r,R,recursive f,force o,output= i,interactive? max-depth="
//
// Names of one letter are short options (-r, clustered -rf), longer ones long options (--recursive, and any
// unique beginning of it). Names of one entry mean the same; has, value and values take any of them. "=" at the end: the option takes a value (next word or attached). "?": a value only when attached
// (-ibak, --color=auto). Mode marks stand first in the line: "+" stops at the first operand (wrappers such as
// sudo), "-" reads one dash as a long option too (find, java, terraform), "/" reads a leading slash as an
// option (Windows).
//
// Options that are not in the table are flags without a value, and are listed like others: a table need only
// name the options that take values or mean something.
type spec struct {
	stop, oneDash, slash bool
	names                map[string]optDef
	long                 []string
}

type optDef struct {
	name     string
	value    bool
	optional bool
}

// specs remembers the tables that were read, by their text: reading one costs more than judging a call by it.
var specs sync.Map

// newSpec reads a table. It panics on an empty entry: tables are written in this package only.
func newSpec(table string) *spec {
	if s, ok := specs.Load(table); ok {
		return s.(*spec)
	}
	s := readSpec(table)
	specs.Store(table, s)
	return s
}

func readSpec(table string) *spec {
	s := &spec{names: map[string]optDef{}}
	for _, entry := range strings.Fields(table) {
		switch entry {
		case "+":
			s.stop = true
			continue
		case "-":
			s.oneDash = true
			continue
		case "/":
			s.slash = true
			continue
		}
		s.define(entry)
	}
	return s
}

func (s *spec) define(entry string) {
	def := optDef{}
	switch entry[len(entry)-1] {
	case '=':
		def.value, entry = true, entry[:len(entry)-1]
	case '?':
		def.optional, entry = true, entry[:len(entry)-1]
	}
	names := strings.Split(entry, ",")
	def.name = names[0]
	for _, n := range names {
		if len(n) > 1 && len(def.name) == 1 {
			def.name = n
		}
	}
	for _, n := range names {
		if n == "" {
			panic("catalog: empty option name in " + entry)
		}
		s.names[n] = def
		if len(n) > 1 {
			s.long = append(s.long, n)
		}
	}
}

// opt is one option as found.
type opt struct {
	name     string // first name of its entry, or the name as written
	value    Word
	hasValue bool
	at       int // index of its word
}

// parsed is a command's words sorted into options and operands.
type parsed struct {
	opts []opt
	args []Word // operands
	// rest is where the operands begin, for specs that stop at the first: index into the words given.
	rest int
	// unknown is true when a word that could be an option is not fully known, so that options may be missing.
	unknown bool
	// dashes is the number of operands before "--", -1 when there is none.
	dashes int
	spec   *spec
}

// parse sorts the words after the program's name.
func (s *spec) parse(words []Word) parsed {
	p := parsed{rest: len(words), dashes: -1, spec: s}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if !w.Known && couldBeOption(w.Text) {
			p.unknown = true
		}
		switch t := w.Text; {
		case t == "--" && w.Known:
			p.dashes = len(p.args)
			p.args = append(p.args, words[i+1:]...)
			p.rest = i + 1
			return p
		case s.slash && len(t) > 1 && t[0] == '/' && strings.IndexByte(t[1:], '/') < 0:
			i = s.slashOption(&p, words, i)
		case len(t) > 2 && t[:2] == "--":
			i = s.longOption(&p, words, i, t[2:])
		case len(t) > 1 && t[0] == '-':
			i = s.shortOrOneDash(&p, words, i, t[1:])
		default:
			if s.stop {
				p.args, p.rest = words[i:], i
				return p
			}
			p.args = append(p.args, w)
		}
	}
	return p
}

func couldBeOption(text string) bool { return text == "" || text[0] == '-' }

func (s *spec) shortOrOneDash(p *parsed, words []Word, i int, name string) int {
	if s.oneDash {
		base, _, _ := strings.Cut(name, "=")
		if _, ok := s.names[base]; ok || len(name) > 1 && !s.allShort(name) {
			return s.longOption(p, words, i, name)
		}
	}
	return s.shortOptions(p, words, i, name)
}

func (s *spec) allShort(name string) bool {
	for i := 0; i < len(name); i++ {
		if d, ok := s.names[name[i:i+1]]; !ok {
			return false
		} else if d.value {
			return true
		}
	}
	return true
}

// longOption reads --name, --name=value or --name value; it returns the index of the last word it used.
func (s *spec) longOption(p *parsed, words []Word, i int, text string) int {
	name, value, attached := strings.Cut(text, "=")
	def := s.resolve(name)
	o := opt{name: def.name, at: i}
	switch {
	case attached:
		o.value, o.hasValue = Word{Text: value, Known: words[i].Known, Glob: words[i].Glob}, true
	case def.value && i+1 < len(words):
		i++
		o.value, o.hasValue = words[i], true
	}
	p.opts = append(p.opts, o)
	return i
}

// resolve finds an option by its name or a beginning of it. A beginning that fits several options means the
// shortest: programs refuse it as ambiguous or take an exact name, and --forc is not to hide --force.
func (s *spec) resolve(name string) optDef {
	if d, ok := s.names[name]; ok && (len(name) > 1 || s.oneDash) {
		return d
	}
	var found optDef
	length := 0
	if len(name) > 1 {
		for _, l := range s.long {
			if !strings.HasPrefix(l, name) {
				continue
			}
			if found.name == "" || len(l) < length {
				found, length = s.names[l], len(l)
			}
		}
	}
	if found.name == "" {
		found.name = name
	}
	return found
}

// shortOptions reads a cluster (-rf, -ofile, -n 5).
func (s *spec) shortOptions(p *parsed, words []Word, i int, cluster string) int {
	for j := 0; j < len(cluster); j++ {
		letter := cluster[j : j+1]
		def, ok := s.names[letter]
		if !ok {
			def.name = letter
		}
		o := opt{name: def.name, at: i}
		rest := cluster[j+1:]
		switch {
		case (def.value || def.optional) && rest != "":
			o.value, o.hasValue = Word{Text: strings.TrimPrefix(rest, "="), Known: words[i].Known, Glob: words[i].Glob}, true
			j = len(cluster)
		case def.value && i+1 < len(words):
			i++
			o.value, o.hasValue = words[i], true
		}
		p.opts = append(p.opts, o)
	}
	return i
}

func (s *spec) slashOption(p *parsed, words []Word, i int) int {
	name, value, attached := strings.Cut(strings.ToLower(words[i].Text[1:]), ":")
	def, ok := s.names[name]
	if !ok {
		def.name = name
	}
	o := opt{name: def.name, at: i}
	switch {
	case attached:
		o.value, o.hasValue = Word{Text: value, Known: words[i].Known}, true
	case def.value && i+1 < len(words):
		i++
		o.value, o.hasValue = words[i], true
	}
	p.opts = append(p.opts, o)
	return i
}
