package inline

import (
	"strings"

	"writ/internal/effect"
)

// dialect is a language: how its text is split, what its calls do, and a few habits of its grammar.
type dialect struct {
	name   string
	syntax syntax
	// calls are what a name called with arguments does.
	calls map[string]action
	// reads are names whose mention alone yields a value: os.environ, process.env.
	reads map[string]value
	// strip are prefixes of names that mean nothing: builtins., globalThis., Kernel.
	strip []string
}

// action is what a call does; it returns the call's value.
type action func(r *reader, c call) value

// call is one call as met in the code.
type call struct {
	name string // full name, normalised: "os.system", "@file.write"
	args []value
	kw   map[string]value
	recv value // the object a method is called on
}

// arg is the i-th argument, or an unknown value.
func (c call) arg(i int) value {
	if i < len(c.args) {
		return c.args[i]
	}
	return value{}
}

// named is the keyword argument, or the i-th.
func (c call) named(name string, i int) value {
	if v, ok := c.kw[name]; ok {
		return v
	}
	if i < 0 {
		return value{}
	}
	return c.arg(i)
}

// from are the origins of all arguments and of the object.
func (c call) from() origin {
	o := origins(c.args) | c.recv.from
	for _, v := range c.kw {
		o |= v.from
	}
	return o
}

// reader walks tokens and collects what they do.
type reader struct {
	dialect
	out     Outcome
	methods map[string]action
	tokens  []token
	pos     int
	vars    map[string]value
	depth   int
	steps   int
	// sightings that mean something only together
	connected string // host of a socket that was connected
	piped     bool   // descriptors of a socket became a program's input or output
	forks     bool
	loops     bool
	seen      map[string]bool
}

const (
	maxDepth = 60
	maxSteps = 60000
)

// readCode reads a text in the dialect.
func readCode(d dialect, code string) Outcome {
	r := &reader{dialect: d, methods: methods, vars: map[string]value{}, seen: map[string]bool{}}
	r.run(code)
	r.conclude()
	return r.out
}

// run reads more text with the same variables.
func (r *reader) run(code string) {
	saved, at := r.tokens, r.pos
	r.tokens, r.pos = lex(code, r.syntax), 0
	if len(r.tokens) >= maxTokens {
		r.unresolved("the code is longer than writ reads")
	}
	for !r.done() {
		before := r.pos
		r.statement()
		if r.pos == before {
			r.pos++
		}
	}
	r.tokens, r.pos = saved, at
}

// conclude joins sightings: a connected socket whose descriptors became a shell's is a reverse shell; forking
// in a loop exhausts the machine.
func (r *reader) conclude() {
	if r.connected != "" && r.piped {
		r.effect(effect.Effect{Kind: effect.NetTunnel, Host: r.connected, Target: "reverse shell", Flags: []string{"reverse", "shell"}})
	}
	if r.forks && r.loops {
		r.effect(effect.Effect{Kind: effect.SysExhaust, Target: "fork", Flags: []string{"fork"}})
	}
	if r.steps > maxSteps {
		r.unresolved("the code is more than writ follows")
	}
}

func (r *reader) done() bool { return r.pos >= len(r.tokens) || r.steps > maxSteps }

func (r *reader) tok() token {
	if r.pos < len(r.tokens) {
		return r.tokens[r.pos]
	}
	return token{}
}

func (r *reader) at(n int) token {
	if r.pos+n < len(r.tokens) && r.pos+n >= 0 {
		return r.tokens[r.pos+n]
	}
	return token{}
}

func (r *reader) isOp(text string) bool { t := r.tok(); return t.kind == op && t.text == text }

func (r *reader) accept(text string) bool {
	if t := r.tok(); (t.kind == op || t.kind == ident) && t.text == text {
		r.pos++
		return true
	}
	return false
}

func (r *reader) skipLines() {
	for r.tok().kind == nl {
		r.pos++
	}
}

func (r *reader) effect(e effect.Effect) {
	key := string(e.Kind) + "\x00" + e.Path + "\x00" + e.Host + "\x00" + e.Target + "\x00" + e.Method + "\x00" + strings.Join(e.Flags, ",")
	if r.seen[key] || len(r.out.Effects) > 200 {
		return
	}
	r.seen[key] = true
	r.out.Effects = append(r.out.Effects, e)
}

func (r *reader) nested(n Nested) {
	if len(r.out.Nested) < 100 {
		r.out.Nested = append(r.out.Nested, n)
	}
}

func (r *reader) unresolved(reason string) {
	for _, u := range r.out.Unresolved {
		if u == reason {
			return
		}
	}
	r.out.Unresolved = append(r.out.Unresolved, reason)
}

// normal brings a name to the form of the tables.
func (r *reader) normal(name string) string {
	name = strings.ReplaceAll(strings.ReplaceAll(name, "::", "."), "node:", "")
	name = strings.ReplaceAll(name, ".__dict__", "")
	for _, p := range r.strip {
		name = strings.TrimPrefix(name, p)
	}
	if r.name == "node" {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "fs/promises", "fs"), "fs.promises", "fs")
		name = strings.TrimSuffix(name, ".default")
		if strings.HasSuffix(name, "Sync") && name != "Sync" {
			name = strings.TrimSuffix(name, "Sync")
		}
	}
	return name
}
