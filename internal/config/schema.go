package config

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Schema is the JSON Schema of a configuration file, made from Keys.
func Schema() []byte {
	root := map[string]any{}
	for _, k := range Keys {
		place(root, strings.Split(k.Name, "."), k)
	}
	root["$schema"] = map[string]any{"type": "string", "description": "Where this schema is, for editors."}
	b, err := json.MarshalIndent(map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                "writ configuration",
		"description":          "The user's config.json in writ's home, the organisation's /etc/writ/config.json, a repository's .writ/config.json.",
		"type":                 "object",
		"properties":           root,
		"additionalProperties": false,
	}, "", "  ")
	if err != nil {
		panic(err) // only maps of strings and numbers
	}
	return append(b, '\n')
}

// place puts a key into its group's properties.
func place(props map[string]any, path []string, k Key) {
	if len(path) == 1 {
		props[path[0]] = k.schema()
		return
	}
	group, ok := props[path[0]].(map[string]any)
	if !ok {
		group = map[string]any{"type": "object", "properties": map[string]any{}, "additionalProperties": false}
		props[path[0]] = group
	}
	place(group["properties"].(map[string]any), path[1:], k)
}

func (k Key) schema() map[string]any {
	s := map[string]any{"description": k.Doc, "default": k.text()}
	switch k.Kind {
	case Switch:
		s["type"] = "boolean"
	case Duration:
		s["type"] = "string"
		s["pattern"] = `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$|^0$`
	case Choice:
		s["enum"] = k.Words
	case List:
		s["type"], s["items"], s["maxItems"], s["uniqueItems"] = "array", k.Items.schema(), maxItems, true
		if k.Unset != "" {
			delete(s, "default")
		}
	default:
		s["type"], s["minimum"], s["maximum"] = "integer", k.Min, k.Max
	}
	return s
}

func (it *Items) schema() map[string]any {
	if it.Words != nil {
		return map[string]any{"enum": it.Words}
	}
	return map[string]any{"type": "string", "pattern": it.Pattern, "description": it.Want}
}

// Reference is the page for people, made from Keys.
func Reference() []byte {
	var b strings.Builder
	b.WriteString(page)
	for _, k := range Keys {
		repo := "no"
		if k.Repository {
			repo = "to tighten"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", k.Name, k.Kind, k.defaults(), k.bounds(), k.stricterWord(), repo, k.Doc)
	}
	return []byte(b.String())
}

func (k Key) defaults() string {
	if k.Unset != "" {
		return k.Unset
	}
	return fmt.Sprintf("`%v`", k.text())
}

func (k Key) stricterWord() string {
	switch {
	case k.Kind == Switch:
		return fmt.Sprintf("`%t`", k.Order == More)
	case k.Kind == Choice:
		return "the later word"
	}
	return orders[k.Order]
}

const page = `# Configuration

Three JSON files of the same keys, each optional; [config.schema.json](config.schema.json) is their JSON Schema.

| file | whose | what it may do |
|---|---|---|
| ` + "`config.json`" + ` in writ's home (` + "`~/.writ`" + `) | the user | set every key |
| ` + "`/etc/writ/config.json`" + ` | the organisation | give defaults and bounds: the user's value holds only where it is not looser |
| ` + "`.writ/config.json`" + ` in the project | the repository | tighten the keys marked below, never loosen one |

The column *stricter* says which of two values is the stricter one. An unknown key, a key given
twice or a value out of range is an error that names file and line; until it is mended the daemon denies every call and says so.
A change is picked up with the next call.

Two kinds of lists are joined in two ways:

- A list that **loosens** (what may be reached, read, changed) holds as the user gives it. Where the organisation gives it too, the
  organisation's is the user's when the user gives none, and its bound otherwise: an entry stays when the organisation's list has the same
  one, a folder around it, a wildcard over it (` + "`*.host:443`" + `) or its host with every port (` + "`host:*`" + `). Entries are compared as written, links are not
  followed. An empty list of the organisation's forbids every entry. A repository cannot give such a list.
- A list that **tightens** (` + "`sandbox.hide`" + `) is what user, organisation and repository give, together.

Keys with a dot stand in a group: ` + "`{\"limits\": {\"repeats\": 2}}`" + `.

| key | type | default | range | stricter | repository | meaning |
|---|---|---|---|---|---|---|
`
