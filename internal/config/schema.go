package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
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
	s := map[string]any{"description": k.Doc, "default": k.text(k.Default)}
	switch k.Kind {
	case Switch:
		s["type"] = "boolean"
	case Duration:
		s["type"] = "string"
		s["pattern"] = `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$|^0$`
	default:
		s["type"], s["minimum"], s["maximum"] = "integer", k.Min, k.Max
	}
	return s
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
		fmt.Fprintf(&b, "| `%s` | %s | `%v` | %s | %s | %s |\n", k.Name, k.Kind, k.text(k.Default), k.bounds(), repo, k.Doc)
	}
	return []byte(b.String())
}

func (k Key) bounds() string {
	switch k.Kind {
	case Switch:
		return "–"
	case Duration:
		return fmt.Sprintf("%v to %v", time.Duration(k.Min), time.Duration(k.Max))
	}
	return fmt.Sprintf("%d to %d", k.Min, k.Max)
}

const page = `# Configuration

Three JSON files of the same keys, each optional; [config.schema.json](config.schema.json) is their JSON Schema.

| file | whose | what it may do |
|---|---|---|
| ` + "`config.json`" + ` in writ's home (` + "`~/.writ`" + `) | the user | set every key |
| ` + "`/etc/writ/config.json`" + ` | the organisation | give defaults and bounds: the user's value holds only where it is not looser |
| ` + "`.writ/config.json`" + ` in the project | the repository | tighten the keys marked below, never loosen one |

For counts and durations the smaller value is the stricter one, for what is kept the larger one and ` + "`0`" + ` (all), for
switches ` + "`true`" + `. An unknown key, a key given
twice or a value out of range is an error that names file and line; until it is mended the daemon denies every call and says so.
A change is picked up with the next call.

Keys with a dot stand in a group: ` + "`{\"limits\": {\"repeats\": 2}}`" + `.

| key | type | default | range | repository | meaning |
|---|---|---|---|---|---|
`
