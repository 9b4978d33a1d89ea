package inline

import "strings"

// origin says where a value's content may come from; the bits add up as values are joined.
type origin uint16

const (
	fromNetwork origin = 1 << iota // a download or a model's answer
	fromFile                       // a file's content
	fromSecret                     // a file or variable with a credential
	fromEnv                        // the environment as a whole
	fromInput                      // standard input or arguments
	fromDecode                     // decoded text that was not known
	fromCommand                    // another program's output
)

// value is what the reader knows of an expression.
type value struct {
	text  string // the literal, when known
	known bool
	// ref is the dotted name of what the value refers to: "os", "os.system", "@file", "@aws.s3".
	ref    string
	list   []value
	isList bool
	dict   map[string]value
	alts   []value // one of these (a loop's variable over a literal list)
	from   origin
	// path is the file behind a handle or a path object.
	path string
	// callee is true for a value that is called rather than assigned to.
	callee bool
}

func lit(text string) value   { return value{text: text, known: true} }
func ref(name string) value   { return value{ref: name} }
func from(o origin) value     { return value{from: o} }
func listOf(vs []value) value { return value{list: vs, isList: true, from: origins(vs)} }

func origins(vs []value) origin {
	var o origin
	for _, v := range vs {
		o |= v.from
	}
	return o
}

// choices are the literals that the value may be: itself, or the alternatives of a loop.
func (v value) choices() []value {
	if len(v.alts) > 0 {
		return v.alts
	}
	return []value{v}
}

// words are the elements of a list as arguments.
func (v value) words() []Arg {
	out := make([]Arg, 0, len(v.list))
	for _, e := range v.list {
		if e.ref == "@path" && !e.known {
			e = value{text: e.path, known: e.path != ""}
		}
		out = append(out, Arg{Text: e.text, Known: e.known})
	}
	return out
}

// isNumber tells whether a literal is a number.
func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789_") == "" }
