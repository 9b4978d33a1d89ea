package claude

import (
	"bytes"
	"encoding/json"
)

// addMember puts a key at the end of an object, laid out as its neighbours are.
func addMember(text []byte, obj *node, key string, value []byte) []byte {
	name, _ := json.Marshal(key) // a string
	first, last := -1, -1
	if len(obj.members) > 0 {
		first, last = obj.members[0].start, obj.members[len(obj.members)-1].value.end
	}
	return insert(text, obj, first, last, append(append(name, ": "...), value...), value)
}

// addElem puts an element at the end of an array.
func addElem(text []byte, array *node, value []byte) []byte {
	first, last := -1, -1
	if len(array.elems) > 0 {
		first, last = array.elems[0].start, array.elems[len(array.elems)-1].end
	}
	return insert(text, array, first, last, value, value)
}

// insert adds an item to a container; first and last bound the items that are there, -1 for none. A
// container written on one line stays on one line, others get a line per item.
func insert(text []byte, in *node, first, last int, item, value []byte) []byte {
	if first >= 0 && !bytes.ContainsRune(text[in.start:first], '\n') {
		return splice(text, last, last, append([]byte(", "), item...))
	}
	if first < 0 && flat(text) {
		return splice(text, in.start+1, in.end-1, item)
	}
	head := item[:len(item)-len(value)]
	unit, eol := unitOf(text), eolOf(text)
	outer := indentAt(text, in.start)
	inner := outer + unit
	if first >= 0 {
		inner = indentAt(text, first)
	}
	var pretty bytes.Buffer
	_ = json.Indent(&pretty, value, inner, unit) // value is our own valid JSON
	body := append([]byte(eol+inner), head...)
	body = append(body, bytes.ReplaceAll(pretty.Bytes(), []byte("\n"), []byte(eol))...)
	if first >= 0 {
		return splice(text, last, last, append([]byte(","), body...))
	}
	return splice(text, in.start+1, in.end-1, append(body, eol+outer...))
}

// cutMember removes a key with the comma and the space that belong to it.
func cutMember(text []byte, obj *node, key string) []byte {
	for i, m := range obj.members {
		if m.key != key {
			continue
		}
		prev, next := obj.start+1, obj.end-1
		if i > 0 {
			prev = obj.members[i-1].value.end
		}
		if i+1 < len(obj.members) {
			next = obj.members[i+1].start
		}
		return cut(text, prev, m.start, m.value.end, next, i > 0, i+1 < len(obj.members))
	}
	return text
}

// cutElem removes the i-th element.
func cutElem(text []byte, array *node, i int) []byte {
	prev, next := array.start+1, array.end-1
	if i > 0 {
		prev = array.elems[i-1].end
	}
	if i+1 < len(array.elems) {
		next = array.elems[i+1].start
	}
	e := array.elems[i]
	return cut(text, prev, e.start, e.end, next, i > 0, i+1 < len(array.elems))
}

// cut removes an item that stands between prev and next.
func cut(text []byte, prev, start, end, next int, before, after bool) []byte {
	switch {
	case before: // with the comma in front of it
		return splice(text, prev, end, nil)
	case after: // with the comma behind it
		return splice(text, start, next, nil)
	default: // the only one: leave the container empty
		return splice(text, prev, next, nil)
	}
}

// indentAt is the white space that begins the line of a position.
func indentAt(text []byte, pos int) string {
	line := text[bytes.LastIndexByte(text[:pos], '\n')+1:]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// unitOf is one step of indentation as the file has it, two spaces where it has none.
func unitOf(text []byte) string {
	root, err := parseText(text)
	if err != nil || len(root.members) == 0 || !bytes.ContainsRune(text[root.start:root.members[0].start], '\n') {
		return "  "
	}
	if unit := indentAt(text, root.members[0].start); unit != "" {
		return unit
	}
	return "  "
}

// flat tells a file that is written on one line.
func flat(text []byte) bool {
	root, err := parseText(text)
	return err == nil && len(root.members) > 0 && !bytes.ContainsRune(text[root.start:root.end], '\n')
}

func eolOf(text []byte) string {
	if bytes.Contains(text, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}
