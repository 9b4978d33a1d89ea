package claude

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"writ/internal/durable"
)

// mcpFile names the servers of an organisation that allows no others; the prompt tool must then be one of them.
const mcpFile = "managed-mcp.json"

// buildLayer fills dir with what the session will see as /etc/claude-code: everything that is there now, and
// writ's wiring as the drop-in that wins. exclusive tells that an organisation's list of MCP servers is in
// force, to which the gate server was added.
func buildLayer(dir, existing string, wiring []byte, server json.RawMessage, name string) (exclusive bool, err error) {
	drop := filepath.Join(dir, "managed-settings.d")
	if err := os.MkdirAll(drop, 0o755); err != nil {
		return false, err
	}
	for _, d := range []string{dir, drop} {
		if err := os.Chmod(d, 0o755); err != nil {
			return false, err
		}
	}
	if err := copyTree(existing, dir); err != nil {
		return false, fmt.Errorf("copy the machine's managed settings: %w", err)
	}
	if err := durable.WriteFile(filepath.Join(drop, dropIn), wiring, 0o644); err != nil {
		return false, err
	}
	path := filepath.Join(dir, mcpFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	text, _, err = merge(text, Wiring{ops: []op{{Kind: "set", Path: []string{"mcpServers", name}, Value: server}}})
	if err != nil {
		return false, fmt.Errorf("%s: %w", filepath.Join(existing, mcpFile), err)
	}
	return true, durable.WriteFile(path, text, 0o644)
}

// copyTree copies regular files, following symlinks, two levels deep: the host reads no more.
func copyTree(from, to string) error {
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		src, dst := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		fi, err := os.Stat(src)
		if err != nil {
			return err
		}
		switch {
		case fi.IsDir():
			if err := os.MkdirAll(dst, 0o755); err != nil {
				return err
			}
			if err := copyTree(src, dst); err != nil {
				return err
			}
		case fi.Mode().IsRegular():
			data, err := os.ReadFile(src)
			if err != nil {
				return err
			}
			if err := os.WriteFile(dst, data, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
