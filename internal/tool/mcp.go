package tool

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"writ/internal/effect"
	"writ/internal/inline"
	"writ/internal/verb"
)

// mcp reads a call of an MCP server's tool. What the server does with it is the server's word; so the call
// itself is an effect, and arguments that are shell lines, statements, paths or addresses are read too.
func (c *call) mcp() error {
	server, name, ok := strings.Cut(strings.TrimPrefix(c.tool, "mcp__"), "__")
	if !ok || server == "" || name == "" {
		return fmt.Errorf("the name does not have the form mcp__server__tool")
	}
	c.out.Summary = "MCP " + server + "/" + name
	e := effect.Effect{Kind: effect.MCPCall, Target: server + "/" + name}
	switch verb.Operation(name) {
	case verb.Destroy, verb.Off:
		e.Flags = []string{"destructive"}
	case verb.Read:
		e.Flags = []string{"reads"}
	}
	c.add(e)
	for _, arg := range slices.Sorted(maps.Keys(c.in)) {
		c.argument(name, strings.ToLower(arg), c.in[arg], 0)
	}
	return nil
}

func (c *call) mcpResource() error {
	c.add(effect.Effect{Kind: effect.MCPCall, Target: c.in.optional("server") + "/" + c.in.optional("uri"), Flags: []string{"reads"}})
	return nil
}

const maxArgumentDepth = 6 // objects and lists inside an argument that are looked into

// argument reads one argument by its name, or the arguments inside it.
func (c *call) argument(tool, name string, raw json.RawMessage, depth int) {
	if depth > maxArgumentDepth {
		c.unresolved("an argument is nested too deeply to be read", "bound")
		return
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		c.value(tool, name, text)
		return
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) == nil {
		for _, k := range slices.Sorted(maps.Keys(object)) {
			c.argument(tool, strings.ToLower(k), object[k], depth+1)
		}
		return
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		for _, item := range list[:min(len(list), maxInline)] {
			c.argument(tool, name, item, depth+1)
		}
	}
}

func (c *call) value(tool, name, text string) {
	if text == "" {
		return
	}
	switch name {
	case "command", "cmd", "script", "shell", "shell_command", "bash", "commands", "commandline", "command_line", "input_command":
		c.line(text, c.tool)
	case "sql", "query", "statement", "sql_query", "statements":
		if out := inline.Read("sql", text); looksLikeSQL(text) {
			c.add(out.Effects...)
		}
	case "path", "file", "filepath", "file_path", "filename", "paths", "dir", "directory", "source", "destination", "src", "dest", "dst", "target_path", "source_path", "output_path", "new_path", "old_path":
		if !strings.Contains(text, "://") {
			c.add(c.file(pathKind(tool, name), text))
		}
	case "url", "uri", "endpoint", "webhook", "href":
		if e, err := contact(text); err == nil && strings.Contains(text, "://") {
			if e.Scheme == "file" {
				e = c.file(effect.FSRead, e.Path)
			}
			c.add(e)
		}
	}
}

// pathKind guesses what a tool does to a path from the words of its name and of the argument.
func pathKind(tool, arg string) effect.Kind {
	switch {
	case verb.Operation(tool) == verb.Destroy || verb.Operation(tool) == verb.Off:
		return effect.FSDelete
	case arg == "source" || arg == "src" || arg == "source_path":
		return effect.FSRead
	case arg == "destination" || arg == "dest" || arg == "dst" || arg == "output_path" || arg == "new_path" || writes(tool):
		return effect.FSWrite
	}
	return effect.FSRead
}

// writes tells of tool names that say they change a file.
func writes(tool string) bool {
	for _, w := range verb.Split(tool) {
		switch w {
		case "write", "edit", "save", "append", "put", "create", "update", "patch", "replace", "insert", "move", "copy", "rename", "mkdir", "touch", "set", "upload", "store", "export":
			return true
		}
	}
	return false
}

// looksLikeSQL keeps search phrases in an argument named "query" from being read as statements.
func looksLikeSQL(s string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(strings.ToLower(s)), " ")
	switch first {
	case "select", "insert", "update", "delete", "drop", "truncate", "alter", "create", "grant", "revoke", "with", "replace", "merge", "copy", "call", "exec", "execute", "set", "vacuum", "attach":
		return true
	}
	return false
}
