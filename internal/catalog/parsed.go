package catalog

// is tells whether the option goes by the name, be it its first or another.
func (p parsed) is(o opt, name string) bool {
	return o.name == name || p.spec != nil && p.spec.names[name].name == o.name && o.name != ""
}

// has tells whether one of the options is there.
func (p parsed) has(names ...string) bool {
	for _, o := range p.opts {
		for _, n := range names {
			if p.is(o, n) {
				return true
			}
		}
	}
	return false
}

// on tells whether a switch is on at the end: --name and --no-name take each other back.
func (p parsed) on(name string) bool {
	state := false
	for _, o := range p.opts {
		switch o.name {
		case name:
			state = true
		case "no-" + name:
			state = false
		}
	}
	return state
}

// value is the last value given to one of the options.
func (p parsed) value(names ...string) (Word, bool) {
	all := p.values(names...)
	if len(all) == 0 {
		return Word{}, false
	}
	return all[len(all)-1], true
}

// text is the last value's text, "" when there is none.
func (p parsed) text(names ...string) string {
	w, _ := p.value(names...)
	return w.Text
}

// values are all values given to the options, in order.
func (p parsed) values(names ...string) []Word {
	var all []Word
	for _, o := range p.opts {
		for _, n := range names {
			if o.hasValue && p.is(o, n) {
				all = append(all, o.value)
				break
			}
		}
	}
	return all
}

// arg is the operand at i, or an empty known word.
func (p parsed) arg(i int) Word {
	if i < 0 || i >= len(p.args) {
		return Word{Known: true}
	}
	return p.args[i]
}

// verb is the first operand's text, "" when there is none.
func (p parsed) verb() string { return p.arg(0).Text }

// after is the operands from i on.
func (p parsed) after(i int) []Word {
	if i >= len(p.args) {
		return nil
	}
	return p.args[i:]
}
