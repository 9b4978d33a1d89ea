package claude

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestUnapprovedServers(t *testing.T) {
	root := t.TempDir()
	repo := filepath.Join(root, "repo")
	cwd := filepath.Join(repo, "sub")
	put(t, filepath.Join(repo, ".mcp.json"), `{"mcpServers":{"a":{},"b":{}}}`)
	put(t, filepath.Join(cwd, ".mcp.json"), `{"mcpServers":{"c":{}}}`)
	put(t, filepath.Join(repo, ".claude", "settings.local.json"), `{"enableAllProjectMcpServers":true}`)
	user, state := filepath.Join(root, "settings.json"), filepath.Join(root, "claude.json")
	for _, tc := range []struct{ user, state, want string }{
		{"{}", "{}", "a,b,c"},
		{`{"enabledMcpjsonServers":["b"]}`, "{", "a,c"},
		{"{}", `{"projects":{"` + repo + `":{"enabledMcpjsonServers":["a","c"]}}}`, "b"},
		{`{"enableAllProjectMcpServers":true}`, "{}", ""},
	} {
		put(t, user, tc.user)
		put(t, state, tc.state)
		if got := strings.Join(UnapprovedServers(cwd, repo, user, state), ","); got != tc.want {
			t.Errorf("user %s, state %s: got %q, want %q", tc.user, tc.state, got, tc.want)
		}
	}
}
