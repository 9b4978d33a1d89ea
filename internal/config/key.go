package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Key is one setting.
type Key struct {
	Name, Doc string
	Kind      Kind
	Order     Order
	// Default holds where no file speaks: a count, a duration in nanoseconds, 0 or 1 for a switch, the place of a word.
	Default int64
	// Min and Max bound the value, both included.
	Min, Max int64
	// Words are what a Choice chooses from, the loosest first.
	Words []string
	// Items is what stands in a List.
	Items *Items
	// Repository tells whether a repository's file may set it (to tighten only).
	Repository bool
	// Unset says, for documents, what a List that nobody gives means; empty: the same as an empty list.
	Unset string
	set   func(*Config, value)
}

// value is what a key has in one file, or after all of them.
type value struct {
	n    int64
	list []string // nil: nobody gave one
}

// layer is one file's values, by key.
type layer map[string]value

// Kind is the type of a setting's value in JSON.
type Kind string

// The kinds of value.
const (
	Count    Kind = "integer"
	Duration Kind = "duration" // a string like "90s" or "2m"
	Switch   Kind = "boolean"
	Choice   Kind = "word" // one of a few strings
	List     Kind = "list" // an array of strings
)

// Order says which of two values of a key is the stricter.
type Order uint8

// The orders. Keys of kind List have but the last two.
const (
	Less       Order = iota // the smaller one; false; the earlier word
	LessOrZero              // the smaller one, but 0 means without bound and is the loosest
	More                    // the larger one; true; the later word
	MoreOrZero              // the larger one, and 0 means without end and is the strictest
	Shorter                 // a list that loosens: only what stands in both holds
	Longer                  // a list that tightens: all of both holds
)

var orders = [...]string{
	Less: "smaller", LessOrZero: "smaller, `0` is none", More: "larger", MoreOrZero: "larger, `0` is all", Shorter: "what is in both", Longer: "both together",
}

// join gives the value that holds: the user's bounded by the organisation's, then by the repository's.
func (k Key) join(user, org, repository layer) value {
	v, ok := user[k.Name]
	if !ok {
		v = value{n: k.Default}
	}
	if o, set := org[k.Name]; set {
		if !ok {
			v = o // the organisation's default for its users
		}
		v = k.stricter(v, o)
	}
	if r, ok := repository[k.Name]; ok {
		v = k.stricter(v, r)
	}
	return v
}

// stricter joins a value with one that bounds it.
func (k Key) stricter(v, bound value) value {
	switch k.Order {
	case Shorter:
		return value{list: k.Items.within(v.list, bound.list)}
	case Longer:
		return value{list: together(v.list, bound.list)}
	}
	return value{n: k.stricterNumber(v.n, bound.n)}
}

func (k Key) stricterNumber(a, b int64) int64 {
	switch k.Order {
	case MoreOrZero:
		if a == 0 || b == 0 {
			return 0
		}
		return max(a, b)
	case More:
		return max(a, b)
	case LessOrZero:
		if a == 0 || b == 0 {
			return max(a, b)
		}
	}
	return min(a, b)
}

func together(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// value reads the JSON of one setting.
func (k Key) value(raw json.RawMessage) (value, error) {
	if k.Kind == List {
		list, err := k.Items.read(raw)
		if err != nil {
			return value{}, fmt.Errorf("%s: %w", k.Name, err)
		}
		return value{list: list}, nil
	}
	n, err := k.number(raw)
	if err != nil {
		return value{}, fmt.Errorf("%s: found %.40s, want %s", k.Name, raw, k.wanted())
	}
	if n < k.Min || n > k.Max {
		return value{}, fmt.Errorf("%s: %.40s is out of range, want %s", k.Name, raw, k.wanted())
	}
	return value{n: n}, nil
}

func (k Key) number(raw json.RawMessage) (int64, error) {
	switch k.Kind {
	case Switch:
		var b bool
		err := exact(raw, &b)
		if b {
			return 1, err
		}
		return 0, err
	case Duration:
		var s string
		if err := exact(raw, &s); err != nil {
			return 0, err
		}
		d, err := time.ParseDuration(s)
		return int64(d), err
	case Choice:
		var s string
		if err := exact(raw, &s); err != nil {
			return 0, err
		}
		i := slices.Index(k.Words, s)
		if i < 0 {
			return 0, fmt.Errorf("unknown word")
		}
		return int64(i), nil
	}
	var n int64
	err := exact(raw, &n)
	return n, err
}

// exact decodes and refuses null, which encoding/json takes for "leave as it is".
func exact(raw json.RawMessage, out any) error {
	if string(raw) == "null" {
		return fmt.Errorf("null")
	}
	return json.Unmarshal(raw, out)
}

// wanted says what a value must look like.
func (k Key) wanted() string {
	switch k.Kind {
	case Switch:
		return "true or false"
	case Duration:
		return fmt.Sprintf("a duration from %q to %q", time.Duration(k.Min), time.Duration(k.Max))
	case Choice:
		return fmt.Sprintf("one of %q", k.Words)
	}
	return fmt.Sprintf("a whole number from %d to %d", k.Min, k.Max)
}

// text gives the default as JSON shows it.
func (k Key) text() any {
	switch k.Kind {
	case Switch:
		return k.Default == 1
	case Duration:
		return time.Duration(k.Default).String()
	case Choice:
		return k.Words[k.Default]
	case List:
		return []string{}
	}
	return k.Default
}

// bounds says for documents what a value may be.
func (k Key) bounds() string {
	switch k.Kind {
	case Switch:
		return "–"
	case Duration:
		return fmt.Sprintf("%v to %v", time.Duration(k.Min), time.Duration(k.Max))
	case Choice:
		return "`" + strings.Join(k.Words, "`, `") + "`"
	case List:
		return k.Items.Want
	}
	return fmt.Sprintf("%d to %d", k.Min, k.Max)
}
