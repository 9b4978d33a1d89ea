package claude

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"writ/internal/hook"
)

func TestKeeperPutsTheWiringBack(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"emptied":        func(p string) error { return os.WriteFile(p, []byte("{}"), 0o640) },
		"invalid":        func(p string) error { return os.WriteFile(p, []byte("{,"), 0o640) },
		"removed":        os.Remove,
		"folder removed": func(p string) error { return os.RemoveAll(filepath.Dir(p)) },
		"hooks off": func(p string) error {
			return os.WriteFile(p, []byte(`{"disableAllHooks":true,"env":{"CLAUDE_CODE_SIMPLE":"1"},"mine":1}`), 0o640)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, path := place(t, "-")
			install(t, h, path)
			k := Keeper{h}
			if changed, err := k.Restore(t.Context(), hook.Payload{}); changed || err != nil {
				t.Fatalf("untouched: %v, %v", changed, err)
			}
			if err := damage(path); err != nil {
				t.Fatal(err)
			}
			if changed, err := k.Restore(t.Context(), hook.Payload{}); !changed || err != nil {
				t.Fatalf("damaged: %v, %v", changed, err)
			}
			got, _ := os.ReadFile(path)
			text := string(got)
			if !strings.Contains(text, "writ-hook") || !strings.Contains(text, `"CLAUDE_CODE_SIMPLE": "0"`) && !strings.Contains(text, `"CLAUDE_CODE_SIMPLE":"0"`) || strings.Contains(text, `"disableAllHooks":true`) {
				t.Errorf("restored to:\n%s", text)
			}
			if name == "hooks off" && !strings.Contains(text, "mine") {
				t.Errorf("lost what else was written:\n%s", text)
			}
		})
	}
}
