package claude

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"sort"

	"writ/internal/durable"
)

// UnapprovedServers names the MCP servers that the folders from cwd upwards bring along in .mcp.json and that
// the person never approved. Headless the CLI would start them unasked, as programs that no verdict sees.
// Approvals count from the person's own files only: what lies in the project could be the project's word.
func UnapprovedServers(cwd, project, userSettings, userState string) []string {
	var own struct {
		All      bool     `json:"enableAllProjectMcpServers"`
		Enabled  []string `json:"enabledMcpjsonServers"`
		Projects map[string]struct {
			Enabled []string `json:"enabledMcpjsonServers"`
		} `json:"projects"`
	}
	for _, path := range []string{userSettings, userState} {
		if data, err := durable.ReadFile(path, maxText); err == nil {
			_ = json.Unmarshal(data, &own) // what does not parse approves nothing
		}
	}
	if own.All {
		return nil
	}
	approved := append(own.Enabled, own.Projects[project].Enabled...)
	approved = append(approved, own.Projects[cwd].Enabled...)
	var out []string
	for dir := cwd; ; dir = filepath.Dir(dir) {
		var file struct {
			Servers map[string]json.RawMessage `json:"mcpServers"`
		}
		if data, err := durable.ReadFile(filepath.Join(dir, ".mcp.json"), maxText); err == nil {
			_ = json.Unmarshal(data, &file) // the CLI starts nothing from a file that does not parse
		}
		for name := range file.Servers {
			if !slices.Contains(approved, name) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
		if dir == filepath.Dir(dir) {
			sort.Strings(out)
			return out
		}
	}
}
