package snapshot

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"writ/internal/durable"
)

// A project's repository is open to agents, who could place a commit of their own under refs/writ and wait for
// a person to restore it. So Take notes every commit it makes in the state folder, which agents cannot write,
// and Restore trusts only those.

func voucher(stateDir, id string) string { return filepath.Join(stateDir, "taken", id) }

func vouch(stateDir, id, commit string) error {
	if stateDir == "" {
		return fmt.Errorf("note snapshot %s: no state folder was given", id)
	}
	if err := os.MkdirAll(filepath.Join(stateDir, "taken"), 0o700); err != nil {
		return err
	}
	return durable.WriteFile(voucher(stateDir, id), []byte(commit+"\n"), 0o600)
}

func vouched(stateDir, id, commit string) bool {
	b, err := os.ReadFile(voucher(stateDir, id))
	return err == nil && commit != "" && strings.TrimSpace(string(b)) == commit
}
